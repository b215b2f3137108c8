/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/digest.h"

#include <openssl/evp.h>

static const struct {
    const char *name;
    size_t length;
} hashes[] = {
    [LK_HASH_SHA256] = {"SHA256", 32},
    [LK_HASH_SHA384] = {"SHA384", 48},
    [LK_HASH_MD5_SHA1] = {"MD5-SHA1", 36},
};

const char *lk_hash_name(lk_hash hash)
{
    return hashes[hash].name;
}

size_t lk_hash_length(lk_hash hash)
{
    return hashes[hash].length;
}

lk_hash lk_hash_of_version(uint16_t version, lk_hash suite_hash)
{
    return version < LK_TLS1_2 ? LK_HASH_MD5_SHA1 : suite_hash;
}

lk_error lk_hash_of(lk_hash hash, const uint8_t *data, size_t length, uint8_t *out)
{
    size_t made = 0;
    if (EVP_Q_digest(NULL, lk_hash_name(hash), NULL, data, length, out, &made) != 1 || made != lk_hash_length(hash))
        return LK_ERROR_CRYPTO;
    return LK_OK;
}

lk_error lk_hmac(lk_hash hash, const uint8_t *key, size_t key_length, const uint8_t *data, size_t length, uint8_t *out)
{
    size_t made = 0;
    if (!EVP_Q_mac(NULL, "HMAC", NULL, lk_hash_name(hash), NULL, key, key_length, data, length, out,
                   lk_hash_length(hash), &made) ||
        made != lk_hash_length(hash))
        return LK_ERROR_CRYPTO;
    return LK_OK;
}
