/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record layer of one connection: bytes of the wire on one side, typed fragments on the other. It owns the buffers, the
 * sequence numbers and the length rules of each version, and has an engine do the protection. No socket, no handshake.
 */
#ifndef LK_RECORD_RECORD_H
#define LK_RECORD_RECORD_H

#include "record/engine.h"

typedef enum lk_content_type {
    LK_CONTENT_CHANGE_CIPHER_SPEC = 20,
    LK_CONTENT_ALERT = 21,
    LK_CONTENT_HANDSHAKE = 22,
    LK_CONTENT_APPLICATION_DATA = 23
} lk_content_type;

/** One record that went out or came in, for an observer (P7). */
typedef struct lk_record_fact {
    bool sent;
    uint8_t outer_type;  /* what the wire shows */
    uint8_t type;        /* what it is; differs from outer_type in TLS 1.3 */
    uint16_t wire_version;
    uint64_t sequence;
    size_t wire_length;  /* with header */
    size_t length;       /* of the plaintext, padding apart */
    const char *engine;  /* NULL for an unprotected record */
    int slot;            /* device slot or -1 */
    unsigned epoch;      /* 0 unprotected, then one more for each change of key in this direction */
    lk_error status;
} lk_record_fact;

typedef void lk_record_observer(void *context, const lk_record_fact *fact);

/** A fragment that came in, borrowed until lk_record_layer_release(). */
typedef struct lk_fragment {
    uint8_t type;
    const uint8_t *data;
    size_t length;
} lk_fragment;

typedef struct lk_record_layer lk_record_layer;

/** The engine is borrowed. The observer may be NULL; it is called as each record is made or opened, in order. */
lk_error lk_record_layer_new(lk_engine *engine, lk_record_observer *observer, void *context, lk_record_layer **layer);
void lk_record_layer_free(lk_record_layer *layer);

/**
 * The version that was negotiated: from here on records that name another are refused. Before it, any 3.x is taken, as RFC 8446
 * appendix D.2 asks. hello_version is what unprotected records of ours carry.
 */
void lk_record_layer_set_version(lk_record_layer *layer, uint16_t version, uint16_t hello_version);

/** Changes the key that seals what is written from here on. The parameters are copied; their key is the caller's to wipe. */
lk_error lk_record_layer_set_write(lk_record_layer *layer, const lk_direction_parameters *parameters);

/** Changes the key that opens what comes from here on. UNEXPECTED_MESSAGE when a fragment of a message is still held. */
lk_error lk_record_layer_set_read(lk_record_layer *layer, const lk_direction_parameters *parameters);

/* Writing. */

/**
 * Makes records of up to length bytes. Handshake messages, alerts and CCS are copied and taken whole. Application data
 * is taken as far as there is room; *taken says how far. WANT_WRITE (wire bytes must be taken first) or WANT_ENGINE
 * when nothing could be taken. What was taken is the layer's: the caller's buffer is free at once.
 */
lk_error lk_record_layer_write(lk_record_layer *layer, uint8_t type, const uint8_t *data, size_t length, size_t *taken);

/** The next bytes for the wire, borrowed until lk_record_layer_sent(). Length 0: none ready. */
const uint8_t *lk_record_layer_output(lk_record_layer *layer, size_t *length);
void lk_record_layer_sent(lk_record_layer *layer, size_t length);

/** True when records are still being sealed by the engine. */
bool lk_record_layer_sealing(const lk_record_layer *layer);

/** True when the write key is at its limit and wants a key update. */
bool lk_record_layer_wants_update(const lk_record_layer *layer);

/* Reading. */

/** Room for bytes from the wire, and how many were put there: no copy between socket and record layer. */
uint8_t *lk_record_layer_input(lk_record_layer *layer, size_t *room);
void lk_record_layer_received(lk_record_layer *layer, size_t length);

/**
 * The next fragment. WANT_READ when the wire must bring more, WANT_ENGINE when a record is being opened; another error is
 * fatal, and its alert is lk_error_alert()'s. Empty records are counted and skipped, up to a limit (TOO_MANY_EMPTY).
 * Records behind it may be opened ahead, so call lk_record_layer_set_read() before asking for what the new key protects:
 * a layer opens ahead only application data.
 */
lk_error lk_record_layer_read(lk_record_layer *layer, lk_fragment *fragment);

/** Gives the fragment back. */
void lk_record_layer_release(lk_record_layer *layer);

/** Moves the engine on and takes in what it has finished. timeout in ms. */
lk_error lk_record_layer_progress(lk_record_layer *layer, int timeout);

lk_engine *lk_record_layer_engine(const lk_record_layer *layer);

#endif
