/* SPDX-License-Identifier: Apache-2.0 */
/* The side of a connection that looks to the wire, and to the engine. */
#include "connection/inside.h"

static void tap(const lk_connection *connection, bool sent, const uint8_t *bytes, size_t length)
{
    const lk_config *config = connection->config;
    if (config->wire_tap && length > 0)
        config->wire_tap(config->wire_tap_context, connection, sent, bytes, length);
}

uint8_t *lk_connection_input(lk_connection *connection, size_t *room)
{
    uint8_t *input = NULL;
    *room = 0; /* nothing comes behind the end */
    if (!connection->ended)
        input = lk_record_layer_input(connection->layer, room);
    connection->input = input;
    return input;
}

void lk_connection_received(lk_connection *connection, size_t length)
{
    tap(connection, false, connection->input, length);
    lk_record_layer_received(connection->layer, length);
}

void lk_connection_release_buffers(lk_connection *connection)
{
    connection->input = connection->output = NULL;
    lk_record_layer_release_buffers(connection->layer);
}

void lk_connection_received_end(lk_connection *connection)
{
    connection->ended = true;
}

const uint8_t *lk_connection_output(lk_connection *connection, size_t *length)
{
    lk_connection_flush_alert(connection);
    return connection->output = lk_record_layer_output(connection->layer, length);
}

void lk_connection_sent(lk_connection *connection, size_t length)
{
    tap(connection, true, connection->output, length);
    lk_record_layer_sent(connection->layer, length);
}

bool lk_connection_wants_engine(const lk_connection *connection)
{
    return lk_record_layer_sealing(connection->layer) || lk_record_layer_opening(connection->layer);
}

int lk_connection_engine_descriptor(const lk_connection *connection)
{
    return lk_engine_descriptor(lk_record_layer_engine(connection->layer));
}

lk_error lk_connection_progress(lk_connection *connection, int timeout)
{
    lk_error error = lk_record_layer_progress(connection->layer, timeout);
    lk_connection_observe_fallback(connection);
    lk_connection_flush_alert(connection);
    if (!error || lk_error_is_want(error))
        return LK_OK;
    return lk_connection_fail(connection, error);
}
