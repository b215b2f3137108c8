/* SPDX-License-Identifier: Apache-2.0 */
/* X.509 certificate chains: parsed, kept, and verified by libcrypto (RFC 5280, RFC 6125). */
#ifndef LK_HANDSHAKE_CERTIFICATE_H
#define LK_HANDSHAKE_CERTIFICATE_H

#include <latchkey/connection.h>

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest chain that is taken. */
enum { LK_CHAIN_MAX = 32 };

/** A chain, leaf first. All zeros is an empty one. */
typedef struct lk_certificate_chain {
    struct {
        uint8_t *bytes; /* DER, as it was sent or as it will be */
        size_t length;
    } rows[LK_CHAIN_MAX];
    size_t count;
    STACK_OF(X509) * parsed; /* the same certificates */
} lk_certificate_chain;

enum { LK_PIN_BYTES = 32 /* of SHA-256 */, LK_PINS_MAX = 32, LK_DEPTH_ANY = -1 };

/** What is demanded of a peer's chain beside a path to a root. All zeros but for depth: nothing. */
typedef struct lk_chain_rules {
    STACK_OF(X509_CRL) * crls;
    size_t pin_count;
    uint8_t pins[LK_PINS_MAX][LK_PIN_BYTES];
    int depth;        /* the most certificates between leaf and root; LK_DEPTH_ANY */
    bool crls_of_all; /* each certificate but the root must stand in a CRL's care, not the leaf alone */
} lk_chain_rules;

/** What was found out about a chain. */
typedef struct lk_chain_verdict {
    lk_error error;
    int depth; /* of the certificate that the error is about; -1 where it is about none */
} lk_chain_verdict;

/** Parses one certificate and puts it at the end of the chain. @return CERTIFICATE_MALFORMED, NO_MEMORY. */
lk_error lk_certificate_chain_add(lk_certificate_chain *chain, const uint8_t *bytes, size_t length);

/** The public key of the leaf; NULL for an empty chain or a key that libcrypto does not know. Borrowed. */
EVP_PKEY *lk_certificate_chain_key(const lk_certificate_chain *chain);

/** True where the leaf may prove its key by signatures: RFC 5280 section 4.2.1.3 (no key usage, or digitalSignature).
 */
bool lk_certificate_chain_signs(const lk_certificate_chain *chain);

/** True where a secret may be encrypted with the leaf's key: the same (no key usage, or keyEncipherment). */
bool lk_certificate_chain_encrypts(const lk_certificate_chain *chain);

/** The sum of the lengths of its certificates in bytes. */
size_t lk_certificate_chain_size(const lk_certificate_chain *chain);

/** Writes the leaf's subject into text for a person: "CN = example.org". Always ends it with a zero. */
void lk_certificate_chain_subject(const lk_certificate_chain *chain, char *text, size_t size);

/** Frees what the chain holds and makes it empty. */
void lk_certificate_chain_clear(lk_certificate_chain *chain);

/** True for a literal IPv4 or IPv6 address. */
bool lk_host_is_address(const char *host);

/**
 * Verifies the chain of a server or client (whose): a path to a root of the store, validity, purpose, strength, the
 * name or address of host unless it is NULL, and the rules. diagnosis receives what libcrypto complains of, and where.
 * @return CERTIFICATE_*, REVOCATION_UNKNOWN, NO_MEMORY, CRYPTO.
 */
lk_chain_verdict lk_certificate_chain_verify(const lk_certificate_chain *chain, lk_role whose, X509_STORE *roots,
                                             const lk_chain_rules *rules, const char *host, char *diagnosis,
                                             size_t size);

/** Of a chain that is not verified: whether its leaf has a key that is pinned. @return CERTIFICATE_UNPINNED. */
lk_chain_verdict lk_certificate_chain_pinned(const lk_certificate_chain *chain, const lk_chain_rules *rules,
                                             char *diagnosis, size_t size);

#endif
