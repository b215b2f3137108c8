/* SPDX-License-Identifier: Apache-2.0 */
/* Two record layers and the wire between them, and notes of all that they told. */
#ifndef LK_TESTS_RECORD_WIRE_H
#define LK_TESTS_RECORD_WIRE_H

#include "record/record.h"

enum { WIRE_FACTS_MAX = 4096 };

/** A record layer, what it told its observer, and the content it read. */
typedef struct wire_end {
    lk_record_layer *layer;
    lk_record_fact facts[WIRE_FACTS_MAX];
    size_t fact_count;
    uint8_t *content; /* of all fragments, in order */
    size_t length, capacity;
    uint8_t *sent; /* what went onto the wire */
    size_t sent_length, sent_capacity;
    uint8_t last_type;
    size_t fragments;
} wire_end;

wire_end *wire_end_new(lk_engine *engine);
void wire_end_free(wire_end *end);

/** Gives bytes to a layer as if they had come from the wire; fails the test when it has no room for them. */
void wire_feed(wire_end *end, const void *bytes, size_t length);

/** Reads fragments until something else comes; that is returned. WANT_ENGINE makes the engine work and goes on. */
lk_error wire_read(wire_end *end);

/** Reads one fragment, or says why there is none; WANT_ENGINE makes the engine work and goes on. */
lk_error wire_read_one(wire_end *end);

/** Takes what one end has for the wire to the other, at most so many bytes at a time, and reads it there. */
lk_error wire_carry(wire_end *from, wire_end *to, size_t at_most);

/** Writes everything, carrying bytes to the other end whenever there is no room. */
void wire_write(wire_end *from, wire_end *to, uint8_t type, const void *data, size_t length);

/** Like wire_write, and then all of it is carried. */
void wire_send(wire_end *from, wire_end *to, uint8_t type, const void *data, size_t length);

/** Sets the key of one way at both ends. */
void wire_key(wire_end *from, wire_end *to, uint16_t version, const lk_cipher *cipher, uint8_t seed);

/** The same, and says which comes first in CBC. */
void wire_key_in_order(wire_end *from, wire_end *to, uint16_t version, const lk_cipher *cipher, bool encrypt_then_mac,
                       uint8_t seed);

#endif
