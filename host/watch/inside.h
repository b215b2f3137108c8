/* SPDX-License-Identifier: Apache-2.0 */
/* A watch from inside. */
#ifndef LK_WATCH_INSIDE_H
#define LK_WATCH_INSIDE_H

#include <latchkey/watch.h>

#include "handshake/digest.h"
#include "handshake/handshake.h"
#include "handshake/machine.h"
#include "record/header.h"

typedef enum lk_watch_state {
    LK_WATCH_READS, /* records come through the record layer */
    LK_WATCH_BLIND, /* their headers alone are read */
    LK_WATCH_OVER   /* nothing is */
} lk_watch_state;

/** What one side sends. */
typedef struct lk_watch_side {
    lk_watch *watch;
    lk_role sender;
    lk_watch_state state;
    lk_record_layer *layer; /* the reading side of it alone */
    bool protected;         /* a key has been announced, known or not */
    unsigned epoch;         /* changes of key so far */
    uint64_t blind_sequence;
    uint8_t secret[LK_HASH_MAX]; /* TLS 1.3: of application data */
    /* the record that is being collected, and the messages */
    uint8_t *record;
    size_t record_length;
    uint8_t *messages;
    size_t messages_length, messages_capacity;
} lk_watch_side;

struct lk_watch {
    lk_watch_keys *keys;
    lk_observer *observer;
    void *context;
    lk_engine *engine;
    lk_watch_side sides[2]; /* by lk_role of the sender */
    /* what was said */
    uint8_t client_random[LK_RANDOM_LENGTH], server_random[LK_RANDOM_LENGTH];
    uint16_t version;
    const lk_suite *suite;
    uint16_t suite_number;
    bool greeted, early_data, encrypt_then_mac;
    char meaning[LK_MEANING_MAX];
};

/** Tells of an event of that side. */
void lk_watch_tell(const lk_watch_side *side, lk_event event);

/** Tells why something is not read. */
__attribute__((format(printf, 2, 3))) void lk_watch_note(const lk_watch_side *side, const char *format, ...);

/** A message has come, header apart (watch/messages.c). */
void lk_watch_message(lk_watch_side *side, uint8_t type, lk_reader body);

/* Changes of key (watch/key_changes.c). */

/** After a ServerHello of TLS 1.3, after a Finished, after a KeyUpdate, and after a change_cipher_spec up to TLS 1.2.
 */
void lk_watch_keys_handshake(lk_watch *watch);
void lk_watch_keys_application(lk_watch_side *side);
void lk_watch_keys_next(lk_watch_side *side);
void lk_watch_keys_classic(lk_watch_side *side);

#endif
