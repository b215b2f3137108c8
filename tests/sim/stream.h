/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands for tests of the way to the engine, below the driver: NOPs, each of which comes back with its tag, and
 * records of a length that the test chooses.
 */
#ifndef LK_TESTS_SIM_STREAM_H
#define LK_TESTS_SIM_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NOP_BYTES = 24, NOP_COMPLETION_BYTES = 16, LOAD_BYTES = 80, SEAL_OVERHEAD = 16 + 22 };

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
