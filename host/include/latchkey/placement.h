/* SPDX-License-Identifier: Apache-2.0 */
/* Where LK_ENGINE_AUTO has records made, and why (P7). */
#ifndef LATCHKEY_PLACEMENT_H
#define LATCHKEY_PLACEMENT_H

#include <latchkey/config.h>

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One row a reason why a record went where it went: X(name, sentence). */
#define LK_PLACEMENT_TABLE(X)                                                                                          \
    X(DEVICE_CHEAPER, "to the device: it costs less there, in processor time and in waiting")                          \
    X(SOFTWARE_CHEAPER, "to software: the device would cost more, in processor time and in waiting")                   \
    X(QUEUED, "to software: too much waits for the device already")                                                    \
    X(NO_SLOT, "to software: the device has no slot left, and none of its directions is idle")                         \
    X(URGENT, "to software: alerts and handshake messages wait for nothing")                                           \
    X(CHAINED, "where its direction began: such a record follows from the one before")

typedef enum lk_placement_reason {
#define LK_PLACEMENT_ENUM(name, sentence) LK_PLACEMENT_##name,
    LK_PLACEMENT_TABLE(LK_PLACEMENT_ENUM)
#undef LK_PLACEMENT_ENUM
        LK_PLACEMENT_COUNT
} lk_placement_reason;

/** The reason's name without its prefix, in lower case, such as "device_cheaper". Never NULL. */
const char *lk_placement_name(lk_placement_reason reason);

/** One sentence for a person. Never NULL. */
const char *lk_placement_sentence(lk_placement_reason reason);

enum { LK_PLACEMENT_LENGTHS = 4 };

/** What a record of one length costs, in nanoseconds, and where one would go now. */
typedef struct lk_placement_cost {
    uint64_t length;           /* of its plaintext */
    uint64_t software;         /* processor time in software, which is all the time that it takes there */
    uint64_t device_processor; /* processor time for the way to the device and back */
    uint64_t device_wait;      /* from submission to completion, on a device that has nothing else to do */
    uint64_t device_interval;  /* between two completions, when the device has enough to do */
    bool device;               /* with the load and the queue of this moment */
} lk_placement_cost;

/** What was measured, and what came of it. */
typedef struct lk_placement {
    bool measured;      /* the rest says something: the policy is LK_ENGINE_AUTO, and there is a device */
    const char *cipher; /* with which both were measured; those below are costs with it */
    uint64_t load;      /* thousandths of the time lately that the thread was busy */
    uint64_t queued;    /* bytes that the device had to do when a record was placed last */
    lk_placement_cost costs[LK_PLACEMENT_LENGTHS]; /* of a record, by its length */
    uint64_t records[LK_PLACEMENT_COUNT];          /* by reason */
    uint64_t bytes[LK_PLACEMENT_COUNT];            /* of plaintext in them */
} lk_placement;

/** What placement of the configuration's connections goes by. May be called from any thread. */
void lk_config_placement_get(const lk_config *config, lk_placement *placement);

#ifdef __cplusplus
}
#endif

#endif
