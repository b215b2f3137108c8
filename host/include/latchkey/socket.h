/* SPDX-License-Identifier: Apache-2.0 */
/* Helpers that run a connection over a connected socket, waiting with poll(): for simple clients, servers and tests. */
#ifndef LATCHKEY_SOCKET_H
#define LATCHKEY_SOCKET_H

#include <latchkey/connection.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A stream socket to host:port (name or address; service name or number), tried for no longer than timeout ms. Close
 * it with close(). */
lk_error lk_socket_connect(const char *host, const char *port, int timeout, int *socket);

/** A listening socket; host NULL for any address, port "0" for a port of the kernel's choice. @return ADDRESS_IN_USE,
 * ... */
lk_error lk_socket_listen(const char *host, const char *port, int *socket);

/**
 * One step: sends what waits, receives what came, moves the engine on; waits for any of these no longer than timeout ms
 * (-1: for ever). Call it when a call on the connection said WANT_READ, WANT_WRITE or WANT_ENGINE.
 * @return OK, TIMED_OUT, INPUT_OUTPUT, or an engine's error.
 */
lk_error lk_socket_step(lk_connection *connection, int socket, int timeout);

/**
 * Completes the handshake, or a renegotiation. timeout in ms for the whole of it. Beside what the connection says,
 * which may be WANT_KEY (then what waited has been sent; call it again with the signature):
 * WANT_READ where a renegotiation cannot go on before the plaintext has been read that came in between; reading goes on
 * with it.
 */
lk_error lk_socket_handshake(lk_connection *connection, int socket, int timeout);

/** Sends all of the data. timeout in ms for each wait. WANT_READ as lk_socket_handshake(); then some was sent. */
lk_error lk_socket_write(lk_connection *connection, int socket, const void *data, size_t length, int timeout);

/** Receives at least one byte; CLOSED at the end. timeout in ms for each wait. */
lk_error lk_socket_read(lk_connection *connection, int socket, void *data, size_t capacity, size_t *got, int timeout);

/** Sends close_notify and waits for the peer's, discarding data. */
lk_error lk_socket_close(lk_connection *connection, int socket, int timeout);

#ifdef __cplusplus
}
#endif

#endif
