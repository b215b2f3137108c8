/* SPDX-License-Identifier: Apache-2.0 */
#include "rfc8448_records.h"
#include "support.h"

#include <criterion/criterion.h>

#include <string.h>

enum { ROOM = LK_RECORD_MAX + 1024 };

static const uint16_t versions[] = {LK_TLS1_2, LK_TLS1_3};
static const lk_cipher_id cipher_ids[] = {LK_CIPHER_AES_128_GCM, LK_CIPHER_AES_256_GCM, LK_CIPHER_CHACHA20_POLY1305,
                                          LK_CIPHER_AES_128_CCM, LK_CIPHER_AES_128_CCM_8};
enum { CIPHERS = sizeof cipher_ids / sizeof cipher_ids[0] };

static uint8_t plaintext[ROOM], record[ROOM], expected[ROOM], opened[ROOM];

/* One version and one cipher, with a direction each way under the same key. */
typedef struct pair {
    lk_engine *engine;
    lk_direction_parameters parameters;
    lk_direction *seal, *open;
} pair;

static pair pair_new(uint16_t version, lk_cipher_id id)
{
    pair both = {.engine = support_software()};
    both.parameters = support_parameters(LK_SEAL, version, lk_cipher_find(id), (uint8_t)(version + id));
    both.seal = support_open(both.engine, &both.parameters);
    both.parameters.kind = LK_OPEN;
    both.open = support_open(both.engine, &both.parameters);
    return both;
}

static void pair_free(pair *both)
{
    lk_direction_close(both->seal);
    lk_direction_close(both->open);
    lk_engine_free(both->engine);
}

static lk_operation sealing(const void *input, size_t length, uint64_t sequence)
{
    return (lk_operation){.input = input,
                          .input_length = length,
                          .output = record,
                          .output_capacity = sizeof record,
                          .sequence = sequence,
                          .content_type = LK_CONTENT_APPLICATION_DATA};
}

static lk_operation opening(const uint8_t *input, size_t length, uint64_t sequence)
{
    return (lk_operation){.input = input,
                          .input_length = length,
                          .output = opened,
                          .output_capacity = sizeof opened,
                          .sequence = sequence};
}

static void set_length(uint8_t *header, size_t length)
{
    header[3] = (uint8_t)(length >> 8);
    header[4] = (uint8_t)length;
}

Test(software, makes_and_opens_the_records_of_rfc_8448_byte_for_byte)
{
    lk_engine *engine = support_software();
    for (size_t i = 0; i < sizeof rfc8448_records / sizeof rfc8448_records[0]; i++) {
        const lk_trace_record *row = &rfc8448_records[i];
        lk_direction_parameters parameters = {.version = LK_TLS1_3, .cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM)};
        memcpy(parameters.key, row->key, 16);
        memcpy(parameters.iv, row->iv, 12);
        parameters.kind = LK_SEAL;
        lk_direction *seal = support_open(engine, &parameters);
        lk_operation operation = sealing(row->plaintext, row->plaintext_length, row->sequence);
        operation.content_type = row->content_type;
        cr_assert_eq(support_run(seal, &operation), LK_OK);
        cr_expect_eq(operation.output_length, row->record_length);
        cr_expect_arr_eq(record, row->record, row->record_length, "%s", row->title);

        parameters.kind = LK_OPEN;
        lk_direction *open = support_open(engine, &parameters);
        operation = opening(row->record, row->record_length, row->sequence);
        cr_assert_eq(support_run(open, &operation), LK_OK);
        cr_expect_eq(operation.content_type, row->content_type);
        cr_expect_eq(operation.output_length, row->plaintext_length);
        cr_expect_arr_eq(opened, row->plaintext, row->plaintext_length, "%s", row->title);
        lk_direction_close(seal);
        lk_direction_close(open);
    }
    lk_engine_free(engine);
}

static void check_against_reference(pair *both, size_t length, size_t padding, uint64_t sequence)
{
    support_fill(plaintext, length, (uint32_t)(length + sequence));
    reference_record wanted = {
        .content_type = 22, .sequence = sequence, .plaintext = plaintext, .length = length, .padding = padding};
    size_t expected_length = reference_seal(&both->parameters, &wanted, expected);

    lk_operation operation = sealing(plaintext, length, sequence);
    operation.content_type = 22;
    operation.padding = (uint16_t)padding;
    operation.output_capacity =
        lk_record_sealed_length(both->parameters.version, both->parameters.cipher, length, padding);
    cr_assert_eq(support_run(both->seal, &operation), LK_OK);
    cr_assert_str_eq(operation.engine, "software");
    cr_assert_eq(operation.slot, -1);
    cr_assert_eq(operation.output_length, expected_length);
    cr_assert_arr_eq(record, expected, expected_length, "%zu bytes, %zu of padding", length, padding);

    lk_operation back = opening(expected, expected_length, sequence);
    cr_assert_eq(support_run(both->open, &back), LK_OK);
    cr_assert_eq(back.content_type, 22);
    cr_assert_eq(back.output_length, length);
    cr_assert_arr_eq(opened, plaintext, length);
}

Test(software, makes_what_the_rfcs_say_for_every_cipher_version_and_length)
{
    static const size_t lengths[] = {0,  1,   2,   15,   16,   17,   31,   32,   33,    63,    64,   65,
                                     79, 255, 256, 1023, 1024, 1400, 4096, 8191, 16368, 16383, 16384};
    for (size_t v = 0; v < 2; v++)
        for (size_t c = 0; c < CIPHERS; c++) {
            pair both = pair_new(versions[v], cipher_ids[c]);
            uint64_t sequence = 0;
            for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
                check_against_reference(&both, lengths[i], 0, sequence++);
                sequence += UINT64_C(0x0102030405);
            }
            check_against_reference(&both, 100, 0, UINT64_MAX - 1);
            pair_free(&both);
        }
}

Test(software, pads_and_strips_in_tls_1_3)
{
    static const size_t paddings[] = {1, 7, 8, 15, 16, 255, 4096, 16284};
    for (size_t c = 0; c < CIPHERS; c++) {
        pair both = pair_new(LK_TLS1_3, cipher_ids[c]);
        for (size_t i = 0; i < sizeof paddings / sizeof paddings[0]; i++)
            check_against_reference(&both, 100, paddings[i], i);
        check_against_reference(&both, 0, 16384, 100);
        check_against_reference(&both, 16384, 0, 101);
        pair_free(&both);
    }
}

Test(software, keeps_zeros_at_the_end_of_content)
{
    pair both = pair_new(LK_TLS1_3, LK_CIPHER_AES_128_GCM);
    static const uint8_t zeros[100];
    lk_operation operation = sealing(zeros, sizeof zeros, 0);
    operation.padding = 50;
    cr_assert_eq(support_run(both.seal, &operation), LK_OK);
    lk_operation back = opening(record, operation.output_length, 0);
    cr_assert_eq(support_run(both.open, &back), LK_OK);
    cr_expect_eq(back.output_length, sizeof zeros);
    pair_free(&both);
}

Test(software, opens_in_place)
{
    for (size_t v = 0; v < 2; v++)
        for (size_t c = 0; c < CIPHERS; c++) {
            pair both = pair_new(versions[v], cipher_ids[c]);
            support_fill(plaintext, 5000, 7);
            lk_operation operation = sealing(plaintext, 5000, 3);
            cr_assert_eq(support_run(both.seal, &operation), LK_OK);
            size_t ahead = 5 + lk_record_explicit_nonce_length(versions[v], both.parameters.cipher);
            lk_operation back = opening(record, operation.output_length, 3);
            back.output = record + ahead;
            back.output_capacity = operation.output_length - ahead - both.parameters.cipher->tag_length;
            cr_assert_eq(support_run(both.open, &back), LK_OK);
            cr_assert_eq(back.output_length, 5000);
            cr_expect_arr_eq(record + ahead, plaintext, 5000);
            pair_free(&both);
        }
}

/* P1: no unverified plaintext. */

static void check_refused(pair *both, const uint8_t *forged, size_t length, uint64_t sequence, const char *what)
{
    memset(opened, 0xEE, sizeof opened);
    lk_operation operation = opening(forged, length, sequence);
    cr_assert_eq(support_run(both->open, &operation), LK_ERROR_BAD_RECORD_MAC, "%s", what);
    cr_assert_eq(operation.output_length, 0);
    size_t window = 0; /* nothing of the plaintext may be there, not even four bytes of it */
    for (size_t i = 0; i + 4 <= 300; i++)
        window += memcmp(opened + i, plaintext + i, 4) == 0;
    cr_assert_eq(window, 0, "plaintext was released: %s", what);
}

static void flip_every_bit(pair *both)
{
    support_fill(plaintext, 300, 11);
    lk_operation operation = sealing(plaintext, 300, 5);
    cr_assert_eq(support_run(both->seal, &operation), LK_OK);
    size_t length = operation.output_length;
    for (size_t byte = 0; byte < length; byte++) {
        bool tag = byte >= length - both->parameters.cipher->tag_length;
        bool inner = both->parameters.version == LK_TLS1_3;
        if (byte == 3 || byte == 4 || (!tag && !inner && byte == 0)) /* other faults: lengths have tests of their own */
            continue;
        for (unsigned bit = 0; bit < 8; bit += tag ? 1 : 3) {
            memcpy(expected, record, length);
            expected[byte] ^= (uint8_t)(1u << bit);
            check_refused(both, expected, length, 5, "a bit was flipped");
        }
    }
    check_refused(both, record, length, 4, "another sequence number");
    lk_operation good = opening(record, length, 5);
    cr_assert_eq(support_run(both->open, &good), LK_OK, "the direction does not go on after forgeries");
}

Test(software, P1_a_forged_record_releases_no_plaintext)
{
    for (size_t v = 0; v < 2; v++)
        for (size_t c = 0; c < CIPHERS; c++) {
            pair both = pair_new(versions[v], cipher_ids[c]);
            flip_every_bit(&both);
            pair_free(&both);
        }
}

Test(software, P1_a_forged_record_leaves_nothing_when_opened_in_place)
{
    pair both = pair_new(LK_TLS1_3, LK_CIPHER_AES_128_GCM);
    support_fill(plaintext, 300, 12);
    lk_operation operation = sealing(plaintext, 300, 0);
    cr_assert_eq(support_run(both.seal, &operation), LK_OK);
    record[operation.output_length - 1] ^= 1;
    lk_operation back = opening(record, operation.output_length, 0);
    back.output = record + 5;
    cr_assert_eq(support_run(both.open, &back), LK_ERROR_BAD_RECORD_MAC);
    for (size_t i = 0; i < 301; i++)
        cr_assert_eq(record[5 + i], 0);
    pair_free(&both);
}

/* P2: no nonce twice. */

Test(software, P2_a_sequence_number_is_sealed_once_and_they_only_grow)
{
    for (size_t v = 0; v < 2; v++) {
        pair both = pair_new(versions[v], LK_CIPHER_AES_128_GCM);
        static const struct {
            uint64_t sequence;
            lk_error status;
        } steps[] = {{0, LK_OK},
                     {0, LK_ERROR_SEQUENCE_REUSED},
                     {1, LK_OK},
                     {7, LK_OK},
                     {7, LK_ERROR_SEQUENCE_REUSED},
                     {2, LK_ERROR_SEQUENCE_REUSED},
                     {UINT64_MAX, LK_ERROR_SEQUENCE_EXHAUSTED},
                     {8, LK_OK},
                     {UINT64_MAX - 1, LK_OK},
                     {UINT64_MAX - 1, LK_ERROR_SEQUENCE_REUSED},
                     {UINT64_MAX, LK_ERROR_SEQUENCE_EXHAUSTED}};
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            memset(record, 0xEE, 64);
            lk_operation operation = sealing("once", 4, steps[i].sequence);
            cr_assert_eq(support_run(both.seal, &operation), steps[i].status, "step %zu", i);
            if (steps[i].status != LK_OK) {
                cr_assert_eq(operation.output_length, 0);
                cr_assert_eq(record[0], 0xEE, "something was written");
            }
        }
        pair_free(&both);
    }
}

Test(software, P2_a_key_with_limits_says_when_it_is_near_the_end_and_then_seals_no_more)
{
    lk_engine *engine = support_software();
    lk_direction_parameters parameters = support_parameters(LK_SEAL, LK_TLS1_3, lk_cipher_find(0), 1);
    parameters.limited = true;
    parameters.first_sequence = 1;
    parameters.soft_limit = 3;
    parameters.hard_limit = 5;
    lk_direction *direction = support_open(engine, &parameters);
    for (uint64_t sequence = 1; sequence < 8; sequence++) {
        uint8_t output[64];
        lk_operation operation = {.output = output,
                                  .output_capacity = sizeof output,
                                  .sequence = sequence,
                                  .content_type = LK_CONTENT_APPLICATION_DATA,
                                  .near_limit = sequence < 3};
        cr_expect_eq(support_run(direction, &operation), sequence < 5 ? LK_OK : LK_ERROR_SEQUENCE_EXHAUSTED);
        cr_expect_eq(operation.near_limit, sequence >= 3 && sequence < 5, "number %d", (int)sequence);
    }
    lk_direction_close(direction);
    lk_engine_free(engine);
}

Test(software, P2_a_direction_begins_at_its_first_sequence_number)
{
    lk_engine *engine = support_software();
    lk_direction_parameters parameters = support_parameters(LK_SEAL, LK_TLS1_3, lk_cipher_find(0), 1);
    parameters.first_sequence = 10;
    lk_direction *seal = support_open(engine, &parameters);
    lk_operation operation = sealing("x", 1, 9);
    cr_expect_eq(support_run(seal, &operation), LK_ERROR_SEQUENCE_REUSED);
    operation = sealing("x", 1, 10);
    cr_expect_eq(support_run(seal, &operation), LK_OK);
    lk_direction_close(seal);
    lk_engine_free(engine);
}

/* Mistakes of the caller, and of the peer. */

static void expect_seal_refused(pair *both, lk_operation operation, const char *what)
{
    cr_expect_eq(support_run(both->seal, &operation), LK_ERROR_INVALID_ARGUMENT, "%s", what);
    cr_expect_eq(operation.output_length, 0);
}

Test(software, refuses_to_seal_what_the_caller_got_wrong)
{
    for (size_t v = 0; v < 2; v++) {
        pair both = pair_new(versions[v], LK_CIPHER_AES_256_GCM);
        lk_operation operation = sealing(plaintext, 10, 0);
        operation.content_type = 0;
        expect_seal_refused(&both, operation, "content type 0");
        expect_seal_refused(&both, sealing(plaintext, 16385, 0), "more than 2^14 bytes");
        operation = sealing(plaintext, 16384, 0);
        operation.padding = 1;
        expect_seal_refused(&both, operation, "padding past 2^14 bytes");
        operation = sealing(plaintext, 10, 0);
        operation.output_capacity = lk_record_sealed_length(versions[v], both.parameters.cipher, 10, 0) - 1;
        expect_seal_refused(&both, operation, "an output that is too small");
        expect_seal_refused(&both, sealing(NULL, 10, 0), "no input");
        operation = sealing(plaintext, 10, 0);
        operation.padding = 1;
        if (versions[v] == LK_TLS1_2)
            expect_seal_refused(&both, operation, "padding in TLS 1.2");
        operation = sealing(plaintext, 10, 0);
        cr_expect_eq(support_run(both.seal, &operation), LK_OK, "nothing of this used up a sequence number");
        pair_free(&both);
    }
}

static lk_error open_fragment(pair *both, size_t fragment)
{
    memset(record, 0x17, sizeof record);
    record[1] = record[2] = 3;
    set_length(record, fragment);
    lk_operation operation = opening(record, 5 + fragment, 0);
    lk_error status = support_run(both->open, &operation);
    cr_expect_eq(operation.output_length, 0);
    return status;
}

Test(software, names_records_that_are_too_short_or_too_long)
{
    pair both = pair_new(LK_TLS1_3, LK_CIPHER_AES_128_GCM);
    cr_expect_eq(open_fragment(&both, 0), LK_ERROR_RECORD_TOO_SHORT);
    cr_expect_eq(open_fragment(&both, 16), LK_ERROR_RECORD_TOO_SHORT);
    cr_expect_eq(open_fragment(&both, 17), LK_ERROR_BAD_RECORD_MAC);
    cr_expect_eq(open_fragment(&both, 16385 + 16), LK_ERROR_BAD_RECORD_MAC);
    cr_expect_eq(open_fragment(&both, 16385 + 17), LK_ERROR_RECORD_OVERFLOW);
    cr_expect_eq(open_fragment(&both, 16384 + 256), LK_ERROR_RECORD_OVERFLOW);
    cr_expect_eq(open_fragment(&both, 16384 + 257), LK_ERROR_RECORD_OVERFLOW);
    pair_free(&both);
    both = pair_new(LK_TLS1_2, LK_CIPHER_AES_128_GCM);
    cr_expect_eq(open_fragment(&both, 23), LK_ERROR_RECORD_TOO_SHORT);
    cr_expect_eq(open_fragment(&both, 24), LK_ERROR_BAD_RECORD_MAC);
    cr_expect_eq(open_fragment(&both, 16384 + 24), LK_ERROR_BAD_RECORD_MAC);
    cr_expect_eq(open_fragment(&both, 16384 + 25), LK_ERROR_RECORD_OVERFLOW);
    pair_free(&both);
    both = pair_new(LK_TLS1_2, LK_CIPHER_CHACHA20_POLY1305);
    cr_expect_eq(open_fragment(&both, 15), LK_ERROR_RECORD_TOO_SHORT);
    cr_expect_eq(open_fragment(&both, 16), LK_ERROR_BAD_RECORD_MAC);
    cr_expect_eq(open_fragment(&both, 16384 + 17), LK_ERROR_RECORD_OVERFLOW);
    pair_free(&both);
}

Test(software, refuses_to_open_what_the_caller_got_wrong)
{
    pair both = pair_new(LK_TLS1_3, LK_CIPHER_AES_128_GCM);
    lk_operation sealed = sealing("hello", 5, 0);
    cr_assert_eq(support_run(both.seal, &sealed), LK_OK);
    size_t length = sealed.output_length;
    for (size_t short_length = 0; short_length < length; short_length++) {
        lk_operation operation = opening(record, short_length, 0);
        cr_expect_eq(support_run(both.open, &operation), LK_ERROR_INVALID_ARGUMENT, "cut to %zu", short_length);
    }
    lk_operation operation = opening(record, length + 1, 0);
    cr_expect_eq(support_run(both.open, &operation), LK_ERROR_INVALID_ARGUMENT);
    operation = opening(record, length, 0);
    operation.output_capacity = 5;
    cr_expect_eq(support_run(both.open, &operation), LK_ERROR_INVALID_ARGUMENT, "no room for the content type");
    operation = opening(record, length, UINT64_MAX);
    cr_expect_eq(support_run(both.open, &operation), LK_ERROR_SEQUENCE_EXHAUSTED);
    operation = opening(record, length, 0);
    cr_expect_eq(support_run(both.open, &operation), LK_OK);
    pair_free(&both);
}

Test(software, names_a_record_of_padding_alone)
{
    pair both = pair_new(LK_TLS1_3, LK_CIPHER_AES_128_GCM);
    static const uint8_t zeros[64];
    /* Content type 0 behind 64 zeros: a record that only a broken peer makes. */
    reference_record wanted = {.content_type = 0, .plaintext = zeros, .length = sizeof zeros};
    size_t length = reference_seal(&both.parameters, &wanted, record);
    lk_operation operation = opening(record, length, 0);
    cr_expect_eq(support_run(both.open, &operation), LK_ERROR_NO_CONTENT_TYPE);
    cr_expect_eq(operation.output_length, 0);
    wanted.length = 0;
    length = reference_seal(&both.parameters, &wanted, record);
    operation = opening(record, length, 0);
    cr_expect_eq(support_run(both.open, &operation), LK_ERROR_NO_CONTENT_TYPE);
    pair_free(&both);
}

Test(software, opens_an_explicit_nonce_that_is_not_the_sequence_number)
{
    pair both = pair_new(LK_TLS1_2, LK_CIPHER_AES_128_GCM);
    /* RFC 5288 section 3 leaves the explicit nonce to the sender: a peer may start anywhere. */
    reference_record wanted = {.content_type = 23,
                               .sequence = 9,
                               .nonce_difference = UINT64_C(0xA5A5000000000001),
                               .plaintext = (const uint8_t *)"moved",
                               .length = 5};
    size_t length = reference_seal(&both.parameters, &wanted, record);
    lk_operation operation = opening(record, length, 9);
    cr_expect_eq(support_run(both.open, &operation), LK_OK);
    /* The sequence number is in the additional data all the same: a record cannot be moved to another place. */
    operation = opening(record, length, 8);
    cr_expect_eq(support_run(both.open, &operation), LK_ERROR_BAD_RECORD_MAC);
    pair_free(&both);
}

Test(software, says_what_it_can_do_and_refuses_the_rest)
{
    lk_engine *engine = support_software();
    lk_engine_capabilities capabilities;
    lk_engine_capabilities_get(engine, &capabilities);
    cr_expect(capabilities.immediate);
    uint32_t legacy = 1u << LK_CIPHER_RC4_128_SHA | 1u << LK_CIPHER_RC4_128_MD5; /* where libcrypto has its provider */
    cr_expect_eq(capabilities.ciphers & ~legacy, 0x67FF);
    cr_expect_eq(capabilities.versions, lk_version_bit(LK_SSL3) | lk_version_bit(LK_TLS1_0) |
                                            lk_version_bit(LK_TLS1_1) | lk_version_bit(LK_TLS1_2) |
                                            lk_version_bit(LK_TLS1_3));
    cr_expect_eq(lk_engine_descriptor(engine), -1);
    cr_expect(lk_engine_supports(engine, LK_TLS1_3, lk_cipher_find(LK_CIPHER_AES_128_GCM)));
    cr_expect_not(lk_engine_supports(engine, LK_TLS1_0, lk_cipher_find(LK_CIPHER_AES_128_GCM)));

    lk_direction *direction;
    lk_direction_parameters parameters = support_parameters(LK_SEAL, LK_TLS1_3, lk_cipher_find(0), 1);
    parameters.version = LK_SSL3;
    cr_expect_eq(lk_engine_open(engine, &parameters, &direction), LK_ERROR_ENGINE_UNSUPPORTED);
    lk_cipher unknown = *lk_cipher_find(0);
    unknown.id = (lk_cipher_id)31;
    parameters.version = LK_TLS1_3;
    parameters.cipher = &unknown;
    cr_expect_eq(lk_engine_open(engine, &parameters, &direction), LK_ERROR_ENGINE_UNSUPPORTED);
    parameters.cipher = NULL;
    cr_expect_eq(lk_engine_open(engine, &parameters, &direction), LK_ERROR_INVALID_ARGUMENT);
    cr_expect_null(direction);
    lk_direction_close(NULL);
    lk_engine_free(NULL);
    lk_engine_free(engine);
}
