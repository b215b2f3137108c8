/* SPDX-License-Identifier: Apache-2.0 */
#include "base/writer.h"

#include <string.h>

lk_writer lk_writer_into(uint8_t *memory, size_t capacity)
{
    return (lk_writer){.start = memory, .capacity = capacity, .length = 0, .failed = false};
}

uint8_t *lk_writer_reserve(lk_writer *writer, size_t length)
{
    if (writer->failed || length > writer->capacity - writer->length) {
        writer->failed = true;
        return NULL;
    }
    uint8_t *room = writer->start + writer->length;
    writer->length += length;
    return room;
}

static void store_big(uint8_t *to, uint64_t value, size_t length)
{
    for (size_t i = length; i > 0; i--) {
        to[i - 1] = (uint8_t)value;
        value >>= 8;
    }
}

static void write_big(lk_writer *writer, uint64_t value, size_t length)
{
    uint8_t *room = lk_writer_reserve(writer, length);
    if (room)
        store_big(room, value, length);
}

static void write_little(lk_writer *writer, uint32_t value, size_t length)
{
    uint8_t *room = lk_writer_reserve(writer, length);
    for (size_t i = 0; room && i < length; i++)
        room[i] = (uint8_t)(value >> (8 * i));
}

void lk_writer_u8(lk_writer *writer, uint8_t value)
{
    write_big(writer, value, 1);
}

void lk_writer_u16(lk_writer *writer, uint16_t value)
{
    write_big(writer, value, 2);
}

void lk_writer_u24(lk_writer *writer, uint32_t value)
{
    write_big(writer, value, 3);
}

void lk_writer_u32(lk_writer *writer, uint32_t value)
{
    write_big(writer, value, 4);
}

void lk_writer_u64(lk_writer *writer, uint64_t value)
{
    write_big(writer, value, 8);
}

void lk_writer_u16_little(lk_writer *writer, uint16_t value)
{
    write_little(writer, value, 2);
}

void lk_writer_u32_little(lk_writer *writer, uint32_t value)
{
    write_little(writer, value, 4);
}

void lk_writer_bytes(lk_writer *writer, const void *bytes, size_t length)
{
    uint8_t *room = lk_writer_reserve(writer, length);
    if (room && length > 0)
        memcpy(room, bytes, length);
}

void lk_writer_zeros(lk_writer *writer, size_t length)
{
    uint8_t *room = lk_writer_reserve(writer, length);
    if (room && length > 0)
        memset(room, 0, length);
}

lk_writer_vector lk_writer_begin(lk_writer *writer, size_t length_size)
{
    lk_writer_vector vector = {.offset = writer->length, .length_size = length_size};
    lk_writer_zeros(writer, length_size);
    return vector;
}

void lk_writer_end(lk_writer *writer, lk_writer_vector vector)
{
    if (writer->failed)
        return;
    size_t content = writer->length - vector.offset - vector.length_size;
    if ((uint64_t)content >> (8 * vector.length_size) != 0) {
        writer->failed = true;
        return;
    }
    store_big(writer->start + vector.offset, content, vector.length_size);
}
