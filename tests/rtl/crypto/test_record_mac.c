/* SPDX-License-Identifier: Apache-2.0 */
/* lk_record_mac against libcrypto: HMAC-SHA1 and HMAC-SHA256 of TLS records, and the MAC of SSL 3.0. */
#include "rtl/crypto/mac_model.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string.h>

enum {
    EVERY_LENGTH = 300,
    LENGTH_MAX = 32767,
    LONG_MESSAGES = 12,
    EVERY_SECRET = 90,
    LONG_STREAM = 700,
    SECRET_BEHIND = 256,
    RECORD = 16384,
    STALLS = 90,
    KINDS = 3,
    WIPE_CYCLES = 17,
    LEFT_AFTER = 420
};

static const mac_kind kinds[KINDS] = {{false, false}, {true, false}, {false, true}};
static const char *const names[KINDS] = {"HMAC-SHA1", "HMAC-SHA256", "SSL 3.0"};
static const unsigned cycles_a_block[KINDS] = {81, 65, 81};
static const unsigned cycles_a_key[KINDS] = {223, 197, 21};
static const unsigned cycles_without_data[KINDS] = {196, 167, 362};

static const unsigned cycles_to_data[KINDS] = {14, 14, 28};
static const unsigned cycles_a_record[KINDS] = {20970, 16845, 21098};

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

TestSuite(record_mac, .init = open_model, .fini = close_model);

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

/* RFC 6101 section 5.2.3.1: hash(key, forty bytes of a pad, parts). */
static void ssl3_pass(const uint8_t *key, uint8_t pad, const uint8_t *header, const uint8_t *data, size_t length,
                      uint8_t *digest)
{
    uint8_t pads[40];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    memset(pads, pad, sizeof pads);
    cr_assert(context && EVP_DigestInit_ex2(context, EVP_sha1(), NULL) == 1 &&
              EVP_DigestUpdate(context, key, MAC_SHA1) == 1 && EVP_DigestUpdate(context, pads, sizeof pads) == 1);
    if (header) {
        cr_assert(EVP_DigestUpdate(context, header, 9) == 1 && EVP_DigestUpdate(context, header + 11, 2) == 1);
    }
    cr_assert(EVP_DigestUpdate(context, data, length) == 1 && EVP_DigestFinal_ex(context, digest, NULL) == 1);
    EVP_MD_CTX_free(context);
}

static void mac_by_libcrypto(mac_kind kind, const uint8_t *key, const mac_message *message, uint8_t *mac)
{
    static uint8_t all[MAC_HEADER + LENGTH_MAX];
    if (kind.ssl3) {
        uint8_t inner[MAC_SHA1];
        ssl3_pass(key, 0x36, message->header, message->data, message->length, inner);
        ssl3_pass(key, 0x5c, NULL, inner, sizeof inner, mac);
        return;
    }
    memcpy(all, message->header, MAC_HEADER);
    memcpy(all + MAC_HEADER, message->data, message->length);
    cr_assert_not_null(HMAC(kind.sha256 ? EVP_sha256() : EVP_sha1(), key, (int)mac_model_size(kind), all,
                            MAC_HEADER + message->length, mac, NULL));
}

/* The MAC is what libcrypto gives; returns its cycles. */
static mac_cycles check(int kind, const uint8_t *key, const mac_message *message)
{
    uint8_t wanted[MAC_SHA256], got[MAC_SHA256];
    mac_cycles cycles = mac_model_message(model, kinds[kind], message, got);
    mac_by_libcrypto(kinds[kind], key, message, wanted);
    cr_assert_neq(cycles.mac, 0, "%s, length %zu of %zu", names[kind], message->length, message->stream);
    cr_assert_arr_eq(got, wanted, mac_model_size(kinds[kind]), "%s, length %zu of %zu", names[kind], message->length,
                     message->stream);
    return cycles;
}

Test(record_mac, every_short_length_gives_what_libcrypto_gives)
{
    static uint8_t data[EVERY_LENGTH];
    for (int kind = 0; kind < KINDS; kind++) {
        unsigned before[MAC_BLOCK] = {0};
        for (size_t length = 0; length <= EVERY_LENGTH; length++) {
            uint8_t key[MAC_SHA256], header[MAC_HEADER];
            random_bytes(key, sizeof key);
            random_bytes(header, sizeof header);
            random_bytes(data, length);
            mac_message message = {.header = header, .data = data, .length = length, .stream = length};
            unsigned for_the_key = mac_model_key(model, kinds[kind], key);
            cr_assert_eq(for_the_key, cycles_a_key[kind], "%s: %u", names[kind], for_the_key);
            unsigned cycles = check(kind, key, &message).mac;
            if (length == 0) {
                cr_assert_eq(cycles, cycles_without_data[kind], "%s: %u", names[kind], cycles);
            } else if (length >= 2 * MAC_BLOCK) {
                cr_assert_eq(cycles, before[length % MAC_BLOCK] + cycles_a_block[kind], "%s", names[kind]);
            }
            before[length % MAC_BLOCK] = cycles;
            message.stalls = STALLS;
            message.seed = (unsigned)length;
            check(kind, key, &message); /* with the same key, and gaps between the bytes */
        }
    }
}

Test(record_mac, long_messages_give_what_libcrypto_gives)
{
    static uint8_t data[LENGTH_MAX];
    for (int i = 0; i < LONG_MESSAGES; i++) {
        int kind = i % KINDS;
        uint8_t key[MAC_SHA256], header[MAC_HEADER], lengths[2];
        random_bytes(key, sizeof key);
        random_bytes(header, sizeof header);
        random_bytes(data, sizeof data);
        random_bytes(lengths, sizeof lengths);
        size_t stream = i < KINDS ? LENGTH_MAX : (size_t)(lengths[0] & 0x7f) << 8 | lengths[1];
        mac_model_key(model, kinds[kind], key);
        check(kind, key,
              &(mac_message){.header = header,
                             .data = data,
                             .length = i < KINDS ? stream : stream - stream / 9,
                             .stream = stream,
                             .stalls = i % 2 ? STALLS : 0,
                             .seed = (unsigned)i});
    }
}

/* With SHA-1 0.78 bytes a cycle, with SHA-256 0.97. */
Test(record_mac, a_record_of_16_kib_takes_as_many_cycles_as_its_blocks)
{
    static uint8_t data[RECORD];
    const uint8_t header[MAC_HEADER] = {0}, key[MAC_SHA256] = {1};
    for (int kind = 0; kind < KINDS; kind++) {
        mac_model_key(model, kinds[kind], key);
        mac_cycles cycles =
            check(kind, key, &(mac_message){.header = header, .data = data, .length = RECORD, .stream = RECORD});
        cr_assert_eq(cycles.first, cycles_to_data[kind], "%s: %u", names[kind], cycles.first);
        cr_assert_eq(cycles.mac, cycles_a_record[kind], "%s: %u", names[kind], cycles.mac);
    }
}

/* A stream of one length, with every number of bytes that count: their MAC is right, and nobody sees from outside how
 * many there were. */
static void check_secrets(int kind, const uint8_t *key, const uint8_t *data, size_t least, size_t stream,
                          unsigned stalls)
{
    unsigned first = 0;
    for (size_t length = least; length <= stream; length++) {
        uint8_t header[MAC_HEADER];
        random_bytes(header, sizeof header);
        unsigned cycles = check(kind, key,
                                &(mac_message){.header = header,
                                               .data = data,
                                               .length = length,
                                               .stream = stream,
                                               .stalls = stalls,
                                               .seed = (unsigned)stream})
                              .mac;
        first = length == least ? cycles : first;
        cr_assert_eq(cycles, first, "%s, length %zu of %zu", names[kind], length, stream);
    }
}

Test(record_mac, P5_cycles_depend_on_the_bytes_that_come_and_not_on_those_that_count)
{
    static uint8_t data[LONG_STREAM];
    for (int kind = 0; kind < KINDS; kind++) {
        uint8_t key[MAC_SHA256];
        random_bytes(key, sizeof key);
        random_bytes(data, sizeof data);
        mac_model_key(model, kinds[kind], key);
        for (size_t stream = 0; stream <= EVERY_SECRET; stream++) {
            check_secrets(kind, key, data, 0, stream, stream % 3 == 2 ? STALLS : 0);
        }
        for (size_t stream = LONG_STREAM - MAC_BLOCK; stream <= LONG_STREAM; stream += MAC_BLOCK / 4) {
            check_secrets(kind, key, data, stream - SECRET_BEHIND, stream, 0);
        }
    }
}

Test(record_mac, P5_cycles_of_a_key_and_a_message_are_the_same_with_any_key)
{
    uint8_t data[MAC_BLOCK] = {0}, header[MAC_HEADER] = {0}, keys[3][MAC_SHA256], mac[MAC_SHA256];
    memset(keys[0], 0, sizeof keys[0]);
    memset(keys[1], 0xff, sizeof keys[1]);
    random_bytes(keys[2], sizeof keys[2]);
    for (int kind = 0; kind < KINDS; kind++) {
        const mac_message message = {.header = header, .data = data, .length = sizeof data, .stream = sizeof data};
        unsigned first = 0;
        for (int i = 0; i < 3; i++) {
            memset(data, i == 1 ? 0xff : 0, sizeof data);
            cr_assert_eq(mac_model_key(model, kinds[kind], keys[i]), cycles_a_key[kind]);
            unsigned cycles = mac_model_message(model, kinds[kind], &message, mac).mac;
            first = i == 0 ? cycles : first;
            cr_assert(cycles == first && cycles > 0);
        }
    }
}

/* The state after the block that HMAC begins with. */
static void state_after_pad(bool sha256, const uint8_t *key, uint8_t pad, uint8_t *state)
{
    uint8_t block[MAC_BLOCK], before[MAC_SHA256];
    memset(block, pad, sizeof block);
    for (size_t i = 0; i < (sha256 ? MAC_SHA256 : MAC_SHA1); i++) {
        block[i] ^= key[i];
    }
    mac_model_hash_state(model, sha256, NULL, before);
    mac_model_hash_block(model, sha256, block, false);
    mac_model_hash_state(model, sha256, NULL, state);
}

/* Keys of all kinds in turn: of the one before nothing is left, and of HMAC's keys their two states alone. */
Test(record_mac, P3_of_a_key_no_more_is_kept_than_messages_need)
{
    for (int i = 0; i < KINDS * KINDS; i++) {
        int kind = i < KINDS ? i : i % 2 ? 1 : i % KINDS;
        uint8_t key[MAC_SHA256], wanted[MAC_MEMORY] = {0}, got[MAC_MEMORY];
        random_bytes(key, sizeof key);
        mac_model_key(model, kinds[kind], key);
        if (kinds[kind].ssl3) {
            memcpy(wanted, key, MAC_SHA1);
        } else {
            state_after_pad(kinds[kind].sha256, key, 0x5c, wanted);
            state_after_pad(kinds[kind].sha256, key, 0x36, wanted + MAC_MEMORY / 2);
        }
        mac_model_memory(model, got);
        cr_assert_arr_eq(got, wanted, MAC_MEMORY, "%s", names[kind]);
        cr_assert_not(mac_model_working(model));
    }
}

/* With a message left in each of its cycles: wiping, and resetting, leave zeros, and nothing of it is in the next. */
Test(record_mac, P3_wiping_and_reset_leave_zeros_everywhere)
{
    uint8_t data[150], header[MAC_HEADER], key[MAC_SHA256], mac[MAC_SHA256];
    random_bytes(data, sizeof data);
    random_bytes(header, sizeof header);
    const mac_message message = {.header = header, .data = data, .length = 149, .stream = sizeof data};
    cr_assert_not(mac_model_leftover(model));
    for (unsigned cycles = 0; cycles < LEFT_AFTER; cycles++) {
        int kind = (int)cycles % KINDS;
        random_bytes(key, sizeof key);
        mac_model_key(model, kinds[kind], key);
        mac_model_abandon(model, kinds[kind], &message, cycles);
        cr_assert(mac_model_leftover(model), "%s, %u cycles", names[kind], cycles);
        if (cycles % 2 == 0) {
            cr_assert_eq(mac_model_wipe(model), WIPE_CYCLES);
        } else {
            mac_model_reset(model);
        }
        cr_assert_not(mac_model_leftover(model), "%s, %u cycles", names[kind], cycles);
        if (cycles % 20 == 0) {
            mac_model_key(model, kinds[kind], key);
            check(kind, key, &message);
            mac_model_wipe(model);
        }
    }
    random_bytes(key, sizeof key);
    mac_model_key(model, kinds[0], key);
    cr_assert_neq(mac_model_message(model, kinds[0], &message, mac).mac, 0);
    cr_assert(mac_model_leftover(model));
    mac_model_wipe(model);
    cr_assert_not(mac_model_leftover(model));
}
