/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/key_exchange.h"

#include "base/secret.h"

#include <openssl/dh.h>
#include <openssl/ec.h>
#include <openssl/objects.h>
#include <string.h>

enum { POINT_UNCOMPRESSED = 4, CURVE_NAME_MAX = 64 };

static const lk_group groups[] = {
    {0x001d, LK_EXCHANGE_ECDHE, "x25519", "X25519", NULL, 32, 32},
    {0x0017, LK_EXCHANGE_ECDHE, "secp256r1", "EC", "P-256", 65, 32},
    {0x0018, LK_EXCHANGE_ECDHE, "secp384r1", "EC", "P-384", 97, 48},
    {0x0019, LK_EXCHANGE_ECDHE, "secp521r1", "EC", "P-521", 133, 66},
    {0x0100, LK_EXCHANGE_DHE, "ffdhe2048", "DH", "ffdhe2048", 256, 256},
    {0x0101, LK_EXCHANGE_DHE, "ffdhe3072", "DH", "ffdhe3072", 384, 384},
    {0x0102, LK_EXCHANGE_DHE, "ffdhe4096", "DH", "ffdhe4096", 512, 512},
};

const lk_group *lk_group_table(size_t *count)
{
    *count = sizeof groups / sizeof groups[0];
    return groups;
}

const lk_group *lk_group_find(uint16_t number)
{
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        if (groups[i].number == number)
            return &groups[i];
    return NULL;
}

bool lk_group_offered(const lk_group *const *offered, size_t count, const EVP_PKEY *key)
{
    char name[CURVE_NAME_MAX];
    size_t length = 0;
    if (!EVP_PKEY_is_a(key, "EC"))
        return true;
    if (EVP_PKEY_get_group_name(key, name, sizeof name, &length) != 1)
        return false;
    for (size_t i = 0; i < count; i++)
        if (offered[i]->curve && EC_curve_nist2nid(offered[i]->curve) == OBJ_txt2nid(name))
            return true;
    return false;
}

uint32_t lk_group_bit(const lk_group *group)
{
    return 1u << (group - groups);
}

lk_error lk_key_exchange_new(const lk_group *group, EVP_PKEY **key)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, group->algorithm, NULL);
    *key = NULL;
    int done = context && EVP_PKEY_keygen_init(context) == 1 &&
               (!group->curve || EVP_PKEY_CTX_set_group_name(context, group->curve) == 1) &&
               EVP_PKEY_generate(context, key) == 1;
    EVP_PKEY_CTX_free(context);
    return done ? LK_OK : LK_ERROR_CRYPTO;
}

lk_error lk_key_exchange_public(const lk_group *group, EVP_PKEY *key, uint8_t *out)
{
    unsigned char *encoded = NULL;
    size_t length = EVP_PKEY_get1_encoded_public_key(key, &encoded);
    lk_error error = encoded && length == group->public_length ? LK_OK : LK_ERROR_CRYPTO;
    if (!error)
        memcpy(out, encoded, length);
    OPENSSL_free(encoded);
    return error;
}

static EVP_PKEY *peer_key(const lk_group *group, EVP_PKEY *ours, const uint8_t *peer, size_t length)
{
    /* RFC 8446 section 4.2.8.2: "Peers MUST validate each other's public key Q by ensuring that the point is a valid
     * point on the elliptic curve", and the only form is the uncompressed one. libcrypto does the former as it decodes.
     * Section 4.2.8.1 has the like for finite fields: "1 < Y < p-1", which libcrypto looks at as it derives. */
    bool point = group->curve && group->exchange == LK_EXCHANGE_ECDHE;
    if (length != group->public_length || (point && peer[0] != POINT_UNCOMPRESSED))
        return NULL;
    EVP_PKEY *key = EVP_PKEY_new();
    if (key && EVP_PKEY_copy_parameters(key, ours) == 1 && EVP_PKEY_set1_encoded_public_key(key, peer, length) == 1)
        return key;
    EVP_PKEY_free(key);
    return NULL;
}

/* RFC 8446 section 7.4.1: "left-padded with zeros up to the size of the prime". */
static bool keep_leading_zeros(const lk_group *group, EVP_PKEY_CTX *context)
{
    return group->exchange != LK_EXCHANGE_DHE || EVP_PKEY_CTX_set_dh_pad(context, 1) == 1;
}

lk_error lk_key_exchange_derive(const lk_group *group, EVP_PKEY *key, const uint8_t *peer, size_t peer_length,
                                uint8_t *shared)
{
    static const uint8_t zeros[LK_SHARED_MAX];
    size_t length = group->shared_length;
    EVP_PKEY *other = peer_key(group, key, peer, peer_length);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    lk_error error = LK_ERROR_BAD_KEY_SHARE;

    if (!context)
        error = LK_ERROR_CRYPTO;
    /* RFC 8446 section 7.4.2: "implementations MUST check whether the computed Diffie-Hellman shared secret is the
     * all-zero value and abort if so". */
    else if (other && EVP_PKEY_derive_init(context) == 1 && keep_leading_zeros(group, context) &&
             EVP_PKEY_derive_set_peer(context, other) == 1 && EVP_PKEY_derive(context, shared, &length) == 1 &&
             length == group->shared_length && !lk_secret_equal(shared, zeros, length))
        error = LK_OK;
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(other);
    return error;
}
