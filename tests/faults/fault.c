/* SPDX-License-Identifier: Apache-2.0 */
#include "faults/fault.h"

static const struct {
    const char *name, *sentence;
    fault_place place;
} rows[] = {
#define FAULT_ROW(name, place, what) {#name, what, FAULT_##place},
    FAULT_TABLE(FAULT_ROW)
#undef FAULT_ROW
};

const char *fault_name(fault_kind kind)
{
    return rows[kind].name;
}

const char *fault_sentence(fault_kind kind)
{
    return rows[kind].sentence;
}

fault_place fault_place_of(fault_kind kind)
{
    return rows[kind].place;
}

uint32_t fault_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (uint32_t)(*state * 0x2545f4914f6cdd1du >> 32);
}

uint64_t fault_random_start(uint64_t seed)
{
    uint64_t state = (seed + 1) * 0x9e3779b97f4a7c15u; /* odd, so that only seed 2^64-1 gives 0 */
    state = state ? state : 1;
    for (int i = 0; i < 4; i++)
        (void)fault_random(&state);
    return state;
}
