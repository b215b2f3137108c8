/* SPDX-License-Identifier: Apache-2.0 */
/* lk_poly1305 against RFC 8439 and libcrypto. */
#include "rtl/crypto/chacha_model.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>

#include <string.h>

enum { LENGTH_MAX = 300, RANDOM_MESSAGES = 2000, CYCLES_A_BLOCK = 10, CYCLES_FOR_THE_TAG = 6 };

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

TestSuite(poly1305, .init = open_model, .fini = close_model);

static void check(const uint8_t *key, const uint8_t *message, size_t length, const uint8_t *wanted)
{
    uint8_t tag[CHACHA_TAG];
    unsigned cycles = chacha_model_poly1305(model, key, message, length, tag);
    cr_assert_arr_eq(tag, wanted, CHACHA_TAG, "length %zu", length);
    cr_assert_eq(cycles, (length + 15) / 16 * CYCLES_A_BLOCK + CYCLES_FOR_THE_TAG, "%u", cycles); /* P5 */
}

Test(poly1305, the_example_of_rfc_8439_section_2_5_2)
{
    const uint8_t key[CHACHA_KEY] = {0x85, 0xd6, 0xbe, 0x78, 0x57, 0x55, 0x6d, 0x33, 0x7f, 0x44, 0x52,
                                     0xfe, 0x42, 0xd5, 0x06, 0xa8, 0x01, 0x03, 0x80, 0x8a, 0xfb, 0x0d,
                                     0xb2, 0xfd, 0x4a, 0xbf, 0xf6, 0xaf, 0x41, 0x49, 0xf5, 0x1b};
    const uint8_t tag[CHACHA_TAG] = {0xa8, 0x06, 0x1d, 0xc1, 0x30, 0x51, 0x36, 0xc6,
                                     0xc2, 0x2b, 0x8b, 0xaf, 0x0c, 0x01, 0x27, 0xa9};
    const char *message = "Cryptographic Forum Research Group";
    check(key, (const uint8_t *)message, strlen(message), tag);
}

/* RFC 8439 appendix A.3, vectors 7 to 11: sums at the edge of p, 2^128 and 2^130. */
Test(poly1305, the_edges_of_rfc_8439_appendix_a_3)
{
    static const struct {
        uint8_t r, s;         /* the first byte of r; every byte of s */
        uint8_t blocks[3][2]; /* of each its first byte, and all the others */
        uint8_t count;
        uint8_t tag[2]; /* likewise */
    } vectors[] = {
        {2, 0, {{0xff, 0xff}}, 1, {3, 0}},
        {2, 0xff, {{2, 0}}, 1, {3, 0}},
        {1, 0, {{0xff, 0xff}, {0xf0, 0xff}, {0x11, 0}}, 3, {5, 0}},
        {1, 0, {{0xff, 0xff}, {0xfb, 0xfe}, {1, 1}}, 3, {0, 0}},
        {2, 0, {{0xfd, 0xff}}, 1, {0xfa, 0xff}},
    };
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        uint8_t key[CHACHA_KEY] = {vectors[i].r}, message[3 * CHACHA_TAG], tag[CHACHA_TAG];
        memset(key + 16, vectors[i].s, 16);
        memset(tag, vectors[i].tag[1], sizeof tag);
        tag[0] = vectors[i].tag[0];
        for (size_t j = 0; j < 3; j++) {
            memset(message + 16 * j, vectors[i].blocks[j][1], 16);
            message[16 * j] = vectors[i].blocks[j][0];
        }
        check(key, message, vectors[i].count * 16u, tag);
    }
}

static void tag_by_libcrypto(const uint8_t *key, const uint8_t *message, size_t length, uint8_t *tag)
{
    size_t tag_length = CHACHA_TAG;
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_POLY1305, NULL, key, CHACHA_KEY);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    cr_assert(pkey && context && EVP_DigestSignInit(context, NULL, NULL, NULL, pkey) == 1 &&
              EVP_DigestSign(context, tag, &tag_length, message, length) == 1);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(pkey);
}

/* xorshift64: the same messages in every run. */
static uint8_t random_byte(void)
{
    static uint64_t state = 0x2545f4914f6cdd1du;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint8_t)(state >> 32);
}

/* Every other message has bytes of 0x00 and 0xff alone, which is where carries run far. */
Test(poly1305, random_keys_and_messages_give_what_libcrypto_gives)
{
    for (size_t i = 0; i < RANDOM_MESSAGES; i++) {
        uint8_t key[CHACHA_KEY], message[LENGTH_MAX], tag[CHACHA_TAG];
        size_t length = 1 + i % LENGTH_MAX;
        for (size_t j = 0; j < sizeof key; j++) {
            key[j] = i % 4 < 2 ? random_byte() : random_byte() & 1 ? 0xff : 0;
        }
        for (size_t j = 0; j < length; j++) {
            message[j] = i % 2 ? random_byte() : random_byte() & 3 ? 0xff : 0;
        }
        tag_by_libcrypto(key, message, length, tag);
        check(key, message, length, tag);
    }
}
