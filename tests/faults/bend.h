/* SPDX-License-Identifier: Apache-2.0 */
/* The two streams as they go by: whole commands, whole completions, one of which a fault may bend. */
#ifndef LK_TESTS_FAULTS_BEND_H
#define LK_TESTS_FAULTS_BEND_H

#include "faults/bytes.h"
#include "faults/fault.h"
#include "protocol/protocol.h"

#include <stddef.h>

enum { BEND_SLOTS = 65536, BEND_COMPLETION_MAX = LK_COMPLETION_HEADER_BYTES + 65536 };

/** What a command has told of a slot. */
typedef struct bend_slot {
    bool opens; /* a direction that opens */
    bool cbc;
} bend_slot;

typedef struct bend {
    fault *fault;
    uint32_t commands, completions; /* so many have gone by */
    bool silent;                    /* nothing comes behind what was cut off */
    uint32_t last_tag;
    bool any;            /* there was a completion before */
    byte_queue raw;      /* completions as the board made them; a part of one at the end */
    byte_queue ready;    /* as the driver gets them */
    byte_queue held;     /* one that waits for its successor to overtake it */
    byte_queue previous; /* the one before */
    bend_slot slots[BEND_SLOTS];
} bend;

void bend_init(bend *streams, fault *strikes);
void bend_release(bend *streams);

/** Appends the commands of a transfer to what goes to the board. */
void bend_commands(bend *streams, const uint8_t *commands, size_t length, byte_queue *to_board);

/** Takes in what came from the board; what the driver gets is in streams->ready. */
void bend_completions(bend *streams, const uint8_t *bytes, size_t length);

#endif
