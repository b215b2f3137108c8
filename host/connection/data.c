/* SPDX-License-Identifier: Apache-2.0 */
/* Plaintext: what the application writes and reads. */
#include "connection/inside.h"

#include <string.h>

/* Sends the KeyUpdate that must go before more data: asked for by the peer, or because the key is at its limit. */
static lk_error update_first(lk_connection *connection)
{
    bool at_limit = lk_record_layer_wants_update(connection->layer);
    bool can = lk_connection_version(connection) >= LK_VERSION_TLS1_3;
    lk_error error =
        at_limit && can ? lk_handshake_update_key(connection->handshake) : lk_handshake_run(connection->handshake);
    lk_connection_observe_fallback(connection);
    /* the peer is in the middle of its answer to a request: that keeps nothing of ours back */
    return error == LK_ERROR_WANT_READ ? LK_OK : error;
}

lk_error lk_connection_write(lk_connection *connection, const void *data, size_t length, size_t *taken)
{
    *taken = 0;
    if (connection->failure)
        return connection->failure;
    if (connection->close_wanted)
        return LK_ERROR_WRONG_STATE;
    bool ready = lk_connection_established(connection) && !lk_connection_renegotiating(connection);
    lk_error error = ready ? LK_OK : lk_connection_handshake(connection);
    if (error)
        return error;
    error = update_first(connection);
    if (!error && length > 0)
        error = lk_record_layer_write(connection->layer, LK_CONTENT_APPLICATION_DATA, data, length, taken);
    lk_connection_observe_fallback(connection);
    if (*taken > 0) {
        lk_handshake_data_went(connection->handshake);
        return LK_OK;
    }
    return !error || lk_error_is_want(error) ? error : lk_connection_fail(connection, error);
}

size_t lk_connection_pending(const lk_connection *connection)
{
    return connection->holding ? connection->held.length : 0;
}

lk_error lk_connection_peek(lk_connection *connection, const uint8_t **data, size_t *length)
{
    *data = NULL;
    *length = 0;
    while (!connection->holding) {
        if (connection->failure)
            return connection->failure;
        lk_error error = lk_connection_established(connection) ? lk_handshake_run(connection->handshake)
                                                               : lk_connection_handshake(connection);
        if (!lk_connection_established(connection) && error)
            return error;
        if (error && !lk_error_is_want(error))
            return lk_connection_fail(connection, error);
        if (error == LK_ERROR_WANT_KEY) /* what comes behind a message that waits to be answered must wait as well */
            return error;
        error = lk_connection_receive(connection);
        if (error)
            return error;
    }
    *data = connection->held.data;
    *length = connection->held.length;
    return LK_OK;
}

void lk_connection_consume(lk_connection *connection, size_t length)
{
    if (!connection->holding)
        return;
    if (length > connection->held.length)
        length = connection->held.length;
    connection->held.data += length;
    connection->held.length -= length;
    if (connection->held.length > 0)
        return;
    connection->holding = false;
    lk_record_layer_release(connection->layer);
}

lk_error lk_connection_read(lk_connection *connection, void *data, size_t capacity, size_t *got)
{
    const uint8_t *held = NULL;
    size_t length = 0;
    *got = 0;
    if (capacity == 0)
        return LK_ERROR_INVALID_ARGUMENT;
    lk_error error = lk_connection_peek(connection, &held, &length);
    if (error || !held)
        return error;
    *got = length < capacity ? length : capacity;
    memcpy(data, held, *got);
    lk_connection_consume(connection, *got);
    return LK_OK;
}
