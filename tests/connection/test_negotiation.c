/* SPDX-License-Identifier: Apache-2.0 */
/* What two sides with different wishes agree on, and how they part when there is nothing in common. */
#include "connection/config.h"
#include "connection/loopback.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static lk_config *config_of(loopback *pair, lk_role role)
{
    return pair->side[role].config;
}

static void only_group(lk_config *config, uint16_t number)
{
    config->settings.groups[0] = lk_group_find(number);
    config->settings.group_count = 1;
}

static void assert_parted(loopback *pair, lk_error client, lk_error server, const char *alert)
{
    loopback_handshake(pair);
    cr_assert_eq(pair->side[LK_CLIENT].result, client, "client: %s", lk_error_name(pair->side[LK_CLIENT].result));
    cr_assert_eq(pair->side[LK_SERVER].result, server, "server: %s", lk_error_name(pair->side[LK_SERVER].result));
    lk_role refuses = client == LK_ERROR_PEER_ALERT ? LK_SERVER : LK_CLIENT;
    cr_assert_str_eq(pair->side[refuses].alerts, alert);
    if (client == LK_ERROR_PEER_ALERT || server == LK_ERROR_PEER_ALERT) {
        lk_role told = client == LK_ERROR_PEER_ALERT ? LK_CLIENT : LK_SERVER;
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(alert, " "), alert);
        cr_assert_not_null(strstr(lk_connection_diagnosis(pair->side[told].connection), name), "%s",
                           lk_connection_diagnosis(pair->side[told].connection));
    }
    loopback_free(pair);
}

Test(negotiation, the_highest_common_version_is_chosen)
{
    loopback *pair = loopback_new("EC");
    loopback_establish(pair);
    cr_assert_eq(lk_connection_version(pair->side[LK_CLIENT].connection), LK_VERSION_TLS1_3);
    cr_assert_str_eq(lk_connection_group(pair->side[LK_CLIENT].connection), "x25519");
    loopback_free(pair);
}

Test(negotiation, no_common_version_is_a_protocol_version_alert)
{
    loopback *pair = loopback_new("EC");
    lk_config_set_versions(config_of(pair, LK_CLIENT), LK_VERSION_TLS1_3, LK_VERSION_TLS1_3);
    lk_config_set_versions(config_of(pair, LK_SERVER), LK_VERSION_TLS1_2, LK_VERSION_TLS1_2);
    assert_parted(pair, LK_ERROR_PEER_ALERT, LK_ERROR_PROTOCOL_VERSION, "protocol_version ");
}

Test(negotiation, an_old_client_meets_a_server_of_tls_1_3_alone)
{
    loopback *pair = loopback_new("EC");
    lk_config_set_versions(config_of(pair, LK_CLIENT), LK_VERSION_TLS1_2, LK_VERSION_TLS1_2);
    lk_config_set_versions(config_of(pair, LK_SERVER), LK_VERSION_TLS1_3, LK_VERSION_TLS1_3);
    assert_parted(pair, LK_ERROR_PEER_ALERT, LK_ERROR_PROTOCOL_VERSION, "protocol_version ");
}

Test(negotiation, no_common_suite_is_a_handshake_failure)
{
    loopback *pair = loopback_new("EC");
    lk_config_set_suites(config_of(pair, LK_CLIENT), "TLS_AES_128_GCM_SHA256");
    lk_config_set_suites(config_of(pair, LK_SERVER), "TLS_CHACHA20_POLY1305_SHA256");
    assert_parted(pair, LK_ERROR_PEER_ALERT, LK_ERROR_NO_COMMON_SUITE, "handshake_failure ");
}

Test(negotiation, a_suite_for_another_kind_of_certificate_is_no_common_suite)
{
    loopback *pair = loopback_new("EC");
    lk_config_set_suites(config_of(pair, LK_CLIENT), "ECDHE-RSA-AES128-GCM-SHA256");
    assert_parted(pair, LK_ERROR_PEER_ALERT, LK_ERROR_NO_COMMON_SUITE, "handshake_failure ");
}

/* What a message of ten bytes takes on the wire: the length of the last record of that sender. */
typedef struct last_record {
    size_t length;
} last_record;

static void note_length(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    (void)number;
    (void)record;
    if (sender == LK_CLIENT)
        ((last_record *)context)->length = *length;
}

static size_t length_of_ten_bytes(const char *suite)
{
    last_record last = {0};
    loopback *pair = loopback_new("EC");
    lk_config_set_versions(config_of(pair, LK_CLIENT), LK_VERSION_TLS1_2, LK_VERSION_TLS1_2);
    lk_config_set_suites(config_of(pair, LK_CLIENT), suite);
    lk_config_set_suites(config_of(pair, LK_SERVER), "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES128-GCM-SHA256");
    loopback_establish(pair);
    pair->alter = note_length;
    pair->alter_context = &last;
    loopback_transfer(pair, LK_CLIENT, (const uint8_t *)"0123456789", 10);
    loopback_free(pair);
    return last.length;
}

/* RFC 7366: with the MAC outside, IV, one block and MAC; inside it would fill a second block. */
Test(negotiation, cbc_has_its_mac_outside_when_both_sides_can)
{
    cr_expect_eq(length_of_ten_bytes("ECDHE-ECDSA-AES128-SHA"), 5 + 16 + 16 + 20);
    cr_expect_eq(length_of_ten_bytes("ECDHE-ECDSA-AES128-GCM-SHA256"), 5 + 8 + 10 + 16);
    cr_expect_eq(length_of_ten_bytes("ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES128-GCM-SHA256"), 5 + 16 + 16 + 20,
                 "the order of the server decides");
}

/* Puts an encrypt_then_mac of the server's behind the other extensions of its hello, the first message of its first
 * record. */
static void answer_encrypt_then_mac(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    static const uint8_t extension[4] = {0, 22, 0, 0};
    (void)context;
    if (sender != LK_SERVER || number > 0)
        return;
    size_t block = 5 + 4 + 2 + 32;
    block += 1u + record[block] + 2 + 1; /* session, suite, compression */
    size_t block_length = (size_t)record[block] << 8 | record[block + 1];
    size_t end = block + 2 + block_length;
    memmove(record + end + sizeof extension, record + end, *length - end);
    memcpy(record + end, extension, sizeof extension);
    record[block + 1] = (uint8_t)(record[block + 1] + sizeof extension); /* short enough not to carry */
    record[8] = (uint8_t)(record[8] + sizeof extension);
    *length += sizeof extension;
    record[3] = (uint8_t)((*length - 5) >> 8);
    record[4] = (uint8_t)(*length - 5);
}

Test(negotiation, an_answer_of_encrypt_then_mac_is_refused_when_not_asked_for_or_not_with_cbc)
{
    static const struct {
        const char *suites;
        lk_error error;
        const char *alert;
    } cases[] = {
        {"ECDHE-ECDSA-AES128-GCM-SHA256", LK_ERROR_UNSUPPORTED_EXTENSION, "unsupported_extension "},
        {"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA", LK_ERROR_ILLEGAL_PARAMETER, "illegal_parameter "}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        loopback *pair = loopback_new("EC");
        lk_config_set_versions(config_of(pair, LK_CLIENT), LK_VERSION_TLS1_2, LK_VERSION_TLS1_2);
        lk_config_set_suites(config_of(pair, LK_CLIENT), cases[i].suites);
        pair->alter = answer_encrypt_then_mac;
        loopback_handshake(pair);
        cr_assert_eq(pair->side[LK_CLIENT].result, cases[i].error, "%s", cases[i].suites);
        cr_assert_str_eq(pair->side[LK_CLIENT].alerts, cases[i].alert);
        loopback_free(pair);
    }
}

Test(negotiation, cbc_is_not_accepted_unless_it_is_named)
{
    loopback *pair = loopback_new("EC");
    lk_config_set_suites(config_of(pair, LK_CLIENT), "ECDHE-ECDSA-AES128-SHA");
    assert_parted(pair, LK_ERROR_PEER_ALERT, LK_ERROR_NO_COMMON_SUITE, "handshake_failure ");
}

Test(negotiation, no_common_group_is_a_handshake_failure_in_both_versions)
{
    for (uint16_t version = LK_VERSION_TLS1_2; version <= LK_VERSION_TLS1_3; version++) {
        loopback *pair = loopback_new("EC");
        lk_config_set_versions(config_of(pair, LK_CLIENT), version, version);
        only_group(config_of(pair, LK_CLIENT), 0x001d);
        only_group(config_of(pair, LK_SERVER), 0x0017);
        assert_parted(pair, LK_ERROR_PEER_ALERT, LK_ERROR_NO_COMMON_GROUP, "handshake_failure ");
    }
}

Test(negotiation, a_share_of_a_group_the_server_does_not_take_is_asked_for_again)
{
    loopback *pair = loopback_new("EC");
    only_group(config_of(pair, LK_SERVER), 0x0017);
    loopback_establish(pair);
    cr_assert_str_eq(lk_connection_group(pair->side[LK_CLIENT].connection), "secp256r1");
    cr_assert_str_eq(pair->side[LK_CLIENT].key_log, pair->side[LK_SERVER].key_log);
    loopback_transfer(pair, LK_CLIENT, (const uint8_t *)"hello", 5);
    loopback_transfer(pair, LK_SERVER, (const uint8_t *)"world", 5);
    loopback_free(pair);
}

Test(negotiation, tls_1_2_takes_the_group_the_server_picks)
{
    loopback *pair = loopback_new("RSA");
    lk_config_set_versions(config_of(pair, LK_CLIENT), LK_VERSION_TLS1_2, LK_VERSION_TLS1_2);
    only_group(config_of(pair, LK_SERVER), 0x0018);
    loopback_establish(pair);
    cr_assert_str_eq(lk_connection_group(pair->side[LK_CLIENT].connection), "secp384r1");
    loopback_free(pair);
}

Test(negotiation, the_servers_first_alpn_protocol_in_common_wins)
{
    for (uint16_t version = LK_VERSION_TLS1_2; version <= LK_VERSION_TLS1_3; version++) {
        loopback *pair = loopback_new("EC");
        lk_config_set_versions(config_of(pair, LK_CLIENT), version, version);
        lk_config_set_alpn(config_of(pair, LK_CLIENT), "http/1.1,h2");
        lk_config_set_alpn(config_of(pair, LK_SERVER), "spdy,h2,http/1.1");
        loopback_establish(pair);
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
            cr_assert_str_eq(lk_connection_alpn(pair->side[role].connection), "h2");
        loopback_free(pair);
    }
}

Test(negotiation, no_common_alpn_protocol_is_its_own_alert)
{
    loopback *pair = loopback_new("EC");
    lk_config_set_alpn(config_of(pair, LK_CLIENT), "h2");
    lk_config_set_alpn(config_of(pair, LK_SERVER), "http/1.1");
    assert_parted(pair, LK_ERROR_PEER_ALERT, LK_ERROR_NO_APPLICATION_PROTOCOL, "no_application_protocol ");
}

Test(negotiation, alpn_that_only_one_side_has_is_left_out)
{
    loopback *pair = loopback_new("EC");
    lk_config_set_alpn(config_of(pair, LK_CLIENT), "h2");
    loopback_establish(pair);
    cr_assert_null(lk_connection_alpn(pair->side[LK_CLIENT].connection));
    loopback_free(pair);
}

Test(negotiation, the_server_hears_the_name_and_no_address)
{
    loopback *pair = loopback_new("EC");
    loopback_connect(pair, "localhost.");
    loopback_establish(pair);
    cr_assert_str_eq(lk_connection_server_name(pair->side[LK_SERVER].connection), "localhost");
    loopback_free(pair);
    pair = loopback_new("EC");
    loopback_connect(pair, "127.0.0.1");
    loopback_establish(pair);
    cr_assert_null(lk_connection_server_name(pair->side[LK_SERVER].connection));
    loopback_free(pair);
}

/* Takes TLS 1.3 out of the ClientHello's supported_versions, as someone in the middle would to get TLS 1.2. */
static void downgrade(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    static const uint8_t offer[] = {0x00, 0x2b, 0x00, 0x05, 0x04, 0x03, 0x04, 0x03, 0x03};
    if (sender != LK_CLIENT || number != 0)
        return;
    uint8_t *found = memmem(record, *length, offer, sizeof offer);
    cr_assert_not_null(found);
    found[6] = 0x03;
    *(bool *)context = true;
}

Test(negotiation, a_forced_downgrade_is_told_by_the_servers_sentinel)
{
    loopback *pair = loopback_new("EC");
    bool done = false;
    pair->alter = downgrade;
    pair->alter_context = &done;
    loopback_handshake(pair);
    cr_assert(done);
    cr_assert_eq(pair->side[LK_CLIENT].result, LK_ERROR_DOWNGRADE, "%s", lk_error_name(pair->side[LK_CLIENT].result));
    cr_assert_str_eq(pair->side[LK_CLIENT].alerts, "illegal_parameter ");
    loopback_free(pair);
}

Test(negotiation, a_server_of_tls_1_2_alone_sends_no_sentinel)
{
    loopback *pair = loopback_new("EC");
    lk_config_set_versions(config_of(pair, LK_SERVER), LK_VERSION_TLS1_2, LK_VERSION_TLS1_2);
    loopback_establish(pair);
    cr_assert_eq(lk_connection_version(pair->side[LK_CLIENT].connection), LK_VERSION_TLS1_2);
    loopback_free(pair);
}
