/* SPDX-License-Identifier: Apache-2.0 */
/* Our errors in the runner's words: it looks for its own names of what must go wrong. */
#include "bogo/shim.h"

#include <string.h>

/* One error of ours may be several of the runner's, and the other way round; the alert is checked by the runner itself.
 */
static const struct {
    lk_error error;
    const char *names;
} words[] = {
    {LK_ERROR_DECODE, ":DECODE_ERROR: :CLIENTHELLO_PARSE_FAILED: :PARSE_TLSEXT: :BAD_ALERT: "
                      ":PEER_DID_NOT_RETURN_A_CERTIFICATE:"},
    {LK_ERROR_ILLEGAL_PARAMETER,
     ":DECODE_ERROR: :DUPLICATE_EXTENSION: :DUPLICATE_KEY_SHARE: :EMPTY_HELLO_RETRY_REQUEST: :ERROR_PARSING_EXTENSION: "
     ":INVALID_ALPN_PROTOCOL: :INVALID_COMPRESSION_LIST: :INCONSISTENT_CLIENT_HELLO: :OLD_SESSION_PRF_HASH_MISMATCH: "
     ":OLD_SESSION_VERSION_NOT_RETURNED: :OLD_SESSION_CIPHER_NOT_RETURNED: :PRE_SHARED_KEY_MUST_BE_LAST: "
     ":PSK_IDENTITY_BINDER_COUNT_MISMATCH: :PSK_IDENTITY_NOT_FOUND: :RESUMED_EMS_SESSION_WITHOUT_EMS_EXTENSION: "
     ":RESUMED_NON_EMS_SESSION_WITH_EMS_EXTENSION: :SECOND_SERVERHELLO_VERSION_MISMATCH: "
     ":SERVER_ECHOED_INVALID_SESSION_ID: :UNEXPECTED_EXTENSION: :UNKNOWN_ALERT_TYPE: "
     ":UNSUPPORTED_COMPRESSION_ALGORITHM: :UNSUPPORTED_PROTOCOL: :WRONG_CERTIFICATE_TYPE: :WRONG_CIPHER_RETURNED: "
     ":WRONG_CURVE: :WRONG_SIGNATURE_TYPE: :BAD_ECC_CERT:"},
    {LK_ERROR_UNEXPECTED_MESSAGE, ":UNEXPECTED_MESSAGE: :UNEXPECTED_RECORD: :EXCESS_HANDSHAKE_DATA: "
                                  ":INVALID_OUTER_RECORD_TYPE: :BAD_CHANGE_CIPHER_SPEC: :APPLICATION_DATA_ON_SHUTDOWN: "
                                  ":WRONG_VERSION_NUMBER: :TOO_MUCH_SKIPPED_EARLY_DATA:"},
    {LK_ERROR_UNSUPPORTED_EXTENSION, ":UNEXPECTED_EXTENSION:"},
    {LK_ERROR_MISSING_EXTENSION, ":MISSING_EXTENSION: :MISSING_KEY_SHARE: :DECODE_ERROR: :NO_SHARED_GROUP: "
                                 ":NO_COMMON_SIGNATURE_ALGORITHMS:"},
    {LK_ERROR_BAD_KEY_SHARE, ":BAD_ECPOINT:"},
    {LK_ERROR_BAD_SIGNATURE, ":BAD_SIGNATURE:"},
    {LK_ERROR_BAD_FINISHED, ":DIGEST_CHECK_FAILED:"},
    {LK_ERROR_BAD_BINDER, ":DIGEST_CHECK_FAILED:"},
    {LK_ERROR_BAD_RECORD_MAC, ":DECRYPTION_FAILED_OR_BAD_RECORD_MAC: :BAD_DECRYPT: :TOO_MUCH_SKIPPED_EARLY_DATA:"},
    {LK_ERROR_RECORD_TOO_SHORT, ":DECRYPTION_FAILED_OR_BAD_RECORD_MAC: :BAD_DECRYPT:"},
    {LK_ERROR_NO_CONTENT_TYPE, ":DECRYPTION_FAILED_OR_BAD_RECORD_MAC:"},
    {LK_ERROR_RECORD_OVERFLOW, ":DATA_LENGTH_TOO_LONG: :ENCRYPTED_LENGTH_TOO_LONG:"},
    {LK_ERROR_INAPPROPRIATE_FALLBACK, ":INAPPROPRIATE_FALLBACK:"},
    {LK_ERROR_CERTIFICATE_CHANGED, ":SERVER_CERT_CHANGED:"},
    {LK_ERROR_OBSOLETE_HELLO, ":WRONG_VERSION_NUMBER:"},
    {LK_ERROR_RECORD_HEADER, ":WRONG_VERSION_NUMBER: :HTTP_REQUEST: :HTTPS_PROXY_REQUEST:"},
    {LK_ERROR_PROTOCOL_VERSION, ":UNSUPPORTED_PROTOCOL:"},
    {LK_ERROR_NO_COMMON_SUITE, ":NO_SHARED_CIPHER:"},
    {LK_ERROR_NO_COMMON_GROUP, ":NO_SHARED_GROUP: :NO_SHARED_CIPHER: :WRONG_CURVE:"},
    {LK_ERROR_NO_COMMON_SIGNATURE, ":NO_COMMON_SIGNATURE_ALGORITHMS: :NO_SHARED_CIPHER:"},
    {LK_ERROR_DOWNGRADE, ":TLS13_DOWNGRADE:"},
    {LK_ERROR_TOO_MANY_EMPTY, ":TOO_MANY_EMPTY_FRAGMENTS: :TOO_MANY_KEY_UPDATES: :TOO_MANY_WARNING_ALERTS:"},
    {LK_ERROR_NO_APPLICATION_PROTOCOL, ":NO_APPLICATION_PROTOCOL:"},
    {LK_ERROR_CERTIFICATE_MISSING, ":PEER_DID_NOT_RETURN_A_CERTIFICATE:"},
    {LK_ERROR_CERTIFICATE_MALFORMED, ":CANNOT_PARSE_LEAF_CERT:"},
    {LK_ERROR_CERTIFICATE_UNSUITABLE, ":KEY_USAGE_BIT_INCORRECT:"},
    {LK_ERROR_RENEGOTIATION, ":NO_RENEGOTIATION:"},
    {LK_ERROR_TRUNCATED, "Unexpected SSL_shutdown result: -1 != 1"},
};

/* Alerts of the peer, by what our diagnosis says of them. */
static const struct {
    const char *part, *name;
} alerts[] = {
    {"handshake_failure (40)", ":HANDSHAKE_FAILURE_ON_CLIENT_HELLO: :SSLV3_ALERT_HANDSHAKE_FAILURE:"},
    {"record_overflow (22)", ":TLSV1_ALERT_RECORD_OVERFLOW:"},
    {"access_denied (49)", ":TLSV1_ALERT_ACCESS_DENIED:"},
    {"(30)", ":SSLV3_ALERT_DECOMPRESSION_FAILURE:"},
};

void shim_report(const lk_connection *connection, lk_error error)
{
    const char *diagnosis = connection ? lk_connection_diagnosis(connection) : "";
    const char *alert = lk_error_alert(error) >= 0 ? lk_alert_name(lk_error_alert(error)) : "no alert";
    (void)fprintf(stderr, "%s (%s): %s\n", lk_error_name(error), alert, diagnosis);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].error == error)
            (void)fprintf(stderr, "%s\n", words[i].names);
    for (size_t i = 0; error == LK_ERROR_PEER_ALERT && i < sizeof alerts / sizeof alerts[0]; i++)
        if (strstr(diagnosis, alerts[i].part))
            (void)fprintf(stderr, "%s\n", alerts[i].name);
}
