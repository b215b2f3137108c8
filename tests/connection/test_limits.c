/* SPDX-License-Identifier: Apache-2.0 */
/* Records are no longer than was agreed on, either way; versions are not fallen back from unnoticed. */
#include "connection/inside.h"
#include "connection/sessions.h"
#include "record/slow_engine.h"

#include <criterion/criterion.h>
#include <string.h>

enum { LENGTH = 40000, OVERHEAD = 5 + 8 + 16 + 1 /* header, nonce, tag, content type */, UNPROTECTED = 5 };

static uint8_t text[LENGTH];

/* The longest records that went by. */
typedef struct longest {
    size_t data[2], handshake[2]; /* by sender, header included */
} longest;

static void measure(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    longest *seen = context;
    size_t *most = record[0] == 22 ? &seen->handshake[sender] : &seen->data[sender];
    (void)number;
    if (*length > *most)
        *most = *length;
}

static loopback *measured_pair(uint16_t version, longest *seen)
{
    loopback *pair = loopback_new("EC");
    memset(seen, 0, sizeof *seen);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i * 7 + i / 256);
    lk_config_set_versions(pair->side[LK_CLIENT].config, version, version);
    pair->alter = measure;
    pair->alter_context = seen;
    return pair;
}

static void transfer_both_ways(loopback *pair)
{
    loopback_transfer(pair, LK_CLIENT, text, sizeof text);
    loopback_transfer(pair, LK_SERVER, text, sizeof text);
}

static void has_limit(loopback *pair, lk_role role, size_t sent, size_t taken)
{
    cr_assert_eq(lk_connection_record_limit(pair->side[role].connection, true), sent);
    cr_assert_eq(lk_connection_record_limit(pair->side[role].connection, false), taken);
}

#define FOR_BOTH_VERSIONS(version) for (uint16_t version = LK_VERSION_TLS1_2; version <= LK_VERSION_TLS1_3; version++)

Test(limits, without_a_wish_records_are_as_long_as_may_be)
{
    longest seen;
    FOR_BOTH_VERSIONS(version)
    {
        loopback *pair = measured_pair(version, &seen);
        loopback_establish(pair);
        transfer_both_ways(pair);
        has_limit(pair, LK_CLIENT, 16384, 16384);
        cr_assert_gt(seen.data[LK_CLIENT], 16384);
        cr_assert_gt(seen.data[LK_SERVER], 16384);
        loopback_free(pair);
    }
}

Test(limits, no_fragment_is_longer_than_the_client_asked_for)
{
    longest seen;
    FOR_BOTH_VERSIONS(version)
    for (size_t limit = 512; limit <= 4096; limit *= 2) {
        loopback *pair = measured_pair(version, &seen);
        cr_assert_eq(lk_config_set_max_fragment(pair->side[LK_CLIENT].config, limit), LK_OK);
        loopback_establish(pair);
        transfer_both_ways(pair);
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
            has_limit(pair, role, limit, limit);
            cr_assert_leq(seen.data[role], limit + OVERHEAD);
            cr_assert_gt(seen.data[role], limit);
        }
        cr_assert_leq(seen.handshake[LK_SERVER], limit + UNPROTECTED, "the handshake, too");
        loopback_free(pair);
    }
}

Test(limits, each_side_is_heard_in_what_it_takes)
{
    static const size_t limits[][2] = {{64, 16384}, {16384, 64}, {100, 1000}, {5000, 300}};
    longest seen;
    FOR_BOTH_VERSIONS(version)
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        size_t client = limits[i][LK_CLIENT], server = limits[i][LK_SERVER];
        loopback *pair = measured_pair(version, &seen);
        cr_assert_eq(lk_config_set_record_size_limit(pair->side[LK_CLIENT].config, client), LK_OK);
        cr_assert_eq(lk_config_set_record_size_limit(pair->side[LK_SERVER].config, server), LK_OK);
        loopback_establish(pair);
        transfer_both_ways(pair);
        has_limit(pair, LK_CLIENT, server, client);
        has_limit(pair, LK_SERVER, client, server);
        cr_assert_leq(seen.data[LK_CLIENT], server + OVERHEAD);
        cr_assert_leq(seen.data[LK_SERVER], client + OVERHEAD);
        loopback_free(pair);
    }
}

Test(limits, a_client_that_asks_for_both_gets_the_newer)
{
    longest seen;
    FOR_BOTH_VERSIONS(version)
    {
        loopback *pair = measured_pair(version, &seen);
        lk_config_set_max_fragment(pair->side[LK_CLIENT].config, 512);
        lk_config_set_record_size_limit(pair->side[LK_CLIENT].config, 1000);
        loopback_establish(pair);
        transfer_both_ways(pair);
        has_limit(pair, LK_SERVER, 1000, 16384);
        cr_assert_leq(seen.data[LK_SERVER], 1000 + OVERHEAD);
        cr_assert_gt(seen.data[LK_CLIENT], 16384);
        loopback_free(pair);
    }
}

Test(limits, a_record_that_is_longer_than_agreed_on_is_an_overflow)
{
    static const lk_record_limits none = {.write = 16384, .read = 16384};
    longest seen;
    FOR_BOTH_VERSIONS(version)
    for (int newer = 0; newer < 2; newer++)
        for (size_t more = 0; more < 2; more++) {
            const uint8_t *data = NULL;
            size_t length = 0, taken = 0;
            loopback *pair = measured_pair(version, &seen);
            if (newer)
                lk_config_set_record_size_limit(pair->side[LK_CLIENT].config, 512);
            else
                lk_config_set_max_fragment(pair->side[LK_CLIENT].config, 512);
            loopback_establish(pair);
            lk_record_layer_set_limits(pair->side[LK_SERVER].connection->layer, &none);
            lk_connection_write(pair->side[LK_SERVER].connection, text, 512 + more, &taken);
            cr_assert_eq(taken, 512 + more);
            loopback_move(pair);
            lk_error error = lk_connection_peek(pair->side[LK_CLIENT].connection, &data, &length);
            cr_assert_eq(error, more ? LK_ERROR_RECORD_OVERFLOW : LK_OK, "%s", lk_error_name(error));
            if (more)
                cr_assert_str_eq(pair->side[LK_CLIENT].alerts, "record_overflow ");
            loopback_free(pair);
        }
}

/* A certificate makes more records than an engine has in work at once. */
Test(limits, an_engine_that_takes_its_time_sends_long_messages_in_parts)
{
    longest seen;
    FOR_BOTH_VERSIONS(version)
    {
        slow_settings *settings = NULL;
        lk_engine *engine = slow_engine_new(&settings);
        loopback *pair = measured_pair(version, &seen);
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
            lk_config_set_engine(pair->side[role].config, engine, LK_ENGINE_REQUIRE_DEVICE, NULL);
            cr_assert_eq(lk_config_set_record_size_limit(pair->side[role].config, 64), LK_OK);
        }
        loopback_establish(pair);
        loopback_transfer(pair, LK_SERVER, text, 5000);
        loopback_free(pair);
        lk_engine_free(engine);
    }
}

Test(limits, a_session_keeps_its_fragments)
{
    kept_session kept;
    for (int tickets = 0; tickets < 2; tickets++) {
        loopback *pair = sessions_pair(LK_VERSION_TLS1_2, &kept);
        lk_config_set_tickets(sessions_config(pair, LK_SERVER), tickets);
        lk_config_set_max_fragment(sessions_config(pair, LK_CLIENT), 1024);
        sessions_establish_first(pair, &kept);
        sessions_establish_again(pair, &kept, true);
        has_limit(pair, LK_CLIENT, 1024, 1024);
        sessions_hang_up(pair);

        /* the client's wish is another one, or none: it is another session */
        kept_session other = kept;
        lk_config_set_max_fragment(sessions_config(pair, LK_CLIENT), 512);
        sessions_establish_again(pair, &other, false);
        sessions_hang_up(pair);
        lk_config_set_max_fragment(sessions_config(pair, LK_CLIENT), 0);
        sessions_establish_again(pair, &other, false);
        loopback_free(pair);
    }
}

Test(limits, lengths_that_do_not_exist_are_refused)
{
    lk_config *config = lk_config_new();
    static const size_t fragments[] = {1, 256, 511, 513, 8192, 16384}, limits[] = {1, 63, 16385, 65536};
    for (size_t i = 0; i < sizeof fragments / sizeof fragments[0]; i++)
        cr_assert_eq(lk_config_set_max_fragment(config, fragments[i]), LK_ERROR_INVALID_ARGUMENT);
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        cr_assert_eq(lk_config_set_record_size_limit(config, limits[i]), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_config_set_max_fragment(config, 0), LK_OK);
    cr_assert_eq(lk_config_set_record_size_limit(config, 0), LK_OK);
    lk_config_free(config);
}

/* Alters an extension of a hello: header and all. */
typedef struct change {
    lk_role sender;
    uint8_t from[8], to[8];
    size_t length;
} change;

static void apply(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    const change *wanted = context;
    if (sender != wanted->sender || number != 0)
        return;
    uint8_t *place = memmem(record, *length, wanted->from, wanted->length);
    cr_assert_not_null(place);
    memcpy(place, wanted->to, wanted->length);
}

static void altered(change wanted, lk_error expected)
{
    loopback *pair = loopback_new("EC");
    lk_role judge = wanted.sender == LK_CLIENT ? LK_SERVER : LK_CLIENT;
    lk_config_set_versions(pair->side[LK_CLIENT].config, LK_VERSION_TLS1_2, LK_VERSION_TLS1_2);
    lk_config_set_max_fragment(pair->side[LK_CLIENT].config, 1024);
    if (wanted.from[1] == 28)
        lk_config_set_record_size_limit(pair->side[LK_CLIENT].config, 1024);
    pair->alter = apply;
    pair->alter_context = &wanted;
    loopback_handshake(pair);
    cr_assert_eq(pair->side[judge].result, expected, "%s", lk_error_name(pair->side[judge].result));
    loopback_free(pair);
}

Test(limits, values_that_may_not_be_are_illegal)
{
    altered((change){LK_CLIENT, {0, 1, 0, 1, 2}, {0, 1, 0, 1, 0}, 5}, LK_ERROR_ILLEGAL_PARAMETER);
    altered((change){LK_CLIENT, {0, 1, 0, 1, 2}, {0, 1, 0, 1, 5}, 5}, LK_ERROR_ILLEGAL_PARAMETER);
    altered((change){LK_SERVER, {0, 1, 0, 1, 2}, {0, 1, 0, 1, 3}, 5}, LK_ERROR_ILLEGAL_PARAMETER);
    altered((change){LK_CLIENT, {0, 28, 0, 2, 4, 0}, {0, 28, 0, 2, 0, 63}, 6}, LK_ERROR_ILLEGAL_PARAMETER);
    altered((change){LK_SERVER, {0, 28, 0, 2, 64, 0}, {0, 28, 0, 2, 0, 63}, 6}, LK_ERROR_ILLEGAL_PARAMETER);
}

/* RFC 7507 */
Test(limits, a_client_that_fell_back_is_refused_by_a_server_that_knows_more)
{
    static const struct {
        uint16_t client, server;
        lk_error expected;
    } cases[] = {{LK_VERSION_TLS1_2, LK_VERSION_TLS1_3, LK_ERROR_INAPPROPRIATE_FALLBACK},
                 {LK_VERSION_TLS1_1, LK_VERSION_TLS1_2, LK_ERROR_INAPPROPRIATE_FALLBACK},
                 {LK_VERSION_TLS1_2, LK_VERSION_TLS1_2, LK_OK},
                 {LK_VERSION_TLS1_3, LK_VERSION_TLS1_3, LK_OK},
                 {LK_VERSION_TLS1_3, LK_VERSION_TLS1_2, LK_OK}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        loopback *pair = loopback_new("EC");
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
            cr_assert_eq(lk_config_set_suites(pair->side[role].config,
                                              "TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:"
                                              "ECDHE-ECDSA-AES128-SHA"),
                         LK_OK);
        lk_config_set_versions(pair->side[LK_CLIENT].config, LK_VERSION_TLS1_0, cases[i].client);
        lk_config_set_versions(pair->side[LK_SERVER].config, LK_VERSION_TLS1_0, cases[i].server);
        lk_config_set_fallback(pair->side[LK_CLIENT].config, true);
        loopback_handshake(pair);
        cr_assert_eq(pair->side[LK_SERVER].result, cases[i].expected, "case %zu: %s", i,
                     lk_error_name(pair->side[LK_SERVER].result));
        if (cases[i].expected)
            cr_assert_str_eq(pair->side[LK_SERVER].alerts, "inappropriate_fallback ");
        loopback_free(pair);
    }
}
