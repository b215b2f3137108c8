/* SPDX-License-Identifier: Apache-2.0 */
/* Every status of protocol.def, the order of the checks, and that the command after a bad one works. */
#include "record/record.h"
#include "rtl/record/session.h"

#include <criterion/criterion.h>

#include <string.h>

enum { SEAL_1_3 = 0, OPEN_1_3 = 1, SEAL_1_2 = 2, OPEN_1_2 = 3, EMPTY = 9, GENERATION = 0 };

static test_session engine;
static uint8_t bytes[UINT16_MAX];

static void load_all(void)
{
    for (uint16_t slot = SEAL_1_3; slot <= OPEN_1_2; slot++) {
        lk_direction_parameters parameters =
            session_direction(slot % 2 ? LK_OPEN : LK_SEAL, slot < SEAL_1_2 ? LK_TLS1_3 : LK_TLS1_2, 77);
        cr_assert_eq(session_add_load(&engine, slot, GENERATION, &parameters), LK_STATUS_OK);
    }
    session_run(&engine);
}

static void open_engine(void)
{
    session_open(&engine);
    load_all();
}

static void close_engine(void)
{
    session_close(&engine);
}

TestSuite(engine_errors, .init = open_engine, .fini = close_engine);

/* The command has that status, and a good one after it works. */
static void refused(test_command command, lk_status status)
{
    static uint64_t sequence = 1000;
    cr_assert_eq(session_add(&engine, command), status, "expected status %d, the reference says %d", status,
                 engine.expected.header.status);
    cr_assert_eq(engine.expected.header.length, 0);
    cr_assert_eq(session_add(&engine, session_seal(SEAL_1_3, sequence++, bytes, 33)), LK_STATUS_OK);
    session_run(&engine);
}

/* A header that says how long the fragment is, with bytes of some kind behind it. */
static test_command record_of(uint16_t slot, size_t fragment)
{
    bytes[0] = LK_CONTENT_APPLICATION_DATA;
    bytes[1] = bytes[2] = 3;
    bytes[3] = (uint8_t)(fragment >> 8);
    bytes[4] = (uint8_t)fragment;
    return session_unseal(slot, 0, bytes, LK_RECORD_HEADER_LENGTH + fragment);
}

Test(engine_errors, unknown_opcodes)
{
    for (unsigned opcode = 0; opcode < 256; opcode++) {
        bool known = opcode <= LK_OPCODE_SLOT_REPLACE || opcode == LK_OPCODE_SEAL || opcode == LK_OPCODE_OPEN;
        if (!known) {
            /* Everything else that can be wrong is wrong, too: the opcode comes first. */
            refused((test_command){.header = {.opcode = (uint8_t)opcode, .slot = 5000, .length = (uint16_t)opcode},
                                   .flags = 1,
                                   .payload = bytes},
                    LK_STATUS_UNKNOWN_OPCODE);
        }
    }
}

Test(engine_errors, reserved_fields)
{
    static const uint8_t opcodes[] = {
        LK_OPCODE_NOP,          LK_OPCODE_SLOT_LOAD, LK_OPCODE_SLOT_DELETE, LK_OPCODE_SLOT_DELETE_ALL,
        LK_OPCODE_SLOT_REPLACE, LK_OPCODE_SEAL,      LK_OPCODE_OPEN};
    for (size_t i = 0; i < sizeof opcodes; i++) {
        bool seal = opcodes[i] == LK_OPCODE_SEAL;
        /* A slot number that is too high, but for that: fields come first. */
        test_command command = {.header = {.opcode = opcodes[i], .slot = 256, .content_type = seal ? 23 : 0}};
        for (unsigned bit = 0; bit < 8; bit++) {
            command.flags = (uint8_t)(1u << bit);
            refused(command, LK_STATUS_BAD_FIELD);
        }
        command.flags = 0;
        command.header.content_type = seal ? 0 : 23;
        refused(command, LK_STATUS_BAD_FIELD);
        command.header.content_type = seal ? 23 : 0;
        if (!seal) {
            command.header.padding = 1;
            refused(command, LK_STATUS_BAD_FIELD);
            command.header.padding = 0;
        }
        if (!seal && opcodes[i] != LK_OPCODE_OPEN && opcodes[i] != LK_OPCODE_SLOT_LOAD &&
            opcodes[i] != LK_OPCODE_SLOT_REPLACE) {
            command.header.sequence = UINT64_C(1) << 63;
            refused(command, LK_STATUS_BAD_FIELD);
        }
    }
}

Test(engine_errors, padding_in_tls1_2)
{
    test_command command = session_seal(SEAL_1_2, 0, bytes, 10);
    command.header.padding = 1;
    refused(command, LK_STATUS_BAD_FIELD);
}

Test(engine_errors, slot_numbers_that_do_not_exist)
{
    refused(session_seal(REFERENCE_SLOTS, 0, bytes, 10), LK_STATUS_BAD_SLOT);
    refused(session_unseal(UINT16_MAX, 0, bytes, 40), LK_STATUS_BAD_SLOT);
    refused((test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE, .slot = 0x100}}, LK_STATUS_BAD_SLOT);
    refused((test_command){.header = {.opcode = LK_OPCODE_SLOT_LOAD, .slot = 0x8000, .length = 56}, .payload = bytes},
            LK_STATUS_BAD_SLOT);
}

Test(engine_errors, empty_slots)
{
    /* The direction cannot be known, the length does not matter. */
    refused(session_seal(EMPTY, 0, bytes, 20000), LK_STATUS_SLOT_EMPTY);
    refused(session_unseal(EMPTY, 0, bytes, 3), LK_STATUS_SLOT_EMPTY);
    refused((test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE, .slot = EMPTY}}, LK_STATUS_SLOT_EMPTY);
}

Test(engine_errors, stale_generations)
{
    for (unsigned bit = 0; bit < 16; bit++) {
        test_command command = session_seal(OPEN_1_3, 0, bytes, 10); /* the direction is wrong, too */
        command.header.generation = (uint16_t)(GENERATION ^ 1u << bit);
        refused(command, LK_STATUS_STALE_GENERATION);
    }
    refused((test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE, .slot = SEAL_1_3, .generation = 7}},
            LK_STATUS_STALE_GENERATION);
}

Test(engine_errors, wrong_directions)
{
    refused(session_seal(OPEN_1_3, 0, bytes, 60000), LK_STATUS_WRONG_DIRECTION);
    refused(session_unseal(SEAL_1_2, 0, bytes, 1), LK_STATUS_WRONG_DIRECTION);
}

Test(engine_errors, lengths_that_do_not_fit_the_opcode)
{
    static const uint8_t without[] = {LK_OPCODE_NOP, LK_OPCODE_SLOT_DELETE, LK_OPCODE_SLOT_DELETE_ALL};
    for (size_t i = 0; i < sizeof without; i++) {
        refused((test_command){.header = {.opcode = without[i], .slot = SEAL_1_3, .length = 1}, .payload = bytes},
                LK_STATUS_BAD_LENGTH);
    }
    static const uint16_t not_load[] = {0, 4, 55, 57, 60, UINT16_MAX};
    for (size_t i = 0; i < sizeof not_load / sizeof not_load[0]; i++) {
        refused((test_command){.header = {.opcode = LK_OPCODE_SLOT_LOAD, .slot = EMPTY, .length = not_load[i]},
                               .payload = bytes},
                LK_STATUS_BAD_LENGTH);
    }
    static const uint16_t too_long[] = {16385, 16388, UINT16_MAX - 3, UINT16_MAX};
    for (size_t i = 0; i < sizeof too_long / sizeof too_long[0]; i++) {
        refused(session_seal(SEAL_1_3, UINT64_MAX, bytes, too_long[i]), LK_STATUS_BAD_LENGTH);
        refused(session_seal(SEAL_1_2, UINT64_MAX, bytes, too_long[i]), LK_STATUS_BAD_LENGTH);
    }
    test_command command = session_seal(SEAL_1_3, 0, bytes, 16384);
    command.header.padding = 1;
    refused(command, LK_STATUS_BAD_LENGTH);
    command = session_seal(SEAL_1_3, 0, bytes, 1);
    command.header.padding = UINT16_MAX; /* the sum has 17 bits */
    refused(command, LK_STATUS_BAD_LENGTH);
}

Test(engine_errors, lengths_that_do_not_fit_the_record)
{
    for (uint16_t slot = OPEN_1_3; slot <= OPEN_1_2; slot += 2) {
        for (uint16_t length = 0; length < LK_RECORD_HEADER_LENGTH; length++) {
            refused(session_unseal(slot, 0, bytes, length), LK_STATUS_BAD_LENGTH);
        }
        for (int difference = -4; difference <= 4; difference++) {
            test_command command = record_of(slot, 40);
            command.header.length = (uint16_t)(command.header.length + difference);
            if (difference != 0) {
                refused(command, LK_STATUS_BAD_LENGTH);
            }
        }
        test_command command = record_of(slot, UINT16_MAX); /* header and fragment: more than the length field holds */
        command.header.length = LK_RECORD_HEADER_LENGTH - 1;
        refused(command, LK_STATUS_BAD_LENGTH);
    }
}

Test(engine_errors, records_too_short_for_their_tag)
{
    for (size_t fragment = 0; fragment < 17; fragment++) {
        refused(record_of(OPEN_1_3, fragment), LK_STATUS_RECORD_TOO_SHORT);
    }
    for (size_t fragment = 0; fragment < 24; fragment++) {
        refused(record_of(OPEN_1_2, fragment), LK_STATUS_RECORD_TOO_SHORT);
    }
    refused(record_of(OPEN_1_3, 17), LK_STATUS_BAD_RECORD_MAC);
    refused(record_of(OPEN_1_2, 24), LK_STATUS_BAD_RECORD_MAC);
}

Test(engine_errors, records_of_chacha20_poly1305_carry_no_nonce)
{
    for (int i = 0; i < 2; i++) {
        uint16_t version = i ? LK_TLS1_3 : LK_TLS1_2, shortest = i ? 17 : 16;
        lk_direction_parameters parameters =
            session_protected(LK_OPEN, (session_protection){version, LK_CIPHER_CHACHA20_POLY1305, false}, 5);
        cr_assert_eq(session_add_load(&engine, EMPTY, 0, &parameters), LK_STATUS_OK);
        for (uint16_t fragment = 0; fragment < shortest; fragment++) {
            refused(record_of(EMPTY, fragment), LK_STATUS_RECORD_TOO_SHORT);
        }
        refused(record_of(EMPTY, shortest), LK_STATUS_BAD_RECORD_MAC);
        refused(record_of(EMPTY, LK_RECORD_PLAINTEXT_MAX + shortest), LK_STATUS_BAD_RECORD_MAC);
        refused(record_of(EMPTY, LK_RECORD_PLAINTEXT_MAX + shortest + 1), LK_STATUS_RECORD_OVERFLOW);
        cr_assert_eq(session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE, .slot = EMPTY}}),
                     LK_STATUS_OK);
    }
}

Test(engine_errors, records_too_long_for_their_version)
{
    static const uint16_t too_long_1_3[] = {16402, 16640, 16641, 65530};
    static const uint16_t too_long_1_2[] = {16409, 16640, 16641, 65530};
    for (size_t i = 0; i < 4; i++) {
        refused(record_of(OPEN_1_3, too_long_1_3[i]), LK_STATUS_RECORD_OVERFLOW);
        refused(record_of(OPEN_1_2, too_long_1_2[i]), LK_STATUS_RECORD_OVERFLOW);
    }
    refused(record_of(OPEN_1_3, 16401), LK_STATUS_BAD_RECORD_MAC);
    refused(record_of(OPEN_1_2, 16408), LK_STATUS_BAD_RECORD_MAC);
}

Test(engine_errors, the_last_sequence_number)
{
    refused(session_seal(SEAL_1_3, UINT64_MAX, bytes, 10), LK_STATUS_SEQUENCE_EXHAUSTED);
    for (uint16_t slot = OPEN_1_3; slot <= OPEN_1_2; slot += 2) {
        test_command command = record_of(slot, 40);
        command.header.sequence = UINT64_MAX;
        refused(command, LK_STATUS_SEQUENCE_EXHAUSTED);
        command = record_of(slot, 16); /* lengths come first */
        command.header.sequence = UINT64_MAX;
        refused(command, LK_STATUS_RECORD_TOO_SHORT);
    }
    cr_assert_eq(session_add(&engine, session_seal(SEAL_1_2, UINT64_MAX - 1, bytes, 10)), LK_STATUS_OK);
    refused(session_seal(SEAL_1_2, UINT64_MAX - 1, bytes, 10), LK_STATUS_SEQUENCE_REUSED);
    refused(session_seal(SEAL_1_2, UINT64_MAX, bytes, 10), LK_STATUS_SEQUENCE_EXHAUSTED);
}

/* A payload of SLOT_LOAD that is good, and then wrong in one byte. */
static void refused_load(uint16_t slot, uint16_t version, unsigned offset, uint8_t value, lk_status status)
{
    uint8_t payload[LK_LOAD_PAYLOAD_BYTES] = {LK_DIRECTION_SEAL, (uint8_t)version};
    memset(payload + 8, 0x5a, 16);
    memset(payload + 40, 0xa5, version == LK_TLS1_3 ? 12 : 4);
    payload[offset] = value;
    refused((test_command){.header = {.opcode = LK_OPCODE_SLOT_LOAD, .slot = slot, .length = sizeof payload},
                           .payload = payload},
            status);
    if (slot == EMPTY) {
        refused(session_seal(slot, 0, bytes, 5), LK_STATUS_SLOT_EMPTY);
    }
}

Test(engine_errors, payloads_of_slot_load)
{
    static const uint8_t zeros[] = {4, 5, 6, 7, 24, 27, 28, 31, 32, 36, 39, 52, 55, 56, 59, 75, 76, 87, 88, 92, 95};
    for (uint16_t version = LK_TLS1_2; version <= LK_TLS1_3; version++) {
        refused_load(EMPTY, version, 0, 2, LK_STATUS_BAD_FIELD);
        refused_load(EMPTY, version, 0, 0x80, LK_STATUS_BAD_FIELD);
        refused_load(EMPTY, version, 3, 4, LK_STATUS_BAD_FIELD);
        refused_load(EMPTY, version, 3, LK_LOAD_ENCRYPT_THEN_MAC, LK_STATUS_UNSUPPORTED); /* of an AEAD */
        for (size_t i = 0; i < sizeof zeros; i++) {
            refused_load(EMPTY, version, zeros[i], 1, LK_STATUS_BAD_FIELD);
        }
    }
    for (unsigned offset = 44; offset < 52; offset++) {
        refused_load(EMPTY, LK_TLS1_2, offset, 0x10, LK_STATUS_BAD_FIELD); /* behind the salt */
    }
    static const uint8_t unknown[] = {0, 1, 2, 5, 0x13, 0x83, 0xff};
    for (size_t i = 0; i < sizeof unknown; i++) {
        refused_load(EMPTY, LK_TLS1_3, 1, unknown[i], LK_STATUS_UNSUPPORTED);
    }
    for (uint8_t cipher = 16; cipher != 0; cipher = (uint8_t)(cipher << 1)) {
        refused_load(EMPTY, LK_TLS1_3, 2, cipher, LK_STATUS_UNSUPPORTED);
        refused_load(EMPTY, LK_TLS1_3, 2, cipher | 1, LK_STATUS_UNSUPPORTED);
    }
}

Test(engine_errors, a_key_is_as_long_as_its_cipher_wants_it)
{
    /* With AES-256-GCM the second half of the key may be anything; what is reserved stays reserved. */
    static const uint8_t zeros[] = {4, 7, 52, 55, 56, 87};
    uint8_t payload[LK_LOAD_PAYLOAD_BYTES] = {LK_DIRECTION_SEAL, (uint8_t)LK_TLS1_3, LK_CIPHER_AES_256_GCM};
    test_command command = {.header = {.opcode = LK_OPCODE_SLOT_LOAD, .slot = EMPTY, .length = sizeof payload},
                            .payload = payload};
    memset(payload + 8, 0x5a, LK_KEY_MAX);
    for (size_t i = 0; i < sizeof zeros; i++) {
        payload[zeros[i]] ^= 1;
        refused(command, LK_STATUS_BAD_FIELD);
        payload[zeros[i]] ^= 1;
    }
    payload[2] = LK_CIPHER_AES_128_GCM;
    refused(command, LK_STATUS_BAD_FIELD);
    payload[2] = LK_CIPHER_AES_256_GCM;
    cr_assert_eq(session_add(&engine, command), LK_STATUS_OK);
    cr_assert_eq(session_add(&engine, session_seal(EMPTY, 0, bytes, 100)), LK_STATUS_OK);
    session_run(&engine);
}

Test(engine_errors, an_iv_is_as_long_as_its_cipher_and_version_want_it)
{
    lk_direction_parameters parameters =
        session_protected(LK_SEAL, (session_protection){LK_TLS1_2, LK_CIPHER_CHACHA20_POLY1305, false}, 9);
    for (size_t i = 0; i < 12; i++) {
        cr_assert_neq(parameters.iv[i], 0, "all twelve bytes are sent");
    }
    cr_assert_eq(session_add_load(&engine, EMPTY, 0, &parameters), LK_STATUS_OK);
    cr_assert_eq(session_add(&engine, session_seal(EMPTY, 0, bytes, 100)), LK_STATUS_OK);
    session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE, .slot = EMPTY}});
    uint8_t payload[LK_LOAD_PAYLOAD_BYTES] = {LK_DIRECTION_SEAL, (uint8_t)LK_TLS1_2, LK_CIPHER_CHACHA20_POLY1305};
    memset(payload + 8, 0x5a, LK_KEY_MAX);
    memset(payload + 40, 0xa5, 13);
    refused((test_command){.header = {.opcode = LK_OPCODE_SLOT_LOAD, .slot = EMPTY, .length = sizeof payload},
                           .payload = payload},
            LK_STATUS_BAD_FIELD);
}

/* SLOT_LOAD with one byte of a direction's payload changed. */
static void refused_with(session_protection protection, size_t offset, uint8_t value, lk_status status)
{
    uint8_t load[LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES];
    lk_writer writer = lk_writer_into(load, sizeof load);
    lk_direction_parameters parameters = session_protected(LK_SEAL, protection, 77);
    lk_command_write_load(&writer, (lk_command){0}, &parameters);
    load[LK_COMMAND_HEADER_BYTES + offset] = value;
    refused((test_command){.header = {.opcode = LK_OPCODE_SLOT_LOAD, .slot = EMPTY, .length = LK_LOAD_PAYLOAD_BYTES},
                           .payload = load + LK_COMMAND_HEADER_BYTES},
            status);
}

Test(engine_errors, fields_of_ciphers_with_a_mac)
{
    enum { VERSION = 1, FLAGS = 3, KEY = 8, KEY_128_END = 24, IV = 40, MAC_KEY_SHA1_END = 76 };
    const session_protection cbc = {LK_TLS1_2, LK_CIPHER_AES_128_CBC_SHA, false};
    refused_with(cbc, KEY_128_END, 1, LK_STATUS_BAD_FIELD);
    refused_with(cbc, IV, 1, LK_STATUS_BAD_FIELD); /* it comes with each record */
    refused_with(cbc, MAC_KEY_SHA1_END, 1, LK_STATUS_BAD_FIELD);
    refused_with(cbc, VERSION, 4, LK_STATUS_UNSUPPORTED);
    const session_protection chained = {LK_TLS1_0, LK_CIPHER_AES_256_CBC_SHA256, false};
    refused_with(chained, VERSION, 2, LK_STATUS_BAD_FIELD); /* then there is no IV */
    refused_with(chained, VERSION, 0, LK_STATUS_UNSUPPORTED);
    const session_protection null = {LK_TLS1_2, LK_CIPHER_NULL_SHA256, false};
    refused_with(null, KEY, 1, LK_STATUS_BAD_FIELD);
    refused_with(null, FLAGS, LK_LOAD_ENCRYPT_THEN_MAC, LK_STATUS_UNSUPPORTED);
    const session_protection ssl3 = {LK_SSL3, LK_CIPHER_AES_128_CBC_SHA, false};
    refused_with(ssl3, FLAGS, LK_LOAD_ENCRYPT_THEN_MAC, LK_STATUS_UNSUPPORTED);
}

Test(engine_errors, a_record_to_seal_begins_with_its_iv)
{
    lk_direction_parameters parameters =
        session_protected(LK_SEAL, (session_protection){LK_TLS1_2, LK_CIPHER_AES_128_CBC_SHA, false}, 5);
    session_add_load(&engine, EMPTY, 0, &parameters);
    refused(session_seal(EMPTY, 0, bytes, LK_IV_MAX - 1), LK_STATUS_BAD_LENGTH);
    cr_assert_eq(session_add(&engine, session_seal(EMPTY, 0, bytes, LK_IV_MAX)), LK_STATUS_OK);
    session_run(&engine);
}

Test(engine_errors, a_slot_in_use_keeps_its_key)
{
    cr_assert_eq(session_add(&engine, session_seal(SEAL_1_3, 0, bytes, 64)), LK_STATUS_OK);
    refused_load(SEAL_1_3, LK_TLS1_3, 8, 0, LK_STATUS_SLOT_IN_USE);
    refused_load(SEAL_1_2, LK_TLS1_2, 8, 0, LK_STATUS_SLOT_IN_USE);
    refused_load(SEAL_1_3, LK_TLS1_3, 24, 9, LK_STATUS_BAD_FIELD); /* the payload comes first */
    refused_load(SEAL_1_3, LK_TLS1_3, 2, 0x7f, LK_STATUS_UNSUPPORTED);
    cr_assert_eq(session_add(&engine, session_seal(SEAL_1_2, 1, bytes, 64)), LK_STATUS_OK);
    session_run(&engine);
}

Test(engine_errors, a_wrong_magic_byte_stops_the_stream_until_stream_reset)
{
    const uint8_t not_a_command[] = {0x4d, LK_OPCODE_SEAL, 0, 0};
    /* Nothing of the echoed fields is known. */
    const uint8_t framing[LK_COMPLETION_HEADER_BYTES] = {LK_COMPLETION_MAGIC, 0, LK_STATUS_FRAMING};
    cr_assert_eq(session_add(&engine, session_seal(SEAL_1_3, 0, bytes, 30)), LK_STATUS_OK);
    session_run(&engine);
    cr_assert(engine_port_exchange(&engine.port, not_a_command, sizeof not_a_command, 1));
    cr_assert_eq(engine.port.output_length, sizeof framing);
    cr_assert_arr_eq(engine.port.output, framing, sizeof framing);
    cr_assert_eq(engine_port_fact(&engine.port, LK_FACT_HEALTH) & 1, 1);

    /* Good commands now, and not one word in answer. */
    session_add(&engine, session_seal(SEAL_1_3, 1, bytes, 30));
    session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_NOP}});
    cr_assert(engine_port_exchange(&engine.port, engine.commands.start, engine.commands.length, 0));
    engine_port_drain(&engine.port, 1000);
    cr_assert_eq(engine.port.output_length, 0);
    engine.commands.length = engine.completions.length = engine.count = 0;

    engine_port_stream_reset(&engine.port);
    reference_reset(&engine.reference);
    cr_assert_eq(engine_port_fact(&engine.port, LK_FACT_HEALTH) & 1, 0);
    cr_assert_eq(session_add(&engine, session_seal(SEAL_1_3, 2, bytes, 30)), LK_STATUS_SLOT_EMPTY);
    load_all();
    cr_assert_eq(session_add(&engine, session_seal(SEAL_1_3, 0, bytes, 30)), LK_STATUS_OK);
    session_run(&engine);
}

Test(engine_errors, stream_reset_works_at_any_cycle_of_a_command)
{
    for (unsigned cycle = 1; cycle < 420; cycle += 3) {
        /* Three commands are cut off somewhere: sealing, opening, loading. */
        session_add(&engine, session_seal(SEAL_1_3, 0, bytes, 100));
        session_add(&engine, record_of(OPEN_1_2, 60));
        lk_direction_parameters parameters = session_direction(LK_SEAL, LK_TLS1_3, 3);
        session_add_load(&engine, EMPTY, 0, &parameters);
        lk_reader reader = lk_reader_over(engine.commands.start, engine.commands.length);
        for (unsigned i = 0; i < cycle && reader.left > 0; i++) {
            engine.port.pins.command_valid = true;
            engine.port.pins.completion_ready = i % 2 == 0;
            bool taken = engine.port.pins.command_ready;
            lk_reader look = reader;
            engine.port.pins.command_data = lk_reader_u32_little(&look);
            reader = taken ? look : reader;
            lk_engine_model_step(engine.port.model, &engine.port.pins);
        }
        engine_port_stream_reset(&engine.port);
        reference_reset(&engine.reference);
        engine.commands.length = engine.completions.length = engine.count = 0;
        cr_assert_eq(session_add(&engine, session_seal(SEAL_1_3, 5, bytes, 30)), LK_STATUS_SLOT_EMPTY);
        cr_assert_eq(session_add(&engine, session_seal(EMPTY, 5, bytes, 30)), LK_STATUS_SLOT_EMPTY);
        load_all();
        cr_assert_eq(session_add(&engine, session_seal(SEAL_1_3, 0, bytes, 100)), LK_STATUS_OK);
        session_run(&engine);
    }
}
