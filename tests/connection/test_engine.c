/* SPDX-License-Identifier: Apache-2.0 */
/* Who makes the records follows from the policy, shows in the statistics, and costs no byte when a device is lost (P4,
 * P7). */
#include "connection/clear_engine.h"
#include "connection/inside.h"
#include "connection/loopback.h"
#include "record/slow_engine.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { LENGTH = 300000 };

static uint8_t data[LENGTH];

static void fill(void)
{
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7 + i / 256);
}

static lk_connection_statistics statistics_of(loopback *pair, lk_role role)
{
    lk_connection_statistics statistics;
    lk_connection_statistics_get(pair->side[role].connection, &statistics);
    return statistics;
}

static void note_engine(void *context, const lk_event *event)
{
    if (event->kind == LK_EVENT_ENGINE)
        snprintf(context, 200, "%s: %s", event->engine, event->meaning);
}

Test(engine, without_a_device_software_does_it_and_the_reason_shows)
{
    char told[200] = "";
    loopback *pair = loopback_new("EC");
    lk_config *config = pair->side[LK_CLIENT].config;
    cr_assert_eq(lk_config_set_engine(config, NULL, LK_ENGINE_AUTO, "no board is plugged in"), LK_OK);
    lk_config_set_observer(config, note_engine, told);
    loopback_establish(pair);
    cr_assert_str_eq(told, "software: no board is plugged in");
    cr_assert_str_eq(statistics_of(pair, LK_CLIENT).fallback_reason, "no board is plugged in");
    cr_assert_gt(statistics_of(pair, LK_CLIENT).sent.software_records, 0);
    loopback_free(pair);
}

Test(engine, a_required_device_limits_the_suites_to_what_it_has)
{
    lk_engine *engine = clear_engine_with(1u << LK_CIPHER_CHACHA20_POLY1305);
    loopback *pair = loopback_new("EC");
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        cr_assert_eq(lk_config_set_engine(pair->side[role].config, engine, LK_ENGINE_REQUIRE_DEVICE, NULL), LK_OK);
    loopback_establish(pair);
    cr_assert_str_eq(lk_connection_suite(pair->side[LK_CLIENT].connection), "TLS_CHACHA20_POLY1305_SHA256");
    loopback_free(pair);
    lk_engine_free(engine);
}

Test(engine, a_required_device_without_any_of_the_suites_makes_no_connection)
{
    lk_engine *engine = clear_engine_with(1u << LK_CIPHER_AES_256_GCM);
    lk_connection *connection = NULL;
    lk_config *config = lk_config_new();
    cr_assert_eq(lk_config_set_suites(config, "TLS_AES_128_GCM_SHA256"), LK_OK);
    cr_assert_eq(lk_config_set_engine(config, engine, LK_ENGINE_REQUIRE_DEVICE, NULL), LK_OK);
    cr_assert_eq(lk_connection_new(config, LK_CLIENT, "localhost", &connection), LK_ERROR_ENGINE_UNSUPPORTED);
    lk_config_free(config);
    lk_engine_free(engine);
}

static loopback *with_slow_engine(lk_engine_policy policy, slow_settings **settings, lk_engine **engine)
{
    loopback *pair = loopback_new("EC");
    *engine = slow_engine_new(settings);
    cr_assert_eq(lk_config_set_engine(pair->side[LK_CLIENT].config, *engine, policy, NULL), LK_OK);
    return pair;
}

/* The types of the records that leave at once. */
static size_t types_of(lk_connection *connection, uint8_t *types, size_t capacity)
{
    size_t length = 0, count = 0;
    const uint8_t *bytes = lk_connection_output(connection, &length);
    for (size_t at = 0; at < length && count < capacity; at += 5 + ((size_t)bytes[at + 3] << 8 | bytes[at + 4]))
        types[count++] = bytes[at];
    return count;
}

Test(engine, overlong_records_are_for_software_alone)
{
    slow_settings *settings = NULL;
    lk_engine *engine = NULL;
    for (lk_engine_policy policy = LK_ENGINE_AUTO; policy <= LK_ENGINE_SOFTWARE; policy++) {
        loopback *pair = with_slow_engine(policy, &settings, &engine);
        lk_connection *connection = NULL;
        lk_config_accept_overlong_records(pair->side[LK_CLIENT].config);
        lk_error error = lk_connection_new(pair->side[LK_CLIENT].config, LK_CLIENT, "localhost", &connection);
        cr_assert_eq(error, policy == LK_ENGINE_SOFTWARE ? LK_OK : LK_ERROR_ENGINE_UNSUPPORTED, "%s",
                     lk_error_name(error));
        if (connection)
            cr_assert_eq(lk_connection_record_limit(connection, false), 65535);
        lk_connection_free(connection);
        loopback_free(pair);
        lk_engine_free(engine);
    }
}

Test(engine, a_flight_leaves_as_one_although_the_engine_takes_its_time)
{
    static const uint8_t flight[] = {22, 20, 22}; /* ClientKeyExchange, change_cipher_spec, Finished */
    slow_settings *settings = NULL;
    lk_engine *engine = NULL;
    uint8_t types[8];
    loopback *pair = with_slow_engine(LK_ENGINE_REQUIRE_DEVICE, &settings, &engine);
    lk_config_set_versions(pair->side[LK_CLIENT].config, LK_VERSION_TLS1_2, LK_VERSION_TLS1_2);
    lk_config_set_tickets(pair->side[LK_SERVER].config, false);
    loopback_connect(pair, "localhost");
    lk_connection *client = pair->side[LK_CLIENT].connection;
    cr_assert_eq(lk_connection_handshake(client), LK_ERROR_WANT_WRITE);
    loopback_move(pair);
    cr_assert_eq(lk_connection_handshake(client), LK_ERROR_WANT_ENGINE, "the Finished is being sealed");
    cr_assert_eq(types_of(client, types, sizeof types), 0, "the flight begins before it is whole");
    while (lk_connection_wants_engine(client))
        cr_assert_eq(lk_connection_progress(client, 0), LK_OK);
    cr_assert_eq(types_of(client, types, sizeof types), sizeof flight);
    cr_assert_arr_eq(types, flight, sizeof flight);
    loopback_establish(pair);
    loopback_free(pair);
    lk_engine_free(engine);
}

typedef struct key_changes {
    slow_settings *settings;
    unsigned count;
    const char *engines[8];
} key_changes;

/* The device has no slot for the first direction, and then some. */
static void note_key_changes(void *context, const lk_event *event)
{
    key_changes *changes = context;
    if (event->kind != LK_EVENT_KEYS || changes->count == 8)
        return;
    changes->engines[changes->count++] = event->engine;
    changes->settings->refuses_with = LK_OK;
}

Test(engine, a_change_of_key_names_the_engine_that_the_direction_has)
{
    key_changes changes = {0};
    lk_engine *engine = NULL;
    loopback *pair = with_slow_engine(LK_ENGINE_PREFER_DEVICE, &changes.settings, &engine);
    changes.settings->refuses_with = LK_ERROR_ENGINE_FULL;
    lk_config_set_observer(pair->side[LK_CLIENT].config, note_key_changes, &changes);
    loopback_establish(pair);
    cr_assert_eq(changes.count, 4);
    cr_assert_str_eq(changes.engines[0], "software");
    for (unsigned i = 1; i < changes.count; i++)
        cr_assert_str_eq(changes.engines[i], lk_engine_name(engine), "change %u: %s", i, changes.engines[i]);
    cr_assert_eq(statistics_of(pair, LK_CLIENT).fallbacks, 1);
    loopback_free(pair);
    lk_engine_free(engine);
}

Test(engine, one_that_takes_its_time_carries_the_whole_session)
{
    for (uint16_t version = LK_VERSION_TLS1_2; version <= LK_VERSION_TLS1_3; version++) {
        slow_settings *settings = NULL;
        lk_engine *engine = NULL;
        fill();
        loopback *pair = with_slow_engine(LK_ENGINE_REQUIRE_DEVICE, &settings, &engine);
        settings->per_progress = 1;
        cr_assert_eq(lk_config_set_engine(pair->side[LK_SERVER].config, engine, LK_ENGINE_REQUIRE_DEVICE, NULL), LK_OK);
        cr_assert_eq(lk_config_set_versions(pair->side[LK_CLIENT].config, version, version), LK_OK);
        loopback_establish(pair);
        loopback_transfer(pair, LK_CLIENT, data, sizeof data);
        loopback_transfer(pair, LK_SERVER, data, sizeof data);
        lk_connection_statistics statistics = statistics_of(pair, LK_SERVER);
        cr_assert_eq(statistics.sent.device_records, statistics.sent.records);
        cr_assert_eq(statistics.received.device_bytes, statistics.received.bytes);
        cr_assert_eq(statistics.sent.software_records, 0);
        loopback_free(pair);
        lk_engine_free(engine);
    }
}

Test(engine, close_notify_waits_its_turn_behind_records_in_work)
{
    slow_settings *settings = NULL;
    lk_engine *engine = NULL;
    size_t taken = 0, arrived = 0;
    fill();
    loopback *pair = with_slow_engine(LK_ENGINE_REQUIRE_DEVICE, &settings, &engine);
    settings->per_progress = 1;
    loopback_establish(pair);
    cr_assert_eq(lk_connection_write(pair->side[LK_CLIENT].connection, data, sizeof data, &taken), LK_OK);
    cr_assert_eq(lk_connection_close(pair->side[LK_CLIENT].connection), LK_OK);
    lk_error error = LK_OK;
    for (int i = 0; i < 1000 && error != LK_ERROR_CLOSED; i++) {
        uint8_t piece[4096];
        size_t got = 0;
        loopback_move(pair);
        error = lk_connection_read(pair->side[LK_SERVER].connection, piece, sizeof piece, &got);
        cr_assert_arr_eq(piece, data + arrived, got);
        arrived += got;
    }
    cr_assert_eq(error, LK_ERROR_CLOSED);
    cr_assert_eq(arrived, taken);
    loopback_free(pair);
    lk_engine_free(engine);
}

Test(engine, one_that_is_lost_at_any_operation_costs_no_byte)
{
    fill();
    for (size_t after = 0; after < 40; after += 3) {
        slow_settings *settings = NULL;
        lk_engine *engine = NULL;
        loopback *pair = with_slow_engine(LK_ENGINE_PREFER_DEVICE, &settings, &engine);
        settings->dies_after = after;
        settings->dies_with = LK_ERROR_DEVICE_LOST;
        loopback_establish(pair);
        loopback_transfer(pair, LK_CLIENT, data, sizeof data);
        loopback_transfer(pair, LK_SERVER, data, sizeof data);
        lk_connection_statistics statistics = statistics_of(pair, LK_CLIENT);
        cr_assert_gt(statistics.fallbacks, 0, "after %zu operations", after);
        cr_assert_str_eq(statistics.fallback_reason, lk_error_sentence(LK_ERROR_DEVICE_LOST));
        cr_assert_gt(statistics.sent.software_records + statistics.received.software_records, 0);
        cr_assert_eq(statistics.sent.device_records + statistics.sent.software_records, statistics.sent.records);
        loopback_free(pair);
        lk_engine_free(engine);
    }
}

/* Records, a key update, records, as often as there are pieces, all of it on its way at once. */
static void write_around_updates(lk_connection *connection, size_t pieces, size_t *sent)
{
    for (size_t i = 0; i < pieces; i++) {
        size_t taken = 0;
        cr_assert_eq(lk_connection_write(connection, data + *sent, 100 + i, &taken), LK_OK);
        cr_assert_eq(taken, 100 + i);
        *sent += taken;
        cr_assert_eq(lk_handshake_update_key(connection->handshake), LK_OK);
    }
}

static void read_all(loopback *pair, lk_role role, size_t *received, size_t sent)
{
    for (int i = 0; i < 1000 && *received < sent; i++) {
        static uint8_t piece[4096];
        size_t got = 0;
        loopback_move(pair);
        lk_error error = lk_connection_read(pair->side[role].connection, piece, sizeof piece, &got);
        cr_assert(error == LK_OK || lk_error_is_want(error), "%s",
                  lk_connection_diagnosis(pair->side[role].connection));
        cr_assert_arr_eq(piece, data + *received, got);
        *received += got;
    }
    cr_assert_eq(*received, sent);
}

Test(engine, P4_one_that_is_lost_while_it_replaces_keys_costs_no_byte)
{
    enum { ROUNDS = 6, PIECES = 3, OPERATIONS = 100 };
    fill();
    for (size_t after = 0; after < OPERATIONS; after++) {
        slow_settings *settings = NULL;
        lk_engine *engine = NULL;
        loopback *pair = with_slow_engine(LK_ENGINE_PREFER_DEVICE, &settings, &engine);
        settings->replaces = true;
        settings->dies_after = after;
        cr_assert_eq(lk_config_set_engine(pair->side[LK_SERVER].config, engine, LK_ENGINE_PREFER_DEVICE, NULL), LK_OK);
        loopback_establish(pair);
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
            size_t sent = 0, received = 0;
            for (int i = 0; i < ROUNDS; i++) {
                write_around_updates(pair->side[role].connection, PIECES, &sent);
                read_all(pair, role == LK_CLIENT ? LK_SERVER : LK_CLIENT, &received, sent);
            }
        }
        cr_assert(after > 2 * ROUNDS * PIECES || statistics_of(pair, LK_CLIENT).fallbacks > 0);
        cr_assert(after < OPERATIONS - 1 || settings->replaced > ROUNDS, "%zu", settings->replaced);
        loopback_free(pair);
        lk_engine_free(engine);
    }
}

Test(engine, a_required_one_that_is_lost_ends_the_connection_with_its_error)
{
    slow_settings *settings = NULL;
    lk_engine *engine = NULL;
    loopback *pair = with_slow_engine(LK_ENGINE_REQUIRE_DEVICE, &settings, &engine);
    loopback_establish(pair);
    settings->dies_after = settings->finished;
    settings->dies_with = LK_ERROR_DEVICE_LOST;
    lk_error error = LK_OK;
    for (int i = 0; i < 100 && (error == LK_OK || error == LK_ERROR_WANT_ENGINE); i++) {
        size_t taken = 0;
        error = lk_connection_write(pair->side[LK_CLIENT].connection, "x", 1, &taken);
        if (error == LK_ERROR_WANT_ENGINE)
            (void)lk_connection_progress(pair->side[LK_CLIENT].connection, 0);
    }
    cr_assert_eq(error, LK_ERROR_DEVICE_LOST);
    cr_assert_eq(statistics_of(pair, LK_CLIENT).sent.software_records, 0);
    loopback_free(pair);
    lk_engine_free(engine);
}

Test(engine, P7_a_configuration_sums_up_who_made_the_records_and_why)
{
    slow_settings *settings;
    lk_engine *slow = slow_engine_new(&settings);
    loopback *pair = loopback_new("EC");
    lk_statistics totals;
    fill();
    cr_assert_eq(lk_config_set_engine(pair->side[LK_CLIENT].config, slow, LK_ENGINE_PREFER_DEVICE, NULL), LK_OK);
    cr_assert_eq(lk_config_set_engine(pair->side[LK_SERVER].config, NULL, LK_ENGINE_AUTO, "none"), LK_OK);
    settings->dies_after = 7;
    settings->dies_with = LK_ERROR_DEVICE_HUNG;
    loopback_establish(pair);
    lk_config_statistics_get(pair->side[LK_CLIENT].config, &totals);
    cr_assert_eq(totals.open, 1);
    loopback_transfer(pair, LK_CLIENT, data, sizeof data);
    loopback_transfer(pair, LK_SERVER, data, 5000);
    lk_connection_statistics client = statistics_of(pair, LK_CLIENT), server = statistics_of(pair, LK_SERVER);
    cr_assert_eq(client.fallback, LK_FALLBACK_HUNG);
    cr_assert_gt(client.retries, 0);
    cr_assert_eq(server.fallback, LK_FALLBACK_NO_DEVICE);
    loopback_again(pair); /* the connections end */
    lk_config_statistics_get(pair->side[LK_CLIENT].config, &totals);
    cr_assert_eq(totals.connections, 1);
    cr_assert_eq(totals.open, 0);
    cr_assert_eq(totals.handshakes, 1);
    cr_assert_eq(totals.failures, 0);
    cr_assert_eq(totals.sent.bytes, client.sent.bytes);
    cr_assert_eq(totals.sent.device_records, client.sent.device_records);
    cr_assert_eq(totals.sent.software_records, client.sent.software_records);
    cr_assert_eq(totals.received.records, client.received.records);
    cr_assert_eq(totals.fallbacks[LK_FALLBACK_HUNG], client.fallbacks);
    cr_assert_eq(totals.fallbacks[LK_FALLBACK_NO_DEVICE], 0);
    cr_assert_eq(totals.retries, client.retries);
    lk_config_statistics_get(pair->side[LK_SERVER].config, &totals);
    cr_assert_eq(totals.fallbacks[LK_FALLBACK_NO_DEVICE], 1);
    cr_assert_eq(totals.received.bytes, server.received.bytes);
    loopback_free(pair);
    lk_engine_free(slow);
}

Test(engine, P7_a_connection_that_fails_counts_as_such)
{
    loopback *pair = loopback_new("EC");
    lk_statistics totals;
    loopback_connect(pair, "another.example");
    loopback_handshake(pair);
    loopback_again(pair);
    lk_config_statistics_get(pair->side[LK_CLIENT].config, &totals);
    cr_assert_eq(totals.connections, 1);
    cr_assert_eq(totals.handshakes, 0);
    cr_assert_eq(totals.failures, 1);
    loopback_free(pair);
}

/* What was measured decides, and says so: whichever engine it is, the data come, and each record has a reason. */
Test(engine, records_are_placed_by_what_was_measured)
{
    slow_settings *settings = NULL;
    lk_engine *engine = NULL;
    lk_placement placement;
    loopback *pair = with_slow_engine(LK_ENGINE_AUTO, &settings, &engine);
    settings->per_progress = 4;
    fill();
    lk_config_placement_get(pair->side[LK_SERVER].config, &placement);
    cr_assert_not(placement.measured, "a server without a device");
    lk_config_placement_get(pair->side[LK_CLIENT].config, &placement);
    cr_assert(placement.measured);
    cr_assert_gt(placement.costs[0].software, 0);
    loopback_establish(pair);
    loopback_transfer(pair, LK_CLIENT, data, sizeof data);
    loopback_transfer(pair, LK_SERVER, data, sizeof data);
    lk_connection_statistics told = statistics_of(pair, LK_CLIENT);
    lk_config_placement_get(pair->side[LK_CLIENT].config, &placement);
    uint64_t records = 0;
    for (unsigned i = 0; i < LK_PLACEMENT_COUNT; i++)
        records += placement.records[i];
    cr_assert_eq(records, told.sent.records + told.received.records);
    cr_assert_eq(placement.records[LK_PLACEMENT_DEVICE_CHEAPER],
                 told.sent.device_records + told.received.device_records);
    cr_assert_gt(placement.records[LK_PLACEMENT_URGENT], 0, "the Finished");
    cr_assert_eq(told.fallbacks, 0);
    loopback_free(pair);
    lk_engine_free(engine);
}
