/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions that a server keeps in memory under their ids (RFC 5246 section 7.4.1.2): so many at most, each for its
 * lifetime at most, the oldest given up first. Shared by the connections of a configuration, in any thread.
 */
#ifndef LK_HANDSHAKE_SESSION_CACHE_H
#define LK_HANDSHAKE_SESSION_CACHE_H

#include <latchkey/config.h>

typedef struct lk_session_cache lk_session_cache;

/** An empty cache for capacity sessions, at least one. @return NO_MEMORY. */
lk_error lk_session_cache_new(size_t capacity, lk_session_cache **cache);

/** Frees it and erases what it holds. NULL is allowed. */
void lk_session_cache_free(lk_session_cache *cache);

/** The cache as a store; it must outlive what uses that. */
lk_session_store lk_session_cache_store(lk_session_cache *cache);

/** How many sessions it holds now, those that are over among them. */
size_t lk_session_cache_count(lk_session_cache *cache);

#endif
