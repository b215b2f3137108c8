/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/prf.h"

#include "base/reader.h"
#include "base/secret.h"
#include "base/writer.h"
#include "handshake/ssl3.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <string.h>

enum { KEY_BLOCK_MAX = 2 * (LK_MAC_KEY_MAX + LK_KEY_MAX + LK_IV_MAX) };

lk_error lk_prf(lk_hash hash, const uint8_t *secret, size_t secret_length, const char *label, const uint8_t *seed,
                size_t seed_length, uint8_t *out, size_t length)
{
    uint8_t joined[LK_PRF_SEED_MAX];
    lk_writer writer = lk_writer_into(joined, sizeof joined);
    lk_writer_bytes(&writer, label, strlen(label));
    lk_writer_bytes(&writer, seed, seed_length);
    if (writer.failed)
        return LK_ERROR_INVALID_ARGUMENT;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)lk_hash_name(hash), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, (void *)secret, secret_length),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, joined, writer.length),
        OSSL_PARAM_construct_end(),
    };
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
    EVP_KDF_CTX *context = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    int done = context ? EVP_KDF_derive(context, out, length, parameters) : 0;
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return done == 1 ? LK_OK : LK_ERROR_CRYPTO;
}

lk_error lk_prf_master_secret(lk_hash hash, const uint8_t *premaster, size_t length, const uint8_t *client_random,
                              const uint8_t *server_random, uint8_t *master)
{
    uint8_t seed[2 * LK_RANDOM_LENGTH];
    memcpy(seed, client_random, LK_RANDOM_LENGTH);
    memcpy(seed + LK_RANDOM_LENGTH, server_random, LK_RANDOM_LENGTH);
    return lk_prf(hash, premaster, length, "master secret", seed, sizeof seed, master, LK_MASTER_SECRET_LENGTH);
}

lk_error lk_prf_extended_master_secret(lk_hash hash, const uint8_t *premaster, size_t length,
                                       const uint8_t *session_hash, uint8_t *master)
{
    return lk_prf(hash, premaster, length, "extended master secret", session_hash, lk_hash_length(hash), master,
                  LK_MASTER_SECRET_LENGTH);
}

lk_error lk_prf_keys(lk_hash hash, const uint8_t *master, const uint8_t *client_random, const uint8_t *server_random,
                     lk_direction_parameters *client, lk_direction_parameters *server)
{
    uint8_t seed[2 * LK_RANDOM_LENGTH];
    uint8_t block[KEY_BLOCK_MAX];
    const lk_cipher *cipher = client->cipher;
    size_t iv_length = lk_record_iv_length(client->version, cipher);
    size_t length = 2 * (cipher->mac_key_length + cipher->key_length + iv_length);

    memcpy(seed, server_random, LK_RANDOM_LENGTH);
    memcpy(seed + LK_RANDOM_LENGTH, client_random, LK_RANDOM_LENGTH);
    lk_error error =
        client->version == LK_SSL3
            ? lk_ssl3_expand(master, LK_MASTER_SECRET_LENGTH, server_random, client_random, block, length)
            : lk_prf(hash, master, LK_MASTER_SECRET_LENGTH, "key expansion", seed, sizeof seed, block, length);
    if (!error) {
        lk_reader reader = lk_reader_over(block, length);
        lk_reader_copy(&reader, client->mac_key, cipher->mac_key_length);
        lk_reader_copy(&reader, server->mac_key, cipher->mac_key_length);
        lk_reader_copy(&reader, client->key, cipher->key_length);
        lk_reader_copy(&reader, server->key, cipher->key_length);
        lk_reader_copy(&reader, client->iv, iv_length);
        lk_reader_copy(&reader, server->iv, iv_length);
    }
    lk_secret_wipe(block, sizeof block);
    return error;
}

lk_error lk_prf_verify_data(lk_hash hash, const uint8_t *master, const char *label, const uint8_t *transcript_hash,
                            uint8_t *out)
{
    return lk_prf(hash, master, LK_MASTER_SECRET_LENGTH, label, transcript_hash, lk_hash_length(hash), out,
                  LK_VERIFY_DATA_LENGTH);
}
