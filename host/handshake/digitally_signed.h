/* SPDX-License-Identifier: Apache-2.0 */
/* A signature in a handshake message: RFC 8446 section 4.4.3, RFC 5246 section 4.7, RFC 4346 section 4.7. */
#ifndef LK_HANDSHAKE_DIGITALLY_SIGNED_H
#define LK_HANDSHAKE_DIGITALLY_SIGNED_H

#include "handshake/machine.h"

/** Writes a signature, from TLS 1.2 on behind the number of its scheme. */
void lk_signed_write(const lk_handshake *handshake, const lk_signature_scheme *scheme, const uint8_t *signature,
                     size_t length, lk_writer *body);

/**
 * Signs content with the key of this side, and writes the signature.
 * @return CRYPTO; where the key is elsewhere, WANT_KEY (call it again with the same content once the signature has
 * come), KEY_REFUSED.
 */
lk_error lk_signed_compose(lk_handshake *handshake, const lk_signature_scheme *scheme, const uint8_t *content,
                           size_t length, lk_writer *body);

/**
 * Reads what lk_signed_write() writes, to the end of the body; *scheme is the one that it names, or before TLS 1.2 the
 * one that the key has. @return DECODE; ILLEGAL_PARAMETER for a scheme that does not fit version and key;
 * CERTIFICATE_UNSUITABLE for a certificate (of the peer, whose key it is) that may not sign.
 */
lk_error lk_signed_parse(const lk_handshake *handshake, const EVP_PKEY *key, lk_reader *body,
                         const lk_signature_scheme **scheme, lk_reader *signature);

#endif
