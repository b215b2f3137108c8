/* SPDX-License-Identifier: Apache-2.0 */
/* lk_aes_cbc against NIST SP 800-38A and libcrypto. */
#include "rtl/crypto/crypto_model.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>

#include <string.h>

enum { MESSAGES = 300, BLOCKS = 24, LONGEST = BLOCKS * CRYPTO_BLOCK, LONG_BLOCKS = 256 };

static crypto_model *model;
static uint64_t state = 0x243f6a8885a308d3u;

static void open_model(void)
{
    model = crypto_model_new();
    cr_assert_not_null(model);
}

static void close_model(void)
{
    crypto_model_free(model);
}

TestSuite(aes_cbc, .init = open_model, .fini = close_model);

/* xorshift64*: the same messages in every run. */
static uint32_t random_below(uint32_t limit)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * 0x2545f4914f6cdd1du) >> 32) % limit;
}

static void random_bytes(uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bytes[i] = (uint8_t)random_below(256);
    }
}

static void encrypt(const uint8_t *key, size_t key_length, const uint8_t *iv, const uint8_t *in, size_t length,
                    uint8_t *out)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    const EVP_CIPHER *cipher = key_length == CRYPTO_KEY_LONG ? EVP_aes_256_cbc() : EVP_aes_128_cbc();
    int done = 0;
    cr_assert(context && EVP_EncryptInit_ex2(context, cipher, key, iv, NULL) == 1 &&
              EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
              EVP_EncryptUpdate(context, out, &done, in, (int)length) == 1 && (size_t)done == length);
    EVP_CIPHER_CTX_free(context);
}

/* Both ways, and what is kept for a message behind it. */
static void check(const uint8_t *iv, const uint8_t *plaintext, const uint8_t *ciphertext, size_t length,
                  unsigned stalls)
{
    uint8_t out[LONGEST], last[CRYPTO_BLOCK];
    crypto_cbc message = {.iv = iv, .in_stalls = stalls, .out_stalls = stalls};
    crypto_model_cbc(model, &message, plaintext, length, out, last);
    cr_assert_arr_eq(out, ciphertext, length);
    cr_assert_arr_eq(last, ciphertext + length - CRYPTO_BLOCK, CRYPTO_BLOCK);
    message.decrypt = true;
    crypto_model_cbc(model, &message, ciphertext, length, out, last);
    cr_assert_arr_eq(out, plaintext, length);
    cr_assert_arr_eq(last, ciphertext + length - CRYPTO_BLOCK, CRYPTO_BLOCK);
}

Test(aes_cbc, the_example_vectors_of_sp_800_38a_appendix_f_2)
{
    const uint8_t key_128[] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                               0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
    const uint8_t key_256[] = {0x60, 0x3d, 0xeb, 0x10, 0x15, 0xca, 0x71, 0xbe, 0x2b, 0x73, 0xae,
                               0xf0, 0x85, 0x7d, 0x77, 0x81, 0x1f, 0x35, 0x2c, 0x07, 0x3b, 0x61,
                               0x08, 0xd7, 0x2d, 0x98, 0x10, 0xa3, 0x09, 0x14, 0xdf, 0xf4};
    const uint8_t iv[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const uint8_t plaintext[] = {0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e,
                                 0x11, 0x73, 0x93, 0x17, 0x2a, 0xae, 0x2d, 0x8a, 0x57, 0x1e, 0x03,
                                 0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51};
    const uint8_t under_128[] = {0x76, 0x49, 0xab, 0xac, 0x81, 0x19, 0xb2, 0x46, 0xce, 0xe9, 0x8e,
                                 0x9b, 0x12, 0xe9, 0x19, 0x7d, 0x50, 0x86, 0xcb, 0x9b, 0x50, 0x72,
                                 0x19, 0xee, 0x95, 0xdb, 0x11, 0x3a, 0x91, 0x76, 0x78, 0xb2};
    const uint8_t under_256[] = {0xf5, 0x8c, 0x4c, 0x04, 0xd6, 0xe5, 0xf1, 0xba, 0x77, 0x9e, 0xab,
                                 0xfb, 0x5f, 0x7b, 0xfb, 0xd6, 0x9c, 0xfc, 0x4e, 0x96, 0x7e, 0xdb,
                                 0x80, 0x8d, 0x67, 0x9f, 0x77, 0x7b, 0xc6, 0x70, 0x2c, 0x7d};
    crypto_model_key(model, key_128, sizeof key_128);
    check(iv, plaintext, under_128, sizeof plaintext, 0);
    crypto_model_key(model, key_256, sizeof key_256);
    check(iv, plaintext, under_256, sizeof plaintext, 0);
}

Test(aes_cbc, random_messages_give_what_libcrypto_gives_under_any_back_pressure)
{
    static const unsigned stalls[] = {0, 0, 40, 128, 230};
    for (int i = 0; i < MESSAGES; i++) {
        uint8_t key[CRYPTO_KEY_LONG], iv[CRYPTO_BLOCK], plaintext[LONGEST], ciphertext[LONGEST];
        size_t key_length = random_below(2) ? CRYPTO_KEY_LONG : CRYPTO_KEY_SHORT;
        size_t length = CRYPTO_BLOCK * (1 + random_below(BLOCKS));
        random_bytes(key, sizeof key);
        random_bytes(iv, sizeof iv);
        random_bytes(plaintext, length);
        encrypt(key, key_length, iv, plaintext, length, ciphertext);
        crypto_model_key(model, key, key_length);
        check(iv, plaintext, ciphertext, length, stalls[random_below(sizeof stalls / sizeof stalls[0])]);
    }
}

Test(aes_cbc, a_block_takes_17_cycles_whatever_the_direction_and_the_size_of_the_key)
{
    static uint8_t in[LONG_BLOCKS * CRYPTO_BLOCK], out[sizeof in];
    uint8_t key[CRYPTO_KEY_LONG] = {5}, last[CRYPTO_BLOCK];
    for (size_t key_length = CRYPTO_KEY_SHORT; key_length <= CRYPTO_KEY_LONG; key_length += CRYPTO_KEY_SHORT) {
        crypto_model_key(model, key, key_length);
        for (int decrypt = 0; decrypt < 2; decrypt++) {
            crypto_cbc message = {.decrypt = decrypt, .iv = key};
            unsigned cycles = crypto_model_cbc(model, &message, in, sizeof in, out, last);
            cr_assert_leq(cycles, 17 * LONG_BLOCKS + 80);
        }
    }
}
