/* SPDX-License-Identifier: Apache-2.0 */
/* lk_ft601 at the bus of the chip, all that comes sent back: whoever pauses, and whenever, no word is lost, doubled or
 * changed, and no rule of the bus is broken. */
#include "rtl/usb/ft601_fixture.h"
#include "rtl/usb/ft601_loop.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>

enum { BYTES = 1 << 17, READ_BYTES = 16384, WORD = 4 };

/* Chances out of 256. */
typedef struct pace {
    unsigned chip_empty, chip_full; /* that the chip begins to pause */
    unsigned from_host, to_host;    /* that the stream inside stalls */
} pace;

static pace paces[] = {
    {0, 0, 0, 0},    {40, 0, 0, 0},   {0, 40, 0, 0},     {0, 0, 200, 0},   {0, 0, 0, 200},       {8, 8, 8, 8},
    {2, 100, 50, 0}, {100, 2, 0, 50}, {60, 60, 128, 20}, {1, 100, 10, 10}, {128, 128, 250, 250},
};

/* Words that are never the one which fills a packet up. */
static void fill(uint8_t *data)
{
    unsigned seed = 5;
    for (size_t i = 0; i < BYTES; i++)
        data[i] = (uint8_t)(rand_r(&seed) | 1);
}

/* Drops what lk_ft601 adds to end a packet: words of zeros. */
static size_t without_fillers(uint8_t *data, size_t length)
{
    size_t kept = 0;
    for (size_t at = 0; at + WORD <= length; at += WORD) {
        if (data[at] == 0)
            continue;
        memmove(data + kept, data + at, WORD);
        kept += WORD;
    }
    return kept;
}

/* Sends all and reads it back. @return cycles that it took. */
static uint64_t loop(lk_board *board, const uint8_t *sent)
{
    static uint8_t data[READ_BYTES];
    lk_urb out;
    size_t have = 0;
    uint64_t began = lk_board_cycles(board);
    ft601_begin_out(board, &out, sent, BYTES);
    while (have < BYTES) {
        size_t length = ft601_read(board, data, sizeof data);
        cr_assert_gt(length, 0, "nothing comes after %zu bytes", have);
        length = without_fillers(data, length);
        cr_assert_leq(have + length, BYTES);
        cr_assert_arr_eq(data, sent + have, length, "after %zu bytes", have);
        have += length;
    }
    return lk_board_cycles(board) - began;
}

ParameterizedTestParameters(ft601_bus, carries_every_word_once)
{
    return cr_make_param_array(pace, paces, sizeof paces / sizeof *paces);
}

ParameterizedTest(pace *at, ft601_bus, carries_every_word_once)
{
    static uint8_t sent[BYTES];
    fill(sent);
    ft601_loop_stalls(at->from_host, at->to_host);
    lk_board *board = ft601_power_up();
    lk_ft601_chip_of(board)->out_pauses = at->chip_empty;
    lk_ft601_chip_of(board)->in_pauses = at->chip_full;
    loop(board, sent);
    ft601_end(board);
}

Test(ft601_bus, is_busy_nearly_always_when_both_ways_have_words)
{
    static uint8_t sent[BYTES];
    fill(sent);
    ft601_loop_stalls(0, 0);
    lk_board *board = ft601_power_up();
    uint64_t cycles = loop(board, sent);
    uint64_t words = lk_ft601_chip_of(board)->in_bus;
    cr_expect_geq(words, 2 * BYTES / WORD);
    cr_expect_geq(100 * words, 90 * cycles, "%llu words in %llu cycles", (unsigned long long)words,
                  (unsigned long long)cycles);
    ft601_end(board);
}

Test(ft601_bus, whole_packets_end_too)
{
    static uint8_t sent[BYTES], data[READ_BYTES];
    fill(sent);
    lk_board *board = ft601_power_up();
    for (size_t packets = 1; packets <= 3; packets++) {
        lk_urb out;
        ft601_begin_out(board, &out, sent, packets * LK_FT601_PACKET_BYTES);
        size_t have = 0;
        while (have < packets * LK_FT601_PACKET_BYTES) {
            size_t length = ft601_read(board, data, sizeof data);
            cr_assert_gt(length, 0, "%zu packets, %zu bytes came", packets, have);
            have += without_fillers(data, length);
        }
        cr_expect_eq(have, packets * LK_FT601_PACKET_BYTES);
    }
    ft601_end(board);
}

Test(ft601_bus, a_part_of_a_word_is_dropped)
{
    static uint8_t sent[BYTES], data[READ_BYTES];
    fill(sent);
    lk_board *board = ft601_power_up();
    lk_urb out;
    ft601_begin_out(board, &out, sent, 11);
    cr_expect_eq(ft601_read(board, data, sizeof data), 8);
    cr_expect_arr_eq(data, sent, 8);
    ft601_end(board);
}
