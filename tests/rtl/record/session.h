/* SPDX-License-Identifier: Apache-2.0 */
/* The engine and its reference side by side: commands are collected, sent at once, and every byte that comes back is
 * compared. Completions of an engine with several lanes are matched by their tags; those of one slot must come in the
 * order of its commands, and what names no slot behind all that was sent before it. */
#ifndef LK_TESTS_SESSION_H
#define LK_TESTS_SESSION_H

#include "base/writer.h"
#include "rtl/record/engine_port.h"
#include "rtl/record/protection.h"
#include "rtl/record/reference.h"

enum { SESSION_BATCH = 64, SESSION_BYTES = SESSION_BATCH * (LK_RECORD_BYTES_MAX + 64), SESSION_COMMANDS = 1024 };

typedef struct test_session {
    engine_port port;
    test_reference reference;
    session_protection protections[SESSION_PROTECTIONS_MAX]; /* all that both have */
    size_t protection_count;
    expected_completion expected; /* of the command added last */
    lk_writer commands;
    lk_writer completions;                /* as they must come, in the order of the commands */
    size_t offsets[SESSION_COMMANDS + 1]; /* of each of them, and of their end */
    size_t count;
    uint32_t first_tag; /* of the commands collected */
    uint32_t next_tag;
    bool overtaking;  /* there are several lanes */
    size_t overtaken; /* completions that came after one of a later command */
} test_session;

/** Fails the test when memory is short. */
void session_open(test_session *session);
void session_close(test_session *session);

/** Adds a command with a tag of its own. Returns the status that its completion must have. */
lk_status session_add(test_session *session, test_command command);

/** Adds SLOT_LOAD of a direction. */
lk_status session_add_load(test_session *session, uint16_t slot, uint16_t generation,
                           const lk_direction_parameters *parameters);

/** Adds SLOT_REPLACE of a direction. */
lk_status session_add_replace(test_session *session, uint16_t slot, uint16_t generation,
                              const lk_direction_parameters *parameters);

/** Sends what was added and fails the test unless the engine answers with exactly what was expected. */
void session_run(test_session *session);

/** CBC from TLS 1.1 on: how many bytes of IV stand in front of the plaintext that is sealed. */
size_t session_iv_length(session_protection protection);

/** SEAL of application data and OPEN, generation 0. The payload is borrowed until the command is added. */
test_command session_seal(uint16_t slot, uint64_t sequence, const uint8_t *plaintext, size_t length);
test_command session_unseal(uint16_t slot, uint64_t sequence, const uint8_t *record, size_t length);

/** session_protected() of AES-128-GCM. */
lk_direction_parameters session_direction(lk_direction_kind kind, uint16_t version, uint8_t seed);

#endif
