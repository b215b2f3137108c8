/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/server/server.h"

#include "sim/server/session.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SESSIONS_MAX = 16,
    SLICE_CYCLES = 2048 /* between two looks at the sockets: a few milliseconds */
};

struct lk_server {
    int listener;
    uint16_t port;
    lk_export exported;
    lk_session *sessions[SESSIONS_MAX];
    size_t session_count;
    lk_server_report *report;
    void *report_context;
};

static int listen_at(const struct addrinfo *address)
{
    int listener = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0)
        return -1;
    int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, address->ai_addr, address->ai_addrlen) == 0 && listen(listener, SESSIONS_MAX) == 0)
        return listener;
    int reason = errno;
    close(listener);
    errno = reason;
    return -1;
}

static lk_error listen_on(lk_server *server, const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *addresses = NULL;
    if (getaddrinfo(host, port, &hints, &addresses) != 0)
        return LK_ERROR_ADDRESS_UNRESOLVED;
    server->listener = -1;
    for (struct addrinfo *address = addresses; address && server->listener < 0; address = address->ai_next)
        server->listener = listen_at(address);
    int reason = errno;
    freeaddrinfo(addresses);
    errno = reason;
    if (server->listener < 0)
        return reason == EADDRINUSE ? LK_ERROR_ADDRESS_IN_USE : LK_ERROR_INPUT_OUTPUT;
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    } bound = {.in6 = {0}};
    socklen_t length = sizeof bound;
    if (getsockname(server->listener, &bound.any, &length) != 0)
        return LK_ERROR_INPUT_OUTPUT;
    server->port = ntohs(bound.any.sa_family == AF_INET6 ? bound.in6.sin6_port : bound.in.sin_port);
    return LK_OK;
}

lk_error lk_server_new(lk_board *board, const char *host, const char *port, lk_server **result)
{
    lk_server *server = calloc(1, sizeof *server);
    if (!server)
        return LK_ERROR_NO_MEMORY;
    server->listener = -1;
    lk_error error = listen_on(server, host, port);
    if (!error && !lk_export_begin(&server->exported, board))
        error = LK_ERROR_DEVICE_PROTOCOL;
    if (error) {
        int reason = errno;
        lk_server_free(server);
        errno = reason;
        return error;
    }
    *result = server;
    return LK_OK;
}

void lk_server_free(lk_server *server)
{
    if (!server)
        return;
    for (size_t i = 0; i < server->session_count; i++)
        lk_session_free(server->sessions[i]);
    if (server->listener >= 0)
        close(server->listener);
    free(server);
}

void lk_server_set_report(lk_server *server, lk_server_report *report, void *context)
{
    server->report = report;
    server->report_context = context;
}

uint16_t lk_server_port(const lk_server *server)
{
    return server->port;
}

const char *lk_server_bus_id(const lk_server *server)
{
    return server->exported.device.bus_id;
}

static void report(const lk_server *server, const char *sentence)
{
    if (server->report)
        server->report(server->report_context, sentence);
}

static void take_client(lk_server *server)
{
    int client = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client < 0)
        return;
    if (server->session_count == SESSIONS_MAX) {
        close(client);
        report(server, "there are sixteen connections already");
        return;
    }
    int on = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(client, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    lk_session *session = lk_session_new(client, &server->exported);
    if (session)
        server->sessions[server->session_count++] = session;
}

static void end_session(lk_server *server, size_t index)
{
    const char *fault = lk_session_fault(server->sessions[index]);
    if (fault)
        report(server, fault);
    lk_session_free(server->sessions[index]);
    server->sessions[index] = server->sessions[--server->session_count];
}

/* Looks at the sockets once, for as long as timeout says. @return false when stop is readable or poll() fails. */
static bool serve_sockets(lk_server *server, int stop, int timeout, lk_error *error)
{
    struct pollfd polled[SESSIONS_MAX + 2];
    size_t count = server->session_count;
    for (size_t i = 0; i < count; i++)
        polled[i] = (struct pollfd){lk_session_socket(server->sessions[i]), lk_session_events(server->sessions[i]), 0};
    polled[count] = (struct pollfd){server->listener, POLLIN, 0};
    polled[count + 1] = (struct pollfd){stop, POLLIN, 0};
    int ready = poll(polled, (nfds_t)count + 2, timeout);
    if (ready < 0 && errno != EINTR)
        *error = LK_ERROR_INPUT_OUTPUT;
    if (ready <= 0)
        return *error == LK_OK;
    for (size_t i = count; i-- > 0;) { /* backwards: a session that ends is replaced by the last */
        if (polled[i].revents && !lk_session_handle(server->sessions[i], polled[i].revents))
            end_session(server, i);
    }
    if (polled[count].revents)
        take_client(server);
    return polled[count + 1].revents == 0;
}

static void collect(lk_server *server)
{
    for (size_t i = server->session_count; i-- > 0;) {
        if (!lk_session_collect(server->sessions[i]))
            end_session(server, i);
    }
}

lk_error lk_server_run(lk_server *server, int stop)
{
    lk_error error = LK_OK;
    lk_board *board = server->exported.board;
    for (;;) {
        if (!serve_sockets(server, stop, lk_board_active(board) ? 0 : -1, &error))
            return error;
        if (lk_board_active(board))
            lk_board_run(board, SLICE_CYCLES);
        collect(server); /* also what was done at once */
    }
}

void lk_server_statistics_get(const lk_server *server, lk_server_statistics *statistics)
{
    const lk_export *exported = &server->exported;
    uint64_t out = 0, in = 0;
    if (exported->holder)
        lk_session_bytes(exported->holder, &out, &in);
    *statistics = (lk_server_statistics){exported->clients, exported->bytes_out + out, exported->bytes_in + in};
}
