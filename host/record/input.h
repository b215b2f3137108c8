/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes that came from the wire and were not used up yet: one linear buffer, allocated once, in which records are
 * opened. */
#ifndef LK_RECORD_INPUT_H
#define LK_RECORD_INPUT_H

#include "record/engine.h"

typedef struct lk_wire_input {
    uint8_t *memory; /* NULL until the first byte is wanted */
    size_t capacity;
    size_t record_max; /* the longest record */
    size_t start;      /* the first byte in use */
    size_t parsed;     /* the first byte that is not part of a record in work */
    size_t end;        /* behind the last byte received */
} lk_wire_input;

/** records: how many records of full length, record_max bytes, the buffer is to hold. */
void lk_wire_input_init(lk_wire_input *input, size_t records, size_t record_max);
void lk_wire_input_free(lk_wire_input *input);

/** Gives the memory back where no byte in it is wanted any more. No record may be in work. */
void lk_wire_input_release(lk_wire_input *input);

/**
 * Room behind the last byte. idle: no record is in work, so bytes may move to make room for a whole record.
 * NULL with room 0 when there is no memory.
 */
uint8_t *lk_wire_input_room(lk_wire_input *input, bool idle, size_t *room);
void lk_wire_input_received(lk_wire_input *input, size_t length);

#endif
