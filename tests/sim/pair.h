/* SPDX-License-Identifier: Apache-2.0 */
/* A board, opened by the real driver, and the software engine beside it: each record is made by both. */
#ifndef LK_TESTS_SIM_PAIR_H
#define LK_TESTS_SIM_PAIR_H

#include <latchkey/device.h>

#include "record/engine.h"

enum { PAIR_BATCH = 8, PAIR_WAIT = 60000 /* ms that a batch may take */ };

typedef struct engine_pair {
    lk_device *device;
    lk_engine *board;
    lk_engine *software;
} engine_pair;

/* One direction on both. */
typedef struct pair_direction {
    lk_direction *board;
    lk_direction *software;
} pair_direction;

/** Opens a device by its URI; sim: is registered first. */
void pair_open(engine_pair *pair, const char *uri);
void pair_close(engine_pair *pair);

pair_direction pair_direction_open(engine_pair *pair, const lk_direction_parameters *parameters);
void pair_direction_close(pair_direction *direction);

/** A direction with this key and IV; the second one of AES-128-GCM. */
lk_direction_parameters pair_protected(lk_direction_kind kind, uint16_t version, lk_cipher_id cipher,
                                       const uint8_t *key, const uint8_t *iv, uint64_t first_sequence);
lk_direction_parameters pair_parameters(lk_direction_kind kind, uint16_t version, const uint8_t *key, const uint8_t *iv,
                                        uint64_t first_sequence);

/** Runs up to PAIR_BATCH operations on an engine until all are done. */
void pair_run(lk_engine *engine, lk_direction *direction, lk_operation *operations, size_t count);

/** A deterministic generator: the same numbers on each run. */
uint32_t pair_random(void);
void pair_random_bytes(uint8_t *bytes, size_t length);

#endif
