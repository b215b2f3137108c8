/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/output.h"

#include "base/secret.h"
#include "protocol/protocol.h"

#include <stdlib.h>
#include <string.h>

/* Transfers on their way that keep the bus busy: one on the wire, one behind it. */
enum { BUSY_TRANSFERS = 2 };

_Static_assert(LK_OUTPUT_SLOTS_MAX *(2 * LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES) <= LK_OUTPUT_BUFFER_BYTES,
               "the buffer kept for slot commands must hold those of every slot");

static void fill_begin(lk_output *output)
{
    output->filling = lk_writer_into(output->transfers[output->current].data, LK_OUTPUT_BUFFER_BYTES);
}

lk_error lk_output_init(lk_output *output, lk_transport *transport)
{
    memset(output, 0, sizeof *output);
    output->transport = transport;
    output->memory = calloc(LK_OUTPUT_BUFFERS, LK_OUTPUT_BUFFER_BYTES);
    if (!output->memory)
        return LK_ERROR_NO_MEMORY;
    for (size_t i = 0; i < LK_OUTPUT_BUFFERS; i++) {
        output->transfers[i].endpoint = LK_ENDPOINT_OUT;
        output->transfers[i].data = output->memory + i * LK_OUTPUT_BUFFER_BYTES;
    }
    fill_begin(output);
    return LK_OK;
}

void lk_output_release(lk_output *output)
{
    if (output->memory)
        lk_secret_wipe(output->memory, (size_t)LK_OUTPUT_BUFFERS * LK_OUTPUT_BUFFER_BYTES);
    free(output->memory);
    memset(output, 0, sizeof *output);
}

/* Buffers that are neither in flight nor being filled. */
static unsigned buffers_free(const lk_output *output)
{
    return LK_OUTPUT_BUFFERS - 1 - output->in_flight;
}

/* Sends the buffer being filled and begins the next one, which must be free. */
static lk_error send_filled(lk_output *output)
{
    lk_transfer *transfer = &output->transfers[output->current];
    transfer->length = output->filling.length;
    lk_error error = output->transport->methods->submit(output->transport, transfer);
    if (error)
        return error;
    if (output->in_flight == 0)
        output->oldest = output->current;
    output->in_flight++;
    output->current = (output->current + 1) % LK_OUTPUT_BUFFERS;
    fill_begin(output);
    return LK_OK;
}

lk_writer *lk_output_room(lk_output *output, lk_output_kind kind, size_t size, lk_error *error)
{
    unsigned kept = kind == LK_OUTPUT_RECORD ? 1 : 0;
    *error = LK_OK;
    if (buffers_free(output) < kept)
        return NULL;
    if (size <= LK_OUTPUT_BUFFER_BYTES - output->filling.length)
        return &output->filling;
    if (buffers_free(output) <= kept)
        return NULL;
    *error = send_filled(output);
    return *error ? NULL : &output->filling;
}

lk_error lk_output_flush(lk_output *output)
{
    if (output->filling.length == 0 || output->in_flight >= BUSY_TRANSFERS || buffers_free(output) == 0)
        return LK_OK;
    return send_filled(output);
}

lk_error lk_output_collect(lk_output *output, bool *moved)
{
    while (output->in_flight > 0 && output->transfers[output->oldest].done) {
        lk_transfer *transfer = &output->transfers[output->oldest];
        lk_secret_wipe(transfer->data, transfer->length);
        output->oldest = (output->oldest + 1) % LK_OUTPUT_BUFFERS;
        output->in_flight--;
        *moved = true;
        if (transfer->status || transfer->actual != transfer->length)
            return transfer->status ? transfer->status : LK_ERROR_DEVICE_PROTOCOL;
    }
    return lk_output_flush(output);
}
