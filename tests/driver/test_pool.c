/* SPDX-License-Identifier: Apache-2.0 */
/* Several boards as one: who gets which connection, and what happens when they come, go, or are drained. */
#include "board_process.h"
#include "connection/loopback.h"

#include <latchkey/pool.h>

#include <criterion/criterion.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { BOARDS = 2, CONNECTIONS = 2, LENGTH = 2000, TRIES = 400, PAUSE = 10 /* ms */ };

static uint8_t data[LENGTH];
static board_process boards[BOARDS];
static lk_pool *pool;

static void start(void)
{
    char diagnosis[LK_DEVICE_DIAGNOSIS_MAX];
    pool = lk_pool_new();
    for (size_t i = 0; i < BOARDS; i++) {
        board_process_start(&boards[i], "direct");
        cr_assert_eq(lk_pool_add(pool, boards[i].uri, diagnosis), LK_OK, "%s", diagnosis);
        cr_assert_eq(lk_pool_add(pool, boards[i].uri, diagnosis), LK_OK, "once is enough");
    }
    cr_assert_null(lk_pool_device(pool, BOARDS));
}

static void stop(void)
{
    lk_pool_free(pool);
    for (size_t i = 0; i < BOARDS; i++)
        if (boards[i].pid > 0)
            board_process_kill(&boards[i]);
}

static size_t slots_of(size_t board)
{
    size_t slots;
    (void)lk_pool_device_state(pool, board, &slots);
    return slots;
}

static lk_pool_state state_of(size_t board)
{
    return lk_pool_device_state(pool, board, NULL);
}

static loopback *connect_with(lk_engine_policy policy)
{
    loopback *sides = loopback_new("EC");
    cr_assert_eq(lk_config_set_engine(sides->side[LK_CLIENT].config, lk_pool_engine(pool), policy, NULL), LK_OK);
    loopback_establish(sides);
    return sides;
}

static void transfer(loopback *sides)
{
    loopback_transfer(sides, LK_CLIENT, data, sizeof data);
    loopback_transfer(sides, LK_SERVER, data, sizeof data);
}

static lk_connection_statistics statistics_of(const loopback *sides)
{
    lk_connection_statistics told;
    lk_connection_statistics_get(sides->side[LK_CLIENT].connection, &told);
    return told;
}

static uint64_t device_records(const loopback *sides)
{
    lk_connection_statistics told = statistics_of(sides);
    return told.sent.device_records + told.received.device_records;
}

/* Transfers until a board makes the records of both directions again. */
static void transfer_until_on_a_board(loopback *sides)
{
    for (int i = 0; i < TRIES; i++) {
        uint64_t before = device_records(sides);
        transfer(sides);
        if (device_records(sides) >= before + 2)
            return;
        lk_pool_care(pool);
        poll(NULL, 0, PAUSE);
    }
    cr_assert(false, "it is never on a board again");
}

static void care_until(size_t board, lk_pool_state state)
{
    for (int i = 0; i < TRIES && state_of(board) != state; i++) {
        lk_pool_care(pool);
        poll(NULL, 0, PAUSE);
    }
    cr_assert_eq(state_of(board), state, "board %zu is %d", board, (int)state_of(board));
}

TestSuite(pool, .init = start, .fini = stop, .timeout = 60);

Test(pool, connections_go_where_there_is_least_to_do_and_stay_there)
{
    loopback *all[CONNECTIONS];
    for (size_t i = 0; i < CONNECTIONS; i++) {
        all[i] = connect_with(LK_ENGINE_PREFER_DEVICE);
        transfer(all[i]);
        cr_assert_eq(slots_of(0) + slots_of(1), 2 * (i + 1));
        cr_assert_eq(slots_of(i % 2), 2, "the board that has none yet");
    }
    for (size_t i = 0; i < CONNECTIONS; i++) {
        transfer(all[i]);
        cr_assert_eq(statistics_of(all[i]).sent.software_records, 0);
        cr_assert_eq(statistics_of(all[i]).fallbacks, 0);
        loopback_free(all[i]);
    }
    loopback *alone = connect_with(LK_ENGINE_REQUIRE_DEVICE);
    transfer(alone);
    loopback_free(alone);
}

Test(pool, a_board_that_is_pulled_leaves_its_connections_to_the_others)
{
    loopback *all[CONNECTIONS];
    for (size_t i = 0; i < CONNECTIONS; i++) {
        all[i] = connect_with(LK_ENGINE_PREFER_DEVICE);
        transfer(all[i]);
    }
    board_process_kill(&boards[0]);
    for (size_t i = 0; i < CONNECTIONS; i++)
        transfer(all[i]);
    care_until(0, LK_POOL_LOST);
    for (size_t i = 0; i < CONNECTIONS; i++)
        transfer_until_on_a_board(all[i]);
    cr_assert_eq(slots_of(1), 2 * CONNECTIONS);

    /* It is plugged in again, at the same place. */
    char address[LK_DEVICE_TEXT_MAX];
    cr_assert_eq(sscanf(boards[0].uri, "usbip:%[^/]", address), 1);
    board_process_start_at(&boards[0], "direct", address);
    care_until(0, LK_POOL_USED);
    loopback *next = connect_with(LK_ENGINE_PREFER_DEVICE);
    transfer(next);
    cr_assert_eq(slots_of(0), 2);
    cr_assert_eq(statistics_of(next).fallbacks, 0);
    loopback_free(next);
    for (size_t i = 0; i < CONNECTIONS; i++)
        loopback_free(all[i]);
}

Test(pool, a_board_that_is_drained_is_left_and_can_be_had_by_others)
{
    lk_device *device = NULL;
    loopback *all[CONNECTIONS];
    for (size_t i = 0; i < CONNECTIONS; i++) {
        all[i] = connect_with(LK_ENGINE_PREFER_DEVICE);
        transfer(all[i]);
    }
    cr_assert_eq(lk_pool_drain(pool, "usbip:nowhere:1/1-1", true), LK_ERROR_DEVICE_NOT_FOUND);
    cr_assert_eq(lk_pool_drain(pool, boards[1].uri, true), LK_OK);
    care_until(1, LK_POOL_DRAINED);
    cr_assert_eq(lk_device_open(boards[1].uri, &device, NULL), LK_OK, "somebody else has it");
    lk_device_close(device);
    for (size_t i = 0; i < CONNECTIONS; i++)
        transfer_until_on_a_board(all[i]);
    cr_assert_eq(slots_of(0), 2 * CONNECTIONS);
    cr_assert_eq(state_of(1), LK_POOL_DRAINED, "care leaves it alone");
    cr_assert_eq(lk_pool_drain(pool, boards[1].uri, false), LK_OK);
    care_until(1, LK_POOL_USED);
    loopback *next = connect_with(LK_ENGINE_PREFER_DEVICE);
    transfer(next);
    cr_assert_eq(slots_of(1), 2);
    loopback_free(next);
    for (size_t i = 0; i < CONNECTIONS; i++)
        loopback_free(all[i]);
}

Test(pool, a_connection_that_needs_its_board_keeps_it_until_it_ends)
{
    loopback *sides = connect_with(LK_ENGINE_KEYS_ON_DEVICE);
    size_t board = slots_of(0) > 0 ? 0 : 1;
    cr_assert_eq(lk_pool_drain(pool, boards[board].uri, true), LK_OK);
    for (int i = 0; i < 5; i++)
        lk_pool_care(pool);
    cr_assert_eq(state_of(board), LK_POOL_DRAINING);
    transfer(sides);
    cr_assert_eq(statistics_of(sides).sent.software_records, 0);
    loopback_free(sides);
    care_until(board, LK_POOL_DRAINED);
}

Test(pool, boards_that_come_are_taken_in_and_an_empty_pool_is_software)
{
    char diagnosis[LK_DEVICE_DIAGNOSIS_MAX], place[LK_DEVICE_TEXT_MAX];
    lk_pool_free(pool);
    pool = lk_pool_new();
    loopback *sides = connect_with(LK_ENGINE_PREFER_DEVICE);
    transfer(sides);
    cr_assert_eq(device_records(sides), 0);
    cr_assert_eq(statistics_of(sides).fallback, LK_FALLBACK_NO_DEVICE);
    cr_assert_eq(lk_pool_watch(pool, "no place", diagnosis), LK_ERROR_DEVICE_URI);
    cr_assert_eq(sscanf(boards[0].uri, "%[^/]", place), 1);
    board_process_kill(&boards[0]);
    boards[0].pid = 0;
    cr_assert_eq(lk_pool_watch(pool, place, diagnosis), LK_OK, "%s", diagnosis);
    cr_assert_null(lk_pool_device(pool, 0));
    board_process_start_at(&boards[0], "direct", place + strlen("usbip:"));
    for (int i = 0; i < TRIES && !lk_pool_device(pool, 0); i++) {
        lk_pool_care(pool);
        poll(NULL, 0, PAUSE);
    }
    cr_assert_str_eq(lk_device_information_get(lk_pool_device(pool, 0))->uri, boards[0].uri);
    transfer_until_on_a_board(sides);
    loopback_free(sides);
}
