/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands on their way, by tag. A tag is a row's number with a count of its uses above it, so that a completion for a
 * command that is long done is not taken for another's.
 */
#ifndef LK_QUEUE_PENDING_H
#define LK_QUEUE_PENDING_H

#include "record/engine.h"

typedef struct lk_pending {
    uint32_t tag;
    bool taken;
    uint8_t opcode;
    bool local;          /* refused by the host, and waits only for its turn; nothing was sent */
    lk_error status;     /* of a local one */
    int64_t began;       /* of an operation: ns of the monotonic clock */
    size_t bytes;        /* of an operation: what is to be sealed or opened */
    uint16_t length_min; /* the payload of a completion with status OK */
    uint16_t length_max;
    lk_operation *operation; /* NULL: a slot command, or its direction was closed */
    struct lk_pending *next; /* behind it in the same slot, or in the list of free rows */
} lk_pending;

typedef struct lk_pending_table {
    lk_pending *rows;
    lk_pending *free;
    size_t count;
} lk_pending_table;

enum { LK_PENDING_MAX = 65536 };

/** count: at most LK_PENDING_MAX. @return NO_MEMORY. */
lk_error lk_pending_init(lk_pending_table *table, size_t count);
void lk_pending_release(lk_pending_table *table);

/** A free row with a tag of its own, or NULL. */
lk_pending *lk_pending_take(lk_pending_table *table);

/** The row in use that has this tag, or NULL. */
lk_pending *lk_pending_find(const lk_pending_table *table, uint32_t tag);

void lk_pending_give(lk_pending_table *table, lk_pending *pending);

#endif
