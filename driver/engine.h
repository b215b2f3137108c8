/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device engine: directions are session slots of the device, operations are commands on its link. Completions are
 * matched by tag; those of one slot must come in order. Nothing is allocated after it was opened.
 */
#ifndef LK_DRIVER_ENGINE_H
#define LK_DRIVER_ENGINE_H

#include "health.h"
#include "queue/link.h"
#include "queue/pending.h"
#include "record/engine.h"

typedef enum lk_slot_state {
    LK_SLOT_FREE,
    LK_SLOT_OPEN,
    LK_SLOT_CLOSING /* its direction is closed, or it gives a sign of life; free when the device has answered */
} lk_slot_state;

/* One session slot, which is a direction while it is open. */
typedef struct lk_slot {
    lk_direction base;
    uint16_t number;
    uint16_t generation; /* one more at each load, so that the device refuses a command of an earlier owner; a key that
                            is replaced has the same owner */
    lk_slot_state state;
    lk_direction_kind kind;
    uint16_t version;
    const lk_cipher *cipher;
    bool encrypt_then_mac;
    bool limited;      /* the key has a soft limit, of which a completion may tell */
    lk_pending *first; /* in the order of submission */
    lk_pending *last;
} lk_slot;

typedef struct lk_slot_engine {
    lk_engine base;
    lk_link link;
    lk_pending_table pendings;
    lk_pending *expected; /* the one whose completion is coming in */
    lk_slot *slots;
    size_t slot_count;
    size_t slot_limit;      /* so many of them may be taken at once */
    size_t slot_next;       /* where the search for a free slot begins: slots are used in turn */
    size_t records_pending; /* operations on their way, at most LK_RECORDS_PENDING_MAX */
    size_t bytes_pending;   /* of them, what they have to seal or open */
    uint32_t ciphers;
    uint32_t versions;
    bool settled;      /* the link is lost, and everything that was on its way is finished */
    unsigned process;  /* lk_fork_number() of the one that it belongs to */
    lk_health *health; /* borrowed; NULL: nobody wants to know */
} lk_slot_engine;

enum { LK_RECORDS_PENDING_MAX = 1024 };

/**
 * Begins on a device that has no slot loaded. The transport belongs to the engine from here on, also when this fails.
 * slots, ciphers, versions: the device's facts; timeout: as in lk_link_open().
 */
lk_error lk_slot_engine_init(lk_slot_engine *engine, lk_transport *transport, uint32_t slots, uint32_t ciphers,
                             uint32_t versions, int timeout);

/** @return why the device is lost, or OK. DEVICE_INHERITED in a child of the process that it belongs to. */
lk_error lk_slot_engine_check(lk_slot_engine *engine);

/** Asks a device that has nothing to do for a sign of life, which lk_engine_progress() takes in. @return why it is
 * lost. */
lk_error lk_slot_engine_beat(lk_slot_engine *engine);

/** How many slots are not free. */
size_t lk_slot_engine_taken(const lk_slot_engine *engine);

/** True while a direction is open. */
bool lk_slot_engine_in_use(const lk_slot_engine *engine);

/** Ends it; operations on their way finish with DEVICE_LOST. */
void lk_slot_engine_release(lk_slot_engine *engine);

/* Operations (operation.c). */

/** What the host can see to be wrong with an operation before it is sent: OK, INVALID_ARGUMENT, RECORD_OVERFLOW. */
lk_error lk_operation_check(const lk_slot *slot, const lk_operation *operation);

/** How many bytes of the operation's IV stand in front of its payload: sealing with CBC from TLS 1.1 on. */
size_t lk_operation_iv_length(const lk_slot *slot);

/** Fills in which payload lengths a successful completion may have: none when no success is possible (minimum above
 * maximum). */
void lk_operation_expect(const lk_slot *slot, const lk_operation *operation, lk_pending *pending);

/** Takes a completion in. @return DEVICE_PROTOCOL when the record is not what was asked for; the operation then is as
 * it was. */
lk_error lk_operation_complete(const lk_slot *slot, lk_operation *operation, const lk_completion *completion,
                               const uint8_t *payload);

/** Finishes an operation without a record. */
void lk_operation_fail(const lk_slot *slot, lk_operation *operation, lk_error status);

#endif
