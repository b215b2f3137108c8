/* SPDX-License-Identifier: Apache-2.0 */
/* lk_aes_encrypt and lk_aes_key_schedule against FIPS 197 and libcrypto. */
#include "rtl/crypto/crypto_model.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>

#include <string.h>

enum { RANDOM_KEYS = 300, BLOCKS_A_KEY = 8, CYCLES_A_BLOCK = 11, CYCLES_A_KEY = 15, LAST_ROUND = 10 };

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

static void check_vector(const uint8_t *key, const uint8_t *plaintext, const uint8_t *ciphertext)
{
    uint8_t out[CRYPTO_BLOCK];
    crypto_model_key(model, key);
    crypto_model_encrypt(model, plaintext, out);
    cr_assert_arr_eq(out, ciphertext, CRYPTO_BLOCK);
}

Test(aes, the_cipher_example_of_fips_197_appendix_b)
{
    const uint8_t key[] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                           0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
    const uint8_t in[] = {0x32, 0x43, 0xf6, 0xa8, 0x88, 0x5a, 0x30, 0x8d,
                          0x31, 0x31, 0x98, 0xa2, 0xe0, 0x37, 0x07, 0x34};
    const uint8_t out[] = {0x39, 0x25, 0x84, 0x1d, 0x02, 0xdc, 0x09, 0xfb,
                           0xdc, 0x11, 0x85, 0x97, 0x19, 0x6a, 0x0b, 0x32};
    check_vector(key, in, out);
}

Test(aes, the_example_vector_of_fips_197_appendix_c_1)
{
    const uint8_t key[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const uint8_t in[] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                          0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
    const uint8_t out[] = {0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30,
                           0xd8, 0xcd, 0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a};
    check_vector(key, in, out);
}

Test(aes, the_last_round_key_of_fips_197_appendix_a_1)
{
    const uint8_t key[] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                           0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
    const uint8_t last[] = {0xd0, 0x14, 0xf9, 0xa8, 0xc9, 0xee, 0x25, 0x89,
                            0xe1, 0x3f, 0x0c, 0xc8, 0xb6, 0x63, 0x0c, 0xa6};
    uint8_t round_key[CRYPTO_BLOCK];
    crypto_model_key(model, key);
    crypto_model_round_key(model, LAST_ROUND, round_key);
    cr_assert_arr_eq(round_key, last, CRYPTO_BLOCK);
}

Test(aes, random_keys_and_blocks_give_what_libcrypto_gives)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    uint8_t key[CRYPTO_BLOCK] = {1}, block[CRYPTO_BLOCK] = {2};
    for (int i = 0; i < RANDOM_KEYS; i++) {
        cr_assert_eq(EVP_EncryptInit_ex2(context, EVP_aes_128_ecb(), key, NULL, NULL), 1);
        cr_assert_eq(crypto_model_key(model, key), CYCLES_A_KEY);
        for (int j = 0; j < BLOCKS_A_KEY; j++) {
            uint8_t wanted[CRYPTO_BLOCK], got[CRYPTO_BLOCK];
            int length = 0;
            cr_assert_eq(EVP_EncryptUpdate(context, wanted, &length, block, sizeof block), 1);
            cr_assert_eq(crypto_model_encrypt(model, block, got), CYCLES_A_BLOCK);
            cr_assert_arr_eq(got, wanted, CRYPTO_BLOCK);
            memcpy(j == 0 ? key : block, wanted, CRYPTO_BLOCK); /* cipher output is as random as any */
            block[0] ^= (uint8_t)(j == 0);
        }
    }
    EVP_CIPHER_CTX_free(context);
}

Test(aes, P3_wiping_leaves_zeros_in_every_round_key)
{
    const uint8_t zeros[CRYPTO_BLOCK] = {0}, key[CRYPTO_BLOCK] = {9, 8, 7};
    crypto_model_key(model, key);
    crypto_model_wipe(model);
    for (uint8_t round = 0; round < CRYPTO_BLOCK; round++) {
        uint8_t round_key[CRYPTO_BLOCK];
        crypto_model_round_key(model, round, round_key);
        cr_assert_arr_eq(round_key, zeros, CRYPTO_BLOCK, "round key %u", round);
    }
}
