/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one way to parse bytes from a peer, a device or a file. A read past the end fails the reader for good, returns
 * zero (or NULL), and moves nothing: check once, at the end.
 */
#ifndef LK_BASE_READER_H
#define LK_BASE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lk_reader {
    const uint8_t *next;
    size_t left;
    bool failed;
} lk_reader;

/** A reader over bytes that it borrows. */
lk_reader lk_reader_over(const uint8_t *bytes, size_t length);

/** Big-endian (network order) integers. */
uint8_t lk_reader_u8(lk_reader *reader);
uint16_t lk_reader_u16(lk_reader *reader);
uint32_t lk_reader_u24(lk_reader *reader);
uint32_t lk_reader_u32(lk_reader *reader);
uint64_t lk_reader_u64(lk_reader *reader);

/** Little-endian integers, as USB and the device protocol have them. */
uint16_t lk_reader_u16_little(lk_reader *reader);
uint32_t lk_reader_u32_little(lk_reader *reader);

/** The next bytes, borrowed from what the reader stands over; NULL when there are fewer. */
const uint8_t *lk_reader_bytes(lk_reader *reader, size_t length);

/** Copies the next bytes; fills with zeros and fails when there are fewer. */
void lk_reader_copy(lk_reader *reader, void *to, size_t length);

/** A vector of TLS (RFC 8446 section 3.4): a length of 1, 2 or 3 bytes, then a reader over that many bytes. */
lk_reader lk_reader_vector8(lk_reader *reader);
lk_reader lk_reader_vector16(lk_reader *reader);
lk_reader lk_reader_vector24(lk_reader *reader);

/** True when nothing failed and nothing is left: what a well-formed message ends with. */
bool lk_reader_finished(const lk_reader *reader);

#endif
