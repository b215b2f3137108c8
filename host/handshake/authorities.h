/* SPDX-License-Identifier: Apache-2.0 */
/* The names of authorities that a CertificateRequest has (RFC 8446 section 4.2.4, RFC 5246 section 7.4.4): a hint to
 * the client which of its certificates would be taken. */
#ifndef LK_HANDSHAKE_AUTHORITIES_H
#define LK_HANDSHAKE_AUTHORITIES_H

#include "base/reader.h"
#include "handshake/certificate.h"

/* The longest list that is sent, in bytes; beyond it none is sent, which asks for a certificate of any authority. */
enum { LK_AUTHORITIES_MAX = 16384 };

/** A list of DistinguishedName vectors, as the wire has it but for the length in front. All zeros is an empty one. */
typedef struct lk_authorities {
    uint8_t *bytes;
    size_t length;
} lk_authorities;

/** Adds the subject of a certificate. @return INVALID_ARGUMENT when the list would be too long, NO_MEMORY, CRYPTO. */
lk_error lk_authorities_add(lk_authorities *authorities, X509 *certificate);

/** Frees what the list holds and makes it empty. */
void lk_authorities_clear(lk_authorities *authorities);

/**
 * Looks whether one of a peer's list has issued a certificate of the chain. An empty list takes any.
 * @return DECODE for what is no list of names.
 */
lk_error lk_authorities_match(lk_reader list, const lk_certificate_chain *chain, bool *matches);

#endif
