/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/hex.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <string.h>

enum { VECTOR_MAX = 1024 };

static int digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

size_t hex_bytes(const char *text, uint8_t *out, size_t capacity)
{
    size_t digits = 0;
    for (; *text; text++) {
        if (!isxdigit((unsigned char)*text))
            continue;
        cr_assert_lt(digits / 2, capacity, "a vector is longer than the test has room for");
        out[digits / 2] = (uint8_t)(digits % 2 ? out[digits / 2] << 4 | digit(*text) : digit(*text));
        digits++;
    }
    cr_assert_eq(digits % 2, 0, "a vector has half a byte");
    return digits / 2;
}

void hex_assert(const char *what, const uint8_t *bytes, size_t length, const char *text)
{
    uint8_t expected[VECTOR_MAX];
    size_t expected_length = hex_bytes(text, expected, sizeof expected);
    cr_assert_eq(length, expected_length, "%s has %zu bytes, not %zu", what, length, expected_length);
    cr_assert_arr_eq(bytes, expected, length, "%s differs", what);
}
