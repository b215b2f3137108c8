/* SPDX-License-Identifier: Apache-2.0 */
/* The sums of all connections of a configuration. Connections of several threads add to them, and any thread reads. */
#ifndef LK_CONNECTION_TOTALS_H
#define LK_CONNECTION_TOTALS_H

#include <latchkey/statistics.h>

typedef struct lk_totals lk_totals;

/** NULL when memory is short. */
lk_totals *lk_totals_new(void);

/** NULL is allowed. */
void lk_totals_free(lk_totals *totals);

/** Adds every field of it, as a difference to what was added before. */
void lk_totals_add(lk_totals *totals, const lk_statistics *difference);

void lk_totals_get(const lk_totals *totals, lk_statistics *statistics);

#endif
