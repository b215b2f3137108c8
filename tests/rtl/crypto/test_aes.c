/* SPDX-License-Identifier: Apache-2.0 */
/* lk_aes_cipher and lk_aes_key_schedule against FIPS 197 and libcrypto. */
#include "rtl/crypto/crypto_model.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>

#include <string.h>

enum { RANDOM_KEYS = 300, BLOCKS_A_KEY = 8, ROUND_KEYS = 16 };

/* What the size of a key decides. */
typedef struct key_size {
    size_t bytes;
    unsigned cycles_a_key;
    unsigned cycles_a_block;
    uint8_t last_round;
} key_size;

static const key_size aes_128 = {CRYPTO_KEY_SHORT, 14, 11, 10}, aes_256 = {CRYPTO_KEY_LONG, 21, 15, 14};

static crypto_model *model;

static void open_model(void)
{
    model = crypto_model_new();
    cr_assert_not_null(model);
}

static void close_model(void)
{
    crypto_model_free(model);
}

TestSuite(aes, .init = open_model, .fini = close_model);

static void check_vector(const key_size *size, const uint8_t *key, const uint8_t *plaintext, const uint8_t *ciphertext)
{
    uint8_t out[CRYPTO_BLOCK];
    crypto_model_key(model, key, size->bytes);
    crypto_model_encrypt(model, plaintext, out);
    cr_assert_arr_eq(out, ciphertext, CRYPTO_BLOCK);
    crypto_model_decrypt(model, ciphertext, out);
    cr_assert_arr_eq(out, plaintext, CRYPTO_BLOCK);
}

Test(aes, the_cipher_example_of_fips_197_appendix_b)
{
    const uint8_t key[] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                           0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
    const uint8_t in[] = {0x32, 0x43, 0xf6, 0xa8, 0x88, 0x5a, 0x30, 0x8d,
                          0x31, 0x31, 0x98, 0xa2, 0xe0, 0x37, 0x07, 0x34};
    const uint8_t out[] = {0x39, 0x25, 0x84, 0x1d, 0x02, 0xdc, 0x09, 0xfb,
                           0xdc, 0x11, 0x85, 0x97, 0x19, 0x6a, 0x0b, 0x32};
    check_vector(&aes_128, key, in, out);
}

Test(aes, the_example_vector_of_fips_197_appendix_c_1)
{
    const uint8_t key[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const uint8_t in[] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                          0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
    const uint8_t out[] = {0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30,
                           0xd8, 0xcd, 0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a};
    check_vector(&aes_128, key, in, out);
}

Test(aes, the_example_vector_of_fips_197_appendix_c_3)
{
    const uint8_t key[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                           16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
    const uint8_t in[] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                          0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
    const uint8_t out[] = {0x8e, 0xa2, 0xb7, 0xca, 0x51, 0x67, 0x45, 0xbf,
                           0xea, 0xfc, 0x49, 0x90, 0x4b, 0x49, 0x60, 0x89};
    check_vector(&aes_256, key, in, out);
}

Test(aes, the_last_round_key_of_fips_197_appendix_a_1)
{
    const uint8_t key[] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                           0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
    const uint8_t last[] = {0xd0, 0x14, 0xf9, 0xa8, 0xc9, 0xee, 0x25, 0x89,
                            0xe1, 0x3f, 0x0c, 0xc8, 0xb6, 0x63, 0x0c, 0xa6};
    uint8_t round_key[CRYPTO_BLOCK];
    crypto_model_key(model, key, sizeof key);
    crypto_model_round_key(model, aes_128.last_round, round_key);
    cr_assert_arr_eq(round_key, last, CRYPTO_BLOCK);
}

Test(aes, the_last_round_key_of_fips_197_appendix_a_3)
{
    const uint8_t key[] = {0x60, 0x3d, 0xeb, 0x10, 0x15, 0xca, 0x71, 0xbe, 0x2b, 0x73, 0xae,
                           0xf0, 0x85, 0x7d, 0x77, 0x81, 0x1f, 0x35, 0x2c, 0x07, 0x3b, 0x61,
                           0x08, 0xd7, 0x2d, 0x98, 0x10, 0xa3, 0x09, 0x14, 0xdf, 0xf4};
    const uint8_t last[] = {0xfe, 0x48, 0x90, 0xd1, 0xe6, 0x18, 0x8d, 0x0b,
                            0x04, 0x6d, 0xf3, 0x44, 0x70, 0x6c, 0x63, 0x1e};
    uint8_t round_key[CRYPTO_BLOCK];
    crypto_model_key(model, key, sizeof key);
    crypto_model_round_key(model, aes_256.last_round, round_key);
    cr_assert_arr_eq(round_key, last, CRYPTO_BLOCK);
}

/* Keys of both sizes in turn: nothing of one is left for the next. */
Test(aes, random_keys_and_blocks_give_what_libcrypto_gives)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    uint8_t key[CRYPTO_KEY_LONG] = {1}, block[CRYPTO_BLOCK] = {2};
    for (int i = 0; i < RANDOM_KEYS; i++) {
        const key_size *size = i % 3 ? &aes_256 : &aes_128;
        const EVP_CIPHER *cipher = i % 3 ? EVP_aes_256_ecb() : EVP_aes_128_ecb();
        cr_assert_eq(EVP_EncryptInit_ex2(context, cipher, key, NULL, NULL), 1);
        cr_assert_eq(crypto_model_key(model, key, size->bytes), size->cycles_a_key);
        for (int j = 0; j < BLOCKS_A_KEY; j++) {
            uint8_t wanted[CRYPTO_BLOCK], got[CRYPTO_BLOCK];
            int length = 0;
            cr_assert_eq(EVP_EncryptUpdate(context, wanted, &length, block, sizeof block), 1);
            cr_assert_eq(crypto_model_encrypt(model, block, got), size->cycles_a_block);
            cr_assert_arr_eq(got, wanted, CRYPTO_BLOCK);
            cr_assert_eq(crypto_model_decrypt(model, wanted, got), size->cycles_a_block);
            cr_assert_arr_eq(got, block, CRYPTO_BLOCK);
            /* Cipher output is as random as any. */
            memcpy(j < 2 ? key + CRYPTO_BLOCK * (size_t)j : block, wanted, CRYPTO_BLOCK);
            block[0] ^= (uint8_t)(j < 2);
        }
    }
    EVP_CIPHER_CTX_free(context);
}

Test(aes, P3_wiping_leaves_zeros_in_every_round_key)
{
    const uint8_t zeros[CRYPTO_BLOCK] = {0}, key[CRYPTO_KEY_LONG] = {9, 8, 7};
    for (size_t length = CRYPTO_KEY_SHORT; length <= CRYPTO_KEY_LONG; length += CRYPTO_KEY_LONG - CRYPTO_KEY_SHORT) {
        crypto_model_key(model, key, length);
        crypto_model_wipe(model);
        for (uint8_t round = 0; round < ROUND_KEYS; round++) {
            uint8_t round_key[CRYPTO_BLOCK];
            crypto_model_round_key(model, round, round_key);
            cr_assert_arr_eq(round_key, zeros, CRYPTO_BLOCK, "round key %u", round);
        }
    }
}
