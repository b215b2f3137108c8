/* SPDX-License-Identifier: Apache-2.0 */
/* What an RSA-encrypted premaster secret may turn out to be (RFC 5246 section 7.4.7.1, RFC 8017 section 7.2.1). */
#ifndef LK_TESTS_HANDSHAKE_RSA_BLOCKS_H
#define LK_TESTS_HANDSHAKE_RSA_BLOCKS_H

#include "handshake/exchange.h"

enum { RSA_BLOCK = 256 /* of a key of 2048 bits */ };

/** A block as it is before the public key's work. */
typedef struct rsa_block {
    const char *what;
    uint8_t first, type;  /* 0 and 2 where it is good */
    size_t zero;          /* the byte that ends the padding; 0: none does */
    uint8_t major, minor; /* of the version behind it */
} rsa_block;

/** One row each; the first is good for a client that offered TLS 1.2, and no other is. */
const rsa_block *rsa_blocks(size_t *count);

/** A ClientKeyExchange of TLS 1.2 with the block, in out: its length. plaintext: the block, RSA_BLOCK bytes. */
size_t rsa_message(EVP_PKEY *key, const rsa_block *row, uint8_t plaintext[RSA_BLOCK], uint8_t out[2 + RSA_BLOCK]);

/** Has a server with that key take the message in. The premaster secret stands in handshake->premaster. */
lk_error rsa_take(lk_handshake *handshake, const uint8_t *message, size_t length);

#endif
