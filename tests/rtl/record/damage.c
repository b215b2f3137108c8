/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/record/damage.h"

#include "record/engine.h"

enum { LENGTH_FIELD = 3 };

static void write_length(damaged_record *record, size_t fragment)
{
    record->bytes[LENGTH_FIELD] = (uint8_t)(fragment >> 8);
    record->bytes[LENGTH_FIELD + 1] = (uint8_t)fragment;
}

/* The record gets another length, with noise where it grows. */
static void resize(damaged_record *record, size_t length, random_source *source)
{
    if (length > record->length) {
        random_fill(source, record->bytes + record->length, length - record->length);
    }
    record->length = length;
}

static void flip(damaged_record *record, size_t from, random_source *source)
{
    size_t at = from + random_below(source, (uint32_t)(record->length - from));
    record->bytes[at] ^= (uint8_t)(1u << random_below(source, 8));
}

/* Longer ones than any version allows are among them. */
static size_t greater_length(const damaged_record *record, random_source *source)
{
    size_t room = DAMAGE_ROOM - record->length;
    return record->length + 1 + random_below(source, random_once_in(source, 8) ? (uint32_t)room : 40);
}

void damage_record(damage what, damaged_record *record, random_source *source)
{
    uint32_t fragment = (uint32_t)record->length - LK_RECORD_HEADER_LENGTH;
    switch (what) {
    case DAMAGE_BIT:
        flip(record, LK_RECORD_HEADER_LENGTH, source);
        break;
    case DAMAGE_TAG:
        flip(record, record->length - record->tag_length, source);
        break;
    case DAMAGE_TRUNCATED:
        resize(record, LK_RECORD_HEADER_LENGTH + random_below(source, fragment), source);
        write_length(record, record->length - LK_RECORD_HEADER_LENGTH);
        break;
    case DAMAGE_CUT:
        resize(record, random_below(source, (uint32_t)record->length), source);
        break;
    case DAMAGE_LENGTHENED:
        resize(record, greater_length(record, source), source);
        write_length(record, record->length - LK_RECORD_HEADER_LENGTH);
        break;
    case DAMAGE_LENGTH_FIELD:
        write_length(record, random_below(source, UINT16_MAX));
        break;
    case DAMAGE_HEADER:
        record->bytes[random_below(source, LENGTH_FIELD)] ^= (uint8_t)(1u << random_below(source, 8));
        break;
    case DAMAGE_SEQUENCE:
        record->sequence += 1 + random_below(source, 1000);
        break;
    default:
        resize(record, LK_RECORD_HEADER_LENGTH + random_below(source, 400), source);
        random_fill(source, record->bytes + LK_RECORD_HEADER_LENGTH, record->length - LK_RECORD_HEADER_LENGTH);
        write_length(record, record->length - LK_RECORD_HEADER_LENGTH);
        break;
    }
}
