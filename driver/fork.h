/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which process this is. Descriptors, their registrations and what is on the wire are shared with a child of fork():
 * what belongs to the parent must not be touched there, not even to end it.
 */
#ifndef LK_DRIVER_FORK_H
#define LK_DRIVER_FORK_H

/** A number that changes in the child of each fork() after the first call. No system call. */
unsigned lk_fork_number(void);

#endif
