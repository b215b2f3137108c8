/* SPDX-License-Identifier: Apache-2.0 */
/* lk_record_engine makes and opens records as the RFCs have them; every answer is compared with the reference, byte for
 * byte. */
#include "record/record.h"
#include "record/rfc8448_records.h"
#include "rtl/record/peer.h"
#include "rtl/record/session.h"

#include <criterion/criterion.h>

#include <string.h>

enum { SEALING = 0, OPENING = 1 };

static test_session engine;
static uint8_t plaintext[LK_IV_MAX + LK_RECORD_PLAINTEXT_MAX + 1]; /* an IV may stand in front */
static size_t iv_length;
static uint8_t record[LK_RECORD_BYTES_MAX];

static void open_engine(void)
{
    session_open(&engine);
    for (size_t i = 0; i < sizeof plaintext; i++) {
        plaintext[i] = (uint8_t)(i * 7 + 1);
    }
}

static void close_engine(void)
{
    session_close(&engine);
}

TestSuite(record_engine, .init = open_engine, .fini = close_engine);

/* Loads a direction to seal into slot 0 and its counterpart into slot 1. */
static lk_direction_parameters load_pair(session_protection protection)
{
    lk_direction_parameters parameters = session_protected(LK_SEAL, protection, (uint8_t)protection.version);
    iv_length = session_iv_length(protection);
    cr_assert_eq(session_add_load(&engine, SEALING, 0, &parameters), LK_STATUS_OK);
    parameters.kind = LK_OPEN;
    cr_assert_eq(session_add_load(&engine, OPENING, 0, &parameters), LK_STATUS_OK);
    return parameters;
}

/* Seals, and opens what the reference has sealed. */
static void there_and_back(uint64_t sequence, size_t length, uint16_t padding)
{
    test_command command = session_seal(SEALING, sequence, plaintext, iv_length + length);
    command.header.padding = padding;
    cr_assert_eq(session_add(&engine, command), LK_STATUS_OK);
    size_t sealed = engine.expected.header.length;
    memcpy(record, engine.expected.payload, sealed);
    cr_assert_eq(session_add(&engine, session_unseal(OPENING, sequence, record, sealed)), LK_STATUS_OK);
    cr_assert_eq(engine.expected.header.length, length);
}

Test(record_engine, the_traces_of_rfc8448_come_out_byte_for_byte)
{
    for (size_t i = 0; i < sizeof rfc8448_records / sizeof rfc8448_records[0]; i++) {
        const lk_trace_record *trace = &rfc8448_records[i];
        lk_direction_parameters parameters = session_direction(LK_SEAL, LK_TLS1_3, 0);
        memcpy(parameters.key, trace->key, parameters.cipher->key_length);
        memcpy(parameters.iv, trace->iv, 12);
        session_add_load(&engine, (uint16_t)(2 * i), 0, &parameters);
        parameters.kind = LK_OPEN;
        session_add_load(&engine, (uint16_t)(2 * i + 1), 0, &parameters);

        test_command seal = session_seal((uint16_t)(2 * i), trace->sequence, trace->plaintext, trace->plaintext_length);
        seal.header.content_type = trace->content_type;
        cr_assert_eq(session_add(&engine, seal), LK_STATUS_OK);
        cr_assert_eq(engine.expected.header.length, trace->record_length);
        cr_assert_arr_eq(engine.expected.payload, trace->record, trace->record_length, "%s", trace->title);

        session_add(&engine,
                    session_unseal((uint16_t)(2 * i + 1), trace->sequence, trace->record, trace->record_length));
        cr_assert_eq(engine.expected.header.content_type, trace->content_type);
        cr_assert_eq(engine.expected.header.length, trace->plaintext_length);
        session_run(&engine);
    }
}

Test(record_engine, every_length_up_to_four_blocks_works_in_every_version_with_every_cipher)
{
    for (size_t i = 0; i < engine.protection_count; i++) {
        load_pair(engine.protections[i]);
        for (size_t length = 0; length <= 64; length++) {
            there_and_back(length, length, 0);
            if (engine.count > SESSION_BATCH - 4) {
                session_run(&engine);
            }
        }
        session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE_ALL}});
        session_run(&engine);
    }
}

Test(record_engine, the_longest_records_work_in_every_version_with_every_cipher)
{
    for (size_t i = 0; i < engine.protection_count; i++) {
        load_pair(engine.protections[i]);
        for (size_t less = i % 2; less < 4; less += 2) {
            there_and_back(less, LK_RECORD_PLAINTEXT_MAX - less, 0);
        }
        session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE_ALL}});
        session_run(&engine);
    }
}

Test(record_engine, padding_of_tls1_3_is_added_and_stripped)
{
    load_pair((session_protection){LK_TLS1_3, LK_CIPHER_AES_128_GCM, false});
    there_and_back(0, 0, 1);
    there_and_back(1, 0, LK_RECORD_PLAINTEXT_MAX);
    there_and_back(2, 1, LK_RECORD_PLAINTEXT_MAX - 1);
    there_and_back(3, 15, 16);
    there_and_back(4, 16384 - 3, 3);
    session_run(&engine);
}

Test(record_engine, zeros_in_the_content_are_content)
{
    load_pair((session_protection){LK_TLS1_3, LK_CIPHER_AES_128_GCM, false});
    memset(plaintext, 0, 40);
    there_and_back(0, 40, 0);
    there_and_back(1, 40, 9);
    session_run(&engine);
}

Test(record_engine, tls1_3_padding_alone_has_no_content_type)
{
    lk_direction_parameters parameters = load_pair((session_protection){LK_TLS1_3, LK_CIPHER_AES_128_GCM, false});
    for (uint8_t length = 1; length < 40; length++) {
        uint8_t zeros[40] = {0};
        const uint8_t header[] = {23, 3, 3, 0, (uint8_t)(length + PEER_TAG)};
        memcpy(record, header, sizeof header);
        /* At sequence number 0 the nonce is the IV. */
        peer_encrypt(LK_CIPHER_AES_128_GCM, parameters.key, parameters.iv, header, sizeof header, zeros, length,
                     record + sizeof header);
        cr_assert_eq(session_add(&engine, session_unseal(OPENING, 0, record, sizeof header + length + PEER_TAG)),
                     LK_STATUS_NO_CONTENT_TYPE);
    }
    session_run(&engine);
}

Test(record_engine, tls1_3_authenticates_the_header_as_it_came)
{
    lk_direction_parameters parameters = load_pair((session_protection){LK_TLS1_3, LK_CIPHER_AES_128_GCM, false});
    const uint8_t inner[] = {'h', 'e', 'l', 'l', 'o', LK_CONTENT_HANDSHAKE, 0, 0};
    const uint8_t header[] = {99, 7, 8, 0,
                              sizeof inner + PEER_TAG}; /* neither type nor version are what they should be */
    memcpy(record, header, sizeof header);
    peer_encrypt(LK_CIPHER_AES_128_GCM, parameters.key, parameters.iv, header, sizeof header, inner, sizeof inner,
                 record + sizeof header);
    cr_assert_eq(session_add(&engine, session_unseal(OPENING, 0, record, sizeof header + sizeof inner + PEER_TAG)),
                 LK_STATUS_OK);
    cr_assert_eq(engine.expected.header.length, 5);
    cr_assert_eq(engine.expected.header.content_type, LK_CONTENT_HANDSHAKE);
    session_run(&engine);
}

Test(record_engine, tls1_2_takes_the_nonce_from_the_record_and_the_sequence_number_for_the_associated_data)
{
    enum { FRAGMENT = 8 + 3 + PEER_TAG };
    lk_direction_parameters parameters = load_pair((session_protection){LK_TLS1_2, LK_CIPHER_AES_128_GCM, false});
    const uint8_t header[] = {LK_CONTENT_ALERT, 3, 1, 0, FRAGMENT}; /* the version as received is authenticated, too */
    const uint8_t explicit_nonce[] = {0xf0, 0xe1, 0xd2, 0xc3, 0xb4, 0xa5, 0x96, 0x87};
    const uint8_t data[] = {0, 0, 0, 0, 0, 0, 0x12, 0x34, LK_CONTENT_ALERT, 3, 1, 0, 3};
    uint8_t nonce[PEER_NONCE];
    memcpy(nonce, parameters.iv, 4);
    memcpy(nonce + 4, explicit_nonce, sizeof explicit_nonce);
    memcpy(record, header, sizeof header);
    memcpy(record + sizeof header, explicit_nonce, sizeof explicit_nonce);
    peer_encrypt(LK_CIPHER_AES_128_GCM, parameters.key, nonce, data, sizeof data, (const uint8_t *)"abc", 3,
                 record + sizeof header + 8);
    cr_assert_eq(session_add(&engine, session_unseal(OPENING, 0x1234, record, sizeof header + FRAGMENT)), LK_STATUS_OK);
    cr_assert_eq(engine.expected.header.length, 3);
    cr_assert_eq(session_add(&engine, session_unseal(OPENING, 0x1235, record, sizeof header + FRAGMENT)),
                 LK_STATUS_BAD_RECORD_MAC);
    session_run(&engine);
}

Test(record_engine, sequence_numbers_have_64_bits)
{
    for (size_t i = 0; i < engine.protection_count; i++) {
        load_pair(engine.protections[i]);
        for (unsigned bit = i % 3; bit < 64; bit += 3) {
            there_and_back(UINT64_C(1) << bit, 5, 0);
            session_run(&engine);
        }
        there_and_back(UINT64_MAX - 1, 5, 0);
        session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE_ALL}});
        session_run(&engine);
    }
}

Test(record_engine, opening_takes_any_order_of_sequence_numbers)
{
    lk_direction_parameters parameters = session_direction(LK_SEAL, LK_TLS1_3, 8);
    session_add_load(&engine, SEALING, 0, &parameters);
    parameters.kind = LK_OPEN;
    parameters.first_sequence = 1000; /* says nothing for opening */
    session_add_load(&engine, OPENING, 0, &parameters);
    uint8_t records[4][64];
    size_t length = 0;
    for (uint64_t i = 0; i < 4; i++) {
        cr_assert_eq(session_add(&engine, session_seal(SEALING, i, plaintext, 20)), LK_STATUS_OK);
        length = engine.expected.header.length;
        memcpy(records[i], engine.expected.payload, length);
    }
    const unsigned order[] = {3, 1, 1, 0, 2};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        cr_assert_eq(session_add(&engine, session_unseal(OPENING, order[i], records[order[i]], length)), LK_STATUS_OK);
    }
    session_run(&engine);
}

Test(record_engine, all_slots_hold_directions_of_their_own)
{
    for (uint16_t slot = 0; slot < REFERENCE_SLOTS; slot++) {
        lk_direction_parameters parameters =
            session_protected(LK_SEAL, engine.protections[slot % engine.protection_count], (uint8_t)slot);
        cr_assert_eq(session_add_load(&engine, slot, slot, &parameters), LK_STATUS_OK);
    }
    for (uint16_t slot = 0; slot < REFERENCE_SLOTS; slot++) {
        test_command command =
            session_seal(slot, 0, plaintext, 9 + session_iv_length(engine.protections[slot % engine.protection_count]));
        command.header.generation = slot;
        cr_assert_eq(session_add(&engine, command), LK_STATUS_OK);
    }
    session_run(&engine);
}
