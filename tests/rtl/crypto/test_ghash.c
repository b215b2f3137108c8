/* SPDX-License-Identifier: Apache-2.0 */
/* lk_ghash, with every digit, against SP 800-38D's published vectors and libcrypto's GMAC. */
#include "rtl/crypto/crypto_model.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>

#include <string.h>

enum { NONCE = 12, BLOCKS_MAX = 9, RANDOM_MESSAGES = 200, DIGIT_BITS_SLOWEST = 4 };

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

TestSuite(ghash, .init = open_model, .fini = close_model);

static void check(const uint8_t *hash_key, const uint8_t *blocks, size_t count, const uint8_t *wanted)
{
    uint8_t hashes[CRYPTO_DIGITS][CRYPTO_BLOCK];
    unsigned cycles = 0;
    crypto_model_ghash(model, hash_key, blocks, count, hashes, &cycles);
    for (int digit = 0; digit < CRYPTO_DIGITS; digit++) {
        cr_assert_arr_eq(hashes[digit], wanted, CRYPTO_BLOCK, "digit of %d bits", 4 << digit);
    }
    cr_assert_eq(cycles, count * 128 / DIGIT_BITS_SLOWEST + 1);
}

/* Test case 2 of the GCM specification (McGrew and Viega): one block of ciphertext and the lengths. */
Test(ghash, test_case_2_of_the_gcm_specification)
{
    const uint8_t hash_key[] = {0x66, 0xe9, 0x4b, 0xd4, 0xef, 0x8a, 0x2c, 0x3b,
                                0x88, 0x4c, 0xfa, 0x59, 0xca, 0x34, 0x2b, 0x2e};
    const uint8_t blocks[] = {0x03, 0x88, 0xda, 0xce, 0x60, 0xb6, 0xa3, 0x92, 0xf3, 0x28, 0xc2,
                              0xb9, 0x71, 0xb2, 0xfe, 0x78, 0,    0,    0,    0,    0,    0,
                              0,    0,    0,    0,    0,    0,    0,    0,    0,    0x80};
    const uint8_t wanted[] = {0xf3, 0x8c, 0xbb, 0x1a, 0xd6, 0x92, 0x23, 0xdc,
                              0xc3, 0x45, 0x7a, 0xe5, 0xb6, 0xb0, 0xf8, 0x85};
    check(hash_key, blocks, 2, wanted);
}

static void encrypt_block(const uint8_t *key, const uint8_t *in, uint8_t *out)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int length = 0;
    cr_assert(EVP_EncryptInit_ex2(context, EVP_aes_128_ecb(), key, NULL, NULL) == 1 &&
              EVP_EncryptUpdate(context, out, &length, in, CRYPTO_BLOCK) == 1);
    EVP_CIPHER_CTX_free(context);
}

/* GMAC's tag is GHASH of the data and its length, masked with the encryption of J0: unmasked, it is GHASH alone. */
static void hash_by_libcrypto(const uint8_t *key, const uint8_t *data, size_t length, uint8_t *hash)
{
    uint8_t counter_block[CRYPTO_BLOCK] = {[CRYPTO_BLOCK - 1] = 1}, mask[CRYPTO_BLOCK];
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int done = 0;
    cr_assert(EVP_EncryptInit_ex2(context, EVP_aes_128_gcm(), key, counter_block, NULL) == 1 &&
              EVP_EncryptUpdate(context, NULL, &done, data, (int)length) == 1 &&
              EVP_EncryptFinal_ex(context, mask, &done) == 1 &&
              EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, CRYPTO_BLOCK, hash) == 1);
    EVP_CIPHER_CTX_free(context);
    encrypt_block(key, counter_block, mask);
    for (int i = 0; i < CRYPTO_BLOCK; i++) {
        hash[i] ^= mask[i];
    }
}

Test(ghash, random_messages_give_what_libcrypto_gives)
{
    uint8_t blocks[(BLOCKS_MAX + 1) * CRYPTO_BLOCK] = {0}, key[CRYPTO_BLOCK] = {0};
    for (size_t i = 0; i < RANDOM_MESSAGES; i++) {
        const uint8_t zeros[CRYPTO_BLOCK] = {0};
        size_t count = 1 + i % BLOCKS_MAX;
        uint8_t hash_key[CRYPTO_BLOCK], wanted[CRYPTO_BLOCK];
        encrypt_block(key, zeros, hash_key);
        for (size_t j = 0; j < count; j++) {
            encrypt_block(key, blocks + CRYPTO_BLOCK * j, blocks + CRYPTO_BLOCK * j);
        }
        uint8_t *lengths = blocks + CRYPTO_BLOCK * count;
        memset(lengths, 0, CRYPTO_BLOCK);
        lengths[6] = (uint8_t)(count * 128 >> 8);
        lengths[7] = (uint8_t)(count * 128);
        hash_by_libcrypto(key, blocks, CRYPTO_BLOCK * count, wanted);
        check(hash_key, blocks, count + 1, wanted);
        memcpy(key, wanted, sizeof key);
    }
}
