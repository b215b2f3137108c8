/* SPDX-License-Identifier: Apache-2.0 */
/* One direction of the software engine, shared by the files that seal and open with it. */
#ifndef LK_RECORD_SOFTWARE_H
#define LK_RECORD_SOFTWARE_H

#include "record/engine.h"
#include "record/mac.h"

#include <openssl/evp.h>

enum {
    LK_NONCE_LENGTH = 12,                          /* of every AEAD here (RFC 5116 section 5.1, RFC 8439 section 2.8) */
    LK_ADDITIONAL_DATA_MAX = LK_MAC_HEADER_LENGTH, /* TLS 1.2: sequence number, type, version, length */
    LK_INNER_PLAINTEXT_MAX = 16385,  /* RFC 8446 section 5.2: 2^14 + 1, content type and padding included */
    LK_CIPHERTEXT_MAX = 16384 + 256, /* RFC 8446 section 5.2 */
};

typedef struct lk_software_direction {
    lk_direction base;
    EVP_CIPHER_CTX *context; /* the key is set once; only the nonce changes from record to record */
    const lk_cipher *cipher;
    lk_direction_kind kind;
    uint16_t version;
    uint8_t iv[LK_IV_MAX]; /* CBC up to TLS 1.0: of the next record */
    size_t explicit_nonce_length;
    /* CBC, key streams and NULL alone */
    lk_record_mac mac;
    bool encrypt_then_mac;
    bool overlong;
    uint8_t next_iv[LK_CBC_BLOCK_LENGTH_MAX]; /* CBC up to TLS 1.0: of the record behind the one that is being opened */
    uint64_t next;                            /* the lowest sequence number that may still be sealed (P2) */
    bool limited;                             /* of that number: */
    uint32_t soft_limit, hard_limit;
} lk_software_direction;

/**
 * The nonce of a record. explicit_nonce: what the record carries after its header, direction->explicit_nonce_length
 * bytes; the sequence number takes its place where that is 0.
 */
void lk_software_nonce(const lk_software_direction *direction, uint64_t sequence, const uint8_t *explicit_nonce,
                       uint8_t nonce[LK_NONCE_LENGTH]);

/**
 * What stands in front of the content of a record when it is authenticated, up to TLS 1.2: the additional data of an
 * AEAD, the start of the MAC's input. header: the record's, of which type and version are taken. Returns its length.
 */
size_t lk_software_additional_data(uint64_t sequence, const uint8_t *header, size_t plaintext_length,
                                   uint8_t data[LK_ADDITIONAL_DATA_MAX]);

/** Seals one record: the status of the operation. */
lk_error lk_software_seal(lk_software_direction *direction, lk_operation *operation);

/** Opens one record: the status of the operation. */
lk_error lk_software_open(lk_software_direction *direction, lk_operation *operation);

#endif
