/* SPDX-License-Identifier: Apache-2.0 */
/* CBC, RC4 and NULL with a MAC, against records that plain calls make: SSL 3.0 to TLS 1.2. */
#include "classic_reference.h"
#include "support.h"

#include "record/padding.h"
#include "record/record.h"

#include <criterion/criterion.h>

#include <string.h>

enum { ROOM = LK_RECORD_CBC_MAX + 4096, PADDINGS = 256 };

static uint8_t plaintext[ROOM], record[ROOM], expected[ROOM], opened[ROOM];
static const uint8_t iv[LK_IV_MAX] = "sixteen bytes IV";

/* One form of protection: every combination of version, cipher and order. */
typedef struct form {
    uint16_t version;
    lk_cipher_id cipher;
    bool encrypt_then_mac;
} form;

typedef struct pair {
    lk_engine *engine;
    lk_direction_parameters parameters;
    lk_direction *seal, *open;
    uint8_t iv[LK_IV_MAX]; /* of the next record */
    size_t stream_used;    /* by the records before it */
} pair;

static pair pair_new(form chosen)
{
    const lk_cipher *cipher = lk_cipher_find(chosen.cipher);
    pair both = {.engine = support_software()};
    both.parameters = support_parameters(LK_SEAL, chosen.version, cipher, (uint8_t)(chosen.version + chosen.cipher));
    both.parameters.encrypt_then_mac = chosen.encrypt_then_mac;
    both.seal = support_open(both.engine, &both.parameters);
    both.parameters.kind = LK_OPEN;
    both.open = support_open(both.engine, &both.parameters);
    memcpy(both.iv, chosen.version <= LK_TLS1_0 ? both.parameters.iv : iv, sizeof both.iv);
    return both;
}

static void pair_free(pair *both)
{
    lk_direction_close(both->seal);
    lk_direction_close(both->open);
    lk_engine_free(both->engine);
}

/* Encrypt-then-MAC is for CBC, from TLS 1.0 on. */
static bool has_two_orders(uint16_t version, lk_cipher_id id)
{
    return version >= LK_TLS1_0 && lk_cipher_find(id)->kind == LK_KIND_CBC;
}

static bool has_cipher(lk_cipher_id id, uint16_t version)
{
    lk_engine *engine = support_software();
    bool has = lk_engine_supports(engine, version, lk_cipher_find(id));
    cr_assert(has || !lk_cipher_allows(lk_cipher_find(id), version) || lk_cipher_find(id)->kind == LK_KIND_STREAM,
              "libcrypto may be without its provider \"legacy\", but not without %s", lk_cipher_find(id)->title);
    lk_engine_free(engine);
    return has;
}

static void each_form_of(bool (*wanted)(const lk_cipher *), void (*check)(form))
{
    for (uint16_t version = LK_SSL3; version <= LK_TLS1_2; version++)
        for (lk_cipher_id id = LK_CIPHER_AES_128_CBC_SHA; lk_cipher_find(id); id++)
            if (wanted(lk_cipher_find(id)) && has_cipher(id, version))
                for (int order = 0; order < (has_two_orders(version, id) ? 2 : 1); order++)
                    check((form){version, id, order == 1});
}

static bool is_classic(const lk_cipher *cipher)
{
    return cipher->kind != LK_KIND_AEAD;
}

static bool is_cbc(const lk_cipher *cipher)
{
    return cipher->kind == LK_KIND_CBC;
}

static bool is_stream(const lk_cipher *cipher)
{
    return cipher->kind == LK_KIND_STREAM;
}

static void each_form(void (*check)(form))
{
    each_form_of(is_classic, check);
}

static void each_cbc_form(void (*check)(form))
{
    each_form_of(is_cbc, check);
}

static lk_operation sealing(const pair *both, size_t length, uint64_t sequence)
{
    lk_operation operation = {.input = plaintext,
                              .input_length = length,
                              .output = record,
                              .output_capacity = sizeof record,
                              .sequence = sequence,
                              .content_type = LK_CONTENT_APPLICATION_DATA};
    memcpy(operation.iv, both->iv, sizeof operation.iv);
    return operation;
}

static lk_operation opening(const uint8_t *input, size_t length, uint64_t sequence)
{
    return (lk_operation){.input = input,
                          .input_length = length,
                          .output = opened,
                          .output_capacity = sizeof opened,
                          .sequence = sequence};
}

static classic_record wanted(const pair *both, size_t length, uint64_t sequence)
{
    return (classic_record){.content_type = LK_CONTENT_APPLICATION_DATA,
                            .sequence = sequence,
                            .plaintext = plaintext,
                            .length = length,
                            .iv = both->iv,
                            .padding = CLASSIC_SHORTEST,
                            .stream_used = both->stream_used};
}

/* Up to TLS 1.0 the IV of the next record is the last block of ciphertext of this one; a key stream goes on. */
static void chain(pair *both, const uint8_t *bytes, size_t length)
{
    both->stream_used += length - 5;
    if (both->parameters.version > LK_TLS1_0)
        return;
    size_t behind = both->parameters.encrypt_then_mac ? both->parameters.cipher->tag_length : 0;
    size_t block = both->parameters.cipher->block_length;
    memcpy(both->iv, bytes + length - behind - block, block);
}

static void check_both_ways(pair *both, size_t length, uint64_t sequence)
{
    support_fill(plaintext, length, (uint32_t)(length + sequence));
    classic_record description = wanted(both, length, sequence);
    size_t expected_length = classic_reference(&both->parameters, &description, expected);
    lk_operation operation = sealing(both, length, sequence);
    operation.output_capacity = expected_length;
    cr_assert_eq(support_run(both->seal, &operation), LK_OK);
    cr_assert_eq(operation.output_length, expected_length);
    cr_assert_arr_eq(record, expected, expected_length, "%s, %zu bytes", both->parameters.cipher->title, length);
    cr_assert_eq(expected_length, lk_record_length(both->parameters.version, both->parameters.cipher,
                                                   both->parameters.encrypt_then_mac, length, 0));
    lk_operation back = opening(expected, expected_length, sequence);
    cr_assert_eq(support_run(both->open, &back), LK_OK, "%s, %zu bytes", both->parameters.cipher->title, length);
    cr_assert_eq(back.output_length, length);
    cr_assert_eq(back.content_type, LK_CONTENT_APPLICATION_DATA);
    cr_assert_arr_eq(opened, plaintext, length);
    chain(both, expected, expected_length);
}

static void every_length(form chosen)
{
    static const size_t lengths[] = {255, 256, 257, 1024, 1400, 4096, 16335, 16336, 16352, 16363, 16383, 16384};
    pair both = pair_new(chosen);
    uint64_t sequence = 0;
    for (size_t length = 0; length < 130; length++)
        check_both_ways(&both, length, sequence++);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        check_both_ways(&both, lengths[i], sequence += UINT64_C(0x0102030405));
    check_both_ways(&both, 100, UINT64_MAX - 1);
    pair_free(&both);
}

Test(classic, makes_and_opens_what_the_rfcs_say_for_every_version_cipher_order_and_length)
{
    each_form(every_length);
}

static void in_place(form chosen)
{
    pair both = pair_new(chosen);
    size_t ahead = 5 + lk_record_explicit_nonce_length(chosen.version, both.parameters.cipher);
    for (uint64_t sequence = 0; sequence < 3; sequence++) {
        support_fill(plaintext, 5000, (uint32_t)sequence);
        lk_operation operation = sealing(&both, 5000, sequence);
        cr_assert_eq(support_run(both.seal, &operation), LK_OK);
        lk_operation back = opening(record, operation.output_length, sequence);
        back.output = record + ahead;
        back.output_capacity = operation.output_length - ahead;
        cr_assert_eq(support_run(both.open, &back), LK_OK);
        cr_assert_eq(back.output_length, 5000);
        cr_assert_arr_eq(record + ahead, plaintext, 5000);
    }
    pair_free(&both);
}

Test(classic, opens_in_place)
{
    each_form(in_place);
}

/* Padding. */

/* The content length at which a padding of that value fills the last block. */
static size_t length_for(const pair *both, int padding, size_t at_least)
{
    size_t length = at_least;
    while ((classic_padding(&both->parameters, length) - padding) % both->parameters.cipher->block_length != 0)
        length++;
    return length;
}

static void every_padding(form chosen)
{
    static const size_t sizes[] = {0, 37, 300, 16300};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (int padding = 0; padding < PADDINGS; padding += sizes[s] == 16300 ? 15 : 1) {
            pair both = pair_new(chosen);
            size_t length = length_for(&both, padding, sizes[s]);
            support_fill(plaintext, length, (uint32_t)padding);
            classic_record description = wanted(&both, length, 5);
            description.padding = padding;
            lk_operation back = opening(expected, classic_reference(&both.parameters, &description, expected), 5);
            cr_assert_eq(support_run(both.open, &back), LK_OK, "padding %d behind %zu bytes", padding, length);
            cr_assert_eq(back.output_length, length);
            cr_assert_arr_eq(opened, plaintext, length);
            pair_free(&both);
        }
}

Test(classic, every_padding_from_0_to_255_is_taken)
{
    every_padding((form){LK_TLS1_2, LK_CIPHER_AES_128_CBC_SHA, false});
    every_padding((form){LK_TLS1_2, LK_CIPHER_AES_128_CBC_SHA, true});
    every_padding((form){LK_TLS1_2, LK_CIPHER_AES_256_CBC_SHA256, false});
    every_padding((form){LK_TLS1_1, LK_CIPHER_AES_256_CBC_SHA384, false});
    every_padding((form){LK_TLS1_0, LK_CIPHER_AES_256_CBC_SHA, false});
    every_padding((form){LK_TLS1_0, LK_CIPHER_3DES_EDE_CBC_SHA, false});
    every_padding((form){LK_TLS1_2, LK_CIPHER_3DES_EDE_CBC_SHA, true});
}

/* P1: whatever is wrong, it is the same status, and no plaintext. */
static void expect_forged(pair *both, const classic_record *description, const char *what)
{
    memset(opened, 0xEE, sizeof opened);
    size_t length = classic_reference(&both->parameters, description, expected);
    lk_operation back = opening(expected, length, 5);
    cr_assert_eq(support_run(both->open, &back), LK_ERROR_BAD_RECORD_MAC, "%s", what);
    cr_assert_eq(back.output_length, 0);
    for (size_t i = 0; i + 4 <= description->length; i++)
        cr_assert_neq(memcmp(opened + i, plaintext + i, 4), 0, "plaintext was released: %s", what);
}

/* RFC 6101 section 5.2.3.2: padding shorter than a block, which may hold anything. */
static void padding_of_ssl_3_0(lk_cipher_id id)
{
    const size_t block = lk_cipher_find(id)->block_length;
    for (int padding = 0; padding < PADDINGS; padding++)
        for (size_t wrong = 0; wrong < block && (int)wrong <= padding; wrong++) {
            pair both = pair_new((form){LK_SSL3, id, false});
            size_t length = length_for(&both, padding, 37);
            support_fill(plaintext, length, (uint32_t)padding);
            classic_record description = wanted(&both, length, 5);
            description.padding = padding;
            description.padding_place = wrong;
            description.wrong_padding = wrong > 0 ? 0xA5 : 0;
            lk_operation back = opening(expected, classic_reference(&both.parameters, &description, expected), 5);
            bool good = padding < (int)block;
            cr_assert_eq(support_run(both.open, &back), good ? LK_OK : LK_ERROR_BAD_RECORD_MAC, "padding %d", padding);
            cr_assert_eq(back.output_length, good ? length : 0);
            if (good)
                cr_assert_arr_eq(opened, plaintext, length);
            pair_free(&both);
        }
}

Test(classic, ssl_3_0_takes_padding_below_a_block_whatever_it_holds_and_none_above)
{
    padding_of_ssl_3_0(LK_CIPHER_AES_128_CBC_SHA);
    padding_of_ssl_3_0(LK_CIPHER_3DES_EDE_CBC_SHA);
}

Test(classic, P1_in_ssl_3_0_each_wrong_byte_of_the_mac_and_each_wrong_length_of_padding_is_the_same_bad_record_mac)
{
    pair both = pair_new((form){LK_SSL3, LK_CIPHER_AES_256_CBC_SHA, false});
    for (int padding = 0; padding < 16; padding++) {
        size_t length = length_for(&both, padding, 40);
        support_fill(plaintext, length, 3);
        classic_record description = wanted(&both, length, 5);
        description.padding = padding;
        for (unsigned wrong = 1; wrong <= UINT8_MAX; wrong++) {
            description.wrong_padding = (uint8_t)wrong;
            expect_forged(&both, &description, "the length of the padding");
        }
        description.wrong_padding = 0;
        description.wrong_mac = 1;
        for (; description.mac_place < 20; description.mac_place++)
            expect_forged(&both, &description, "a byte of the MAC");
    }
    pair_free(&both);
}

Test(classic, ssl_3_0_has_no_macs_but_those_of_md5_and_sha_1_and_no_encrypt_then_mac)
{
    lk_engine *engine = support_software();
    for (lk_cipher_id id = LK_CIPHER_AES_128_GCM; lk_cipher_find(id); id++) {
        const lk_cipher *cipher = lk_cipher_find(id);
        bool there = cipher->kind != LK_KIND_STREAM || lk_engine_supports(engine, LK_TLS1_2, cipher);
        bool old = there && (cipher->mac == LK_MAC_SHA1 || cipher->mac == LK_MAC_MD5);
        cr_expect_eq(lk_engine_supports(engine, LK_SSL3, cipher), old, "%s", cipher->title);
        lk_direction_parameters parameters = support_parameters(LK_SEAL, LK_SSL3, cipher, 1);
        lk_direction *direction;
        cr_expect_eq(lk_engine_open(engine, &parameters, &direction), old ? LK_OK : LK_ERROR_ENGINE_UNSUPPORTED);
        lk_direction_close(direction);
        parameters.encrypt_then_mac = true;
        cr_expect_eq(lk_engine_open(engine, &parameters, &direction), LK_ERROR_ENGINE_UNSUPPORTED);
    }
    lk_engine_free(engine);
}

static void every_wrong_byte(form chosen)
{
    pair both = pair_new(chosen);
    for (int padding = 0; padding < PADDINGS; padding++) {
        size_t length = length_for(&both, padding, 40);
        support_fill(plaintext, length, 3);
        classic_record description = wanted(&both, length, 5);
        description.padding = padding;
        description.wrong_padding = (uint8_t)(1u << (padding % 8));
        for (int place = 1; place <= padding; place++) {
            description.padding_place = (size_t)place;
            expect_forged(&both, &description, "a byte of padding");
        }
        description.padding_place = 0; /* the length byte itself */
        for (unsigned bit = 0; bit < 8 && padding > 0; bit++) {
            description.wrong_padding = (uint8_t)(1u << bit);
            expect_forged(&both, &description, "the length of the padding");
        }
        description.wrong_padding = 0;
        description.wrong_mac = 1;
        for (size_t place = 0; place < both.parameters.cipher->tag_length; place++) {
            description.mac_place = place;
            expect_forged(&both, &description, "a byte of the MAC");
        }
        description.wrong_mac = 0;
        lk_operation good = opening(expected, classic_reference(&both.parameters, &description, expected), 5);
        cr_assert_eq(support_run(both.open, &good), LK_OK, "the direction does not go on after forgeries");
        memcpy(both.iv, chosen.version <= LK_TLS1_0 ? both.parameters.iv : iv, sizeof both.iv);
        chain(&both, expected, good.input_length);
    }
    pair_free(&both);
}

Test(classic, P1_each_wrong_byte_of_padding_and_mac_is_the_same_bad_record_mac_and_releases_nothing)
{
    every_wrong_byte((form){LK_TLS1_2, LK_CIPHER_AES_128_CBC_SHA, false});
    every_wrong_byte((form){LK_TLS1_1, LK_CIPHER_AES_256_CBC_SHA256, false});
    every_wrong_byte((form){LK_TLS1_0, LK_CIPHER_AES_256_CBC_SHA384, false});
    every_wrong_byte((form){LK_TLS1_2, LK_CIPHER_3DES_EDE_CBC_SHA, false});
}

Test(classic, P5_padding_and_mac_are_found_wherever_they_stand)
{
    enum { LONGEST = 400 };
    static const size_t macs[] = {20, 32, 48};
    for (size_t m = 0; m < sizeof macs / sizeof macs[0]; m++)
        for (size_t total = macs[m] + 1; total <= LONGEST; total += total < 100 ? 1 : 23)
            for (uint32_t padding = 0; padding < PADDINGS; padding++) {
                bool room = padding + 1 + macs[m] <= total;
                size_t end = padding + 1 <= total ? total - padding - 1 : 0;
                support_fill(plaintext, total, padding);
                memset(plaintext + end, (int)padding, total - end);
                uint32_t good, length = lk_padding_check(plaintext, total, macs[m], &good);
                cr_assert_eq(good, room ? UINT32_MAX : 0, "%u in %zu", padding, total);
                cr_assert_eq(length, room ? padding + 1 : 0);
                uint8_t mac[LK_MAC_KEY_MAX];
                size_t start = total - length - macs[m];
                lk_padding_extract_mac(plaintext, total, (uint32_t)start, macs[m], mac);
                cr_assert_arr_eq(mac, plaintext + start, macs[m], "padding %u in %zu", padding, total);
            }
}

/* A padding length that reaches into the MAC, or past the start of the record. */
Test(classic, P1_padding_that_leaves_no_room_for_a_mac_is_refused)
{
    for (lk_cipher_id id = LK_CIPHER_AES_128_CBC_SHA; lk_cipher_find(id); id++) {
        if (!is_cbc(lk_cipher_find(id)))
            continue;
        pair both = pair_new((form){LK_TLS1_2, id, false});
        const size_t mac = both.parameters.cipher->tag_length, block = both.parameters.cipher->block_length;
        for (size_t blocks = (mac + block) / block; blocks <= 16; blocks++) {
            size_t total = block * blocks;
            for (size_t padding = total - mac; padding < total + block && padding < PADDINGS; padding++) {
                /* All bytes of the record are the padding's value: only the room for the MAC is missing. */
                lk_direction_parameters bare = both.parameters;
                bare.encrypt_then_mac = true;
                memset(plaintext, (int)padding, total);
                classic_record description = wanted(&both, total, 5);
                classic_reference(&bare, &description, expected);
                expected[3] = (uint8_t)((block + total) >> 8);
                expected[4] = (uint8_t)(block + total);
                lk_operation back = opening(expected, 5 + block + total, 5);
                cr_assert_eq(support_run(both.open, &back), LK_ERROR_BAD_RECORD_MAC);
                cr_assert_eq(back.output_length, 0);
                for (size_t i = 0; i < total; i++)
                    cr_assert_eq(opened[i], 0, "what was decrypted is wiped");
            }
        }
        pair_free(&both);
    }
}

/* Opens with the same key once more: a key stream does not go back. */
static void begin_again(pair *both)
{
    if (both->parameters.cipher->kind != LK_KIND_STREAM)
        return;
    lk_direction_close(both->open);
    both->open = support_open(both->engine, &both->parameters);
}

static void flip_every_byte(form chosen)
{
    pair both = pair_new(chosen);
    support_fill(plaintext, 300, 11);
    lk_operation operation = sealing(&both, 300, 5);
    cr_assert_eq(support_run(both.seal, &operation), LK_OK);
    size_t ahead = 5 + lk_record_explicit_nonce_length(chosen.version, both.parameters.cipher);
    for (size_t byte = 0; byte < operation.output_length; byte++) {
        if (byte == 3 || byte == 4) /* the length: another fault */
            continue;
        begin_again(&both);
        memcpy(expected, record, operation.output_length);
        expected[byte] ^= (uint8_t)(1u << byte % 8);
        if (byte == 1 || byte == 2) { /* the version is the record layer's to judge, but the MAC of TLS covers it too */
            lk_operation forged = opening(expected, operation.output_length, 5);
            if (chosen.version > LK_SSL3)
                cr_assert_eq(support_run(both.open, &forged), LK_ERROR_BAD_RECORD_MAC);
            continue;
        }
        lk_operation forged = opening(expected, operation.output_length, 5);
        forged.output = expected + ahead;
        forged.output_capacity = operation.output_length - ahead;
        cr_assert_eq(support_run(both.open, &forged), LK_ERROR_BAD_RECORD_MAC, "%s, byte %zu",
                     both.parameters.cipher->title, byte);
        cr_assert_eq(forged.output_length, 0);
        for (size_t i = 0; i < 300; i++)
            cr_assert_eq(expected[ahead + i], 0, "plaintext is left where it was opened in place");
    }
    begin_again(&both);
    lk_operation elsewhere = opening(record, operation.output_length, 4);
    cr_assert_eq(support_run(both.open, &elsewhere), LK_ERROR_BAD_RECORD_MAC, "another sequence number");
    begin_again(&both);
    lk_operation good = opening(record, operation.output_length, 5);
    cr_assert_eq(support_run(both.open, &good), LK_OK);
    pair_free(&both);
}

Test(classic, P1_a_record_with_any_byte_changed_is_refused_and_wiped)
{
    each_form(flip_every_byte);
}

/* Lengths. */

static lk_error open_fragment(pair *both, size_t fragment)
{
    memset(record, 0x17, sizeof record);
    record[1] = 3;
    record[2] = (uint8_t)both->parameters.version;
    record[3] = (uint8_t)(fragment >> 8);
    record[4] = (uint8_t)fragment;
    lk_operation operation = opening(record, 5 + fragment, 0);
    lk_error status = support_run(both->open, &operation);
    cr_assert_eq(operation.output_length, 0);
    return status;
}

static void edges(form chosen)
{
    pair both = pair_new(chosen);
    size_t ahead = lk_record_explicit_nonce_length(chosen.version, both.parameters.cipher);
    size_t mac = both.parameters.cipher->tag_length;
    size_t block = both.parameters.cipher->block_length;
    size_t shortest = ahead + (chosen.encrypt_then_mac ? block + mac : (mac + block) / block * block);
    size_t longest = ahead + 16384 + mac + (chosen.version == LK_SSL3 ? block : 256);
    for (size_t fragment = 0; fragment < shortest; fragment++)
        cr_assert_eq(open_fragment(&both, fragment), LK_ERROR_RECORD_TOO_SHORT, "%zu", fragment);
    for (size_t fragment = shortest; fragment < shortest + 33; fragment++)
        cr_assert_eq(open_fragment(&both, fragment), LK_ERROR_BAD_RECORD_MAC, "%zu", fragment);
    for (size_t fragment = longest - 20; fragment <= longest; fragment++)
        cr_assert_eq(open_fragment(&both, fragment), LK_ERROR_BAD_RECORD_MAC, "%zu", fragment);
    cr_assert_eq(open_fragment(&both, longest + 1), LK_ERROR_RECORD_OVERFLOW);
    cr_assert_eq(open_fragment(&both, 16384 + 2048), LK_ERROR_RECORD_OVERFLOW);
    pair_free(&both);
}

Test(classic, names_records_that_are_too_short_or_too_long_whatever_is_in_them)
{
    each_cbc_form(edges);
    pair both = pair_new((form){LK_TLS1_2, LK_CIPHER_NULL_SHA, false});
    cr_expect_eq(open_fragment(&both, 19), LK_ERROR_RECORD_TOO_SHORT);
    cr_expect_eq(open_fragment(&both, 20), LK_ERROR_BAD_RECORD_MAC);
    cr_expect_eq(open_fragment(&both, 16384 + 20), LK_ERROR_BAD_RECORD_MAC);
    cr_expect_eq(open_fragment(&both, 16384 + 21), LK_ERROR_RECORD_OVERFLOW);
    pair_free(&both);
}

static void too_much_content(form chosen)
{
    pair both = pair_new(chosen);
    support_fill(plaintext, 16400, 1);
    for (size_t length = 16384; length <= 16400; length += 16) {
        classic_record description = wanted(&both, length, 0);
        lk_operation back = opening(expected, classic_reference(&both.parameters, &description, expected), 0);
        cr_assert_eq(support_run(both.open, &back), length > 16384 ? LK_ERROR_RECORD_OVERFLOW : LK_OK);
        cr_assert_eq(back.output_length, length > 16384 ? 0 : length);
        chain(&both, expected, back.input_length);
    }
    pair_free(&both);
}

Test(classic, more_than_2_to_the_14_bytes_in_a_good_record_overflow)
{
    each_cbc_form(too_much_content);
}

/* P2, and mistakes of the caller. */

static void sequence_rules(form chosen)
{
    pair both = pair_new(chosen);
    lk_operation operation = sealing(&both, 10, 7);
    cr_assert_eq(support_run(both.seal, &operation), LK_OK);
    cr_assert_eq(support_run(both.seal, &operation), LK_ERROR_SEQUENCE_REUSED);
    operation.sequence = UINT64_MAX;
    cr_assert_eq(support_run(both.seal, &operation), LK_ERROR_SEQUENCE_EXHAUSTED);
    operation = sealing(&both, 10, 8);
    operation.padding = 1;
    cr_assert_eq(support_run(both.seal, &operation), LK_ERROR_INVALID_ARGUMENT, "padding is not the caller's");
    operation = sealing(&both, 16385, 8);
    cr_assert_eq(support_run(both.seal, &operation), LK_ERROR_INVALID_ARGUMENT);
    operation = sealing(&both, 10, 8);
    operation.output_capacity =
        lk_record_length(chosen.version, both.parameters.cipher, chosen.encrypt_then_mac, 10, 0) - 1;
    cr_assert_eq(support_run(both.seal, &operation), LK_ERROR_INVALID_ARGUMENT);
    operation = sealing(&both, 10, 8);
    cr_assert_eq(support_run(both.seal, &operation), LK_OK);
    size_t length = operation.output_length;
    operation = opening(record, length - 1, 8);
    cr_assert_eq(support_run(both.open, &operation), LK_ERROR_INVALID_ARGUMENT);
    operation = opening(record, length, UINT64_MAX);
    cr_assert_eq(support_run(both.open, &operation), LK_ERROR_SEQUENCE_EXHAUSTED);
    operation = opening(record, length, 8);
    operation.output_capacity = 9;
    cr_assert_eq(support_run(both.open, &operation), LK_ERROR_INVALID_ARGUMENT);
    pair_free(&both);
}

Test(classic, P2_sequence_numbers_and_arguments_are_checked_as_for_every_cipher)
{
    each_form(sequence_rules);
}

Test(classic, the_same_operation_gives_the_same_bytes_from_every_direction)
{
    pair both = pair_new((form){LK_TLS1_2, LK_CIPHER_AES_128_CBC_SHA, false});
    support_fill(plaintext, 100, 1);
    lk_operation operation = sealing(&both, 100, 0);
    cr_assert_eq(support_run(both.seal, &operation), LK_OK);
    memcpy(expected, record, operation.output_length);
    lk_direction_parameters parameters = both.parameters;
    parameters.kind = LK_SEAL;
    lk_direction *again = support_open(both.engine, &parameters);
    cr_assert_eq(support_run(again, &operation), LK_OK);
    cr_expect_arr_eq(record, expected, operation.output_length);
    lk_direction_close(again);
    pair_free(&both);
}

Test(classic, belongs_to_the_versions_below_1_3_and_aead_to_those_above_1_1)
{
    lk_engine *engine = support_software();
    const lk_cipher *cbc = lk_cipher_find(LK_CIPHER_AES_128_CBC_SHA), *gcm = lk_cipher_find(LK_CIPHER_AES_128_GCM);
    for (uint16_t version = LK_SSL3; version <= LK_TLS1_3; version++) {
        bool old = version <= LK_TLS1_2;
        cr_expect_eq(lk_engine_supports(engine, version, cbc), old);
        cr_expect_eq(lk_engine_supports(engine, version, gcm), version >= LK_TLS1_2);
        lk_direction_parameters parameters = support_parameters(LK_SEAL, version, cbc, 1);
        lk_direction *direction;
        cr_expect_eq(lk_engine_open(engine, &parameters, &direction), old ? LK_OK : LK_ERROR_ENGINE_UNSUPPORTED);
        lk_direction_close(direction);
    }
    lk_engine_free(engine);
}

/* Key streams */

static void expect_spent(form chosen)
{
    pair both = pair_new(chosen);
    support_fill(plaintext, 300, 2);
    lk_operation operation = sealing(&both, 300, 0);
    cr_assert_eq(support_run(both.seal, &operation), LK_OK);
    record[20] ^= 1;
    lk_operation forged = opening(record, operation.output_length, 0);
    cr_expect_eq(support_run(both.open, &forged), LK_ERROR_BAD_RECORD_MAC);
    record[20] ^= 1;
    lk_operation good = opening(record, operation.output_length, 0);
    cr_expect_eq(support_run(both.open, &good), LK_ERROR_BAD_RECORD_MAC);
    cr_expect_eq(good.output_length, 0);
    pair_free(&both);
}

Test(classic, P1_behind_a_forged_record_a_key_stream_opens_no_other)
{
    each_form_of(is_stream, expect_spent);
}

static void expect_from_the_start(form chosen)
{
    pair both = pair_new(chosen);
    lk_direction *direction;
    both.parameters.first_sequence = 1;
    cr_expect_eq(lk_engine_open(both.engine, &both.parameters, &direction), LK_ERROR_ENGINE_UNSUPPORTED);
    pair_free(&both);
}

Test(classic, P2_a_key_stream_is_entered_at_its_start_alone)
{
    each_form_of(is_stream, expect_from_the_start);
}

Test(classic, key_streams_are_there_once_they_are_asked_for_and_never_before)
{
    lk_engine *engine;
    cr_assert_eq(lk_engine_software_new(&engine), LK_OK);
    const lk_cipher *rc4 = lk_cipher_find(LK_CIPHER_RC4_128_SHA), *des = lk_cipher_find(LK_CIPHER_3DES_EDE_CBC_SHA);
    cr_expect_not(lk_engine_supports(engine, LK_TLS1_0, rc4));
    cr_expect(lk_engine_supports(engine, LK_TLS1_0, des));
    for (int again = 0; again < 2; again++) {
        lk_error error = lk_engine_software_load_legacy(engine);
        cr_expect(error == LK_OK || error == LK_ERROR_ENGINE_UNSUPPORTED);
        cr_expect_eq(lk_engine_supports(engine, LK_TLS1_0, rc4), error == LK_OK);
    }
    lk_engine_free(engine);
}

/* RFC 6229 section 2, the first of its vectors of 128 bits, but by way of a record: what was sealed is the key stream.
 */
Test(classic, the_key_stream_is_that_of_rfc_6229)
{
    static const uint8_t at_0[] = {0x9a, 0xc7, 0xcc, 0x9a, 0x60, 0x9d, 0x1e, 0xf7,
                                   0xb2, 0x93, 0x28, 0x99, 0xcd, 0xe4, 0x1b, 0x97};
    static const uint8_t at_240[] = {0x06, 0x59, 0x02, 0xe4, 0xb6, 0x20, 0xf6, 0xcc,
                                     0x36, 0xc8, 0x58, 0x9f, 0x66, 0x43, 0x2f, 0x2b};
    if (!has_cipher(LK_CIPHER_RC4_128_MD5, LK_TLS1_0))
        cr_skip("libcrypto has no provider \"legacy\" here");
    lk_engine *engine = support_software();
    lk_direction_parameters parameters =
        support_parameters(LK_SEAL, LK_TLS1_0, lk_cipher_find(LK_CIPHER_RC4_128_MD5), 1);
    for (uint8_t i = 0; i < 16; i++)
        parameters.key[i] = (uint8_t)(i + 1);
    lk_direction *direction = support_open(engine, &parameters);
    memset(plaintext, 0, 256);
    lk_operation operation = {.input = plaintext,
                              .input_length = 256,
                              .output = record,
                              .output_capacity = sizeof record,
                              .content_type = LK_CONTENT_APPLICATION_DATA};
    cr_assert_eq(support_run(direction, &operation), LK_OK);
    cr_expect_arr_eq(record + 5, at_0, sizeof at_0);
    cr_expect_arr_eq(record + 5 + 240, at_240, sizeof at_240);
    lk_direction_close(direction);
    lk_engine_free(engine);
}
