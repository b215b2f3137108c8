/* SPDX-License-Identifier: Apache-2.0 */
/* Each record that comes goes to whom it concerns: the handshake, the alerts, or the application. */
#include "connection/inside.h"

static lk_error take_handshake(lk_connection *connection, const lk_fragment *fragment)
{
    lk_error error = lk_handshake_take(connection->handshake, fragment->data, fragment->length);
    /* Before its messages are acted on: a key can change only when no record is held. */
    lk_record_layer_release(connection->layer);
    if (!error)
        error = lk_handshake_run(connection->handshake);
    return lk_error_is_want(error) ? LK_OK : error;
}

static lk_error take_change_cipher_spec(lk_connection *connection, const lk_fragment *fragment)
{
    uint8_t value = fragment->data[0];
    size_t length = fragment->length;
    lk_record_layer_release(connection->layer);
    return lk_handshake_change_cipher_spec(connection->handshake, &value, length);
}

static lk_error take_alert(lk_connection *connection, const lk_fragment *fragment)
{
    lk_error error = lk_connection_take_alert(connection, fragment->data, fragment->length);
    lk_record_layer_release(connection->layer);
    return error;
}

static lk_error take_data(lk_connection *connection, const lk_fragment *fragment)
{
    if (!lk_handshake_takes_data(connection->handshake))
        return LK_ERROR_UNEXPECTED_MESSAGE;
    lk_handshake_data_came(connection->handshake);
    connection->held = *fragment;
    connection->holding = true;
    return LK_OK;
}

static lk_error take(lk_connection *connection, const lk_fragment *fragment)
{
    if (fragment->type != LK_CONTENT_ALERT)
        connection->warnings = 0;
    switch (fragment->type) {
    case LK_CONTENT_HANDSHAKE:
        return take_handshake(connection, fragment);
    case LK_CONTENT_CHANGE_CIPHER_SPEC:
        return take_change_cipher_spec(connection, fragment);
    case LK_CONTENT_ALERT:
        return take_alert(connection, fragment);
    case LK_CONTENT_APPLICATION_DATA:
        return take_data(connection, fragment);
    default:
        return LK_ERROR_UNEXPECTED_MESSAGE;
    }
}

lk_error lk_connection_receive(lk_connection *connection)
{
    lk_fragment fragment = {0};
    if (connection->close_received)
        return LK_ERROR_CLOSED;
    lk_error error = lk_record_layer_read(connection->layer, &fragment);
    lk_connection_observe_fallback(connection);
    if (error == LK_ERROR_WANT_READ && connection->ended)
        return lk_connection_fail(connection, LK_ERROR_TRUNCATED);
    if (lk_error_is_want(error))
        return error;
    if (!error)
        error = take(connection, &fragment);
    if (!error || error == LK_ERROR_CLOSED)
        return error;
    return lk_connection_fail(connection, error);
}
