/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/command.h"

enum { WORD = 4, LOAD_KEY_ROOM = 32, LOAD_IV_ROOM = 16, LOAD_MAC_KEY_ROOM = 32 };

static size_t padding_to_word(size_t length)
{
    return (WORD - length % WORD) % WORD;
}

size_t lk_command_size(size_t payload)
{
    return LK_COMMAND_HEADER_BYTES + payload + padding_to_word(payload);
}

static void header_write(lk_writer *writer, const lk_command *command)
{
    lk_writer_u8(writer, LK_COMMAND_MAGIC);
    lk_writer_u8(writer, command->opcode);
    lk_writer_u8(writer, 0);
    lk_writer_u8(writer, command->content_type);
    lk_writer_u16_little(writer, command->slot);
    lk_writer_u16_little(writer, command->generation);
    lk_writer_u32_little(writer, command->tag);
    lk_writer_u16_little(writer, command->length);
    lk_writer_u16_little(writer, command->padding);
    lk_writer_u32_little(writer, (uint32_t)command->sequence);
    lk_writer_u32_little(writer, (uint32_t)(command->sequence >> 32));
}

void lk_command_write(lk_writer *writer, const lk_command *command, const uint8_t *payload)
{
    lk_command_write_with_iv(writer, command, NULL, 0, payload);
}

void lk_command_write_with_iv(lk_writer *writer, const lk_command *command, const uint8_t *iv, size_t iv_length,
                              const uint8_t *payload)
{
    header_write(writer, command);
    if (iv_length > 0)
        lk_writer_bytes(writer, iv, iv_length);
    lk_writer_bytes(writer, payload, command->length - iv_length);
    lk_writer_zeros(writer, padding_to_word(command->length));
}

static void write_keys(lk_writer *writer, lk_command command, const lk_direction_parameters *parameters)
{
    size_t key = parameters->cipher->key_length;
    size_t iv = lk_record_iv_length(parameters->version, parameters->cipher);
    size_t mac_key = parameters->cipher->mac_key_length;
    bool limited = parameters->kind == LK_SEAL && parameters->limited;
    command.length = LK_LOAD_PAYLOAD_BYTES;
    command.sequence = parameters->first_sequence;
    header_write(writer, &command);
    lk_writer_u8(writer, parameters->kind == LK_SEAL ? LK_DIRECTION_SEAL : LK_DIRECTION_OPEN);
    lk_writer_u8(writer, (uint8_t)parameters->version); /* the minor byte */
    lk_writer_u8(writer, (uint8_t)parameters->cipher->id);
    lk_writer_u8(writer,
                 (parameters->encrypt_then_mac ? LK_LOAD_ENCRYPT_THEN_MAC : 0) | (limited ? LK_LOAD_LIMITED : 0));
    lk_writer_u32_little(writer, 0);
    lk_writer_bytes(writer, parameters->key, key);
    lk_writer_zeros(writer, LOAD_KEY_ROOM - key);
    lk_writer_bytes(writer, parameters->iv, iv);
    lk_writer_zeros(writer, LOAD_IV_ROOM - iv);
    lk_writer_bytes(writer, parameters->mac_key, mac_key);
    lk_writer_zeros(writer, LOAD_MAC_KEY_ROOM - mac_key);
    lk_writer_u32_little(writer, limited ? parameters->soft_limit : 0);
    lk_writer_u32_little(writer, limited ? parameters->hard_limit : 0);
}

void lk_command_write_load(lk_writer *writer, lk_command command, const lk_direction_parameters *parameters)
{
    command.opcode = LK_OPCODE_SLOT_LOAD;
    write_keys(writer, command, parameters);
}

void lk_command_write_replace(lk_writer *writer, lk_command command, const lk_direction_parameters *parameters)
{
    command.opcode = LK_OPCODE_SLOT_REPLACE;
    write_keys(writer, command, parameters);
}
