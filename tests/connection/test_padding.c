/* SPDX-License-Identifier: Apache-2.0 */
/* Records of TLS 1.3 are as long as the configuration wants them to look, with any engine, and carry what they did. */
#include "connection/inside.h"
#include "connection/loopback.h"
#include "record/slow_engine.h"

#include <criterion/criterion.h>
#include <string.h>

enum { HEADER = 5, TYPE_AND_TAG = 1 + 16, FULL = 16384, RECORDS_MAX = 256, LENGTH = 40000 };

static uint8_t text[LENGTH];

/* Content and padding of the protected records that went by, by sender. */
typedef struct seen_records {
    size_t length[2][RECORDS_MAX];
    size_t count[2];
} seen_records;

static void see(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    seen_records *seen = context;
    (void)number;
    if (record[0] != LK_CONTENT_APPLICATION_DATA)
        return;
    cr_assert_lt(seen->count[sender], RECORDS_MAX);
    seen->length[sender][seen->count[sender]++] = *length - HEADER - TYPE_AND_TAG;
}

static loopback *watched_pair(uint16_t version, seen_records *seen)
{
    loopback *pair = loopback_new("EC");
    memset(seen, 0, sizeof *seen);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i * 7 + i / 256);
    lk_config_set_versions(pair->side[LK_CLIENT].config, version, version);
    pair->alter = see;
    pair->alter_context = seen;
    return pair;
}

static void talk(loopback *pair)
{
    static const size_t lengths[] = {1, 15, 16, 17, 999, 1000, 1001, LENGTH};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        for (lk_role sender = LK_CLIENT; sender <= LK_SERVER; sender++)
            loopback_transfer(pair, sender, text, lengths[i]);
}

static void assert_multiples(const seen_records *seen, lk_role sender, size_t multiple, size_t most)
{
    cr_assert_gt(seen->count[sender], 9);
    for (size_t i = 0; i < seen->count[sender]; i++)
        cr_assert(seen->length[sender][i] % multiple == 0 || seen->length[sender][i] == most,
                  "record %zu carries %zu bytes", i, seen->length[sender][i]);
}

Test(padding, each_record_is_padded_to_the_multiple)
{
    static const size_t multiples[] = {1, 16, 1000, FULL};
    seen_records seen;
    for (size_t i = 0; i < sizeof multiples / sizeof multiples[0]; i++) {
        loopback *pair = watched_pair(LK_VERSION_TLS1_3, &seen);
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
            cr_assert_eq(lk_config_set_padding(pair->side[role].config, multiples[i]), LK_OK);
        loopback_establish(pair);
        talk(pair);
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
            assert_multiples(&seen, role, multiples[i], FULL);
        loopback_free(pair);
    }
}

Test(padding, one_side_alone_may_pad)
{
    seen_records seen;
    loopback *pair = watched_pair(LK_VERSION_TLS1_3, &seen);
    cr_assert_eq(lk_config_set_padding(pair->side[LK_SERVER].config, 512), LK_OK);
    loopback_establish(pair);
    talk(pair);
    assert_multiples(&seen, LK_SERVER, 512, FULL);
    cr_assert_eq(seen.length[LK_CLIENT][seen.count[LK_CLIENT] - 1], LENGTH % FULL, "a record without leave is padded");
    loopback_free(pair);
}

Test(padding, no_record_is_longer_than_the_peer_takes)
{
    seen_records seen;
    loopback *pair = watched_pair(LK_VERSION_TLS1_3, &seen);
    cr_assert_eq(lk_config_set_record_size_limit(pair->side[LK_CLIENT].config, 512), LK_OK);
    cr_assert_eq(lk_config_set_padding(pair->side[LK_SERVER].config, 300), LK_OK);
    loopback_establish(pair);
    talk(pair);
    for (size_t i = 0; i < seen.count[LK_SERVER]; i++)
        cr_assert_leq(seen.length[LK_SERVER][i], 512, "a record carries more than the client takes");
    assert_multiples(&seen, LK_SERVER, 300, 512);
    loopback_free(pair);
}

Test(padding, before_tls_1_3_there_is_none)
{
    seen_records seen;
    loopback *pair = watched_pair(LK_VERSION_TLS1_2, &seen);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        cr_assert_eq(lk_config_set_padding(pair->side[role].config, 1000), LK_OK);
    loopback_establish(pair);
    seen.count[LK_CLIENT] = 0;
    loopback_transfer(pair, LK_CLIENT, text, 10);
    cr_assert_eq(seen.length[LK_CLIENT][0], 10 + 8 - 1, "not the 10 bytes, their nonce and their tag");
    loopback_free(pair);
}

/* A policy that notes what it is asked. */
typedef struct asked {
    size_t answer, data, data_most;
    unsigned handshakes, alerts;
} asked;

static size_t ask(void *context, uint8_t content_type, size_t length, size_t most)
{
    asked *what = context;
    what->handshakes += content_type == LK_CONTENT_HANDSHAKE;
    what->alerts += content_type == LK_CONTENT_ALERT;
    if (content_type == LK_CONTENT_APPLICATION_DATA) {
        what->data = length;
        what->data_most = most;
    }
    return what->answer;
}

Test(padding, a_function_says_how_much_for_each_record)
{
    seen_records seen;
    asked what = {.answer = 77};
    loopback *pair = watched_pair(LK_VERSION_TLS1_3, &seen);
    cr_assert_eq(lk_config_set_padding(pair->side[LK_CLIENT].config, 1000), LK_OK);
    lk_config_set_padding_policy(pair->side[LK_CLIENT].config, ask, &what);
    loopback_establish(pair);
    cr_assert_gt(what.handshakes, 0);
    loopback_transfer(pair, LK_CLIENT, text, 10);
    cr_assert_eq(what.data, 10);
    cr_assert_eq(what.data_most, FULL - 10);
    cr_assert_eq(seen.length[LK_CLIENT][seen.count[LK_CLIENT] - 1], 10 + 77);
    what.answer = SIZE_MAX; /* more than there is room for */
    loopback_transfer(pair, LK_CLIENT, text, 10);
    cr_assert_eq(seen.length[LK_CLIENT][seen.count[LK_CLIENT] - 1], FULL);
    cr_assert_eq(lk_connection_close(pair->side[LK_CLIENT].connection), LK_OK);
    loopback_move(pair);
    cr_assert_eq(what.alerts, 1);
    cr_assert_eq(seen.length[LK_CLIENT][seen.count[LK_CLIENT] - 1], FULL, "the alert is not padded");
    loopback_free(pair);
}

Test(padding, an_engine_that_takes_its_time_pads_alike)
{
    seen_records seen;
    slow_settings *settings = NULL;
    lk_engine *engine = slow_engine_new(&settings);
    loopback *pair = watched_pair(LK_VERSION_TLS1_3, &seen);
    lk_config *config = pair->side[LK_SERVER].config;
    cr_assert_eq(lk_config_set_padding(config, 1000), LK_OK);
    cr_assert_eq(lk_config_set_engine(config, engine, LK_ENGINE_REQUIRE_DEVICE, NULL), LK_OK);
    loopback_establish(pair);
    talk(pair);
    assert_multiples(&seen, LK_SERVER, 1000, FULL);
    loopback_free(pair);
    lk_engine_free(engine);
}

Test(padding, a_multiple_beyond_a_record_is_refused)
{
    lk_config *config = lk_config_new();
    cr_assert_eq(lk_config_set_padding(config, FULL + 1), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_config_set_padding(config, 0), LK_OK);
    lk_config_free(config);
}
