/* SPDX-License-Identifier: Apache-2.0 */
#include <latchkey/pool.h>

#include "health.h"
#include "inside.h"
#include "record/engine.h"
#include "transport/diagnosis.h"
#include "transport/registry.h"

#include <stdlib.h>
#include <string.h>

enum { BOARDS_MAX = 64, PLACES_MAX = 16, LIST_TIMEOUT = 1000 /* ms, for one place */ };

#define LIST_PAUSE INT64_C(1000000000) /* ns between two looks for new boards */

typedef struct member {
    lk_device *device;
    bool drains;  /* asked for */
    bool drained; /* and done: it is closed */
} member;

struct lk_pool {
    lk_engine base;
    member members[BOARDS_MAX];
    size_t count;
    size_t turn; /* where the search for the least busy one begins: equals take turns */
    char places[PLACES_MAX][LK_DEVICE_TEXT_MAX];
    size_t place_count;
    int64_t list_next; /* ns of the monotonic clock: when to look for new boards again */
};

static bool is_used(const member *board)
{
    return !board->drains && lk_device_usable(board->device);
}

static bool has_room(const member *board)
{
    return lk_device_slots_taken(board->device) < lk_device_slots_most(board->device);
}

/* Whether a has less to do than b: a smaller share of its slots is taken, or less is queued. */
static bool is_idler(const member *a, const member *b)
{
    size_t taken_a = lk_device_slots_taken(a->device) * lk_device_slots_most(b->device);
    size_t taken_b = lk_device_slots_taken(b->device) * lk_device_slots_most(a->device);
    if (taken_a != taken_b)
        return taken_a < taken_b;
    return lk_engine_backlog(lk_device_engine(a->device)) < lk_engine_backlog(lk_device_engine(b->device));
}

/* A connection stays where it is, unless that board cannot be used, or is full and another one is not. */
static lk_engine *pool_choose(lk_engine *base, const lk_engine *now)
{
    lk_pool *pool = (lk_pool *)base;
    member *best = NULL, *present = NULL;
    for (size_t i = 0; i < pool->count; i++) {
        member *board = &pool->members[(pool->turn + i) % pool->count];
        if (!is_used(board))
            continue;
        if (lk_device_engine(board->device) == now)
            present = board;
        if (!best || is_idler(board, best))
            best = board;
    }
    if (present && (has_room(present) || !has_room(best)))
        return lk_device_engine(present->device);
    if (!best)
        return NULL;
    pool->turn = ((size_t)(best - pool->members) + 1) % pool->count;
    return lk_device_engine(best->device);
}

static lk_error pool_open(lk_engine *base, const lk_direction_parameters *parameters, lk_direction **direction)
{
    lk_engine *engine = pool_choose(base, NULL);
    return engine ? lk_engine_open(engine, parameters, direction) : LK_ERROR_DEVICE_NOT_FOUND;
}

static lk_error pool_progress(lk_engine *base, int timeout)
{
    const lk_pool *pool = (const lk_pool *)base;
    (void)timeout; /* a connection waits for its own board */
    for (size_t i = 0; i < pool->count; i++)
        if (!pool->members[i].drained)
            (void)lk_engine_progress(lk_device_engine(pool->members[i].device), 0);
    return LK_OK;
}

static int pool_descriptor(const lk_engine *base)
{
    (void)base;
    return -1;
}

/* What every board can that is in use: a connection may come to any of them. */
static void pool_capabilities(const lk_engine *base, lk_engine_capabilities *capabilities)
{
    const lk_pool *pool = (const lk_pool *)base;
    bool any = false;
    *capabilities = (lk_engine_capabilities){.immediate = false};
    for (size_t i = 0; i < pool->count; i++) {
        lk_engine_capabilities one;
        if (!is_used(&pool->members[i]))
            continue;
        lk_engine_capabilities_get(lk_device_engine(pool->members[i].device), &one);
        capabilities->ciphers = any ? capabilities->ciphers & one.ciphers : one.ciphers;
        capabilities->versions = any ? capabilities->versions & one.versions : one.versions;
        capabilities->slots += one.slots;
        any = true;
    }
}

static size_t pool_backlog(const lk_engine *base)
{
    const lk_pool *pool = (const lk_pool *)base;
    size_t bytes = 0;
    for (size_t i = 0; i < pool->count; i++)
        bytes += lk_engine_backlog(lk_device_engine(pool->members[i].device));
    return bytes;
}

static void pool_free_engine(lk_engine *base)
{
    (void)base; /* lives and dies with its lk_pool */
}

static const lk_engine_methods pool_methods = {
    .name = "device",
    .open = pool_open,
    .progress = pool_progress,
    .descriptor = pool_descriptor,
    .capabilities = pool_capabilities,
    .choose = pool_choose,
    .backlog = pool_backlog,
    .free = pool_free_engine,
};

lk_pool *lk_pool_new(void)
{
    lk_pool *pool = calloc(1, sizeof *pool);
    if (pool)
        pool->base.methods = &pool_methods;
    return pool;
}

void lk_pool_free(lk_pool *pool)
{
    for (size_t i = 0; pool && i < pool->count; i++)
        lk_device_close(pool->members[i].device);
    free(pool);
}

lk_engine *lk_pool_engine(lk_pool *pool)
{
    return &pool->base;
}

static member *find(lk_pool *pool, const char *uri)
{
    for (size_t i = 0; i < pool->count; i++)
        if (strcmp(lk_device_information_get(pool->members[i].device)->uri, uri) == 0)
            return &pool->members[i];
    return NULL;
}

lk_error lk_pool_add(lk_pool *pool, const char *uri, char *diagnosis)
{
    lk_device *device = NULL;
    if (find(pool, uri))
        return LK_OK;
    if (pool->count == BOARDS_MAX) {
        char ignored[LK_DEVICE_DIAGNOSIS_MAX];
        return lk_diagnose(diagnosis ? diagnosis : ignored, LK_ERROR_ENGINE_FULL, "a pool has no more than %d boards",
                           BOARDS_MAX);
    }
    lk_error error = lk_device_open(uri, &device, diagnosis);
    if (error)
        return error;
    pool->members[pool->count++] = (member){.device = device};
    return LK_OK;
}

/* New ones alone are opened: the others are ours, or somebody's who has them. */
static void take_in(void *context, const char *uri, lk_error error)
{
    lk_pool *pool = context;
    if (!error && !find(pool, uri))
        (void)lk_pool_add(pool, uri, NULL);
}

static lk_error look_at(lk_pool *pool, const char *place, char *diagnosis)
{
    lk_uri uri;
    lk_error error = lk_uri_parse(place, &uri, diagnosis);
    if (error)
        return error;
    const lk_transport_scheme *scheme = lk_transport_find(uri.scheme);
    if (!scheme)
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_UNAVAILABLE, "this program has no support for %s: devices",
                           uri.scheme);
    (void)scheme->list(&uri, LIST_TIMEOUT, take_in, pool, diagnosis); /* a server may come later, too */
    return LK_OK;
}

lk_error lk_pool_watch(lk_pool *pool, const char *uri, char *diagnosis)
{
    char ignored[LK_DEVICE_DIAGNOSIS_MAX];
    size_t length = strnlen(uri, LK_DEVICE_TEXT_MAX);
    if (!diagnosis)
        diagnosis = ignored;
    diagnosis[0] = '\0';
    if (pool->place_count == PLACES_MAX || length == LK_DEVICE_TEXT_MAX)
        return lk_diagnose(diagnosis, LK_ERROR_ENGINE_FULL, "a pool watches no more than %d places", PLACES_MAX);
    lk_error error = look_at(pool, uri, diagnosis);
    if (!error)
        memcpy(pool->places[pool->place_count++], uri, length + 1);
    return error;
}

static void care_for(member *board)
{
    if (board->drained)
        return;
    if (board->drains) {
        lk_device_vacate(board->device);
        (void)lk_engine_progress(lk_device_engine(board->device), 0);
        board->drained = lk_device_suspend(board->device) == LK_OK;
    } else if (lk_device_heartbeat(board->device) != LK_OK) {
        (void)lk_device_recover(board->device);
    }
}

void lk_pool_care(lk_pool *pool)
{
    char ignored[LK_DEVICE_DIAGNOSIS_MAX];
    for (size_t i = 0; i < pool->count; i++)
        care_for(&pool->members[i]);
    if (lk_health_now() < pool->list_next)
        return;
    for (size_t i = 0; i < pool->place_count; i++)
        (void)look_at(pool, pool->places[i], ignored);
    pool->list_next = lk_health_now() + LIST_PAUSE;
}

lk_error lk_pool_drain(lk_pool *pool, const char *uri, bool drained)
{
    member *board = find(pool, uri);
    if (!board)
        return LK_ERROR_DEVICE_NOT_FOUND;
    board->drains = drained;
    board->drained &= drained; /* one that was closed is now lost, and opened again */
    if (drained)
        lk_device_vacate(board->device);
    return LK_OK;
}

lk_device *lk_pool_device(const lk_pool *pool, size_t number)
{
    return number < pool->count ? pool->members[number].device : NULL;
}

lk_pool_state lk_pool_device_state(const lk_pool *pool, size_t number, size_t *slots)
{
    const member *board = &pool->members[number];
    if (slots)
        *slots = lk_device_slots_taken(board->device);
    if (board->drained)
        return LK_POOL_DRAINED;
    if (board->drains)
        return LK_POOL_DRAINING;
    return lk_device_usable(board->device) ? LK_POOL_USED : LK_POOL_LOST;
}
