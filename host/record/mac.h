/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The MAC of classic records, with kept contexts a direction: HMAC in TLS (RFC 5246 section 6.2.3.1, RFC 2104), and in
 * SSL 3.0 what came before it (RFC 6101 section 5.2.3.1).
 */
#ifndef LK_RECORD_MAC_H
#define LK_RECORD_MAC_H

#include "record/engine.h"

#include <openssl/evp.h>

enum {
    LK_MAC_HEADER_LENGTH = 13,   /* sequence number, type, version, length */
    LK_CBC_BLOCK_LENGTH_MAX = 16 /* of AES; that of 3DES has 8 bytes */
};

typedef struct lk_record_mac {
    EVP_MAC_CTX *context;             /* keyed; NULL in SSL 3.0 */
    EVP_MD_CTX *inner, *outer, *work; /* SSL 3.0 alone: the hash of the secret and pad_1, of the secret and pad_2 */
    size_t length;
    size_t padding_max; /* SSL 3.0 with CBC: a block */
} lk_record_mac;

/** The key is cipher->mac_key_length bytes. CRYPTO when libcrypto cannot. */
lk_error lk_record_mac_open(lk_record_mac *mac, EVP_MAC *hmac, const lk_cipher *cipher, const uint8_t *key);

/** The same for SSL 3.0; hash is the one that cipher->mac says, MD5 or SHA-1. */
lk_error lk_record_mac_open_ssl3(lk_record_mac *mac, const EVP_MD *hash, const lk_cipher *cipher, const uint8_t *key);

/** Erases the key. */
void lk_record_mac_close(lk_record_mac *mac);

/** The MAC of a header and what follows it, mac->length bytes. False when libcrypto fails. */
bool lk_record_mac_compute(const lk_record_mac *mac, const uint8_t header[LK_MAC_HEADER_LENGTH], const uint8_t *data,
                           size_t length, uint8_t *output);

/**
 * The same where length is a secret, as it is before the padding of a record is known to be good: time and memory
 * accesses depend on total alone. total: what was decrypted, that is data, MAC and padding; all of it is read. In SSL
 * 3.0 the padding that total and length leave is 1 byte to a block.
 */
bool lk_record_mac_compute_hidden(const lk_record_mac *mac, const uint8_t header[LK_MAC_HEADER_LENGTH],
                                  const uint8_t *data, size_t length, size_t total, uint8_t *output);

#endif
