/* SPDX-License-Identifier: Apache-2.0 */
/* P6 on the RTL: a malformed command gets a completion that names its fault, and the next command works. */
#include "protocol/command.h"
#include "queue/link.h"
#include "sim/transport/transport.h"

#include <criterion/criterion.h>

#include <string.h>

static lk_link link_under_test;
static lk_transport *transport;
static lk_completion last;
static uint8_t last_payload[64];
static size_t completions;

static lk_error take_any(void *context, const lk_completion *completion)
{
    (void)context, (void)completion;
    return LK_OK;
}

static lk_error take(void *context, const lk_completion *completion, const uint8_t *payload)
{
    (void)context;
    last = *completion;
    memcpy(last_payload, payload, completion->length < sizeof last_payload ? completion->length : sizeof last_payload);
    completions++;
    return LK_OK;
}

static void begin(void)
{
    static const lk_completion_receiver receiver = {take_any, take, NULL};
    char diagnosis[LK_DEVICE_DIAGNOSIS_MAX];
    lk_uri uri;
    cr_assert_eq(lk_uri_parse("sim:direct", &uri, NULL), LK_OK);
    cr_assert_eq(lk_transport_sim.open(&uri, 5000, &transport, diagnosis), LK_OK, "%s", diagnosis);
    cr_assert_eq(lk_link_open(&link_under_test, transport, &receiver, LK_LINK_TIMEOUT), LK_OK);
}

static void end(void)
{
    lk_link_close(&link_under_test);
}

TestSuite(commands, .init = begin, .fini = end, .timeout = 100);

/* Waits for one more completion. */
static lk_status answered(void)
{
    size_t before = completions;
    lk_link_flush(&link_under_test);
    for (int i = 0; i < 300 && completions == before && !link_under_test.lost; i++)
        lk_link_progress(&link_under_test, 100);
    cr_assert_eq(completions, before + 1);
    return last.status;
}

static lk_status send_command(lk_command command, const void *payload)
{
    lk_writer *writer = lk_link_command(&link_under_test, LK_OUTPUT_RECORD, lk_command_size(command.length));
    cr_assert_not_null(writer);
    lk_command_write(writer, &command, payload);
    lk_status status = answered();
    cr_assert_eq(last.tag, command.tag);
    cr_assert_eq(last.opcode, command.opcode);
    cr_assert_eq(last.slot, command.slot);
    cr_assert_eq(last.generation, command.generation);
    return status;
}

static lk_status nop(void)
{
    return send_command((lk_command){.opcode = LK_OPCODE_NOP, .tag = 0x600d}, NULL);
}

static lk_direction_parameters parameters_of(lk_direction_kind kind, uint16_t version)
{
    return (lk_direction_parameters){.kind = kind, .version = version, .cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM)};
}

static lk_status load(uint16_t slot, uint16_t generation, lk_direction_kind kind, uint16_t version)
{
    lk_direction_parameters parameters = parameters_of(kind, version);
    lk_writer *writer = lk_link_command(&link_under_test, LK_OUTPUT_SLOT, lk_command_size(LK_LOAD_PAYLOAD_BYTES));
    cr_assert_not_null(writer);
    lk_command_write_load(writer, (lk_command){.slot = slot, .generation = generation, .tag = 1}, &parameters);
    return answered();
}

static lk_command seal_of(uint16_t slot, uint16_t generation, uint16_t length)
{
    return (lk_command){.opcode = LK_OPCODE_SEAL,
                        .content_type = 23,
                        .slot = slot,
                        .generation = generation,
                        .tag = 77,
                        .length = length};
}

Test(commands, nop_says_that_the_board_is_alive)
{
    cr_assert_eq(nop(), LK_STATUS_OK);
}

Test(commands, an_unknown_opcode_is_named_and_its_payload_skipped)
{
    static const uint8_t payload[1001];
    for (unsigned opcode = 0; opcode < 256; opcode += 5) {
        if (opcode == LK_OPCODE_NOP)
            continue;
        cr_assert_eq(
            send_command((lk_command){.opcode = (uint8_t)opcode, .tag = opcode, .length = sizeof payload}, payload),
            LK_STATUS_UNKNOWN_OPCODE, "opcode %u", opcode);
        cr_assert_eq(nop(), LK_STATUS_OK);
    }
}

Test(commands, the_longest_payload_is_skipped_too)
{
    static const uint8_t payload[UINT16_MAX];
    uint8_t *room;
    lk_command command = {.opcode = 0x7f, .tag = 9, .length = UINT16_MAX};
    lk_writer *writer = lk_link_command(&link_under_test, LK_OUTPUT_RECORD, LK_COMMAND_HEADER_BYTES);
    command.length = 0;
    lk_command_write(writer, &command, NULL);
    room = writer->start + writer->length - LK_COMMAND_HEADER_BYTES;
    room[12] = room[13] = 0xff; /* the length; its payload follows as a transfer of its own */
    lk_link_flush(&link_under_test);
    lk_transfer transfer = {.endpoint = LK_ENDPOINT_OUT, .data = (uint8_t *)payload, .length = sizeof payload};
    cr_assert_eq(transport->methods->submit(transport, &transfer), LK_OK);
    cr_assert_eq(answered(), LK_STATUS_UNKNOWN_OPCODE);
    cr_assert_eq(nop(), LK_STATUS_OK);
}

Test(commands, fields_that_must_be_zero_are_checked)
{
    cr_assert_eq(send_command((lk_command){.opcode = LK_OPCODE_NOP, .content_type = 1}, NULL), LK_STATUS_BAD_FIELD);
    cr_assert_eq(send_command((lk_command){.opcode = LK_OPCODE_NOP, .padding = 1}, NULL), LK_STATUS_BAD_FIELD);
    cr_assert_eq(send_command((lk_command){.opcode = LK_OPCODE_NOP, .sequence = 1}, NULL), LK_STATUS_BAD_FIELD);
    cr_assert_eq(load(0, 1, LK_SEAL, LK_TLS1_2), LK_STATUS_OK);
    lk_command seal = seal_of(0, 1, 4);
    seal.content_type = 0;
    cr_assert_eq(send_command(seal, "abcd"), LK_STATUS_BAD_FIELD);
    seal = seal_of(0, 1, 4);
    seal.padding = 1;
    cr_assert_eq(send_command(seal, "abcd"), LK_STATUS_BAD_FIELD, "TLS 1.2 has no padding");
    cr_assert_eq(send_command(seal_of(0, 1, 4), "abcd"), LK_STATUS_OK, "none of them has changed the slot");
}

Test(commands, slots_and_generations_are_checked)
{
    cr_assert_eq(send_command(seal_of(0xffff, 0, 4), "abcd"), LK_STATUS_BAD_SLOT);
    cr_assert_eq(send_command(seal_of(3, 0, 4), "abcd"), LK_STATUS_SLOT_EMPTY);
    cr_assert_eq(send_command((lk_command){.opcode = LK_OPCODE_SLOT_DELETE, .slot = 3}, NULL), LK_STATUS_SLOT_EMPTY);
    cr_assert_eq(load(3, 8, LK_SEAL, LK_TLS1_3), LK_STATUS_OK);
    cr_assert_eq(load(3, 9, LK_SEAL, LK_TLS1_3), LK_STATUS_SLOT_IN_USE);
    cr_assert_eq(send_command(seal_of(3, 7, 4), "abcd"), LK_STATUS_STALE_GENERATION);
    cr_assert_eq(send_command((lk_command){.opcode = LK_OPCODE_SLOT_DELETE, .slot = 3, .generation = 7}, NULL),
                 LK_STATUS_STALE_GENERATION);
    cr_assert_eq(send_command(seal_of(3, 8, 4), "abcd"), LK_STATUS_OK);
    cr_assert_eq(last.length, 5 + 4 + 1 + 16);
    cr_assert_eq(send_command((lk_command){.opcode = LK_OPCODE_SLOT_DELETE, .slot = 3, .generation = 8}, NULL),
                 LK_STATUS_OK);
    lk_command again = seal_of(3, 8, 4);
    again.sequence = 1;
    cr_assert_eq(send_command(again, "abcd"), LK_STATUS_SLOT_EMPTY);
}

Test(commands, a_slot_works_in_its_own_direction_alone)
{
    static const uint8_t record[5 + 17] = {23, 3, 3, 0, 17};
    cr_assert_eq(load(1, 1, LK_SEAL, LK_TLS1_3), LK_STATUS_OK);
    cr_assert_eq(load(2, 1, LK_OPEN, LK_TLS1_3), LK_STATUS_OK);
    lk_command open = {.opcode = LK_OPCODE_OPEN, .slot = 1, .generation = 1, .length = sizeof record};
    cr_assert_eq(send_command(open, record), LK_STATUS_WRONG_DIRECTION);
    cr_assert_eq(send_command(seal_of(2, 1, 4), "abcd"), LK_STATUS_WRONG_DIRECTION);
    open.slot = 2;
    cr_assert_eq(send_command(open, record), LK_STATUS_BAD_RECORD_MAC);
}

Test(commands, lengths_are_checked)
{
    static const uint8_t plaintext[16385];
    static uint8_t record[5 + 100] = {23, 3, 3, 0, 99};
    cr_assert_eq(load(1, 1, LK_SEAL, LK_TLS1_3), LK_STATUS_OK);
    cr_assert_eq(load(2, 1, LK_OPEN, LK_TLS1_3), LK_STATUS_OK);
    cr_assert_eq(send_command(seal_of(1, 1, 16385), plaintext), LK_STATUS_BAD_LENGTH);
    lk_command padded = seal_of(1, 1, 16384);
    padded.padding = 1;
    cr_assert_eq(send_command(padded, plaintext), LK_STATUS_BAD_LENGTH);
    cr_assert_eq(send_command(seal_of(1, 1, 16384), plaintext), LK_STATUS_OK);
    lk_command open = {.opcode = LK_OPCODE_OPEN, .slot = 2, .generation = 1, .length = sizeof record};
    cr_assert_eq(send_command(open, record), LK_STATUS_BAD_LENGTH, "the header says one less");
    open.length = 3;
    cr_assert_eq(send_command(open, record), LK_STATUS_BAD_LENGTH, "shorter than a header");
    cr_assert_eq(send_command((lk_command){.opcode = LK_OPCODE_SLOT_LOAD, .slot = 9, .length = 8}, plaintext),
                 LK_STATUS_BAD_LENGTH);
    cr_assert_eq(send_command((lk_command){.opcode = LK_OPCODE_NOP, .length = 8}, plaintext), LK_STATUS_BAD_LENGTH);
}

static lk_status load_bytes(const uint8_t head[8])
{
    uint8_t payload[LK_LOAD_PAYLOAD_BYTES] = {0};
    memcpy(payload, head, 8);
    return send_command(
        (lk_command){.opcode = LK_OPCODE_SLOT_LOAD, .slot = 5, .generation = 1, .length = sizeof payload}, payload);
}

Test(commands, what_is_loaded_is_checked)
{
    cr_assert_eq(load_bytes((uint8_t[8]){2, 4, 0}), LK_STATUS_BAD_FIELD, "no such direction");
    cr_assert_eq(load_bytes((uint8_t[8]){0, 4, 0, 4}), LK_STATUS_BAD_FIELD, "no such flag");
    cr_assert_eq(load_bytes((uint8_t[8]){0, 4, 0, LK_LOAD_ENCRYPT_THEN_MAC}), LK_STATUS_UNSUPPORTED, "not with AEAD");
    cr_assert_eq(load_bytes((uint8_t[8]){0, 4, 0, 0, 1}), LK_STATUS_BAD_FIELD);
    cr_assert_eq(load_bytes((uint8_t[8]){0, 1, 0}), LK_STATUS_UNSUPPORTED, "TLS 1.0");
    cr_assert_eq(load_bytes((uint8_t[8]){0, 4, 31}), LK_STATUS_UNSUPPORTED, "no such cipher");
    cr_assert_eq(load_bytes((uint8_t[8]){0, 4, 0}), LK_STATUS_OK);
}

Test(commands, P3_erased_slots_are_empty)
{
    for (uint16_t slot = 0; slot < 4; slot++)
        cr_assert_eq(load(slot, 1, LK_SEAL, LK_TLS1_3), LK_STATUS_OK);
    cr_assert_eq(send_command((lk_command){.opcode = LK_OPCODE_SLOT_DELETE_ALL}, NULL), LK_STATUS_OK);
    for (uint16_t slot = 0; slot < 4; slot++)
        cr_assert_eq(send_command(seal_of(slot, 1, 4), "abcd"), LK_STATUS_SLOT_EMPTY);
}

static void stream_reset(void)
{
    cr_assert_eq(transport->methods->control(transport, 0x40, LK_REQUEST_STREAM_RESET, 0, 0, NULL, 0, NULL, 5000),
                 LK_OK);
}

Test(commands, P3_a_stream_reset_erases_every_slot)
{
    cr_assert_eq(load(7, 1, LK_SEAL, LK_TLS1_3), LK_STATUS_OK);
    stream_reset();
    cr_assert_eq(send_command(seal_of(7, 1, 4), "abcd"), LK_STATUS_SLOT_EMPTY);
}

Test(commands, after_a_wrong_magic_byte_nothing_is_taken_until_a_stream_reset)
{
    lk_writer *writer = lk_link_command(&link_under_test, LK_OUTPUT_RECORD, LK_COMMAND_HEADER_BYTES);
    lk_writer_zeros(writer, LK_COMMAND_HEADER_BYTES);
    cr_assert_eq(answered(), LK_STATUS_FRAMING);
    size_t before = completions;
    writer = lk_link_command(&link_under_test, LK_OUTPUT_RECORD, LK_COMMAND_HEADER_BYTES);
    lk_command_write(writer, &(lk_command){.opcode = LK_OPCODE_NOP}, NULL);
    lk_link_flush(&link_under_test);
    for (int i = 0; i < 5; i++)
        lk_link_progress(&link_under_test, 20);
    cr_assert_eq(completions, before);
    stream_reset();
    cr_assert_eq(nop(), LK_STATUS_OK);
}
