/* SPDX-License-Identifier: Apache-2.0 */
#include <latchkey/error.h>

#include <stddef.h>

typedef struct error_row {
    const char *name;
    int alert;
    const char *sentence;
} error_row;

static const error_row errors[] = {
#define ERROR_ROW(name, alert, sentence) {#name, alert, sentence},
    LK_ERROR_TABLE(ERROR_ROW)
#undef ERROR_ROW
};

static const error_row unknown_error = {"UNKNOWN", LK_ALERT_INTERNAL_ERROR, "an unknown error"};

static const error_row *error_find(lk_error error)
{
    if ((unsigned)error >= LK_ERROR_COUNT)
        return &unknown_error;
    return &errors[error];
}

const char *lk_error_name(lk_error error)
{
    return error_find(error)->name;
}

const char *lk_error_sentence(lk_error error)
{
    return error_find(error)->sentence;
}

int lk_error_alert(lk_error error)
{
    return error_find(error)->alert;
}

typedef struct alert_row {
    int alert;
    const char *name;
} alert_row;

static const alert_row alerts[] = {
    {LK_ALERT_CLOSE_NOTIFY, "close_notify"},
    {LK_ALERT_UNEXPECTED_MESSAGE, "unexpected_message"},
    {LK_ALERT_BAD_RECORD_MAC, "bad_record_mac"},
    {LK_ALERT_RECORD_OVERFLOW, "record_overflow"},
    {LK_ALERT_HANDSHAKE_FAILURE, "handshake_failure"},
    {LK_ALERT_NO_CERTIFICATE, "no_certificate"},
    {LK_ALERT_BAD_CERTIFICATE, "bad_certificate"},
    {LK_ALERT_UNSUPPORTED_CERTIFICATE, "unsupported_certificate"},
    {LK_ALERT_CERTIFICATE_REVOKED, "certificate_revoked"},
    {LK_ALERT_CERTIFICATE_EXPIRED, "certificate_expired"},
    {LK_ALERT_CERTIFICATE_UNKNOWN, "certificate_unknown"},
    {LK_ALERT_ILLEGAL_PARAMETER, "illegal_parameter"},
    {LK_ALERT_UNKNOWN_CA, "unknown_ca"},
    {LK_ALERT_ACCESS_DENIED, "access_denied"},
    {LK_ALERT_DECODE_ERROR, "decode_error"},
    {LK_ALERT_DECRYPT_ERROR, "decrypt_error"},
    {LK_ALERT_PROTOCOL_VERSION, "protocol_version"},
    {LK_ALERT_INSUFFICIENT_SECURITY, "insufficient_security"},
    {LK_ALERT_INTERNAL_ERROR, "internal_error"},
    {LK_ALERT_INAPPROPRIATE_FALLBACK, "inappropriate_fallback"},
    {LK_ALERT_USER_CANCELED, "user_canceled"},
    {LK_ALERT_NO_RENEGOTIATION, "no_renegotiation"},
    {LK_ALERT_MISSING_EXTENSION, "missing_extension"},
    {LK_ALERT_UNSUPPORTED_EXTENSION, "unsupported_extension"},
    {LK_ALERT_UNRECOGNIZED_NAME, "unrecognized_name"},
    {LK_ALERT_BAD_CERTIFICATE_STATUS_RESPONSE, "bad_certificate_status_response"},
    {LK_ALERT_UNKNOWN_PSK_IDENTITY, "unknown_psk_identity"},
    {LK_ALERT_CERTIFICATE_REQUIRED, "certificate_required"},
    {LK_ALERT_NO_APPLICATION_PROTOCOL, "no_application_protocol"},
};

const char *lk_alert_name(int alert)
{
    for (size_t i = 0; i < sizeof alerts / sizeof alerts[0]; i++)
        if (alerts[i].alert == alert)
            return alerts[i].name;
    return "unknown";
}
