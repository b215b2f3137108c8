/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/record/reference.h"

#include "base/reader.h"

#include <string.h>

enum { TLS1_2_MINOR = 3, TLS1_3_MINOR = 4, LOAD_MAC_KEY_ROOM = 32 };

bool reference_open(test_reference *reference, uint32_t slot_count)
{
    memset(reference, 0, sizeof *reference);
    reference->slot_count = slot_count;
    reference->ciphers = ~(UINT32_C(1) << LK_CIPHER_AES_256_CBC_SHA384);
    return slot_count <= REFERENCE_SLOTS && lk_engine_software_new(&reference->engine) == LK_OK;
}

void reference_close(test_reference *reference)
{
    reference_reset(reference);
    lk_engine_free(reference->engine);
    reference->engine = NULL;
}

static void empty(reference_slot *slot)
{
    lk_direction_close(slot->direction);
    *slot = (reference_slot){0};
}

void reference_reset(test_reference *reference)
{
    for (int i = 0; i < REFERENCE_SLOTS; i++) {
        empty(&reference->slots[i]);
    }
}

static bool about_slot(uint8_t opcode)
{
    return opcode == LK_OPCODE_SLOT_LOAD || opcode == LK_OPCODE_SLOT_DELETE || opcode == LK_OPCODE_SLOT_REPLACE ||
           opcode == LK_OPCODE_SEAL || opcode == LK_OPCODE_OPEN;
}

/* What the header shows by itself. */
static lk_status check_header(const test_reference *reference, const test_command *command)
{
    const lk_command *header = &command->header;
    bool seal = header->opcode == LK_OPCODE_SEAL;
    bool numbered = about_slot(header->opcode) && header->opcode != LK_OPCODE_SLOT_DELETE;
    if (!about_slot(header->opcode) && header->opcode != LK_OPCODE_NOP && header->opcode != LK_OPCODE_SLOT_DELETE_ALL) {
        return LK_STATUS_UNKNOWN_OPCODE;
    }
    if (command->flags != 0 || seal != (header->content_type != 0) || (!seal && header->padding != 0) ||
        (!numbered && header->sequence != 0)) {
        return LK_STATUS_BAD_FIELD;
    }
    if (about_slot(header->opcode)) {
        return header->slot < reference->slot_count ? LK_STATUS_OK : LK_STATUS_BAD_SLOT;
    }
    return header->length == 0 ? LK_STATUS_OK : LK_STATUS_BAD_LENGTH;
}

static bool all_zero(lk_reader *reader, size_t length)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < length; i++) {
        sum |= lk_reader_u8(reader);
    }
    return sum == 0;
}

/* What the device has. */
static const lk_cipher *find_cipher(const test_reference *reference, uint8_t id)
{
    return id < 32 && (reference->ciphers >> id & 1) != 0 ? lk_cipher_find(id) : NULL;
}

/* So much of a field is used, the rest is zero. */
static bool take_field(lk_reader *reader, uint8_t *field, size_t used, size_t room)
{
    lk_reader_copy(reader, field, used);
    return all_zero(reader, room - used);
}

/* What a cipher that is not known leaves open. */
static bool unknown_fields_are_zero(lk_reader *reader, uint8_t version)
{
    uint8_t ignored[LK_KEY_MAX];
    bool iv_rest = false;
    lk_reader_copy(reader, ignored, LK_KEY_MAX);
    lk_reader_copy(reader, ignored, version == TLS1_2_MINOR ? 4 : 12);
    iv_rest = all_zero(reader, LK_IV_MAX - (version == TLS1_2_MINOR ? 4 : 12));
    return all_zero(reader, LOAD_MAC_KEY_ROOM) && iv_rest;
}

static bool read_fields(lk_reader *reader, uint8_t version, lk_direction_parameters *parameters)
{
    const lk_cipher *cipher = parameters->cipher;
    if (!cipher) {
        return unknown_fields_are_zero(reader, version);
    }
    bool key = take_field(reader, parameters->key, cipher->key_length, LK_KEY_MAX);
    size_t iv_length = cipher->kind == LK_KIND_AEAD && version != TLS1_2_MINOR
                           ? 12
                           : lk_record_iv_length((uint16_t)(LK_SSL3 + version), cipher);
    bool iv = take_field(reader, parameters->iv, iv_length, LK_IV_MAX);
    bool mac_key = take_field(reader, parameters->mac_key, cipher->mac_key_length, LOAD_MAC_KEY_ROOM);
    return key && iv && mac_key;
}

/* What is wrong with the payload of SLOT_LOAD or SLOT_REPLACE by itself, and what it says. */
static lk_status read_load(const test_reference *reference, const test_command *command,
                           lk_direction_parameters *parameters)
{
    lk_reader reader = lk_reader_over(command->payload, LK_LOAD_PAYLOAD_BYTES);
    uint8_t direction = lk_reader_u8(&reader), version = lk_reader_u8(&reader), cipher = lk_reader_u8(&reader);
    uint8_t flags = lk_reader_u8(&reader);
    bool fields = all_zero(&reader, 4) && direction <= LK_DIRECTION_OPEN &&
                  (flags & ~(LK_LOAD_ENCRYPT_THEN_MAC | LK_LOAD_LIMITED)) == 0;
    *parameters = (lk_direction_parameters){.kind = direction == LK_DIRECTION_OPEN ? LK_OPEN : LK_SEAL,
                                            .version = (uint16_t)(LK_SSL3 + version),
                                            .cipher = find_cipher(reference, cipher),
                                            .encrypt_then_mac = (flags & LK_LOAD_ENCRYPT_THEN_MAC) != 0,
                                            .first_sequence = command->header.sequence};
    fields = read_fields(&reader, version, parameters) && fields;
    parameters->limited = (flags & LK_LOAD_LIMITED) != 0;
    parameters->soft_limit = lk_reader_u32_little(&reader);
    parameters->hard_limit = lk_reader_u32_little(&reader);
    if (!fields || (!parameters->limited && (parameters->soft_limit | parameters->hard_limit) != 0)) {
        return LK_STATUS_BAD_FIELD;
    }
    bool supported = parameters->cipher && version <= TLS1_3_MINOR &&
                     lk_engine_supports(reference->engine, parameters->version, parameters->cipher);
    bool combined = parameters->encrypt_then_mac; /* and that goes with CBC alone, from TLS 1.0 on */
    bool misplaced =
        combined && parameters->cipher && (parameters->cipher->kind != LK_KIND_CBC || parameters->version == LK_SSL3);
    misplaced |= parameters->limited && parameters->kind == LK_OPEN;
    return supported && !misplaced ? LK_STATUS_OK : LK_STATUS_UNSUPPORTED;
}

static lk_status fill(const test_reference *reference, reference_slot *slot, uint16_t generation,
                      const lk_direction_parameters *parameters)
{
    *slot = (reference_slot){.kind = parameters->kind,
                             .version = parameters->version,
                             .cipher = parameters->cipher,
                             .generation = generation};
    return lk_engine_open(reference->engine, parameters, &slot->direction) == LK_OK ? LK_STATUS_OK
                                                                                    : LK_STATUS_UNSUPPORTED;
}

static lk_status load(test_reference *reference, const test_command *command)
{
    reference_slot *slot = &reference->slots[command->header.slot];
    lk_direction_parameters parameters;
    if (command->header.length != LK_LOAD_PAYLOAD_BYTES) {
        return LK_STATUS_BAD_LENGTH;
    }
    lk_status status = read_load(reference, command, &parameters);
    if (status == LK_STATUS_OK && slot->direction) {
        status = LK_STATUS_SLOT_IN_USE;
    }
    return status == LK_STATUS_OK ? fill(reference, slot, command->header.generation, &parameters) : status;
}

/* A payload that is refused has cost the slot its key. */
static lk_status replace(const test_reference *reference, reference_slot *slot, const test_command *command)
{
    lk_direction_kind kind = slot->kind;
    lk_direction_parameters parameters;
    if (command->header.length != LK_LOAD_PAYLOAD_BYTES) {
        return LK_STATUS_BAD_LENGTH;
    }
    empty(slot);
    lk_status status = read_load(reference, command, &parameters);
    if (status == LK_STATUS_OK && parameters.kind != kind) {
        status = LK_STATUS_WRONG_DIRECTION;
    }
    return status == LK_STATUS_OK ? fill(reference, slot, command->header.generation, &parameters) : status;
}

/* CBC from TLS 1.1 on: the IV stands in front of the plaintext. */
static size_t iv_in_payload(const reference_slot *slot)
{
    return slot->cipher->kind == LK_KIND_CBC ? lk_record_explicit_nonce_length(slot->version, slot->cipher) : 0;
}

/* Lengths, which the software engine is not asked about. */
static lk_status check_lengths(const reference_slot *slot, const test_command *command)
{
    const lk_command *header = &command->header;
    if (header->opcode == LK_OPCODE_SEAL) {
        if (slot->version != LK_TLS1_3 && header->padding != 0) {
            return LK_STATUS_BAD_FIELD;
        }
        size_t iv = iv_in_payload(slot), inner = (size_t)header->length + header->padding;
        return iv <= inner && inner <= LK_RECORD_PLAINTEXT_MAX + iv ? LK_STATUS_OK : LK_STATUS_BAD_LENGTH;
    }
    lk_reader reader = lk_reader_over(command->payload, header->length);
    lk_reader_bytes(&reader, 3);
    size_t fragment = lk_reader_u16(&reader);
    return !reader.failed && reader.left == fragment ? LK_STATUS_OK : LK_STATUS_BAD_LENGTH;
}

static lk_status status_of(lk_error error, uint64_t sequence)
{
    switch (error) {
    case LK_OK:
        return LK_STATUS_OK;
    case LK_ERROR_RECORD_TOO_SHORT:
        return LK_STATUS_RECORD_TOO_SHORT;
    case LK_ERROR_RECORD_OVERFLOW:
        return LK_STATUS_RECORD_OVERFLOW;
    case LK_ERROR_SEQUENCE_REUSED:
        return LK_STATUS_SEQUENCE_REUSED;
    case LK_ERROR_SEQUENCE_EXHAUSTED:
        return sequence == UINT64_MAX ? LK_STATUS_SEQUENCE_EXHAUSTED : LK_STATUS_RECORD_LIMIT;
    case LK_ERROR_BAD_RECORD_MAC:
        return LK_STATUS_BAD_RECORD_MAC;
    case LK_ERROR_NO_CONTENT_TYPE:
        return LK_STATUS_NO_CONTENT_TYPE;
    default:
        return LK_STATUS_FRAMING; /* nothing here may give it: the comparison fails */
    }
}

static lk_status make_record(const reference_slot *slot, const test_command *command, expected_completion *expected)
{
    static uint8_t output[LK_RECORD_CBC_MAX];
    size_t iv = slot->kind == LK_SEAL ? iv_in_payload(slot) : 0;
    lk_operation operation = {.input = command->payload + iv,
                              .input_length = command->header.length - iv,
                              .output = output,
                              .output_capacity = sizeof output,
                              .sequence = command->header.sequence,
                              .content_type = command->header.content_type,
                              .padding = command->header.padding};
    memcpy(operation.iv, command->payload, iv);
    lk_operation *operations[] = {&operation};
    size_t accepted = 0;
    lk_error error = lk_direction_submit(slot->direction, operations, 1, &accepted);
    lk_status status = status_of(error == LK_OK ? operation.status : error, command->header.sequence);
    if (status == LK_STATUS_OK) {
        expected->header.length = (uint16_t)operation.output_length;
        uint8_t sealed = operation.near_limit ? LK_SEAL_NEAR_LIMIT : 0;
        expected->header.content_type = slot->kind == LK_OPEN ? operation.content_type : sealed;
        memcpy(expected->payload, output, operation.output_length);
    }
    return status;
}

static lk_status use_slot(test_reference *reference, const test_command *command, expected_completion *expected)
{
    reference_slot *slot = &reference->slots[command->header.slot];
    uint8_t opcode = command->header.opcode;
    if (!slot->direction) {
        return LK_STATUS_SLOT_EMPTY;
    }
    if (slot->generation != command->header.generation) {
        return LK_STATUS_STALE_GENERATION;
    }
    if (opcode == LK_OPCODE_SLOT_DELETE) {
        if (command->header.length != 0) {
            return LK_STATUS_BAD_LENGTH;
        }
        empty(slot);
        return LK_STATUS_OK;
    }
    if (opcode == LK_OPCODE_SLOT_REPLACE) {
        return replace(reference, slot, command);
    }
    if (slot->kind != (opcode == LK_OPCODE_OPEN ? LK_OPEN : LK_SEAL)) {
        return LK_STATUS_WRONG_DIRECTION;
    }
    lk_status status = check_lengths(slot, command);
    return status == LK_STATUS_OK ? make_record(slot, command, expected) : status;
}

void reference_answer(test_reference *reference, const test_command *command, expected_completion *expected)
{
    expected->header = (lk_completion){.opcode = command->header.opcode,
                                       .slot = command->header.slot,
                                       .generation = command->header.generation,
                                       .tag = command->header.tag};
    lk_status status = check_header(reference, command);
    if (status == LK_STATUS_OK && command->header.opcode == LK_OPCODE_SLOT_LOAD) {
        status = load(reference, command);
    } else if (status == LK_STATUS_OK && about_slot(command->header.opcode)) {
        status = use_slot(reference, command, expected);
    } else if (status == LK_STATUS_OK && command->header.opcode == LK_OPCODE_SLOT_DELETE_ALL) {
        reference_reset(reference);
    }
    expected->header.status = (uint8_t)status;
}

void reference_write(lk_writer *writer, const expected_completion *expected)
{
    const lk_completion *header = &expected->header;
    lk_writer_u8(writer, LK_COMPLETION_MAGIC);
    lk_writer_u8(writer, header->opcode);
    lk_writer_u8(writer, header->status);
    lk_writer_u8(writer, header->content_type);
    lk_writer_u16_little(writer, header->slot);
    lk_writer_u16_little(writer, header->generation);
    lk_writer_u32_little(writer, header->tag);
    lk_writer_u32_little(writer, header->length);
    lk_writer_bytes(writer, expected->payload, header->length);
    lk_writer_zeros(writer, (4 - header->length % 4) % 4);
}
