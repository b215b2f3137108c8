/* SPDX-License-Identifier: Apache-2.0 */
/* The pseudorandom function of TLS 1.2 gives the published vectors, and the keys stand in the order of RFC 5246. */
#include "handshake/hex.h"
#include "handshake/prf.h"

#include <criterion/criterion.h>
#include <openssl/hmac.h>

static void assert_vector(lk_hash hash, const char *secret_text, const char *seed_text, const char *expected)
{
    uint8_t secret[16], seed[16], out[148];
    size_t length = strlen(expected) / 2;
    hex_bytes(secret_text, secret, sizeof secret);
    hex_bytes(seed_text, seed, sizeof seed);
    cr_assert_eq(lk_prf(hash, secret, sizeof secret, "test label", seed, sizeof seed, out, length), LK_OK);
    hex_assert("PRF", out, length, expected);
}

Test(prf, sha256_gives_the_published_vector)
{
    assert_vector(LK_HASH_SHA256, "9bbe436ba940f017b17652849a71db35", "a0ba9f936cda311827a6f796ffd5198c",
                  "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0f"
                  "a022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff7018734"
                  "7b66");
}

Test(prf, sha384_gives_the_published_vector)
{
    assert_vector(LK_HASH_SHA384, "b80b733d6ceefcdc71566ea48e5567df", "cd665cf6a8447dd6ff8b27555edb7465",
                  "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0e5"
                  "34cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d9184259b5b"
                  "f8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e0990703d73e5"
                  "6f");
}

Test(prf, the_key_block_is_cut_into_client_key_server_key_client_salt_server_salt)
{
    uint8_t master[LK_MASTER_SECRET_LENGTH] = {1}, client_random[32] = {2}, server_random[32] = {3};
    uint8_t seed[64], block[40];
    const lk_cipher *cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM);
    lk_direction_parameters client = {.version = LK_TLS1_2, .cipher = cipher}, server = client;
    memcpy(seed, server_random, 32);
    memcpy(seed + 32, client_random, 32);
    cr_assert_eq(lk_prf(LK_HASH_SHA256, master, sizeof master, "key expansion", seed, sizeof seed, block, sizeof block),
                 LK_OK);
    cr_assert_eq(lk_prf_keys(LK_HASH_SHA256, master, client_random, server_random, &client, &server), LK_OK);
    cr_assert_arr_eq(client.key, block, 16);
    cr_assert_arr_eq(server.key, block + 16, 16);
    cr_assert_arr_eq(client.iv, block + 32, 4);
    cr_assert_arr_eq(server.iv, block + 36, 4);
}

/* RFC 4346 section 5: P_hash by HMAC, each half of the secret with a hash of its own. */
static void expand(const EVP_MD *hash, const uint8_t *secret, size_t secret_length, const uint8_t *seed, size_t length,
                   uint8_t *out, size_t out_length)
{
    uint8_t step[EVP_MAX_MD_SIZE + 64], block[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    cr_assert_not_null(HMAC(hash, secret, (int)secret_length, seed, length, step, &size)); /* A(1) */
    for (size_t at = 0; at < out_length; at++) {
        if (at % size == 0) {
            unsigned made = 0;
            memcpy(step + size, seed, length);
            cr_assert_not_null(HMAC(hash, secret, (int)secret_length, step, size + length, block, &made));
            uint8_t next[EVP_MAX_MD_SIZE];
            cr_assert_not_null(HMAC(hash, secret, (int)secret_length, step, size, next, &made));
            memcpy(step, next, size);
        }
        out[at] ^= block[at % size];
    }
}

Test(prf, before_tls_1_2_it_is_md5_of_one_half_of_the_secret_and_sha_1_of_the_other)
{
    uint8_t secret[49], seed[4 + 20] = "labl", out[100], expected[100];
    for (size_t i = 0; i < sizeof secret; i++)
        secret[i] = (uint8_t)(i * 5 + 1);
    for (size_t i = 4; i < sizeof seed; i++)
        seed[i] = (uint8_t)(i * 3);
    for (size_t length = 1; length <= sizeof secret; length++) { /* the halves of an odd one share a byte */
        size_t half = (length + 1) / 2;
        memset(expected, 0, sizeof expected);
        expand(EVP_md5(), secret, half, seed, sizeof seed, expected, sizeof expected);
        expand(EVP_sha1(), secret + length - half, half, seed, sizeof seed, expected, sizeof expected);
        cr_assert_eq(lk_prf(LK_HASH_MD5_SHA1, secret, length, "labl", seed + 4, sizeof seed - 4, out, sizeof out),
                     LK_OK);
        cr_assert_arr_eq(out, expected, sizeof out, "a secret of %zu bytes", length);
    }
}

Test(prf, tls_1_0_has_ivs_behind_the_keys_and_tls_1_1_has_none)
{
    uint8_t master[LK_MASTER_SECRET_LENGTH] = {1}, client_random[32] = {2}, server_random[32] = {3};
    uint8_t seed[64], block[2 * (20 + 16 + 16)], zeros[16] = {0};
    const lk_cipher *cipher = lk_cipher_find(LK_CIPHER_AES_128_CBC_SHA);
    memcpy(seed, server_random, 32);
    memcpy(seed + 32, client_random, 32);
    cr_assert_eq(
        lk_prf(LK_HASH_MD5_SHA1, master, sizeof master, "key expansion", seed, sizeof seed, block, sizeof block),
        LK_OK);
    for (uint16_t version = LK_TLS1_0; version <= LK_TLS1_1; version++) {
        lk_direction_parameters client = {.version = version, .cipher = cipher}, server = client;
        cr_assert_eq(lk_prf_keys(LK_HASH_MD5_SHA1, master, client_random, server_random, &client, &server), LK_OK);
        cr_expect_arr_eq(client.mac_key, block, 20);
        cr_expect_arr_eq(server.mac_key, block + 20, 20);
        cr_expect_arr_eq(client.key, block + 40, 16);
        cr_expect_arr_eq(server.key, block + 56, 16);
        cr_expect_arr_eq(client.iv, version == LK_TLS1_0 ? block + 72 : zeros, 16);
        cr_expect_arr_eq(server.iv, version == LK_TLS1_0 ? block + 88 : zeros, 16);
    }
}

Test(prf, a_seed_that_does_not_fit_is_refused)
{
    uint8_t secret[16] = {0}, seed[LK_PRF_SEED_MAX - 4] = {0}, out[16];
    cr_assert_eq(lk_prf(LK_HASH_SHA256, secret, sizeof secret, "label", seed, sizeof seed, out, sizeof out),
                 LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_prf(LK_HASH_SHA256, secret, sizeof secret, "label", seed, sizeof seed - 1, out, sizeof out), LK_OK);
}
