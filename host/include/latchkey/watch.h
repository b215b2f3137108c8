/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection of others, looked at from outside: the bytes that went over its wire, and the secrets of a key log, come
 * in; the same events as of a connection of one's own (latchkey/event.h) come out. For captures. Nothing is judged as a
 * peer would: no certificate is verified, and no Finished.
 */
#ifndef LATCHKEY_WATCH_H
#define LATCHKEY_WATCH_H

#include <latchkey/connection.h>
#include <latchkey/error.h>
#include <latchkey/event.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The lines of key logs (SSLKEYLOGFILE format): CLIENT_RANDOM, and the traffic secrets of TLS 1.3. */
typedef struct lk_watch_keys lk_watch_keys;

lk_error lk_watch_keys_new(lk_watch_keys **keys);

/** Erases and frees them. NULL is allowed; no watch may use them any more. */
void lk_watch_keys_free(lk_watch_keys *keys);

/**
 * Takes in text of a key log: whole lines, the last one with or without its end. Comments, lines with other labels and
 * lines that are none are left out.
 * @return NO_MEMORY.
 */
lk_error lk_watch_keys_add(lk_watch_keys *keys, const char *text, size_t length);

/** How many secrets have been taken in. */
size_t lk_watch_keys_count(const lk_watch_keys *keys);

/**
 * Asks for more lines, which the function adds, when a secret is missing: for a key log that is still being written. It
 * returns false when there are none.
 */
typedef bool lk_watch_more(void *context, lk_watch_keys *keys);
void lk_watch_keys_ask(lk_watch_keys *keys, lk_watch_more *more, void *context);

typedef struct lk_watch lk_watch;

/**
 * A connection that is about to begin. keys is borrowed, and may be NULL: then only what is in the clear is read. In
 * the events, what the client sends is "sent", and what the server sends is received; no event names an engine. What
 * cannot be read is told by an event LK_EVENT_NOTE, with the reason.
 * @return NO_MEMORY, CRYPTO.
 */
lk_error lk_watch_new(lk_watch_keys *keys, lk_observer *observer, void *context, lk_watch **watch);

/** Erases its keys and frees it. NULL is allowed. */
void lk_watch_free(lk_watch *watch);

/** The next bytes of the wire that a side has sent. Bytes of both sides must come in the order in which they went. */
void lk_watch_bytes(lk_watch *watch, lk_role sender, const uint8_t *bytes, size_t length);

/** So many bytes of a side are missing here. What it sends behind them cannot be read, and is not told any more. */
void lk_watch_gap(lk_watch *watch, lk_role sender, uint64_t length);

/** A side sends no more: tells of a record or a message that has come in part. */
void lk_watch_end(lk_watch *watch, lk_role sender);

#ifdef __cplusplus
}
#endif

#endif
