/* SPDX-License-Identifier: Apache-2.0 */
#include "adversary.h"

#include "base/writer.h"

#include <criterion/criterion.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static lk_error far_control(lk_transport *transport, uint8_t request_type, uint8_t request, uint16_t value,
                            uint16_t index, uint8_t *data, uint16_t length, size_t *actual, int timeout)
{
    (void)request_type, (void)value, (void)index, (void)data, (void)length, (void)actual, (void)timeout;
    ((adversary *)transport)->resets += request == LK_REQUEST_STREAM_RESET;
    return LK_ERROR_DEVICE_STALLED;
}

static lk_error far_submit(lk_transport *transport, lk_transfer *transfer)
{
    adversary *far_end = (adversary *)transport;
    bool in = (transfer->endpoint & 0x80) != 0;
    size_t *count = in ? &far_end->in_count : &far_end->out_count;
    if (far_end->gone)
        return LK_ERROR_DEVICE_LOST;
    cr_assert_lt(*count, ADVERSARY_QUEUE);
    (in ? far_end->in : far_end->out)[(*count)++] = transfer;
    transfer->in_flight = true;
    transfer->done = false;
    return LK_OK;
}

static void far_cancel(lk_transport *transport, lk_transfer *transfer)
{
    (void)transport, (void)transfer;
}

static void transfer_end(lk_transfer **queue, size_t *count, lk_error status, size_t actual)
{
    lk_transfer *transfer = queue[0];
    transfer->status = status;
    transfer->actual = actual;
    transfer->in_flight = false;
    transfer->done = true;
    memmove(queue, queue + 1, --*count * sizeof(lk_transfer *));
}

static void readable_set(adversary *far_end)
{
    uint64_t value = 1;
    if (far_end->answers_sent < far_end->answers_length)
        cr_assert_eq(write(far_end->descriptor, &value, sizeof value), (ssize_t)sizeof value);
    else if (read(far_end->descriptor, &value, sizeof value) < 0)
        return; /* it was not readable */
}

static void take_commands(adversary *far_end)
{
    while (far_end->out_count > 0 && !far_end->hold_out) {
        const lk_transfer *transfer = far_end->out[0];
        cr_assert_leq(transfer->length, ADVERSARY_BYTES - far_end->commands_length);
        memcpy(far_end->commands + far_end->commands_length, transfer->data, transfer->length);
        far_end->commands_length += transfer->length;
        transfer_end(far_end->out, &far_end->out_count, LK_OK, transfer->length);
    }
}

static void give_answers(adversary *far_end)
{
    while (far_end->in_count > 0 && far_end->answers_sent < far_end->answers_length) {
        size_t length = far_end->answers_length - far_end->answers_sent;
        length = length < far_end->chunk ? length : far_end->chunk;
        length = length < far_end->in[0]->length ? length : far_end->in[0]->length;
        memcpy(far_end->in[0]->data, far_end->answers + far_end->answers_sent, length);
        far_end->answers_sent += length;
        transfer_end(far_end->in, &far_end->in_count, LK_OK, length);
    }
    readable_set(far_end);
}

static lk_error far_progress(lk_transport *transport, int timeout)
{
    adversary *far_end = (adversary *)transport;
    bool idle = far_end->answers_sent == far_end->answers_length && (far_end->out_count == 0 || far_end->hold_out);
    while (far_end->gone && far_end->out_count > 0)
        transfer_end(far_end->out, &far_end->out_count, LK_ERROR_DEVICE_LOST, 0);
    while (far_end->gone && far_end->in_count > 0)
        transfer_end(far_end->in, &far_end->in_count, LK_ERROR_DEVICE_LOST, 0);
    if (far_end->gone)
        return LK_ERROR_DEVICE_LOST;
    take_commands(far_end);
    give_answers(far_end);
    if (idle && timeout > 0)
        poll(NULL, 0, timeout);
    return LK_OK;
}

static int far_descriptor(const lk_transport *transport)
{
    return ((const adversary *)transport)->descriptor;
}

static void far_close(lk_transport *transport)
{
    adversary *far_end = (adversary *)transport;
    far_end->closed = true;
    far_end->in_count = far_end->out_count = 0;
}

static const lk_transport_methods far_methods = {.scheme = "adversary",
                                                 .control = far_control,
                                                 .submit = far_submit,
                                                 .cancel = far_cancel,
                                                 .progress = far_progress,
                                                 .descriptor = far_descriptor,
                                                 .close = far_close};

void adversary_init(adversary *far_end)
{
    memset(far_end, 0, sizeof *far_end);
    far_end->base.methods = &far_methods;
    far_end->commands = malloc(ADVERSARY_BYTES);
    far_end->answers = malloc(ADVERSARY_BYTES);
    far_end->chunk = SIZE_MAX;
    far_end->descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    cr_assert(far_end->commands && far_end->answers && far_end->descriptor >= 0);
}

void adversary_release(adversary *far_end)
{
    free(far_end->commands);
    free(far_end->answers);
    close(far_end->descriptor);
}

bool adversary_next(adversary *far_end, adversary_command *command)
{
    lk_reader reader =
        lk_reader_over(far_end->commands + far_end->commands_read, far_end->commands_length - far_end->commands_read);
    uint8_t magic = lk_reader_u8(&reader);
    command->opcode = lk_reader_u8(&reader);
    lk_reader_u8(&reader);
    command->content_type = lk_reader_u8(&reader);
    command->slot = lk_reader_u16_little(&reader);
    command->generation = lk_reader_u16_little(&reader);
    command->tag = lk_reader_u32_little(&reader);
    command->length = lk_reader_u16_little(&reader);
    command->padding = lk_reader_u16_little(&reader);
    command->sequence = lk_reader_u32_little(&reader);
    command->sequence |= (uint64_t)lk_reader_u32_little(&reader) << 32;
    command->payload = lk_reader_bytes(&reader, command->length);
    lk_reader_bytes(&reader, (4 - command->length % 4) % 4);
    if (reader.failed)
        return false;
    cr_assert_eq(magic, LK_COMMAND_MAGIC);
    far_end->commands_read = (size_t)(reader.next - far_end->commands);
    return true;
}

void adversary_send(adversary *far_end, const uint8_t *bytes, size_t length)
{
    cr_assert_leq(length, ADVERSARY_BYTES - far_end->answers_length);
    memcpy(far_end->answers + far_end->answers_length, bytes, length);
    far_end->answers_length += length;
    readable_set(far_end);
}

size_t adversary_compose(uint8_t *to, size_t capacity, const lk_completion *completion, const uint8_t *payload)
{
    lk_writer writer = lk_writer_into(to, capacity);
    lk_writer_u8(&writer, LK_COMPLETION_MAGIC);
    lk_writer_u8(&writer, completion->opcode);
    lk_writer_u8(&writer, completion->status);
    lk_writer_u8(&writer, completion->content_type);
    lk_writer_u16_little(&writer, completion->slot);
    lk_writer_u16_little(&writer, completion->generation);
    lk_writer_u32_little(&writer, completion->tag);
    lk_writer_u16_little(&writer, completion->length);
    lk_writer_u16_little(&writer, 0);
    if (payload)
        lk_writer_bytes(&writer, payload, completion->length);
    else
        lk_writer_zeros(&writer, completion->length);
    lk_writer_zeros(&writer, (4 - completion->length % 4) % 4);
    cr_assert_not(writer.failed);
    return writer.length;
}

void adversary_answer(adversary *far_end, const adversary_command *command, lk_status status, uint8_t content_type,
                      const uint8_t *payload, uint16_t length)
{
    static uint8_t bytes[LK_COMPLETION_HEADER_BYTES + UINT16_MAX + 4];
    lk_completion completion = {.opcode = command->opcode,
                                .status = (uint8_t)status,
                                .content_type = content_type,
                                .slot = command->slot,
                                .generation = command->generation,
                                .tag = command->tag,
                                .length = length};
    adversary_send(far_end, bytes, adversary_compose(bytes, sizeof bytes, &completion, payload));
}
