/* SPDX-License-Identifier: Apache-2.0 */
/* Virtual boards as processes that a thread of its own kills, stops and starts again. */
#ifndef LK_TESTS_SOAK_BOARDS_H
#define LK_TESTS_SOAK_BOARDS_H

#include <latchkey/device.h>

#include <stdbool.h>
#include <stdint.h>

enum { BOARDS = 2 };

/** Starts the boards and the thread, which leaves them alone at first. It fails by ending the program. */
void boards_start(const char *program, uint64_t seed);

/** The URI of a board. */
const char *boards_uri(unsigned number);

/** Has them come and go, or all be there, which they are on return. */
void boards_trouble(bool wanted);

/** How often one was killed, and how often one was stopped for a while. */
void boards_counts(uint64_t *kills, uint64_t *stops);

/** Ends thread and boards. */
void boards_end(void);

#endif
