/* SPDX-License-Identifier: Apache-2.0 */
/* What all connections of a configuration have done together (P7). */
#ifndef LATCHKEY_STATISTICS_H
#define LATCHKEY_STATISTICS_H

#include <latchkey/connection.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What all connections of a configuration have done. */
typedef struct lk_statistics {
    uint64_t connections;                  /* begun */
    uint64_t open;                         /* of them, not freed yet */
    uint64_t handshakes;                   /* of them, those whose first handshake is complete */
    uint64_t failures;                     /* of them, those that ended with an error */
    lk_direction_statistics sent;          /* to their peers */
    lk_direction_statistics received;      /* from their peers */
    uint64_t fallbacks[LK_FALLBACK_COUNT]; /* directions that went to software, by reason; NO_DEVICE: connections */
    uint64_t retries;                      /* records that a device left undone, and software made */
} lk_statistics;

/**
 * Sums up all connections that the configuration ever had. May be called from any thread while the configuration lives.
 * A connection adds what it did every 32 records, when a direction falls back, and when it is freed; so what is told is
 * late by less than 32 records of each open connection.
 */
void lk_config_statistics_get(const lk_config *config, lk_statistics *statistics);

#ifdef __cplusplus
}
#endif

#endif
