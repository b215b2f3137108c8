/* SPDX-License-Identifier: Apache-2.0 */
/* What a direction may be protected with, asked of the engine. */
#ifndef LK_TESTS_PROTECTION_H
#define LK_TESTS_PROTECTION_H

#include "record/engine.h"
#include "rtl/record/engine_port.h"

/* A version with a cipher. */
typedef struct session_protection {
    uint16_t version;
    uint8_t cipher;
    bool encrypt_then_mac; /* CBC alone */
} session_protection;

enum { SESSION_PROTECTIONS_MAX = 64 };

/**
 * All that the engine says it has in the facts CIPHERS and VERSIONS, and that the software engine has, too: what an
 * engine learns is tested from then on. @return how many.
 */
size_t session_find_protections(engine_port *port, const lk_engine *software,
                                session_protection protections[SESSION_PROTECTIONS_MAX]);

/** A direction with keys and IV made of the seed. */
lk_direction_parameters session_protected(lk_direction_kind kind, session_protection protection, uint8_t seed);

/** The bytes of IV that stand in front of the plaintext in SEAL: CBC from TLS 1.1 on. */
size_t session_payload_iv(const lk_direction_parameters *parameters);

/** True where a record is decrypted with what the record before it ended in: CBC up to TLS 1.0. */
bool session_is_chained(const lk_direction_parameters *parameters);

#endif
