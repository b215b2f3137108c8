/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/alert.h"

#include "base/reader.h"
#include "base/writer.h"

#include <string.h>

enum { LEVEL_WARNING = 1, LEVEL_FATAL = 2, ALERT_LENGTH = 2 };

/* RFC 6101 section 5.4.2 has these, and decompression_failure, which there is no reason for here. */
static const uint8_t ssl3_alerts[] = {
    LK_ALERT_CLOSE_NOTIFY,        LK_ALERT_UNEXPECTED_MESSAGE,      LK_ALERT_BAD_RECORD_MAC,
    LK_ALERT_HANDSHAKE_FAILURE,   LK_ALERT_NO_CERTIFICATE,          LK_ALERT_BAD_CERTIFICATE,
    LK_ALERT_CERTIFICATE_EXPIRED, LK_ALERT_UNSUPPORTED_CERTIFICATE, LK_ALERT_CERTIFICATE_REVOKED,
    LK_ALERT_CERTIFICATE_UNKNOWN, LK_ALERT_ILLEGAL_PARAMETER};

uint8_t lk_alert_of_version(uint16_t version, uint8_t description)
{
    /* RFC 5246 section 7.4.6: a server without a certificate of the client may "respond with a fatal handshake_failure
     * alert". */
    if (version < LK_TLS1_3 && description == LK_ALERT_CERTIFICATE_REQUIRED)
        return LK_ALERT_HANDSHAKE_FAILURE;
    if (version != LK_SSL3 || memchr(ssl3_alerts, description, sizeof ssl3_alerts))
        return description;
    switch (description) {
    case LK_ALERT_UNKNOWN_CA:
    case LK_ALERT_ACCESS_DENIED:
        return LK_ALERT_CERTIFICATE_UNKNOWN;
    case LK_ALERT_DECODE_ERROR:
    case LK_ALERT_RECORD_OVERFLOW:
        return LK_ALERT_ILLEGAL_PARAMETER;
    default:
        return LK_ALERT_HANDSHAKE_FAILURE;
    }
}

lk_error lk_alert_send(lk_record_layer *layer, const lk_handshake_observer *observer, lk_alert alert,
                       const char *meaning)
{
    uint8_t bytes[ALERT_LENGTH];
    size_t taken = 0;
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_writer_u8(&writer, alert.fatal ? LEVEL_FATAL : LEVEL_WARNING);
    lk_writer_u8(&writer, alert.description);
    lk_error error = lk_record_layer_write(layer, LK_CONTENT_ALERT, bytes, writer.length, &taken);
    if (!error)
        observer->alert(observer->context, true, alert.fatal, alert.description, meaning);
    return error;
}

lk_error lk_alert_warn(lk_record_layer *layer, const lk_handshake_observer *observer, uint8_t description,
                       const char *meaning)
{
    lk_alert alert = {.fatal = false, .description = description};
    lk_error error = lk_alert_send(layer, observer, alert, meaning);
    return error == LK_ERROR_WANT_WRITE || error == LK_ERROR_WANT_ENGINE ? LK_OK : error;
}

lk_error lk_alert_parse(const uint8_t *data, size_t length, uint16_t version, lk_alert *alert)
{
    lk_reader reader = lk_reader_over(data, length);
    uint8_t level = lk_reader_u8(&reader);
    alert->description = lk_reader_u8(&reader);
    if (!lk_reader_finished(&reader))
        return LK_ERROR_DECODE;
    if (level != LEVEL_WARNING && level != LEVEL_FATAL)
        return LK_ERROR_ILLEGAL_PARAMETER;
    alert->fatal = level == LEVEL_FATAL;
    /* RFC 8446 section 6: "All the alerts listed in Section 6.2 MUST be sent with AlertLevel=fatal and MUST be treated
     * as error alerts when received regardless of the AlertLevel in the message." */
    if (version >= LK_TLS1_3 && alert->description != LK_ALERT_CLOSE_NOTIFY &&
        alert->description != LK_ALERT_USER_CANCELED)
        alert->fatal = true;
    return LK_OK;
}
