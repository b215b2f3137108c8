/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reply on its way to a client, with the request that it answers: the URB moves its bytes to or from the place right
 * behind the reply's header, so that nothing is copied between the board and the socket.
 */
#ifndef LK_SIM_SERVER_MESSAGE_H
#define LK_SIM_SERVER_MESSAGE_H

#include "sim/board.h"
#include "sim/server/wire.h"

typedef struct lk_message {
    struct lk_message *next;
    uint32_t number;     /* of the SUBMIT */
    lk_urb urb;          /* SUBMIT alone */
    size_t capacity;     /* of bytes */
    size_t length, sent; /* what goes out, and how much of it has gone */
    uint8_t bytes[];
} lk_message;

typedef struct lk_message_queue {
    lk_message *head, *tail;
    size_t bytes; /* capacity of all of them together */
    size_t count;
} lk_message_queue;

/** A message with room for that many bytes, all zero; NULL when memory is short. Freed with free(). */
lk_message *lk_message_new(size_t capacity);

void lk_message_queue_append(lk_message_queue *queue, lk_message *message);

/** Takes a message off that is in the queue. */
void lk_message_queue_remove(lk_message_queue *queue, lk_message *message);

/** Frees every message. */
void lk_message_queue_clear(lk_message_queue *queue);

#endif
