/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions about names and plain agreements: server_name, ALPN, extended_master_secret, renegotiation_info. */
#include "handshake/extension_rows.h"
#include "handshake/renegotiation.h"

#include <string.h>

enum { NAME_TYPE_HOST = 0 };

/* server_name, RFC 6066 section 3 */

bool lk_server_name_wanted(const lk_handshake *handshake, lk_place place)
{
    if (place != LK_IN_CLIENT_HELLO)
        return handshake->server_name[0] != '\0';
    /* "Literal IPv4 and IPv6 addresses are not permitted in "HostName"." */
    return handshake->host[0] != '\0' && !lk_host_is_address(handshake->host);
}

void lk_server_name_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    if (place != LK_IN_CLIENT_HELLO)
        return; /* "The "extension_data" field of this extension SHALL be empty" in the answer */
    lk_writer_vector list = lk_writer_begin(content, 2);
    lk_writer_u8(content, NAME_TYPE_HOST);
    lk_writer_vector name = lk_writer_begin(content, 2);
    lk_writer_bytes(content, handshake->host, strlen(handshake->host));
    lk_writer_end(content, name);
    lk_writer_end(content, list);
}

lk_error lk_server_name_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    if (place != LK_IN_CLIENT_HELLO)
        return LK_OK;
    lk_reader list = lk_reader_vector16(content);
    uint8_t type = lk_reader_u8(&list);
    lk_reader name = lk_reader_vector16(&list);
    if (list.failed || list.left > 0 || type != NAME_TYPE_HOST || name.left == 0)
        return LK_ERROR_DECODE;
    if (name.left > LK_NAME_MAX || memchr(name.next, '\0', name.left))
        return LK_ERROR_ILLEGAL_PARAMETER;
    memset(handshake->server_name, 0, sizeof handshake->server_name);
    lk_reader_copy(&name, handshake->server_name, name.left);
    return LK_OK;
}

/* application_layer_protocol_negotiation, RFC 7301 */

bool lk_alpn_wanted(const lk_handshake *handshake, lk_place place)
{
    return place == LK_IN_CLIENT_HELLO ? handshake->settings->alpn_length > 0 : handshake->alpn[0] != '\0';
}

void lk_alpn_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    lk_writer_vector list = lk_writer_begin(content, 2);
    if (place == LK_IN_CLIENT_HELLO) {
        lk_writer_bytes(content, handshake->settings->alpn, handshake->settings->alpn_length);
    } else {
        lk_writer_vector name = lk_writer_begin(content, 1);
        lk_writer_bytes(content, handshake->alpn, strlen(handshake->alpn));
        lk_writer_end(content, name);
    }
    lk_writer_end(content, list);
}

/* True when a well-formed list of names holds that name. */
static bool alpn_holds(lk_reader list, const lk_reader *name)
{
    while (!list.failed && list.left > 0) {
        lk_reader each = lk_reader_vector8(&list);
        if (!list.failed && each.left == name->left && memcmp(each.next, name->next, name->left) == 0)
            return true;
    }
    return false;
}

static void alpn_agree(lk_handshake *handshake, lk_reader name)
{
    memset(handshake->alpn, 0, sizeof handshake->alpn);
    lk_reader_copy(&name, handshake->alpn, name.left);
}

static lk_error alpn_select(lk_handshake *handshake, lk_reader offered)
{
    const lk_handshake_settings *settings = handshake->settings;
    lk_reader ours = lk_reader_over(settings->alpn, settings->alpn_length);
    if (settings->alpn_length == 0)
        return LK_OK;
    while (ours.left > 0) {
        lk_reader name = lk_reader_vector8(&ours);
        if (alpn_holds(offered, &name)) {
            alpn_agree(handshake, name);
            return LK_OK;
        }
    }
    /* RFC 7301 section 3.2: "In the event that the server supports no protocols that the client advertises, then the
     * server SHALL respond with a fatal "no_application_protocol" alert." */
    return LK_ERROR_NO_APPLICATION_PROTOCOL;
}

lk_error lk_alpn_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    lk_reader list = lk_reader_vector16(content);
    lk_reader check = list;
    size_t names = 0;
    lk_reader name = {0};
    for (; !check.failed && check.left > 0; names++) {
        name = lk_reader_vector8(&check);
        /* "Empty strings MUST NOT be included", and no name that we could agree on has a zero in it. */
        if (check.failed || name.left == 0)
            return LK_ERROR_DECODE;
    }
    if (list.failed || names == 0)
        return LK_ERROR_DECODE;
    if (place == LK_IN_CLIENT_HELLO)
        return alpn_select(handshake, list);
    /* Section 3.1: the answer "MUST contain exactly one "ProtocolName"", and it must be one of ours. */
    lk_reader ours = lk_reader_over(handshake->settings->alpn, handshake->settings->alpn_length);
    if (names != 1 || !alpn_holds(ours, &name))
        return LK_ERROR_ILLEGAL_PARAMETER;
    alpn_agree(handshake, name);
    return LK_OK;
}

/* extended_master_secret, RFC 7627: both hellos have it, empty */

bool lk_extended_master_secret_wanted(const lk_handshake *handshake, lk_place place)
{
    if (place == LK_IN_CLIENT_HELLO)
        return lk_handshake_speaks_classic(handshake);
    return handshake->offer.extended_master_secret;
}

void lk_extended_master_secret_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    (void)content;
    if (place != LK_IN_CLIENT_HELLO)
        handshake->extended_master_secret = true;
}

lk_error lk_extended_master_secret_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    (void)content;
    if (place == LK_IN_CLIENT_HELLO)
        handshake->offer.extended_master_secret = true;
    else
        handshake->extended_master_secret = true;
    return LK_OK;
}

/* renegotiation_info, RFC 5746 */

bool lk_renegotiation_info_wanted(const lk_handshake *handshake, lk_place place)
{
    if (place == LK_IN_CLIENT_HELLO)
        return lk_handshake_speaks_classic(handshake);
    return handshake->offer.secure_renegotiation;
}

void lk_renegotiation_info_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    lk_writer_vector connection = lk_writer_begin(content, 1);
    lk_renegotiation_compose(handshake, place == LK_IN_CLIENT_HELLO ? LK_CLIENT : LK_SERVER, content);
    lk_writer_end(content, connection);
}

lk_error lk_renegotiation_info_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    lk_reader connection = lk_reader_vector8(content);
    if (content->failed)
        return LK_ERROR_DECODE;
    if (place == LK_IN_CLIENT_HELLO)
        handshake->offer.secure_renegotiation = true;
    return lk_renegotiation_check(handshake, place == LK_IN_CLIENT_HELLO ? LK_CLIENT : LK_SERVER, connection);
}
