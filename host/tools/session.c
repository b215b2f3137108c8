/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/session.h"
#include "tools/export.h"
#include "tools/report.h"
#include "tools/resume.h"
#include "tools/statistics.h"

#include <latchkey/socket.h>

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* A server's request is answered when the peer likes; a client's goes on while data is read and written. */
static lk_error renegotiate(lk_session *session)
{
    int timeout = lk_options_timeout(session->setup->options);
    lk_error error = lk_connection_renegotiate(session->connection);
    if (error == LK_ERROR_WRONG_STATE)
        return lk_session_fail(session, error, "--renegotiate: %s",
                               lk_connection_version(session->connection) >= LK_VERSION_TLS1_3
                                   ? "TLS 1.3 has no renegotiation; add --max 1.2"
                                   : "the peer does not know secure renegotiation (RFC 5746)");
    error = lk_socket_handshake(session->connection, session->socket, timeout);
    return error == LK_ERROR_WANT_READ ? LK_OK : error;
}

lk_error lk_session_begin(lk_session *session, lk_setup *setup, lk_role role, const char *host, const char *peer,
                          int socket)
{
    lk_error error;
    *session = (lk_session){.setup = setup, .role = role, .peer = peer, .socket = socket};
    (void)clock_gettime(CLOCK_MONOTONIC, &session->start);
    session->counted = lk_attachment_count(&setup->attachment, &session->earlier);
    lk_capture_begin(&setup->capture, socket, role == LK_SERVER);
    error = lk_connection_new(setup->config, role, host, &session->connection);
    if (!error && setup->session_file)
        error = lk_resume_from(setup->session_file, session->connection);
    if (!error)
        error = lk_socket_handshake(session->connection, socket, lk_options_timeout(setup->options));
    if (!error && setup->options->renegotiate)
        error = renegotiate(session);
    return error ? error : lk_export_show(session);
}

lk_error lk_session_fail(lk_session *session, lk_error error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(session->failure, sizeof session->failure, format, arguments);
    va_end(arguments);
    return error;
}

static const char *particulars(const lk_session *session)
{
    if (session->failure[0])
        return session->failure;
    return session->connection ? lk_connection_diagnosis(session->connection) : NULL;
}

/* What must not go unnoticed: the failure, and a device that was left in mid-session. */
static void say_outcome(const lk_session *session, lk_error error)
{
    lk_connection_statistics statistics;
    if (error)
        (void)lk_report_error(session->peer, error, particulars(session));
    if (!session->connection || !session->setup->attachment.engine)
        return;
    lk_connection_statistics_get(session->connection, &statistics);
    if (statistics.fallbacks > 0)
        lk_report("%s: records went over to software: %s", session->peer, statistics.fallback_reason);
}

int lk_session_end(lk_session *session, lk_error error)
{
    int status = error ? LK_EXIT_FAILURE : LK_EXIT_OK;
    if (session->setup->options->trace)
        lk_trace_flush(&session->setup->trace);
    say_outcome(session, error);
    if (session->setup->options->statistics && lk_statistics_write(session, error))
        status = LK_EXIT_FAILURE;
    lk_connection_free(session->connection);
    lk_capture_end_connection(&session->setup->capture);
    if (session->socket >= 0)
        (void)close(session->socket);
    session->connection = NULL;
    session->socket = -1;
    return status;
}
