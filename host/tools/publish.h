/* SPDX-License-Identifier: Apache-2.0 */
/* The status file of a server: what all its connections do, written anew each second, for `latchkey stats`. */
#ifndef LK_TOOLS_PUBLISH_H
#define LK_TOOLS_PUBLISH_H

#include "tools/setup.h"

typedef struct lk_publisher lk_publisher;

/**
 * Starts to write the file, from a thread of its own, so that it is up to date however busy the server is. Path and
 * set-up are borrowed until lk_publisher_stop(). What goes wrong is reported. @return NULL when it cannot be started.
 */
lk_publisher *lk_publisher_start(const char *path, const lk_setup *setup);

/** Writes it for the last time. NULL is allowed. */
void lk_publisher_stop(lk_publisher *publisher);

#endif
