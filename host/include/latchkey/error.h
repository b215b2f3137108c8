/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors: each is a value with a name, the alert TLS sends for it (where one applies) and a
 * sentence a person can act on.
 */
#ifndef LATCHKEY_ERROR_H
#define LATCHKEY_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

/** No alert belongs to this error: it never reaches the peer, or arrived from it. */
#define LK_ALERT_NONE (-1)

/* Alert descriptions, RFC 8446 section 6, RFC 5246 section 7.2 and those before them. */
#define LK_ALERT_CLOSE_NOTIFY                    0
#define LK_ALERT_UNEXPECTED_MESSAGE              10
#define LK_ALERT_BAD_RECORD_MAC                  20
#define LK_ALERT_DECRYPTION_FAILED               21
#define LK_ALERT_RECORD_OVERFLOW                 22
#define LK_ALERT_DECOMPRESSION_FAILURE           30
#define LK_ALERT_HANDSHAKE_FAILURE               40
#define LK_ALERT_NO_CERTIFICATE                  41
#define LK_ALERT_BAD_CERTIFICATE                 42
#define LK_ALERT_UNSUPPORTED_CERTIFICATE         43
#define LK_ALERT_CERTIFICATE_REVOKED             44
#define LK_ALERT_CERTIFICATE_EXPIRED             45
#define LK_ALERT_CERTIFICATE_UNKNOWN             46
#define LK_ALERT_ILLEGAL_PARAMETER               47
#define LK_ALERT_UNKNOWN_CA                      48
#define LK_ALERT_ACCESS_DENIED                   49
#define LK_ALERT_DECODE_ERROR                    50
#define LK_ALERT_DECRYPT_ERROR                   51
#define LK_ALERT_EXPORT_RESTRICTION              60
#define LK_ALERT_PROTOCOL_VERSION                70
#define LK_ALERT_INSUFFICIENT_SECURITY           71
#define LK_ALERT_INTERNAL_ERROR                  80
#define LK_ALERT_INAPPROPRIATE_FALLBACK          86
#define LK_ALERT_USER_CANCELED                   90
#define LK_ALERT_NO_RENEGOTIATION                100
#define LK_ALERT_MISSING_EXTENSION               109
#define LK_ALERT_UNSUPPORTED_EXTENSION           110
#define LK_ALERT_CERTIFICATE_UNOBTAINABLE        111
#define LK_ALERT_UNRECOGNIZED_NAME               112
#define LK_ALERT_BAD_CERTIFICATE_STATUS_RESPONSE 113
#define LK_ALERT_BAD_CERTIFICATE_HASH_VALUE      114
#define LK_ALERT_UNKNOWN_PSK_IDENTITY            115
#define LK_ALERT_CERTIFICATE_REQUIRED            116
#define LK_ALERT_NO_APPLICATION_PROTOCOL         120

/** One row an alert: X(NAME, name as the RFCs write it, sentence). The sentence says what its sender complains of. */
#define LK_ALERT_TABLE(X)                                                                                              \
    X(CLOSE_NOTIFY, "close_notify", "the sender has said everything")                                                  \
    X(UNEXPECTED_MESSAGE, "unexpected_message", "a message came that may not come at that point")                      \
    X(BAD_RECORD_MAC, "bad_record_mac",                                                                                \
      "a record failed its integrity check: it was altered on its way, or the keys differ")                            \
    X(DECRYPTION_FAILED, "decryption_failed",                                                                          \
      "a record could not be decrypted (TLS 1.0; later versions say bad_record_mac)")                                  \
    X(RECORD_OVERFLOW, "record_overflow", "a record was longer than is allowed")                                       \
    X(DECOMPRESSION_FAILURE, "decompression_failure", "a record could not be decompressed")                            \
    X(HANDSHAKE_FAILURE, "handshake_failure",                                                                          \
      "nothing that is acceptable to both was found: look at suites, groups, signatures and certificates")             \
    X(NO_CERTIFICATE, "no_certificate", "there is no certificate to give (SSL 3.0)")                                   \
    X(BAD_CERTIFICATE, "bad_certificate", "a certificate is corrupt, or for another name")                             \
    X(UNSUPPORTED_CERTIFICATE, "unsupported_certificate", "a certificate is of a kind that cannot be used")            \
    X(CERTIFICATE_REVOKED, "certificate_revoked", "a certificate has been revoked")                                    \
    X(CERTIFICATE_EXPIRED, "certificate_expired", "a certificate is expired or not valid yet")                         \
    X(CERTIFICATE_UNKNOWN, "certificate_unknown", "a certificate was not accepted")                                    \
    X(ILLEGAL_PARAMETER, "illegal_parameter", "a field had a value that is not allowed there")                         \
    X(UNKNOWN_CA, "unknown_ca", "a certificate leads to no authority that is trusted")                                 \
    X(ACCESS_DENIED, "access_denied", "the certificate is good, but its owner may not come in")                        \
    X(DECODE_ERROR, "decode_error", "a message was malformed")                                                         \
    X(DECRYPT_ERROR, "decrypt_error", "a signature or a Finished was wrong")                                           \
    X(EXPORT_RESTRICTION, "export_restriction", "key lengths did not follow an export restriction (TLS 1.0)")          \
    X(PROTOCOL_VERSION, "protocol_version", "there is no protocol version in common")                                  \
    X(INSUFFICIENT_SECURITY, "insufficient_security", "what was offered is too weak")                                  \
    X(INTERNAL_ERROR, "internal_error", "the sender failed by itself")                                                 \
    X(INAPPROPRIATE_FALLBACK, "inappropriate_fallback",                                                                \
      "a lower version was tried than both sides know: someone may have interfered")                                   \
    X(USER_CANCELED, "user_canceled", "the handshake was cancelled by its user")                                       \
    X(NO_RENEGOTIATION, "no_renegotiation", "there will be no renegotiation")                                          \
    X(MISSING_EXTENSION, "missing_extension", "an extension is missing that must be there")                            \
    X(UNSUPPORTED_EXTENSION, "unsupported_extension", "an extension came back that was not offered")                   \
    X(CERTIFICATE_UNOBTAINABLE, "certificate_unobtainable", "a certificate could not be fetched")                      \
    X(UNRECOGNIZED_NAME, "unrecognized_name", "nobody of that name is here")                                           \
    X(BAD_CERTIFICATE_STATUS_RESPONSE, "bad_certificate_status_response",                                              \
      "the OCSP response for the certificate is missing or not good")                                                  \
    X(BAD_CERTIFICATE_HASH_VALUE, "bad_certificate_hash_value", "a fetched certificate is not the announced one")      \
    X(UNKNOWN_PSK_IDENTITY, "unknown_psk_identity", "the pre-shared key is not known")                                 \
    X(CERTIFICATE_REQUIRED, "certificate_required", "the client must show a certificate")                              \
    X(NO_APPLICATION_PROTOCOL, "no_application_protocol", "there is no application protocol (ALPN) in common")

/** One row an error: X(name, alert, sentence). The sentence names the cause and, where there is one, the remedy. */
#define LK_ERROR_TABLE(X)                                                                                              \
    X(OK, LK_ALERT_NONE, "no error")                                                                                   \
    /* the next step waits for something: ordinary results, not failures */                                            \
    X(WANT_READ, LK_ALERT_NONE, "more bytes from the peer are needed")                                                 \
    X(WANT_WRITE, LK_ALERT_NONE, "bytes for the peer must be sent first")                                              \
    X(WANT_ENGINE, LK_ALERT_NONE, "the record engine has not finished yet")                                            \
    X(WANT_KEY, LK_ALERT_NONE, "the holder of the private key has not signed yet")                                     \
    X(CLOSED, LK_ALERT_NONE, "the peer has closed the connection with close_notify")                                   \
    /* usage and resources */                                                                                          \
    X(INVALID_ARGUMENT, LK_ALERT_INTERNAL_ERROR, "an argument is out of range; see the function's documentation")      \
    X(WRONG_STATE, LK_ALERT_INTERNAL_ERROR, "this call is not possible in the present state")                          \
    X(NO_MEMORY, LK_ALERT_INTERNAL_ERROR, "out of memory")                                                             \
    X(CRYPTO, LK_ALERT_INTERNAL_ERROR, "libcrypto refused an operation; check its provider configuration")             \
    X(INPUT_OUTPUT, LK_ALERT_NONE, "reading or writing failed")                                                        \
    X(TIMED_OUT, LK_ALERT_NONE, "no answer came in time")                                                              \
    X(FILE_UNREADABLE, LK_ALERT_NONE, "a file cannot be read; check its path and permissions")                         \
    X(FILE_MALFORMED, LK_ALERT_NONE, "a file does not hold what was expected of it; PEM is expected")                  \
    X(KEY_MISMATCH, LK_ALERT_NONE, "the private key does not belong to the certificate; give the matching pair")       \
    X(KEY_REFUSED, LK_ALERT_INTERNAL_ERROR, "the holder of the private key did not sign, or signed wrongly")           \
    X(ADDRESS_UNRESOLVED, LK_ALERT_NONE, "the host name has no address; check its spelling and the name server")       \
    X(ADDRESS_IN_USE, LK_ALERT_NONE, "the port is already in use; choose another or stop the program that holds it")   \
    X(CONNECTION_REFUSED, LK_ALERT_NONE, "nothing listens at that address and port")                                   \
    /* the peer */                                                                                                     \
    X(TRUNCATED, LK_ALERT_NONE, "the peer ended the connection without close_notify: data may be missing")             \
    X(PEER_ALERT, LK_ALERT_NONE, "the peer ended the connection with a fatal alert")                                   \
    X(DECODE, LK_ALERT_DECODE_ERROR, "a message from the peer is malformed")                                           \
    X(UNEXPECTED_MESSAGE, LK_ALERT_UNEXPECTED_MESSAGE, "the peer sent a message that may not come at this point")      \
    X(ILLEGAL_PARAMETER, LK_ALERT_ILLEGAL_PARAMETER, "the peer sent a value that the protocol forbids here")           \
    X(RECORD_OVERFLOW, LK_ALERT_RECORD_OVERFLOW, "a record from the peer is longer than its version allows")           \
    X(OBSOLETE_HELLO, LK_ALERT_PROTOCOL_VERSION,                                                                       \
      "the client begins with SSL 2.0, which is not spoken; turn it off there")                                        \
    X(RECORD_HEADER, LK_ALERT_PROTOCOL_VERSION, "what the peer sent is not a TLS record; does it speak TLS here?")     \
    X(BAD_RECORD_MAC, LK_ALERT_BAD_RECORD_MAC, "a record from the peer failed its integrity check")                    \
    X(RECORD_TOO_SHORT, LK_ALERT_BAD_RECORD_MAC, "a protected record from the peer is too short to hold its tag")      \
    X(NO_CONTENT_TYPE, LK_ALERT_UNEXPECTED_MESSAGE, "a record from the peer holds padding alone, no content type")     \
    X(TOO_MANY_EMPTY, LK_ALERT_UNEXPECTED_MESSAGE, "the peer sent too many records in a row that carry nothing")       \
    X(PROTOCOL_VERSION, LK_ALERT_PROTOCOL_VERSION, "the peer and this side have no protocol version in common")        \
    X(INAPPROPRIATE_FALLBACK, LK_ALERT_INAPPROPRIATE_FALLBACK,                                                         \
      "the client falls back to a lower version than both sides know; someone may have interfered")                    \
    X(NO_COMMON_SUITE, LK_ALERT_HANDSHAKE_FAILURE, "the peer and this side have no cipher suite in common")            \
    X(NO_COMMON_GROUP, LK_ALERT_HANDSHAKE_FAILURE, "the peer and this side have no key exchange group in common")      \
    X(NO_COMMON_SIGNATURE, LK_ALERT_HANDSHAKE_FAILURE,                                                                 \
      "no signature algorithm fits both the peer and the certificate")                                                 \
    X(MISSING_EXTENSION, LK_ALERT_MISSING_EXTENSION, "the peer left out an extension that its version demands")        \
    X(UNSUPPORTED_EXTENSION, LK_ALERT_UNSUPPORTED_EXTENSION, "the peer answered an extension that was not offered")    \
    X(DOWNGRADE, LK_ALERT_ILLEGAL_PARAMETER, "someone tampered with the version negotiation (downgrade sentinel)")     \
    X(BAD_SIGNATURE, LK_ALERT_DECRYPT_ERROR, "the peer's signature over the handshake is wrong")                       \
    X(BAD_FINISHED, LK_ALERT_DECRYPT_ERROR, "the peer's Finished does not match the handshake")                        \
    X(BAD_BINDER, LK_ALERT_DECRYPT_ERROR, "the peer does not prove that it knows the session it wants to go on with")  \
    X(PSK_UNKNOWN, LK_ALERT_UNKNOWN_PSK_IDENTITY,                                                                      \
      "the client names no pre-shared key that is known here, and this side has no certificate")                       \
    X(WEAK_PARAMETERS, LK_ALERT_INSUFFICIENT_SECURITY, "the server's Diffie-Hellman group is too weak to be used")     \
    X(BAD_KEY_SHARE, LK_ALERT_ILLEGAL_PARAMETER, "the peer's key share is not a valid public key of its group")        \
    X(RENEGOTIATION, LK_ALERT_NO_RENEGOTIATION, "the peer asked for renegotiation, which is off")                      \
    X(RENEGOTIATION_INSECURE, LK_ALERT_HANDSHAKE_FAILURE,                                                              \
      "a handshake is not bound to the connection by renegotiation_info (RFC 5746); bring the peer up to date")        \
    X(NO_APPLICATION_PROTOCOL, LK_ALERT_NO_APPLICATION_PROTOCOL, "the peer supports none of our ALPN protocols")       \
    /* the peer's certificate */                                                                                       \
    X(CERTIFICATE_MISSING, LK_ALERT_CERTIFICATE_REQUIRED, "the peer sent no certificate")                              \
    X(CERTIFICATE_MALFORMED, LK_ALERT_BAD_CERTIFICATE, "the peer's certificate cannot be parsed")                      \
    X(CERTIFICATE_UNTRUSTED, LK_ALERT_UNKNOWN_CA,                                                                      \
      "the peer's certificate leads to no trusted root; if you trust its issuer, add it as a CA file")                 \
    X(CERTIFICATE_EXPIRED, LK_ALERT_CERTIFICATE_EXPIRED,                                                               \
      "the peer's certificate is expired or not valid yet; check the clock, or have it renewed")                       \
    X(CERTIFICATE_NAME, LK_ALERT_BAD_CERTIFICATE,                                                                      \
      "the peer's certificate is for another name; check the host name you gave")                                      \
    X(CERTIFICATE_REVOKED, LK_ALERT_CERTIFICATE_REVOKED, "the peer's certificate has been revoked")                    \
    X(CERTIFICATE_UNPINNED, LK_ALERT_CERTIFICATE_UNKNOWN,                                                              \
      "the peer's certificates have none of the public keys that are pinned here")                                     \
    X(REVOCATION_UNKNOWN, LK_ALERT_CERTIFICATE_UNKNOWN,                                                                \
      "no good revocation list says of the peer's certificate that it still holds; fetch its issuer's anew")           \
    X(CERTIFICATE_UNSUITABLE, LK_ALERT_UNSUPPORTED_CERTIFICATE, "the peer's certificate may not be used for this")     \
    X(STATUS_MISSING, LK_ALERT_BAD_CERTIFICATE_STATUS_RESPONSE,                                                        \
      "the server did not send an OCSP response for its certificate, which is required here")                          \
    X(STATUS_INVALID, LK_ALERT_BAD_CERTIFICATE_STATUS_RESPONSE,                                                        \
      "the OCSP response for the server's certificate is not good")                                                    \
    X(CERTIFICATE_CHANGED, LK_ALERT_ILLEGAL_PARAMETER,                                                                 \
      "the peer came with another certificate than before in a renegotiation")                                         \
    X(CERTIFICATE_REJECTED, LK_ALERT_CERTIFICATE_UNKNOWN, "the peer's certificate was rejected")                       \
    /* exports */                                                                                                      \
    X(EXPORT_UNSOUND, LK_ALERT_NONE,                                                                                   \
      "another connection could have the same secrets as this one; TLS 1.3 or the extended master secret is needed")   \
    X(BINDING_UNDEFINED, LK_ALERT_NONE,                                                                                \
      "that channel binding is not defined for this connection; with TLS 1.3 it is tls-exporter")                      \
    /* limits */                                                                                                       \
    X(SEQUENCE_REUSED, LK_ALERT_INTERNAL_ERROR, "a sequence number was offered twice for sealing; nothing was made")   \
    X(SEQUENCE_EXHAUSTED, LK_ALERT_INTERNAL_ERROR, "the record limit of a key is reached; a new key is needed")        \
    /* engines and devices */                                                                                          \
    X(ENGINE_UNSUPPORTED, LK_ALERT_INTERNAL_ERROR, "the engine does not offer this suite and version")                 \
    X(ENGINE_FULL, LK_ALERT_INTERNAL_ERROR, "all session slots of the engine are taken")                               \
    X(ENGINE_BUSY, LK_ALERT_NONE, "the engine's queue is full; collect completions and submit again")                  \
    X(ENGINE_STALE, LK_ALERT_INTERNAL_ERROR, "a session slot was used after it had been given to someone else")        \
    X(DEVICE_URI, LK_ALERT_NONE,                                                                                       \
      "the device name is malformed; write usb:, usb:serial=S, usbip:HOST:PORT/BUSID or sim:")                         \
    X(DEVICE_NOT_FOUND, LK_ALERT_NONE, "no such device; `latchkey devices` lists what is attached")                    \
    X(DEVICE_BUSY, LK_ALERT_NONE, "another program holds the device")                                                  \
    X(DEVICE_PERMISSION, LK_ALERT_NONE, "no permission to open the device; install the udev rule or run as root")      \
    X(DEVICE_INCOMPATIBLE, LK_ALERT_NONE, "the device speaks another protocol version; update its bitstream")          \
    X(DEVICE_LOST, LK_ALERT_INTERNAL_ERROR, "the device has gone: unplugged, or its server ended")                     \
    X(DEVICE_PROTOCOL, LK_ALERT_INTERNAL_ERROR, "the device answered with something its protocol does not allow")      \
    X(DEVICE_STALLED, LK_ALERT_INTERNAL_ERROR, "the device refused a transfer")                                        \
    X(DEVICE_HUNG, LK_ALERT_INTERNAL_ERROR, "the device owes an answer and is silent: it hangs; plug it in again")     \
    X(DEVICE_INHERITED, LK_ALERT_INTERNAL_ERROR, "the device belongs to the parent process; open it after fork()")     \
    X(DEVICE_DISAGREES, LK_ALERT_INTERNAL_ERROR,                                                                       \
      "the device refused a record that software finds good; it, or its cable, is faulty")                             \
    X(DEVICE_UNAVAILABLE, LK_ALERT_NONE, "this build has no support for that kind of device")

typedef enum lk_error {
#define LK_ERROR_ENUM(name, alert, sentence) LK_ERROR_##name,
    LK_ERROR_TABLE(LK_ERROR_ENUM)
#undef LK_ERROR_ENUM
        LK_ERROR_COUNT
} lk_error;

#define LK_OK LK_ERROR_OK

/** The error's name without its prefix, such as "BAD_RECORD_MAC". Never NULL. */
const char *lk_error_name(lk_error error);

/** One sentence for a person: the cause and, where there is one, the remedy. Never NULL. */
const char *lk_error_sentence(lk_error error);

/** The alert description to send for this error, or LK_ALERT_NONE. */
int lk_error_alert(lk_error error);

/** The name of an alert description as the RFCs write it ("bad_record_mac"); "unknown" for a number without one. */
const char *lk_alert_name(int alert);

/** What the sender of an alert complains of; "an alert without a name" for a number that has none. Never NULL. */
const char *lk_alert_sentence(int alert);

#ifdef __cplusplus
}
#endif

#endif
