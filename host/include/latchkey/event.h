/* SPDX-License-Identifier: Apache-2.0 */
/* What happens on a connection, told as it happens: for traces, statistics and curious people. No secret is ever in it.
 */
#ifndef LATCHKEY_EVENT_H
#define LATCHKEY_EVENT_H

#include <latchkey/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum lk_event_kind {
    LK_EVENT_RECORD,  /* a record was made or opened */
    LK_EVENT_MESSAGE, /* a handshake message went out or came in, whole */
    LK_EVENT_ALERT,   /* an alert went out or came in */
    LK_EVENT_KEYS,    /* a direction changes its key: what follows is under the new one */
    LK_EVENT_ENGINE,  /* an engine was chosen or left, and why */
    LK_EVENT_FIELD,   /* a field of the message that was told last: its name, and what it holds */
    LK_EVENT_NOTE     /* latchkey/watch.h: what cannot be read, and why */
} lk_event_kind;

/** One event. Pointers are borrowed for the length of the call; fields that do not belong to the kind are zero. */
typedef struct lk_event {
    lk_event_kind kind; /* says which of the fields count */
    bool sent;          /* by this side; otherwise received */

    /* LK_EVENT_RECORD */
    uint8_t outer_type;    /* the type that the wire shows */
    uint8_t content_type;  /* the type it has; differs in TLS 1.3 */
    uint16_t wire_version; /* the version in its header */
    uint64_t sequence;     /* the record's number under its key */
    unsigned epoch;        /* 0 without protection, then one more for each change of key */
    size_t wire_length;    /* with header, in bytes */
    size_t length;         /* RECORD: of the plaintext. MESSAGE: of its body. In bytes */
    const char *engine;    /* RECORD: who made or opened it, NULL without protection. KEYS, ENGINE: who will */
    int slot;              /* the slot of the device, -1 where there is none */

    uint8_t type; /* MESSAGE: HandshakeType. ALERT: description */
    bool fatal;   /* ALERT: its level */
    /** MESSAGE, ALERT: the name as in the RFC. FIELD: that of the field, indented where it is part of another; empty
     * where it goes on with the one before */
    const char *name;

    /** MESSAGE, ALERT, KEYS, ENGINE, NOTE: what it means here, in a few words ("server picks TLS_AES_128_GCM_SHA256,
     * x25519"). FIELD: what it holds, in printable ASCII. RECORD: why it is refused, or not opened */
    const char *meaning;
} lk_event;

typedef void lk_observer(void *context, const lk_event *event);

#ifdef __cplusplus
}
#endif

#endif
