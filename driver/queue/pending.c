/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/pending.h"

#include <stdlib.h>

enum { USE_SHIFT = 16 };

lk_error lk_pending_init(lk_pending_table *table, size_t count)
{
    table->free = NULL;
    table->count = count;
    table->rows = calloc(count, sizeof *table->rows);
    if (!table->rows)
        return LK_ERROR_NO_MEMORY;
    for (size_t i = count; i > 0; i--) {
        lk_pending *row = &table->rows[i - 1];
        row->tag = (uint32_t)(i - 1);
        row->next = table->free;
        table->free = row;
    }
    return LK_OK;
}

void lk_pending_release(lk_pending_table *table)
{
    free(table->rows);
    *table = (lk_pending_table){0};
}

lk_pending *lk_pending_take(lk_pending_table *table)
{
    lk_pending *row = table->free;
    if (!row)
        return NULL;
    table->free = row->next;
    *row = (lk_pending){.tag = row->tag, .taken = true};
    return row;
}

lk_pending *lk_pending_find(const lk_pending_table *table, uint32_t tag)
{
    size_t number = tag & ((1u << USE_SHIFT) - 1);
    if (number >= table->count || !table->rows[number].taken || table->rows[number].tag != tag)
        return NULL;
    return &table->rows[number];
}

void lk_pending_give(lk_pending_table *table, lk_pending *pending)
{
    pending->taken = false;
    pending->tag += 1u << USE_SHIFT;
    pending->next = table->free;
    table->free = pending;
}
