/* SPDX-License-Identifier: Apache-2.0 */
/* What is cut off an extension, or hung on it, is a decoding error, at whatever byte. */
#include "handshake/extension_rows.h"

#include <criterion/criterion.h>
#include <string.h>

typedef struct extension_case {
    const char *title;
    lk_extension_parse *parse;
    lk_place place;
    uint8_t bytes[16];
    size_t length;
} extension_case;

static const extension_case cases[] = {
    {"max_fragment_length", lk_max_fragment_length_parse, LK_IN_CLIENT_HELLO, {3}, 1},
    {"record_size_limit", lk_record_size_limit_parse, LK_IN_CLIENT_HELLO, {0x40, 0}, 2},
    {"status_request", lk_status_request_parse, LK_IN_CLIENT_HELLO, {1, 0, 0, 0, 0}, 5},
    {"status_request of a server", lk_status_request_parse, LK_IN_SERVER_HELLO_1_2, {0}, 0},
    {"renegotiation_info", lk_renegotiation_info_parse, LK_IN_CLIENT_HELLO, {0}, 1},
};

static lk_error parse(const extension_case *each, size_t length)
{
    lk_handshake_settings settings = {0};
    lk_handshake handshake = {.settings = &settings, .role = LK_SERVER};
    lk_reader reader = lk_reader_over(each->bytes, length);
    lk_error error = each->parse(&handshake, each->place, &reader);
    return error || lk_reader_finished(&reader) ? error : LK_ERROR_DECODE;
}

Test(extensions, what_is_whole_is_taken_and_what_is_cut_or_too_long_is_not)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect_eq(parse(&cases[i], cases[i].length), LK_OK, "%s", cases[i].title);
        for (size_t length = 0; length < cases[i].length; length++)
            cr_expect_eq(parse(&cases[i], length), LK_ERROR_DECODE, "%s of %zu bytes", cases[i].title, length);
        cr_expect_eq(parse(&cases[i], cases[i].length + 1), LK_ERROR_DECODE, "%s with more behind", cases[i].title);
    }
}
