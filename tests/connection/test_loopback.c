/* SPDX-License-Identifier: Apache-2.0 */
/* Client and server come to terms in every version, with every kind of certificate and suite, and lose no byte. */
#include "connection/loopback.h"
#include "suite/suite.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { MIB = 1024 * 1024, MANY_SMALL_PIECES = 20000 };

static uint8_t *random_looking(size_t length)
{
    uint8_t *data = malloc(length);
    uint32_t state = 12345;
    for (size_t i = 0; i < length; i++) {
        state = state * 1664525u + 1013904223u;
        data[i] = (uint8_t)(state >> 24);
    }
    return data;
}

/* Both ways, and a clean close from both sides. */
static void exchange(loopback *pair, size_t length)
{
    uint8_t *data = random_looking(length);
    loopback_transfer(pair, LK_CLIENT, data, length);
    loopback_transfer(pair, LK_SERVER, data, length);
    free(data);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        cr_assert_eq(lk_connection_close(pair->side[role].connection), LK_OK);
    while (loopback_move(pair))
        ;
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        const uint8_t *rest = NULL;
        size_t left = 0;
        cr_assert_eq(lk_connection_peek(pair->side[role].connection, &rest, &left), LK_ERROR_CLOSED);
    }
}

static void run(const char *key, uint16_t version, const char *suite, size_t chunk, size_t length)
{
    loopback *pair = loopback_new(key);
    pair->chunk = chunk;
    cr_assert_eq(lk_config_set_versions(pair->side[LK_CLIENT].config, version, version), LK_OK);
    for (lk_role role = LK_CLIENT; suite && role <= LK_SERVER; role++)
        cr_assert_eq(lk_config_set_suites(pair->side[role].config, suite), LK_OK);
    loopback_establish(pair);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        cr_assert_eq(lk_connection_version(pair->side[role].connection), version);
        if (suite)
            cr_assert_str_eq(lk_connection_suite(pair->side[role].connection), suite);
    }
    cr_assert_str_eq(pair->side[LK_CLIENT].key_log, pair->side[LK_SERVER].key_log, "the sides have other secrets");
    cr_assert_str_not_empty(pair->side[LK_CLIENT].key_log);
    exchange(pair, length);
    loopback_free(pair);
}

/* The suites that a kind of certificate goes with, for one version: those that are the usual ones. test_versions.c has
 * the others. */
static void run_suites(uint16_t version, lk_authentication only, const char *key, size_t wanted)
{
    size_t count = 0;
    const lk_suite *suites = lk_suite_table(&count);
    size_t ran = 0;
    for (size_t i = 0; i < count; i++)
        if (lk_suite_allows(&suites[i], version) && suites[i].cipher->kind != LK_KIND_NULL_MAC &&
            (suites[i].exchange == LK_EXCHANGE_ANY || suites[i].exchange == LK_EXCHANGE_ECDHE) &&
            (suites[i].authentication == LK_AUTH_ANY || suites[i].authentication == only)) {
            run(key, version, suites[i].title, 0, MIB);
            ran++;
        }
    cr_assert_eq(ran, wanted);
}

Test(loopback, every_tls_1_3_suite_carries_a_mebibyte_each_way_with_an_rsa_certificate)
{
    run_suites(LK_TLS1_3, LK_AUTH_RSA, "RSA", 3 + 2);
}

Test(loopback, every_tls_1_3_suite_carries_a_mebibyte_each_way_with_an_ecdsa_certificate)
{
    run_suites(LK_TLS1_3, LK_AUTH_ECDSA, "EC", 3 + 2);
}

Test(loopback, every_tls_1_2_suite_carries_a_mebibyte_each_way_with_an_rsa_certificate)
{
    run_suites(LK_TLS1_2, LK_AUTH_RSA, "RSA", 3 + 4 + 2);
}

Test(loopback, every_tls_1_2_suite_carries_a_mebibyte_each_way_with_an_ecdsa_certificate)
{
    run_suites(LK_TLS1_2, LK_AUTH_ECDSA, "EC", 5 + 4 + 2);
}

Test(loopback, other_kinds_of_key_sign_both_versions)
{
    static const char *const keys[] = {"P-384", "P-521", "ED25519"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        run(keys[i], LK_TLS1_3, NULL, 0, 1000);
        run(keys[i], LK_TLS1_2, NULL, 0, 1000);
    }
}

Test(loopback, a_wire_that_brings_single_bytes_changes_nothing)
{
    run("EC", LK_TLS1_3, NULL, 1, MANY_SMALL_PIECES);
    run("EC", LK_TLS1_2, NULL, 1, MANY_SMALL_PIECES);
    run("RSA", LK_TLS1_3, NULL, 7, MANY_SMALL_PIECES);
    run("RSA", LK_TLS1_2, NULL, 7, MANY_SMALL_PIECES);
}

Test(loopback, the_key_log_names_the_secrets_of_its_version)
{
    static const char *const names[] = {"CLIENT_HANDSHAKE_TRAFFIC_SECRET ", "SERVER_HANDSHAKE_TRAFFIC_SECRET ",
                                        "CLIENT_TRAFFIC_SECRET_0 ", "SERVER_TRAFFIC_SECRET_0 ", "EXPORTER_SECRET "};
    loopback *pair = loopback_new("EC");
    loopback_establish(pair);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *line = strstr(pair->side[LK_CLIENT].key_log, names[i]);
        cr_assert_not_null(line, "%s is missing", names[i]);
        cr_assert_eq(strcspn(line, "\n"), strlen(names[i]) + 64 + 1 + 64);
    }
    loopback_free(pair);
    pair = loopback_new("EC");
    lk_config_set_versions(pair->side[LK_SERVER].config, LK_TLS1_2, LK_TLS1_2);
    loopback_establish(pair);
    cr_assert_eq(strncmp(pair->side[LK_CLIENT].key_log, "CLIENT_RANDOM ", 14), 0);
    cr_assert_eq(strlen(pair->side[LK_CLIENT].key_log), 14 + 64 + 1 + 96 + 1);
    loopback_free(pair);
}

Test(loopback, statistics_count_each_record_once)
{
    static const uint8_t data[1000];
    loopback *pair = loopback_new("EC");
    loopback_establish(pair);
    lk_connection_statistics before, after;
    lk_connection_statistics_get(pair->side[LK_CLIENT].connection, &before);
    loopback_transfer(pair, LK_CLIENT, data, sizeof data);
    lk_connection_statistics_get(pair->side[LK_CLIENT].connection, &after);
    cr_assert_eq(after.sent.records, before.sent.records + 1);
    cr_assert_eq(after.sent.bytes, before.sent.bytes + sizeof data);
    cr_assert_eq(after.sent.software_records, after.sent.records);
    cr_assert_eq(after.sent.device_records, 0);
    cr_assert_eq(after.sent.plain_records, 2, "ClientHello and change_cipher_spec");
    cr_assert_eq(after.fallbacks, 0);
    cr_assert_str_empty(after.fallback_reason);
    loopback_free(pair);
}

Test(loopback, buffers_that_are_given_back_lose_nothing)
{
    static const uint8_t data[] = "some data that is read in two parts";
    loopback *pair = loopback_new("EC");
    for (int round = 0; round < 3; round++) {
        loopback_establish(pair);
        lk_connection *client = pair->side[LK_CLIENT].connection, *server = pair->side[LK_SERVER].connection;
        lk_connection_release_buffers(client); /* a ticket may wait to go, or has come */
        lk_connection_release_buffers(server);
        size_t taken = 0, got = 0;
        cr_assert_eq(lk_connection_write(client, data, sizeof data, &taken), LK_OK);
        lk_connection_release_buffers(client);
        loopback_move(pair);
        lk_connection_release_buffers(server);
        uint8_t part[sizeof data];
        cr_assert_eq(lk_connection_read(server, part, 10, &got), LK_OK);
        lk_connection_release_buffers(server); /* the rest is still there */
        cr_assert_eq(lk_connection_read(server, part + 10, sizeof part - 10, &got), LK_OK);
        cr_assert_eq(got, sizeof data - 10);
        cr_assert_arr_eq(part, data, sizeof data);
        lk_connection_release_buffers(server);
        loopback_transfer(pair, LK_SERVER, data, sizeof data);
        loopback_again(pair);
    }
    loopback_free(pair);
}
