/* SPDX-License-Identifier: Apache-2.0 */
/* Key updates of TLS 1.3 with all records on one board: a key is replaced in its slot, with records of either key and
 * of another connection on their way. */
#include "connection/inside.h"
#include "connection/loopback.h"
#include "engine.h"
#include "record/layer.h"
#include "sim/pair.h"

#include <criterion/criterion.h>

#include <string.h>

enum {
    LENGTH = 120000,
    PIECE = 1400,
    DIRECTIONS = 8 /* two connections, two sides, two ways */,
    UPDATES = 12,
    TOTAL = 3 * LENGTH,
    STEPS_MAX = 100000
};

static uint8_t data[LENGTH];

/* One way of a connection. */
typedef struct stream {
    loopback *pair;
    lk_role sender;
    size_t sent, received;
} stream;

static lk_connection *end_of(const stream *way, bool sending)
{
    lk_role other = way->sender == LK_CLIENT ? LK_SERVER : LK_CLIENT;
    return way->pair->side[sending ? way->sender : other].connection;
}

/* Goes on as far as it can without waiting. */
static void step(stream *way)
{
    static uint8_t got[20000];
    size_t taken = 0, length = 0;
    size_t left = LENGTH - way->sent, piece = left < PIECE ? left : PIECE;
    lk_error error = piece > 0 ? lk_connection_write(end_of(way, true), data + way->sent, piece, &taken) : LK_OK;
    cr_assert(error == LK_OK || lk_error_is_want(error), "%s", lk_connection_diagnosis(end_of(way, true)));
    way->sent += taken;
    (void)loopback_move(way->pair);
    error = lk_connection_read(end_of(way, false), got, sizeof got, &length);
    cr_assert(error == LK_OK || lk_error_is_want(error), "%s", lk_connection_diagnosis(end_of(way, false)));
    cr_assert(length <= LENGTH - way->received && memcmp(got, data + way->received, length) == 0);
    way->received += length;
}

static loopback *connect_on(engine_pair *board, const char *suite)
{
    loopback *pair = loopback_new("EC");
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        lk_config *config = pair->side[role].config;
        cr_assert_eq(lk_config_set_versions(config, LK_TLS1_3, LK_TLS1_3), LK_OK);
        cr_assert_eq(lk_config_set_suites(config, suite), LK_OK);
        cr_assert_eq(lk_config_set_engine(config, board->board, LK_ENGINE_REQUIRE_DEVICE, NULL), LK_OK);
    }
    loopback_establish(pair);
    return pair;
}

static unsigned epochs(const loopback *pair)
{
    return pair->side[LK_CLIENT].connection->layer->write.epoch + pair->side[LK_SERVER].connection->layer->write.epoch;
}

static void assert_all_on_the_board(const loopback *pair)
{
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        lk_connection_statistics statistics;
        lk_connection_statistics_get(pair->side[role].connection, &statistics);
        cr_assert_eq(statistics.sent.software_records + statistics.received.software_records, 0);
        cr_assert_eq(statistics.fallbacks, 0);
    }
}

/* How often a slot was loaded: each load is another generation. */
static unsigned loads(const engine_pair *board)
{
    const lk_slot_engine *engine = (const lk_slot_engine *)board->board;
    unsigned count = 0;
    for (size_t i = 0; i < engine->slot_count; i++)
        count += engine->slots[i].generation;
    return count;
}

static void update_both_ways_beside_another(const char *suite)
{
    engine_pair board;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 11 + i / 256);
    pair_open(&board, "sim:direct");
    loopback *updating = connect_on(&board, suite), *beside = connect_on(&board, suite);
    unsigned before = epochs(updating), before_beside = epochs(beside);
    stream ways[] = {{.pair = updating, .sender = LK_CLIENT},
                     {.pair = beside, .sender = LK_SERVER},
                     {.pair = updating, .sender = LK_SERVER}};
    size_t received = 0;
    for (int i = 0; i < STEPS_MAX && received < TOTAL; i++) {
        step(&ways[i % 3]);
        received = ways[0].received + ways[1].received + ways[2].received;
        unsigned updates = epochs(updating) - before;
        /* With records of all three on their way, but not before the key before is in its place. */
        if (updates < UPDATES && received > (updates + 1) * (TOTAL / (UPDATES + 1))) {
            lk_role role = updates % 2 ? LK_SERVER : LK_CLIENT;
            lk_error error = lk_handshake_update_key(updating->side[role].connection->handshake);
            cr_assert(error == LK_OK || lk_error_is_want(error));
        }
    }
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        cr_assert_eq(ways[i].received, LENGTH);
    cr_assert_eq(epochs(updating), before + UPDATES);
    cr_assert_eq(epochs(beside), before_beside);
    assert_all_on_the_board(updating);
    assert_all_on_the_board(beside);
    cr_assert_eq(loads(&board), DIRECTIONS, "each direction has kept its slot through all its keys");
    lk_device_statistics statistics;
    cr_assert_eq(lk_device_statistics_get(board.device, &statistics), LK_OK);
    cr_assert_eq(statistics.live_slots, DIRECTIONS);
    loopback_free(updating);
    loopback_free(beside);
    pair_close(&board);
}

Test(key_update, of_aes_gcm_replaces_the_key_in_its_slot)
{
    update_both_ways_beside_another("TLS_AES_128_GCM_SHA256");
}

Test(key_update, of_chacha20_poly1305_replaces_the_key_in_its_slot)
{
    update_both_ways_beside_another("TLS_CHACHA20_POLY1305_SHA256");
}
