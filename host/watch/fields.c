/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/fields.h"

#include "handshake/messages.h"
#include "watch/field_text.h"

#include <string.h>

/* HandshakeType of messages that this library neither sends nor takes (IANA's registry). */
enum { END_OF_EARLY_DATA = 5, CERTIFICATE_URL = 21, SUPPLEMENTAL_DATA = 23, COMPRESSED_CERTIFICATE = 25 };

static void hello_request(lk_fields *fields, lk_reader *body)
{
    (void)fields;
    (void)body;
}

static void encrypted_extensions(lk_fields *fields, lk_reader *body)
{
    lk_field_extensions(fields, LK_ENCRYPTED_EXTENSIONS, false, body);
}

/* RFC 5077 section 3.3, RFC 8446 section 4.6.1 */
static void new_session_ticket(lk_fields *fields, lk_reader *body)
{
    bool newer = fields->context.version == LK_TLS1_3;
    uint32_t lifetime = lk_reader_u32(body);
    if (newer) {
        lk_reader_u32(body);
        lk_reader_vector8(body);
    }
    lk_reader ticket = lk_reader_vector16(body);
    if (body->failed)
        return;
    lk_field_print(fields, "lifetime", "%u s", lifetime);
    lk_field_length(fields, "ticket", ticket);
    if (newer)
        lk_field_extensions(fields, LK_NEW_SESSION_TICKET, false, body);
}

/* RFC 6066 section 8 */
static void certificate_status(lk_fields *fields, lk_reader *body)
{
    uint8_t type = lk_reader_u8(body);
    lk_reader response = lk_reader_vector24(body);
    if (body->failed)
        return;
    if (type == 1)
        lk_field_print(fields, "status_type", "ocsp");
    else
        lk_field_print(fields, "status_type", "%u", type);
    lk_field_length(fields, "response", response);
}

static void finished(lk_fields *fields, lk_reader *body)
{
    lk_field_length(fields, "verify_data", *body);
    *body = lk_reader_over(body->next, 0);
}

static void key_update(lk_fields *fields, lk_reader *body)
{
    uint8_t request = lk_reader_u8(body);
    if (body->failed)
        return;
    if (request > 1)
        lk_field_print(fields, "request_update", "%u", request);
    else
        lk_field_print(fields, "request_update", "update_%srequested", request == 0 ? "not_" : "");
}

static void opaque(lk_fields *fields, lk_reader *body)
{
    if (body->left > 0)
        lk_field_length(fields, "content", *body);
    *body = lk_reader_over(body->next, 0);
}

static const struct {
    uint8_t type;
    const char *name;
    void (*tell)(lk_fields *fields, lk_reader *body);
} messages[] = {
    {LK_HELLO_REQUEST, "hello_request", hello_request},
    {LK_CLIENT_HELLO, "client_hello", lk_field_client_hello},
    {LK_SERVER_HELLO, "server_hello", lk_field_server_hello},
    {LK_NEW_SESSION_TICKET, "new_session_ticket", new_session_ticket},
    {END_OF_EARLY_DATA, "end_of_early_data", opaque},
    {LK_ENCRYPTED_EXTENSIONS, "encrypted_extensions", encrypted_extensions},
    {LK_CERTIFICATE, "certificate", lk_field_certificate_message},
    {LK_SERVER_KEY_EXCHANGE, "server_key_exchange", lk_field_server_key_exchange},
    {LK_CERTIFICATE_REQUEST, "certificate_request", lk_field_certificate_request},
    {LK_SERVER_HELLO_DONE, "server_hello_done", hello_request},
    {LK_CERTIFICATE_VERIFY, "certificate_verify", lk_field_certificate_verify},
    {LK_CLIENT_KEY_EXCHANGE, "client_key_exchange", lk_field_client_key_exchange},
    {LK_FINISHED, "finished", finished},
    {CERTIFICATE_URL, "certificate_url", opaque},
    {LK_CERTIFICATE_STATUS, "certificate_status", certificate_status},
    {SUPPLEMENTAL_DATA, "supplemental_data", opaque},
    {LK_KEY_UPDATE, "key_update", key_update},
    {COMPRESSED_CERTIFICATE, "compressed_certificate", opaque},
};

enum { MESSAGE_COUNT = sizeof messages / sizeof messages[0] };

static size_t find(uint8_t type)
{
    size_t i = 0;
    while (i < MESSAGE_COUNT && messages[i].type != type)
        i++;
    return i;
}

const char *lk_fields_message_name(uint8_t type, lk_reader body)
{
    size_t i = find(type);
    if (type == LK_SERVER_HELLO && lk_hello_retry_request_is(body))
        return "hello_retry_request";
    return i < MESSAGE_COUNT ? messages[i].name : "unknown";
}

void lk_fields_tell(lk_field_context context, uint8_t type, lk_reader body, lk_field_teller *teller,
                    void *teller_context)
{
    lk_fields fields = {.context = context, .teller = teller, .teller_context = teller_context};
    size_t i = find(type);
    if (i < MESSAGE_COUNT)
        messages[i].tell(&fields, &body);
    else
        opaque(&fields, &body);
    if (body.failed)
        lk_field_print(&fields, "malformed", "the message ends within a field");
    else if (body.left > 0)
        lk_field_print(&fields, "malformed", "%zu bytes too many", body.left);
}
