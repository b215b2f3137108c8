/* SPDX-License-Identifier: Apache-2.0 */
/* Plays a scene to an engine, disturbs it at one cycle, and keeps all that comes out. */
#ifndef LK_TESTS_SCENE_PLAYER_H
#define LK_TESTS_SCENE_PLAYER_H

#include "rtl/faults/engine_registers.h"
#include "rtl/faults/scene.h"

/* What happens, and when. Zero: nothing. */
typedef struct disturbance {
    const engine_register *flipped; /* in that cycle, that bit is turned over */
    unsigned cycle, bit;
    bool (*stops)(void); /* asked in each cycle: the scene breaks off where it is true */
} disturbance;

enum { PLAYED_BYTES = 65536 };

typedef struct played {
    uint8_t completions[PLAYED_BYTES]; /* words of the completion port, one after the other */
    size_t completion_length;
    uint8_t facts[PLAYED_BYTES]; /* and of fact_data: the address goes round all the time */
    size_t fact_length;
    unsigned cycles;
    bool as_expected; /* what came is what an undisturbed engine says */
} played;

/** The engine of the session has just been reset. Ends when all completions are there, or when nothing moves any more.
 */
void scene_play(const scene *shown, test_session *session, uint64_t stalls, disturbance event, played *result);

typedef enum scene_reset { SCENE_RESET, SCENE_STREAM_RESET } scene_reset;

/** Resets the engine as said, keeping what comes out meanwhile. False when it does not become ready. */
bool scene_recover(test_session *session, scene_reset how, played *result);

#endif
