/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/host/line.h"

enum { SYNC = 0x80, SYNC_BITS = 8, ONES_LIMIT = 6 };

void lk_line_append(lk_line_signal *signal, lk_line state)
{
    if (signal->count < LK_LINE_MAX)
        signal->symbols[signal->count++] = (lk_line_symbol){.state = (uint8_t)state, .width = LK_LINE_BIT};
}

static lk_line other(lk_line state)
{
    return state == LK_LINE_J ? LK_LINE_K : LK_LINE_J;
}

/* NRZI: a zero changes the level, a one does not. */
static void append_bit(lk_line_signal *signal, lk_line *level, unsigned *ones, bool one)
{
    *ones = one ? *ones + 1 : 0;
    if (!one)
        *level = other(*level);
    lk_line_append(signal, *level);
}

static void append_byte(lk_line_signal *signal, lk_line *level, unsigned *ones, uint8_t byte)
{
    for (unsigned bit = 0; bit < 8; bit++) {
        append_bit(signal, level, ones, byte >> bit & 1);
        if (*ones == ONES_LIMIT)
            append_bit(signal, level, ones, false);
    }
}

void lk_line_encode(const lk_packet *packet, lk_line_signal *signal)
{
    lk_line level = LK_LINE_J;
    unsigned ones = 0;
    signal->count = 0;
    append_byte(signal, &level, &ones, SYNC);
    for (size_t i = 0; i < packet->length; i++)
        append_byte(signal, &level, &ones, packet->bytes[i]);
    lk_line_append(signal, LK_LINE_SE0);
    lk_line_append(signal, LK_LINE_SE0);
    lk_line_append(signal, LK_LINE_J);
}

static bool ends_well(const lk_line_signal *signal)
{
    const lk_line_symbol *end = signal->symbols + signal->count - LK_LINE_EOP;
    return end[0].state == LK_LINE_SE0 && end[1].state == LK_LINE_SE0 && end[2].state == LK_LINE_J;
}

/* Adds a bit to the packet. bits: how many there are, SYNC's included. @return false when there is no room for it. */
static bool take_bit(lk_packet *packet, size_t bits, bool one)
{
    size_t position = (bits - SYNC_BITS) / 8;
    if (position >= sizeof packet->bytes)
        return false;
    unsigned bit = (unsigned)(bits % 8);
    packet->bytes[position] = (uint8_t)((bit == 0 ? 0 : packet->bytes[position]) | one << bit);
    packet->length = position + 1;
    return true;
}

bool lk_line_decode(const lk_line_signal *signal, lk_packet *packet)
{
    packet->length = 0;
    if (signal->count < SYNC_BITS + LK_LINE_EOP || !ends_well(signal))
        return false;
    lk_line level = LK_LINE_J;
    unsigned ones = 0;
    size_t bits = 0;
    for (size_t i = 0; i < signal->count - LK_LINE_EOP; i++) {
        lk_line next = (lk_line)signal->symbols[i].state;
        bool one = next == level;
        bool stuffed = ones == ONES_LIMIT;
        if (next == LK_LINE_SE0 || (stuffed && one))
            return false;
        level = next;
        ones = one ? ones + 1 : 0;
        if (stuffed)
            continue;
        if (bits < SYNC_BITS ? one != (SYNC >> bits & 1) : !take_bit(packet, bits, one))
            return false;
        bits++;
    }
    return bits % 8 == 0 && ones != ONES_LIMIT;
}
