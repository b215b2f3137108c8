/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Placement: which of two engines a record is given to. Each record has a price in either. In software that is
 * processor time. In the preferred engine it is the processor time of the way there and back, and the time that the
 * record waits, as far as the processor has nothing to do meanwhile: a busy thread loses nothing by waiting, an idle
 * one all of it. The cheaper engine has it. To change sides the other one must be cheaper by a fifth, so that a price
 * that sways moves nothing.
 *
 * One thread places, the one that the preferred engine belongs to; any thread may ask for the report.
 */
#ifndef LK_RECORD_PLACEMENT_H
#define LK_RECORD_PLACEMENT_H

#include <latchkey/placement.h>

#include "record/engine.h"

enum { LK_COSTS_CIPHERS = 32 };

/* Nanoseconds by length of plaintext (lk_costs_lengths). */
typedef struct lk_costs {
    uint64_t processor[LK_PLACEMENT_LENGTHS]; /* of the preferred engine, whatever the cipher */
    uint64_t wait[LK_PLACEMENT_LENGTHS];
    uint64_t interval[LK_PLACEMENT_LENGTHS];
    uint64_t software[LK_COSTS_CIPHERS][LK_PLACEMENT_LENGTHS]; /* 0: the preferred engine does not have that cipher */
    unsigned cipher;                                           /* with which the preferred engine was measured */
} lk_costs;

extern const size_t lk_costs_lengths[LK_PLACEMENT_LENGTHS];

/**
 * Measures both engines (measure.c). The preferred one has a quarter of a second: what it is too slow for is reckoned
 * from the shorter records. Neither may have a thread in it; the preferred one may be in use, and then is seen to be
 * slow.
 * @return ENGINE_UNSUPPORTED when they have no cipher in common, ENGINE_FULL, or why the preferred engine is lost.
 */
lk_error lk_costs_measure(lk_engine *preferred, lk_engine *software, lk_costs *costs);

/** NULL when memory is short. The costs are copied. */
lk_placer *lk_placer_new(const lk_costs *costs);

/** NULL is allowed. */
void lk_placer_free(lk_placer *placer);

/** Tells the time, and how much of it the thread was busy: nanoseconds of either clock. */
void lk_placer_tick(lk_placer *placer, int64_t now, int64_t busy);

/**
 * Where a record goes: to the preferred engine for DEVICE_CHEAPER alone. queued: bytes that the preferred engine has
 * still to do. It counts when lk_placer_count() is called.
 */
lk_placement_reason lk_placer_place(lk_placer *placer, const lk_cipher *cipher, size_t length, size_t queued);

/** A record went there for that reason. */
void lk_placer_count(lk_placer *placer, lk_placement_reason reason, size_t length);

/** NULL: nothing was measured. */
void lk_placer_report(const lk_placer *placer, lk_placement *placement);

#endif
