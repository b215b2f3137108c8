/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions about records: encrypt_then_mac, max_fragment_length, record_size_limit. */
#include "handshake/extension_rows.h"

/* encrypt_then_mac, RFC 7366: both hellos have it, empty; it is about CBC alone */

static bool offers_cbc(const lk_handshake *handshake)
{
    for (size_t i = 0; i < handshake->suite_count; i++)
        if (handshake->suites[i]->cipher->kind == LK_KIND_CBC)
            return true;
    return false;
}

bool lk_encrypt_then_mac_wanted(const lk_handshake *handshake, lk_place place)
{
    if (place == LK_IN_CLIENT_HELLO)
        return offers_cbc(handshake);
    /* Section 2: a server that "selects a stream or Authenticated Encryption with Associated Data (AEAD) ciphersuite
     * [...] MUST NOT send an encrypt-then-MAC response extension back to the client". */
    return handshake->offer.encrypt_then_mac && handshake->suite->cipher->kind == LK_KIND_CBC;
}

void lk_encrypt_then_mac_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    (void)content;
    if (place != LK_IN_CLIENT_HELLO)
        handshake->encrypt_then_mac = true;
}

lk_error lk_encrypt_then_mac_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    (void)content;
    if (place == LK_IN_CLIENT_HELLO) {
        handshake->offer.encrypt_then_mac = true;
        return LK_OK;
    }
    if (handshake->suite->cipher->kind != LK_KIND_CBC)
        return LK_ERROR_ILLEGAL_PARAMETER;
    handshake->encrypt_then_mac = true;
    return LK_OK;
}

/* max_fragment_length, RFC 6066 section 4 */

enum { FRAGMENT_CODE_MIN = 1, FRAGMENT_CODE_MAX = 4, FRAGMENT_LENGTH_UNIT = 256 /* bytes, doubled by each code */ };

static void use_max_fragment(lk_handshake *handshake, uint8_t code)
{
    size_t length = (size_t)FRAGMENT_LENGTH_UNIT << code;
    lk_record_limits limits = {.write = length, .read = length, .unprotected = true};
    handshake->max_fragment = code;
    lk_record_layer_set_limits(handshake->layer, &limits);
}

bool lk_max_fragment_length_wanted(const lk_handshake *handshake, lk_place place)
{
    if (place == LK_IN_CLIENT_HELLO)
        return handshake->settings->max_fragment > 0;
    /* RFC 8449 section 5: "A server that supports the "record_size_limit" extension MUST ignore a "max_fragment_length"
     * that appears in a ClientHello if both extensions appear." */
    return handshake->offer.max_fragment > 0 && handshake->offer.record_size_limit == 0;
}

void lk_max_fragment_length_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    if (place == LK_IN_CLIENT_HELLO) {
        lk_writer_u8(content, handshake->settings->max_fragment);
        return;
    }
    lk_writer_u8(content, handshake->offer.max_fragment);
    use_max_fragment(handshake, handshake->offer.max_fragment);
}

lk_error lk_max_fragment_length_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    uint8_t code = lk_reader_u8(content);
    if (content->failed)
        return LK_ERROR_DECODE;
    /* "If a server receives a maximum fragment length negotiation request for a value other than the allowed values, it
     * MUST abort the handshake with an "illegal_parameter" alert"; and so must a client when the answer "differs from
     * the length it requested". */
    if (code < FRAGMENT_CODE_MIN || code > FRAGMENT_CODE_MAX)
        return LK_ERROR_ILLEGAL_PARAMETER;
    if (place == LK_IN_CLIENT_HELLO) {
        handshake->offer.max_fragment = code;
        return LK_OK;
    }
    /* RFC 8449 section 5: both in one answer are an "illegal_parameter". */
    if (code != handshake->settings->max_fragment || lk_extensions_seen(handshake, LK_EXTENSION_RECORD_SIZE_LIMIT))
        return LK_ERROR_ILLEGAL_PARAMETER;
    use_max_fragment(handshake, code);
    return LK_OK;
}

/* record_size_limit, RFC 8449 */

enum { RECORD_LIMIT_MIN = 64 };

/* What this side says: "the limit includes the content type and any record padding" in TLS 1.3, which therefore has a
 * byte more; not so in the hello of a client that may yet end in an older version. */
static uint16_t own_limit(const lk_handshake *handshake)
{
    uint16_t own = handshake->settings->record_size_limit;
    uint16_t version = handshake->role == LK_CLIENT ? handshake->lowest_version : handshake->version;
    return (uint16_t)((own > 0 ? own : LK_RECORD_PLAINTEXT_MAX) + (version >= LK_TLS1_3));
}

static void use_limits(lk_handshake *handshake, uint16_t own, uint16_t theirs)
{
    bool inner = handshake->version >= LK_TLS1_3;
    size_t write = (size_t)theirs - inner, read = (size_t)own - inner;
    lk_record_limits limits = {.write = write < LK_RECORD_PLAINTEXT_MAX ? write : LK_RECORD_PLAINTEXT_MAX,
                               .read = read < LK_RECORD_PLAINTEXT_MAX ? read : LK_RECORD_PLAINTEXT_MAX};
    lk_record_layer_set_limits(handshake->layer, &limits);
}

bool lk_record_size_limit_wanted(const lk_handshake *handshake, lk_place place)
{
    return place == LK_IN_CLIENT_HELLO ? handshake->settings->record_size_limit > 0
                                       : handshake->offer.record_size_limit > 0;
}

void lk_record_size_limit_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    uint16_t own = own_limit(handshake);
    lk_writer_u16(content, own);
    if (place != LK_IN_CLIENT_HELLO)
        use_limits(handshake, own, handshake->offer.record_size_limit);
}

lk_error lk_record_size_limit_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    uint16_t limit = lk_reader_u16(content);
    if (content->failed)
        return LK_ERROR_DECODE;
    /* Section 4: "Endpoints MUST NOT send a "record_size_limit" extension with a value smaller than 64. An endpoint
     * MUST treat receipt of a smaller value as a fatal error and generate an "illegal_parameter" alert." */
    if (limit < RECORD_LIMIT_MIN)
        return LK_ERROR_ILLEGAL_PARAMETER;
    if (place == LK_IN_CLIENT_HELLO) {
        handshake->offer.record_size_limit = limit;
        return LK_OK;
    }
    if (lk_extensions_seen(handshake, LK_EXTENSION_MAX_FRAGMENT_LENGTH))
        return LK_ERROR_ILLEGAL_PARAMETER;
    use_limits(handshake, own_limit(handshake), limit);
    return LK_OK;
}
