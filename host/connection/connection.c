/* SPDX-License-Identifier: Apache-2.0 */
/* A connection from its beginning to its end: what it is made of, its handshake, and what was agreed. */
#include "connection/inside.h"
#include "handshake/export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The engine that a configuration's policy gives to a new connection. */
static lk_error choose_engine(lk_connection *connection, lk_engine **engine)
{
    const lk_config *config = connection->config;
    bool may_fall_back = config->policy == LK_ENGINE_AUTO || config->policy == LK_ENGINE_PREFER_DEVICE;
    *engine = config->software;
    if (config->policy == LK_ENGINE_REQUIRE_DEVICE || config->policy == LK_ENGINE_KEYS_ON_DEVICE) {
        *engine = lk_engine_choose(config->engine, NULL);
        return *engine ? LK_OK : LK_ERROR_DEVICE_NOT_FOUND;
    } else if (may_fall_back && config->engine) {
        lk_error error =
            lk_engine_failover_new(config->engine, config->software, config->placer, &connection->failover);
        *engine = connection->failover;
        return error;
    } else if (may_fall_back) {
        snprintf(connection->fallback_reason, sizeof connection->fallback_reason, "%s", config->engine_reason);
        connection->statistics.fallback = LK_FALLBACK_NO_DEVICE;
        connection->fallbacks_by[LK_FALLBACK_NO_DEVICE] = 1;
    }
    return LK_OK;
}

/* That some authority of the system's knows a client says nothing. */
static bool may_ask(const lk_config *config, lk_client_policy policy)
{
    return policy == LK_CLIENT_UNKNOWN || config->own_roots || config->settings.trust_anyone;
}

static lk_error check_arguments(const lk_config *config, lk_role role, const char *host)
{
    const lk_handshake_settings *settings = &config->settings;
    if (role == LK_SERVER)
        return may_ask(config, settings->client_policy) ? LK_OK : LK_ERROR_INVALID_ARGUMENT;
    if (role != LK_CLIENT || (host && (*host == '\0' || strlen(host) > LK_NAME_MAX)))
        return LK_ERROR_INVALID_ARGUMENT;
    return host || settings->trust_anyone ? LK_OK : LK_ERROR_INVALID_ARGUMENT;
}

/* RFC 6066 section 3: a name is announced "without a trailing dot", and no certificate has one either. */
static void copy_host(char *to, const char *host)
{
    size_t length = host ? strlen(host) : 0;
    if (length > 1 && host[length - 1] == '.')
        length--;
    if (length > 0)
        memcpy(to, host, length);
    to[length] = '\0';
}

lk_error lk_connection_new(const lk_config *config, lk_role role, const char *host, lk_connection **connection)
{
    char name[LK_NAME_MAX + 1];
    lk_engine *engine = NULL;
    *connection = NULL;
    lk_error error = check_arguments(config, role, host);
    if (error)
        return error;
    lk_connection *made = calloc(1, sizeof *made);
    if (!made)
        return LK_ERROR_NO_MEMORY;
    made->config = config;
    made->role = role;
    lk_totals_add(config->totals, &(lk_statistics){.connections = 1, .open = 1});
    lk_connection_observe_handshake(made);
    copy_host(name, role == LK_CLIENT ? host : NULL);
    error = choose_engine(made, &engine);
    if (!error)
        error = lk_record_layer_new(engine, lk_connection_observe_record, made, &made->layer);
    if (!error)
        lk_connection_pad(made);
    if (!error && config->overlong)
        error = lk_record_layer_accept_overlong(made->layer);
    if (!error)
        error = lk_handshake_new(&config->settings, role, name[0] ? name : NULL, made->layer, &made->observer,
                                 &made->handshake);
    if (error) {
        lk_connection_free(made);
        return error;
    }
    lk_connection_observe_engine(made);
    *connection = made;
    return LK_OK;
}

lk_error lk_connection_resume(lk_connection *connection, const void *session, size_t length)
{
    return connection->failure ? LK_ERROR_WRONG_STATE : lk_handshake_resume(connection->handshake, session, length);
}

void lk_connection_free(lk_connection *connection)
{
    if (!connection)
        return;
    lk_connection_add_totals(connection);
    lk_totals_add(connection->config->totals, &(lk_statistics){.open = UINT64_MAX}); /* one less */
    lk_handshake_free(connection->handshake);
    lk_record_layer_free(connection->layer);
    lk_engine_free(connection->failover);
    free(connection);
}

/* What a caller of the handshake must do next, where the record layer only knows that nothing came. */
static lk_error what_is_wanted(lk_connection *connection)
{
    size_t length = 0;
    (void)lk_connection_output(connection, &length);
    if (length > 0)
        return LK_ERROR_WANT_WRITE;
    return lk_record_layer_sealing(connection->layer) ? LK_ERROR_WANT_ENGINE : LK_ERROR_WANT_READ;
}

lk_error lk_connection_handshake(lk_connection *connection)
{
    for (;;) {
        if (connection->failure)
            return connection->failure;
        lk_error error = lk_handshake_run(connection->handshake);
        lk_connection_observe_fallback(connection);
        if (error && !lk_error_is_want(error))
            return lk_connection_fail(connection, error);
        bool more = lk_connection_renegotiating(connection) || lk_connection_authenticating(connection);
        if (lk_connection_established(connection) && !more && error != LK_ERROR_WANT_KEY)
            return LK_OK;
        if (!error && lk_connection_authenticating(connection))
            error = LK_ERROR_WANT_READ;
        if (error == LK_ERROR_WANT_READ && !connection->holding)
            error = lk_connection_receive(connection);
        if (error == LK_ERROR_WANT_READ)
            return what_is_wanted(connection);
        if (error)
            return error;
    }
}

lk_error lk_connection_renegotiate(lk_connection *connection)
{
    if (connection->failure)
        return connection->failure;
    if (connection->close_wanted || connection->close_received)
        return LK_ERROR_WRONG_STATE;
    lk_error error = lk_handshake_renegotiate(connection->handshake);
    lk_connection_observe_fallback(connection);
    if (!error || error == LK_ERROR_WRONG_STATE)
        return error;
    return lk_error_is_want(error) ? what_is_wanted(connection) : lk_connection_fail(connection, error);
}

bool lk_connection_renegotiating(const lk_connection *connection)
{
    return lk_handshake_renegotiating(connection->handshake);
}

lk_error lk_connection_ask_client_certificate(lk_connection *connection, lk_client_policy policy)
{
    bool known = policy == LK_CLIENT_UNKNOWN || policy == LK_CLIENT_OPTIONAL || policy == LK_CLIENT_REQUIRED;
    if (!known || !may_ask(connection->config, policy))
        return LK_ERROR_INVALID_ARGUMENT;
    if (connection->role != LK_SERVER || connection->failure)
        return LK_ERROR_WRONG_STATE;
    return lk_handshake_ask_client(connection->handshake, policy);
}

lk_error lk_connection_authenticate_client(lk_connection *connection, lk_client_policy policy)
{
    if ((policy != LK_CLIENT_OPTIONAL && policy != LK_CLIENT_REQUIRED) || !may_ask(connection->config, policy))
        return LK_ERROR_INVALID_ARGUMENT;
    if (connection->failure)
        return connection->failure;
    if (connection->close_wanted || connection->close_received)
        return LK_ERROR_WRONG_STATE;
    lk_error error = lk_handshake_authenticate_client(connection->handshake, policy);
    lk_connection_observe_fallback(connection);
    if (!error || lk_error_is_want(error) || error == LK_ERROR_WRONG_STATE)
        return error == LK_ERROR_WRONG_STATE ? error : LK_OK;
    return lk_connection_fail(connection, error);
}

bool lk_connection_authenticating(const lk_connection *connection)
{
    return lk_handshake_authenticating(connection->handshake);
}

/* What was agreed */

bool lk_connection_established(const lk_connection *connection)
{
    return lk_handshake_established(connection->handshake);
}

const uint8_t *lk_connection_ocsp_response(const lk_connection *connection, size_t *length)
{
    const lk_bytes *status = lk_handshake_status(connection->handshake);
    *length = status->length;
    return status->bytes;
}

lk_error lk_connection_export(const lk_connection *connection, const char *label, const uint8_t *context,
                              size_t context_length, uint8_t *out, size_t length)
{
    return lk_handshake_export(connection->handshake, label, context, context_length, out, length);
}

lk_error lk_connection_channel_binding(const lk_connection *connection, lk_channel_binding kind, uint8_t *out,
                                       size_t *length)
{
    return lk_handshake_channel_binding(connection->handshake, kind, out, length);
}

size_t lk_connection_record_limit(const lk_connection *connection, bool sent)
{
    lk_record_limits limits = lk_record_layer_limits(connection->layer);
    return sent ? limits.write : limits.read;
}

bool lk_connection_resumed(const lk_connection *connection)
{
    return lk_handshake_resumed(connection->handshake);
}

uint16_t lk_connection_version(const lk_connection *connection)
{
    return lk_handshake_version(connection->handshake);
}

const char *lk_connection_suite(const lk_connection *connection)
{
    const lk_suite *suite = lk_handshake_suite(connection->handshake);
    return suite ? suite->title : NULL;
}

const char *lk_connection_group(const lk_connection *connection)
{
    const lk_group *group = lk_handshake_group(connection->handshake);
    return group ? group->title : NULL;
}

const char *lk_connection_alpn(const lk_connection *connection)
{
    return lk_handshake_alpn(connection->handshake);
}

const char *lk_connection_server_name(const lk_connection *connection)
{
    return lk_handshake_server_name(connection->handshake);
}

const uint8_t *lk_connection_peer_certificate(const lk_connection *connection, size_t index, size_t *length)
{
    const lk_certificate_chain *chain = lk_handshake_peer_chain(connection->handshake);
    *length = index < chain->count ? chain->rows[index].length : 0;
    return index < chain->count ? chain->rows[index].bytes : NULL;
}

const char *lk_connection_diagnosis(const lk_connection *connection)
{
    return connection->diagnosis[0] ? connection->diagnosis : lk_error_sentence(connection->failure);
}

void lk_connection_statistics_get(const lk_connection *connection, lk_connection_statistics *statistics)
{
    *statistics = connection->statistics;
    statistics->fallback_reason = connection->fallback_reason;
}
