/* SPDX-License-Identifier: Apache-2.0 */
/* Renegotiation with the records of both sides on one board: new keys in the same slots, the old keys erased. */
#include "connection/again.h"
#include "sim/pair.h"

#include <criterion/criterion.h>

enum { SLOTS_IN_USE = 4 /* two sides, two ways */, ERASE_WAIT = 10 /* ms */, ERASE_TRIES = 1000, LENGTH = 40000 };

static uint64_t live_slots(lk_device *device)
{
    lk_device_statistics statistics;
    cr_assert_eq(lk_device_statistics_get(device, &statistics), LK_OK);
    return statistics.live_slots;
}

/* The board erases in its own time, behind what was under way. */
static void await_slots(engine_pair *board, uint64_t expected)
{
    for (int i = 0; i < ERASE_TRIES && live_slots(board->device) != expected; i++)
        cr_assert_eq(lk_engine_progress(board->board, ERASE_WAIT), LK_OK);
    cr_assert_eq(live_slots(board->device), expected, "the board holds %lu keys",
                 (unsigned long)live_slots(board->device));
}

static void assert_all_on_the_board(loopback *pair)
{
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        lk_connection_statistics statistics;
        lk_connection_statistics_get(pair->side[role].connection, &statistics);
        cr_assert_eq(statistics.sent.software_records + statistics.received.software_records, 0);
        cr_assert_gt(statistics.sent.device_records, 0);
        cr_assert_gt(statistics.received.device_records, 0);
        cr_assert_eq(statistics.fallbacks, 0);
    }
}

static void renegotiate_on_board(const char *suite)
{
    static uint8_t text[LENGTH];
    engine_pair board;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i * 7 + i / 256);
    pair_open(&board, "sim:direct");
    loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        cr_assert_eq(lk_config_set_suites(pair->side[role].config, suite), LK_OK);
        cr_assert_eq(lk_config_set_engine(pair->side[role].config, board.board, LK_ENGINE_REQUIRE_DEVICE, NULL), LK_OK);
    }
    loopback_establish(pair);
    await_slots(&board, SLOTS_IN_USE);
    for (lk_role who = LK_CLIENT; who <= LK_SERVER; who++) {
        loopback_transfer(pair, LK_CLIENT, text, sizeof text);
        loopback_transfer(pair, LK_SERVER, text, sizeof text);
        again_renegotiate(pair, who);
        await_slots(&board, SLOTS_IN_USE);
    }
    loopback_transfer(pair, LK_CLIENT, text, sizeof text);
    assert_all_on_the_board(pair);
    loopback_free(pair);
    await_slots(&board, 0);
    pair_close(&board);
}

Test(renegotiation, gcm_goes_on_with_new_keys_in_the_same_slots)
{
    renegotiate_on_board("ECDHE-ECDSA-AES128-GCM-SHA256");
}

Test(renegotiation, chacha20_goes_on_with_new_keys_in_the_same_slots)
{
    renegotiate_on_board("ECDHE-ECDSA-CHACHA20-POLY1305");
}
