/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The completion stream: bulk IN transfers that are posted at all times, so that the device can always get rid of what
 * it has made and never has to stop taking commands for good.
 */
#ifndef LK_QUEUE_INPUT_H
#define LK_QUEUE_INPUT_H

#include "protocol/completion.h"
#include "transport/transport.h"

enum { LK_INPUT_BUFFERS = 4, LK_INPUT_BUFFER_BYTES = 65536 };

typedef struct lk_input {
    lk_transport *transport;
    lk_transfer transfers[LK_INPUT_BUFFERS];
    unsigned oldest; /* the transfer that ends next */
    lk_completion_stream stream;
    uint8_t *memory;
} lk_input;

/** @return NO_MEMORY. */
lk_error lk_input_init(lk_input *input, lk_transport *transport);

/** Wipes and frees the buffers; no transfer may be in flight any more. */
void lk_input_release(lk_input *input);

/** Posts all transfers. */
lk_error lk_input_start(lk_input *input);

/** Gives what has come to the receiver, in order, and posts the transfers again. @return the first error of either. */
lk_error lk_input_collect(lk_input *input, const lk_completion_receiver *receiver);

#endif
