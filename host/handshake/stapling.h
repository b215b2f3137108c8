/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OCSP stapling (RFC 6066 section 8, RFC 8446 section 4.4.2.1): the server sends a response that its authority has
 * signed, which says that its certificate was good a short time ago; libcrypto judges it.
 */
#ifndef LK_HANDSHAKE_STAPLING_H
#define LK_HANDSHAKE_STAPLING_H

#include "handshake/machine.h"

/** What is wrong with an OCSPResponse itself, whoever it is about, or NULL. */
const char *lk_ocsp_malformed(const uint8_t *response, size_t length);

/**
 * Judges a response about the first certificate of a chain, which must lead to the roots.
 * @return CERTIFICATE_REVOKED, STATUS_INVALID (then diagnosis says why), NO_MEMORY.
 */
lk_error lk_ocsp_check(const uint8_t *response, size_t length, const lk_certificate_chain *chain, X509_STORE *roots,
                       char *diagnosis, size_t size);

/** Server: true when the client asks and there is something to send. */
bool lk_stapling_due(const lk_handshake *handshake);

/** CertificateStatus, as TLS 1.2 has it for a message, and TLS 1.3 in an extension. */
void lk_stapling_compose(const lk_handshake *handshake, lk_writer *writer);

/** Takes one in, and keeps the response. @return DECODE, ILLEGAL_PARAMETER, NO_MEMORY. */
lk_error lk_stapling_parse(lk_handshake *handshake, lk_reader *reader);

/** Client: all that would come of the server's certificate has come. @return STATUS_MISSING, or what is wrong. */
lk_error lk_stapling_judge(lk_handshake *handshake);

#endif
