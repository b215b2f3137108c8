/* SPDX-License-Identifier: Apache-2.0 */
/* The promises of docs/architecture.md that the record engine keeps: P1, P2, P3, P5. */
#include "record/record.h"
#include "rtl/record/peer.h"
#include "rtl/record/session.h"

#include <criterion/criterion.h>

#include <string.h>

enum { SEALING = 0, OPENING = 1, TAG_BYTES = 16 };

static test_session engine;
static uint8_t plaintext[LK_IV_MAX + LK_RECORD_PLAINTEXT_MAX + 1]; /* an IV may stand in front */
static uint8_t record[LK_RECORD_BYTES_MAX];
static size_t record_length;
static const session_protection tls1_3 = {LK_TLS1_3, LK_CIPHER_AES_128_GCM, false};

static void open_engine(void)
{
    session_open(&engine);
    for (size_t i = 0; i < sizeof plaintext; i++) {
        plaintext[i] = (uint8_t)(0x80 | i); /* no header of a completion looks like it */
    }
}

static void close_engine(void)
{
    session_close(&engine);
}

TestSuite(engine_promises, .init = open_engine, .fini = close_engine);

/* Loads both directions and keeps a record of that many bytes, sealed with sequence number 0. */
static void load_and_seal(session_protection protection, size_t length)
{
    lk_direction_parameters parameters = session_protected(LK_SEAL, protection, 31);
    session_add_load(&engine, SEALING, 0, &parameters);
    parameters.kind = LK_OPEN;
    session_add_load(&engine, OPENING, 0, &parameters);
    cr_assert_eq(session_add(&engine, session_seal(SEALING, 0, plaintext, session_iv_length(protection) + length)),
                 LK_STATUS_OK);
    record_length = engine.expected.header.length;
    memcpy(record, engine.expected.payload, record_length);
    session_run(&engine);
}

/* A record with one bit turned over: one completion, header alone, not a byte of plaintext in it. */
static void one_bit_gives_nothing(size_t bit)
{
    record[bit / 8] ^= (uint8_t)(1u << bit % 8);
    cr_assert_eq(session_add(&engine, session_unseal(OPENING, 0, record, record_length)), LK_STATUS_BAD_RECORD_MAC);
    record[bit / 8] ^= (uint8_t)(1u << bit % 8);
    session_run(&engine);
    engine_port_drain(&engine.port, 50);
    cr_assert_eq(engine.port.output_length, LK_COMPLETION_HEADER_BYTES, "bit %zu", bit);
    cr_assert_eq(engine.port.output[2], LK_STATUS_BAD_RECORD_MAC);
}

/* SSL 3.0 authenticates neither the version nor the padding of CBC. */
static bool covers_all(session_protection protection)
{
    return protection.version != LK_SSL3;
}

/* Every bit of a tag; of the many protections with a MAC each takes every ninth, and they take them in turn. */
static size_t bit_step(session_protection protection)
{
    return lk_cipher_find(protection.cipher)->kind == LK_KIND_AEAD ? 1 : 9;
}

Test(engine_promises, P1_no_plaintext_leaves_with_any_single_bit_of_the_tag_turned_over)
{
    for (size_t i = 0; i < engine.protection_count; i++) {
        size_t step = bit_step(engine.protections[i]);
        for (size_t length = 1; covers_all(engine.protections[i]) && length <= 100; length += 33) {
            load_and_seal(engine.protections[i], length);
            for (size_t bit = 8 * (record_length - TAG_BYTES) + i % step; bit < 8 * record_length; bit += step) {
                one_bit_gives_nothing(bit);
            }
            session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE_ALL}});
            session_run(&engine);
        }
    }
}

Test(engine_promises, P1_no_plaintext_leaves_with_any_single_bit_of_the_rest_turned_over)
{
    enum { LENGTH_FIELD_BEGIN = 24, LENGTH_FIELD_END = 40 };
    for (size_t i = 0; i < engine.protection_count; i++) {
        size_t step = bit_step(engine.protections[i]);
        if (!covers_all(engine.protections[i])) {
            continue;
        }
        load_and_seal(engine.protections[i], 100);
        for (size_t bit = i % step; bit < 8 * (record_length - TAG_BYTES); bit += bit < 200 ? step : 7 * step) {
            if (bit < LENGTH_FIELD_BEGIN || bit >= LENGTH_FIELD_END) {
                one_bit_gives_nothing(bit);
            }
        }
        session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE_ALL}});
        session_run(&engine);
    }
}

Test(engine_promises, P1_no_word_of_a_record_leaves_before_its_last_word_has_come)
{
    load_and_seal(tls1_3, 1000);
    session_add(&engine, session_unseal(OPENING, 0, record, record_length));
    /* All of the command but its last word. */
    cr_assert(engine_port_exchange(&engine.port, engine.commands.start, engine.commands.length - 4, 0));
    engine_port_drain(&engine.port, 5000);
    cr_assert_eq(engine.port.output_length, 0);
    cr_assert(engine_port_exchange(&engine.port, engine.commands.start + engine.commands.length - 4, 4, 1));
    cr_assert_eq(engine.port.output_length, LK_COMPLETION_HEADER_BYTES + 1000);
}

Test(engine_promises, P1_a_forged_record_leaves_nothing_for_the_record_after_it)
{
    /* The record buffer is written by the forged record; the next, shorter one shows only its own bytes. */
    load_and_seal(tls1_3, 300);
    uint8_t shorter[64];
    cr_assert_eq(session_add(&engine, session_seal(SEALING, 1, (const uint8_t *)"x", 1)), LK_STATUS_OK);
    size_t shorter_length = engine.expected.header.length;
    memcpy(shorter, engine.expected.payload, shorter_length);
    for (int i = 0; i < 4; i++) {
        record[200] ^= 1;
        cr_assert_eq(session_add(&engine, session_unseal(OPENING, 0, record, record_length)), LK_STATUS_BAD_RECORD_MAC);
        record[200] ^= 1;
        cr_assert_eq(session_add(&engine, session_unseal(OPENING, 1, shorter, shorter_length)), LK_STATUS_OK);
    }
    session_run(&engine);
}

Test(engine_promises, P2_sealing_never_takes_a_sequence_number_that_is_not_above_the_last)
{
    for (uint16_t version = LK_TLS1_2; version <= LK_TLS1_3; version++) {
        lk_direction_parameters parameters = session_direction(LK_SEAL, version, 1);
        parameters.first_sequence = UINT64_C(0x1ffffffff);
        session_add_load(&engine, SEALING, 0, &parameters);
        const struct {
            uint64_t sequence;
            lk_status status;
        } steps[] = {
            {0, LK_STATUS_SEQUENCE_REUSED},
            {parameters.first_sequence - 1, LK_STATUS_SEQUENCE_REUSED},
            {parameters.first_sequence, LK_STATUS_OK},
            {parameters.first_sequence, LK_STATUS_SEQUENCE_REUSED},
            {parameters.first_sequence + 1, LK_STATUS_OK},
            {parameters.first_sequence + 9, LK_STATUS_OK},
            {parameters.first_sequence + 8, LK_STATUS_SEQUENCE_REUSED},
            {parameters.first_sequence + 9, LK_STATUS_SEQUENCE_REUSED},
            {UINT64_C(1) << 63, LK_STATUS_OK},
            {(UINT64_C(1) << 63) - 1, LK_STATUS_SEQUENCE_REUSED},
            {UINT64_MAX, LK_STATUS_SEQUENCE_EXHAUSTED},
            {UINT64_MAX - 1, LK_STATUS_OK},
            {UINT64_MAX - 1, LK_STATUS_SEQUENCE_REUSED},
            {UINT64_MAX, LK_STATUS_SEQUENCE_EXHAUSTED},
        };
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            cr_assert_eq(session_add(&engine, session_seal(SEALING, steps[i].sequence, plaintext, 3)), steps[i].status);
        }
        session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE, .slot = SEALING}});
        session_run(&engine);
    }
}

Test(engine_promises, P2_a_refused_record_uses_no_sequence_number_up)
{
    load_and_seal(tls1_3, 10);
    cr_assert_eq(session_add(&engine, session_seal(SEALING, 50, plaintext, 16385)), LK_STATUS_BAD_LENGTH);
    cr_assert_eq(session_add(&engine, session_seal(SEALING, 49, plaintext, 10)), LK_STATUS_OK);
    session_run(&engine);
}

Test(engine_promises, P3_a_deleted_slot_is_empty_and_its_key_is_not_used_again)
{
    load_and_seal((session_protection){LK_TLS1_3, LK_CIPHER_AES_256_GCM, false}, 10); /* the lane has seen the key */
    test_command delete = {.header = {.opcode = LK_OPCODE_SLOT_DELETE, .slot = SEALING}};
    cr_assert_eq(session_add(&engine, delete), LK_STATUS_OK);
    cr_assert_eq(session_add(&engine, delete), LK_STATUS_SLOT_EMPTY);
    cr_assert_eq(session_add(&engine, session_seal(SEALING, 1, plaintext, 10)), LK_STATUS_SLOT_EMPTY);
    lk_direction_parameters other = session_direction(LK_SEAL, LK_TLS1_3, 99);
    session_add_load(&engine, SEALING, 0, &other);
    cr_assert_eq(session_add(&engine, session_seal(SEALING, 0, plaintext, 10)), LK_STATUS_OK);
    session_run(&engine);
}

Test(engine_promises, P3_delete_all_and_stream_reset_empty_every_slot)
{
    for (int with_command = 0; with_command < 2; with_command++) {
        for (uint16_t slot = 0; slot < REFERENCE_SLOTS; slot++) {
            lk_direction_parameters parameters = session_direction(LK_SEAL, LK_TLS1_3, (uint8_t)slot);
            cr_assert_eq(session_add_load(&engine, slot, 0, &parameters), LK_STATUS_OK);
        }
        session_run(&engine);
        cr_assert_eq(engine_port_fact(&engine.port, LK_FACT_LIVE_SLOTS), REFERENCE_SLOTS);
        if (with_command) {
            session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE_ALL}});
        } else {
            engine_port_stream_reset(&engine.port);
            reference_reset(&engine.reference);
        }
        for (uint16_t slot = 0; slot < REFERENCE_SLOTS; slot++) {
            cr_assert_eq(session_add(&engine, session_seal(slot, 0, plaintext, 4)), LK_STATUS_SLOT_EMPTY);
        }
        session_run(&engine);
        cr_assert_eq(engine_port_fact(&engine.port, LK_FACT_LIVE_SLOTS), 0);
    }
}

/* Cycles from the first word of a command to the last of its completion. */
static uint64_t cycles_of(test_command command, lk_status status)
{
    cr_assert_eq(session_add(&engine, command), status);
    session_run(&engine);
    return engine.port.last_word;
}

Test(engine_promises, P5_sealing_takes_the_same_time_whatever_key_and_data)
{
    uint64_t cycles[2 * SESSION_PROTECTIONS_MAX];
    for (size_t i = 0; i < 2 * engine.protection_count; i++) {
        lk_direction_parameters parameters = session_protected(LK_SEAL, engine.protections[i / 2], i % 2 ? 0 : 200);
        memset(parameters.key, i % 2 ? 0xff : 0, parameters.cipher->key_length);
        session_add_load(&engine, SEALING, 0, &parameters);
        session_run(&engine);
        memset(plaintext, i % 2 ? 0 : 0xff, sizeof plaintext);
        cycles[i] = cycles_of(session_seal(SEALING, 0, plaintext, 777), LK_STATUS_OK);
        session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE, .slot = SEALING}});
        session_run(&engine);
    }
    for (size_t i = 0; i < 2 * engine.protection_count; i += 2) {
        cr_assert_eq(cycles[i], cycles[i + 1]);
    }
}

Test(engine_promises, P5_a_wrong_tag_is_found_in_the_same_time_wherever_it_is_wrong)
{
    for (size_t i = 0; i < engine.protection_count; i++) {
        load_and_seal(engine.protections[i], 200);
        cycles_of(session_unseal(OPENING, 0, record, record_length), LK_STATUS_OK); /* the lane now holds the key */
        uint64_t first = 0;
        for (size_t at = record_length - TAG_BYTES; at < record_length; at++) {
            record[at] ^= 0x40;
            uint64_t cycles = cycles_of(session_unseal(OPENING, 0, record, record_length), LK_STATUS_BAD_RECORD_MAC);
            record[at] ^= 0x40;
            first = first ? first : cycles;
            cr_assert_eq(cycles, first);
        }
        session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE_ALL}});
        session_run(&engine);
    }
}

/* Cycles from the first word of OPEN to the first of its completion, whose payload is as long as the content. */
static uint64_t cycles_until_told(size_t length, lk_status status)
{
    cr_assert_eq(session_add(&engine, session_unseal(OPENING, 0, record, length)), status);
    session_run(&engine);
    return engine.port.first_word;
}

/* Records of one length: all paddings that there are, each right, with its first or last byte wrong, and with a wrong
 * MAC. */
Test(engine_promises, P5_opening_cbc_takes_one_number_of_cycles_whatever_the_padding_and_the_mac)
{
    enum { INSIDE = 320, PADDINGS = 256, NOWHERE = INSIDE };
    const lk_cipher_id ciphers[] = {LK_CIPHER_AES_128_CBC_SHA, LK_CIPHER_AES_256_CBC_SHA, LK_CIPHER_AES_128_CBC_SHA256,
                                    LK_CIPHER_AES_256_CBC_SHA256};
    for (size_t i = 0; i < sizeof ciphers / sizeof ciphers[0]; i++) {
        lk_direction_parameters parameters =
            session_protected(LK_OPEN, (session_protection){LK_TLS1_2, ciphers[i], false}, (uint8_t)i);
        const lk_cipher *cipher = parameters.cipher;
        session_add_load(&engine, OPENING, 0, &parameters);
        uint64_t cycles = 0;
        for (unsigned padding = 0; padding < PADDINGS; padding++) {
            size_t content = INSIDE - 1 - padding - cipher->tag_length, mac_end = INSIDE - 1 - padding;
            const size_t spoiled[] = {NOWHERE, padding > 0 ? mac_end : NOWHERE, padding > 0 ? INSIDE - 2 : NOWHERE,
                                      mac_end - 1, content};
            for (size_t k = 0; k < sizeof spoiled / sizeof spoiled[0]; k++) {
                size_t length = peer_seal_cbc(cipher, parameters.key, parameters.mac_key, plaintext, content,
                                              (uint8_t)padding, spoiled[k], record);
                uint64_t taken =
                    cycles_until_told(length, spoiled[k] == NOWHERE ? LK_STATUS_OK : LK_STATUS_BAD_RECORD_MAC);
                if (padding == 0 && k == 0) { /* the lane gets the key */
                    cycles = cycles_until_told(length, LK_STATUS_OK);
                } else {
                    cr_assert_eq(taken, cycles, "padding %u, variant %zu", padding, k);
                }
            }
        }
        session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE, .slot = OPENING}});
        session_run(&engine);
    }
}
