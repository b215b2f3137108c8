/* SPDX-License-Identifier: Apache-2.0 */
/* The socket helpers carry a session over TCP, and name what goes wrong with sockets. */
#include "connection/loopback.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TIMEOUT = 20000, LENGTH = 1 << 20 };

static void port_of(int listening, char port[8])
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    cr_assert_eq(getsockname(listening, (struct sockaddr *)&address, &size), 0);
    uint16_t number = address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                                    : ((struct sockaddr_in *)&address)->sin_port;
    snprintf(port, 8, "%u", ntohs(number));
}

/* A server that gives back what it is given, until it is closed. */
typedef struct echo {
    const lk_config *config;
    int socket;
    lk_error result;
} echo;

static void *echo_run(void *argument)
{
    echo *server = argument;
    static uint8_t piece[30000];
    lk_connection *connection = NULL;
    size_t got = 0;
    lk_error error = lk_connection_new(server->config, LK_SERVER, NULL, &connection);
    if (!error)
        error = lk_socket_handshake(connection, server->socket, TIMEOUT);
    while (!error) {
        error = lk_socket_read(connection, server->socket, piece, sizeof piece, &got, TIMEOUT);
        if (!error)
            error = lk_socket_write(connection, server->socket, piece, got, TIMEOUT);
    }
    if (error == LK_ERROR_CLOSED)
        error = lk_socket_close(connection, server->socket, TIMEOUT);
    server->result = error;
    lk_connection_free(connection);
    close(server->socket);
    return NULL;
}

typedef struct tcp_session {
    loopback *pair; /* for its configurations */
    echo server;
    pthread_t thread;
    int socket;
} tcp_session;

static void session_begin(tcp_session *session, lk_client_policy policy)
{
    char port[8];
    int listening = -1;
    session->pair = loopback_new("EC");
    cr_assert_eq(lk_config_trust_file(session->pair->side[LK_SERVER].config, session->pair->certificates->root), LK_OK);
    cr_assert_eq(lk_config_ask_client_certificate(session->pair->side[LK_SERVER].config, policy), LK_OK);
    cr_assert_eq(lk_socket_listen("127.0.0.1", "0", &listening), LK_OK);
    port_of(listening, port);
    cr_assert_eq(lk_socket_connect("127.0.0.1", port, TIMEOUT, &session->socket), LK_OK);
    session->server = (echo){.config = session->pair->side[LK_SERVER].config, .socket = accept(listening, NULL, NULL)};
    close(listening);
    cr_assert_eq(pthread_create(&session->thread, NULL, echo_run, &session->server), 0);
}

static void session_end(tcp_session *session)
{
    close(session->socket);
    pthread_join(session->thread, NULL);
    loopback_free(session->pair);
}

Test(socket, a_session_over_tcp_loses_no_byte_and_closes_cleanly)
{
    tcp_session session;
    lk_connection *client = NULL;
    uint8_t *sent = malloc(LENGTH), *back = malloc(LENGTH);
    size_t total = 0;
    for (size_t i = 0; i < LENGTH; i++)
        sent[i] = (uint8_t)(i * 31 + i / 999);
    session_begin(&session, LK_CLIENT_UNKNOWN);
    cr_assert_eq(lk_connection_new(session.pair->side[LK_CLIENT].config, LK_CLIENT, "localhost", &client), LK_OK);
    cr_assert_eq(lk_socket_handshake(client, session.socket, TIMEOUT), LK_OK);
    for (size_t at = 0; at < LENGTH; at += 65536) {
        cr_assert_eq(lk_socket_write(client, session.socket, sent + at, 65536, TIMEOUT), LK_OK);
        while (total < at + 65536) {
            size_t got = 0;
            cr_assert_eq(lk_socket_read(client, session.socket, back + total, LENGTH - total, &got, TIMEOUT), LK_OK);
            total += got;
        }
    }
    cr_assert_arr_eq(sent, back, LENGTH);
    cr_assert_eq(lk_socket_close(client, session.socket, TIMEOUT), LK_OK);
    lk_connection_free(client);
    session_end(&session);
    cr_assert_eq(session.server.result, LK_OK);
    free(sent);
    free(back);
}

Test(socket, the_alert_of_a_failed_handshake_reaches_the_peer)
{
    tcp_session session;
    lk_connection *client = NULL;
    session_begin(&session, LK_CLIENT_UNKNOWN);
    cr_assert_eq(lk_connection_new(session.pair->side[LK_CLIENT].config, LK_CLIENT, "elsewhere", &client), LK_OK);
    cr_assert_eq(lk_socket_handshake(client, session.socket, TIMEOUT), LK_ERROR_CERTIFICATE_NAME);
    lk_connection_free(client);
    session_end(&session);
    cr_assert_eq(session.server.result, LK_ERROR_PEER_ALERT);
}

Test(socket, a_peer_that_vanishes_is_noticed)
{
    tcp_session session;
    lk_connection *client = NULL;
    session_begin(&session, LK_CLIENT_UNKNOWN);
    cr_assert_eq(lk_connection_new(session.pair->side[LK_CLIENT].config, LK_CLIENT, "localhost", &client), LK_OK);
    cr_assert_eq(lk_socket_handshake(client, session.socket, TIMEOUT), LK_OK);
    lk_connection_free(client);
    session_end(&session);
    cr_assert(session.server.result == LK_ERROR_TRUNCATED || session.server.result == LK_ERROR_INPUT_OUTPUT);
}

Test(socket, a_silent_peer_is_waited_for_no_longer_than_said)
{
    int sockets[2];
    lk_connection *client = NULL;
    loopback *pair = loopback_new("EC");
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    cr_assert_eq(lk_connection_new(pair->side[LK_CLIENT].config, LK_CLIENT, "localhost", &client), LK_OK);
    cr_assert_eq(lk_socket_handshake(client, sockets[0], 100), LK_ERROR_TIMED_OUT);
    lk_connection_free(client);
    loopback_free(pair);
    close(sockets[0]);
    close(sockets[1]);
}

Test(socket, a_port_that_is_taken_is_named_so)
{
    char port[8];
    int first = -1, second = -1;
    cr_assert_eq(lk_socket_listen("127.0.0.1", "0", &first), LK_OK);
    port_of(first, port);
    cr_assert_eq(lk_socket_listen("127.0.0.1", port, &second), LK_ERROR_ADDRESS_IN_USE);
    cr_assert_eq(second, -1);
    close(first);
}

Test(socket, a_port_where_nothing_listens_is_named_so)
{
    char port[8];
    int listening = -1, connected = -1;
    cr_assert_eq(lk_socket_listen("127.0.0.1", "0", &listening), LK_OK);
    port_of(listening, port);
    close(listening);
    cr_assert_eq(lk_socket_connect("127.0.0.1", port, TIMEOUT, &connected), LK_ERROR_CONNECTION_REFUSED);
    cr_assert_eq(connected, -1);
}

Test(socket, a_name_without_an_address_is_named_so)
{
    int connected = -1;
    cr_assert_eq(lk_socket_connect("no such host", "1", TIMEOUT, &connected), LK_ERROR_ADDRESS_UNRESOLVED);
}

/* The server has hung up, with bytes of the client's unread, by the time the client hears why. */
Test(socket, a_server_that_refuses_a_client_that_is_already_sending_is_heard)
{
    tcp_session session;
    lk_connection *client = NULL;
    uint8_t piece[10000] = {0};
    session_begin(&session, LK_CLIENT_REQUIRED);
    cr_assert_eq(lk_connection_new(session.pair->side[LK_CLIENT].config, LK_CLIENT, "localhost", &client), LK_OK);
    lk_error error = lk_socket_handshake(client, session.socket, TIMEOUT);
    while (!error)
        error = lk_socket_write(client, session.socket, piece, sizeof piece, TIMEOUT);
    cr_assert_eq(error, LK_ERROR_PEER_ALERT, "%s", lk_error_name(error));
    cr_assert_not_null(strstr(lk_connection_diagnosis(client), "certificate_required"));
    lk_connection_free(client);
    session_end(&session);
    cr_assert_eq(session.server.result, LK_ERROR_CERTIFICATE_MISSING);
}
