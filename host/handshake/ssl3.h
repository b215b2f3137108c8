/* SPDX-License-Identifier: Apache-2.0 */
/* What SSL 3.0 derives keys by, before there was a PRF: RFC 6101 sections 6.1 and 6.2.2. */
#ifndef LK_HANDSHAKE_SSL3_H
#define LK_HANDSHAKE_SSL3_H

#include <latchkey/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * MD5(secret + SHA('A' + secret + first + second)) + MD5(secret + SHA('BB' + secret + first + second)) + ...; first and
 * second are randoms of 32 bytes. At most 416 bytes: the letters end. @return INVALID_ARGUMENT, CRYPTO.
 */
lk_error lk_ssl3_expand(const uint8_t *secret, size_t secret_length, const uint8_t *first, const uint8_t *second,
                        uint8_t *out, size_t length);

#endif
