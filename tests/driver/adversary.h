/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A transport whose far end is the test: it sees every command, and answers whatever the test wants, right or wrong.
 * For tests of what the driver does with answers that no good device gives; what a board really answers is tested
 * against the RTL.
 */
#ifndef LK_TESTS_DRIVER_ADVERSARY_H
#define LK_TESTS_DRIVER_ADVERSARY_H

#include "protocol/completion.h"
#include "transport/transport.h"

enum { ADVERSARY_QUEUE = 16, ADVERSARY_BYTES = 4 << 20 };

typedef struct adversary {
    lk_transport base;
    lk_transfer *out[ADVERSARY_QUEUE];
    lk_transfer *in[ADVERSARY_QUEUE];
    size_t out_count, in_count;
    unsigned resets;   /* asked for by STREAM_RESET, which is refused */
    uint8_t *commands; /* all that came */
    size_t commands_length, commands_read;
    uint8_t *answers; /* what goes out next */
    size_t answers_length, answers_sent;
    size_t chunk;  /* the most that one IN transfer brings */
    bool hold_out; /* OUT transfers do not end */
    bool gone;     /* everything ends with DEVICE_LOST */
    bool closed;
    int descriptor; /* readable while answers wait */
} adversary;

/** A command as the adversary saw it. */
typedef struct adversary_command {
    uint8_t opcode, content_type;
    uint16_t slot, generation, length, padding;
    uint32_t tag;
    uint64_t sequence;
    const uint8_t *payload;
} adversary_command;

void adversary_init(adversary *far_end);
void adversary_release(adversary *far_end);

/** The next command that came in full. */
bool adversary_next(adversary *far_end, adversary_command *command);

/** Queues bytes for IN transfers. */
void adversary_send(adversary *far_end, const uint8_t *bytes, size_t length);

/** Composes a completion. @return its bytes, at most LK_COMPLETION_HEADER_BYTES plus the padded payload. */
size_t adversary_compose(uint8_t *to, size_t capacity, const lk_completion *completion, const uint8_t *payload);

/** Queues a completion for a command; payload may be NULL for length zeros. */
void adversary_answer(adversary *far_end, const adversary_command *command, lk_status status, uint8_t content_type,
                      const uint8_t *payload, uint16_t length);

#endif
