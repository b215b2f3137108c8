/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signature schemes (RFC 8446 section 4.2.3) as constant rows, and signing and verifying with them by libcrypto; those
 * of the versions before TLS 1.2, which have none to choose from, among them (RFC 4346 section 4.7, RFC 8422
 * section 5.10).
 */
#ifndef LK_HANDSHAKE_SIGNATURE_H
#define LK_HANDSHAKE_SIGNATURE_H

#include <latchkey/config.h>

#include "suite/suite.h"

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest signature, that of a 16384-bit RSA key, in bytes. */
enum { LK_SIGNATURE_MAX = LK_SIGNATURE_BYTES_MAX };

typedef struct lk_signature_scheme {
    uint16_t number;                  /* IANA's SignatureScheme */
    bool pss;                         /* RSA with PSS padding, not PKCS #1 v1.5 */
    uint16_t lowest, highest;         /* the versions whose handshakes it may sign */
    lk_authentication authentication; /* the suites up to TLS 1.2 that it goes with */
    const char *title;
    const char *algorithm; /* libcrypto's name of the key type */
    const char *digest;    /* NULL where the algorithm has its own */
    const char *curve;     /* the one curve that TLS 1.3 allows, in libcrypto's spelling; NULL where there is none */
} lk_signature_scheme;

/** All schemes in order of preference; never more than 32. */
const lk_signature_scheme *lk_signature_table(size_t *count);

/** The row of a SignatureScheme, or NULL. */
const lk_signature_scheme *lk_signature_find(uint16_t number);

/** The bit of a scheme in a map of schemes: its place in the table. */
uint32_t lk_signature_bit(const lk_signature_scheme *scheme);

/** True when the scheme may sign a handshake of that version with that key. */
bool lk_signature_fits(const lk_signature_scheme *scheme, uint16_t version, const EVP_PKEY *key);

/** True when it stands in signature_algorithms, which came with TLS 1.2. */
bool lk_signature_offered(const lk_signature_scheme *scheme);

/** The first scheme of a map that fits version and key, or NULL. Before TLS 1.2 the key decides, whatever the map says.
 */
const lk_signature_scheme *lk_signature_choose(uint32_t offered, uint16_t version, const EVP_PKEY *key);

/** The kind of TLS 1.2 suite that a key authenticates; LK_AUTH_ANY for a key of no use here. */
lk_authentication lk_signature_authentication(const EVP_PKEY *key);

/**
 * Signs. *length: in, the capacity of signature (EVP_PKEY_get_size(key) is enough); out, its length. @return CRYPTO.
 */
lk_error lk_signature_sign(const lk_signature_scheme *scheme, EVP_PKEY *key, const uint8_t *data, size_t data_length,
                           uint8_t *signature, size_t *length);

/** Signs what is a hash already, by the scheme's hash function; RSA with PKCS #1 v1.5 alone. @return CRYPTO. */
lk_error lk_signature_sign_hash(const lk_signature_scheme *scheme, EVP_PKEY *key, const uint8_t *hash,
                                size_t hash_length, uint8_t *signature, size_t *length);

/** Verifies the same. @return BAD_SIGNATURE. */
lk_error lk_signature_verify_hash(const lk_signature_scheme *scheme, EVP_PKEY *key, const uint8_t *hash,
                                  size_t hash_length, const uint8_t *signature, size_t length);

/** Verifies. @return BAD_SIGNATURE, CRYPTO. */
lk_error lk_signature_verify(const lk_signature_scheme *scheme, EVP_PKEY *key, const uint8_t *data, size_t data_length,
                             const uint8_t *signature, size_t length);

#endif
