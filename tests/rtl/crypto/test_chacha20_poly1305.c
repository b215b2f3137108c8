/* SPDX-License-Identifier: Apache-2.0 */
/* lk_chacha20_poly1305 against RFC 8439 and libcrypto. */
#include "rtl/crypto/chacha_model.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>

#include <string.h>

enum { EVERY_LENGTH = 300, LENGTH_MAX = 32767, STALLS = 90, SLICES = 3, FIRST_BYTE = 94, TAG_WITHOUT_DATA = 119 };
enum {
    IN_A_ROW = 2000,
    FIRST_BYTE_IN_A_ROW = 11,
    LAST_BYTE_TO_TAG_MAX = 39,
    REST = 160,
    REST_MORE = 64,
    UNEXPECTED = 16
};

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

TestSuite(chacha20_poly1305, .init = open_model, .fini = close_model);

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

static void seal_by_libcrypto(const uint8_t *key, const chacha_message *message, uint8_t *out, uint8_t *tag)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int done = 0;
    cr_assert(context && EVP_EncryptInit_ex2(context, EVP_chacha20_poly1305(), key, message->nonce, NULL) == 1 &&
              EVP_EncryptUpdate(context, NULL, &done, message->aad, (int)message->aad_length) == 1 &&
              EVP_EncryptUpdate(context, out, &done, message->data, (int)message->length) == 1 &&
              EVP_EncryptFinal_ex(context, out + message->length, &done) == 1 &&
              EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, CHACHA_TAG, tag) == 1);
    EVP_CIPHER_CTX_free(context);
}

/* Seals on both, opens what came of it; the cycles of either are the same. */
static chacha_cycles check(const uint8_t *key, const chacha_message *message)
{
    static uint8_t wanted[LENGTH_MAX + 1], got[LENGTH_MAX], opened[LENGTH_MAX];
    uint8_t wanted_tag[CHACHA_TAG], tag[CHACHA_TAG];
    chacha_cycles sealing, opening;
    chacha_message sealed = *message;
    seal_by_libcrypto(key, message, wanted, wanted_tag);
    cr_assert(chacha_model_message(model, message, got, tag, &sealing));
    cr_assert_eq(memcmp(got, wanted, message->length), 0, "length %zu", message->length);
    cr_assert_arr_eq(tag, wanted_tag, CHACHA_TAG, "length %zu", message->length);
    sealed.data = got;
    sealed.decrypt = true;
    cr_assert(chacha_model_message(model, &sealed, opened, tag, &opening));
    cr_assert_eq(memcmp(opened, message->data, message->length), 0, "length %zu", message->length);
    cr_assert_arr_eq(tag, wanted_tag, CHACHA_TAG, "length %zu", message->length);
    if (message->stalls == 0) {
        cr_assert_eq(sealing.tag, opening.tag);
    }
    return sealing;
}

/* RFC 8439 section 2.8.2, with the tag as libcrypto makes it of twelve bytes of associated data. */
Test(chacha20_poly1305, the_example_of_rfc_8439_section_2_8_2)
{
    const char *text = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
                       "sunscreen would be it.";
    const uint8_t nonce[CHACHA_NONCE] = {7, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47};
    const uint8_t aad[] = {0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7};
    const uint8_t first[] = {0xd3, 0x1a, 0x8d, 0x34, 0x64, 0x8e, 0x60, 0xdb,
                             0x7b, 0x86, 0xaf, 0xbc, 0x53, 0xef, 0x7e, 0xc2};
    const uint8_t wanted[CHACHA_TAG] = {0x1a, 0xe1, 0x0b, 0x59, 0x4f, 0x09, 0xe2, 0x6a,
                                        0x7e, 0x90, 0x2e, 0xcb, 0xd0, 0x60, 0x06, 0x91};
    uint8_t key[CHACHA_KEY], out[128], tag[CHACHA_TAG];
    chacha_cycles cycles;
    for (int i = 0; i < CHACHA_KEY; i++) {
        key[i] = (uint8_t)(0x80 + i);
    }
    chacha_model_key(model, key);
    const chacha_message message = {
        .nonce = nonce, .aad = aad, .aad_length = sizeof aad, .data = (const uint8_t *)text, .length = strlen(text)};
    cr_assert(chacha_model_message(model, &message, out, tag, &cycles));
    cr_assert_arr_eq(out, first, sizeof first);
    cr_assert_arr_eq(tag, wanted, CHACHA_TAG);
    check(key, &message);
}

/* Every length three times: P5, with nothing to wait for, the cycles are those of the length, whatever the bytes. */
Test(chacha20_poly1305, P5_every_short_length_gives_what_libcrypto_gives_in_a_time_of_its_own)
{
    static uint8_t data[EVERY_LENGTH];
    for (size_t length = 0; length <= EVERY_LENGTH; length++) {
        chacha_cycles cycles[SLICES];
        for (size_t i = 0; i < SLICES; i++) {
            uint8_t key[CHACHA_KEY], nonce[CHACHA_NONCE], aad[CHACHA_AAD_MAX];
            random_bytes(key, sizeof key);
            random_bytes(nonce, sizeof nonce);
            random_bytes(aad, sizeof aad);
            random_bytes(data, length);
            chacha_model_key(model, key);
            cycles[i] = check(key, &(chacha_message){.nonce = nonce,
                                                     .aad = aad,
                                                     .aad_length = 1 + (length + i) % CHACHA_AAD_MAX,
                                                     .data = data,
                                                     .length = length});
            cr_assert_eq(cycles[i].tag, cycles[0].tag, "length %zu", length);
            cr_assert_eq(cycles[i].last, cycles[0].last, "length %zu", length);
            check(key,
                  &(chacha_message){
                      .nonce = nonce, .aad = aad, .aad_length = 13, .data = data, .length = length, .stalls = STALLS});
        }
        if (length > 0) {
            cr_assert_eq(cycles[0].first, FIRST_BYTE, "%u %u", cycles[0].first, cycles[0].tag);
        } else {
            cr_assert_eq(cycles[0].tag, TAG_WITHOUT_DATA, "%u", cycles[0].tag);
        }
    }
}

Test(chacha20_poly1305, long_messages_give_what_libcrypto_gives_at_over_0_99_bytes_a_cycle)
{
    static const size_t lengths[] = {1023, 1024, 1025, 4095, 4096, 16383, 16384, 16385, LENGTH_MAX - 1, LENGTH_MAX};
    static uint8_t data[LENGTH_MAX];
    uint8_t key[CHACHA_KEY], nonce[CHACHA_NONCE], aad[13];
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        random_bytes(key, sizeof key);
        random_bytes(nonce, sizeof nonce);
        random_bytes(aad, sizeof aad);
        random_bytes(data, lengths[i]);
        chacha_model_key(model, key);
        chacha_message message = {
            .nonce = nonce, .aad = aad, .aad_length = sizeof aad, .data = data, .length = lengths[i]};
        chacha_cycles cycles = check(key, &message);
        if (lengths[i] >= 16383) {
            cr_assert_gt((double)lengths[i] / cycles.tag, 0.99);
        }
        message.stalls = STALLS;
        check(key, &message);
    }
}

/* Messages as a connection has them: nonces that were expected, but for one in sixteen; lengths that are alike. */
Test(chacha20_poly1305, P5_messages_with_expected_nonces_begin_at_once_and_give_what_libcrypto_gives)
{
    static uint8_t data[EVERY_LENGTH], got[EVERY_LENGTH], wanted[EVERY_LENGTH + 1];
    uint8_t key[CHACHA_KEY], nonce[CHACHA_NONCE], aad[13], choice[3] = {0}, tag[CHACHA_TAG], wanted_tag[CHACHA_TAG];
    bool expected = false;
    random_bytes(key, sizeof key);
    random_bytes(nonce, sizeof nonce);
    chacha_model_key(model, key);
    for (unsigned i = 0; i < IN_A_ROW; i++) {
        uint8_t next[CHACHA_NONCE];
        chacha_cycles cycles;
        memcpy(next, nonce, sizeof next);
        random_bytes(next + CHACHA_NONCE - 2, 2);
        random_bytes(choice, sizeof choice);
        random_bytes(data, sizeof data);
        random_bytes(aad, sizeof aad);
        const chacha_message message = {.nonce = nonce,
                                        .next = next,
                                        .aad = aad,
                                        .aad_length = sizeof aad,
                                        .data = data,
                                        .length = 65 + 64 * (i * 3 / IN_A_ROW) + choice[0] % 44};
        seal_by_libcrypto(key, &message, wanted, wanted_tag);
        cr_assert(chacha_model_message(model, &message, got, tag, &cycles));
        cr_assert_eq(memcmp(got, wanted, message.length), 0, "message %u", i);
        cr_assert_arr_eq(tag, wanted_tag, CHACHA_TAG, "message %u", i);
        cr_assert_eq(cycles.first, expected ? FIRST_BYTE_IN_A_ROW : FIRST_BYTE, "%u: %u", i, cycles.first);
        cr_assert_leq(cycles.tag - cycles.last, LAST_BYTE_TO_TAG_MAX, "%u: %u", i, cycles.tag - cycles.last);
        /* As many blocks are made ahead as the message before had, four at most; from there on faster than they are
         * used. */
        cr_assert(!expected || cycles.last - cycles.first + 1 == message.length, "%u: %u", i, cycles.last);
        chacha_model_rest(model, REST + choice[1] % REST_MORE);
        expected = choice[2] % UNEXPECTED != 0;
        if (!expected) {
            next[choice[1] % CHACHA_NONCE] ^= 0x80;
        }
        memcpy(nonce, next, sizeof nonce);
    }
}

Test(chacha20_poly1305, a_message_that_was_left_leaves_nothing_to_the_next)
{
    uint8_t key[CHACHA_KEY] = {1}, nonce[CHACHA_NONCE] = {2}, aad[5] = {3}, data[200] = {4};
    const chacha_message message = {.nonce = nonce, .aad = aad, .aad_length = 5, .data = data, .length = sizeof data};
    chacha_model_key(model, key);
    for (unsigned cycles = 0; cycles < 400; cycles++) {
        chacha_model_abandon(model, key, cycles);
        check(key, &message);
    }
}
