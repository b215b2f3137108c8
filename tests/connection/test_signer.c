/* SPDX-License-Identifier: Apache-2.0 */
/* A private key that is elsewhere signs for a connection, at once or later, and nothing wrong of it goes out. */
#include "connection/config.h"
#include "connection/loopback.h"
#include "handshake/signature.h"

#include <latchkey/bio.h>

#include <criterion/criterion.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <string.h>

enum { ASKED_MAX = 16384 };

/* Who has the key. */
typedef struct key_holder {
    EVP_PKEY *key;
    bool later;      /* it takes its time */
    lk_error answer; /* instead of a signature */
    bool wrong;      /* it signs, and something goes wrong */
    unsigned asked;
    uint16_t scheme;
    uint8_t data[ASKED_MAX];
    size_t length;
} key_holder;

static const uint16_t versions[] = {LK_VERSION_TLS1_2, LK_VERSION_TLS1_3};

static lk_config *config_of(loopback *pair, lk_role role)
{
    return pair->side[role].config;
}

static size_t sign_now(const key_holder *holder, uint8_t *signature)
{
    size_t length = LK_SIGNATURE_BYTES_MAX;
    cr_assert_eq(lk_signature_sign(lk_signature_find(holder->scheme), holder->key, holder->data, holder->length,
                                   signature, &length),
                 LK_OK);
    if (holder->wrong)
        signature[length - 1] ^= 1;
    return length;
}

static lk_error sign(void *context, lk_connection *connection, const lk_signature_request *request, uint8_t *signature,
                     size_t *length)
{
    key_holder *holder = context;
    holder->asked++;
    cr_assert_geq(lk_connection_version(connection), LK_VERSION_TLS1_2, "the signer can ask what was agreed");
    cr_assert_str_eq(request->name, lk_signature_find(request->scheme)->title);
    cr_assert_eq(*length, LK_SIGNATURE_BYTES_MAX);
    cr_assert_leq(request->length, sizeof holder->data);
    holder->scheme = request->scheme;
    holder->length = request->length;
    memcpy(holder->data, request->data, request->length);
    if (holder->answer || holder->later)
        return holder->answer ? holder->answer : LK_ERROR_WANT_KEY;
    *length = sign_now(holder, signature);
    return LK_OK;
}

static EVP_PKEY *read_key(const char *path)
{
    FILE *file = fopen(path, "r");
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    cr_assert_not_null(key);
    fclose(file);
    return key;
}

/* One side's key is with a holder. A client is asked for its certificate. */
static loopback *pair_with(lk_role role, uint16_t version, const char *kind, key_holder *holder)
{
    loopback *pair = loopback_new("EC");
    certificate_request request = {.key = kind, .purpose = role == LK_CLIENT ? "clientAuth" : "serverAuth"};
    certificate_files files = certificates_issue(pair->certificates, "held", &request);
    holder->key = read_key(files.key);
    cr_assert_eq(lk_config_set_versions(config_of(pair, LK_CLIENT), version, version), LK_OK);
    cr_assert_eq(lk_config_use_signer(config_of(pair, role), files.chain, sign, holder), LK_OK);
    if (role == LK_CLIENT) {
        cr_assert_eq(lk_config_trust_file(config_of(pair, LK_SERVER), pair->certificates->root), LK_OK);
        cr_assert_eq(lk_config_ask_client_certificate(config_of(pair, LK_SERVER), LK_CLIENT_REQUIRED), LK_OK);
    }
    return pair;
}

static void part(loopback *pair, key_holder *holder)
{
    loopback_free(pair);
    EVP_PKEY_free(holder->key);
}

static lk_connection *connection_of(loopback *pair, lk_role role)
{
    return pair->side[role].connection;
}

static void assert_works(loopback *pair)
{
    cr_assert(loopback_established(pair));
    loopback_transfer(pair, LK_CLIENT, (const uint8_t *)"hello", 5);
    loopback_transfer(pair, LK_SERVER, (const uint8_t *)"world", 5);
}

Test(signer, keys_of_every_kind_sign_for_both_sides)
{
    static const char *const kinds[] = {"EC", "RSA", "ED25519", "P-521"};
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
            for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
                key_holder holder = {0};
                loopback *pair = pair_with(role, versions[i], kinds[k], &holder);
                loopback_establish(pair);
                cr_expect_eq(holder.asked, 1);
                assert_works(pair);
                part(pair, &holder);
            }
}

Test(signer, a_signature_may_come_later)
{
    for (size_t i = 0; i < 2; i++)
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
            uint8_t signature[LK_SIGNATURE_BYTES_MAX];
            key_holder holder = {.later = true};
            loopback *pair = pair_with(role, versions[i], "EC", &holder);
            loopback_handshake(pair);
            lk_connection *own = connection_of(pair, role);
            cr_assert_eq(pair->side[role].result, LK_ERROR_WANT_KEY);
            cr_assert_eq(lk_connection_handshake(own), LK_ERROR_WANT_KEY, "it waits, and asks but once");
            cr_assert_eq(holder.asked, 1);
            size_t taken = 0;
            cr_assert_eq(lk_connection_write(own, "x", 1, &taken), LK_ERROR_WANT_KEY);
            cr_assert_eq(lk_connection_version(connection_of(pair, LK_CLIENT)), versions[i],
                         "what came before the signature has gone");
            cr_assert_eq(lk_connection_give_signature(own, signature, sign_now(&holder, signature)), LK_OK);
            cr_assert_eq(lk_connection_give_signature(own, signature, 10), LK_ERROR_WRONG_STATE);
            loopback_establish(pair);
            cr_expect_eq(holder.asked, 1);
            assert_works(pair);
            part(pair, &holder);
        }
}

/* What ends the connection, and with which alert, none of it the peer's fault. */
static void assert_refused(loopback *pair, lk_role role, key_holder *holder)
{
    cr_assert_eq(lk_connection_handshake(connection_of(pair, role)), LK_ERROR_KEY_REFUSED);
    cr_assert_str_eq(pair->side[role].alerts, "internal_error ");
    cr_assert_not_null(strstr(lk_connection_diagnosis(connection_of(pair, role)), "holder of the private key"));
    loopback_move(pair);
    lk_role peer = role == LK_CLIENT ? LK_SERVER : LK_CLIENT;
    cr_assert_eq(lk_connection_handshake(connection_of(pair, peer)), LK_ERROR_PEER_ALERT);
    part(pair, holder);
}

Test(signer, who_does_not_sign_ends_the_handshake)
{
    for (size_t i = 0; i < 2; i++)
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
            key_holder at_once = {.answer = LK_ERROR_TIMED_OUT}, later = {.later = true};
            loopback *pair = pair_with(role, versions[i], "EC", &at_once);
            loopback_handshake(pair);
            assert_refused(pair, role, &at_once);
            pair = pair_with(role, versions[i], "EC", &later);
            loopback_handshake(pair);
            cr_assert_eq(lk_connection_give_signature(connection_of(pair, role), NULL, 0), LK_ERROR_KEY_REFUSED);
            assert_refused(pair, role, &later);
        }
}

/* Nor may a fault of a token give its RSA key away. */
Test(signer, a_wrong_signature_is_not_sent)
{
    static const char *const kinds[] = {"EC", "RSA"};
    for (size_t i = 0; i < 2; i++)
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
            key_holder holder = {.wrong = true};
            loopback *pair = pair_with(role, versions[i], kinds[i], &holder);
            loopback_handshake(pair);
            assert_refused(pair, role, &holder);
        }
}

Test(signer, a_signature_that_nobody_awaits_or_that_can_be_none_is_refused)
{
    uint8_t signature[1] = {0};
    key_holder holder = {.later = true};
    loopback *pair = pair_with(LK_SERVER, LK_VERSION_TLS1_3, "EC", &holder);
    loopback_connect(pair, "localhost");
    lk_connection *server = connection_of(pair, LK_SERVER);
    cr_assert_eq(lk_connection_give_signature(server, signature, 1), LK_ERROR_WRONG_STATE);
    loopback_handshake(pair);
    cr_assert_eq(lk_connection_give_signature(server, signature, 0), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_connection_give_signature(server, signature, LK_SIGNATURE_BYTES_MAX + 1),
                 LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_connection_handshake(server), LK_ERROR_WANT_KEY, "it still waits");
    part(pair, &holder); /* and is freed meanwhile */
}

static lk_error new_server(loopback *pair, uint16_t version, const char *suite)
{
    lk_connection *server = NULL;
    cr_assert_eq(lk_config_set_versions(config_of(pair, LK_SERVER), version, version), LK_OK);
    cr_assert_eq(lk_config_set_suites(config_of(pair, LK_SERVER), suite), LK_OK);
    lk_error error = lk_connection_new(config_of(pair, LK_SERVER), LK_SERVER, NULL, &server);
    lk_connection_free(server);
    return error;
}

Test(signer, no_older_version_and_no_decryption_is_asked_of_a_key_that_is_elsewhere)
{
    key_holder holder = {0};
    loopback *pair = pair_with(LK_SERVER, LK_VERSION_TLS1_2, "RSA", &holder);
    cr_expect_eq(new_server(pair, LK_VERSION_TLS1_1, "ECDHE-RSA-AES128-SHA"), LK_ERROR_INVALID_ARGUMENT);
    cr_expect_eq(new_server(pair, LK_VERSION_TLS1_2, "AES128-GCM-SHA256"), LK_ERROR_INVALID_ARGUMENT);
    cr_expect_eq(new_server(pair, LK_VERSION_TLS1_2, "ECDHE-RSA-AES128-SHA"), LK_OK);
    part(pair, &holder);
}

Test(signer, a_client_whose_key_is_elsewhere_shows_no_certificate_to_old_servers)
{
    key_holder holder = {0};
    loopback *pair = pair_with(LK_CLIENT, LK_VERSION_TLS1_1, "EC", &holder);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        cr_assert_eq(lk_config_set_versions(config_of(pair, role), LK_VERSION_TLS1_1, LK_VERSION_TLS1_1), LK_OK);
        cr_assert_eq(lk_config_set_suites(config_of(pair, role), "ECDHE-ECDSA-AES128-SHA"), LK_OK);
    }
    cr_assert_eq(lk_config_ask_client_certificate(config_of(pair, LK_SERVER), LK_CLIENT_OPTIONAL), LK_OK);
    loopback_establish(pair);
    cr_expect_eq(holder.asked, 0);
    size_t length = 0;
    cr_expect_null(lk_connection_peer_certificate(connection_of(pair, LK_SERVER), 0, &length));
    part(pair, &holder);
}

Test(signer, what_is_no_signer_or_no_chain_is_refused)
{
    key_holder holder = {0};
    char path[CERTIFICATES_PATH_MAX];
    loopback *pair = pair_with(LK_SERVER, LK_VERSION_TLS1_3, "EC", &holder);
    lk_config *config = config_of(pair, LK_SERVER);
    cr_expect_eq(lk_config_use_signer(config, pair->certificates->root, NULL, NULL), LK_ERROR_INVALID_ARGUMENT);
    cr_expect_eq(lk_config_use_signer(config, "/nowhere", sign, NULL), LK_ERROR_FILE_UNREADABLE);
    certificates_write(pair->certificates, "text", "no certificate\n", path);
    cr_expect_eq(lk_config_use_signer(config, path, sign, NULL), LK_ERROR_FILE_MALFORMED);
    loopback_establish(pair); /* the one before is still there */
    cr_expect_eq(holder.asked, 1);
    part(pair, &holder);
}

Test(signer, a_bio_says_that_something_special_is_awaited)
{
    key_holder holder = {.later = true};
    uint8_t signature[LK_SIGNATURE_BYTES_MAX];
    loopback *pair = pair_with(LK_SERVER, LK_VERSION_TLS1_3, "EC", &holder);
    loopback_handshake(pair);
    BIO_METHOD *method = lk_bio_method_new();
    BIO *ours = NULL, *theirs = NULL, *bio = lk_bio_new(method, connection_of(pair, LK_SERVER));
    cr_assert(bio && BIO_new_bio_pair(&ours, 0, &theirs, 0));
    BIO_push(bio, ours);
    cr_assert_eq(BIO_do_handshake(bio), -1);
    cr_assert_eq(lk_bio_error(bio), LK_ERROR_WANT_KEY);
    cr_assert(BIO_should_retry(bio) && BIO_should_io_special(bio));
    cr_assert_eq(lk_connection_give_signature(connection_of(pair, LK_SERVER), signature, sign_now(&holder, signature)),
                 LK_OK);
    cr_assert_eq(BIO_do_handshake(bio), -1);
    cr_assert(BIO_should_read(bio), "the client's turn");
    BIO_free_all(bio);
    BIO_free(theirs);
    BIO_meth_free(method);
    part(pair, &holder);
}
