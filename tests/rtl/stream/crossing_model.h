/* SPDX-License-Identifier: Apache-2.0 */
/* lk_stream_crossing, Verilated, between two clocks of any periods, behind one C function. */
#ifndef LK_TESTS_CROSSING_MODEL_H
#define LK_TESTS_CROSSING_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct crossing_run {
    uint64_t in_period, out_period; /* of the clocks, in picoseconds */
    /* An edge of the other clock less than this before one of its own finds bits that have just changed or not, each by chance. */
    uint64_t window;
    unsigned in_stalls, out_stalls; /* of 256 cycles, in how many nothing is given, or taken */
    uint32_t words;                 /* how many go through: 0, 1, 2, ... */
    uint32_t reset_after;           /* so many have come out, then both sides are reset, and it begins again; 0: never */
    /* results */
    uint64_t duration; /* from the first word in to the last one out, in picoseconds */
    uint32_t uncertain; /* edges that found a count that was just changing */
} crossing_run;

/** True when all words come out once, in order, and nothing after them. */
bool crossing_model_run(crossing_run *run);

#ifdef __cplusplus
}
#endif

#endif
