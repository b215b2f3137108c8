/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions that versions and keys are agreed by: supported_versions, groups, point formats, signatures, authorities,
 * shares, cookie. */
#include "handshake/extension_rows.h"

#include <stdlib.h>
#include <string.h>

enum { POINT_FORMAT_UNCOMPRESSED = 0, FINITE_FIELDS = 1 /* the upper byte of their numbers, RFC 7919 section 2 */ };

/* supported_versions, RFC 8446 section 4.2.1 */

bool lk_supported_versions_wanted(const lk_handshake *handshake, lk_place place)
{
    return place != LK_IN_CLIENT_HELLO || lk_handshake_speaks(handshake, LK_TLS1_3);
}

void lk_supported_versions_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    if (place != LK_IN_CLIENT_HELLO) {
        lk_writer_u16(content, handshake->version);
        return;
    }
    lk_writer_vector list = lk_writer_begin(content, 1);
    for (uint16_t version = handshake->highest_version; version >= handshake->lowest_version; version--)
        lk_writer_u16(content, version);
    lk_writer_end(content, list);
}

lk_error lk_supported_versions_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    if (place != LK_IN_CLIENT_HELLO)
        return lk_reader_u16(content) == handshake->version ? LK_OK : LK_ERROR_ILLEGAL_PARAMETER;
    lk_reader list = lk_reader_vector8(content);
    if (list.left == 0)
        return LK_ERROR_DECODE;
    handshake->offer.versions = 0;
    while (!list.failed && list.left > 0)
        handshake->offer.versions |= lk_version_bit(lk_reader_u16(&list));
    return list.failed ? LK_ERROR_DECODE : LK_OK;
}

/* supported_groups, RFC 8446 section 4.2.7, RFC 8422 section 5.1.1 */

bool lk_supported_groups_wanted(const lk_handshake *handshake, lk_place place)
{
    (void)handshake;
    return place == LK_IN_CLIENT_HELLO;
}

void lk_supported_groups_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    (void)place;
    lk_writer_vector list = lk_writer_begin(content, 2);
    for (size_t i = 0; i < handshake->settings->group_count; i++)
        lk_writer_u16(content, handshake->settings->groups[i]->number);
    lk_writer_end(content, list);
}

lk_error lk_supported_groups_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    lk_reader list = lk_reader_vector16(content);
    uint32_t known = 0;
    if (list.left == 0)
        return LK_ERROR_DECODE;
    bool finite_fields = false;
    while (!list.failed && list.left > 0) {
        uint16_t number = lk_reader_u16(&list);
        const lk_group *group = lk_group_find(number);
        known |= group ? lk_group_bit(group) : 0;
        finite_fields |= number >> 8 == FINITE_FIELDS;
    }
    /* In EncryptedExtensions the server tells its own; "clients MUST NOT act upon any information found" there yet. */
    if (place == LK_IN_CLIENT_HELLO) {
        handshake->offer.groups = known;
        handshake->offer.finite_fields = finite_fields;
    }
    return list.failed ? LK_ERROR_DECODE : LK_OK;
}

/* ec_point_formats, RFC 8422 section 5.1.2 */

bool lk_ec_point_formats_wanted(const lk_handshake *handshake, lk_place place)
{
    if (place == LK_IN_CLIENT_HELLO)
        return lk_handshake_speaks_classic(handshake);
    return lk_extensions_seen(handshake, LK_EXTENSION_EC_POINT_FORMATS);
}

void lk_ec_point_formats_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    (void)handshake;
    (void)place;
    lk_writer_vector list = lk_writer_begin(content, 1);
    lk_writer_u8(content, POINT_FORMAT_UNCOMPRESSED);
    lk_writer_end(content, list);
}

lk_error lk_ec_point_formats_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    (void)handshake;
    (void)place;
    lk_reader list = lk_reader_vector8(content);
    if (list.failed || list.left == 0)
        return LK_ERROR_DECODE;
    /* "If the client sends the extension and the extension does not contain the uncompressed point format [...] then
     * the server MUST abort the handshake and return an illegal_parameter alert." */
    return memchr(list.next, POINT_FORMAT_UNCOMPRESSED, list.left) ? LK_OK : LK_ERROR_ILLEGAL_PARAMETER;
}

/* signature_algorithms, RFC 8446 section 4.2.3 */

bool lk_signature_algorithms_wanted(const lk_handshake *handshake, lk_place place)
{
    return (place == LK_IN_CLIENT_HELLO && handshake->highest_version >= LK_TLS1_2) ||
           place == LK_IN_CERTIFICATE_REQUEST;
}

void lk_signature_algorithms_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    (void)handshake;
    (void)place;
    size_t count = 0;
    const lk_signature_scheme *table = lk_signature_table(&count);
    lk_writer_vector list = lk_writer_begin(content, 2);
    for (size_t i = 0; i < count; i++)
        if (lk_signature_offered(&table[i]))
            lk_writer_u16(content, table[i].number);
    lk_writer_end(content, list);
}

lk_error lk_signature_algorithms_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    (void)place;
    lk_reader list = lk_reader_vector16(content);
    if (list.left == 0)
        return LK_ERROR_DECODE;
    handshake->offer.signatures = 0;
    while (!list.failed && list.left > 0) {
        const lk_signature_scheme *scheme = lk_signature_find(lk_reader_u16(&list));
        handshake->offer.signatures |= scheme ? lk_signature_bit(scheme) : 0;
    }
    return list.failed ? LK_ERROR_DECODE : LK_OK;
}

/* certificate_authorities, RFC 8446 section 4.2.4; a part of the CertificateRequest itself in TLS 1.2 */

bool lk_certificate_authorities_wanted(const lk_handshake *handshake, lk_place place)
{
    return place == LK_IN_CERTIFICATE_REQUEST && handshake->settings->authorities.length > 0;
}

void lk_certificate_authorities_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    const lk_authorities *authorities = &handshake->settings->authorities;
    (void)place;
    lk_writer_vector list = lk_writer_begin(content, 2);
    lk_writer_bytes(content, authorities->bytes, authorities->length);
    lk_writer_end(content, list);
}

lk_error lk_certificate_authorities_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    (void)place;
    lk_reader list = lk_reader_vector16(content);
    if (content->failed || (handshake->version >= LK_TLS1_3 && list.left == 0))
        return LK_ERROR_DECODE;
    return lk_authorities_match(list, &handshake->settings->chain, &handshake->authority_known);
}

/* key_share, RFC 8446 section 4.2.8 */

bool lk_key_share_wanted(const lk_handshake *handshake, lk_place place)
{
    return place != LK_IN_CLIENT_HELLO || lk_handshake_speaks(handshake, LK_TLS1_3);
}

static void compose_entry(lk_handshake *handshake, lk_writer *content)
{
    const lk_group *group = handshake->group;
    lk_writer_u16(content, group->number);
    lk_writer_vector key = lk_writer_begin(content, 2);
    uint8_t *room = lk_writer_reserve(content, group->public_length);
    if (room && lk_key_exchange_public(group, handshake->key_pair, room) != LK_OK)
        content->failed = true;
    lk_writer_end(content, key);
}

void lk_key_share_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    if (place == LK_IN_HELLO_RETRY_REQUEST) {
        lk_writer_u16(content, handshake->group->number);
    } else if (place == LK_IN_SERVER_HELLO_1_3) {
        compose_entry(handshake, content);
    } else {
        lk_writer_vector list = lk_writer_begin(content, 2);
        compose_entry(handshake, content);
        lk_writer_end(content, list);
    }
}

static lk_error parse_offered_share(lk_handshake *handshake, lk_reader *list)
{
    const lk_group *group = lk_group_find(lk_reader_u16(list));
    lk_reader key = lk_reader_vector16(list);
    lk_offer *offer = &handshake->offer;
    if (list->failed || key.left == 0)
        return LK_ERROR_DECODE;
    if (!group)
        return LK_OK;
    /* "Clients MUST NOT offer multiple KeyShareEntry values for the same group." */
    if (offer->shares & lk_group_bit(group))
        return LK_ERROR_ILLEGAL_PARAMETER;
    if (key.left != group->public_length)
        return LK_ERROR_BAD_KEY_SHARE;
    size_t count = 0;
    offer->shares |= lk_group_bit(group);
    offer->share[group - lk_group_table(&count)] = key;
    return LK_OK;
}

static const lk_group *group_offered(const lk_handshake *handshake, uint16_t number)
{
    for (size_t i = 0; i < handshake->settings->group_count; i++)
        if (handshake->settings->groups[i]->number == number)
            return handshake->settings->groups[i];
    return NULL;
}

static lk_error parse_retry_group(lk_handshake *handshake, uint16_t number)
{
    const lk_group *group = group_offered(handshake, number);
    /* "the client MUST verify that (1) the selected_group field corresponds to a group which was provided in the
     * "supported_groups" extension in the original ClientHello and (2) [...] does not correspond to a group which was
     * provided in the "key_share" extension". */
    if (!group || group == handshake->group)
        return LK_ERROR_ILLEGAL_PARAMETER;
    handshake->group = group;
    EVP_PKEY_free(handshake->key_pair);
    handshake->key_pair = NULL;
    return LK_OK;
}

lk_error lk_key_share_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    lk_error error = LK_OK;
    if (place == LK_IN_HELLO_RETRY_REQUEST) {
        uint16_t number = lk_reader_u16(content);
        return content->failed ? LK_ERROR_DECODE : parse_retry_group(handshake, number);
    }
    if (place == LK_IN_SERVER_HELLO_1_3) {
        uint16_t number = lk_reader_u16(content);
        lk_reader key = lk_reader_vector16(content);
        if (content->failed)
            return LK_ERROR_DECODE;
        if (number != handshake->group->number)
            return LK_ERROR_ILLEGAL_PARAMETER;
        if (key.left != handshake->group->public_length)
            return LK_ERROR_BAD_KEY_SHARE;
        lk_reader_copy(&key, handshake->peer_public, key.left);
        return LK_OK;
    }
    handshake->offer.shares = 0;
    lk_reader list = lk_reader_vector16(content);
    while (!error && !list.failed && list.left > 0)
        error = parse_offered_share(handshake, &list);
    return !error && list.failed ? LK_ERROR_DECODE : error;
}

/* cookie, RFC 8446 section 4.2.2: what a HelloRetryRequest has, the second ClientHello repeats */

bool lk_cookie_wanted(const lk_handshake *handshake, lk_place place)
{
    return place == LK_IN_CLIENT_HELLO && handshake->cookie;
}

void lk_cookie_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    (void)place;
    lk_writer_vector cookie = lk_writer_begin(content, 2);
    lk_writer_bytes(content, handshake->cookie, handshake->cookie_length);
    lk_writer_end(content, cookie);
}

lk_error lk_cookie_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    lk_reader cookie = lk_reader_vector16(content);
    if (content->failed || cookie.left == 0)
        return LK_ERROR_DECODE;
    if (place == LK_IN_CLIENT_HELLO)
        return LK_OK; /* we sent none: what a client makes of that is its own affair */
    if (cookie.left > LK_COOKIE_MAX)
        return LK_ERROR_ILLEGAL_PARAMETER;
    free(handshake->cookie);
    handshake->cookie_length = cookie.left;
    handshake->cookie = malloc(cookie.left);
    if (!handshake->cookie)
        return LK_ERROR_NO_MEMORY;
    lk_reader_copy(&cookie, handshake->cookie, cookie.left);
    return LK_OK;
}
