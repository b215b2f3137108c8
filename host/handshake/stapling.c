/* SPDX-License-Identifier: Apache-2.0 */
/* status_request and CertificateStatus: RFC 6066 section 8, RFC 8446 section 4.4.2.1. */
#include "handshake/stapling.h"

#include "handshake/exchange.h"
#include "handshake/extension_rows.h"
#include "handshake/messages.h"

#include <stdlib.h>
#include <string.h>

enum { STATUS_TYPE_OCSP = 1 };

/* The extension */

bool lk_stapling_due(const lk_handshake *handshake)
{
    return handshake->role == LK_SERVER && handshake->offer.status_request && handshake->settings->ocsp.length > 0 &&
           !handshake->resumed && lk_exchange_certified(handshake->suite);
}

bool lk_status_request_wanted(const lk_handshake *handshake, lk_place place)
{
    if (place == LK_IN_CLIENT_HELLO)
        return handshake->settings->stapling != LK_STAPLING_OFF;
    return lk_stapling_due(handshake);
}

void lk_status_request_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    if (place == LK_IN_CLIENT_HELLO) {
        lk_writer_u8(content, STATUS_TYPE_OCSP);
        lk_writer_u16(content, 0); /* responder_id_list: whom the server trusts */
        lk_writer_u16(content, 0); /* request_extensions: no nonce, as responses are made in advance */
    } else if (place == LK_IN_CERTIFICATE) {
        lk_stapling_compose(handshake, content);
    } else {
        handshake->status_promised = true; /* "with empty "extension_data"" */
    }
}

static lk_error parse_request(lk_handshake *handshake, lk_reader *content)
{
    uint8_t type = lk_reader_u8(content);
    if (content->failed)
        return LK_ERROR_DECODE;
    if (type != STATUS_TYPE_OCSP) { /* another kind: nothing that we have */
        lk_reader_bytes(content, content->left);
        return LK_OK;
    }
    lk_reader_vector16(content);
    lk_reader_vector16(content);
    if (!lk_reader_finished(content))
        return LK_ERROR_DECODE;
    handshake->offer.status_request = true;
    return LK_OK;
}

lk_error lk_status_request_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    if (place == LK_IN_CLIENT_HELLO)
        return parse_request(handshake, content);
    if (place == LK_IN_CERTIFICATE)
        return lk_stapling_parse(handshake, content);
    handshake->status_promised = true;
    return LK_OK; /* it is empty, or a DECODE error */
}

/* CertificateStatus */

void lk_stapling_compose(const lk_handshake *handshake, lk_writer *writer)
{
    const lk_bytes *response = &handshake->settings->ocsp;
    lk_writer_u8(writer, STATUS_TYPE_OCSP);
    lk_writer_vector vector = lk_writer_begin(writer, 3);
    lk_writer_bytes(writer, response->bytes, response->length);
    lk_writer_end(writer, vector);
}

lk_error lk_stapling_parse(lk_handshake *handshake, lk_reader *reader)
{
    uint8_t type = lk_reader_u8(reader);
    lk_reader response = lk_reader_vector24(reader);
    if (!lk_reader_finished(reader) || response.left == 0)
        return LK_ERROR_DECODE;
    if (type != STATUS_TYPE_OCSP)
        return LK_ERROR_ILLEGAL_PARAMETER;
    /* Of certificates behind the first one nobody has asked to know. */
    if (handshake->peer_chain.count != 1 && handshake->version >= LK_TLS1_3)
        return LK_OK;
    uint8_t *copy = malloc(response.left);
    if (!copy)
        return LK_ERROR_NO_MEMORY;
    memcpy(copy, response.next, response.left);
    free(handshake->status.bytes);
    handshake->status = (lk_bytes){.bytes = copy, .length = response.left};
    return LK_OK;
}

lk_error lk_certificate_status_compose(lk_handshake *handshake, lk_writer *body)
{
    lk_stapling_compose(handshake, body);
    lk_handshake_mean(handshake, "server shows that its certificate is not revoked");
    return LK_OK;
}

lk_error lk_certificate_status_parse(lk_handshake *handshake, lk_reader *body)
{
    handshake->status_promised = false; /* and comes once */
    lk_handshake_mean(handshake, "server shows that its certificate is not revoked");
    return lk_stapling_parse(handshake, body);
}

/* The verdict */

lk_error lk_stapling_judge(lk_handshake *handshake)
{
    const lk_handshake_settings *settings = handshake->settings;
    if (handshake->role != LK_CLIENT || settings->stapling == LK_STAPLING_OFF || handshake->peer_chain.count == 0)
        return LK_OK;
    if (handshake->status.length == 0 && settings->stapling == LK_STAPLING_REQUIRED)
        return lk_handshake_fail(handshake, LK_ERROR_STATUS_MISSING, "%s", lk_error_sentence(LK_ERROR_STATUS_MISSING));
    if (handshake->status.length == 0 || settings->trust_anyone)
        return LK_OK;
    return lk_ocsp_check(handshake->status.bytes, handshake->status.length, &handshake->peer_chain, settings->roots,
                         handshake->diagnosis, sizeof handshake->diagnosis);
}
