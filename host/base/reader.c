/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reader.h"

#include <string.h>

lk_reader lk_reader_over(const uint8_t *bytes, size_t length)
{
    return (lk_reader){.next = bytes, .left = length, .failed = false};
}

const uint8_t *lk_reader_bytes(lk_reader *reader, size_t length)
{
    if (reader->failed || length > reader->left) {
        reader->failed = true;
        return NULL;
    }
    const uint8_t *bytes = reader->next;
    if (length > 0)
        reader->next += length;
    reader->left -= length;
    return bytes;
}

static uint64_t read_big(lk_reader *reader, size_t length)
{
    const uint8_t *bytes = lk_reader_bytes(reader, length);
    uint64_t value = 0;
    for (size_t i = 0; bytes && i < length; i++)
        value = value << 8 | bytes[i];
    return value;
}

static uint32_t read_little(lk_reader *reader, size_t length)
{
    const uint8_t *bytes = lk_reader_bytes(reader, length);
    uint32_t value = 0;
    for (size_t i = 0; bytes && i < length; i++)
        value |= (uint32_t)bytes[i] << (8 * i);
    return value;
}

uint8_t lk_reader_u8(lk_reader *reader)
{
    return (uint8_t)read_big(reader, 1);
}

uint16_t lk_reader_u16(lk_reader *reader)
{
    return (uint16_t)read_big(reader, 2);
}

uint32_t lk_reader_u24(lk_reader *reader)
{
    return (uint32_t)read_big(reader, 3);
}

uint32_t lk_reader_u32(lk_reader *reader)
{
    return (uint32_t)read_big(reader, 4);
}

uint64_t lk_reader_u64(lk_reader *reader)
{
    return read_big(reader, 8);
}

uint16_t lk_reader_u16_little(lk_reader *reader)
{
    return (uint16_t)read_little(reader, 2);
}

uint32_t lk_reader_u32_little(lk_reader *reader)
{
    return read_little(reader, 4);
}

void lk_reader_copy(lk_reader *reader, void *to, size_t length)
{
    const uint8_t *bytes = lk_reader_bytes(reader, length);
    if (bytes && length > 0)
        memcpy(to, bytes, length);
    else if (length > 0)
        memset(to, 0, length);
}

static lk_reader read_vector(lk_reader *reader, size_t length_size)
{
    size_t length = (size_t)read_big(reader, length_size);
    const uint8_t *bytes = lk_reader_bytes(reader, length);
    return (lk_reader){.next = bytes, .left = bytes ? length : 0, .failed = reader->failed};
}

lk_reader lk_reader_vector8(lk_reader *reader)
{
    return read_vector(reader, 1);
}

lk_reader lk_reader_vector16(lk_reader *reader)
{
    return read_vector(reader, 2);
}

lk_reader lk_reader_vector24(lk_reader *reader)
{
    return read_vector(reader, 3);
}

bool lk_reader_finished(const lk_reader *reader)
{
    return !reader->failed && reader->left == 0;
}
