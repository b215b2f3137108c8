/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libFuzzer at the ports of the record engine. Beside the branches of the compiled model, the states that the engine's
 * state machines have together, and the steps from one to the next, tell the fuzzer which programs are new.
 */
#include "rtl/faults/engine_registers.h"
#include "rtl/fuzz/player.h"

#include <stdlib.h>
#include <string.h>

enum { COUNTERS = 1 << 15, REGISTERS_MAX = 1024, STATES_MAX = 64, STATE_BITS = 5 };

/* libFuzzer looks at the section by this name. */
__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t counters[COUNTERS];

static engine_register states[STATES_MAX];
static size_t state_count;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void find_states(void)
{
    static engine_register registers[REGISTERS_MAX];
    size_t count = engine_registers_find(registers, REGISTERS_MAX);
    for (size_t i = 0; i < count && i < REGISTERS_MAX && state_count < STATES_MAX; i++) {
        if (strcmp(registers[i].name, "state_q") == 0 && registers[i].bits <= STATE_BITS) {
            states[state_count++] = registers[i];
        }
    }
}

/* After every cycle. */
static void watch(void)
{
    static uint32_t before;
    uint32_t now = 0;
    for (size_t i = 0; i < state_count; i++) {
        now = now * 31 + states[i].bytes[0];
    }
    uint32_t step = (now ^ before >> 1) * 0x9e3779b1u;
    uint8_t *counter = &counters[step >> 17];
    *counter += *counter < UINT8_MAX;
    before = now;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    if (!player_open(watch)) {
        abort();
    }
    find_states();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    player_play(data, size);
    return 0;
}
