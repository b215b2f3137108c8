/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the record layer share: keys, plaintexts, and records made by libcrypto without our code. */
#ifndef LK_TESTS_RECORD_SUPPORT_H
#define LK_TESTS_RECORD_SUPPORT_H

#include "record/record.h"

/** Parameters with a key and an IV that depend on seed alone. */
lk_direction_parameters support_parameters(lk_direction_kind kind, uint16_t version, const lk_cipher *cipher,
                                           uint8_t seed);

/** Bytes that differ from record to record, and never a long run of zeros. */
void support_fill(uint8_t *bytes, size_t length, uint32_t seed);

/** Opens a direction, or fails the test. */
lk_direction *support_open(lk_engine *engine, const lk_direction_parameters *parameters);

/** A software engine, or fails the test. */
lk_engine *support_software(void);

/** Has a direction do one operation, waiting for the engine as long as it takes. Returns its status. */
lk_error support_run(lk_direction *direction, lk_operation *operation);

typedef struct reference_record {
    uint8_t content_type;
    uint64_t sequence;
    uint64_t nonce_difference; /* TLS 1.2: the explicit nonce is the sequence number XOR this */
    const uint8_t *plaintext;
    size_t length;
    size_t padding;
} reference_record;

/** The whole record as the RFCs say it must be, made by plain EVP calls. Returns its length. */
size_t reference_seal(const lk_direction_parameters *parameters, const reference_record *record, uint8_t *output);

#endif
