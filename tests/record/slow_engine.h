/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The software engine, made to behave like a device: operations wait in queues, finish a few at a time when progress()
 * is called, and the whole engine can be lost. The records are real: it is the timing that is made up.
 */
#ifndef LK_TESTS_RECORD_SLOW_ENGINE_H
#define LK_TESTS_RECORD_SLOW_ENGINE_H

#include "record/engine.h"

/* Set at any time. */
typedef struct slow_settings {
    size_t per_progress; /* operations that one progress() finishes */
    size_t capacity;     /* operations that wait at once; more is ENGINE_BUSY */
    size_t dies_after;   /* the engine is lost before that many operations are finished and one more; SIZE_MAX: never */
    lk_error dies_with;
    bool revived;          /* it is there again, once nobody has a direction in it */
    bool dies_on_submit;   /* submit tells of the loss itself, otherwise the operations do */
    bool quiet;            /* progress does not tell of the loss; the operations do */
    bool replaces;         /* keys of directions can be replaced */
    size_t lies_at;        /* so many operations are finished before it says of one that it cannot be done */
    lk_error lies_with;    /* and says this; LK_OK: it never lies */
    lk_error refuses_with; /* what opening a direction gives, LK_OK: opens it */
    size_t slots;          /* directions at once; 0: any number */
    size_t finished;       /* operations finished so far */
    size_t most_waiting;   /* the most that ever waited at once */
    size_t directions;     /* open now */
    size_t replaced;       /* keys */
} slow_settings;

lk_engine *slow_engine_new(slow_settings **settings);

/** The software engine inside, which is not slow and is never lost. */
lk_engine *slow_engine_software(const lk_engine *slow);

/* What operations made by this engine say of it. */
extern const char slow_engine_name[];
enum { SLOW_ENGINE_SLOT = 7 };

#endif
