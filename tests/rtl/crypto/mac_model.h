/* SPDX-License-Identifier: Apache-2.0 */
/* lk_record_mac and the hashes of rtl/crypto (lk_test_mac.v), Verilated, behind C functions. */
#ifndef LK_TESTS_MAC_MODEL_H
#define LK_TESTS_MAC_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { MAC_SHA1 = 20, MAC_SHA256 = 32, MAC_HEADER = 13, MAC_BLOCK = 64, MAC_MEMORY = 64 };

typedef struct mac_model mac_model;

/** The kind of MAC. The key is as long as the MAC. */
typedef struct mac_kind {
    bool sha256;
    bool ssl3; /* with SHA-1 alone */
} mac_kind;

/** A message for mac_model_message. */
typedef struct mac_message {
    const uint8_t *header; /* MAC_HEADER bytes; SSL 3.0 leaves out the two at 9 */
    const uint8_t *data;
    size_t length;   /* of the data that counts */
    size_t stream;   /* of all data that comes: up to 2^15 - 1 */
    unsigned stalls; /* of 256 cycles, how many have no byte to give */
    unsigned seed;   /* of which these are */
} mac_message;

/** What a message took, in cycles from start. */
typedef struct mac_cycles {
    unsigned first; /* to the first byte of data; 0 without data */
    unsigned mac;   /* to the MAC; 0 when it does not end, or is not as it should be */
} mac_cycles;

/** Out of reset, at rest. NULL when memory is short. */
mac_model *mac_model_new(void);
void mac_model_free(mac_model *model);

/** How long a MAC of that kind is, and its key. */
size_t mac_model_size(mac_kind kind);

/** Loads a key; returns the cycles until a message may begin. */
unsigned mac_model_key(mac_model *model, mac_kind kind, const uint8_t *key);

/** Wipes everything; returns the cycles until that is done. */
unsigned mac_model_wipe(mac_model *model);

/** Resets everything, and waits until a key may come. */
void mac_model_reset(mac_model *model);

/** True when a bit is left in a register or a memory that held a key, a state made of it or a message. */
bool mac_model_leftover(mac_model *model);

/** The same, of the registers and the block alone, without the memory that keeps the states. */
bool mac_model_working(mac_model *model);

/** The memory that keeps the key or the states. */
void mac_model_memory(mac_model *model, uint8_t memory[MAC_MEMORY]);

/** The MAC of a message. It fails also when busy, mac_valid or a build with a single hash is not as it should be. */
mac_cycles mac_model_message(mac_model *model, mac_kind kind, const mac_message *message, uint8_t *mac);

/** What happens to the model in the middle of a message. */
typedef void mac_disturbance(const void *context);

/** Like mac_model_message, but for what happens after so many cycles. False when there is no MAC for a long time. */
bool mac_model_disturbed(mac_model *model, mac_kind kind, const mac_message *message, unsigned cycles,
                         mac_disturbance *disturb, const void *context, uint8_t *mac);

/** Begins a message and leaves it after so many cycles. */
void mac_model_abandon(mac_model *model, mac_kind kind, const mac_message *message, unsigned cycles);

/** The words of the initial state, or, when that is given, of a state, into the hash alone. What stood there goes out.
 */
void mac_model_hash_state(mac_model *model, bool sha256, const uint8_t *state, uint8_t *out);

/** Compresses one block; returns the cycles it took. */
unsigned mac_model_hash_block(mac_model *model, bool sha256, const uint8_t block[MAC_BLOCK], bool discard);

#ifdef __cplusplus
}
#endif

#endif
