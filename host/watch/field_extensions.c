/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions by name, with what stands in them: RFC 8446 section 4.2 and those that it points to. */
#include "handshake/extensions.h"
#include "watch/field_names.h"
#include "watch/field_text.h"

#include <stdio.h>

enum { NAME_MAX_LENGTH = 256, EARLY_DATA_INDICATION = 42, POST_HANDSHAKE_AUTH = 49, SIGNATURE_ALGORITHMS_CERT = 50 };

/* Where a block of extensions stands decides what some of them hold. */
typedef struct place {
    uint8_t message;
    bool hello_retry;
} place;

typedef void tell_content(lk_fields *fields, place at, const char *name, lk_reader *content);

static void numbers(lk_fields *fields, lk_registry registry, const char *name, lk_reader list)
{
    char text[LK_NUMBER_NAME_MAX];
    lk_field_begin(fields, name);
    while (list.left >= 2)
        lk_field_item(fields, "%s", lk_number_name(registry, lk_reader_u16(&list), text));
    lk_field_end(fields);
}

/* A reader over the next bytes. */
static lk_reader part(lk_reader *content, size_t length)
{
    const uint8_t *bytes = lk_reader_bytes(content, length);
    return lk_reader_over(bytes, bytes ? length : 0);
}

/* RFC 6066 section 3; an answer is empty. */
static void server_name(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    char text[NAME_MAX_LENGTH];
    if (at.message != LK_CLIENT_HELLO || content->left == 0) {
        lk_field_print(fields, name, "taken into account");
        return;
    }
    lk_reader names = lk_reader_vector16(content);
    lk_field_begin(fields, name);
    while (!names.failed && names.left > 0) {
        uint8_t type = lk_reader_u8(&names);
        lk_field_copy(text, sizeof text, lk_reader_vector16(&names));
        lk_field_item(fields, type == 0 ? "%.*s" : "(of an unknown type) %.*s", (int)sizeof text, text);
    }
    lk_field_end(fields);
}

/* RFC 6066 section 4 */
static void max_fragment_length(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    (void)at;
    uint8_t code = lk_reader_u8(content);
    if (code >= 1 && code <= 4)
        lk_field_print(fields, name, "%u bytes", 256u << code);
    else
        lk_field_print(fields, name, "%u, which stands for nothing", code);
}

static void record_size_limit(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    (void)at;
    lk_field_print(fields, name, "%u bytes", lk_reader_u16(content));
}

/* RFC 6066 section 8; in a certificate entry of TLS 1.3 it is the response itself. */
static void status_request(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    if (at.message == LK_CERTIFICATE && content->left > 0) {
        lk_reader_u8(content);
        lk_reader response = lk_reader_vector24(content);
        lk_field_print(fields, name, "an OCSP response of %zu bytes", response.left);
    } else if (content->left > 0) {
        uint8_t type = lk_reader_u8(content);
        lk_field_print(fields, name, "%s", type == 1 ? "ocsp" : "of an unknown type");
        *content = lk_reader_over(content->next, 0);
    } else {
        lk_field_print(fields, name, "a response will follow");
    }
}

static void supported_groups(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    (void)at;
    numbers(fields, LK_REGISTRY_GROUP, name, lk_reader_vector16(content));
}

static void signature_algorithms(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    (void)at;
    lk_field_signatures(fields, name, lk_reader_vector16(content));
}

/* RFC 8422 section 5.1.2 */
static void point_formats(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    static const char *const names[] = {"uncompressed", "ansiX962_compressed_prime", "ansiX962_compressed_char2"};
    (void)at;
    lk_reader formats = lk_reader_vector8(content);
    lk_field_begin(fields, name);
    while (formats.left > 0) {
        uint8_t format = lk_reader_u8(&formats);
        lk_field_item(fields, "%s", format < sizeof names / sizeof names[0] ? names[format] : "unknown");
    }
    lk_field_end(fields);
}

static void alpn(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    char text[NAME_MAX_LENGTH];
    (void)at;
    lk_reader protocols = lk_reader_vector16(content);
    lk_field_begin(fields, name);
    while (!protocols.failed && protocols.left > 0) {
        lk_reader protocol = lk_reader_vector8(&protocols);
        lk_field_copy(text, sizeof text, protocol);
        if (protocol.left == 2 && lk_number_is_grease((uint16_t)(protocol.next[0] << 8 | protocol.next[1])))
            (void)snprintf(text, sizeof text, "GREASE");
        lk_field_item(fields, "%s", text);
    }
    lk_field_end(fields);
}

/* RFC 8446 section 4.2.1: a list in a ClientHello, the choice in an answer. */
static void supported_versions(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    if (at.message == LK_CLIENT_HELLO)
        numbers(fields, LK_REGISTRY_VERSION, name, lk_reader_vector8(content));
    else
        numbers(fields, LK_REGISTRY_VERSION, name, part(content, 2));
}

/* RFC 8446 section 4.2.8 */
static void key_share(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    char text[LK_NUMBER_NAME_MAX];
    lk_reader shares = *content;
    if (at.message == LK_CLIENT_HELLO)
        shares = lk_reader_vector16(content);
    else
        *content = lk_reader_over(content->next, 0);
    lk_field_begin(fields, name);
    while (!shares.failed && shares.left > 0) {
        const char *group = lk_number_name(LK_REGISTRY_GROUP, lk_reader_u16(&shares), text);
        if (at.hello_retry)
            lk_field_item(fields, "%s is asked for", group);
        else
            lk_field_item(fields, "%s (%zu bytes)", group, lk_reader_vector16(&shares).left);
    }
    if (shares.failed)
        lk_field_item(fields, "(malformed)");
    lk_field_end(fields);
}

/* RFC 8446 section 4.2.11. Who knows an identity may find out whose session it was: it is not told. */
static void pre_shared_key(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    if (at.message != LK_CLIENT_HELLO) {
        lk_field_print(fields, name, "number %u of those offered", lk_reader_u16(content));
        return;
    }
    lk_reader identities = lk_reader_vector16(content);
    lk_reader binders = lk_reader_vector16(content);
    lk_field_begin(fields, name);
    while (!identities.failed && identities.left > 0) {
        lk_reader identity = lk_reader_vector16(&identities);
        lk_reader_u32(&identities);
        lk_field_item(fields, "an identity of %zu bytes, binder of %zu", identity.left,
                      lk_reader_vector8(&binders).left);
    }
    lk_field_end(fields);
}

static void psk_modes(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    static const char *const names[] = {"psk_ke", "psk_dhe_ke"};
    (void)at;
    lk_reader modes = lk_reader_vector8(content);
    lk_field_begin(fields, name);
    while (modes.left > 0) {
        uint8_t mode = lk_reader_u8(&modes);
        lk_field_item(fields, "%s", mode < 2 ? names[mode] : "unknown");
    }
    lk_field_end(fields);
}

static void early_data(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    if (at.message == LK_NEW_SESSION_TICKET)
        lk_field_print(fields, name, "up to %u bytes", lk_reader_u32(content));
    else
        lk_field_print(fields, name, at.message == LK_CLIENT_HELLO ? "follows" : "is taken");
}

static void cookie(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    (void)at;
    lk_field_length(fields, name, lk_reader_vector16(content));
}

static void session_ticket(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    if (content->left > 0)
        lk_field_print(fields, name, "a ticket of %zu bytes", content->left);
    else
        lk_field_print(fields, name, at.message == LK_CLIENT_HELLO ? "a ticket is wanted" : "a ticket will follow");
    *content = lk_reader_over(content->next, 0);
}

/* RFC 5746 section 3.2: empty in a first handshake. */
static void renegotiation_info(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    (void)at;
    lk_reader connection = lk_reader_vector8(content);
    if (connection.left == 0)
        lk_field_print(fields, name, "known; a first handshake");
    else
        lk_field_print(fields, name, "verify_data of the handshake before, %zu bytes", connection.left);
}

static void authorities(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    (void)at;
    (void)name;
    lk_field_authorities(fields, lk_reader_vector16(content));
}

static void flag(lk_fields *fields, place at, const char *name, lk_reader *content)
{
    (void)content;
    lk_field_print(fields, name, at.message == LK_CLIENT_HELLO ? "offered" : "agreed on");
}

static const struct {
    uint16_t type;
    tell_content *tell;
} contents[] = {
    {LK_EXTENSION_SERVER_NAME, server_name},
    {LK_EXTENSION_MAX_FRAGMENT_LENGTH, max_fragment_length},
    {LK_EXTENSION_STATUS_REQUEST, status_request},
    {LK_EXTENSION_SUPPORTED_GROUPS, supported_groups},
    {LK_EXTENSION_EC_POINT_FORMATS, point_formats},
    {LK_EXTENSION_SIGNATURE_ALGORITHMS, signature_algorithms},
    {SIGNATURE_ALGORITHMS_CERT, signature_algorithms},
    {LK_EXTENSION_ALPN, alpn},
    {LK_EXTENSION_ENCRYPT_THEN_MAC, flag},
    {LK_EXTENSION_EXTENDED_MASTER_SECRET, flag},
    {POST_HANDSHAKE_AUTH, flag},
    {LK_EXTENSION_RECORD_SIZE_LIMIT, record_size_limit},
    {LK_EXTENSION_SESSION_TICKET, session_ticket},
    {LK_EXTENSION_PRE_SHARED_KEY, pre_shared_key},
    {EARLY_DATA_INDICATION, early_data},
    {LK_EXTENSION_SUPPORTED_VERSIONS, supported_versions},
    {LK_EXTENSION_COOKIE, cookie},
    {LK_EXTENSION_PSK_KEY_EXCHANGE_MODES, psk_modes},
    {LK_EXTENSION_CERTIFICATE_AUTHORITIES, authorities},
    {LK_EXTENSION_KEY_SHARE, key_share},
    {LK_EXTENSION_RENEGOTIATION_INFO, renegotiation_info},
};

static void one(lk_fields *fields, place at, uint16_t type, lk_reader content)
{
    char text[LK_NUMBER_NAME_MAX];
    const char *name = lk_number_name(LK_REGISTRY_EXTENSION, type, text);
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        if (contents[i].type != type)
            continue;
        contents[i].tell(fields, at, name, &content);
        if (!lk_reader_finished(&content))
            lk_field_print(fields, name, "is malformed");
        return;
    }
    lk_field_length(fields, name, content);
}

void lk_field_extensions(lk_fields *fields, uint8_t message, bool hello_retry, lk_reader *body)
{
    lk_reader block = lk_reader_vector16(body);
    place at = {.message = message, .hello_retry = hello_retry};
    while (!block.failed && block.left > 0) {
        uint16_t type = lk_reader_u16(&block);
        lk_reader content = lk_reader_vector16(&block);
        if (!block.failed)
            one(fields, at, type, content);
    }
    if (block.failed)
        lk_field_print(fields, "malformed", "the extensions end within one");
}
