/* SPDX-License-Identifier: Apache-2.0 */
/* The versions before TLS 1.2: each with each of its suites, agreed on when both sides asked for it, and never else. */
#include "connection/config.h"
#include "connection/loopback.h"

#include <criterion/criterion.h>
#include <string.h>

enum { DATA = 40000 };

static uint8_t data[DATA];

static lk_config *config_of(loopback *pair, lk_role role)
{
    return pair->side[role].config;
}

static void set_versions(loopback *pair, lk_role role, uint16_t lowest, uint16_t highest)
{
    cr_assert_eq(lk_config_set_versions(config_of(pair, role), lowest, highest), LK_OK);
}

static void set_both(loopback *pair, uint16_t version, const char *suites)
{
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        set_versions(pair, role, version, version);
        cr_assert_eq(lk_config_set_suites(config_of(pair, role), suites), LK_OK);
    }
}

static void fill(void)
{
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7 + i / 251);
}

static void exchange(loopback *pair, uint16_t version, const char *suite)
{
    loopback_establish(pair);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        cr_assert_eq(lk_connection_version(pair->side[role].connection), version);
        cr_assert_str_eq(lk_connection_suite(pair->side[role].connection), suite);
    }
    cr_assert_str_eq(pair->side[LK_CLIENT].key_log, pair->side[LK_SERVER].key_log);
    loopback_transfer(pair, LK_CLIENT, data, sizeof data);
    loopback_transfer(pair, LK_SERVER, data, sizeof data);
    loopback_again(pair);
}

static void every_suite(const char *key, lk_authentication authentication)
{
    size_t count = 0, done = 0;
    const lk_suite *suites = lk_suite_table(&count);
    loopback *pair = loopback_new(key);
    fill();
    for (size_t i = 0; i < count; i++)
        for (uint16_t version = LK_VERSION_SSL3; version <= LK_VERSION_TLS1_2; version++)
            if (suites[i].authentication == authentication && lk_suite_allows(&suites[i], version)) {
                set_both(pair, version, suites[i].title);
                exchange(pair, version, suites[i].title);
                done++;
            }
    cr_assert_gt(done, 10);
    loopback_free(pair);
}

Test(versions, every_suite_of_rsa_carries_data_in_each_of_its_versions)
{
    every_suite("RSA", LK_AUTH_RSA);
}

Test(versions, every_suite_of_ecdsa_carries_data_in_each_of_its_versions)
{
    every_suite("EC", LK_AUTH_ECDSA);
}

static const char classic_suites[] = "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256";

Test(versions, the_highest_common_one_is_agreed_on)
{
    loopback *pair = loopback_new("EC");
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        cr_assert_eq(lk_config_set_suites(config_of(pair, role), classic_suites), LK_OK);
    for (uint16_t client = LK_VERSION_TLS1_0; client <= LK_VERSION_TLS1_3; client++)
        for (uint16_t server = LK_VERSION_TLS1_0; server <= LK_VERSION_TLS1_3; server++) {
            set_versions(pair, LK_CLIENT, LK_VERSION_TLS1_0, client);
            set_versions(pair, LK_SERVER, LK_VERSION_TLS1_0, server);
            loopback_establish(pair);
            cr_expect_eq(lk_connection_version(pair->side[LK_CLIENT].connection), client < server ? client : server);
            loopback_again(pair);
        }
    loopback_free(pair);
}

Test(versions, those_before_tls_1_2_are_off_unless_the_range_has_them)
{
    for (lk_role old = LK_CLIENT; old <= LK_SERVER; old++) {
        loopback *pair = loopback_new("EC");
        cr_assert_eq(lk_config_set_suites(config_of(pair, LK_CLIENT), classic_suites), LK_OK);
        cr_assert_eq(lk_config_set_suites(config_of(pair, LK_SERVER), classic_suites), LK_OK);
        set_versions(pair, old, LK_VERSION_TLS1_0, LK_VERSION_TLS1_1);
        loopback_handshake(pair);
        cr_expect_eq(pair->side[LK_SERVER].result, LK_ERROR_PROTOCOL_VERSION);
        cr_expect_str_eq(pair->side[LK_SERVER].alerts, "protocol_version ");
        cr_expect_eq(pair->side[LK_CLIENT].result, LK_ERROR_PEER_ALERT);
        loopback_free(pair);
    }
}

Test(versions, old_ones_need_suites_that_they_have)
{
    loopback *pair = loopback_new("EC");
    set_versions(pair, LK_CLIENT, LK_VERSION_TLS1_0, LK_VERSION_TLS1_1);
    lk_connection *connection = NULL;
    cr_expect_eq(lk_connection_new(config_of(pair, LK_CLIENT), LK_CLIENT, "localhost", &connection),
                 LK_ERROR_INVALID_ARGUMENT, "the default suites are of TLS 1.2 and 1.3");
    loopback_free(pair);
}

static const char ssl3_suites[] = "AES128-SHA:AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256";

/* The client offers all of it, extensions too, and takes what SSL 3.0 has of it: nothing. */
Test(versions, ssl_3_0_is_agreed_on_between_those_who_speak_more_and_has_no_extensions)
{
    for (lk_role old = LK_CLIENT; old <= LK_SERVER; old++) {
        loopback *pair = loopback_new("RSA");
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
            cr_assert_eq(lk_config_set_suites(config_of(pair, role), ssl3_suites), LK_OK);
            cr_assert_eq(lk_config_set_alpn(config_of(pair, role), "http/1.1"), LK_OK);
            set_versions(pair, role, LK_VERSION_SSL3, role == old ? LK_VERSION_SSL3 : LK_VERSION_TLS1_3);
        }
        loopback_establish(pair);
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
            cr_expect_eq(lk_connection_version(pair->side[role].connection), LK_VERSION_SSL3);
            cr_expect_null(lk_connection_alpn(pair->side[role].connection));
        }
        loopback_transfer(pair, LK_CLIENT, data, 100);
        loopback_transfer(pair, LK_SERVER, data, 100);
        loopback_free(pair);
    }
}

static loopback *asking_ssl3_pair(lk_client_policy policy)
{
    loopback *pair = loopback_new("RSA");
    set_both(pair, LK_VERSION_SSL3, ssl3_suites);
    cr_assert_eq(lk_config_trust_file(config_of(pair, LK_SERVER), pair->certificates->root), LK_OK);
    cr_assert_eq(lk_config_ask_client_certificate(config_of(pair, LK_SERVER), policy), LK_OK);
    return pair;
}

/* RFC 6101 section 5.6.6: "If no suitable certificate is available, the client should send a no_certificate alert." */
Test(versions, a_client_of_ssl_3_0_says_by_a_warning_that_it_has_no_certificate)
{
    loopback *pair = asking_ssl3_pair(LK_CLIENT_OPTIONAL);
    loopback_establish(pair);
    cr_expect_str_eq(pair->side[LK_CLIENT].alerts, "no_certificate ");
    loopback_transfer(pair, LK_CLIENT, data, 100);
    loopback_free(pair);
    pair = asking_ssl3_pair(LK_CLIENT_REQUIRED);
    loopback_handshake(pair);
    cr_expect_eq(pair->side[LK_SERVER].result, LK_ERROR_CERTIFICATE_MISSING);
    cr_expect_str_eq(pair->side[LK_SERVER].alerts, "handshake_failure ");
    loopback_free(pair);
}

/* Alerts that SSL 3.0 does not have become such as it has. */
Test(versions, what_goes_wrong_in_ssl_3_0_is_told_by_its_own_alerts)
{
    loopback *pair = loopback_new("RSA");
    set_both(pair, LK_VERSION_SSL3, ssl3_suites);
    certificates *other = certificates_new();
    cr_assert_eq(lk_config_trust_file(config_of(pair, LK_CLIENT), other->root), LK_OK);
    loopback_handshake(pair);
    cr_expect_eq(pair->side[LK_CLIENT].result, LK_ERROR_CERTIFICATE_UNTRUSTED);
    cr_expect_str_eq(pair->side[LK_CLIENT].alerts, "certificate_unknown ");
    certificates_free(other);
    loopback_free(pair);
}

/* Makes the client's second suite another one: nothing follows from it but that the sides have heard two different
 * hellos. */
static void spoil_hello(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    static const uint8_t suites[] = {0x00, 0x2f, 0x00, 0x35};
    if (sender != LK_CLIENT || number != 0)
        return;
    uint8_t *found = memmem(record, *length, suites, sizeof suites);
    cr_assert_not_null(found);
    found[3] = 0x36;
    *(bool *)context = true;
}

Test(versions, a_hello_that_was_changed_on_the_way_is_told_by_the_finished_in_each)
{
    for (uint16_t version = LK_VERSION_SSL3; version <= LK_VERSION_TLS1_1; version++) {
        bool done = false;
        loopback *pair = loopback_new("RSA");
        set_both(pair, version, "AES128-SHA:AES256-SHA");
        pair->alter = spoil_hello;
        pair->alter_context = &done;
        loopback_handshake(pair);
        cr_assert(done);
        /* The extended master secret is of the whole hello, so the keys differ already. */
        lk_error told = version == LK_VERSION_SSL3 ? LK_ERROR_BAD_FINISHED : LK_ERROR_BAD_RECORD_MAC;
        cr_expect_eq(pair->side[LK_SERVER].result, told, "%s", lk_error_name(pair->side[LK_SERVER].result));
        cr_expect_str_eq(pair->side[LK_SERVER].alerts,
                         version == LK_VERSION_SSL3 ? "handshake_failure " : "bad_record_mac ");
        loopback_free(pair);
    }
}

/* Makes a ClientHello without supported_versions one of an older version. */
static void age_hello(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    (void)length;
    if (sender != LK_CLIENT || number != 0)
        return;
    cr_assert_eq(record[5 + 4 + 1], 0x03);
    record[5 + 4 + 1] = *(const uint8_t *)context;
}

/* RFC 8446 section 4.1.3: the sentinel of TLS 1.2 servers for TLS 1.1 and below. */
Test(versions, a_downgrade_from_tls_1_2_is_told_by_the_servers_sentinel)
{
    for (uint8_t minor = 1; minor <= 2; minor++) {
        loopback *pair = loopback_new("EC");
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
            cr_assert_eq(lk_config_set_suites(config_of(pair, role), classic_suites), LK_OK);
            set_versions(pair, role, LK_VERSION_TLS1_0, LK_VERSION_TLS1_2);
        }
        pair->alter = age_hello;
        pair->alter_context = &minor;
        loopback_handshake(pair);
        cr_expect_eq(pair->side[LK_CLIENT].result, LK_ERROR_DOWNGRADE, "%s",
                     lk_error_name(pair->side[LK_CLIENT].result));
        cr_expect_str_eq(pair->side[LK_CLIENT].alerts, "illegal_parameter ");
        loopback_free(pair);
    }
}

/* CRIME */

enum { CLIENT_HELLO = 1, SERVER_HELLO = 2, DEFLATE = 1 };

/* Turns null compression into DEFLATE in a hello of that type. */
static void compress(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    int *hello = context;
    (void)sender;
    if (number != 0 || record[5] != *hello)
        return;
    size_t at = 5 + 4 + 2 + 32;
    at += 1u + record[at]; /* session */
    at += *hello == SERVER_HELLO ? 2u : 2u + (size_t)(record[at] << 8 | record[at + 1]) + 1u;
    cr_assert_lt(at, *length);
    cr_assert_eq(record[at], 0);
    record[at] = DEFLATE;
    *hello = 0;
}

Test(versions, nothing_is_ever_compressed)
{
    for (uint16_t version = LK_VERSION_SSL3; version <= LK_VERSION_TLS1_2; version++)
        for (int type = CLIENT_HELLO; type <= SERVER_HELLO; type++) {
            int hello = type;
            lk_role refuses = type == CLIENT_HELLO ? LK_SERVER : LK_CLIENT;
            loopback *pair = loopback_new("RSA");
            set_both(pair, version, ssl3_suites);
            pair->alter = compress;
            pair->alter_context = &hello;
            loopback_handshake(pair);
            cr_assert_eq(hello, 0, "there was no hello");
            cr_expect_eq(pair->side[refuses].result, LK_ERROR_ILLEGAL_PARAMETER);
            cr_expect_str_eq(pair->side[refuses].alerts, "illegal_parameter ");
            loopback_free(pair);
        }
}

typedef struct version_count {
    uint16_t version;
    size_t records;
} version_count;

static void count_version(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    version_count *seen = context;
    (void)length;
    uint16_t version = (uint16_t)(record[1] << 8 | record[2]);
    if (sender == LK_CLIENT && number == 0 && seen->version > LK_VERSION_SSL3) {
        cr_expect_eq(version, LK_VERSION_TLS1_0, "RFC 5246 appendix E.1: what old servers take");
        return;
    }
    seen->records++;
    cr_expect_eq(version, seen->version);
}

Test(versions, every_record_behind_the_client_hello_says_the_version)
{
    for (uint16_t version = LK_VERSION_SSL3; version <= LK_VERSION_TLS1_2; version++) {
        version_count seen = {.version = version};
        loopback *pair = loopback_new("RSA");
        set_both(pair, version, "AES128-SHA");
        pair->alter = count_version;
        pair->alter_context = &seen;
        loopback_establish(pair);
        loopback_transfer(pair, LK_CLIENT, data, 10);
        cr_expect_gt(seen.records, 5);
        loopback_free(pair);
    }
}

/* Another version in a record once it is agreed on. */
static void mislabel(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    (void)context;
    (void)length;
    if (sender == LK_CLIENT && number == 1)
        record[2] ^= 3;
}

Test(versions, a_record_of_another_version_is_refused)
{
    loopback *pair = loopback_new("EC");
    set_both(pair, LK_VERSION_TLS1_1, classic_suites);
    pair->alter = mislabel;
    loopback_handshake(pair);
    cr_expect_eq(pair->side[LK_SERVER].result, LK_ERROR_RECORD_HEADER);
    loopback_free(pair);
}

Test(versions, clients_prove_their_certificates_in_each)
{
    static const char *const keys[] = {"EC", "RSA"};
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        loopback *pair = loopback_new("RSA");
        certificate_request request = {.key = keys[k], .names = "DNS:client.example", .purpose = "clientAuth"};
        certificate_files files = certificates_issue(pair->certificates, "client", &request);
        cr_assert_eq(lk_config_use_certificate_files(config_of(pair, LK_CLIENT), files.chain, files.key), LK_OK);
        cr_assert_eq(lk_config_trust_file(config_of(pair, LK_SERVER), pair->certificates->root), LK_OK);
        cr_assert_eq(lk_config_ask_client_certificate(config_of(pair, LK_SERVER), LK_CLIENT_REQUIRED), LK_OK);
        for (uint16_t version = k == 0 ? LK_VERSION_TLS1_0 : LK_VERSION_SSL3; version <= LK_VERSION_TLS1_1; version++) {
            size_t length = 0;
            set_both(pair, version, "DHE-RSA-AES128-SHA");
            loopback_establish(pair);
            cr_expect_not_null(lk_connection_peer_certificate(pair->side[LK_SERVER].connection, 0, &length));
            loopback_again(pair);
        }
        loopback_free(pair);
    }
}

/* A byte of the client's last message before its change_cipher_spec: CertificateVerify. */
static void spoil_proof(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    bool *done = context;
    (void)number;
    if (sender == LK_CLIENT && record[0] == 22 && record[5] == 15) {
        record[*length - 1] ^= 1;
        *done = true;
    }
}

Test(versions, a_wrong_proof_of_a_clients_key_is_refused_in_each)
{
    for (uint16_t version = LK_VERSION_SSL3; version <= LK_VERSION_TLS1_2; version++) {
        bool done = false;
        loopback *pair = loopback_new("RSA");
        certificate_request request = {.key = "RSA", .names = "DNS:client.example", .purpose = "clientAuth"};
        certificate_files files = certificates_issue(pair->certificates, "client", &request);
        cr_assert_eq(lk_config_use_certificate_files(config_of(pair, LK_CLIENT), files.chain, files.key), LK_OK);
        cr_assert_eq(lk_config_trust_file(config_of(pair, LK_SERVER), pair->certificates->root), LK_OK);
        cr_assert_eq(lk_config_ask_client_certificate(config_of(pair, LK_SERVER), LK_CLIENT_REQUIRED), LK_OK);
        set_both(pair, version, "AES128-SHA");
        pair->alter = spoil_proof;
        pair->alter_context = &done;
        loopback_handshake(pair);
        cr_assert(done);
        cr_expect_eq(pair->side[LK_SERVER].result, LK_ERROR_BAD_SIGNATURE);
        cr_expect_str_eq(pair->side[LK_SERVER].alerts,
                         version == LK_VERSION_SSL3 ? "handshake_failure " : "decrypt_error ");
        loopback_free(pair);
    }
}
