/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole TLS connection between two sides of ours, through memory: handshake, bytes both ways in pieces of all sizes,
 * sometimes new keys in the middle, and an orderly end. A seed says all of it.
 */
#ifndef LK_TESTS_FAULTS_TALK_H
#define LK_TESTS_FAULTS_TALK_H

#include <latchkey/latchkey.h>

enum { TALK_STREAM_MAX = 65536, TALK_DIGEST = 32, TALK_TEXT = 160 };

typedef struct talk_script {
    uint64_t seed;
    const char *suite;
    uint16_t version;
    size_t length[2];           /* of what each role says */
    size_t piece;               /* bytes of the wire that are carried at once; 0: all */
    bool renegotiates;          /* the client, when half is said */
    lk_engine_policy policy[2]; /* by role */
} talk_script;

typedef struct talk_result {
    bool hangs;
    bool wrong;                       /* a byte arrived that was not sent */
    lk_error error[2];                /* what ended each side, or OK */
    char diagnosis[2][TALK_TEXT];     /* in words */
    size_t received[2];               /* by each side */
    uint8_t wire[2][TALK_DIGEST];     /* of all bytes that each role sent */
    lk_connection_statistics told[2]; /* fallback_reason is not kept */
    char reason[2][TALK_TEXT];
} talk_result;

/** What a seed makes of a connection. A board at hand: who uses it. */
talk_script talk_script_of(uint64_t seed, bool board);

/** True when the bytes of the wire do not depend on who waits for whom. */
bool talk_wire_repeats(const talk_script *script);

/** Runs it. engine: the board's, or NULL for software alone; reason: why there is none. */
void talk_run(const talk_script *script, lk_engine *engine, const char *reason, talk_result *result);

/** True when everything was said, heard, and ended in order. */
bool talk_complete(const talk_script *script, const talk_result *result);

/** Frees what runs keep for the next ones. */
void talk_release(void);

#endif
