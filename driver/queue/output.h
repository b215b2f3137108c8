/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command stream: a ring of transfer buffers for bulk OUT. Commands are composed straight into a buffer, several to
 * a transfer. While transfers are on their way the next buffer fills up, so that batches grow with the load and a lone
 * command goes at once.
 *
 * The last free buffer is kept for slot commands (SLOT_LOAD, SLOT_DELETE): there are at most two of them for each slot
 * at any time, which it always holds. So a direction can be opened and closed however full the ring is. (SLOT_REPLACE
 * waits for room as records do.)
 */
#ifndef LK_QUEUE_OUTPUT_H
#define LK_QUEUE_OUTPUT_H

#include "base/writer.h"
#include "transport/transport.h"

enum {
    LK_OUTPUT_BUFFERS = 8,
    LK_OUTPUT_BUFFER_BYTES = 65536,
    /* SLOT_LOAD and SLOT_DELETE of so many slots fit one buffer: 144 bytes each. */
    LK_OUTPUT_SLOTS_MAX = 448
};

typedef enum lk_output_kind { LK_OUTPUT_RECORD, LK_OUTPUT_SLOT } lk_output_kind;

typedef struct lk_output {
    lk_transport *transport;
    lk_transfer transfers[LK_OUTPUT_BUFFERS];
    lk_writer filling;  /* over the buffer of transfers[current] */
    unsigned current;   /* being filled */
    unsigned oldest;    /* in flight longest, when in_flight is not 0 */
    unsigned in_flight; /* the buffers from oldest up to current */
    uint8_t *memory;
} lk_output;

/** @return NO_MEMORY. */
lk_error lk_output_init(lk_output *output, lk_transport *transport);

/** Wipes and frees the buffers; no transfer may be in flight any more. */
void lk_output_release(lk_output *output);

/**
 * The writer for a command of that size in bytes, at most LK_OUTPUT_BUFFER_BYTES; NULL when the ring is full, which
 * never happens to slot commands. *error is what sending a full buffer gave.
 */
lk_writer *lk_output_room(lk_output *output, lk_output_kind kind, size_t size, lk_error *error);

/** Sends what has been written, unless enough is on its way already for collect() to send it later. */
lk_error lk_output_flush(lk_output *output);

/** Takes back the transfers that are done, wipes them, and sends what waits. *moved: whether any was done. */
lk_error lk_output_collect(lk_output *output, bool *moved);

#endif
