/* SPDX-License-Identifier: Apache-2.0 */
#include "record/placement.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* ns that a record may wait for those in front of it; and how much the queue must shrink before it may again. */
#define QUEUE_MAX    INT64_C(5000000)
#define QUEUE_RESUME (QUEUE_MAX / 2)
/* ns over which the load is taken at the least. */
#define LOAD_WINDOW INT64_C(20000000)

enum {
    WHOLE = 1000,    /* thousandths */
    LOAD_MEMORY = 4, /* windows that the load goes by, about */
    MARGIN = 5       /* a price must be lower by one of so many parts before sides are changed */
};

const size_t lk_costs_lengths[LK_PLACEMENT_LENGTHS] = {64, 1024, 4096, LK_RECORD_PLAINTEXT_MAX};

static const char *const sentences[] = {
#define PLACEMENT_SENTENCE(name, sentence) sentence,
    LK_PLACEMENT_TABLE(PLACEMENT_SENTENCE)
#undef PLACEMENT_SENTENCE
};

static const char *const names[] = {
    [LK_PLACEMENT_DEVICE_CHEAPER] = "device_cheaper",
    [LK_PLACEMENT_SOFTWARE_CHEAPER] = "software_cheaper",
    [LK_PLACEMENT_QUEUED] = "queued",
    [LK_PLACEMENT_NO_SLOT] = "no_slot",
    [LK_PLACEMENT_URGENT] = "urgent",
    [LK_PLACEMENT_CHAINED] = "chained",
};

_Static_assert(sizeof names / sizeof names[0] == LK_PLACEMENT_COUNT, "every reason has a name");

struct lk_placer {
    lk_costs costs;
    bool cheaper[LK_COSTS_CIPHERS][LK_PLACEMENT_LENGTHS]; /* records up to that length are the preferred engine's */
    bool full;                                            /* too much is queued */
    int64_t since, busy_since;                            /* of the load's window; 0 before the first one */
    _Atomic uint64_t load, queued;
    _Atomic uint64_t records[LK_PLACEMENT_COUNT], bytes[LK_PLACEMENT_COUNT];
};

const char *lk_placement_name(lk_placement_reason reason)
{
    return (unsigned)reason < LK_PLACEMENT_COUNT ? names[reason] : "unknown";
}

const char *lk_placement_sentence(lk_placement_reason reason)
{
    return (unsigned)reason < LK_PLACEMENT_COUNT ? sentences[reason] : "for a reason that has no name here";
}

lk_placer *lk_placer_new(const lk_costs *costs)
{
    lk_placer *placer = calloc(1, sizeof *placer);
    if (placer)
        placer->costs = *costs;
    return placer;
}

void lk_placer_free(lk_placer *placer)
{
    free(placer);
}

void lk_placer_tick(lk_placer *placer, int64_t now, int64_t busy)
{
    int64_t passed = now - placer->since, worked = busy - placer->busy_since;
    bool begins = placer->since == 0 || worked < 0; /* another thread's clock */
    if (!begins && passed < LOAD_WINDOW)
        return;
    if (!begins) {
        uint64_t share = worked >= passed ? WHOLE : (uint64_t)(worked * WHOLE / passed);
        uint64_t load = atomic_load_explicit(&placer->load, memory_order_relaxed);
        int64_t windows = passed / LOAD_WINDOW;
        if (windows >= LOAD_MEMORY) /* what was before is long ago */
            load = share;
        for (; windows > 0 && windows < LOAD_MEMORY; windows--)
            load = (load * (LOAD_MEMORY - 1) + share + LOAD_MEMORY / 2) / LOAD_MEMORY;
        atomic_store_explicit(&placer->load, load, memory_order_relaxed);
    }
    placer->since = now;
    placer->busy_since = busy;
}

/* The first of the lengths that were measured that is not less; the last one for what is longer. */
static size_t class_of(size_t length)
{
    size_t i = 0;
    while (i + 1 < LK_PLACEMENT_LENGTHS && lk_costs_lengths[i] < length)
        i++;
    return i;
}

/* What a length costs, on the line between those that were measured beside it. */
static uint64_t cost_at(const uint64_t *costs, size_t length)
{
    size_t i = class_of(length);
    if (i == 0)
        return costs[0];
    uint64_t from = lk_costs_lengths[i - 1], to = lk_costs_lengths[i];
    if (length > to)
        length = to; /* a record's overhead */
    return costs[i] < costs[i - 1] ? costs[i]
                                   : costs[i - 1] + (costs[i] - costs[i - 1]) * (length - from) / (to - from);
}

static uint64_t queue_time(const lk_costs *costs, size_t queued)
{
    return costs->interval[LK_PLACEMENT_LENGTHS - 1] * queued / LK_RECORD_PLAINTEXT_MAX;
}

/* Whether the preferred engine is the cheaper one, by more than a margin where that would be a change. */
static bool is_cheaper(const lk_placer *placer, unsigned cipher, size_t length, size_t queued, bool before)
{
    const lk_costs *costs = &placer->costs;
    uint64_t software = cost_at(costs->software[cipher], length);
    uint64_t wait = cost_at(costs->wait, length) + queue_time(costs, queued);
    uint64_t idle = WHOLE - atomic_load_explicit(&placer->load, memory_order_relaxed);
    uint64_t device = cost_at(costs->processor, length) + wait * idle / WHOLE;
    return before ? device * (MARGIN - 1) < software * MARGIN : device * MARGIN < software * (MARGIN - 1);
}

lk_placement_reason lk_placer_place(lk_placer *placer, const lk_cipher *cipher, size_t length, size_t queued)
{
    unsigned id = (unsigned)cipher->id;
    atomic_store_explicit(&placer->queued, queued, memory_order_relaxed);
    if (id >= LK_COSTS_CIPHERS || placer->costs.software[id][0] == 0)
        return LK_PLACEMENT_SOFTWARE_CHEAPER;
    bool *cheaper = &placer->cheaper[id][class_of(length)];
    uint64_t time = queue_time(&placer->costs, queued);
    placer->full = time > (placer->full ? QUEUE_RESUME : QUEUE_MAX);
    if (placer->full && is_cheaper(placer, id, length, 0, *cheaper))
        return LK_PLACEMENT_QUEUED;
    *cheaper = is_cheaper(placer, id, length, queued, *cheaper);
    return *cheaper ? LK_PLACEMENT_DEVICE_CHEAPER : LK_PLACEMENT_SOFTWARE_CHEAPER;
}

void lk_placer_count(lk_placer *placer, lk_placement_reason reason, size_t length)
{
    atomic_fetch_add_explicit(&placer->records[reason], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&placer->bytes[reason], length, memory_order_relaxed);
}

void lk_placer_report(const lk_placer *placer, lk_placement *placement)
{
    memset(placement, 0, sizeof *placement);
    placement->cipher = "";
    if (!placer)
        return;
    const lk_costs *costs = &placer->costs;
    const lk_cipher *cipher = lk_cipher_find(costs->cipher);
    placement->measured = true;
    placement->cipher = cipher ? cipher->title : "";
    placement->load = atomic_load_explicit(&placer->load, memory_order_relaxed);
    placement->queued = atomic_load_explicit(&placer->queued, memory_order_relaxed);
    for (size_t i = 0; i < LK_PLACEMENT_LENGTHS; i++)
        placement->costs[i] = (lk_placement_cost){
            .length = lk_costs_lengths[i],
            .software = costs->software[costs->cipher][i],
            .device_processor = costs->processor[i],
            .device_wait = costs->wait[i],
            .device_interval = costs->interval[i],
            .device = is_cheaper(placer, costs->cipher, lk_costs_lengths[i], placement->queued, false)};
    for (size_t i = 0; i < LK_PLACEMENT_COUNT; i++) {
        placement->records[i] = atomic_load_explicit(&placer->records[i], memory_order_relaxed);
        placement->bytes[i] = atomic_load_explicit(&placer->bytes[i], memory_order_relaxed);
    }
}
