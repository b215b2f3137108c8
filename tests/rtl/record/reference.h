/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine must answer, by docs/protocol.md: slots and checks are written out here a second time, records are
 * made and opened by the software engine.
 */
#ifndef LK_TESTS_REFERENCE_H
#define LK_TESTS_REFERENCE_H

#include "protocol/command.h"
#include "protocol/completion.h"
#include "record/engine.h"

enum { REFERENCE_SLOTS = 256 }; /* at most */

/* A command with everything in it that can be wrong but its magic byte. */
typedef struct test_command {
    lk_command header;
    uint8_t flags;
    const uint8_t *payload;
} test_command;

typedef struct reference_slot {
    lk_direction *direction; /* NULL: empty */
    lk_direction_kind kind;
    uint16_t version;
    const lk_cipher *cipher;
    uint16_t generation;
} reference_slot;

typedef struct test_reference {
    lk_engine *engine;
    uint32_t slot_count;
    uint32_t ciphers; /* that the device has, as in the fact CIPHERS: all of the table but one */
    reference_slot slots[REFERENCE_SLOTS];
} test_reference;

typedef struct expected_completion {
    lk_completion header;
    uint8_t payload[LK_RECORD_BYTES_MAX];
} expected_completion;

/** For an engine with so many slots, at most REFERENCE_SLOTS. False when the software engine cannot be made. */
bool reference_open(test_reference *reference, uint32_t slot_count);

/** Zero is allowed. */
void reference_close(test_reference *reference);

/** Forgets all slots, as STREAM_RESET does. */
void reference_reset(test_reference *reference);

/** The completion of a command, and what it does to the slots. */
void reference_answer(test_reference *reference, const test_command *command, expected_completion *expected);

/** Writes a completion as it comes out of the engine. */
void reference_write(lk_writer *writer, const expected_completion *expected);

#endif
