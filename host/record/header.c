/* SPDX-License-Identifier: Apache-2.0 */
#include "record/header.h"

enum { MAJOR_VERSION = 3, CIPHERTEXT_MAX = LK_RECORD_MAX - LK_RECORD_HEADER_LENGTH };
enum { CBC_CIPHERTEXT_MAX = LK_RECORD_CBC_MAX - LK_RECORD_HEADER_LENGTH };

lk_record_header lk_record_header_read(lk_reader *reader)
{
    lk_record_header header;
    header.type = lk_reader_u8(reader);
    header.version = lk_reader_u16(reader);
    header.length = lk_reader_u16(reader);
    return header;
}

/*
 * RFC 8446 section 5.1: legacy_record_version "is deprecated and MUST be ignored for all purposes". Under a key the tag
 * covers the header anyway. Without one the major version is what tells TLS from HTTP, so that much is looked at.
 * RFC 5246 appendix E.1: before the version is agreed, "TLS servers compliant with this specification MUST accept any
 * value {03,XX} as the record layer version number for ClientHello."
 */
static bool header_version_good(const lk_record_header *header, const lk_record_rules *rules)
{
    if (rules->negotiated == LK_TLS1_3)
        return rules->protected || header->version >> 8 == MAJOR_VERSION;
    if (rules->negotiated != 0)
        return header->version == rules->negotiated;
    return header->version >> 8 == MAJOR_VERSION;
}

/*
 * RFC 8446 section 5: "If a TLS implementation receives an unexpected record type, it MUST terminate the connection
 * with an "unexpected_message" alert." Section 5.2: the outer type of a protected record is application_data. Appendix
 * D.4: a CCS may come unprotected between protected records.
 */
static lk_error header_check_type(const lk_record_header *header, const lk_record_rules *rules, bool *plain)
{
    *plain = !rules->protected;
    bool data = header->type == LK_CONTENT_APPLICATION_DATA;
    bool known = data || header->type == LK_CONTENT_HANDSHAKE || header->type == LK_CONTENT_ALERT ||
                 header->type == LK_CONTENT_CHANGE_CIPHER_SPEC;
    if (!rules->protected)
        return known && (!data || rules->early_data) ? LK_OK : LK_ERROR_UNEXPECTED_MESSAGE;
    if (rules->negotiated != LK_TLS1_3)
        return known ? LK_OK : LK_ERROR_UNEXPECTED_MESSAGE;
    if (data)
        return LK_OK;
    *plain = true;
    if (header->type == LK_CONTENT_CHANGE_CIPHER_SPEC)
        return LK_OK;
    return header->type == LK_CONTENT_ALERT && rules->plain_alert_taken ? LK_OK : LK_ERROR_UNEXPECTED_MESSAGE;
}

/*
 * RFC 8446 section 5.1 and RFC 5246 section 6.2.1: an unprotected fragment holds 2^14 bytes at most. A protected one
 * has room for 256 more (RFC 8446 section 5.2). RFC 5246 section 6.2.3 allows 2048, but no AEAD here adds more than 24
 * bytes to the 2^14 of plaintext, and CBC no more than IV, MAC and 256 bytes of padding, so a longer record is an
 * overflow there too; the engine knows the last byte of it.
 */
static bool header_length_good(const lk_record_header *header, const lk_record_rules *rules, bool plain)
{
    if (plain && header->type != LK_CONTENT_APPLICATION_DATA) /* early data is protected, by whatever */
        return header->length <= LK_RECORD_PLAINTEXT_MAX;
    if (rules->overlong) /* whatever a header can say */
        return true;
    return header->length <= (rules->cbc ? CBC_CIPHERTEXT_MAX : CIPHERTEXT_MAX);
}

/*
 * RFC 5246 appendix E.2: a client hello of SSL 2.0 has a length with its highest bit set, then its type (1), then a
 * version. It may offer TLS, but is bound to be weak; RFC 6176 does away with it.
 */
static bool header_begins_ssl2(const lk_record_header *header, const lk_record_rules *rules)
{
    enum { LENGTH_FLAG = 0x80, CLIENT_HELLO = 1, SSL2 = 0x0002 };
    uint16_t version = header->length; /* stands where TLS has the length */
    return rules->negotiated == 0 && !rules->protected && header->type & LENGTH_FLAG &&
           (header->version & 0xff) == CLIENT_HELLO && (version == SSL2 || version >> 8 == MAJOR_VERSION);
}

lk_error lk_record_header_check(const lk_record_header *header, const lk_record_rules *rules, bool *plain)
{
    *plain = true;
    if (header_begins_ssl2(header, rules))
        return LK_ERROR_OBSOLETE_HELLO;
    if (!header_version_good(header, rules))
        return LK_ERROR_RECORD_HEADER;
    lk_error error = header_check_type(header, rules, plain);
    if (error != LK_OK)
        return error;
    return header_length_good(header, rules, *plain) ? LK_OK : LK_ERROR_RECORD_OVERFLOW;
}
