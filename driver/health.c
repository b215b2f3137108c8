/* SPDX-License-Identifier: Apache-2.0 */
#include "health.h"

#include "protocol/protocol.h"

#include <time.h>

enum { RESET_TIMEOUT = 200 /* ms */, VENDOR_OUT = 0x40 };

int64_t lk_health_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static uint64_t read_counter(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

/* There is one writer: no locked instruction is needed. */
static void add(_Atomic uint64_t *counter, uint64_t more)
{
    atomic_store_explicit(counter, read_counter(counter) + more, memory_order_relaxed);
}

void lk_health_begin(lk_health *health)
{
    if (health)
        add(&health->in_flight, 1);
}

static unsigned bucket_of(uint64_t microseconds)
{
    unsigned bucket = 0;
    for (; microseconds > 0 && bucket < LK_LATENCY_BUCKETS - 1; microseconds >>= 1)
        bucket++;
    return bucket;
}

void lk_health_end(lk_health *health, lk_direction_kind kind, int64_t began)
{
    if (!health)
        return;
    lk_health_latency *latency = &health->latency[kind];
    uint64_t microseconds = (uint64_t)(lk_health_now() - began) / 1000;
    add(&health->in_flight, UINT64_MAX); /* one less */
    add(&latency->count, 1);
    add(&latency->microseconds, microseconds);
    add(&latency->buckets[bucket_of(microseconds)], 1);
    if (microseconds > read_counter(&latency->longest))
        atomic_store_explicit(&latency->longest, microseconds, memory_order_relaxed);
}

void lk_health_beat(lk_health *health)
{
    if (health)
        add(&health->heartbeats, 1);
}

void lk_health_lose(lk_health *health, lk_transport *transport, lk_error reason)
{
    lk_error error = LK_ERROR_DEVICE_LOST;
    if (reason != LK_ERROR_DEVICE_LOST)
        error = transport->methods->control(transport, VENDOR_OUT, LK_REQUEST_STREAM_RESET, 0, 0, NULL, 0, NULL,
                                            RESET_TIMEOUT);
    if (!health)
        return;
    atomic_store_explicit(&health->lost, (int)reason, memory_order_relaxed);
    atomic_store_explicit(&health->in_flight, 0, memory_order_relaxed);
    add(&health->losses, 1);
    add(&health->resets, error == LK_OK);
}

void lk_health_recover(lk_health *health)
{
    atomic_store_explicit(&health->lost, LK_OK, memory_order_relaxed);
    add(&health->recoveries, 1);
}

static void latency_get(const lk_health_latency *latency, lk_latency *told)
{
    told->count = read_counter(&latency->count);
    told->microseconds = read_counter(&latency->microseconds);
    told->longest = read_counter(&latency->longest);
    for (unsigned i = 0; i < LK_LATENCY_BUCKETS; i++)
        told->buckets[i] = read_counter(&latency->buckets[i]);
}

void lk_health_get(const lk_health *health, lk_device_health *told)
{
    told->lost = (lk_error)atomic_load_explicit(&health->lost, memory_order_relaxed);
    told->in_flight = read_counter(&health->in_flight);
    told->heartbeats = read_counter(&health->heartbeats);
    told->losses = read_counter(&health->losses);
    told->resets = read_counter(&health->resets);
    told->recoveries = read_counter(&health->recoveries);
    latency_get(&health->latency[LK_SEAL], &told->seal);
    latency_get(&health->latency[LK_OPEN], &told->open);
}

uint64_t lk_device_latency_bound(const lk_latency *latency, unsigned per_mille)
{
    uint64_t total = 0, below = 0;
    for (unsigned i = 0; i < LK_LATENCY_BUCKETS; i++)
        total += latency->buckets[i];
    for (unsigned i = 0; i < LK_LATENCY_BUCKETS; i++) {
        below += latency->buckets[i];
        if (total > 0 && below * 1000 >= total * per_mille)
            return UINT64_C(1) << i;
    }
    return 0;
}
