/* SPDX-License-Identifier: Apache-2.0 */
/* The cache gives back what was put in, no longer and no more than it may, in any thread. */
#include "handshake/session_cache.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

enum { ID = LK_SESSION_ID_BYTES, LENGTH = 100, THREADS = 4, TURNS = 2000, SHARED = 16 };

static lk_session_cache *cache_of(size_t capacity)
{
    lk_session_cache *cache = NULL;
    cr_assert_eq(lk_session_cache_new(capacity, &cache), LK_OK);
    return cache;
}

/* Ids that share their bucket and their beginning. */
static void id_of(uint8_t id[ID], unsigned number)
{
    memset(id, 0, ID);
    memcpy(id + ID - sizeof number, &number, sizeof number);
}

static void put(lk_session_cache *cache, unsigned number, size_t length, uint32_t lifetime)
{
    uint8_t id[ID], session[LENGTH];
    lk_session_store store = lk_session_cache_store(cache);
    id_of(id, number);
    memset(session, (int)number, length);
    store.store(store.context, id, ID, session, length, lifetime);
}

/* Looks a session up, and checks that it is the one that was put there. */
static size_t get(lk_session_cache *cache, unsigned number)
{
    uint8_t id[ID], session[LENGTH];
    lk_session_store store = lk_session_cache_store(cache);
    id_of(id, number);
    size_t length = store.find(store.context, id, ID, session, sizeof session);
    for (size_t i = 0; i < length; i++)
        cr_assert_eq(session[i], (uint8_t)number);
    return length;
}

static void take_away(lk_session_cache *cache, unsigned number)
{
    uint8_t id[ID];
    lk_session_store store = lk_session_cache_store(cache);
    id_of(id, number);
    store.remove(store.context, id, ID);
}

Test(session_cache, what_was_put_in_is_found_until_it_is_taken_away)
{
    lk_session_cache *cache = cache_of(10);
    for (unsigned i = 0; i < 5; i++)
        put(cache, i, LENGTH - i, 100);
    cr_assert_eq(lk_session_cache_count(cache), 5);
    for (unsigned i = 0; i < 5; i++)
        cr_assert_eq(get(cache, i), LENGTH - i);
    cr_assert_eq(get(cache, 5), 0);
    static const unsigned order[] = {2, 0, 4, 2, 1};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        take_away(cache, order[i]);
    cr_assert_eq(lk_session_cache_count(cache), 1);
    cr_assert_eq(get(cache, 3), LENGTH - 3);
    lk_session_cache_free(cache);
}

Test(session_cache, there_are_never_more_than_it_may_hold_and_the_oldest_goes_first)
{
    lk_session_cache *cache = cache_of(3);
    for (unsigned i = 0; i < 8; i++) {
        put(cache, i, LENGTH, 100);
        cr_assert_leq(lk_session_cache_count(cache), 3);
        cr_assert_eq(get(cache, i), LENGTH);
        cr_assert_eq(i < 3 || get(cache, i - 3) == 0, true);
    }
    lk_session_cache_free(cache);
}

Test(session_cache, the_same_id_again_replaces_what_was_there)
{
    lk_session_cache *cache = cache_of(3);
    put(cache, 1, 10, 100);
    put(cache, 1, 20, 100);
    cr_assert_eq(lk_session_cache_count(cache), 1);
    cr_assert_eq(get(cache, 1), 20);
    lk_session_cache_free(cache);
}

Test(session_cache, what_is_over_is_gone)
{
    lk_session_cache *cache = cache_of(10);
    put(cache, 1, LENGTH, 1);
    put(cache, 2, LENGTH, 1);
    put(cache, 3, LENGTH, 100);
    usleep(1100000);
    cr_assert_eq(get(cache, 1), 0);
    put(cache, 4, LENGTH, 100);
    cr_assert_eq(lk_session_cache_count(cache), 2, "a new one sweeps out those that are over");
    cr_assert_eq(get(cache, 3), LENGTH);
    lk_session_cache_free(cache);
}

Test(session_cache, what_does_not_fit_is_not_given)
{
    uint8_t id[ID], session[LENGTH] = {0};
    lk_session_cache *cache = cache_of(10);
    lk_session_store store = lk_session_cache_store(cache);
    put(cache, 7, LENGTH, 100);
    id_of(id, 7);
    cr_assert_eq(store.find(store.context, id, ID, session, LENGTH - 1), 0);
    cr_assert_eq(store.find(store.context, id, ID - 1, session, LENGTH), 0, "the beginning of an id is another id");
    cr_assert_eq(get(cache, 7), LENGTH);
    lk_session_cache_free(cache);
}

static void *work(void *context)
{
    for (unsigned turn = 0; turn < TURNS; turn++) {
        put(context, turn % SHARED, LENGTH, 100);
        (void)get(context, (turn + 5) % SHARED);
        take_away(context, (turn + 11) % SHARED);
    }
    return NULL;
}

Test(session_cache, threads_share_it)
{
    pthread_t threads[THREADS];
    lk_session_cache *cache = cache_of(SHARED / 2);
    for (size_t i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, work, cache), 0);
    for (size_t i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_join(threads[i], NULL), 0);
    cr_assert_leq(lk_session_cache_count(cache), SHARED / 2);
    lk_session_cache_free(cache);
}
