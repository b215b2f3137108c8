/* SPDX-License-Identifier: Apache-2.0 */
/* Vectors as the RFCs print them. */
#ifndef LK_TESTS_HANDSHAKE_HEX_H
#define LK_TESTS_HANDSHAKE_HEX_H

#include <stddef.h>
#include <stdint.h>

/** Bytes from hexadecimal digits; anything else is skipped. Returns how many; fails the test when they do not fit. */
size_t hex_bytes(const char *text, uint8_t *out, size_t capacity);

/** Fails the test when the bytes are not those of the text. */
void hex_assert(const char *what, const uint8_t *bytes, size_t length, const char *text);

#endif
