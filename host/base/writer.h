/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one way to compose bytes for a peer or a device, into memory the caller owns. A write past the end fails the
 * writer for good and writes nothing: check once, at the end.
 */
#ifndef LK_BASE_WRITER_H
#define LK_BASE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lk_writer {
    uint8_t *start;
    size_t capacity;
    size_t length;
    bool failed;
} lk_writer;

/** A writer into memory that it borrows. */
lk_writer lk_writer_into(uint8_t *memory, size_t capacity);

/** Big-endian (network order) integers. */
void lk_writer_u8(lk_writer *writer, uint8_t value);
void lk_writer_u16(lk_writer *writer, uint16_t value);
void lk_writer_u24(lk_writer *writer, uint32_t value);
void lk_writer_u32(lk_writer *writer, uint32_t value);
void lk_writer_u64(lk_writer *writer, uint64_t value);

/** Little-endian integers, as USB and the device protocol have them. */
void lk_writer_u16_little(lk_writer *writer, uint16_t value);
void lk_writer_u32_little(lk_writer *writer, uint32_t value);

void lk_writer_bytes(lk_writer *writer, const void *bytes, size_t length);
void lk_writer_zeros(lk_writer *writer, size_t length);

/** Room for bytes that the caller fills in; NULL when it does not fit. */
uint8_t *lk_writer_reserve(lk_writer *writer, size_t length);

/** An open vector of TLS: its length field of 1, 2 or 3 bytes is filled in when it ends. Vectors nest. */
typedef struct lk_writer_vector {
    size_t offset;
    size_t length_size;
} lk_writer_vector;

lk_writer_vector lk_writer_begin(lk_writer *writer, size_t length_size);

/** Fills in the length; fails the writer when the content is too long for the length field. */
void lk_writer_end(lk_writer *writer, lk_writer_vector vector);

#endif
