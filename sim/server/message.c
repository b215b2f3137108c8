/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/server/message.h"

#include <stdlib.h>

lk_message *lk_message_new(size_t capacity)
{
    lk_message *message = calloc(1, sizeof *message + capacity);
    if (message)
        message->capacity = capacity;
    return message;
}

void lk_message_queue_append(lk_message_queue *queue, lk_message *message)
{
    message->next = NULL;
    if (queue->tail)
        queue->tail->next = message;
    else
        queue->head = message;
    queue->tail = message;
    queue->bytes += message->capacity;
    queue->count++;
}

void lk_message_queue_remove(lk_message_queue *queue, lk_message *message)
{
    lk_message *before = NULL;
    for (lk_message *here = queue->head; here != message; here = here->next)
        before = here;
    if (before)
        before->next = message->next;
    else
        queue->head = message->next;
    if (queue->tail == message)
        queue->tail = before;
    message->next = NULL;
    queue->bytes -= message->capacity;
    queue->count--;
}

void lk_message_queue_clear(lk_message_queue *queue)
{
    while (queue->head) {
        lk_message *message = queue->head;
        lk_message_queue_remove(queue, message);
        free(message);
    }
}
