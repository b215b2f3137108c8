/* SPDX-License-Identifier: Apache-2.0 */
#include "record/output.h"

#include <stdlib.h>

static size_t chunk_room(const lk_wire_chunk *chunk)
{
    return chunk ? sizeof chunk->bytes - chunk->reserved : 0;
}

static lk_wire_chunk *output_append(lk_wire_output *output)
{
    lk_wire_chunk *chunk = output->spare ? output->spare : malloc(sizeof *chunk);
    if (!chunk)
        return NULL;
    output->spare = NULL;
    chunk->next = NULL;
    chunk->reserved = chunk->ready = chunk->sent = 0;
    if (output->last)
        output->last->next = chunk;
    else
        output->first = chunk;
    output->last = chunk;
    output->chunks++;
    return chunk;
}

/* Drops chunks that went out completely; one is kept, so that a steady stream allocates nothing. */
static void output_drop_sent(lk_wire_output *output)
{
    while (output->first && output->first->sent == output->first->reserved) {
        lk_wire_chunk *chunk = output->first;
        if (!chunk->next) {
            chunk->reserved = chunk->ready = chunk->sent = 0;
            return;
        }
        output->first = chunk->next;
        output->chunks--;
        if (output->spare)
            free(chunk);
        else
            output->spare = chunk;
    }
}

uint8_t *lk_wire_output_reserve(lk_wire_output *output, size_t length, size_t limit, lk_wire_chunk **chunk)
{
    *chunk = output->last;
    if (!*chunk || chunk_room(*chunk) < length) {
        if (output->chunks >= limit)
            return NULL;
        *chunk = output_append(output);
        if (!*chunk)
            return NULL;
    }
    uint8_t *room = (*chunk)->bytes + (*chunk)->reserved;
    (*chunk)->reserved += length;
    return room;
}

bool lk_wire_output_fits(const lk_wire_output *output, size_t records, size_t limit)
{
    size_t fitting = chunk_room(output->last) / LK_RECORD_MAX;
    if (output->chunks < limit)
        fitting += (limit - output->chunks) * LK_CHUNK_RECORDS;
    return records <= fitting;
}

const uint8_t *lk_wire_output_ready(lk_wire_output *output, size_t *length)
{
    *length = 0;
    output_drop_sent(output);
    if (!output->first)
        return NULL;
    *length = output->first->ready - output->first->sent;
    return output->first->bytes + output->first->sent;
}

void lk_wire_output_sent(lk_wire_output *output, size_t length)
{
    if (!output->first)
        return;
    size_t ready = output->first->ready - output->first->sent;
    output->first->sent += length < ready ? length : ready;
    output_drop_sent(output);
}

void lk_wire_output_release(lk_wire_output *output)
{
    output_drop_sent(output);
    free(output->spare);
    output->spare = NULL;
    if (!output->first || output->first->next || output->first->reserved > 0)
        return;
    free(output->first);
    output->first = output->last = NULL;
    output->chunks = 0;
}

void lk_wire_output_free(lk_wire_output *output)
{
    while (output->first) {
        lk_wire_chunk *next = output->first->next;
        free(output->first);
        output->first = next;
    }
    free(output->spare);
}
