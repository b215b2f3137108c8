/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/session_cache.h"

#include "base/secret.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A session, in the list of its bucket and in the list of all by age. */
typedef struct entry {
    struct entry *below;           /* in its bucket */
    struct entry *older, *younger; /* of all */
    uint64_t until;                /* ms, by a clock that does not jump */
    size_t id_length, length;
    uint8_t id[LK_SESSION_ID_BYTES];
    uint8_t session[];
} entry;

struct lk_session_cache {
    size_t capacity;
    pthread_mutex_t lock; /* of what follows */
    size_t count;
    entry *oldest, *youngest;
    entry **buckets; /* as many as there may be sessions */
};

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

lk_error lk_session_cache_new(size_t capacity, lk_session_cache **cache)
{
    lk_session_cache *made = calloc(1, sizeof *made);
    *cache = NULL;
    if (!made)
        return LK_ERROR_NO_MEMORY;
    made->capacity = capacity > 0 ? capacity : 1;
    made->buckets = calloc(made->capacity, sizeof *made->buckets);
    if (!made->buckets || pthread_mutex_init(&made->lock, NULL) != 0) {
        free(made->buckets);
        free(made);
        return LK_ERROR_NO_MEMORY;
    }
    *cache = made;
    return LK_OK;
}

/* Where the bucket of an id begins. The ids that are stored are random (ours): what a peer asks for puts none there. */
static entry **bucket_of(const lk_session_cache *cache, const uint8_t *id, size_t length)
{
    uint64_t number = 0;
    for (size_t i = 0; i < length && i < sizeof number; i++)
        number = number << 8 | id[i];
    return &cache->buckets[number % cache->capacity];
}

/* The link that points at the entry of an id; what it points at is NULL when there is none. */
static entry **link_to(const lk_session_cache *cache, const uint8_t *id, size_t length)
{
    entry **link = bucket_of(cache, id, length);
    while (*link && ((*link)->id_length != length || memcmp((*link)->id, id, length) != 0))
        link = &(*link)->below;
    return link;
}

static void drop(lk_session_cache *cache, entry **link)
{
    entry *gone = *link;
    if (!gone)
        return;
    *link = gone->below;
    *(gone->older ? &gone->older->younger : &cache->oldest) = gone->younger;
    *(gone->younger ? &gone->younger->older : &cache->youngest) = gone->older;
    cache->count--;
    lk_secret_wipe(gone, sizeof *gone + gone->length);
    free(gone);
}

static void drop_oldest(lk_session_cache *cache)
{
    drop(cache, link_to(cache, cache->oldest->id, cache->oldest->id_length));
}

static void add(lk_session_cache *cache, entry *made)
{
    drop(cache, link_to(cache, made->id, made->id_length));
    /* Lifetimes are mostly the same: what is over stands among the oldest. */
    uint64_t now = now_ms();
    while (cache->oldest && (cache->count >= cache->capacity || cache->oldest->until < now))
        drop_oldest(cache);
    entry **bucket = bucket_of(cache, made->id, made->id_length);
    made->below = *bucket;
    *bucket = made;
    made->older = cache->youngest;
    *(cache->youngest ? &cache->youngest->younger : &cache->oldest) = made;
    cache->youngest = made;
    cache->count++;
}

/* The store */

static void store(void *context, const uint8_t *id, size_t id_length, const uint8_t *session, size_t length,
                  uint32_t lifetime)
{
    lk_session_cache *cache = context;
    entry *made = id_length <= LK_SESSION_ID_BYTES ? malloc(sizeof *made + length) : NULL;
    if (!made)
        return; /* a session that is not kept costs a full handshake, no more */
    *made = (entry){.until = now_ms() + (uint64_t)lifetime * 1000, .id_length = id_length, .length = length};
    memcpy(made->id, id, id_length);
    memcpy(made->session, session, length);
    pthread_mutex_lock(&cache->lock);
    add(cache, made);
    pthread_mutex_unlock(&cache->lock);
}

static size_t find(void *context, const uint8_t *id, size_t id_length, uint8_t *session, size_t capacity)
{
    lk_session_cache *cache = context;
    size_t length = 0;
    pthread_mutex_lock(&cache->lock);
    entry **link = link_to(cache, id, id_length);
    if (*link && (*link)->until < now_ms()) {
        drop(cache, link);
    } else if (*link && (*link)->length <= capacity) {
        length = (*link)->length;
        memcpy(session, (*link)->session, length);
    }
    pthread_mutex_unlock(&cache->lock);
    return length;
}

static void forget(void *context, const uint8_t *id, size_t id_length)
{
    lk_session_cache *cache = context;
    pthread_mutex_lock(&cache->lock);
    drop(cache, link_to(cache, id, id_length));
    pthread_mutex_unlock(&cache->lock);
}

lk_session_store lk_session_cache_store(lk_session_cache *cache)
{
    return (lk_session_store){.context = cache, .store = store, .find = find, .remove = forget};
}

size_t lk_session_cache_count(lk_session_cache *cache)
{
    pthread_mutex_lock(&cache->lock);
    size_t count = cache->count;
    pthread_mutex_unlock(&cache->lock);
    return count;
}

void lk_session_cache_free(lk_session_cache *cache)
{
    if (!cache)
        return;
    while (cache->oldest)
        drop_oldest(cache);
    pthread_mutex_destroy(&cache->lock);
    free(cache->buckets);
    free(cache);
}
