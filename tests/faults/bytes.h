/* SPDX-License-Identifier: Apache-2.0 */
/* A queue of bytes without an end. */
#ifndef LK_TESTS_FAULTS_BYTES_H
#define LK_TESTS_FAULTS_BYTES_H

#include <stddef.h>
#include <stdint.h>

typedef struct byte_queue {
    uint8_t *memory;
    size_t first, end, capacity;
} byte_queue;

/** Appends; ends the program when memory is short. */
void byte_queue_add(byte_queue *queue, const uint8_t *bytes, size_t length);

static inline size_t byte_queue_length(const byte_queue *queue)
{
    return queue->end - queue->first;
}

static inline uint8_t *byte_queue_front(const byte_queue *queue)
{
    return queue->memory + queue->first;
}

void byte_queue_drop(byte_queue *queue, size_t length);
void byte_queue_free(byte_queue *queue);

#endif
