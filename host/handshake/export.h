/* SPDX-License-Identifier: Apache-2.0 */
/* What a handshake leaves to derive key material for others from, and to bind them to the connection: RFC 5705, RFC
 * 8446 section 7.5, RFC 5929, RFC 9266. */
#ifndef LK_HANDSHAKE_EXPORT_H
#define LK_HANDSHAKE_EXPORT_H

#include <latchkey/connection.h>

#include "handshake/digest.h"
#include "handshake/prf.h"

/* Up to TLS 1.2: what libcrypto's PRF takes of label, randoms and context together. */
enum { LK_EXPORT_SEED_MAX = LK_PRF_SEED_MAX, LK_EXPORT_SECRET_MAX = 64 };

/** Of the last handshake that is complete; all zeros before there is one. */
typedef struct lk_exporter {
    bool complete;
    bool own;  /* no other connection can have the same secrets: TLS 1.3, or the extended master secret */
    bool kept; /* secret is there */
    lk_hash hash;
    uint8_t secret[LK_EXPORT_SECRET_MAX]; /* TLS 1.3: exporter_master_secret; before: the master secret */
    uint8_t randoms[2 * LK_RANDOM_LENGTH];
    uint8_t finished[LK_CHANNEL_BINDING_BYTES]; /* up to TLS 1.2: verify_data of the first Finished */
    size_t finished_length;
} lk_exporter;

typedef struct lk_handshake lk_handshake;

/** The handshake is complete: keeps what is needed later, before the rest is erased. */
void lk_export_keep(lk_handshake *handshake);

/** What lk_connection_export() does. */
lk_error lk_handshake_export(const lk_handshake *handshake, const char *label, const uint8_t *context,
                             size_t context_length, uint8_t *out, size_t length);

/** What lk_connection_channel_binding() does. */
lk_error lk_handshake_channel_binding(const lk_handshake *handshake, lk_channel_binding kind, uint8_t *out,
                                      size_t *length);

#endif
