/* SPDX-License-Identifier: Apache-2.0 */
/* A device engine whose device is an adversary, and operations on it. */
#ifndef LK_TESTS_DRIVER_ENGINE_FIXTURE_H
#define LK_TESTS_DRIVER_ENGINE_FIXTURE_H

#include "adversary.h"
#include "engine.h"

enum { FIXTURE_SLOTS = 4, FIXTURE_TIMEOUT = 60000 };

typedef struct engine_fixture {
    adversary far_end;
    lk_slot_engine engine;
} engine_fixture;

/** An operation with memory of its own. */
typedef struct fixture_operation {
    lk_operation operation;
    uint8_t input[LK_RECORD_MAX];
    uint8_t output[LK_RECORD_MAX];
} fixture_operation;

/** timeout: ms until a silent device counts as lost. */
void engine_fixture_init(engine_fixture *fixture, int timeout);
void engine_fixture_release(engine_fixture *fixture);

/** Opens a direction that must open. */
lk_direction *fixture_open(engine_fixture *fixture, lk_direction_kind kind, uint16_t version);

/** Opens a direction, and lets the device load it. */
lk_direction *fixture_open_loaded(engine_fixture *fixture, lk_direction_kind kind, uint16_t version);

/** Prepares sealing of length bytes of application data. */
void fixture_seal(fixture_operation *operation, size_t length, uint64_t sequence);

/** Prepares opening of a record with that fragment length, its header filled in. */
void fixture_record(fixture_operation *operation, size_t fragment, uint64_t sequence);

/** Submits one operation that must be accepted. */
void fixture_submit(lk_direction *direction, fixture_operation *operation);

/** Lets the engine take in what is there. */
lk_error fixture_progress(engine_fixture *fixture);

/** Answers a SEAL command with a record that has the right header. */
void fixture_answer_seal(engine_fixture *fixture, const adversary_command *command, uint16_t version);

/** The same, and says that the key has reached its soft limit. */
void fixture_answer_seal_near_limit(engine_fixture *fixture, const adversary_command *command, uint16_t version);

/** Lets commands come in and answers each as a well-behaved device would. @return how many. */
size_t fixture_answer_all(engine_fixture *fixture, uint16_t version);

#endif
