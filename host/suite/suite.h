/* SPDX-License-Identifier: Apache-2.0 */
/* Versions, record ciphers and cipher suites as constant rows; the rows themselves stand in suites.def. */
#ifndef LK_SUITE_SUITE_H
#define LK_SUITE_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* LK_TLS1_2 == 0x0303 and its like: the numbers of the wire. */
enum {
#define LK_VERSION(name, wire, bit, title) LK_##name = (wire),
#include "suite/suites.def"
};

typedef enum lk_cipher_id {
#define LK_CIPHER(name, bit, title, kind, mac, key, mac_key, salt, explicit_nonce, block, tag) LK_CIPHER_##name = (bit),
#include "suite/suites.def"
} lk_cipher_id;

enum {
#define LK_SUITE(number, name, title, lowest, highest, exchange, authentication, cipher, hash)                         \
    LK_SUITE_##name = (number),
#include "suite/suites.def"
};

typedef enum lk_cipher_kind { LK_KIND_AEAD, LK_KIND_CBC, LK_KIND_STREAM, LK_KIND_NULL_MAC } lk_cipher_kind;
typedef enum lk_mac { LK_MAC_NONE, LK_MAC_MD5, LK_MAC_SHA1, LK_MAC_SHA256, LK_MAC_SHA384 } lk_mac;
typedef enum lk_exchange {
    LK_EXCHANGE_ANY,
    LK_EXCHANGE_ECDHE,
    LK_EXCHANGE_DHE,
    LK_EXCHANGE_RSA,
    LK_EXCHANGE_PSK
} lk_exchange;
typedef enum lk_authentication { LK_AUTH_ANY, LK_AUTH_RSA, LK_AUTH_ECDSA, LK_AUTH_NONE, LK_AUTH_PSK } lk_authentication;
/* MD5 and SHA-1 side by side: no suite's, but that of every one before TLS 1.2 (RFC 4346 section 5). */
typedef enum lk_hash { LK_HASH_SHA256, LK_HASH_SHA384, LK_HASH_MD5_SHA1 } lk_hash;

/** How one record is protected. All lengths in bytes. */
typedef struct lk_cipher {
    lk_cipher_id id; /* its bit in a map of ciphers, and its number in a device slot */
    const char *title;
    lk_cipher_kind kind;
    lk_mac mac; /* the hash of the HMAC */
    uint8_t key_length;
    uint8_t mac_key_length;
    uint8_t salt_length;           /* implicit nonce of TLS 1.2; TLS 1.3 always has 12 bytes of IV */
    uint8_t explicit_nonce_length; /* on the wire, TLS 1.2 and below; CBC: the IV, TLS 1.1 and 1.2 */
    uint8_t block_length;
    uint8_t tag_length;
} lk_cipher;

typedef struct lk_suite {
    const char *title;
    const lk_cipher *cipher;
    lk_exchange exchange;
    lk_authentication authentication;
    lk_hash hash;    /* from TLS 1.2 on */
    uint16_t number; /* IANA */
    uint16_t lowest_version, highest_version;
} lk_suite;

/** All suites in order of preference. */
const lk_suite *lk_suite_table(size_t *count);

/** The row of a suite number, or NULL. */
const lk_suite *lk_suite_find(uint16_t number);

/** True when the suite exists in that version. */
bool lk_suite_allows(const lk_suite *suite, uint16_t version);

/**
 * True when the suite is offered and accepted unless a configuration says otherwise: those with AEAD and its whole tag,
 * a fresh key exchange and certificates.
 */
bool lk_suite_default(const lk_suite *suite);

/** The row of a cipher, or NULL for a number that has none. */
const lk_cipher *lk_cipher_find(unsigned id);

/** True for AES-CCM (RFC 3610), which must be told how long a message is before it begins, and takes it in one piece.
 */
bool lk_cipher_is_ccm(const lk_cipher *cipher);

/**
 * True when records of that version can be protected so: AEAD came with TLS 1.2 (RFC 5246 section 6.2.3.3); CBC, key
 * streams and NULL went with it. SSL 3.0 has no MAC but those of MD5 and SHA-1 (RFC 6101 section 5.2.3.1).
 */
bool lk_cipher_allows(const lk_cipher *cipher, uint16_t version);

/** A version's name ("TLS 1.3"); "unknown" for a number without one. */
const char *lk_version_title(uint16_t version);

/** A version's bit in a map of versions (bit 4 for TLS 1.3), 0 for an unknown version. */
uint32_t lk_version_bit(uint16_t version);

#endif
