/* SPDX-License-Identifier: Apache-2.0 */
#include "connection/totals.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = sizeof(lk_statistics) / sizeof(uint64_t) };

_Static_assert(sizeof(lk_statistics) == FIELDS * sizeof(uint64_t), "lk_statistics is counters alone");

struct lk_totals {
    _Atomic uint64_t fields[FIELDS]; /* as they stand in lk_statistics */
};

lk_totals *lk_totals_new(void)
{
    return calloc(1, sizeof(lk_totals));
}

void lk_totals_free(lk_totals *totals)
{
    free(totals);
}

void lk_totals_add(lk_totals *totals, const lk_statistics *difference)
{
    uint64_t fields[FIELDS];
    memcpy(fields, difference, sizeof fields);
    for (size_t i = 0; i < FIELDS; i++)
        if (fields[i] != 0)
            atomic_fetch_add_explicit(&totals->fields[i], fields[i], memory_order_relaxed);
}

void lk_totals_get(const lk_totals *totals, lk_statistics *statistics)
{
    uint64_t fields[FIELDS];
    for (size_t i = 0; i < FIELDS; i++)
        fields[i] = atomic_load_explicit(&totals->fields[i], memory_order_relaxed);
    memcpy(statistics, fields, sizeof fields);
}
