/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/extension_rows.h"

enum { EXTENSION_TYPES = 65536, HELLO_1_2 = LK_IN_CLIENT_HELLO | LK_IN_SERVER_HELLO_1_2 };

typedef struct extension_row {
    uint16_t type;
    unsigned places; /* where it may stand: bits of lk_place */
    const char *title;
    lk_extension_wanted *wanted;
    lk_extension_compose *compose;
    lk_extension_parse *parse;
} extension_row;

#define NAMED(type, title, places, name)                                                                               \
    {                                                                                                                  \
        type, places, title, name##_wanted, name##_compose, name##_parse                                               \
    }

/* RFC 8446 section 4.2 has the places; those of TLS 1.2 alone follow from RFCs 5077, 5746, 7627 and 8422. */
static const extension_row rows[] = {
    NAMED(LK_EXTENSION_SERVER_NAME, "server_name", HELLO_1_2 | LK_IN_ENCRYPTED_EXTENSIONS, lk_server_name),
    NAMED(LK_EXTENSION_MAX_FRAGMENT_LENGTH, "max_fragment_length", HELLO_1_2 | LK_IN_ENCRYPTED_EXTENSIONS,
          lk_max_fragment_length),
    NAMED(LK_EXTENSION_RECORD_SIZE_LIMIT, "record_size_limit", HELLO_1_2 | LK_IN_ENCRYPTED_EXTENSIONS,
          lk_record_size_limit),
    NAMED(LK_EXTENSION_STATUS_REQUEST, "status_request", HELLO_1_2 | LK_IN_CERTIFICATE, lk_status_request),
    NAMED(LK_EXTENSION_ENCRYPT_THEN_MAC, "encrypt_then_mac", HELLO_1_2, lk_encrypt_then_mac),
    NAMED(LK_EXTENSION_EXTENDED_MASTER_SECRET, "extended_master_secret", HELLO_1_2, lk_extended_master_secret),
    NAMED(LK_EXTENSION_RENEGOTIATION_INFO, "renegotiation_info", HELLO_1_2, lk_renegotiation_info),
    /* RFC 8446 section 4.2.7: clients "SHOULD NOT" mind it in a ServerHello of TLS 1.2, where some servers send it. */
    NAMED(LK_EXTENSION_SUPPORTED_GROUPS, "supported_groups", HELLO_1_2 | LK_IN_ENCRYPTED_EXTENSIONS,
          lk_supported_groups),
    NAMED(LK_EXTENSION_EC_POINT_FORMATS, "ec_point_formats", HELLO_1_2, lk_ec_point_formats),
    NAMED(LK_EXTENSION_ALPN, "application_layer_protocol_negotiation", HELLO_1_2 | LK_IN_ENCRYPTED_EXTENSIONS, lk_alpn),
    NAMED(LK_EXTENSION_SIGNATURE_ALGORITHMS, "signature_algorithms", LK_IN_CLIENT_HELLO | LK_IN_CERTIFICATE_REQUEST,
          lk_signature_algorithms),
    NAMED(LK_EXTENSION_CERTIFICATE_AUTHORITIES, "certificate_authorities", LK_IN_CERTIFICATE_REQUEST,
          lk_certificate_authorities),
    NAMED(LK_EXTENSION_SUPPORTED_VERSIONS, "supported_versions",
          LK_IN_CLIENT_HELLO | LK_IN_SERVER_HELLO_1_3 | LK_IN_HELLO_RETRY_REQUEST, lk_supported_versions),
    NAMED(LK_EXTENSION_COOKIE, "cookie", LK_IN_CLIENT_HELLO | LK_IN_HELLO_RETRY_REQUEST, lk_cookie),
    NAMED(LK_EXTENSION_KEY_SHARE, "key_share", LK_IN_CLIENT_HELLO | LK_IN_SERVER_HELLO_1_3 | LK_IN_HELLO_RETRY_REQUEST,
          lk_key_share),
    NAMED(LK_EXTENSION_SESSION_TICKET, "session_ticket", HELLO_1_2, lk_session_ticket),
    NAMED(LK_EXTENSION_EARLY_DATA, "early_data", LK_IN_CLIENT_HELLO, lk_early_data),
    NAMED(LK_EXTENSION_POST_HANDSHAKE_AUTH, "post_handshake_auth", LK_IN_CLIENT_HELLO, lk_post_handshake_auth),
    NAMED(LK_EXTENSION_PSK_KEY_EXCHANGE_MODES, "psk_key_exchange_modes", LK_IN_CLIENT_HELLO, lk_psk_key_exchange_modes),
    /* Section 4.2.11: it "MUST be the last extension in the ClientHello". */
    NAMED(LK_EXTENSION_PRE_SHARED_KEY, "pre_shared_key", LK_IN_CLIENT_HELLO | LK_IN_SERVER_HELLO_1_3,
          lk_pre_shared_key),
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

static int row_find(uint16_t type)
{
    for (int i = 0; i < ROW_COUNT; i++)
        if (rows[i].type == type)
            return i;
    return -1;
}

/* SSL 3.0 has no extensions, but for the one of RFC 5746 section 4.5 in an answer to the SCSV. */
static bool exists(const lk_handshake *handshake, lk_place place, const extension_row *row)
{
    return place == LK_IN_CLIENT_HELLO || handshake->version != LK_SSL3 || row->type == LK_EXTENSION_RENEGOTIATION_INFO;
}

void lk_extensions_offer(lk_handshake *handshake, uint16_t type)
{
    int row = row_find(type);
    if (row >= 0)
        handshake->extensions_offered |= 1u << row;
}

void lk_extensions_compose(lk_handshake *handshake, lk_place place, lk_writer *writer)
{
    size_t before = writer->length;
    lk_writer_vector block = lk_writer_begin(writer, 2);
    size_t empty = writer->length;
    for (int i = 0; i < ROW_COUNT; i++) {
        if (!(rows[i].places & place) || !exists(handshake, place, &rows[i]) || !rows[i].wanted(handshake, place))
            continue;
        lk_writer_u16(writer, rows[i].type);
        lk_writer_vector content = lk_writer_begin(writer, 2);
        rows[i].compose(handshake, place, writer);
        lk_writer_end(writer, content);
        if (place == LK_IN_CLIENT_HELLO)
            handshake->extensions_offered |= 1u << i;
    }
    lk_writer_end(writer, block);
    /* A client that knows no extensions expects none: not even a block without any (RFC 5246 section 7.4.1.3). */
    if (place == LK_IN_SERVER_HELLO_1_2 && writer->length == empty)
        writer->length = before;
}

/* An answer may hold only what was asked for: RFC 8446 section 4.2. */
static bool is_answer(lk_place place)
{
    return place != LK_IN_CLIENT_HELLO && place != LK_IN_CERTIFICATE_REQUEST && place != LK_IN_NEW_SESSION_TICKET;
}

static lk_error check_place(lk_handshake *handshake, lk_place place, int row, uint16_t type)
{
    /* "Implementations MUST NOT send extension responses if the remote endpoint did not send the corresponding
     * extension requests, with the exception of the "cookie" extension in the HelloRetryRequest. Upon receiving such an
     * extension, an endpoint MUST abort the handshake with an "unsupported_extension" alert." */
    bool asked = row >= 0 && ((handshake->extensions_offered >> row & 1) || type == LK_EXTENSION_COOKIE);
    if (is_answer(place) && !asked)
        return lk_handshake_fail(handshake, LK_ERROR_UNSUPPORTED_EXTENSION,
                                 "the peer answered extension %u, which was not offered", type);
    /* "If an implementation receives an extension which it recognizes and which is not specified for the message in
     * which it appears, it MUST abort the handshake with an "illegal_parameter" alert." */
    if (is_answer(place) && !(rows[row].places & place))
        return lk_handshake_fail(handshake, LK_ERROR_ILLEGAL_PARAMETER, "extension %s may not stand in this message",
                                 rows[row].title);
    return LK_OK;
}

static lk_error parse_one(lk_handshake *handshake, lk_place place, uint16_t type, lk_reader *content)
{
    int row = row_find(type);
    lk_error error = check_place(handshake, place, row, type);
    if (error || row < 0 || !(rows[row].places & place) || !exists(handshake, place, &rows[row]))
        return error; /* unknown ones, GREASE (RFC 8701) among them, are ignored */
    handshake->extensions_seen |= 1u << row;
    error = rows[row].parse(handshake, place, content);
    if (!error && !lk_reader_finished(content))
        error = LK_ERROR_DECODE;
    if (error && handshake->diagnosis[0] == '\0')
        lk_handshake_fail(handshake, error, "%s Extension: %s.", lk_error_sentence(error), rows[row].title);
    return error;
}

lk_error lk_extensions_parse(lk_handshake *handshake, lk_place place, lk_reader *block)
{
    uint8_t met[EXTENSION_TYPES / 8] = {0};
    lk_error error = LK_OK;
    handshake->extensions_seen = 0;
    while (!error && !block->failed && block->left > 0) {
        uint16_t type = lk_reader_u16(block);
        lk_reader content = lk_reader_vector16(block);
        if (block->failed)
            return LK_ERROR_DECODE;
        /* "There MUST NOT be more than one extension of the same type in a given extension block." */
        if (met[type / 8] >> type % 8 & 1)
            return lk_handshake_fail(handshake, LK_ERROR_ILLEGAL_PARAMETER, "the peer sent extension %u twice", type);
        met[type / 8] |= (uint8_t)(1u << type % 8);
        error = parse_one(handshake, place, type, &content);
        /* Section 4.2.11: "Servers MUST check that it is the last extension and otherwise fail the handshake with an
         * "illegal_parameter" alert." */
        if (!error && type == LK_EXTENSION_PRE_SHARED_KEY && place == LK_IN_CLIENT_HELLO && block->left > 0)
            return lk_handshake_fail(handshake, LK_ERROR_ILLEGAL_PARAMETER, "pre_shared_key is not the last extension");
    }
    return !error && block->failed ? LK_ERROR_DECODE : error;
}

bool lk_extensions_seen(const lk_handshake *handshake, uint16_t type)
{
    int row = row_find(type);
    return row >= 0 && (handshake->extensions_seen >> row & 1);
}

bool lk_extensions_find(lk_reader block, uint16_t type, lk_reader *content)
{
    while (!block.failed && block.left > 0) {
        uint16_t found = lk_reader_u16(&block);
        *content = lk_reader_vector16(&block);
        if (!block.failed && found == type)
            return true;
    }
    return false;
}
