/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records on their way to the wire: a queue of chunks. Bytes never move, so that an engine may write into them and a
 * caller may hold them. A record lies in one chunk.
 */
#ifndef LK_RECORD_OUTPUT_H
#define LK_RECORD_OUTPUT_H

#include "record/engine.h"

enum {
    LK_CHUNK_RECORDS = 4, /* records of full length that fit a chunk */
    LK_CHUNKS_MAX = 5     /* handshake messages and alerts may pile up to that many; application data to fewer */
};

typedef struct lk_wire_chunk {
    struct lk_wire_chunk *next;
    size_t reserved; /* bytes given to records, made or in the making */
    size_t ready;    /* bytes that may go out */
    size_t sent;     /* bytes that went out */
    uint8_t bytes[LK_CHUNK_RECORDS * LK_RECORD_MAX];
} lk_wire_chunk;

typedef struct lk_wire_output {
    lk_wire_chunk *first, *last;
    size_t chunks; /* allocated, and in the queue */
    lk_wire_chunk *spare;
} lk_wire_output;

/** Room for a record of that length, in *chunk; NULL when it would take more than limit chunks, or there is no memory.
 */
uint8_t *lk_wire_output_reserve(lk_wire_output *output, size_t length, size_t limit, lk_wire_chunk **chunk);

/** True when that many records of full length find room within limit chunks. */
bool lk_wire_output_fits(const lk_wire_output *output, size_t records, size_t limit);

/** The bytes that may go out now, in order. */
const uint8_t *lk_wire_output_ready(lk_wire_output *output, size_t *length);
void lk_wire_output_sent(lk_wire_output *output, size_t length);
void lk_wire_output_free(lk_wire_output *output);

/** Gives chunks back that hold nothing. */
void lk_wire_output_release(lk_wire_output *output);

#endif
