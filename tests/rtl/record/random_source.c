/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/record/random_source.h"

#include "record/engine.h"

/* splitmix64, so that seeds in a row have nothing in common. */
random_source random_from(uint64_t seed)
{
    uint64_t mixed = seed + 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    mixed ^= mixed >> 31;
    return (random_source){mixed ? mixed : 1};
}

/* xorshift64* */
uint32_t random_below(random_source *source, uint32_t limit)
{
    source->state ^= source->state >> 12;
    source->state ^= source->state << 25;
    source->state ^= source->state >> 27;
    return (uint32_t)((source->state * 0x2545f4914f6cdd1du) >> 32) % limit;
}

bool random_once_in(random_source *source, uint32_t calls)
{
    return random_below(source, calls) == 0;
}

void random_fill(random_source *source, uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bytes[i] = (uint8_t)random_below(source, 256);
    }
}

size_t random_length(random_source *source)
{
    static const uint16_t edges[] = {0,  1,  2,  3,  4,  5,  11, 12, 13,  15,  16,  17,  31,  32,
                                     33, 47, 48, 49, 55, 63, 64, 65, 127, 128, 129, 255, 256, 257};
    switch (random_below(source, 64)) {
    case 0:
        return LK_RECORD_PLAINTEXT_MAX - random_below(source, 20);
    case 1:
    case 2:
        return random_below(source, 4096);
    default:
        return random_once_in(source, 2) ? edges[random_below(source, sizeof edges / sizeof edges[0])]
                                         : random_below(source, 300);
    }
}

uint64_t random_sequence(random_source *source)
{
    return (uint64_t)random_below(source, UINT32_MAX) << random_below(source, 28);
}
