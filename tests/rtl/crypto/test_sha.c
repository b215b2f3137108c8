/* SPDX-License-Identifier: Apache-2.0 */
/* lk_sha1 and lk_sha256, behind lk_hash, against libcrypto. */
#include "rtl/crypto/mac_model.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>

#include <string.h>

enum { LENGTH_MAX = 1000, CYCLES_SHA1 = 81, CYCLES_SHA256 = 65, DISCARDED = 5 };

static mac_model *model;

static void open_model(void)
{
    model = mac_model_new();
    cr_assert_not_null(model);
}

static void close_model(void)
{
    mac_model_free(model);
}

TestSuite(sha, .init = open_model, .fini = close_model);

/* xorshift64: the same messages in every run. */
static void random_bytes(uint8_t *bytes, size_t length)
{
    static uint64_t state = 0x9e3779b97f4a7c15u;
    for (size_t i = 0; i < length; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes[i] = (uint8_t)(state >> 32);
    }
}

/* FIPS 180-4 section 5.1.1; returns the length of what is hashed. */
static size_t pad(const uint8_t *message, size_t length, uint8_t *padded)
{
    size_t total = (length + 9 + MAC_BLOCK - 1) / MAC_BLOCK * MAC_BLOCK;
    memset(padded, 0, total);
    memcpy(padded, message, length);
    padded[length] = 0x80;
    for (size_t i = 0; i < 4; i++) {
        padded[total - 1 - i] = (uint8_t)(8 * length >> (8 * i));
    }
    return total;
}

Test(sha, random_messages_give_what_libcrypto_gives_in_81_or_65_cycles_a_block)
{
    static uint8_t message[LENGTH_MAX], padded[LENGTH_MAX + 2 * MAC_BLOCK];
    for (size_t length = 0; length <= LENGTH_MAX; length++) {
        bool sha256 = length % 2 == 0;
        uint8_t wanted[MAC_SHA256], got[MAC_SHA256];
        random_bytes(message, length);
        size_t total = pad(message, length, padded);
        cr_assert_eq(EVP_Digest(message, length, wanted, NULL, sha256 ? EVP_sha256() : EVP_sha1(), NULL), 1);
        mac_model_hash_state(model, sha256, NULL, got);
        for (size_t done = 0; done < total; done += MAC_BLOCK) {
            cr_assert_eq(mac_model_hash_block(model, sha256, padded + done, false),
                         sha256 ? CYCLES_SHA256 : CYCLES_SHA1);
        }
        mac_model_hash_state(model, sha256, NULL, got);
        cr_assert_arr_eq(got, wanted, sha256 ? MAC_SHA256 : MAC_SHA1, "length %zu", length);
    }
}

Test(sha, P5_a_discarded_block_takes_as_long_and_leaves_the_state)
{
    for (int i = 0; i < 2; i++) {
        bool sha256 = i == 1;
        uint8_t state[MAC_SHA256], block[MAC_BLOCK], got[MAC_SHA256];
        random_bytes(state, sizeof state);
        mac_model_hash_state(model, sha256, state, got);
        for (int j = 0; j < DISCARDED; j++) {
            random_bytes(block, sizeof block);
            cr_assert_eq(mac_model_hash_block(model, sha256, block, true), sha256 ? CYCLES_SHA256 : CYCLES_SHA1);
        }
        mac_model_hash_state(model, sha256, NULL, got);
        cr_assert_arr_eq(got, state, sha256 ? MAC_SHA256 : MAC_SHA1);
    }
}
