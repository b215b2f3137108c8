/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record layer of one connection: bytes of the wire on one side, typed fragments on the other. It owns the buffers,
 * the sequence numbers and the length rules of each version, and has an engine do the protection. No socket, no
 * handshake.
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
    uint8_t outer_type; /* what the wire shows */
    uint8_t type;       /* what it is; differs from outer_type in TLS 1.3 */
    uint16_t wire_version;
    uint64_t sequence;
    size_t wire_length; /* with header */
    size_t length;      /* of the plaintext, padding apart */
    const char *engine; /* NULL for an unprotected record */
    int slot;           /* device slot or -1 */
    unsigned epoch;     /* 0 unprotected, then one more for each change of key in this direction */
    lk_error status;
} lk_record_fact;

/* The most that one write of anything but application data takes. */
#define LK_RECORD_WRITE_WHOLE_MAX ((size_t)8 * LK_RECORD_PLAINTEXT_MAX)

typedef void lk_record_observer(void *context, const lk_record_fact *fact);

/** A fragment that came in, borrowed until lk_record_layer_release(). */
typedef struct lk_fragment {
    uint8_t type;
    const uint8_t *data;
    size_t length;
} lk_fragment;

typedef struct lk_record_layer lk_record_layer;

/**
 * The engine is borrowed. The observer may be NULL; it is called as each record is made or read, in order, also for
 * records that are refused (their status says why). It must not call the layer.
 */
lk_error lk_record_layer_new(lk_engine *engine, lk_record_observer *observer, void *context, lk_record_layer **layer);
void lk_record_layer_free(lk_record_layer *layer);

/** Gives the memory of buffers back that hold nothing; they come again when they are needed. */
void lk_record_layer_release_buffers(lk_record_layer *layer);

/**
 * The version that was negotiated. Up to TLS 1.2: from here on records that name another are refused (RECORD_HEADER).
 * TLS 1.3: the version in a header is ignored, as RFC 8446 section 5.1 demands. Before it is set, any 3.x is taken.
 * hello_version is what unprotected records of ours carry: 0x0301 until this is called (a client's first flight), then
 * what it says, 0x0303.
 */
void lk_record_layer_set_version(lk_record_layer *layer, uint16_t version, uint16_t hello_version);

/** How long records may be where less than 2^14 bytes was agreed on. */
typedef struct lk_record_limits {
    size_t write, read; /* bytes of plaintext, 1 to LK_RECORD_PLAINTEXT_MAX */
    bool unprotected;   /* for records without protection, too (RFC 6066 section 4); not so in RFC 8449 */
} lk_record_limits;

/**
 * Sets the limits from here on. What is written is cut accordingly; a record that comes and is longer is
 * RECORD_OVERFLOW, in TLS 1.3 with its content type and padding counted (RFC 8449 section 4).
 */
void lk_record_layer_set_limits(lk_record_layer *layer, const lk_record_limits *limits);

/**
 * How many records one key seals, for keys that are set from here on: behind soft of them the layer wants a key update,
 * behind hard it seals no more. hard 0, as at first: what the cipher bears (AES-GCM: 2^24.5, and 65,536 less).
 */
void lk_record_layer_set_key_limits(lk_record_layer *layer, uint32_t soft, uint32_t hard);

/**
 * Before anything came: takes records without AEAD, under a key, of up to LK_RECORD_OVERLONG_MAX bytes.
 * @return ENGINE_UNSUPPORTED where the engine is not immediate: others have no room for them.
 */
lk_error lk_record_layer_accept_overlong(lk_record_layer *layer);

/**
 * How many zero bytes are to go behind the content type of a record that carries length bytes of that type: at most
 * most, and more counts as that.
 */
typedef size_t lk_record_padding(void *context, uint8_t type, size_t length, size_t most);

/** TLS 1.3: asks padding for each protected record from here on. NULL: there is none, as at first. */
void lk_record_layer_set_padding(lk_record_layer *layer, lk_record_padding *padding, void *context);

/** The limits as they are. */
lk_record_limits lk_record_layer_limits(const lk_record_layer *layer);

/**
 * Changes the key that seals what is written from here on; what was written before stays under the old one, which is
 * erased when the last of that is made. The parameters are copied; their key is the caller's to wipe.
 */
lk_error lk_record_layer_set_write(lk_record_layer *layer, const lk_direction_parameters *parameters);

/**
 * Changes the key that opens what comes from here on. UNEXPECTED_MESSAGE when a fragment has not been released: more of
 * that record would stand behind the message that changes the key (RFC 8446 section 5.1 forbids it).
 */
lk_error lk_record_layer_set_read(lk_record_layer *layer, const lk_direction_parameters *parameters);

/* Writing. */

/**
 * Makes records of up to length bytes; of no bytes none. Handshake messages, alerts and CCS are taken whole or not at
 * all (INVALID_ARGUMENT above LK_RECORD_WRITE_WHOLE_MAX); only messages that make more than 8 records, under a limit of
 * lk_record_layer_set_limits(), are taken as far as there is room. Application data is taken as far as there is room,
 * and only under a key (WRONG_STATE); *taken says how far. WANT_WRITE (wire bytes must be taken first) or WANT_ENGINE
 * when nothing could be taken. What was taken is the layer's: the caller's buffer is free at once. CCS is never
 * protected in TLS 1.3 (RFC 8446 appendix D.4). SEQUENCE_EXHAUSTED when the key may seal no more. Any error other than
 * WANT_... is final for writing. Up to TLS 1.0 with CBC, application data of each call starts with a record of one byte
 * (BEAST).
 */
lk_error lk_record_layer_write(lk_record_layer *layer, uint8_t type, const uint8_t *data, size_t length, size_t *taken);

/**
 * The next bytes for the wire, borrowed until lk_record_layer_sent(). Length 0: none ready. They may be asked for
 * again. None are ready as long as a handshake message is being sealed: what belongs together (ClientKeyExchange,
 * change_cipher_spec and Finished) leaves together, in as few segments as there can be.
 */
const uint8_t *lk_record_layer_output(lk_record_layer *layer, size_t *length);
void lk_record_layer_sent(lk_record_layer *layer, size_t length);

/** True when records are still being sealed by the engine. */
bool lk_record_layer_sealing(const lk_record_layer *layer);

/** True when the write key nears its limit (RFC 8446 section 5.5) and wants a key update. */
bool lk_record_layer_wants_update(const lk_record_layer *layer);

/* Reading. */

/**
 * Room for bytes from the wire, and how many were put there: no copy between socket and record layer. Room 0: records
 * must be read first. NULL with room 0: no memory.
 */
uint8_t *lk_record_layer_input(lk_record_layer *layer, size_t *room);
void lk_record_layer_received(lk_record_layer *layer, size_t length);

/**
 * The next fragment, never empty. WANT_READ when the wire must bring more, WANT_ENGINE when a record is being opened;
 * another error is fatal and stays, and its alert is lk_error_alert()'s; writing goes on. WRONG_STATE while a fragment
 * is held.
 *
 * Empty application data is counted and skipped, up to a limit (TOO_MANY_EMPTY); other empty records are
 * UNEXPECTED_MESSAGE. TLS 1.3 under a key: an unprotected CCS of the one byte 0x01 comes up as a CCS fragment, and
 * whether it may come is the handshake's to say; so does an unprotected alert as long as no record was opened with the
 * first key (the peer may have failed before it had keys). Anything else unprotected is UNEXPECTED_MESSAGE.
 *
 * With an engine that is not immediate, records behind application data may be opened ahead. Call
 * lk_record_layer_set_read() before asking for what the new key protects: what was opened ahead with the old key is
 * then opened again.
 */
lk_error lk_record_layer_read(lk_record_layer *layer, lk_fragment *fragment);

/**
 * Whether application data may come; it may at first. Where it may not, an empty record of it is UNEXPECTED_MESSAGE
 * too.
 */
void lk_record_layer_expect_data(lk_record_layer *layer, bool expected);

/**
 * TLS 1.3, server: early data may come, which nobody can read. Until something else comes, records that the key does
 * not open (application data, where there is no key yet) are skipped, up to 2^14 bytes in all (RFC 8446
 * section 4.2.10).
 */
void lk_record_layer_skip_early_data(lk_record_layer *layer);

/** True when records are still being opened by the engine. */
bool lk_record_layer_opening(const lk_record_layer *layer);

/** Gives the fragment back. */
void lk_record_layer_release(lk_record_layer *layer);

/**
 * Moves the engine on and takes in what it has finished. Waits no longer than timeout (ms), and only while this layer
 * has records with the engine. After WANT_ENGINE call it before polling the engine's descriptor: another connection on
 * the same engine may have taken in what this one waits for. Errors: what ended writing. (What ended reading is told in
 * its turn by lk_record_layer_read().)
 */
lk_error lk_record_layer_progress(lk_record_layer *layer, int timeout);

lk_engine *lk_record_layer_engine(const lk_record_layer *layer);

/** The name of the engine that the key of a direction (sent: the writing one) is with now; NULL without a key. */
const char *lk_record_layer_holder(const lk_record_layer *layer, bool sent);

#endif
