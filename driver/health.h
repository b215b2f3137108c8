/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is told of a device's health (P7). One thread writes, the one that the device belongs to; any thread may read,
 * so every field is atomic, and none is waited for.
 */
#ifndef LK_DRIVER_HEALTH_H
#define LK_DRIVER_HEALTH_H

#include <latchkey/device.h>

#include "record/engine.h"
#include "transport/transport.h"

#include <stdatomic.h>

typedef struct lk_health_latency {
    _Atomic uint64_t count, microseconds, longest;
    _Atomic uint64_t buckets[LK_LATENCY_BUCKETS];
} lk_health_latency;

typedef struct lk_health {
    _Atomic int lost; /* an lk_error */
    _Atomic uint64_t in_flight, heartbeats, losses, resets, recoveries;
    lk_health_latency latency[2]; /* by lk_direction_kind */
} lk_health;

/** Nanoseconds of the monotonic clock. */
int64_t lk_health_now(void);

/* In all that follow, health may be NULL: then nothing is kept. */

/** An operation begins. */
void lk_health_begin(lk_health *health);

/** An operation of that kind, which began at that time, is over. */
void lk_health_end(lk_health *health, lk_direction_kind kind, int64_t began);

/** A board that had nothing to do has answered. */
void lk_health_beat(lk_health *health);

/**
 * The device is lost; where it may still be there, its keys are erased by a reset that waits no longer than a fifth of
 * a second for it.
 */
void lk_health_lose(lk_health *health, lk_transport *transport, lk_error reason);

/** It is there again. */
void lk_health_recover(lk_health *health);

void lk_health_get(const lk_health *health, lk_device_health *told);

#endif
