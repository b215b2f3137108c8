/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A language of few bytes for what may happen at the engine's ports, and its interpreter: any bytes at all are a
 * program. Each instruction is one byte and the parameters that it takes (player.c); missing bytes are zeros. The
 * engine and the reference do the same, and whatever differs ends the process.
 */
#ifndef LK_TESTS_FUZZ_PLAYER_H
#define LK_TESTS_FUZZ_PLAYER_H

#include "rtl/record/protection.h"
#include "rtl/record/reference.h"

/** Makes the engine and its reference; watch is called after each cycle. False when memory is short. */
bool player_open(void (*watch)(void));

/** Plays one program to an engine that has just been reset; calls abort() when the engine breaks a rule. */
void player_play(const uint8_t *program, size_t length);

#endif
