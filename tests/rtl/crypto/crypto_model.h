/* SPDX-License-Identifier: Apache-2.0 */
/* The ciphers of rtl/crypto (lk_test_crypto.v), Verilated, behind C functions. Blocks are bytes in the order of the
 * standards. */
#ifndef LK_TESTS_CRYPTO_MODEL_H
#define LK_TESTS_CRYPTO_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    CRYPTO_BLOCK = 16,
    CRYPTO_KEY_SHORT = 16,
    CRYPTO_KEY_LONG = 32,
    CRYPTO_DIGITS = 4,
    CRYPTO_NONCE = 12,
    CRYPTO_AAD_MAX = 15
};

typedef struct crypto_model crypto_model;

/** Out of reset, at rest. NULL when memory is short. */
crypto_model *crypto_model_new(void);
void crypto_model_free(crypto_model *model);

/** Loads a key of that many bytes, 16 or 32; returns the cycles until the round keys are ready. */
unsigned crypto_model_key(crypto_model *model, const uint8_t *key, size_t length);

/** Wipes the key and waits. */
void crypto_model_wipe(crypto_model *model);

/** The round key at that address, 0 to 15, as the cipher would read it. */
void crypto_model_round_key(crypto_model *model, uint8_t round, uint8_t round_key[CRYPTO_BLOCK]);

/** Encrypts or decrypts one block; returns the cycles it took. */
unsigned crypto_model_encrypt(crypto_model *model, const uint8_t in[CRYPTO_BLOCK], uint8_t out[CRYPTO_BLOCK]);
unsigned crypto_model_decrypt(crypto_model *model, const uint8_t in[CRYPTO_BLOCK], uint8_t out[CRYPTO_BLOCK]);

/** One message through CBC: how it goes in and comes out. */
typedef struct crypto_cbc {
    bool decrypt;
    const uint8_t *iv;
    unsigned in_stalls;  /* of 256 cycles, how many offer no byte, */
    unsigned out_stalls; /* and how many take none */
} crypto_cbc;

/**
 * A message of whole blocks; last: the block that is kept as the IV of a message behind it. Returns the cycles from the
 * first byte of the IV to the last of the message.
 */
unsigned crypto_model_cbc(crypto_model *model, const crypto_cbc *message, const uint8_t *in, size_t length,
                          uint8_t *out, uint8_t last[CRYPTO_BLOCK]);

/** Loads a key for AES-GCM alone. */
void crypto_model_gcm_key(crypto_model *model, const uint8_t *key, size_t length);

/** One message through AES-GCM. */
typedef struct crypto_gcm {
    bool decrypt;
    const uint8_t *nonce; /* CRYPTO_NONCE bytes */
    const uint8_t *aad;
    size_t aad_length; /* up to CRYPTO_AAD_MAX */
} crypto_gcm;

/** A message below 2^15 bytes, and its tag. */
void crypto_model_gcm(crypto_model *model, const crypto_gcm *message, const uint8_t *in, size_t length, uint8_t *out,
                      uint8_t tag[CRYPTO_BLOCK]);

/**
 * GHASH of whole blocks with every digit (4, 8, 16, 32 bits a cycle) at once; each takes a block as soon as the slowest
 * is ready. cycles: those of the digit of 4 bits from the first block to the result.
 */
void crypto_model_ghash(crypto_model *model, const uint8_t hash_key[CRYPTO_BLOCK], const uint8_t *blocks, size_t count,
                        uint8_t hashes[CRYPTO_DIGITS][CRYPTO_BLOCK], unsigned *cycles);

#ifdef __cplusplus
}
#endif

#endif
