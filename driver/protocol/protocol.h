/* SPDX-License-Identifier: Apache-2.0 */
/* The device protocol's constants for C: names and numbers alone; docs/protocol.md says what they mean. */
#ifndef LK_PROTOCOL_PROTOCOL_H
#define LK_PROTOCOL_PROTOCOL_H

#include <latchkey/error.h>

#include <stdbool.h>
#include <stdint.h>

/* LK_VENDOR_ID, LK_COMMAND_HEADER_BYTES and their like. */
enum {
#define LK_CONSTANT(name, bits, value, meaning) LK_##name = (value),
#include "protocol/protocol.def"
};

/* LK_OPCODE_SEAL and its like. */
typedef enum lk_opcode {
#define LK_OPCODE(name, value, meaning) LK_OPCODE_##name = (value),
#include "protocol/protocol.def"
} lk_opcode;

/* LK_STATUS_OK and its like. */
typedef enum lk_status {
#define LK_STATUS(name, value, error, meaning) LK_STATUS_##name = (value),
#include "protocol/protocol.def"
} lk_status;

/* LK_REQUEST_READ_FACTS and its like: bRequest of vendor requests. */
typedef enum lk_request {
#define LK_REQUEST(name, value, meaning) LK_REQUEST_##name = (value),
#include "protocol/protocol.def"
} lk_request;

/* LK_FACT_SLOTS and its like: word addresses. */
typedef enum lk_fact {
#define LK_FACT(name, address, meaning) LK_FACT_##name = (address),
#include "protocol/protocol.def"
} lk_fact;

/** True for a number that is a status of the table. */
bool lk_status_known(uint8_t status);

/** The host's error for a status; DEVICE_PROTOCOL for a number that is no status. */
lk_error lk_status_error(uint8_t status);

/** A status by name, such as "SLOT_EMPTY"; "unknown" for a number without one. */
const char *lk_status_name(uint8_t status);

#endif
