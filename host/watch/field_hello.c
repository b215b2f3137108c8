/* SPDX-License-Identifier: Apache-2.0 */
/* ClientHello and ServerHello, field by field: RFC 8446 section 4.1, RFC 5246 section 7.4.1. */
#include "handshake/messages.h"
#include "watch/field_names.h"
#include "watch/field_text.h"

#include <stdio.h>
#include <string.h>

enum { SENTINEL = 8 };

static void compression(char *text, size_t size, uint8_t method)
{
    if (method == 0)
        (void)snprintf(text, size, "null");
    else
        (void)snprintf(text, size, "%s0x%02x", method == 1 ? "DEFLATE " : "", method);
}

static void version(lk_fields *fields, const char *name, uint16_t number)
{
    char text[LK_NUMBER_NAME_MAX];
    lk_field_print(fields, name, "%s (0x%04x)", lk_number_name(LK_REGISTRY_VERSION, number, text), number);
}

void lk_field_client_hello(lk_fields *fields, lk_reader *body)
{
    char text[LK_NUMBER_NAME_MAX];
    uint16_t number = lk_reader_u16(body);
    const uint8_t *random = lk_reader_bytes(body, LK_RANDOM_LENGTH);
    lk_reader id = lk_reader_vector8(body);
    lk_reader suites = lk_reader_vector16(body);
    lk_reader methods = lk_reader_vector8(body);
    if (body->failed)
        return;
    version(fields, "client_version", number);
    lk_field_bytes(fields, "random", lk_reader_over(random, LK_RANDOM_LENGTH));
    lk_field_bytes(fields, "session_id", id);
    lk_field_suites(fields, suites);
    lk_field_begin(fields, "compression_methods");
    while (methods.left > 0) {
        compression(text, sizeof text, lk_reader_u8(&methods));
        lk_field_item(fields, "%s", text);
    }
    lk_field_end(fields);
    if (body->left > 0) /* RFC 5246 section 7.4.1.2: hellos of old clients end here */
        lk_field_extensions(fields, LK_CLIENT_HELLO, false, body);
}

/* RFC 8446 section 4.1.3: "DOWNGRD" and 1 or 0 in the last bytes. */
static const char *sentinel_of(const uint8_t *random)
{
    const uint8_t *last = random + LK_RANDOM_LENGTH - SENTINEL;
    if (memcmp(last, "DOWNGRD\x01", SENTINEL) == 0)
        return "the server knows TLS 1.3, and was asked for less";
    return memcmp(last, "DOWNGRD\x00", SENTINEL) == 0 ? "the server knows TLS 1.2, and was asked for less" : NULL;
}

void lk_field_server_hello(lk_fields *fields, lk_reader *body)
{
    char text[LK_NUMBER_NAME_MAX];
    bool retry = lk_hello_retry_request_is(*body);
    uint16_t number = lk_reader_u16(body);
    const uint8_t *random = lk_reader_bytes(body, LK_RANDOM_LENGTH);
    lk_reader id = lk_reader_vector8(body);
    uint16_t suite = lk_reader_u16(body);
    uint8_t method = lk_reader_u8(body);
    if (body->failed)
        return;
    version(fields, "server_version", number);
    if (retry)
        lk_field_print(fields, "random", "the one of every HelloRetryRequest");
    else
        lk_field_bytes(fields, "random", lk_reader_over(random, LK_RANDOM_LENGTH));
    if (sentinel_of(random))
        lk_field_print(fields, "downgrade sentinel", "%s", sentinel_of(random));
    lk_field_bytes(fields, "session_id", id);
    lk_field_print(fields, "cipher_suite", "%s", lk_number_name(LK_REGISTRY_SUITE, suite, text));
    compression(text, sizeof text, method);
    lk_field_print(fields, "compression_method", "%s", text);
    if (body->left > 0)
        lk_field_extensions(fields, LK_SERVER_HELLO, retry, body);
}
