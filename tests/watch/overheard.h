/* SPDX-License-Identifier: Apache-2.0 */
/* A conversation of a loopback pair, overheard by a tap, and told again by a watch. */
#ifndef LK_TESTS_WATCH_OVERHEARD_H
#define LK_TESTS_WATCH_OVERHEARD_H

#include "connection/loopback.h"

enum { OVERHEARD_MAX = 512 * 1024, OVERHEARD_PIECES = 512, OVERHEARD_TOLD = 128 * 1024 };

typedef struct overheard {
    uint8_t bytes[OVERHEARD_MAX];
    size_t length;
    struct {
        lk_role sender;
        size_t length;
    } pieces[OVERHEARD_PIECES];
    size_t count;
    /* what the watch told: a line for each event ("client message client_hello: ...", "server field random: ...") */
    char told[OVERHEARD_TOLD];
    size_t told_length;
    size_t data[2]; /* bytes of application data, by who sent them */
    unsigned notes, records;
} overheard;

/** Listens to the client of a pair from now on. */
overheard *overheard_new(loopback *pair);
void overheard_free(overheard *heard);

/** Forgets what was heard. */
void overheard_again(overheard *heard);

/** Tells all that was heard to a watch that has those secrets (text of a key log; NULL: none), so many bytes at once
 * (0: as they came). */
void overheard_tell(overheard *heard, const char *key_log, size_t chunk);

/** An lk_observer, whose context is what was heard. */
void overheard_observe(void *context, const lk_event *event);

/** Demands a text among what was told, or its absence. */
void overheard_assert(const overheard *heard, const char *part);
void overheard_assert_not(const overheard *heard, const char *part);

#endif
