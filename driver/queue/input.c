/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/input.h"

#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

lk_error lk_input_init(lk_input *input, lk_transport *transport)
{
    memset(input, 0, sizeof *input);
    input->transport = transport;
    input->memory = calloc(LK_INPUT_BUFFERS, LK_INPUT_BUFFER_BYTES);
    if (!input->memory)
        return LK_ERROR_NO_MEMORY;
    for (size_t i = 0; i < LK_INPUT_BUFFERS; i++) {
        input->transfers[i].endpoint = LK_ENDPOINT_IN;
        input->transfers[i].data = input->memory + i * LK_INPUT_BUFFER_BYTES;
        input->transfers[i].length = LK_INPUT_BUFFER_BYTES;
    }
    return LK_OK;
}

void lk_input_release(lk_input *input)
{
    if (input->memory)
        lk_secret_wipe(input->memory, (size_t)LK_INPUT_BUFFERS * LK_INPUT_BUFFER_BYTES);
    free(input->memory);
    lk_secret_wipe(input, sizeof *input);
}

lk_error lk_input_start(lk_input *input)
{
    lk_error error = LK_OK;
    for (size_t i = 0; !error && i < LK_INPUT_BUFFERS; i++)
        error = input->transport->methods->submit(input->transport, &input->transfers[i]);
    return error;
}

lk_error lk_input_collect(lk_input *input, const lk_completion_receiver *receiver)
{
    lk_error error = LK_OK;
    while (!error && input->transfers[input->oldest].done) {
        lk_transfer *transfer = &input->transfers[input->oldest];
        if (transfer->actual > transfer->length)
            return LK_ERROR_DEVICE_PROTOCOL;
        /* A transfer that failed may still have brought bytes: they count. */
        error = lk_completion_stream_feed(&input->stream, transfer->data, transfer->actual, receiver);
        if (!error)
            error = transfer->status;
        if (!error)
            error = input->transport->methods->submit(input->transport, transfer);
        input->oldest = (input->oldest + 1) % LK_INPUT_BUFFERS;
    }
    return error;
}
