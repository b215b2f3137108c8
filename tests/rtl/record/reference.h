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

enum { REFERENCE_SLOTS = 256 };

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
    uint16_t generation;
} reference_slot;

typedef struct test_reference {
    lk_engine *engine;
    reference_slot slots[REFERENCE_SLOTS];
} test_reference;

typedef struct expected_completion {
    lk_completion header;
    uint8_t payload[LK_RECORD_BYTES_MAX];
} expected_completion;

/** False when the software engine cannot be made. */
bool reference_open(test_reference *reference);

/** Zero is allowed. */
void reference_close(test_reference *reference);

/** Forgets all slots, as STREAM_RESET does. */
void reference_reset(test_reference *reference);

/** The completion of a command, and what it does to the slots. */
void reference_answer(test_reference *reference, const test_command *command, expected_completion *expected);

#endif
