/* SPDX-License-Identifier: Apache-2.0 */
#include "faults/bytes.h"

#include <stdlib.h>
#include <string.h>

enum { CAPACITY_FIRST = 65536 };

void byte_queue_add(byte_queue *queue, const uint8_t *bytes, size_t length)
{
    if (queue->first > 0) {
        memmove(queue->memory, byte_queue_front(queue), byte_queue_length(queue));
        queue->end -= queue->first;
        queue->first = 0;
    }
    while (queue->capacity == 0 || queue->capacity - queue->end < length) {
        queue->capacity = queue->capacity ? 2 * queue->capacity : CAPACITY_FIRST;
        queue->memory = realloc(queue->memory, queue->capacity);
        if (!queue->memory)
            abort();
    }
    if (length > 0)
        memcpy(queue->memory + queue->end, bytes, length);
    queue->end += length;
}

void byte_queue_drop(byte_queue *queue, size_t length)
{
    queue->first += length;
    if (queue->first == queue->end)
        queue->first = queue->end = 0;
}

void byte_queue_free(byte_queue *queue)
{
    free(queue->memory);
    *queue = (byte_queue){0};
}
