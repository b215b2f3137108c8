/* SPDX-License-Identifier: Apache-2.0 */
/* What a configuration says of sessions: for how long, by tickets or ids, and who keeps them. */
#include "connection/config.h"

#include "handshake/resumption.h"

lk_error lk_config_set_session_lifetime(lk_config *config, uint32_t seconds)
{
    lk_tickets *tickets = NULL;
    if (seconds > LK_RESUMPTION_LIFETIME_MAX)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "sessions of %u s are too long: at most %d s", seconds,
                              LK_RESUMPTION_LIFETIME_MAX);
    lk_error error = seconds > 0 ? lk_tickets_new(seconds, &tickets) : LK_OK;
    if (error)
        return error;
    lk_tickets_free(config->settings.tickets);
    config->settings.tickets = tickets;
    config->settings.session_lifetime = seconds;
    return LK_OK;
}

void lk_config_set_tickets(lk_config *config, bool wanted)
{
    config->settings.uses_tickets = wanted;
}

/* Puts a store in the place of the one there is; cache is what it stands in, if that is ours. */
static void use_store(lk_config *config, const lk_session_store *store, lk_session_cache *cache)
{
    lk_session_cache_free(config->cache);
    config->cache = cache;
    config->settings.sessions = *store;
}

lk_error lk_config_set_session_cache(lk_config *config, size_t capacity)
{
    lk_session_cache *cache = NULL;
    lk_session_store store = {0};
    lk_error error = capacity > 0 ? lk_session_cache_new(capacity, &cache) : LK_OK;
    if (error)
        return error;
    if (cache)
        store = lk_session_cache_store(cache);
    use_store(config, &store, cache);
    return LK_OK;
}

lk_error lk_config_set_session_store(lk_config *config, const lk_session_store *store)
{
    if (!store->store || !store->find || !store->remove)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT,
                              "a store of sessions needs all its functions: store, find and remove");
    use_store(config, store, NULL);
    return LK_OK;
}

void lk_config_allow_legacy_resumption(lk_config *config)
{
    config->settings.legacy_resumption = true;
}

void lk_config_set_session_keeper(lk_config *config, lk_session_keeper *keeper, void *context)
{
    config->session_keeper = keeper;
    config->session_keeper_context = context;
    config->settings.keeps_sessions = keeper;
}
