/* SPDX-License-Identifier: Apache-2.0 */
/* lk_stream_crossing between clocks of many ratios: every word once, in order, whatever an edge finds of a count that is changing. */
#include "rtl/stream/crossing_model.h"

#include <criterion/criterion.h>

enum { WORDS = 20000, STALLS = 120, WINDOW = 2000 };

/* Periods in picoseconds: a link of 100 MHz and engines around it; some ratios that come back to the same phase, most not. */
static const uint64_t periods[][2] = {{10000, 14286}, {14286, 10000}, {10000, 10000}, {10000, 10001}, {10001, 10000},
                                      {16667, 10000}, {10000, 3001},  {3001, 10000},  {10000, 20000}, {20000, 9999}};
enum { PAIRS = sizeof periods / sizeof periods[0] };

Test(crossing, every_word_comes_out_once_and_in_order_at_any_ratio_of_clocks)
{
    for (int pair = 0; pair < PAIRS; pair++) {
        for (int stalls = 0; stalls < 4; stalls++) {
            crossing_run run = {.in_period = periods[pair][0],
                                .out_period = periods[pair][1],
                                .window = WINDOW,
                                .in_stalls = stalls & 1 ? STALLS : 0,
                                .out_stalls = stalls & 2 ? STALLS : 0,
                                .words = WORDS};
            cr_assert(crossing_model_run(&run), "pair %d, stalls %d", pair, stalls);
            cr_assert(run.uncertain > WORDS / 50 || periods[pair][0] == periods[pair][1] || pair >= 8,
                      "pair %d: %u edges near another", pair, run.uncertain);
        }
    }
}

/* Without stalls, the slower clock moves a word in each of its cycles. */
Test(crossing, a_word_moves_in_each_cycle_of_the_slower_clock)
{
    for (int pair = 0; pair < PAIRS; pair++) {
        uint64_t in = periods[pair][0], out = periods[pair][1], slower = in > out ? in : out;
        crossing_run run = {.in_period = in, .out_period = out, .window = WINDOW, .words = WORDS};
        cr_assert(crossing_model_run(&run));
        cr_assert_leq(run.duration, slower * (WORDS + 16), "pair %d: %lu", pair, (unsigned long)(run.duration / slower));
    }
}

Test(crossing, a_reset_of_both_sides_leaves_nothing_behind)
{
    for (int pair = 0; pair < PAIRS; pair++) {
        for (uint32_t after = 1; after <= 40; after++) {
            crossing_run run = {.in_period = periods[pair][0],
                                .out_period = periods[pair][1],
                                .window = WINDOW,
                                .in_stalls = STALLS / 2,
                                .out_stalls = after % 2 ? STALLS : 0,
                                .words = 200,
                                .reset_after = after};
            cr_assert(crossing_model_run(&run), "pair %d, reset after %u", pair, after);
        }
    }
}
