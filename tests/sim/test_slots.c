/* SPDX-License-Identifier: Apache-2.0 */
/* More connections than the board has slots for. */
#include "connection/inside.h"
#include "connection/loopback.h"
#include "sim/pair.h"

#include <criterion/criterion.h>

#include <string.h>
#include <time.h>

enum { CONNECTIONS = 5, SLOTS = 4, LENGTH = 3000, COLD = 130 /* ms */ };

static uint8_t data[LENGTH];

static loopback *connect_over(const engine_pair *pair, lk_engine_policy policy)
{
    loopback *sides = loopback_new("EC");
    cr_assert_eq(lk_config_set_engine(sides->side[LK_CLIENT].config, pair->board, policy, NULL), LK_OK);
    return sides;
}

static lk_connection_statistics statistics_of(const loopback *sides)
{
    lk_connection_statistics statistics;
    lk_connection_statistics_get(sides->side[LK_CLIENT].connection, &statistics);
    return statistics;
}

static void transfer(loopback *sides)
{
    loopback_transfer(sides, LK_CLIENT, data, sizeof data);
    loopback_transfer(sides, LK_SERVER, data, sizeof data);
}

static uint64_t device_records(const loopback *sides)
{
    lk_connection_statistics told = statistics_of(sides);
    return told.sent.device_records + told.received.device_records;
}

/* Two connections have the four slots; when they rest, others have them. */
Test(slots, P4_more_connections_than_slots_take_turns_and_software_makes_the_rest)
{
    engine_pair pair;
    loopback *all[CONNECTIONS];
    pair_open(&pair, "sim:direct");
    lk_device_set_slot_limit(pair.device, SLOTS);
    for (size_t i = 0; i < CONNECTIONS; i++) {
        all[i] = connect_over(&pair, LK_ENGINE_PREFER_DEVICE);
        loopback_establish(all[i]);
        transfer(all[i]);
    }
    cr_assert_gt(device_records(all[0]), 0);
    lk_connection_statistics last = statistics_of(all[CONNECTIONS - 1]);
    cr_assert_gt(last.sent.software_records, 0);
    cr_assert_gt(last.fallbacks, 0);
    cr_assert_eq(last.fallback, LK_FALLBACK_FULL);
    for (size_t turn = 0; turn < CONNECTIONS; turn++) {
        uint64_t before = device_records(all[turn]);
        nanosleep(&(struct timespec){.tv_nsec = COLD * 1000000L}, NULL);
        for (int tries = 0; tries < 100 && device_records(all[turn]) < before + 4; tries++) {
            transfer(all[turn]);
            nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        }
        cr_assert_geq(device_records(all[turn]), before + 4, "connection %zu has no turn", turn);
    }
    for (size_t i = 0; i < CONNECTIONS; i++) {
        transfer(all[i]);
        loopback_free(all[i]);
    }
    pair_close(&pair);
}

/* Who wants the device alone is told that it is full, and nobody else notices. */
static void refused(lk_engine_policy policy)
{
    engine_pair pair;
    loopback *all[2];
    pair_open(&pair, "sim:direct");
    for (size_t i = 0; i < 2; i++) {
        all[i] = connect_over(&pair, policy);
        loopback_establish(all[i]);
        transfer(all[i]);
    }
    lk_device_set_slot_limit(pair.device, SLOTS);
    loopback *third = connect_over(&pair, policy);
    loopback_connect(third, "localhost");
    loopback_handshake(third);
    cr_assert_eq(third->side[LK_CLIENT].connection->failure, LK_ERROR_ENGINE_FULL);
    loopback_free(third);
    for (size_t i = 0; i < 2; i++) {
        transfer(all[i]);
        cr_assert_eq(statistics_of(all[i]).sent.software_records, 0);
        loopback_free(all[i]);
    }
    pair_close(&pair);
}

Test(slots, a_required_device_that_is_full_takes_no_more_connections)
{
    refused(LK_ENGINE_REQUIRE_DEVICE);
}

Test(slots, keys_on_the_device_stay_there_when_it_is_full)
{
    refused(LK_ENGINE_KEYS_ON_DEVICE);
}
