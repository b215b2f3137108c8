/* SPDX-License-Identifier: Apache-2.0 */
/* TLS 1.3 with an external pre-shared key: both sides prove that they have it, and no certificate goes. */
#include "connection/inside.h"
#include "connection/sessions.h"
#include "handshake/machine.h"

#include <criterion/criterion.h>
#include <string.h>

static const uint8_t key[] = "what both sides have from somewhere else";
static const char identity[] = "the two of us";

static void give_key(lk_config *config, const char *name, const uint8_t *bytes, size_t length, const char *hash)
{
    cr_assert_eq(lk_config_set_psk(config, name, bytes, length), LK_OK);
    cr_assert_eq(lk_config_set_psk_hash(config, hash), LK_OK);
}

/* A pair that has the key on both sides; the server has a certificate, too. */
static loopback *keyed_pair(const char *client_hash, const char *server_hash)
{
    loopback *pair = loopback_new("EC");
    give_key(pair->side[LK_CLIENT].config, identity, key, sizeof key, client_hash);
    give_key(pair->side[LK_SERVER].config, identity, key, sizeof key, server_hash);
    return pair;
}

/* Takes the place of a configuration that knows certificates. */
static lk_config *without_certificate(loopback *pair)
{
    loopback_side *server = &pair->side[LK_SERVER];
    lk_config_free(server->config);
    server->config = lk_config_new();
    cr_assert_not_null(server->config);
    return server->config;
}

static size_t certificates_seen(const loopback *pair)
{
    size_t count = 0, length = 0;
    while (lk_connection_peer_certificate(pair->side[LK_CLIENT].connection, count, &length))
        count++;
    return count;
}

static void assert_by_key(loopback *pair, bool expected)
{
    loopback_establish(pair);
    cr_assert_eq(certificates_seen(pair) == 0, expected);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        cr_assert_eq(pair->side[role].connection->handshake->external, expected);
        cr_assert_not(lk_connection_resumed(pair->side[role].connection), "a key is no session");
    }
    loopback_transfer(pair, LK_CLIENT, (const uint8_t *)"one way", 7);
    loopback_transfer(pair, LK_SERVER, (const uint8_t *)"and back", 8);
}

Test(psk, a_key_on_both_sides_takes_the_place_of_certificates)
{
    static const char *const hashes[] = {"SHA256", "SHA384"};
    for (size_t i = 0; i < 2; i++) {
        loopback *pair = keyed_pair(hashes[i], hashes[i]);
        assert_by_key(pair, true);
        bool longer = strstr(lk_connection_suite(pair->side[LK_CLIENT].connection), "SHA384");
        cr_assert_eq(longer, i == 1, "the suite has another hash than the key");
        loopback_free(pair);
    }
}

Test(psk, a_server_with_the_key_needs_no_certificate)
{
    loopback *pair = keyed_pair("SHA256", "SHA256");
    give_key(without_certificate(pair), identity, key, sizeof key, "SHA256");
    assert_by_key(pair, true);
    loopback_free(pair);
}

Test(psk, keys_are_as_long_as_they_like)
{
    static const size_t lengths[] = {1, 31, 32, 33, 48, 64};
    uint8_t bytes[64];
    memset(bytes, 7, sizeof bytes);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        loopback *pair = keyed_pair("SHA256", "SHA256");
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
            give_key(pair->side[role].config, identity, bytes, lengths[i], "SHA256");
        assert_by_key(pair, true);
        loopback_free(pair);
    }
}

Test(psk, it_holds_behind_a_hello_retry_request)
{
    loopback *pair = keyed_pair("SHA256", "SHA256");
    cr_assert_eq(lk_config_set_groups(pair->side[LK_CLIENT].config, "x25519:secp256r1"), LK_OK);
    cr_assert_eq(lk_config_set_groups(pair->side[LK_SERVER].config, "secp256r1"), LK_OK);
    assert_by_key(pair, true);
    cr_assert(pair->side[LK_CLIENT].connection->handshake->retried);
    loopback_free(pair);
}

Test(psk, who_has_another_key_by_that_name_is_refused)
{
    uint8_t other[sizeof key] = {1};
    loopback *pair = keyed_pair("SHA256", "SHA256");
    give_key(pair->side[LK_CLIENT].config, identity, other, sizeof other, "SHA256");
    loopback_handshake(pair);
    cr_assert_eq(pair->side[LK_SERVER].result, LK_ERROR_BAD_BINDER);
    cr_assert_str_eq(pair->side[LK_SERVER].alerts, "decrypt_error ");
    cr_assert_eq(pair->side[LK_CLIENT].result, LK_ERROR_PEER_ALERT);
    loopback_free(pair);
}

Test(psk, an_identity_that_nobody_knows_leaves_the_certificate)
{
    loopback *pair = keyed_pair("SHA256", "SHA256");
    give_key(pair->side[LK_CLIENT].config, "someone else", key, sizeof key, "SHA256");
    assert_by_key(pair, false);
    loopback_free(pair);
}

Test(psk, without_a_certificate_it_leaves_nothing)
{
    loopback *pair = keyed_pair("SHA256", "SHA256");
    give_key(pair->side[LK_CLIENT].config, "someone else", key, sizeof key, "SHA256");
    give_key(without_certificate(pair), identity, key, sizeof key, "SHA256");
    loopback_handshake(pair);
    cr_assert_eq(pair->side[LK_SERVER].result, LK_ERROR_PSK_UNKNOWN);
    lk_alert_report alert;
    cr_assert(lk_connection_last_alert(pair->side[LK_CLIENT].connection, &alert));
    cr_assert_eq(alert.description, LK_ALERT_UNKNOWN_PSK_IDENTITY);
    loopback_free(pair);
}

Test(psk, the_server_looks_for_a_suite_with_the_hash_of_the_key)
{
    loopback *pair = keyed_pair("SHA256", "SHA256");
    cr_assert_eq(
        lk_config_set_suites(pair->side[LK_SERVER].config, "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"),
        LK_OK);
    assert_by_key(pair, true);
    cr_assert_str_eq(lk_connection_suite(pair->side[LK_CLIENT].connection), "TLS_CHACHA20_POLY1305_SHA256");
    loopback_free(pair);
}

Test(psk, a_key_whose_hash_no_common_suite_has_is_left_out)
{
    loopback *pair = keyed_pair("SHA256", "SHA256");
    cr_assert_eq(lk_config_set_suites(pair->side[LK_SERVER].config, "TLS_AES_256_GCM_SHA384"), LK_OK);
    assert_by_key(pair, false);
    loopback_free(pair);
}

Test(psk, sides_that_think_of_another_hash_do_not_meet)
{
    loopback *pair = keyed_pair("SHA384", "SHA256");
    loopback_handshake(pair);
    cr_assert_eq(pair->side[LK_SERVER].result, LK_ERROR_BAD_BINDER);
    loopback_free(pair);
}

Test(psk, it_is_for_tls_1_3_only_with_leave)
{
    loopback *pair = keyed_pair(NULL, "SHA256");
    assert_by_key(pair, false);
    loopback_free(pair);
    pair = keyed_pair("SHA256", NULL);
    assert_by_key(pair, false);
    loopback_free(pair);
}

Test(psk, a_server_of_tls_1_2_takes_no_notice)
{
    loopback *pair = keyed_pair("SHA256", "SHA256");
    cr_assert_eq(lk_config_set_versions(pair->side[LK_SERVER].config, LK_VERSION_TLS1_2, LK_VERSION_TLS1_2), LK_OK);
    assert_by_key(pair, false);
    loopback_free(pair);
}

Test(psk, who_demands_certificates_of_clients_does_not_take_it)
{
    loopback *pair = keyed_pair("SHA256", "SHA256");
    cr_assert_eq(lk_config_trust_file(pair->side[LK_SERVER].config, pair->certificates->root), LK_OK);
    cr_assert_eq(lk_config_ask_client_certificate(pair->side[LK_SERVER].config, LK_CLIENT_REQUIRED), LK_OK);
    loopback_handshake(pair);
    cr_assert_eq(pair->side[LK_SERVER].result, LK_ERROR_CERTIFICATE_MISSING);
    loopback_free(pair);
}

Test(psk, no_session_comes_of_it)
{
    kept_session kept;
    loopback *pair = sessions_pair(LK_VERSION_TLS1_3, &kept);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        give_key(pair->side[role].config, identity, key, sizeof key, "SHA256");
    assert_by_key(pair, true);
    cr_assert_eq(kept.count, 0);
    loopback_free(pair);
}

Test(psk, a_session_goes_before_it)
{
    kept_session kept;
    loopback *pair = sessions_pair(LK_VERSION_TLS1_3, &kept);
    sessions_establish_first(pair, &kept);
    sessions_hang_up(pair);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        give_key(pair->side[role].config, identity, key, sizeof key, "SHA256");
    sessions_establish_again(pair, &kept, true);
    loopback_free(pair);
}

static void spoil(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    (void)context;
    if (sender == LK_CLIENT && number == 0)
        record[*length - 1] ^= 1; /* the binder stands at the very end */
}

Test(psk, a_binder_that_was_changed_on_the_way_is_found)
{
    loopback *pair = keyed_pair("SHA256", "SHA256");
    pair->alter = spoil;
    loopback_handshake(pair);
    cr_assert_eq(pair->side[LK_SERVER].result, LK_ERROR_BAD_BINDER);
    loopback_free(pair);
}

Test(psk, hashes_that_tls_1_3_has_not_are_refused)
{
    lk_config *config = lk_config_new();
    cr_assert_eq(lk_config_set_psk_hash(config, "MD5"), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_config_set_psk_hash(config, "SHA384"), LK_OK);
    cr_assert_eq(lk_config_set_psk_hash(config, NULL), LK_OK);
    lk_config_free(config);
}
