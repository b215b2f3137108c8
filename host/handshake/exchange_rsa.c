/* SPDX-License-Identifier: Apache-2.0 */
/* RSA: the client draws the premaster secret and encrypts it (RFC 5246 section 7.4.7.1, RFC 6101 section 5.6.7.1). */
#include "handshake/exchange.h"

#include "base/secret.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <string.h>

enum { ENCRYPTED_MAX = LK_SIGNATURE_MAX /* of a key as long as they come */ };

static bool encrypt(EVP_PKEY *key, const uint8_t *premaster, uint8_t *encrypted, size_t *length)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    int done = context && EVP_PKEY_encrypt_init(context) == 1 &&
               EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
               EVP_PKEY_encrypt(context, encrypted, length, premaster, LK_RSA_PREMASTER) == 1;
    EVP_PKEY_CTX_free(context);
    return done;
}

static lk_error compose_client(lk_handshake *handshake, lk_writer *body)
{
    uint8_t encrypted[ENCRYPTED_MAX];
    size_t length = sizeof encrypted;
    EVP_PKEY *key = lk_certificate_chain_key(&handshake->peer_chain);
    if (!key || !EVP_PKEY_is_a(key, "RSA"))
        return lk_handshake_fail(handshake, LK_ERROR_CERTIFICATE_UNSUITABLE,
                                 "the server's certificate has no key that a secret could be encrypted with");
    /* RFC 5246 section 7.4.2: "the keyEncipherment bit MUST be set if the key usage extension is present". */
    if (!lk_certificate_chain_encrypts(&handshake->peer_chain))
        return lk_handshake_fail(handshake, LK_ERROR_CERTIFICATE_UNSUITABLE,
                                 "the server's certificate may not be used to encrypt a secret for it");
    /* "The version of the offered in the ClientHello.client_version", so that a rollback shows. */
    lk_writer writer = lk_writer_into(handshake->premaster, sizeof handshake->premaster);
    lk_writer_u16(&writer, handshake->hello_version);
    uint8_t *random = lk_writer_reserve(&writer, LK_RSA_PREMASTER - 2);
    if (!random || RAND_bytes(random, LK_RSA_PREMASTER - 2) != 1 ||
        !encrypt(key, handshake->premaster, encrypted, &length))
        return LK_ERROR_CRYPTO;
    lk_writer_vector vector = {0};
    if (handshake->version > LK_SSL3) /* which leaves the length to that of the message */
        vector = lk_writer_begin(body, 2);
    lk_writer_bytes(body, encrypted, length);
    if (handshake->version > LK_SSL3)
        lk_writer_end(body, vector);
    lk_handshake_mean(handshake, "a secret of the client's, encrypted for the server's RSA key");
    return LK_OK;
}

/*
 * "In any case, a TLS server MUST NOT generate an alert if processing an RSA-encrypted premaster secret message fails,
 * or the version number is not as expected. Instead, it MUST continue the handshake with a randomly generated premaster
 * secret." With this padding libcrypto does just that, in constant time: it answers 48 bytes whatever is wrong with the
 * plaintext (provider-asym_cipher(7)). What it does refuse, a ciphertext that no key of that length makes, anybody can
 * see; the handshake goes on with random bytes all the same (Bleichenbacher, ROBOT).
 */
static void decrypt(EVP_PKEY *key, unsigned version, const lk_reader *encrypted, uint8_t *premaster)
{
    uint8_t decrypted[ENCRYPTED_MAX];
    size_t length = sizeof decrypted;
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_uint(OSSL_ASYM_CIPHER_PARAM_TLS_CLIENT_VERSION, &version),
                               OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    if (context && EVP_PKEY_decrypt_init(context) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_WITH_TLS_PADDING) == 1 &&
        EVP_PKEY_CTX_set_params(context, parameters) == 1 &&
        EVP_PKEY_decrypt(context, decrypted, &length, encrypted->next, encrypted->left) == 1 &&
        length == LK_RSA_PREMASTER)
        memcpy(premaster, decrypted, LK_RSA_PREMASTER);
    ERR_clear_error();
    lk_secret_wipe(decrypted, sizeof decrypted);
    EVP_PKEY_CTX_free(context);
}

static lk_reader rest(lk_reader *body)
{
    size_t length = body->left;
    return lk_reader_over(lk_reader_bytes(body, length), length);
}

static lk_error parse_client(lk_handshake *handshake, lk_reader *body)
{
    lk_reader encrypted = handshake->version > LK_SSL3 ? lk_reader_vector16(body) : rest(body);
    lk_handshake_mean(handshake, "a secret of the client's, encrypted for the server's RSA key");
    if (!lk_reader_finished(body))
        return LK_ERROR_DECODE;
    if (RAND_bytes(handshake->premaster, sizeof handshake->premaster) != 1)
        return LK_ERROR_CRYPTO;
    decrypt(handshake->settings->key, handshake->hello_version, &encrypted, handshake->premaster);
    return LK_OK;
}

static lk_error premaster(lk_handshake *handshake, uint8_t *out, size_t *length)
{
    *length = sizeof handshake->premaster;
    memcpy(out, handshake->premaster, sizeof handshake->premaster);
    lk_secret_wipe(handshake->premaster, sizeof handshake->premaster);
    return LK_OK;
}

const lk_exchange_row lk_exchange_rsa = {.exchange = LK_EXCHANGE_RSA,
                                         .compose_client = compose_client,
                                         .parse_client = parse_client,
                                         .premaster = premaster};
