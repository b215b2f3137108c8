/* SPDX-License-Identifier: Apache-2.0 */
/* Commands: what the host writes to bulk OUT. The fields are those of docs/protocol.md. */
#ifndef LK_PROTOCOL_COMMAND_H
#define LK_PROTOCOL_COMMAND_H

#include "base/writer.h"
#include "protocol/protocol.h"
#include "record/engine.h"

typedef struct lk_command {
    uint8_t opcode;
    uint8_t content_type; /* SEAL alone, else 0 */
    uint16_t slot;
    uint16_t generation;
    uint32_t tag;
    uint16_t length;   /* of the payload in bytes, before it is padded to whole words */
    uint16_t padding;  /* SEAL in TLS 1.3: zero bytes to add inside the record, else 0 */
    uint64_t sequence; /* SLOT_LOAD, SLOT_REPLACE: the first; SEAL, OPEN: the record's; else 0 */
} lk_command;

/** The bytes that a command takes in the stream: header, payload, zeros up to a whole word. */
size_t lk_command_size(size_t payload);

/** Writes a command; payload is command->length bytes. */
void lk_command_write(lk_writer *writer, const lk_command *command, const uint8_t *payload);

/** The same with an IV in front: the payload is command->length less iv_length bytes. */
void lk_command_write_with_iv(lk_writer *writer, const lk_command *command, const uint8_t *iv, size_t iv_length,
                              const uint8_t *payload);

/** Writes SLOT_LOAD with the direction's keys; command->length, opcode and sequence are set here. */
void lk_command_write_load(lk_writer *writer, lk_command command, const lk_direction_parameters *parameters);

/** The same for SLOT_REPLACE. */
void lk_command_write_replace(lk_writer *writer, lk_command command, const lk_direction_parameters *parameters);

#endif
