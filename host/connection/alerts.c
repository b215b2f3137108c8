/* SPDX-License-Identifier: Apache-2.0 */
/* How a connection ends: by an error of ours, by an alert of the peer, or by close_notify. */
#include "connection/inside.h"

#include <stdio.h>
#include <string.h>

/* Warnings that mean nothing here are tolerated, but not for ever. */
enum { WARNINGS_MAX = 4 };

static void wait_alert(lk_connection *connection, bool fatal, int description, const char *meaning)
{
    connection->alert = (lk_alert){.fatal = fatal, .description = (uint8_t)description};
    connection->alert_meaning = meaning;
    connection->alert_waiting = true;
    lk_connection_flush_alert(connection);
}

void lk_connection_flush_alert(lk_connection *connection)
{
    if (!connection->alert_waiting)
        return;
    lk_error error =
        lk_alert_send(connection->layer, &connection->observer, connection->alert, connection->alert_meaning);
    /* Any other error than these is final for writing: then there is nobody to be told. */
    connection->alert_waiting = error == LK_ERROR_WANT_WRITE || error == LK_ERROR_WANT_ENGINE;
}

lk_error lk_connection_fail(lk_connection *connection, lk_error error)
{
    if (connection->failure)
        return connection->failure;
    connection->failure = error;
    const char *particulars = lk_handshake_diagnosis(connection->handshake);
    if (connection->diagnosis[0] == '\0')
        snprintf(connection->diagnosis, sizeof connection->diagnosis, "%s",
                 particulars[0] ? particulars : lk_error_sentence(error));
    int description = lk_error_alert(error);
    if (description != LK_ALERT_NONE || error == LK_ERROR_PEER_ALERT)
        lk_handshake_forget_session(connection->handshake);
    lk_handshake_abandon(connection->handshake);
    /* After close_notify nothing may be sent any more (RFC 8446 section 6.1). */
    if (description != LK_ALERT_NONE && !connection->close_wanted) {
        description = lk_alert_of_version(lk_connection_version(connection), (uint8_t)description);
        size_t used = strlen(connection->diagnosis);
        snprintf(connection->diagnosis + used, sizeof connection->diagnosis - used, " (the peer is told: fatal %s)",
                 lk_alert_name(description));
        wait_alert(connection, true, description, lk_error_sentence(error));
    }
    return error;
}

static lk_error take_fatal(lk_connection *connection, lk_alert alert)
{
    snprintf(connection->diagnosis, sizeof connection->diagnosis, "%s: %s (%u): %s",
             lk_error_sentence(LK_ERROR_PEER_ALERT), lk_alert_name(alert.description), alert.description,
             lk_alert_sentence(alert.description));
    lk_connection_observe_alert(connection, alert, lk_alert_sentence(alert.description));
    return LK_ERROR_PEER_ALERT;
}

lk_error lk_connection_take_alert(lk_connection *connection, const uint8_t *data, size_t length)
{
    lk_alert alert = {0};
    lk_error error = lk_alert_parse(data, length, lk_connection_version(connection), &alert);
    if (error)
        return error;
    if (alert.description == LK_ALERT_CLOSE_NOTIFY) {
        connection->close_received = true;
        lk_connection_observe_alert(connection, alert, "the peer has said everything");
        return LK_ERROR_CLOSED;
    }
    if (alert.fatal)
        return take_fatal(connection, alert);
    bool awaited = false;
    if (alert.description == LK_ALERT_NO_CERTIFICATE)
        error = lk_handshake_no_certificate(connection->handshake, &awaited);
    if (awaited) {
        lk_connection_observe_alert(connection, alert, "the client has no certificate to give");
        return error;
    }
    bool refused = alert.description == LK_ALERT_NO_RENEGOTIATION && lk_handshake_refused(connection->handshake);
    lk_connection_observe_alert(connection, alert,
                                refused ? "the peer will not renegotiate: all stays as it was"
                                        : "a warning, which changes nothing");
    return ++connection->warnings > WARNINGS_MAX ? LK_ERROR_TOO_MANY_EMPTY : LK_OK;
}

bool lk_connection_last_alert(const lk_connection *connection, lk_alert_report *alert)
{
    int description = connection->last_alert.description;
    *alert = (lk_alert_report){.sent = connection->last_alert_sent,
                               .fatal = connection->last_alert.fatal,
                               .description = connection->any_alert ? description : LK_ALERT_NONE,
                               .name = lk_alert_name(description),
                               .sentence = lk_alert_sentence(description)};
    return connection->any_alert;
}

lk_error lk_connection_close(lk_connection *connection)
{
    if (connection->failure)
        return connection->failure;
    if (connection->close_wanted)
        return LK_OK;
    connection->close_wanted = true;
    wait_alert(connection, false, LK_ALERT_CLOSE_NOTIFY, "this side has said everything");
    return LK_OK;
}
