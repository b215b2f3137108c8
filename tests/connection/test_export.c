/* SPDX-License-Identifier: Apache-2.0 */
/* Both sides export the same key material and the same channel bindings, and none where another connection could have
 * them too. */
#include "base/secret.h"
#include "connection/again.h"
#include "connection/inside.h"
#include "handshake/machine.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <string.h>

enum { MATERIAL = 48 };

static const char label[] = "EXPERIMENTAL latchkey";

/* A pair of one version, which keeps what there is to export from. */
static loopback *pair_of(uint16_t version)
{
    loopback *pair = loopback_new("EC");
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        lk_config *config = pair->side[role].config;
        cr_assert_eq(lk_config_set_versions(config, version, version), LK_OK);
        lk_config_keep_export_secret(config);
    }
    return pair;
}

static lk_error export_of(const loopback *pair, lk_role role, const char *context, uint8_t *out)
{
    return lk_connection_export(pair->side[role].connection, label, (const uint8_t *)context,
                                context ? strlen(context) : 0, out, MATERIAL);
}

/* What both sides export, which must be the same. */
static void assert_agreed(const loopback *pair, const char *context, uint8_t *out)
{
    uint8_t other[MATERIAL];
    cr_assert_eq(export_of(pair, LK_CLIENT, context, out), LK_OK);
    cr_assert_eq(export_of(pair, LK_SERVER, context, other), LK_OK);
    cr_assert_arr_eq(out, other, MATERIAL, "the sides export different material");
}

static lk_error bind(const loopback *pair, lk_role role, lk_channel_binding kind, uint8_t *out, size_t *length)
{
    return lk_connection_channel_binding(pair->side[role].connection, kind, out, length);
}

static size_t assert_bound(const loopback *pair, lk_channel_binding kind, uint8_t *out)
{
    uint8_t other[LK_CHANNEL_BINDING_BYTES];
    size_t length = 0, other_length = 0;
    cr_assert_eq(bind(pair, LK_CLIENT, kind, out, &length), LK_OK);
    cr_assert_eq(bind(pair, LK_SERVER, kind, other, &other_length), LK_OK);
    cr_assert_eq(length, other_length);
    cr_assert_arr_eq(out, other, length, "the sides are bound to different things");
    return length;
}

Test(export, tls_1_3_knows_no_difference_between_no_context_and_an_empty_one)
{
    uint8_t none[MATERIAL], empty[MATERIAL], some[MATERIAL], other[MATERIAL];
    loopback *pair = pair_of(LK_VERSION_TLS1_3);
    loopback_establish(pair);
    assert_agreed(pair, NULL, none);
    assert_agreed(pair, "", empty);
    assert_agreed(pair, "one", some);
    assert_agreed(pair, "two", other);
    cr_assert_arr_eq(none, empty, MATERIAL);
    cr_assert_arr_neq(none, some, MATERIAL);
    cr_assert_arr_neq(some, other, MATERIAL);
    loopback_free(pair);
}

Test(export, tls_1_2_does)
{
    uint8_t none[MATERIAL], empty[MATERIAL], some[MATERIAL];
    loopback *pair = pair_of(LK_VERSION_TLS1_2);
    loopback_establish(pair);
    assert_agreed(pair, NULL, none);
    assert_agreed(pair, "", empty);
    assert_agreed(pair, "one", some);
    cr_assert_arr_neq(none, empty, MATERIAL);
    cr_assert_arr_neq(empty, some, MATERIAL);
    loopback_free(pair);
}

/* RFC 8446 section 7.5 anew, by libcrypto's own TLS13-KDF from the EXPORTER_SECRET of the key log. */
static void expand(const char *text, const uint8_t *secret, const uint8_t *data, size_t data_length, uint8_t *out,
                   size_t length)
{
    int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS13-KDF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_int("mode", &mode),
                               OSSL_PARAM_construct_utf8_string("digest", (char *)"SHA256", 0),
                               OSSL_PARAM_construct_octet_string("key", (void *)secret, 32),
                               OSSL_PARAM_construct_octet_string("prefix", (char *)"tls13 ", 6),
                               OSSL_PARAM_construct_octet_string("label", (void *)text, strlen(text)),
                               OSSL_PARAM_construct_octet_string("data", (void *)data, data_length),
                               OSSL_PARAM_construct_end()};
    cr_assert_eq(EVP_KDF_derive(context, out, length, parameters), 1);
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
}

static void secret_of(const char *log, uint8_t *secret)
{
    const char *line = strstr(log, "EXPORTER_SECRET ");
    cr_assert_not_null(line);
    line = strchr(strchr(line, ' ') + 1, ' ') + 1;
    for (int i = 0; i < 32; i++) {
        unsigned byte = 0;
        cr_assert_eq(sscanf(line + 2 * i, "%2x", &byte), 1);
        secret[i] = (uint8_t)byte;
    }
}

Test(export, tls_1_3_derives_as_rfc_8446_says)
{
    uint8_t got[MATERIAL], expected[MATERIAL], secret[32], derived[32], hash[32];
    loopback *pair = pair_of(LK_VERSION_TLS1_3);
    cr_assert_eq(lk_config_set_suites(pair->side[LK_CLIENT].config, "TLS_AES_128_GCM_SHA256"), LK_OK);
    loopback_establish(pair);
    assert_agreed(pair, "context", got);
    secret_of(pair->side[LK_CLIENT].key_log, secret);
    cr_assert_eq(EVP_Digest("", 0, hash, NULL, EVP_sha256(), NULL), 1);
    expand(label, secret, hash, sizeof hash, derived, sizeof derived);
    cr_assert_eq(EVP_Digest("context", 7, hash, NULL, EVP_sha256(), NULL), 1);
    expand("exporter", derived, hash, sizeof hash, expected, sizeof expected);
    cr_assert_arr_eq(got, expected, MATERIAL);
    loopback_free(pair);
}

Test(export, other_labels_and_other_connections_give_other_material)
{
    uint8_t first[MATERIAL], second[MATERIAL], third[MATERIAL];
    loopback *pair = pair_of(LK_VERSION_TLS1_3);
    loopback_establish(pair);
    assert_agreed(pair, NULL, first);
    cr_assert_eq(
        lk_connection_export(pair->side[LK_CLIENT].connection, "EXPERIMENTAL other", NULL, 0, second, MATERIAL), LK_OK);
    cr_assert_arr_neq(first, second, MATERIAL);
    loopback_again(pair);
    loopback_establish(pair);
    assert_agreed(pair, NULL, third);
    cr_assert_arr_neq(first, third, MATERIAL);
    loopback_free(pair);
}

Test(export, a_key_update_changes_nothing)
{
    uint8_t before[MATERIAL], after[MATERIAL];
    loopback *pair = pair_of(LK_VERSION_TLS1_3);
    loopback_establish(pair);
    assert_agreed(pair, NULL, before);
    cr_assert_eq(lk_handshake_update_key(pair->side[LK_CLIENT].connection->handshake), LK_OK);
    loopback_transfer(pair, LK_CLIENT, (const uint8_t *)"x", 1);
    assert_agreed(pair, NULL, after);
    cr_assert_arr_eq(before, after, MATERIAL);
    loopback_free(pair);
}

Test(export, what_cannot_be_asked_for_is_refused)
{
    static const char *const reserved[] = {"client finished",        "server finished", "master secret",
                                           "extended master secret", "key expansion",   ""};
    char longest[LK_EXPORT_LABEL_MAX + 2];
    static uint8_t out[8161], context[1024];
    loopback *pair = pair_of(LK_VERSION_TLS1_2);
    loopback_establish(pair);
    const lk_connection *connection = pair->side[LK_CLIENT].connection;
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        cr_assert_eq(lk_connection_export(connection, reserved[i], NULL, 0, out, 32), LK_ERROR_INVALID_ARGUMENT);
    memset(longest, 'x', sizeof longest);
    longest[LK_EXPORT_LABEL_MAX + 1] = '\0';
    cr_assert_eq(lk_connection_export(connection, longest, NULL, 0, out, 32), LK_ERROR_INVALID_ARGUMENT);
    longest[LK_EXPORT_LABEL_MAX] = '\0';
    cr_assert_eq(lk_connection_export(connection, longest, NULL, 0, out, 32), LK_OK);
    cr_assert_eq(lk_connection_export(connection, label, NULL, 0, out, 0), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_connection_export(connection, label, NULL, 0, out, 8161), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_connection_export(connection, label, NULL, 0, out, 8160), LK_OK);
    cr_assert_eq(lk_connection_export(connection, label, NULL, 1, out, 32), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_connection_export(connection, label, context, 900 - strlen(label), out, 32), LK_OK);
    cr_assert_eq(lk_connection_export(connection, label, context, sizeof context, out, 32), LK_ERROR_INVALID_ARGUMENT);
    loopback_free(pair);
}

Test(export, there_is_nothing_before_the_handshake_and_after_a_failure)
{
    uint8_t out[MATERIAL];
    size_t length = 0;
    loopback *pair = pair_of(LK_VERSION_TLS1_3);
    loopback_connect(pair, "localhost");
    cr_assert_eq(export_of(pair, LK_CLIENT, NULL, out), LK_ERROR_WRONG_STATE);
    cr_assert_eq(bind(pair, LK_CLIENT, LK_BINDING_TLS_EXPORTER, out, &length), LK_ERROR_WRONG_STATE);
    cr_assert_eq(bind(pair, LK_CLIENT, LK_BINDING_TLS_UNIQUE, out, &length), LK_ERROR_WRONG_STATE);
    loopback_establish(pair);
    cr_assert_eq(export_of(pair, LK_CLIENT, NULL, out), LK_OK);
    (void)lk_connection_fail(pair->side[LK_CLIENT].connection, LK_ERROR_BAD_RECORD_MAC);
    cr_assert_eq(export_of(pair, LK_CLIENT, NULL, out), LK_ERROR_WRONG_STATE);
    loopback_free(pair);
}

Test(export, the_master_secret_stays_only_where_it_is_asked_for)
{
    static const uint8_t zeros[LK_EXPORT_SECRET_MAX];
    uint8_t out[MATERIAL];
    loopback *pair = loopback_new("EC");
    cr_assert_eq(lk_config_set_versions(pair->side[LK_CLIENT].config, LK_VERSION_TLS1_2, LK_VERSION_TLS1_2), LK_OK);
    lk_config_keep_export_secret(pair->side[LK_SERVER].config);
    loopback_establish(pair);
    cr_assert_eq(export_of(pair, LK_SERVER, NULL, out), LK_OK);
    cr_assert_eq(export_of(pair, LK_CLIENT, NULL, out), LK_ERROR_WRONG_STATE);
    const lk_exporter *exporter = &pair->side[LK_CLIENT].connection->handshake->exporter;
    cr_assert_arr_eq(exporter->secret, zeros, sizeof zeros, "the master secret is still there");
    cr_assert(!lk_secret_equal(pair->side[LK_SERVER].connection->handshake->exporter.secret, zeros, 48));
    loopback_free(pair);
}

Test(export, without_the_extended_master_secret_there_is_none)
{
    uint8_t out[MATERIAL];
    size_t length = 0;
    loopback *pair = pair_of(LK_VERSION_TLS1_2);
    loopback_establish(pair);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        lk_handshake *handshake = pair->side[role].connection->handshake;
        handshake->extended_master_secret = false; /* as with an old peer */
        lk_export_keep(handshake);
        cr_assert_eq(export_of(pair, role, NULL, out), LK_ERROR_EXPORT_UNSOUND);
        cr_assert_eq(bind(pair, role, LK_BINDING_TLS_EXPORTER, out, &length), LK_ERROR_EXPORT_UNSOUND);
        cr_assert_eq(bind(pair, role, LK_BINDING_TLS_UNIQUE, out, &length), LK_ERROR_EXPORT_UNSOUND);
    }
    loopback_free(pair);
}

Test(export, tls_exporter_is_an_export_under_its_own_label)
{
    static const uint16_t versions[] = {LK_VERSION_TLS1_2, LK_VERSION_TLS1_3};
    uint8_t binding[LK_CHANNEL_BINDING_BYTES], out[LK_CHANNEL_BINDING_BYTES];
    for (size_t i = 0; i < 2; i++) {
        loopback *pair = pair_of(versions[i]);
        loopback_establish(pair);
        cr_assert_eq(assert_bound(pair, LK_BINDING_TLS_EXPORTER, binding), 32);
        cr_assert_eq(lk_connection_export(pair->side[LK_SERVER].connection, "EXPORTER-Channel-Binding",
                                          (const uint8_t *)"", 0, out, sizeof out),
                     LK_OK);
        cr_assert_arr_eq(binding, out, sizeof out);
        loopback_free(pair);
    }
}

Test(export, tls_unique_is_the_first_finished_up_to_tls_1_2)
{
    uint8_t binding[LK_CHANNEL_BINDING_BYTES];
    size_t length = 0;
    loopback *pair = pair_of(LK_VERSION_TLS1_2);
    loopback_establish(pair);
    cr_assert_eq(assert_bound(pair, LK_BINDING_TLS_UNIQUE, binding), 12);
    cr_assert_arr_eq(binding, pair->side[LK_SERVER].connection->handshake->verify_data[LK_CLIENT], 12);
    loopback_free(pair);
    pair = pair_of(LK_VERSION_TLS1_3);
    loopback_establish(pair);
    cr_assert_eq(bind(pair, LK_CLIENT, LK_BINDING_TLS_UNIQUE, binding, &length), LK_ERROR_BINDING_UNDEFINED);
    cr_assert_eq(length, 0);
    loopback_free(pair);
}

Test(export, a_renegotiation_changes_it_once_it_is_complete)
{
    uint8_t first[MATERIAL], second[MATERIAL], one[LK_CHANNEL_BINDING_BYTES], two[LK_CHANNEL_BINDING_BYTES];
    size_t length = 0;
    loopback *pair = pair_of(LK_VERSION_TLS1_2);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        cr_assert_eq(lk_config_set_renegotiation(pair->side[role].config, LK_RENEGOTIATION_SAME_PEER), LK_OK);
    loopback_establish(pair);
    assert_agreed(pair, NULL, first);
    assert_bound(pair, LK_BINDING_TLS_UNIQUE, one);
    cr_assert_eq(bind(pair, LK_CLIENT, LK_BINDING_TLS_EXPORTER, two, &length), LK_ERROR_BINDING_UNDEFINED);
    again_renegotiate(pair, LK_CLIENT);
    assert_agreed(pair, NULL, second);
    assert_bound(pair, LK_BINDING_TLS_UNIQUE, two);
    cr_assert_arr_neq(first, second, MATERIAL);
    cr_assert_arr_neq(one, two, 12);
    loopback_free(pair);
}
