/* SPDX-License-Identifier: Apache-2.0 */
/* The key schedule of TLS 1.3, RFC 8446 section 7: from the key exchange to traffic keys. */
#ifndef LK_HANDSHAKE_KEY_SCHEDULE_H
#define LK_HANDSHAKE_KEY_SCHEDULE_H

#include "handshake/digest.h"
#include "record/engine.h"

/** The running secret: early, then handshake, then master. Wipe it with lk_key_schedule_wipe(). */
typedef struct lk_key_schedule {
    lk_hash hash;
    uint8_t secret[LK_HASH_MAX]; /* lk_hash_length(hash) bytes */
} lk_key_schedule;

/** Early Secret without a pre-shared key. @return CRYPTO. */
lk_error lk_key_schedule_start(lk_key_schedule *schedule, lk_hash hash);

/** Early Secret with a pre-shared key. @return CRYPTO. */
lk_error lk_key_schedule_resume(lk_key_schedule *schedule, lk_hash hash, const uint8_t *key, size_t length);

/** The binder (section 4.2.11.2) of a pre-shared key, from resumption or external; the hash's length. @return CRYPTO.
 */
lk_error lk_psk_binder(lk_hash hash, bool external, const uint8_t *key, size_t length, const uint8_t *transcript_hash,
                       uint8_t *out);

/** Handshake Secret from the (EC)DHE shared secret. @return CRYPTO. */
lk_error lk_key_schedule_handshake(lk_key_schedule *schedule, const uint8_t *shared, size_t length);

/** Master Secret. @return CRYPTO. */
lk_error lk_key_schedule_master(lk_key_schedule *schedule);

/** Derive-Secret(secret, label, messages), given the transcript hash; out receives the hash's length. @return CRYPTO.
 */
lk_error lk_key_schedule_derive(const lk_key_schedule *schedule, const char *label, const uint8_t *transcript_hash,
                                uint8_t *out);

/** Erases the running secret. */
void lk_key_schedule_wipe(lk_key_schedule *schedule);

/** HKDF-Expand-Label (section 7.1). secret has the hash's length. @return INVALID_ARGUMENT for what does not fit,
 * CRYPTO. */
lk_error lk_hkdf_expand_label(lk_hash hash, const uint8_t *secret, const char *label, const uint8_t *context,
                              size_t context_length, uint8_t *out, size_t length);

/** Write key and IV of a traffic secret (section 7.3) into parameters, whose cipher is set. @return CRYPTO. */
lk_error lk_traffic_keys(lk_hash hash, const uint8_t *secret, lk_direction_parameters *parameters);

/** The next application traffic secret in place of this one (section 7.2). @return CRYPTO. */
lk_error lk_traffic_update(lk_hash hash, uint8_t *secret);

/** The key of Finished messages that belongs to a traffic secret (section 4.4.4); the hash's length. @return CRYPTO. */
lk_error lk_finished_key(lk_hash hash, const uint8_t *secret, uint8_t *out);

/** verify_data under such a key. @return CRYPTO. */
lk_error lk_finished_verify_data_by(lk_hash hash, const uint8_t *key, const uint8_t *transcript_hash, uint8_t *out);

/** verify_data of a Finished (section 4.4.4) under a handshake traffic secret; the hash's length. @return CRYPTO. */
lk_error lk_finished_verify_data(lk_hash hash, const uint8_t *secret, const uint8_t *transcript_hash, uint8_t *out);

#endif
