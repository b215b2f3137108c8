/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Published test vectors, in the form of NIST's .rsp files: records of lines `Name = value`, an empty line behind each,
 * under headings in brackets that hold for the records that follow. Values are hexadecimal digits, or text in quotation
 * marks.
 */
#ifndef LK_TESTS_VECTORS_H
#define LK_TESTS_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct vectors vectors;

/** Opens a file of the collection; fails the test when it is not to be read. Skips the test without a collection. */
vectors *vectors_open(const char *path);

/** Says how many records were used, and fails the test when there were none. */
void vectors_close(vectors *file);

/** The next record; false at the end. */
bool vectors_next(vectors *file);

/** Counts the present record as one that was used. */
void vectors_use(vectors *file);

/** True when the record, or its heading, has that name, in whatever case; with a value or without. */
bool vectors_has(const vectors *file, const char *name);

/** A number of the record or its heading, in decimal digits; fails the test when it is not there. */
size_t vectors_number(const vectors *file, const char *name);

/** Bytes of the record; returns how many. Fails the test when it has no such name, or they do not fit. */
size_t vectors_bytes(const vectors *file, const char *name, uint8_t *out, size_t capacity);

#endif
