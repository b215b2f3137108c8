/* SPDX-License-Identifier: Apache-2.0 */
/* The pair of engines from inside: failover.c keeps order and redoes what is lost, placed.c spreads records over both.
 */
#ifndef LK_RECORD_FAILOVER_H
#define LK_RECORD_FAILOVER_H

#include "record/placement.h"

enum { LK_FAILOVER_IN_FLIGHT = 16 }; /* in each direction; a record layer has half as many */

typedef struct lk_failover_direction {
    lk_direction base;
    lk_direction *actual; /* NULL: not opened yet; or the preferred engine was lost, and software could not take over */
    bool preferred;       /* actual belongs to the preferred engine, or would */
    lk_error dead;        /* why actual is NULL */
    bool placed;          /* each record goes where the placer says */
    lk_direction *beside; /* placed: in software, while preferred; NULL: none yet */
    uint64_t lowest;      /* placed, sealing: the lowest number that may still be sealed */
    bool last_beside;     /* the last record was made there */
    /* For the preferred engine alone: what it takes to start again in software. */
    lk_direction_parameters parameters;
    lk_operation shadows[LK_FAILOVER_IN_FLIGHT]; /* rings */
    lk_operation *originals[LK_FAILOVER_IN_FLIGHT];
    size_t first, count;
    /* Of the operations in flight, how many were submitted before the key was replaced; 0: parameters are those of all.
     */
    size_t old;
    lk_direction_parameters replacement; /* behind them */
    struct lk_failover_direction *next, **link;
} lk_failover_direction;

typedef struct lk_failover {
    lk_engine base;
    lk_engine *preferred, *software; /* borrowed */
    lk_placer *placer;               /* borrowed; NULL: the preferred engine has all that it can take */
    lk_failover_direction *directions;
    lk_error reason;
    uint64_t count, counts[LK_FALLBACK_COUNT], retries;
} lk_failover;

/** Gives operations to the preferred engine, which has the direction. OK without all of them taken: it is lost, and the
 * direction is software's. */
lk_error lk_failover_submit_preferred(lk_failover_direction *direction, lk_operation *const *operations, size_t count,
                                      size_t *accepted);

/** Gives the direction to software, which does what is in flight. */
void lk_failover_leave(lk_failover_direction *direction, lk_error reason);

/* Directions whose records are placed one by one (placed.c). */

/** Whether records must stay with one engine: up to TLS 1.0 a CBC record follows from the one before, and so does one
 * of a key stream. */
bool lk_failover_chained(const lk_direction_parameters *parameters);

/** Submits each operation where it is cheaper. Returns before all are submitted when the preferred engine is left. */
lk_error lk_failover_submit_placed(lk_failover_direction *direction, lk_operation *const *operations, size_t count,
                                   size_t *accepted);

/** Refuses a sealing operation whose number was sealed before, whichever engine did it (P2). True: it is done. */
bool lk_failover_refuse(const lk_failover_direction *direction, lk_operation *operation);

/** Remembers the number of an operation that was taken. */
void lk_failover_remember(lk_failover_direction *direction, const lk_operation *operation);

/** Closes what is in software beside the preferred engine. */
void lk_failover_close_beside(lk_failover_direction *direction);

#endif
