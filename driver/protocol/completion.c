/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/completion.h"

#include "base/secret.h"

#include <stdbool.h>
#include <string.h>

enum { WORD = 4 };

static bool carries_record(const lk_completion *completion)
{
    return completion->status == LK_STATUS_OK &&
           (completion->opcode == LK_OPCODE_SEAL || completion->opcode == LK_OPCODE_OPEN);
}

/* What the byte behind the status may say. */
static bool has_detail(const lk_completion *completion)
{
    return carries_record(completion) &&
           (completion->opcode == LK_OPCODE_OPEN || completion->content_type == LK_SEAL_NEAR_LIMIT);
}

lk_error lk_completion_parse(lk_reader *reader, lk_completion *completion)
{
    uint8_t magic = lk_reader_u8(reader);
    completion->opcode = lk_reader_u8(reader);
    completion->status = lk_reader_u8(reader);
    completion->content_type = lk_reader_u8(reader);
    completion->slot = lk_reader_u16_little(reader);
    completion->generation = lk_reader_u16_little(reader);
    completion->tag = lk_reader_u32_little(reader);
    completion->length = lk_reader_u16_little(reader);
    uint16_t reserved = lk_reader_u16_little(reader);
    if (reader->failed || magic != LK_COMPLETION_MAGIC || reserved != 0 || !lk_status_known(completion->status))
        return LK_ERROR_DEVICE_PROTOCOL;
    if (completion->length > (carries_record(completion) ? LK_RECORD_BYTES_MAX : 0))
        return LK_ERROR_DEVICE_PROTOCOL;
    if (completion->content_type != 0 && !has_detail(completion))
        return LK_ERROR_DEVICE_PROTOCOL;
    return LK_OK;
}

void lk_completion_stream_reset(lk_completion_stream *stream)
{
    lk_secret_wipe(stream, sizeof *stream);
}

static size_t padded(size_t length)
{
    return (length + WORD - 1) / WORD * WORD;
}

/* Moves bytes from the reader to where *have of wanted already are; true when all are there. */
static bool gather(lk_reader *reader, uint8_t *to, size_t *have, size_t wanted)
{
    size_t length = wanted - *have < reader->left ? wanted - *have : reader->left;
    lk_reader_copy(reader, to + *have, length);
    *have += length;
    return *have == wanted;
}

static lk_error take_header(lk_completion_stream *stream, lk_reader *reader, const lk_completion_receiver *receiver)
{
    if (!gather(reader, stream->header, &stream->header_have, sizeof stream->header))
        return LK_OK;
    lk_reader header = lk_reader_over(stream->header, sizeof stream->header);
    lk_error error = lk_completion_parse(&header, &stream->completion);
    return error ? error : receiver->expect(receiver->context, &stream->completion);
}

/* The whole payload with its padding: where it lies in one piece already, without a copy; NULL when more must come. */
static const uint8_t *take_payload(lk_completion_stream *stream, lk_reader *reader)
{
    size_t wanted = padded(stream->completion.length);
    if (stream->payload_have == 0 && reader->left >= wanted)
        return lk_reader_bytes(reader, wanted);
    return gather(reader, stream->payload, &stream->payload_have, wanted) ? stream->payload : NULL;
}

static lk_error finish(lk_completion_stream *stream, const uint8_t *payload, const lk_completion_receiver *receiver)
{
    for (size_t i = stream->completion.length; i < padded(stream->completion.length); i++)
        if (payload[i] != 0)
            return LK_ERROR_DEVICE_PROTOCOL;
    lk_error error = receiver->deliver(receiver->context, &stream->completion, payload);
    lk_secret_wipe(stream->payload, stream->payload_have);
    stream->header_have = 0;
    stream->payload_have = 0;
    return error;
}

lk_error lk_completion_stream_feed(lk_completion_stream *stream, const uint8_t *data, size_t length,
                                   const lk_completion_receiver *receiver)
{
    lk_reader reader = lk_reader_over(data, length);
    lk_error error = LK_OK;
    while (!error && reader.left > 0) {
        if (stream->header_have < sizeof stream->header)
            error = take_header(stream, &reader, receiver);
        if (error || stream->header_have < sizeof stream->header)
            break;
        const uint8_t *payload = take_payload(stream, &reader);
        if (!payload)
            break;
        error = finish(stream, payload, receiver);
    }
    return error;
}
