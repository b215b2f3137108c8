/* SPDX-License-Identifier: Apache-2.0 */
/* ChaCha20, Poly1305, ChaCha20-Poly1305 and lk_aead of rtl/crypto (lk_test_chacha.v), Verilated, behind C functions.
 * Bytes are in the order of RFC 8439. */
#ifndef LK_TESTS_CHACHA_MODEL_H
#define LK_TESTS_CHACHA_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { CHACHA_KEY = 32, CHACHA_NONCE = 12, CHACHA_BLOCK = 64, CHACHA_TAG = 16, CHACHA_AAD_MAX = 15 };

typedef struct chacha_model chacha_model;

/** A message for chacha_model_message. */
typedef struct chacha_message {
    const uint8_t *nonce; /* CHACHA_NONCE bytes */
    const uint8_t *next;  /* the nonce that is expected after it; NULL: one that will not come */
    const uint8_t *aad;
    size_t aad_length; /* 1 to CHACHA_AAD_MAX */
    const uint8_t *data;
    size_t length;   /* below 2^15 */
    bool decrypt;    /* data is ciphertext */
    unsigned stalls; /* of 256 cycles, how many have no byte to give */
} chacha_message;

/** What a message took, in cycles from start. */
typedef struct chacha_cycles {
    unsigned first; /* to the first byte of data; to the tag, without data */
    unsigned last;  /* to the last byte of data */
    unsigned tag;   /* to the tag */
} chacha_cycles;

/** Out of reset, at rest. NULL when memory is short. */
chacha_model *chacha_model_new(void);
void chacha_model_free(chacha_model *model);

/** Loads a key into ChaCha20 and the AEAD. */
void chacha_model_key(chacha_model *model, const uint8_t key[CHACHA_KEY]);

/** Wipes both keys; returns the cycles until that is done. */
unsigned chacha_model_wipe(chacha_model *model);

/** True when a bit is left in a memory that held a key, its keystream or a state made of it. */
bool chacha_model_leftover(chacha_model *model);

/** Blocks of keystream; those below `counter` are dropped; pause: cycles before each word is taken. As with a message,
 * `next` is the nonce expected next, or NULL. Returns the cycles it took; counter + blocks is below 2^10. */
unsigned chacha_model_blocks(chacha_model *model, const uint8_t nonce[CHACHA_NONCE], const uint8_t *next,
                             uint32_t counter, uint32_t blocks, unsigned pause, uint8_t *out);

/** Lets cycles pass. */
void chacha_model_rest(chacha_model *model, unsigned cycles);

/** Poly1305 of a message with a one-time key; returns the cycles from the first block to the tag. */
unsigned chacha_model_poly1305(chacha_model *model, const uint8_t key[CHACHA_KEY], const uint8_t *message,
                               size_t length, uint8_t tag[CHACHA_TAG]);

/** Encrypts or decrypts a message; gives the tag of its ciphertext. False when it does not end. */
bool chacha_model_message(chacha_model *model, const chacha_message *message, uint8_t *out, uint8_t tag[CHACHA_TAG],
                          chacha_cycles *cycles);

/** Begins a message and leaves it after so many cycles. */
void chacha_model_abandon(chacha_model *model, const uint8_t nonce[CHACHA_NONCE], unsigned cycles);

/* Who gets a key of lk_aead, and in what bits of a key may be. */
typedef enum chacha_pair_user {
    CHACHA_PAIR_GCM,
    CHACHA_PAIR_CHACHA,
    CHACHA_PAIR_CBC,
    CHACHA_PAIR_USERS
} chacha_pair_user;
enum { CHACHA_PAIR_HOLDS_AES = 1, CHACHA_PAIR_HOLDS_GCM = 2, CHACHA_PAIR_HOLDS_CHACHA = 4 };

/** Loads a key of 32 bytes into lk_aead; returns the cycles until it is ready. */
unsigned chacha_model_pair_key(chacha_model *model, chacha_pair_user user, const uint8_t key[CHACHA_KEY]);

/** The parts of lk_aead that hold a bit of a key. */
unsigned chacha_model_pair_holds(chacha_model *model);

#ifdef __cplusplus
}
#endif

#endif
