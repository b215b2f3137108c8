/* SPDX-License-Identifier: Apache-2.0 */
/* Renegotiation up to TLS 1.2: only with leave, bound to the connection, with the same peer, and without losing a byte.
 */
#include "connection/again.h"
#include "connection/clear_engine.h"
#include "connection/config.h"
#include "record/slow_engine.h"

#include <criterion/criterion.h>
#include <string.h>

static lk_connection *of(loopback *pair, lk_role role)
{
    return pair->side[role].connection;
}

static void has_sent(loopback *pair, lk_role role, const char *alert)
{
    cr_assert_not_null(strstr(pair->side[role].alerts, alert), "%s sent \"%s\"",
                       role == LK_CLIENT ? "client" : "server", pair->side[role].alerts);
}

Test(renegotiation, either_side_can_ask_for_it_again_and_again)
{
    for (lk_role who = LK_CLIENT; who <= LK_SERVER; who++) {
        loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
        loopback_establish(pair);
        for (int again = 0; again < 5; again++) {
            again_talk(pair);
            again_renegotiate(pair, who);
        }
        again_talk(pair);
        cr_assert_eq(lk_connection_version(of(pair, LK_CLIENT)), LK_VERSION_TLS1_2);
        cr_assert_str_eq(pair->side[LK_CLIENT].alerts, "");
        cr_assert_str_eq(pair->side[LK_SERVER].alerts, "");
        loopback_free(pair);
    }
}

Test(renegotiation, every_suite_and_a_client_of_tls_1_3_renegotiate)
{
    static const char *const suites[] = {"ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305",
                                         "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA"};
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
        char with_1_3[100] = "TLS_AES_128_GCM_SHA256:";
        strcat(with_1_3, suites[i]);
        lk_config_set_versions(pair->side[LK_CLIENT].config, LK_VERSION_TLS1_2, LK_VERSION_TLS1_3);
        cr_assert_eq(lk_config_set_suites(pair->side[LK_CLIENT].config, with_1_3), LK_OK);
        cr_assert_eq(lk_config_set_suites(pair->side[LK_SERVER].config, suites[i]), LK_OK);
        loopback_establish(pair);
        again_renegotiate(pair, LK_CLIENT);
        again_talk(pair);
        again_renegotiate(pair, LK_SERVER);
        again_talk(pair);
        loopback_free(pair);
    }
}

Test(renegotiation, every_old_version_renegotiates)
{
    for (uint16_t version = LK_VERSION_TLS1_0; version < LK_VERSION_TLS1_2; version++) {
        loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
            cr_assert_eq(lk_config_set_versions(pair->side[role].config, version, LK_VERSION_TLS1_2), LK_OK);
            cr_assert_eq(lk_config_set_suites(pair->side[role].config, "ECDHE-ECDSA-AES128-SHA"), LK_OK);
        }
        lk_config_set_versions(pair->side[LK_SERVER].config, version, version);
        loopback_establish(pair);
        for (lk_role who = LK_CLIENT; who <= LK_SERVER; who++) {
            again_talk(pair);
            again_renegotiate(pair, who);
        }
        again_talk(pair);
        cr_assert_eq(lk_connection_version(of(pair, LK_CLIENT)), version);
        loopback_free(pair);
    }
}

/* It has no extensions here, so nothing would bind the second handshake to the first (RFC 5746). */
Test(renegotiation, ssl_3_0_never_renegotiates)
{
    loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        cr_assert_eq(lk_config_set_versions(pair->side[role].config, LK_VERSION_SSL3, LK_VERSION_SSL3), LK_OK);
        cr_assert_eq(lk_config_set_suites(pair->side[role].config, "ADH-AES128-SHA"), LK_OK);
    }
    loopback_establish(pair);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        cr_expect_eq(lk_connection_renegotiate(of(pair, role)), LK_ERROR_WRONG_STATE);
    again_talk(pair);
    loopback_free(pair);
}

/* The server says nothing wrong about TLS 1.3 in a renegotiation, and the client looks for nothing. */
Test(renegotiation, both_sides_that_know_tls_1_3_renegotiate_the_version_they_have)
{
    loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
    lk_config_set_versions(pair->side[LK_SERVER].config, LK_VERSION_TLS1_2, LK_VERSION_TLS1_3);
    loopback_establish(pair);
    again_renegotiate(pair, LK_CLIENT);
    again_talk(pair);
    loopback_free(pair);
}

Test(renegotiation, a_server_without_leave_refuses_and_all_stays_as_it_was)
{
    size_t before = 0, after = 0;
    loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
    lk_config_set_renegotiation(pair->side[LK_SERVER].config, LK_RENEGOTIATION_OFF);
    lk_config_set_alpn(pair->side[LK_CLIENT].config, "h2");
    lk_config_set_alpn(pair->side[LK_SERVER].config, "h2");
    loopback_establish(pair);
    again_data data[2] = {0};
    const uint8_t *certificate = lk_connection_peer_certificate(of(pair, LK_CLIENT), 0, &before);
    for (int again = 0; again < 3; again++) {
        cr_assert_neq(lk_connection_renegotiate(of(pair, LK_CLIENT)), LK_ERROR_WRONG_STATE);
        cr_assert(lk_connection_renegotiating(of(pair, LK_CLIENT)));
        again_pump(pair, &data[LK_CLIENT], &data[LK_SERVER]);
        cr_assert_not(lk_connection_renegotiating(of(pair, LK_CLIENT)));
        cr_assert_eq(lk_connection_peer_certificate(of(pair, LK_CLIENT), 0, &after), certificate);
        cr_assert_eq(after, before);
        cr_assert_str_eq(lk_connection_suite(of(pair, LK_CLIENT)), lk_connection_suite(of(pair, LK_SERVER)));
        cr_assert_str_eq(lk_connection_group(of(pair, LK_CLIENT)), "x25519");
        cr_assert_str_eq(lk_connection_alpn(of(pair, LK_CLIENT)), "h2");
        again_talk(pair);
    }
    has_sent(pair, LK_SERVER, "no_renegotiation no_renegotiation no_renegotiation");
    loopback_free(pair);
}

Test(renegotiation, a_client_without_leave_refuses_and_all_stays_as_it_was)
{
    loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
    lk_config_set_renegotiation(pair->side[LK_CLIENT].config, LK_RENEGOTIATION_OFF);
    loopback_establish(pair);
    again_data data[2] = {0};
    cr_assert_eq(lk_connection_renegotiate(of(pair, LK_SERVER)), LK_OK);
    again_pump(pair, &data[LK_CLIENT], &data[LK_SERVER]);
    has_sent(pair, LK_CLIENT, "no_renegotiation");
    cr_assert_not(lk_connection_renegotiating(of(pair, LK_SERVER)));
    again_talk(pair);
    loopback_free(pair);
}

Test(renegotiation, it_cannot_be_asked_for_where_it_is_not_allowed)
{
    loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
    loopback_connect(pair, "localhost");
    cr_assert_eq(lk_connection_renegotiate(of(pair, LK_CLIENT)), LK_ERROR_WRONG_STATE, "before the first handshake");
    loopback_establish(pair);
    cr_assert_eq(lk_connection_close(of(pair, LK_CLIENT)), LK_OK);
    cr_assert_eq(lk_connection_renegotiate(of(pair, LK_CLIENT)), LK_ERROR_WRONG_STATE, "after close_notify");
    loopback_free(pair);

    pair = again_pair(LK_RENEGOTIATION_OFF);
    loopback_establish(pair);
    cr_assert_eq(lk_connection_renegotiate(of(pair, LK_CLIENT)), LK_ERROR_WRONG_STATE, "by default");
    cr_assert_eq(lk_connection_renegotiate(of(pair, LK_SERVER)), LK_ERROR_WRONG_STATE, "by default");
    loopback_free(pair);

    pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        lk_config_set_versions(pair->side[role].config, LK_VERSION_TLS1_3, LK_VERSION_TLS1_3);
    loopback_establish(pair);
    cr_assert_eq(lk_connection_renegotiate(of(pair, LK_CLIENT)), LK_ERROR_WRONG_STATE, "with TLS 1.3");
    cr_assert_eq(lk_config_set_renegotiation(pair->side[LK_CLIENT].config, (lk_renegotiation)7),
                 LK_ERROR_INVALID_ARGUMENT);
    loopback_free(pair);
}

static void write_whole(lk_connection *connection, const uint8_t *data, size_t length)
{
    size_t taken = 0;
    cr_assert_eq(lk_connection_write(connection, data, length, &taken), LK_OK);
    cr_assert_eq(taken, length);
}

/* The server speaks before it has seen that the client renegotiates; what it said comes under the old keys. */
Test(renegotiation, data_that_was_under_way_is_read_in_between)
{
    uint8_t text[20000];
    size_t taken = 0;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i * 11 + i / 256);
    for (lk_role who = LK_CLIENT; who <= LK_SERVER; who++) {
        static again_data data[2];
        memset(data, 0, sizeof data);
        loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
        loopback_establish(pair);
        (void)lk_connection_renegotiate(of(pair, who));
        write_whole(of(pair, LK_SERVER), text, 100);
        write_whole(of(pair, LK_SERVER), text + 100, sizeof text - 100);
        if (who == LK_CLIENT) /* it has begun: nothing more of it before it is over */
            cr_assert_eq(lk_connection_write(of(pair, LK_CLIENT), text, 10, &taken), LK_ERROR_WANT_WRITE);
        else /* it does not know yet */
            write_whole(of(pair, LK_CLIENT), text, 10);
        again_pump(pair, &data[LK_CLIENT], &data[LK_SERVER]);
        cr_assert_not(lk_connection_renegotiating(of(pair, LK_CLIENT)));
        cr_assert_eq(data[LK_CLIENT].length, sizeof text);
        cr_assert_arr_eq(data[LK_CLIENT].bytes, text, sizeof text);
        cr_assert_eq(data[LK_SERVER].length, who == LK_CLIENT ? 0 : 10);
        again_talk(pair);
        loopback_free(pair);
    }
}

Test(renegotiation, plaintext_that_waits_is_told_to_who_would_go_on)
{
    size_t taken = 0;
    uint8_t text[100];
    loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
    loopback_establish(pair);
    (void)lk_connection_renegotiate(of(pair, LK_CLIENT));
    write_whole(of(pair, LK_SERVER), (const uint8_t *)"data", 4);
    loopback_move(pair);
    cr_assert_eq(lk_connection_handshake(of(pair, LK_CLIENT)), LK_ERROR_WANT_READ);
    cr_assert_eq(lk_connection_pending(of(pair, LK_CLIENT)), 4);
    cr_assert_eq(lk_connection_write(of(pair, LK_CLIENT), "more", 4, &taken), LK_ERROR_WANT_READ);
    cr_assert_eq(lk_connection_read(of(pair, LK_CLIENT), text, sizeof text, &taken), LK_OK);
    cr_assert_eq(lk_connection_pending(of(pair, LK_CLIENT)), 0);
    loopback_free(pair);
}

/* Every step of it takes its time, with data both ways before and behind. */
Test(renegotiation, an_engine_that_takes_its_time_loses_nothing)
{
    uint8_t text[60000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)(i * 13 + i / 256);
    for (lk_role who = LK_CLIENT; who <= LK_SERVER; who++) {
        loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
        slow_settings *settings = NULL;
        lk_engine *engine = slow_engine_new(&settings);
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
            cr_assert_eq(lk_config_set_engine(pair->side[role].config, engine, LK_ENGINE_PREFER_DEVICE, NULL), LK_OK);
        loopback_establish(pair);
        for (int again = 0; again < 3; again++) {
            loopback_transfer(pair, LK_SERVER, text, sizeof text);
            loopback_transfer(pair, LK_CLIENT, text, sizeof text);
            again_renegotiate(pair, who);
        }
        again_talk(pair);
        loopback_free(pair);
        lk_engine_free(engine);
    }
}

static void use_certificate(loopback *pair, lk_role role, const char *name, const char *purpose)
{
    certificate_files files =
        certificates_issue(pair->certificates, name, &(certificate_request){.key = "EC", .purpose = purpose});
    cr_assert_eq(lk_config_use_certificate_files(pair->side[role].config, files.chain, files.key), LK_OK);
}

/* 3SHAKE needs a peer that changes in a renegotiation. */
Test(renegotiation, the_servers_certificate_may_not_change_unless_that_is_allowed)
{
    again_data data[2] = {0};
    loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
    loopback_establish(pair);
    use_certificate(pair, LK_SERVER, "other", NULL);
    (void)lk_connection_renegotiate(of(pair, LK_CLIENT));
    again_pump(pair, &data[LK_CLIENT], &data[LK_SERVER]);
    cr_assert_eq(pair->side[LK_CLIENT].result, LK_ERROR_CERTIFICATE_CHANGED);
    cr_assert_eq(pair->side[LK_SERVER].result, LK_ERROR_PEER_ALERT);
    has_sent(pair, LK_CLIENT, "illegal_parameter");
    loopback_free(pair);

    pair = again_pair(LK_RENEGOTIATION_ANY_PEER);
    loopback_establish(pair);
    use_certificate(pair, LK_SERVER, "other", NULL);
    again_renegotiate(pair, LK_CLIENT);
    size_t length = 0;
    const uint8_t *seen = lk_connection_peer_certificate(of(pair, LK_CLIENT), 0, &length);
    const lk_certificate_chain *given = &pair->side[LK_SERVER].config->settings.chain;
    cr_assert_eq(length, given->rows[0].length);
    cr_assert_arr_eq(seen, given->rows[0].bytes, length);
    again_talk(pair);
    loopback_free(pair);
}

/* The server goes over to a suite in which nobody proves anything. */
Test(renegotiation, a_server_that_was_known_may_not_be_anonymous_afterwards_unless_that_is_allowed)
{
    for (lk_renegotiation policy = LK_RENEGOTIATION_SAME_PEER; policy <= LK_RENEGOTIATION_ANY_PEER; policy++) {
        again_data data[2] = {0};
        loopback *pair = again_pair(policy);
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
            cr_assert_eq(lk_config_set_suites(pair->side[role].config, "ECDHE-ECDSA-AES128-SHA:AECDH-AES128-SHA"),
                         LK_OK);
        loopback_establish(pair);
        lk_config *server = pair->side[LK_SERVER].config;
        EVP_PKEY_free(server->settings.key);
        server->settings.key = NULL;
        (void)lk_connection_renegotiate(of(pair, LK_CLIENT));
        again_pump(pair, &data[LK_CLIENT], &data[LK_SERVER]);
        if (policy == LK_RENEGOTIATION_SAME_PEER) {
            cr_assert_eq(pair->side[LK_CLIENT].result, LK_ERROR_CERTIFICATE_CHANGED);
            has_sent(pair, LK_CLIENT, "illegal_parameter");
        } else {
            size_t length = 0;
            cr_assert_str_eq(lk_connection_suite(of(pair, LK_CLIENT)), "TLS_ECDH_anon_WITH_AES_128_CBC_SHA");
            cr_assert_null(lk_connection_peer_certificate(of(pair, LK_CLIENT), 0, &length));
            again_talk(pair);
        }
        loopback_free(pair);
    }
}

Test(renegotiation, a_server_learns_in_it_who_the_client_is)
{
    size_t length = 0;
    again_data data[2] = {0};
    for (lk_role who = LK_CLIENT; who <= LK_SERVER; who++) {
        loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
        use_certificate(pair, LK_CLIENT, "client", "clientAuth");
        lk_config_trust_file(pair->side[LK_SERVER].config, pair->certificates->root);
        loopback_establish(pair);
        cr_assert_null(lk_connection_peer_certificate(of(pair, LK_SERVER), 0, &length));
        cr_assert_eq(lk_connection_ask_client_certificate(of(pair, LK_SERVER), LK_CLIENT_REQUIRED), LK_OK);
        again_renegotiate(pair, who);
        cr_assert_not_null(lk_connection_peer_certificate(of(pair, LK_SERVER), 0, &length));
        again_talk(pair);
        again_renegotiate(pair, who);

        use_certificate(pair, LK_CLIENT, "someone_else", "clientAuth");
        (void)lk_connection_renegotiate(of(pair, who));
        again_pump(pair, &data[LK_CLIENT], &data[LK_SERVER]);
        cr_assert_eq(pair->side[LK_SERVER].result, LK_ERROR_CERTIFICATE_CHANGED);
        loopback_free(pair);
    }
}

Test(renegotiation, a_client_that_was_known_may_not_be_unknown_afterwards)
{
    again_data data[2] = {0};
    loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
    use_certificate(pair, LK_CLIENT, "client", "clientAuth");
    lk_config_trust_file(pair->side[LK_SERVER].config, pair->certificates->root);
    lk_config_ask_client_certificate(pair->side[LK_SERVER].config, LK_CLIENT_OPTIONAL);
    loopback_establish(pair);
    EVP_PKEY_free(pair->side[LK_CLIENT].config->settings.key);
    pair->side[LK_CLIENT].config->settings.key = NULL;
    (void)lk_connection_renegotiate(of(pair, LK_CLIENT));
    again_pump(pair, &data[LK_CLIENT], &data[LK_SERVER]);
    cr_assert_eq(pair->side[LK_SERVER].result, LK_ERROR_CERTIFICATE_CHANGED);
    loopback_free(pair);
}

Test(renegotiation, who_may_be_asked_for_a_certificate_and_when)
{
    loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
    loopback_connect(pair, "localhost");
    lk_connection *server = of(pair, LK_SERVER);
    cr_assert_eq(lk_connection_ask_client_certificate(server, LK_CLIENT_REQUIRED), LK_ERROR_INVALID_ARGUMENT,
                 "without roots of its own");
    lk_config_trust_file(pair->side[LK_SERVER].config, pair->certificates->root);
    cr_assert_eq(lk_connection_ask_client_certificate(server, (lk_client_policy)9), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_connection_ask_client_certificate(of(pair, LK_CLIENT), LK_CLIENT_UNKNOWN), LK_ERROR_WRONG_STATE);
    cr_assert_eq(lk_connection_ask_client_certificate(server, LK_CLIENT_REQUIRED), LK_OK, "before the first handshake");
    loopback_handshake(pair);
    cr_assert_eq(pair->side[LK_SERVER].result, LK_ERROR_CERTIFICATE_MISSING);
    loopback_free(pair);
}

/* Messages under keys that hide nothing, so that someone in the middle can change them. */

typedef struct change {
    lk_role sender;
    uint8_t from[40], to[40];
    size_t length;
    bool armed, done;
} change;

static void apply(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    change *wanted = context;
    (void)number;
    if (!wanted->armed || wanted->done || sender != wanted->sender)
        return;
    uint8_t *place = memmem(record, *length, wanted->from, wanted->length);
    if (!place)
        return;
    memcpy(place, wanted->to, wanted->length);
    wanted->done = true;
}

static loopback *clear_pair(lk_engine *engine, change *wanted)
{
    loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        cr_assert_eq(lk_config_set_engine(pair->side[role].config, engine, LK_ENGINE_REQUIRE_DEVICE, NULL), LK_OK);
    pair->alter = apply;
    pair->alter_context = wanted;
    return pair;
}

/* A renegotiation that is altered; what the one says to whom the altered message comes. */
static lk_error altered(change *wanted)
{
    static again_data data[2];
    memset(data, 0, sizeof data);
    lk_engine *engine = clear_engine_new();
    loopback *pair = clear_pair(engine, wanted);
    loopback_establish(pair);
    wanted->armed = true;
    (void)lk_connection_renegotiate(of(pair, LK_CLIENT));
    again_pump(pair, &data[LK_CLIENT], &data[LK_SERVER]);
    cr_assert(wanted->done, "there was nothing to alter");
    lk_role judge = wanted->sender == LK_CLIENT ? LK_SERVER : LK_CLIENT;
    lk_error error = pair->side[judge].result;
    if (error == LK_ERROR_RENEGOTIATION_INSECURE)
        has_sent(pair, judge, "handshake_failure");
    cr_assert_eq(data[LK_CLIENT].length + data[LK_SERVER].length, 0);
    loopback_free(pair);
    lk_engine_free(engine);
    return error;
}

Test(renegotiation, renegotiation_info_must_be_there_and_say_who_is_connected)
{
    /* its type is another one: it is not there; or it is too short */
    change client_without = {
        .sender = LK_CLIENT, .from = {0xff, 1, 0, 13, 12}, .to = {0xfe, 1, 0, 13, 12}, .length = 5};
    change server_shorter = {
        .sender = LK_SERVER, .from = {0xff, 1, 0, 25, 24}, .to = {0xff, 1, 0, 25, 23}, .length = 5};
    cr_assert_eq(altered(&client_without), LK_ERROR_RENEGOTIATION_INSECURE);
    cr_assert_eq(altered(&server_shorter), LK_ERROR_RENEGOTIATION_INSECURE);
}

/* Alters a byte of renegotiation_info, by its place. */
typedef struct flip {
    lk_role sender;
    size_t place;
    bool armed, done;
} flip;

static void apply_flip(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    static const uint8_t headers[2][5] = {{0xff, 1, 0, 13, 12}, {0xff, 1, 0, 25, 24}};
    flip *wanted = context;
    (void)number;
    if (!wanted->armed || wanted->done || sender != wanted->sender)
        return;
    uint8_t *place = memmem(record, *length, headers[sender], sizeof headers[sender]);
    if (!place)
        return;
    place[sizeof headers[sender] + wanted->place] ^= 0x10;
    wanted->done = true;
}

Test(renegotiation, every_byte_of_renegotiation_info_counts)
{
    static const size_t lengths[2] = {[LK_CLIENT] = 12, [LK_SERVER] = 24};
    for (lk_role sender = LK_CLIENT; sender <= LK_SERVER; sender++)
        for (size_t place = 0; place < lengths[sender]; place++) {
            static again_data data[2];
            flip wanted = {.sender = sender, .place = place};
            lk_role judge = sender == LK_CLIENT ? LK_SERVER : LK_CLIENT;
            lk_engine *engine = clear_engine_new();
            loopback *pair = clear_pair(engine, NULL);
            pair->alter = apply_flip;
            pair->alter_context = &wanted;
            loopback_establish(pair);
            wanted.armed = true;
            (void)lk_connection_renegotiate(of(pair, LK_CLIENT));
            again_pump(pair, &data[LK_CLIENT], &data[LK_SERVER]);
            cr_assert(wanted.done);
            cr_assert_eq(pair->side[judge].result, LK_ERROR_RENEGOTIATION_INSECURE, "byte %zu", place);
            has_sent(pair, judge, "handshake_failure");
            loopback_free(pair);
            lk_engine_free(engine);
        }
}

Test(renegotiation, the_signalling_suite_has_no_place_in_it)
{
    /* the first of the client's suites becomes TLS_EMPTY_RENEGOTIATION_INFO_SCSV */
    change wanted = {
        .sender = LK_CLIENT, .from = {0xc0, 0x2b, 0xc0, 0x2f}, .to = {0x00, 0xff, 0xc0, 0x2f}, .length = 4};
    cr_assert_eq(altered(&wanted), LK_ERROR_RENEGOTIATION_INSECURE);
}

Test(renegotiation, the_extended_master_secret_may_not_go_missing)
{
    change wanted = {.sender = LK_CLIENT, .from = {0, 23, 0, 0}, .to = {0x7f, 23, 0, 0}, .length = 4};
    cr_assert_eq(altered(&wanted), LK_ERROR_RENEGOTIATION_INSECURE);
}

/* Keeps the first record of the client that is protected and has a ClientHello in it. */
typedef struct stolen {
    uint8_t record[LOOPBACK_RECORD_MAX];
    size_t length;
    bool armed;
} stolen;

static void steal(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    stolen *kept = context;
    (void)number;
    if (!kept->armed || sender != LK_CLIENT || kept->length > 0)
        return;
    memcpy(kept->record, record, *length);
    kept->length = *length;
}

/* RFC 5746 section 1: someone has a connection with the server, and puts a client's handshake behind it; here the other
 * way round, a renegotiation is put at the beginning. */
Test(renegotiation, a_hello_of_one_connection_does_not_fit_another)
{
    enum { HEADER = 5, NONCE = 8, TAG = 16 };
    stolen kept = {0};
    lk_engine *engine = clear_engine_new();
    loopback *pair = clear_pair(engine, NULL);
    pair->alter = steal;
    pair->alter_context = &kept;
    loopback_establish(pair);
    kept.armed = true;
    (void)lk_connection_renegotiate(of(pair, LK_CLIENT));
    loopback_move(pair);
    cr_assert_gt(kept.length, HEADER + NONCE + TAG);

    lk_connection *other = NULL;
    cr_assert_eq(lk_connection_new(pair->side[LK_SERVER].config, LK_SERVER, NULL, &other), LK_OK);
    size_t room = 0, length = kept.length - HEADER - NONCE - TAG;
    uint8_t *input = lk_connection_input(other, &room);
    memcpy(input, (const uint8_t[]){22, 3, 3, (uint8_t)(length >> 8), (uint8_t)length}, HEADER);
    memcpy(input + HEADER, kept.record + HEADER + NONCE, length);
    lk_connection_received(other, HEADER + length);
    cr_assert_eq(lk_connection_handshake(other), LK_ERROR_RENEGOTIATION_INSECURE);
    lk_connection_free(other);
    loopback_free(pair);
    lk_engine_free(engine);
}

/* Makes the Finished of a renegotiation look like application data. */
static void disguise_finished(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    flip *wanted = context;
    static bool behind_change;
    (void)number, (void)length;
    if (!wanted->armed || wanted->done || sender != wanted->sender)
        return;
    wanted->done = behind_change;
    if (behind_change)
        record[0] = 23;
    behind_change = record[0] == 20;
}

/* The first byte under the new key is the Finished's: nothing is passed up before it is verified. */
Test(renegotiation, data_between_the_new_key_and_the_finished_is_refused)
{
    static again_data data[2];
    flip wanted = {.sender = LK_CLIENT};
    lk_engine *engine = clear_engine_new();
    loopback *pair = clear_pair(engine, NULL);
    pair->alter = disguise_finished;
    pair->alter_context = &wanted;
    loopback_establish(pair);
    wanted.armed = true;
    (void)lk_connection_renegotiate(of(pair, LK_CLIENT));
    again_pump(pair, &data[LK_CLIENT], &data[LK_SERVER]);
    cr_assert(wanted.done);
    cr_assert_eq(pair->side[LK_SERVER].result, LK_ERROR_UNEXPECTED_MESSAGE);
    cr_assert_eq(data[LK_SERVER].length, 0);
    loopback_free(pair);
    lk_engine_free(engine);
}

/* Puts a HelloRequest in front of the server's records. */
static void add_hello_request(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    static const uint8_t request[] = {22, 3, 3, 0, 4, 0, 0, 0, 0};
    unsigned *last = context;
    if (sender != LK_SERVER || number > *last)
        return;
    memmove(record + sizeof request, record, *length);
    memcpy(record, request, sizeof request);
    *length += sizeof request;
}

Test(renegotiation, a_request_within_a_handshake_is_ignored)
{
    for (lk_renegotiation policy = LK_RENEGOTIATION_OFF; policy <= LK_RENEGOTIATION_SAME_PEER; policy++) {
        unsigned last = 3; /* server_hello to server_hello_done */
        loopback *pair = again_pair(policy);
        pair->alter = add_hello_request;
        pair->alter_context = &last;
        loopback_establish(pair);
        cr_assert_not(lk_connection_renegotiating(of(pair, LK_CLIENT)));
        cr_assert_str_eq(pair->side[LK_CLIENT].alerts, "");
        again_talk(pair);
        loopback_free(pair);
    }
}

Test(renegotiation, a_client_that_does_nothing_else_is_sent_away)
{
    static again_data data[2];
    loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
    loopback_establish(pair);
    int times = 0;
    while (pair->side[LK_SERVER].result == LK_OK || pair->side[LK_SERVER].result == LK_ERROR_WANT_READ) {
        cr_assert_lt(times++, 50, "it may go on for ever");
        (void)lk_connection_renegotiate(of(pair, LK_CLIENT));
        again_pump(pair, &data[LK_CLIENT], &data[LK_SERVER]);
    }
    cr_assert_eq(pair->side[LK_SERVER].result, LK_ERROR_TOO_MANY_EMPTY);
    cr_assert_gt(times, 10);
    loopback_free(pair);
}
