/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pseudorandom function of TLS 1.2 (RFC 5246 section 5) and what is made with it; with LK_HASH_MD5_SHA1 that of TLS
 * 1.0 and 1.1 (RFC 4346 section 5).
 */
#ifndef LK_HANDSHAKE_PRF_H
#define LK_HANDSHAKE_PRF_H

#include "handshake/digest.h"
#include "record/engine.h"

/* What libcrypto's PRF takes of label and seed together, in bytes. */
enum { LK_PRF_SEED_MAX = 1024 };

enum { LK_RANDOM_LENGTH = 32, LK_MASTER_SECRET_LENGTH = 48, LK_VERIFY_DATA_LENGTH = 12 };

/** PRF(secret, label, seed) with the suite's hash; label and seed together at most LK_PRF_SEED_MAX bytes. @return
 * INVALID_ARGUMENT, CRYPTO. */
lk_error lk_prf(lk_hash hash, const uint8_t *secret, size_t secret_length, const char *label, const uint8_t *seed,
                size_t seed_length, uint8_t *out, size_t length);

/** The master secret from the premaster secret and both randoms (RFC 5246 section 8.1). @return CRYPTO. */
lk_error lk_prf_master_secret(lk_hash hash, const uint8_t *premaster, size_t length, const uint8_t *client_random,
                              const uint8_t *server_random, uint8_t *master);

/** The extended master secret from the session hash (RFC 7627 section 4). @return CRYPTO. */
lk_error lk_prf_extended_master_secret(lk_hash hash, const uint8_t *premaster, size_t length,
                                       const uint8_t *session_hash, uint8_t *master);

/**
 * The keys of both directions (RFC 5246 section 6.3) into two sets of parameters whose version and cipher are set:
 * keys, MAC keys, and the implicit parts of the nonces or (up to TLS 1.0) the first IVs. SSL 3.0 has no PRF, and they
 * come from lk_ssl3_expand(). @return CRYPTO.
 */
lk_error lk_prf_keys(lk_hash hash, const uint8_t *master, const uint8_t *client_random, const uint8_t *server_random,
                     lk_direction_parameters *client, lk_direction_parameters *server);

/** verify_data of a Finished: label "client finished" or "server finished" (RFC 5246 section 7.4.9). @return CRYPTO. */
lk_error lk_prf_verify_data(lk_hash hash, const uint8_t *master, const char *label, const uint8_t *transcript_hash,
                            uint8_t *out);

#endif
