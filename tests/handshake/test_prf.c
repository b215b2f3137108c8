/* SPDX-License-Identifier: Apache-2.0 */
/* The pseudorandom function of TLS 1.2 gives the published vectors, and the keys stand in the order of RFC 5246. */
#include "handshake/hex.h"
#include "handshake/prf.h"

#include <criterion/criterion.h>

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
    lk_direction_parameters client = {.cipher = cipher}, server = {.cipher = cipher};
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

Test(prf, a_seed_that_does_not_fit_is_refused)
{
    uint8_t secret[16] = {0}, seed[200] = {0}, out[16];
    cr_assert_eq(lk_prf(LK_HASH_SHA256, secret, sizeof secret, "label", seed, sizeof seed, out, sizeof out),
                 LK_ERROR_INVALID_ARGUMENT);
}
