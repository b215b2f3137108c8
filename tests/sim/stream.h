/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands for tests of the way to the engine, below the driver: NOPs, each of which comes back with its tag, and
 * records of a length that the test chooses.
 */
#ifndef LK_TESTS_SIM_STREAM_H
#define LK_TESTS_SIM_STREAM_H

#include "protocol/command.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    NOP_BYTES = LK_COMMAND_HEADER_BYTES,
    NOP_COMPLETION_BYTES = LK_COMPLETION_HEADER_BYTES,
    LOAD_BYTES = LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES,
    SEAL_OVERHEAD = LK_COMPLETION_HEADER_BYTES + 22 /* header, content type, tag */
};

/** Writes count NOPs with the tags first, first + 1, ... @return their bytes. */
size_t stream_nops(uint8_t *to, uint32_t first, uint32_t count);

/** True when the bytes are the completions of just these, in order. */
bool stream_answers(const uint8_t *bytes, size_t length, uint32_t first, uint32_t count);

/** Writes SLOT_LOAD of slot 0 for sealing in TLS 1.3. @return LOAD_BYTES. */
size_t stream_load(uint8_t *to);

/** Writes a SEAL of length zero bytes. Its completion has length + SEAL_OVERHEAD bytes, rounded up to words. @return
 * its bytes. */
size_t stream_seal(uint8_t *to, size_t length, uint32_t tag, uint64_t sequence);

/** True when the bytes begin with the completion of that SEAL and are as many as it has. */
bool stream_is_sealed(const uint8_t *bytes, size_t have, size_t length, uint32_t tag);

#endif
