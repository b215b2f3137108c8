/* SPDX-License-Identifier: Apache-2.0 */
/* The record layer from inside: what its reading side, its writing side and their owner share. */
#ifndef LK_RECORD_LAYER_H
#define LK_RECORD_LAYER_H

#include "record/input.h"
#include "record/output.h"
#include "record/record.h"

enum { LK_RECORDS_IN_WORK = 8 }; /* each way */

/** A record being made. */
typedef struct lk_write_entry {
    lk_operation operation;
    lk_direction *direction; /* NULL: unprotected */
    lk_direction *closes;    /* the direction whose last record this is, or NULL */
    lk_wire_chunk *chunk;
    size_t end; /* of the record, in its chunk */
    lk_record_fact fact;
} lk_write_entry;

typedef struct lk_write_side {
    lk_wire_output output;
    lk_direction *direction;
    uint16_t version; /* of the direction */
    const lk_cipher *cipher;
    bool encrypt_then_mac;
    uint64_t sequence; /* of the next record */
    uint64_t limit;    /* of the key: the first sequence number that it does not seal */
    bool near_limit;   /* the engine has said that this key wants to be changed */
    unsigned epoch;
    lk_write_entry entries[LK_RECORDS_IN_WORK]; /* a ring, in the order of the wire */
    size_t first, count;
    size_t submitted;   /* of the count */
    uint8_t *plaintext; /* the entries' copies, for an engine that is not immediate */
    lk_error error;
} lk_write_side;

/** A record being opened, or held by the caller. */
typedef struct lk_read_entry {
    lk_operation operation;
    size_t start; /* in the input buffer */
    bool plain;   /* it came unprotected */
    lk_record_fact fact;
} lk_read_entry;

typedef struct lk_read_side {
    lk_wire_input input;
    lk_direction *direction;
    uint16_t version; /* of the direction */
    const lk_cipher *cipher;
    uint64_t sequence; /* of the next record */
    unsigned epoch;
    lk_read_entry entries[LK_RECORDS_IN_WORK]; /* a ring, in the order of the wire */
    size_t first, count;
    size_t submitted;   /* of the count */
    bool held;          /* the first entry is with the caller */
    bool opened;        /* the present key has opened a record */
    size_t skipped_max; /* bytes of early data that may still be skipped; 0 where none may come */
    bool no_data;       /* application data may not come now, not even an empty record of it */
    bool data_last;     /* the last record was application data: the next ones probably are, too */
    unsigned empty;     /* empty records in a row */
    lk_error malformed; /* what is wrong with the record behind the last entry */
    uint8_t *plaintext; /* the entries' outputs, for an engine that is not immediate */
    lk_error error;
} lk_read_side;

struct lk_record_layer {
    lk_engine *engine;
    bool immediate;
    lk_record_observer *observer;
    void *context;
    uint16_t version; /* negotiated; 0 before */
    uint16_t hello_version;
    lk_record_limits limits;
    lk_record_padding *padding; /* NULL: none */
    void *padding_context;
    uint32_t soft_limit, hard_limit; /* of each key that seals; 0: as its cipher wants it */
    bool overlong;                   /* records of old peers may be longer than they may */
    lk_write_side write;
    lk_read_side read;
};

/** Tells the observer, if there is one. */
void lk_record_layer_observe(lk_record_layer *layer, const lk_record_fact *fact);

/** A direction for a new key: *direction with its key replaced, where it is one whose engine does that, else another.
 */
lk_error lk_record_layer_renew(lk_record_layer *layer, const lk_direction_parameters *parameters,
                               lk_direction **direction);

/** Takes in what the engine has sealed, and submits what it had no room for. Returns what ended writing. */
lk_error lk_write_side_collect(lk_record_layer *layer);
void lk_write_side_free(lk_write_side *side);
/** Gives back what holds nothing. */
void lk_write_side_release(lk_write_side *side);

/** Submits what the engine had no room for. */
void lk_read_side_submit(lk_record_layer *layer);
/** True when a record is with the engine, or waits to be. */
bool lk_read_side_opening(const lk_read_side *side);
void lk_read_side_free(lk_read_side *side);
/** Gives back what holds nothing. */
void lk_read_side_release(lk_read_side *side);

#endif
