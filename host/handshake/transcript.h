/* SPDX-License-Identifier: Apache-2.0 */
/* The running hash over all handshake messages: RFC 8446 section 4.4.1, RFC 5246 section 7.4.9. */
#ifndef LK_HANDSHAKE_TRANSCRIPT_H
#define LK_HANDSHAKE_TRANSCRIPT_H

#include "handshake/digest.h"

#include <openssl/evp.h>
#include <stdbool.h>

/**
 * Keeps the bytes of the first messages until the hash function is known, and of all as long as keeps_all is set: the
 * CertificateVerify of TLS 1.2 signs them by a hash function of its own. All zeros is an empty transcript.
 */
typedef struct lk_transcript {
    lk_hash hash;
    EVP_MD_CTX *context; /* NULL until the hash function is known */
    uint8_t *kept;       /* what was said before that, or all of it */
    size_t kept_length;
    bool keeps_all;
} lk_transcript;

/** Adds a message, header included. @return NO_MEMORY, CRYPTO. */
lk_error lk_transcript_add(lk_transcript *transcript, const uint8_t *message, size_t length);

/** Fixes the hash function and hashes what was kept. @return NO_MEMORY, CRYPTO. */
lk_error lk_transcript_choose(lk_transcript *transcript, lk_hash hash);

/** Puts the message_hash in place of the first ClientHello, as HelloRetryRequest demands. @return CRYPTO. */
lk_error lk_transcript_retry(lk_transcript *transcript);

/** The hash so far; out receives the hash's length. @return CRYPTO. */
lk_error lk_transcript_now(const lk_transcript *transcript, uint8_t *out);

/**
 * The hash of SSL 3.0, whose function is LK_HASH_MD5_SHA1: MD5(master + pad_2 + MD5(messages + sender + master +
 * pad_1)), and the like with SHA-1 (RFC 6101 sections 5.6.8 and 5.6.9). sender: four letters for a Finished, "" for a
 * CertificateVerify. master has 48 bytes. @return CRYPTO, WRONG_STATE.
 */
lk_error lk_transcript_ssl3(const lk_transcript *transcript, const char *sender, const uint8_t *master, uint8_t *out);

/**
 * The hash as it would be with a message behind what was said, which is not added; hash is that of the transcript where
 * it is known. @return CRYPTO, NO_MEMORY, WRONG_STATE (it is another).
 */
lk_error lk_transcript_with(const lk_transcript *transcript, lk_hash hash, const uint8_t *message, size_t length,
                            uint8_t *out);

/** Makes to, which is empty, as from is, but that it keeps no bytes. @return NO_MEMORY, CRYPTO, WRONG_STATE where the
 * hash function is not known. */
lk_error lk_transcript_copy(lk_transcript *to, const lk_transcript *from);

/** Forgets the bytes that were kept, and keeps none any more. The hash function must be known. */
void lk_transcript_forget(lk_transcript *transcript);

void lk_transcript_free(lk_transcript *transcript);

#endif
