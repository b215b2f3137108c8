/* SPDX-License-Identifier: Apache-2.0 */
/* Key exchange groups (RFC 8446 section 4.2.7, RFC 7919) as constant rows, and the exchange itself by libcrypto. */
#ifndef LK_HANDSHAKE_KEY_EXCHANGE_H
#define LK_HANDSHAKE_KEY_EXCHANGE_H

#include <latchkey/error.h>

#include "suite/suite.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest public key and shared secret of a group, in bytes. */
enum { LK_PUBLIC_MAX = 512, LK_SHARED_MAX = 512, LK_GROUP_MAX = 8 };

typedef struct lk_group {
    uint16_t number;      /* IANA's NamedGroup */
    lk_exchange exchange; /* ECDHE, or DHE: the suites up to TLS 1.2 that it serves */
    const char *title;
    const char *algorithm; /* libcrypto's name of the key type */
    const char *curve;     /* libcrypto's name of the curve or finite field; NULL where the key type says it */
    size_t public_length;  /* on the wire, in bytes */
    size_t shared_length;
} lk_group;

/** All groups in order of preference; never more than LK_GROUP_MAX. */
const lk_group *lk_group_table(size_t *count);

/** The row of a NamedGroup, or NULL. */
const lk_group *lk_group_find(uint16_t number);

/** True when the curve of a key is that of one of the offered groups, or when the key has no curve to choose (RSA,
 * Ed25519). */
bool lk_group_offered(const lk_group *const *offered, size_t count, const EVP_PKEY *key);

/** The bit of a group in a map of groups: its place in the table. */
uint32_t lk_group_bit(const lk_group *group);

/** A fresh key pair. @return CRYPTO. */
lk_error lk_key_exchange_new(const lk_group *group, EVP_PKEY **key);

/** Our public key as the wire has it; out receives group->public_length bytes. @return CRYPTO. */
lk_error lk_key_exchange_public(const lk_group *group, EVP_PKEY *key, uint8_t *out);

/**
 * The shared secret with a peer's public key, whose form and place on the curve are checked; shared receives
 * group->shared_length bytes.
 * @return BAD_KEY_SHARE, CRYPTO.
 */
lk_error lk_key_exchange_derive(const lk_group *group, EVP_PKEY *key, const uint8_t *peer, size_t peer_length,
                                uint8_t *shared);

#endif
