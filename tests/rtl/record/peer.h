/* SPDX-License-Identifier: Apache-2.0 */
/* A peer that makes records as no well-behaved engine would: any nonce, any associated data, any inner plaintext. On
 * libcrypto. */
#ifndef LK_TESTS_PEER_H
#define LK_TESTS_PEER_H

#include "suite/suite.h"

#include <stddef.h>
#include <stdint.h>

enum { PEER_NONCE = 12, PEER_TAG = 16 };

/* One of the AEAD ciphers; output takes the ciphertext and the tag. Fails the test when libcrypto does. */
void peer_encrypt(lk_cipher_id cipher, const uint8_t *key, const uint8_t nonce[PEER_NONCE], const uint8_t *data,
                  size_t data_length, const uint8_t *plaintext, size_t length, uint8_t *output);

/**
 * A record of AES-CBC with the MAC inside, TLS 1.2: content of the given length, as if it were sealed with sequence
 * number 0, behind it its MAC, and padding + 1 bytes that say `padding`, altogether whole blocks. The byte at `spoiled`
 * of all that is changed before it is encrypted, if there is such a byte. Returns the record's length.
 */
size_t peer_seal_cbc(const lk_cipher *cipher, const uint8_t *key, const uint8_t *mac_key, const uint8_t *content,
                     size_t length, uint8_t padding, size_t spoiled, uint8_t *record);

#endif
