/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/far_end.h"

#include "protocol/protocol.h"
#include "record/engine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { QUEUE = 16, COMMANDS = 64, ANSWER_MAX = 70000, GET_DESCRIPTOR = 6, TYPE_DEVICE = 1, WORDS = 64 };

/* A command that waits for its answer. */
typedef struct command {
    uint8_t header[LK_COMMAND_HEADER_BYTES];
    uint16_t length;
    uint8_t version, cipher; /* of its slot */
} command;

typedef struct far_end {
    lk_transport base;
    lk_reader *input;
    lk_transfer *in[QUEUE], *out[QUEUE];
    size_t in_count, out_count;
    command commands[COMMANDS];
    size_t command_count;
    uint8_t version[65536], cipher[65536]; /* what was loaded into each slot */
    bool gone;
    int descriptor;
} far_end;

static lk_reader *prepared;
static far_end *current; /* the one that is open */

void far_end_prepare(lk_reader *input)
{
    prepared = input;
}

static uint8_t next(far_end *far)
{
    return far->input->left > 0 ? lk_reader_u8(far->input) : 0;
}

/* Changes up to three bytes. */
static void change(far_end *far, uint8_t *bytes, size_t length)
{
    for (unsigned changes = next(far) % 4; changes > 0 && length > 0; changes--) {
        size_t at = next(far);
        at |= (size_t)next(far) << 8;
        bytes[at % length] = next(far);
    }
}

/* Control requests */

static size_t good_descriptor(uint16_t value, uint8_t *answer)
{
    static const uint8_t device[] = {18,
                                     TYPE_DEVICE,
                                     0,
                                     2,
                                     0,
                                     0,
                                     0,
                                     64,
                                     LK_VENDOR_ID & 255,
                                     LK_VENDOR_ID >> 8,
                                     LK_PRODUCT_ID & 255,
                                     LK_PRODUCT_ID >> 8,
                                     0,
                                     1,
                                     0,
                                     1,
                                     2,
                                     1};
    static const uint8_t text[] = {10, 3, 'b', 0, 'o', 0, 'a', 0, 'r', 0};
    bool is_device = value >> 8 == TYPE_DEVICE;
    memcpy(answer, is_device ? device : text, is_device ? sizeof device : sizeof text);
    return is_device ? sizeof device : sizeof text;
}

static size_t good_facts(uint16_t first, uint8_t *answer)
{
    uint32_t words[WORDS] = {[LK_FACT_MAGIC] = LK_FACT_MAGIC_VALUE,
                             [LK_FACT_PROTOCOL_VERSION] = (uint32_t)LK_PROTOCOL_MAJOR << 16 | 1,
                             [LK_FACT_SLOTS] = 4,
                             [LK_FACT_LANES] = 1,
                             [LK_FACT_RECORD_MAX] = LK_RECORD_BYTES_MAX,
                             [LK_FACT_CIPHERS] = UINT32_MAX,
                             [LK_FACT_VERSIONS] = UINT32_MAX};
    size_t length = 0;
    for (size_t i = first; i < WORDS; i++)
        for (int byte = 0; byte < 4; byte++)
            answer[length++] = (uint8_t)(words[i] >> (8 * byte));
    return length;
}

static lk_error far_control(lk_transport *transport, uint8_t request_type, uint8_t request, uint16_t value,
                            uint16_t index, uint8_t *data, uint16_t length, size_t *actual, int timeout)
{
    far_end *far = (far_end *)transport;
    uint8_t answer[WORDS * 4] = {0};
    uint8_t how = next(far);
    size_t moved = 0;
    (void)timeout;
    if (actual)
        *actual = 0;
    if (far->gone)
        return LK_ERROR_DEVICE_LOST;
    if (how == 1)
        return LK_ERROR_DEVICE_STALLED;
    if (how == 2)
        return LK_ERROR_TIMED_OUT;
    if (request_type & 0x80) {
        moved = request == GET_DESCRIPTOR && request_type == 0x80 ? good_descriptor(value, answer)
                                                                  : good_facts(index, answer);
        change(far, answer, moved);
        moved = how == 3 ? next(far) : moved;
        moved = moved < sizeof answer ? moved : sizeof answer;
        moved = moved < length ? moved : length;
        if (moved > 0)
            memcpy(data, answer, moved);
    }
    if (actual)
        *actual = how == 4 ? moved + 1 + next(far) * 256u : moved;
    return LK_OK;
}

/* Bulk transfers */

static lk_error far_submit(lk_transport *transport, lk_transfer *transfer)
{
    far_end *far = (far_end *)transport;
    bool in = (transfer->endpoint & 0x80) != 0;
    size_t *count = in ? &far->in_count : &far->out_count;
    if (far->gone || *count == QUEUE)
        return LK_ERROR_DEVICE_LOST;
    (in ? far->in : far->out)[(*count)++] = transfer;
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
    memmove(queue, queue + 1, --*count * sizeof *queue);
    transfer->status = status;
    transfer->actual = actual;
    transfer->in_flight = false;
    transfer->done = true;
}

/* Keeps what a transfer asks, to answer it. */
static void note_commands(far_end *far, const lk_transfer *transfer)
{
    lk_reader reader = lk_reader_over(transfer->data, transfer->length);
    while (reader.left >= LK_COMMAND_HEADER_BYTES && far->command_count < COMMANDS) {
        command *kept = &far->commands[far->command_count++];
        lk_reader_copy(&reader, kept->header, sizeof kept->header);
        kept->length = (uint16_t)(kept->header[12] | kept->header[13] << 8);
        uint16_t slot = (uint16_t)(kept->header[4] | kept->header[5] << 8);
        const uint8_t *payload = lk_reader_bytes(&reader, (kept->length + 3u) / 4 * 4);
        if (!payload)
            abort(); /* the driver sends whole commands */
        if (kept->header[1] == LK_OPCODE_SLOT_LOAD || kept->header[1] == LK_OPCODE_SLOT_REPLACE) {
            far->version[slot] = payload[1];
            far->cipher[slot] = payload[2];
        }
        kept->version = far->version[slot];
        kept->cipher = far->cipher[slot];
    }
}

static lk_error far_progress(lk_transport *transport, int timeout)
{
    far_end *far = (far_end *)transport;
    (void)timeout;
    if (far->gone)
        return LK_ERROR_DEVICE_LOST;
    while (far->out_count > 0) {
        note_commands(far, far->out[0]);
        transfer_end(far->out, &far->out_count, LK_OK, far->out[0]->length);
    }
    return LK_OK;
}

static int far_descriptor(const lk_transport *transport)
{
    return ((const far_end *)transport)->descriptor;
}

static void far_close(lk_transport *transport)
{
    far_end *far = (far_end *)transport;
    (void)close(far->descriptor);
    free(far);
    current = NULL;
}

static const lk_transport_methods methods = {.scheme = "fuzz",
                                             .control = far_control,
                                             .submit = far_submit,
                                             .cancel = far_cancel,
                                             .progress = far_progress,
                                             .descriptor = far_descriptor,
                                             .close = far_close};

/* What the input does */

static void give(far_end *far, const uint8_t *bytes, size_t length)
{
    while (length > 0 && far->in_count > 0) {
        lk_transfer *transfer = far->in[0];
        size_t step = length < transfer->length ? length : transfer->length;
        memcpy(transfer->data, bytes, step);
        bytes += step;
        length -= step;
        transfer_end(far->in, &far->in_count, LK_OK, step);
    }
}

/* The length of a good answer, and its first bytes. */
static uint16_t good_payload(const command *asked, uint8_t *payload)
{
    const lk_cipher *cipher = lk_cipher_find(asked->cipher);
    uint16_t version = (uint16_t)(0x0300 | asked->version);
    uint8_t opcode = asked->header[1];
    if (!cipher || (opcode != LK_OPCODE_SEAL && opcode != LK_OPCODE_OPEN))
        return 0;
    size_t overhead = lk_record_sealed_length(version, cipher, 0, 0);
    if (opcode == LK_OPCODE_OPEN)
        return (uint16_t)(asked->length > overhead ? asked->length - overhead : 0);
    size_t iv = cipher->kind == LK_KIND_CBC ? lk_record_explicit_nonce_length(version, cipher) : 0;
    size_t length = lk_record_sealed_length(version, cipher, asked->length - iv, 0);
    payload[0] = version == LK_TLS1_3 ? 23 : asked->header[3];
    payload[1] = 3;
    payload[2] = version == LK_TLS1_3 ? 3 : (uint8_t)version;
    payload[3] = (uint8_t)((length - 5) >> 8);
    payload[4] = (uint8_t)(length - 5);
    for (int i = 0; i < 8; i++) /* the explicit nonce of AES-GCM */
        payload[5 + i] = asked->header[23 - i];
    return (uint16_t)length;
}

void far_end_answer(void)
{
    static uint8_t answer[ANSWER_MAX];
    far_end *far = current;
    if (!far || far->command_count == 0)
        return;
    command asked = far->commands[0];
    memmove(far->commands, far->commands + 1, --far->command_count * sizeof *far->commands);
    memset(answer, 0, sizeof answer);
    uint16_t length = good_payload(&asked, answer + LK_COMPLETION_HEADER_BYTES);
    answer[0] = LK_COMPLETION_MAGIC;
    answer[1] = asked.header[1];
    answer[3] = asked.header[1] == LK_OPCODE_OPEN ? 23 : 0;
    memcpy(answer + 4, asked.header + 4, 8); /* slot, generation, tag */
    answer[12] = (uint8_t)length;
    answer[13] = (uint8_t)(length >> 8);
    size_t whole = LK_COMPLETION_HEADER_BYTES + (length + 3u) / 4 * 4;
    change(far, answer, whole < 48 ? whole : 48);
    size_t cut = next(far);
    give(far, answer, cut > 0 && cut < whole ? cut : whole);
    if (cut > 0 && cut < whole)
        give(far, answer + cut, whole - cut);
}

void far_end_send(void)
{
    far_end *far = current;
    size_t length = far ? next(far) : 0;
    if (!far)
        return;
    length = length < far->input->left ? length : far->input->left;
    give(far, lk_reader_bytes(far->input, length), length);
}

void far_end_finish(bool in)
{
    static const lk_error statuses[] = {LK_OK, LK_ERROR_DEVICE_STALLED, LK_ERROR_DEVICE_LOST, LK_ERROR_TIMED_OUT};
    far_end *far = current;
    if (!far || (in ? far->in_count : far->out_count) == 0)
        return;
    lk_error status = statuses[next(far) % 4];
    size_t actual = (size_t)next(far) * 300;
    if (in && actual > 0 && actual <= far->in[0]->length)
        memset(far->in[0]->data, next(far), actual);
    transfer_end(in ? far->in : far->out, in ? &far->in_count : &far->out_count, status, actual);
}

void far_end_leave(void)
{
    if (current)
        current->gone = true;
}

static lk_error far_open(lk_uri *uri, int timeout, lk_transport **transport, char *diagnosis)
{
    far_end *far = calloc(1, sizeof *far);
    (void)uri, (void)timeout, (void)diagnosis;
    if (!far || !prepared)
        abort();
    far->base.methods = &methods;
    far->input = prepared;
    far->descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    current = far;
    *transport = &far->base;
    return LK_OK;
}

static lk_error far_list(const lk_uri *uri, int timeout, lk_transport_found *found, void *context, char *diagnosis)
{
    (void)uri, (void)timeout, (void)diagnosis;
    found(context, "fuzz:", LK_OK);
    return LK_OK;
}

const lk_transport_scheme far_end_scheme = {.scheme = "fuzz", .open = far_open, .list = far_list};
