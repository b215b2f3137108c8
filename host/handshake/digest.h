/* SPDX-License-Identifier: Apache-2.0 */
/* Hash functions of handshakes, and HMAC with them, by libcrypto. */
#ifndef LK_HANDSHAKE_DIGEST_H
#define LK_HANDSHAKE_DIGEST_H

#include <latchkey/error.h>

#include "suite/suite.h"

#include <stddef.h>
#include <stdint.h>

/* The longest output of a hash function here, in bytes. */
enum { LK_HASH_MAX = 48 };

/** libcrypto's name of a hash function ("SHA256"). */
const char *lk_hash_name(lk_hash hash);

/** The length of its output in bytes. */
size_t lk_hash_length(lk_hash hash);

/** The hash function of a handshake: the suite's from TLS 1.2 on, before it the same for all (RFC 4346 section 5). */
lk_hash lk_hash_of_version(uint16_t version, lk_hash suite_hash);

/** Hashes data; out receives lk_hash_length() bytes. @return CRYPTO. */
lk_error lk_hash_of(lk_hash hash, const uint8_t *data, size_t length, uint8_t *out);

/** HMAC (RFC 2104); out receives lk_hash_length() bytes. @return CRYPTO. */
lk_error lk_hmac(lk_hash hash, const uint8_t *key, size_t key_length, const uint8_t *data, size_t length, uint8_t *out);

#endif
