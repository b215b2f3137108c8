/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many connections at once between two configurations of ours, through memory. Each begins with a handshake, says
 * something both ways, and ends in order; then another takes its place. Every byte is looked at.
 */
#ifndef LK_TESTS_SOAK_CROWD_H
#define LK_TESTS_SOAK_CROWD_H

#include <latchkey/latchkey.h>

#include <stdbool.h>
#include <stdint.h>

enum { CROWD_KINDS = 6 };

/* The configurations of both sides, for each of the kinds of connection: may be shared by threads. */
typedef struct crowd_configs {
    lk_config *of[CROWD_KINDS][2]; /* by role */
} crowd_configs;

/** engine: the clients', or NULL. It fails by ending the program. */
void crowd_configs_make(crowd_configs *configs, lk_engine *engine, lk_engine_policy policy);
void crowd_configs_free(crowd_configs *configs);

typedef struct crowd crowd;

/** What has happened so far. */
typedef struct crowd_counts {
    uint64_t connections, bytes; /* complete; heard */
    uint64_t device_records, software_records;
    uint64_t wrong; /* connections that lost or changed a byte, or ended otherwise than they should: must be 0 */
} crowd_counts;

/** A crowd of so many at once; it belongs to one thread. longest: bytes that one side says at the most. */
crowd *crowd_new(const crowd_configs *clients, const crowd_configs *servers, size_t size, size_t longest,
                 uint64_t seed);
void crowd_free(crowd *all);

/** Takes each connection a step further. begin: one that has ended is followed by another. @return how many there are.
 */
size_t crowd_step(crowd *all, bool begin);

crowd_counts crowd_counts_get(const crowd *all);

/** Why the first one went wrong; "" when none has. */
const char *crowd_complaint(const crowd *all);

#endif
