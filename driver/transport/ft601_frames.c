/* SPDX-License-Identifier: Apache-2.0 */
#include "transport/ft601_frames.h"

#include "base/reader.h"

#include <string.h>

enum { WORD = 4 };

static void header(lk_writer *writer, uint8_t kind, size_t words)
{
    lk_writer_u8(writer, LK_FRAME_MAGIC);
    lk_writer_u8(writer, kind);
    lk_writer_u16_little(writer, (uint16_t)words);
}

void lk_frame_commands(lk_writer *writer, size_t length)
{
    header(writer, LK_FRAME_COMMANDS, length / WORD);
}

void lk_frame_request(lk_writer *writer, uint8_t request, uint8_t count, uint8_t first, uint32_t tag)
{
    header(writer, LK_FRAME_REQUEST, 2);
    lk_writer_u8(writer, request);
    lk_writer_u8(writer, count);
    lk_writer_u16_little(writer, first);
    lk_writer_u32_little(writer, tag);
}

void lk_frame_idle(lk_writer *writer, size_t count)
{
    for (size_t i = 0; i < count; i++)
        header(writer, LK_FRAME_IDLE, 0);
}

static void reply_end(lk_frame_reader *reader, bool refused)
{
    reader->reply->refused = refused;
    reader->reply->done = true;
    reader->reply = NULL;
}

/* Looks for the start of the reply; it brings nothing but its tag. */
static size_t seek(lk_frame_reader *reader, const uint8_t *data, size_t length)
{
    uint8_t wanted[LK_FRAME_REPLY_START_BYTES];
    lk_writer writer = lk_writer_into(wanted, sizeof wanted);
    header(&writer, LK_FRAME_REPLY, 1);
    lk_writer_u32_little(&writer, reader->reply->tag);
    for (size_t i = 0; i < length; i++) {
        memmove(reader->start, reader->start + 1, sizeof reader->start - 1);
        reader->start[sizeof reader->start - 1] = data[i];
        if (memcmp(reader->start, wanted, sizeof wanted) == 0) {
            memset(reader->start, 0, sizeof reader->start);
            reader->started = 0;
            reader->left = 0;
            reply_end(reader, false);
            return i + 1;
        }
    }
    return length;
}

/* A header, and of a reply its tag too. @return DEVICE_PROTOCOL when it is none. */
static lk_error begin(lk_frame_reader *reader)
{
    lk_reader bytes = lk_reader_over(reader->start, reader->started);
    uint8_t magic = lk_reader_u8(&bytes);
    uint8_t kind = lk_reader_u8(&bytes);
    size_t words = lk_reader_u16_little(&bytes);
    bool answers = kind == LK_FRAME_REPLY || kind == LK_FRAME_REFUSAL;
    bool known = answers || kind == LK_FRAME_COMPLETIONS || (kind == LK_FRAME_IDLE && words == 0);
    if (magic != LK_FRAME_MAGIC || !known || words > LK_FRAME_IN_WORDS_MAX || (kind != LK_FRAME_IDLE && words == 0))
        return LK_ERROR_DEVICE_PROTOCOL;
    if (answers && reader->started < LK_FRAME_REPLY_START_BYTES)
        return LK_OK; /* the tag is still to come */
    reader->started = 0;
    reader->kind = kind;
    reader->left = words * WORD;
    if (!answers)
        return LK_OK;
    reader->left -= WORD;
    if (!reader->reply || lk_reader_u32_little(&bytes) != reader->reply->tag)
        return LK_ERROR_DEVICE_PROTOCOL; /* requests are made one by one: nobody has asked for this */
    if (reader->left == 0)
        reply_end(reader, kind == LK_FRAME_REFUSAL);
    return LK_OK;
}

static lk_error reply_add(lk_frame_reader *reader, const uint8_t *data, size_t length)
{
    lk_frame_reply *reply = reader->reply;
    reader->left -= length;
    if (!reply)
        return LK_OK; /* who asked has given up amid the reply */
    if (length > reply->capacity - reply->length)
        return LK_ERROR_DEVICE_PROTOCOL;
    memcpy(reply->data + reply->length, data, length);
    reply->length += length;
    if (reader->left == 0)
        reply_end(reader, reader->kind == LK_FRAME_REFUSAL);
    return LK_OK;
}

/* Bytes of a frame that has begun. */
static lk_error body(lk_frame_reader *reader, const uint8_t *data, size_t length, size_t *taken)
{
    size_t count = length < reader->left ? length : reader->left;
    if (reader->kind != LK_FRAME_COMPLETIONS) {
        *taken = count;
        return reply_add(reader, data, count);
    }
    *taken = reader->completions(reader->context, data, count);
    reader->left -= *taken;
    return LK_OK;
}

lk_error lk_frame_read(lk_frame_reader *reader, const uint8_t *data, size_t length, size_t *taken)
{
    lk_error error = LK_OK;
    size_t count = 1;
    for (*taken = 0; !error && *taken < length && count > 0; *taken += count) {
        if (reader->reply && reader->reply->alone) {
            count = seek(reader, data + *taken, length - *taken);
        } else if (reader->left > 0) {
            error = body(reader, data + *taken, length - *taken, &count);
        } else {
            reader->start[reader->started++] = data[*taken];
            count = 1;
            if (reader->started % WORD == 0)
                error = begin(reader);
        }
    }
    return error;
}
