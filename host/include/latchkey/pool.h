/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several boards as one engine. Each connection is with one of them, the one with the least to do when it begins, and
 * stays there as long as that board can be used; a connection whose board goes, or is drained, goes on in software at
 * once and soon on another board (with LK_ENGINE_AUTO and LK_ENGINE_PREFER_DEVICE). Boards may come and go at any time.
 *
 * Like a device, a pool and the connections on it belong to one thread at a time, and to one process.
 */
#ifndef LATCHKEY_POOL_H
#define LATCHKEY_POOL_H

#include <latchkey/device.h>

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lk_pool lk_pool;

/** An empty pool; NULL when memory is short. */
lk_pool *lk_pool_new(void);

/** Closes its boards. No connection may use it any more. NULL is allowed. */
void lk_pool_free(lk_pool *pool);

/**
 * Opens a board and takes it in; one that is there already stays. diagnosis: as in lk_device_open().
 * @return what lk_device_open() says; ENGINE_FULL when the pool has 64 boards.
 */
lk_error lk_pool_add(lk_pool *pool, const char *uri, char *diagnosis);

/**
 * Takes in all boards of a place ("usb:", "usbip:HOST:PORT"), now and, by lk_pool_care(), as they are plugged in.
 * Boards that somebody else uses are left alone.
 * @return DEVICE_URI, DEVICE_UNAVAILABLE, ENGINE_FULL when the pool has 16 places; that there are no boards now is OK.
 */
lk_error lk_pool_watch(lk_pool *pool, const char *uri, char *diagnosis);

/**
 * To be called now and then, at best each second: asks boards that have nothing to do for a sign of life, opens those
 * again that were lost, takes in new ones, closes those that are drained. May block as lk_device_open().
 */
void lk_pool_care(lk_pool *pool);

/**
 * Takes a board out of use, or into use again. Directions leave it as soon as nothing of them is in flight, and when
 * none is left, lk_pool_care() closes it: then it may be unplugged, or opened by somebody else. A connection for which
 * a device is required keeps it to its end.
 * @return DEVICE_NOT_FOUND when the pool does not have it.
 */
lk_error lk_pool_drain(lk_pool *pool, const char *uri, bool drained);

/** The engine, for lk_config_set_engine(): what all boards can that are in use. Borrowed. */
lk_engine *lk_pool_engine(lk_pool *pool);

typedef enum lk_pool_state {
    LK_POOL_USED,
    LK_POOL_LOST,     /* lk_device_health_get() says why */
    LK_POOL_DRAINING, /* directions are still to leave */
    LK_POOL_DRAINED   /* closed */
} lk_pool_state;

/** A board by its number, from 0 on in the order in which they came; NULL behind the last one. Borrowed. */
lk_device *lk_pool_device(const lk_pool *pool, size_t number);

/** What it is doing; slots, where it is not NULL, is how many of its session slots are taken. */
lk_pool_state lk_pool_device_state(const lk_pool *pool, size_t number, size_t *slots);

#ifdef __cplusplus
}
#endif

#endif
