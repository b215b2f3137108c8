/* SPDX-License-Identifier: Apache-2.0 */
/* The pair of engines from inside: failover.c keeps order and redoes what is lost, placed.c spreads records over both.
 */
#ifndef LK_RECORD_FAILOVER_H
#define LK_RECORD_FAILOVER_H

#include "record/placement.h"

enum { LK_FAILOVER_IN_FLIGHT = 16 }; /* in each direction; a record layer has half as many */

typedef struct lk_failover_direction {
    lk_direction base;
    lk_direction *actual; /* NULL: see preferred; otherwise software could not take over */
    bool preferred;       /* actual belongs to the preferred engine; or would, and is NULL as long as it has no slot */
    lk_error dead;        /* why software could not */
    /* Where each record may go to either engine: */
    bool placed;
    lk_direction *beside; /* in software, while preferred; NULL: none yet */
    uint64_t lowest;      /* sealing: the lowest number that may still be sealed */
    bool last_beside;     /* the last record was made there */
    lk_seat seat;         /* while it has a slot of the preferred engine */
    bool waits;           /* it wanted a slot, and there was none */
    int64_t try_next;     /* ns of the monotonic clock: when it asks again */
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
    lk_engine *origin;               /* borrowed: what was given as the preferred engine, which may stand for several */
    lk_engine *preferred, *software; /* borrowed; preferred: the one of origin's in use, or NULL while there is none */
    lk_placer *placer;               /* borrowed; NULL: the preferred engine has all that it can take */
    lk_failover_direction *directions;
    lk_error reason;
    uint64_t count, counts[LK_FALLBACK_COUNT], retries;
} lk_failover;

/** Gives operations to the preferred engine, which has the direction. OK without all of them taken: the direction has
 * left it. */
lk_error lk_failover_submit_preferred(lk_failover_direction *direction, lk_operation *const *operations, size_t count,
                                      size_t *accepted);

/** Counts a direction that went to software. */
void lk_failover_count(lk_failover *engine, lk_error reason);

/** Takes the direction from the preferred engine; software does what is in flight. One that is not placed stays there.
 */
void lk_failover_leave(lk_failover_direction *direction, lk_error reason);

/* Directions whose records may go to either engine (placed.c). */

/** Whether records must stay with one engine: up to TLS 1.0 a CBC record follows from the one before, and so does one
 * of a key stream. */
bool lk_failover_chained(const lk_direction_parameters *parameters);

/**
 * Opens the direction in the preferred engine, unless that was tried just now. Where all slots are taken, the coldest
 * direction there is has to give its up, and this one waits for it in software.
 * @return whether it is there.
 */
bool lk_failover_take_slot(lk_failover_direction *direction);

/** Submits each operation where it is cheaper; all to the preferred engine, as far as it has a slot, without a placer.
 * Returns before all are submitted when the preferred engine is left. */
lk_error lk_failover_submit_placed(lk_failover_direction *direction, lk_operation *const *operations, size_t count,
                                   size_t *accepted);

/** Leaves the preferred engine for now: software makes what is in flight, in order. */
void lk_failover_step_aside(lk_failover_direction *direction, lk_error reason);

/** Refuses a sealing operation whose number was sealed before, whichever engine did it (P2). True: it is done. */
bool lk_failover_refuse(const lk_failover_direction *direction, lk_operation *operation);

/** The first operation in flight is over (failover.c). */
void lk_failover_drop_first(lk_failover_direction *direction);

/** Remembers the number of an operation that was taken. */
void lk_failover_remember(lk_failover_direction *direction, const lk_operation *operation);

/** Closes what is in software beside the preferred engine. */
void lk_failover_close_beside(lk_failover_direction *direction);

#endif
