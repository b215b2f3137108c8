/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reset in every state: at least once for each value that a state machine, a small counter or a flag takes while
 * records are sealed, opened and refused. Nothing of what was going on leaves then or later (P1, P3), and everything
 * works again.
 */
#include "rtl/faults/scene_player.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

enum { SCENES = 24, SEED = 5, REGISTERS_MAX = 1024, BITS_MAX = 4, VALUES = 1 << BITS_MAX };

static test_session engine;
static engine_register registers[REGISTERS_MAX];
static size_t register_count;
static bool met[REGISTERS_MAX][VALUES];
static scene shown, recovery;
static played out;

/* The registers that say where the engine is: those with few bits. */
static void find_registers(void)
{
    size_t count = engine_registers_find(registers, REGISTERS_MAX);
    cr_assert_leq(count, REGISTERS_MAX);
    for (size_t i = 0; i < count; i++) {
        if (registers[i].bits <= BITS_MAX) {
            registers[register_count++] = registers[i];
        }
    }
    cr_assert_gt(register_count, 50);
}

/* True when some register has a value that it had at no reset before. */
static bool somewhere_new(void)
{
    for (size_t i = 0; i < register_count; i++) {
        if (!met[i][engine_register_read(&registers[i])]) {
            return true;
        }
    }
    return false;
}

static unsigned note_where(void)
{
    unsigned values = 0;
    for (size_t i = 0; i < register_count; i++) {
        bool *value = &met[i][engine_register_read(&registers[i])];
        values += !*value;
        *value = true;
    }
    return values;
}

static void assert_no_secret(const scene *of)
{
    cr_assert_eq(scene_find_secret(of, out.completions, out.completion_length), SCENE_NOTHING);
    cr_assert_eq(scene_find_secret(of, out.facts, out.fact_length), SCENE_NOTHING);
}

static void reset_and_recover(scene_reset how)
{
    out.completion_length = out.fact_length = 0;
    cr_assert(scene_recover(&engine, how, &out), "the engine does not become ready");
    assert_no_secret(&shown);
    scene_play(&recovery, &engine, 0, (disturbance){0}, &out);
    cr_assert(out.as_expected, "the engine does not work after reset");
    cr_assert(scene_recover(&engine, how, &out));
}

static void reset_everywhere(scene_reset how)
{
    unsigned resets = 0, values = 0;
    session_open(&engine);
    find_registers();
    scene_make(&recovery, &engine, SEED + SCENES, SEED);
    for (uint64_t i = 0; i < SCENES; i++) {
        scene_make(&shown, &engine, SEED + i, SEED);
        bool to_the_end = false;
        while (!to_the_end) {
            scene_play(&shown, &engine, SEED + i, (disturbance){.stops = somewhere_new}, &out);
            to_the_end = out.as_expected;
            assert_no_secret(&shown);
            values += note_where();
            resets++;
            reset_and_recover(how);
        }
    }
    session_close(&engine);
    printf("%u resets at %u values of %zu registers\n", resets, values, register_count);
}

TestSuite(engine_resets);

Test(engine_resets, P1_P3_reset_works_in_every_state)
{
    reset_everywhere(SCENE_RESET);
}

Test(engine_resets, P1_P3_stream_reset_works_in_every_state)
{
    reset_everywhere(SCENE_STREAM_RESET);
}
