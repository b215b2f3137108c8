/* SPDX-License-Identifier: Apache-2.0 */
/* lk_chacha20 against RFC 8439 and libcrypto. */
#include "rtl/crypto/chacha_model.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>

#include <string.h>

enum { BLOCKS_MAX = 9, RANDOM_KEYS = 200, COUNTERS = 1000, CYCLES_A_PAIR = 80, WORDS = 16, WIPE_CYCLES = 17 };

static const uint8_t key_of_the_rfc[CHACHA_KEY] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                                   16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};

static chacha_model *model;

static void open_model(void)
{
    model = chacha_model_new();
    cr_assert_not_null(model);
}

static void close_model(void)
{
    chacha_model_free(model);
}

TestSuite(chacha20, .init = open_model, .fini = close_model);

/* libcrypto takes the counter, little-endian, before the nonce; a counter that overflows carries into the nonce. */
static void keystream_by_libcrypto(const uint8_t *key, const uint8_t *nonce, uint32_t counter, uint8_t *out,
                                   size_t length)
{
    uint8_t iv[4 + CHACHA_NONCE];
    int done = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    for (int i = 0; i < 4; i++) {
        iv[i] = (uint8_t)(counter >> (8 * i));
    }
    memcpy(iv + 4, nonce, CHACHA_NONCE);
    memset(out, 0, length);
    cr_assert(context && EVP_EncryptInit_ex2(context, EVP_chacha20(), key, iv, NULL) == 1 &&
              EVP_EncryptUpdate(context, out, &done, out, (int)length) == 1);
    EVP_CIPHER_CTX_free(context);
}

Test(chacha20, the_block_function_example_of_rfc_8439_section_2_3_2)
{
    const uint8_t nonce[CHACHA_NONCE] = {0, 0, 0, 9, 0, 0, 0, 0x4a};
    const uint8_t wanted[CHACHA_BLOCK] = {0x10, 0xf1, 0xe7, 0xe4, 0xd1, 0x3b, 0x59, 0x15, 0x50, 0x0f, 0xdd, 0x1f, 0xa3,
                                          0x20, 0x71, 0xc4, 0xc7, 0xd1, 0xf4, 0xc7, 0x33, 0xc0, 0x68, 0x03, 0x04, 0x22,
                                          0xaa, 0x9a, 0xc3, 0xd4, 0x6c, 0x4e, 0xd2, 0x82, 0x64, 0x46, 0x07, 0x9f, 0xaa,
                                          0x09, 0x14, 0xc2, 0xd7, 0x05, 0xd9, 0x8b, 0x02, 0xa2, 0xb5, 0x12, 0x9c, 0xd1,
                                          0xde, 0x16, 0x4e, 0xb9, 0xcb, 0xd0, 0x83, 0xe8, 0xa2, 0x50, 0x3c, 0x4e};
    uint8_t got[CHACHA_BLOCK];
    chacha_model_key(model, key_of_the_rfc);
    chacha_model_blocks(model, nonce, NULL, 1, 1, 0, got);
    cr_assert_arr_eq(got, wanted, CHACHA_BLOCK);
}

Test(chacha20, random_keys_nonces_and_counters_give_what_libcrypto_gives)
{
    uint8_t seed[CHACHA_KEY + CHACHA_NONCE + 8] = {5}, wanted[BLOCKS_MAX * CHACHA_BLOCK], got[sizeof wanted];
    for (unsigned i = 0; i < RANDOM_KEYS; i++) {
        uint32_t blocks = 1 + i % BLOCKS_MAX, counter = 0;
        keystream_by_libcrypto(seed, seed + CHACHA_KEY, i, seed, sizeof seed); /* as random as any */
        memcpy(&counter, seed + CHACHA_KEY + CHACHA_NONCE, sizeof counter);
        counter %= COUNTERS;
        keystream_by_libcrypto(seed, seed + CHACHA_KEY, counter, wanted, blocks * CHACHA_BLOCK);
        chacha_model_key(model, seed);
        chacha_model_blocks(model, seed + CHACHA_KEY, NULL, counter, blocks, i % 8, got);
        cr_assert_arr_eq(got, wanted, blocks * CHACHA_BLOCK, "blocks %u from %u, pause %u", blocks, counter, i % 8);
    }
}

/* Nonces as a connection has them, mostly: one after the other, and here and there another one. What was made for an
 * expected nonce is right when it comes, and is gone when it does not. */
Test(chacha20, expected_and_unexpected_nonces_give_what_libcrypto_gives)
{
    uint8_t nonce[CHACHA_NONCE] = {1, 2, 3}, next[CHACHA_NONCE], choice[2] = {6};
    uint8_t wanted[BLOCKS_MAX * CHACHA_BLOCK], got[sizeof wanted];
    chacha_model_key(model, key_of_the_rfc);
    for (unsigned i = 0; i < 20 * RANDOM_KEYS; i++) {
        keystream_by_libcrypto(key_of_the_rfc, nonce, i, choice, sizeof choice);
        uint32_t blocks = 1 + choice[0] % BLOCKS_MAX;
        memcpy(next, nonce, sizeof next);
        next[10] = (uint8_t)i;
        next[11] = choice[1];
        keystream_by_libcrypto(key_of_the_rfc, nonce, 0, wanted, blocks * CHACHA_BLOCK);
        chacha_model_blocks(model, nonce, next, 0, blocks, choice[0] % 3, got);
        cr_assert_arr_eq(got, wanted, blocks * CHACHA_BLOCK, "message %u", i);
        chacha_model_rest(model, choice[1]);
        if (choice[0] % 8 == 0) {
            next[choice[1] % CHACHA_NONCE] ^= 0x10;
        } else if (choice[0] % 8 == 1) {
            chacha_model_key(model, key_of_the_rfc);
        }
        memcpy(nonce, next, sizeof nonce);
    }
}

/* Two blocks at a time, 80 cycles; taken in 16 cycles each. An expected nonce begins with blocks that are there. */
Test(chacha20, P5_two_blocks_take_80_cycles_with_any_key_and_those_of_an_expected_nonce_none)
{
    const uint8_t ones[CHACHA_KEY] = {0xff, 0xff, 0xff, 0xff}, nonce[CHACHA_NONCE] = {0};
    uint8_t out[BLOCKS_MAX * CHACHA_BLOCK];
    unsigned cycles[2][BLOCKS_MAX + 1];
    for (int i = 0; i < 2; i++) {
        chacha_model_key(model, i ? ones : key_of_the_rfc);
        for (unsigned blocks = 1; blocks <= BLOCKS_MAX; blocks++) {
            cycles[i][blocks] = chacha_model_blocks(model, nonce, nonce, 0, blocks, 0, out);
            chacha_model_rest(model, 4 * CYCLES_A_PAIR);
            cr_assert_leq(chacha_model_blocks(model, nonce, NULL, 0, 1, 0, out), WORDS + 2);
        }
        for (unsigned blocks = 3; blocks <= BLOCKS_MAX; blocks++) {
            cr_assert_eq(cycles[i][blocks], cycles[i][blocks - 2] + CYCLES_A_PAIR);
        }
    }
    cr_assert_arr_eq(cycles[0] + 1, cycles[1] + 1, BLOCKS_MAX * sizeof cycles[0][0]);
}

Test(chacha20, P3_wiping_leaves_zeros_in_every_memory)
{
    const uint8_t zeros[CHACHA_KEY] = {0}, nonce[CHACHA_NONCE] = {1, 2, 3};
    uint8_t wanted[2 * CHACHA_BLOCK], got[2 * CHACHA_BLOCK];
    cr_assert_not(chacha_model_leftover(model));
    chacha_model_key(model, key_of_the_rfc);
    chacha_model_blocks(model, nonce, nonce, 7, 2, 0, got);
    chacha_model_abandon(model, nonce, 300);
    cr_assert(chacha_model_leftover(model));
    cr_assert_eq(chacha_model_wipe(model), WIPE_CYCLES);
    cr_assert_not(chacha_model_leftover(model));
    keystream_by_libcrypto(zeros, nonce, 7, wanted, sizeof wanted);
    chacha_model_blocks(model, nonce, nonce, 7, 2, 0, got);
    cr_assert_arr_eq(got, wanted, sizeof wanted, "the key is zeros now");
}
