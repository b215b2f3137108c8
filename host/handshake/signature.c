/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/signature.h"

#include <openssl/rsa.h>
#include <string.h>

/* In the place of a number that no registry has: private use, as others have it. */
enum { RSA_PKCS1_MD5_SHA1 = 0xff01 };

static const lk_signature_scheme schemes[] = {
    {0x0403, false, LK_TLS1_2, LK_TLS1_3, LK_AUTH_ECDSA, "ecdsa_secp256r1_sha256", "EC", "SHA256", "prime256v1"},
    {0x0503, false, LK_TLS1_2, LK_TLS1_3, LK_AUTH_ECDSA, "ecdsa_secp384r1_sha384", "EC", "SHA384", "secp384r1"},
    {0x0603, false, LK_TLS1_2, LK_TLS1_3, LK_AUTH_ECDSA, "ecdsa_secp521r1_sha512", "EC", "SHA512", "secp521r1"},
    {0x0807, false, LK_TLS1_2, LK_TLS1_3, LK_AUTH_ECDSA, "ed25519", "ED25519", NULL, NULL},
    {0x0804, true, LK_TLS1_2, LK_TLS1_3, LK_AUTH_RSA, "rsa_pss_rsae_sha256", "RSA", "SHA256", NULL},
    {0x0805, true, LK_TLS1_2, LK_TLS1_3, LK_AUTH_RSA, "rsa_pss_rsae_sha384", "RSA", "SHA384", NULL},
    {0x0806, true, LK_TLS1_2, LK_TLS1_3, LK_AUTH_RSA, "rsa_pss_rsae_sha512", "RSA", "SHA512", NULL},
    {0x0809, true, LK_TLS1_2, LK_TLS1_3, LK_AUTH_RSA, "rsa_pss_pss_sha256", "RSA-PSS", "SHA256", NULL},
    {0x080a, true, LK_TLS1_2, LK_TLS1_3, LK_AUTH_RSA, "rsa_pss_pss_sha384", "RSA-PSS", "SHA384", NULL},
    {0x080b, true, LK_TLS1_2, LK_TLS1_3, LK_AUTH_RSA, "rsa_pss_pss_sha512", "RSA-PSS", "SHA512", NULL},
    {0x0401, false, LK_TLS1_2, LK_TLS1_2, LK_AUTH_RSA, "rsa_pkcs1_sha256", "RSA", "SHA256", NULL},
    {0x0501, false, LK_TLS1_2, LK_TLS1_2, LK_AUTH_RSA, "rsa_pkcs1_sha384", "RSA", "SHA384", NULL},
    {0x0601, false, LK_TLS1_2, LK_TLS1_2, LK_AUTH_RSA, "rsa_pkcs1_sha512", "RSA", "SHA512", NULL},
    {RSA_PKCS1_MD5_SHA1, false, LK_SSL3, LK_TLS1_1, LK_AUTH_RSA, "rsa_pkcs1_md5_sha1", "RSA", "MD5-SHA1", NULL},
    {0x0203, false, LK_TLS1_0, LK_TLS1_1, LK_AUTH_ECDSA, "ecdsa_sha1", "EC", "SHA1", NULL},
};

enum { SCHEME_COUNT = sizeof schemes / sizeof schemes[0], CURVE_NAME_MAX = 64 };

const lk_signature_scheme *lk_signature_table(size_t *count)
{
    *count = SCHEME_COUNT;
    return schemes;
}

const lk_signature_scheme *lk_signature_find(uint16_t number)
{
    for (size_t i = 0; i < SCHEME_COUNT; i++)
        if (schemes[i].number == number)
            return &schemes[i];
    return NULL;
}

uint32_t lk_signature_bit(const lk_signature_scheme *scheme)
{
    return 1u << (scheme - schemes);
}

static bool curve_is(const EVP_PKEY *key, const char *curve)
{
    char name[CURVE_NAME_MAX];
    size_t length = 0;
    return EVP_PKEY_get_group_name(key, name, sizeof name, &length) == 1 && strcmp(name, curve) == 0;
}

/* RFC 8017 section 9.1.1: hash, salt of the same length and two bytes more must have room in the key. */
static bool has_room(const lk_signature_scheme *scheme, const EVP_PKEY *key)
{
    const EVP_MD *digest = scheme->pss ? EVP_get_digestbyname(scheme->digest) : NULL;
    return !scheme->pss || (digest && (EVP_PKEY_get_bits(key) + 6) / 8 >= 2 * EVP_MD_get_size(digest) + 2);
}

bool lk_signature_fits(const lk_signature_scheme *scheme, uint16_t version, const EVP_PKEY *key)
{
    /* RFC 8446 section 4.2.3: in TLS 1.3 "the signing curve is constrained", and the PKCS #1 v1.5 schemes "are not
     * defined for use in signed TLS handshake messages". */
    return EVP_PKEY_is_a(key, scheme->algorithm) && has_room(scheme, key) && scheme->lowest <= version &&
           version <= scheme->highest && (version < LK_TLS1_3 || !scheme->curve || curve_is(key, scheme->curve));
}

bool lk_signature_offered(const lk_signature_scheme *scheme)
{
    return scheme->highest >= LK_TLS1_2;
}

const lk_signature_scheme *lk_signature_choose(uint32_t offered, uint16_t version, const EVP_PKEY *key)
{
    for (size_t i = 0; i < SCHEME_COUNT; i++)
        if ((version < LK_TLS1_2 || (offered & lk_signature_bit(&schemes[i]))) &&
            lk_signature_fits(&schemes[i], version, key))
            return &schemes[i];
    return NULL;
}

lk_authentication lk_signature_authentication(const EVP_PKEY *key)
{
    for (size_t i = 0; i < SCHEME_COUNT; i++)
        if (EVP_PKEY_is_a(key, schemes[i].algorithm))
            return schemes[i].authentication;
    return LK_AUTH_ANY;
}

static bool set_padding(const lk_signature_scheme *scheme, EVP_PKEY_CTX *context)
{
    if (!scheme->pss)
        return true;
    /* RFC 8446 section 4.2.3: "The length of the Salt MUST be equal to the length of the digest algorithm." */
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

lk_error lk_signature_sign(const lk_signature_scheme *scheme, EVP_PKEY *key, const uint8_t *data, size_t data_length,
                           uint8_t *signature, size_t *length)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = NULL;
    int done = context && EVP_DigestSignInit_ex(context, &options, scheme->digest, NULL, NULL, key, NULL) == 1 &&
               set_padding(scheme, options) && EVP_DigestSign(context, signature, length, data, data_length) == 1;
    EVP_MD_CTX_free(context);
    return done ? LK_OK : LK_ERROR_CRYPTO;
}

lk_error lk_signature_verify(const lk_signature_scheme *scheme, EVP_PKEY *key, const uint8_t *data, size_t data_length,
                             const uint8_t *signature, size_t length)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *options = NULL;
    lk_error error = LK_ERROR_CRYPTO;
    if (context && EVP_DigestVerifyInit_ex(context, &options, scheme->digest, NULL, NULL, key, NULL) == 1 &&
        set_padding(scheme, options))
        error = EVP_DigestVerify(context, signature, length, data, data_length) == 1 ? LK_OK : LK_ERROR_BAD_SIGNATURE;
    EVP_MD_CTX_free(context);
    return error;
}

/* Sets a context up that was initialised for one of them. */
static bool set_hash(EVP_PKEY_CTX *context, const lk_signature_scheme *scheme)
{
    EVP_MD *hash = EVP_MD_fetch(NULL, scheme->digest, NULL);
    bool done = hash && EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
                EVP_PKEY_CTX_set_signature_md(context, hash) == 1;
    EVP_MD_free(hash);
    return done;
}

lk_error lk_signature_sign_hash(const lk_signature_scheme *scheme, EVP_PKEY *key, const uint8_t *hash,
                                size_t hash_length, uint8_t *signature, size_t *length)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    int done = context && EVP_PKEY_sign_init(context) == 1 && set_hash(context, scheme) &&
               EVP_PKEY_sign(context, signature, length, hash, hash_length) == 1;
    EVP_PKEY_CTX_free(context);
    return done ? LK_OK : LK_ERROR_CRYPTO;
}

lk_error lk_signature_verify_hash(const lk_signature_scheme *scheme, EVP_PKEY *key, const uint8_t *hash,
                                  size_t hash_length, const uint8_t *signature, size_t length)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    int done = context && EVP_PKEY_verify_init(context) == 1 && set_hash(context, scheme) &&
               EVP_PKEY_verify(context, signature, length, hash, hash_length) == 1;
    EVP_PKEY_CTX_free(context);
    return done ? LK_OK : LK_ERROR_BAD_SIGNATURE;
}
