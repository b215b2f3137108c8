/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small TLS program around a library that brings none of its own: the same command line for each.
 *
 *   PROGRAM list                       the suites that the library has, by IANA's names, one a line
 *   PROGRAM server PORT OPTION...      echoes what comes, one connection after the other, until it is ended
 *   PROGRAM client PORT OPTION...      sends the file and takes as much back: status 0 when it is the same
 *
 * Options, NAME=VALUE: version (ssl3, 1.0, ...), suite, certificate, key, ca (PEM files), ask=1 (clients must have a
 * certificate), tickets=1, psk (hexadecimal digits), identity, file, twice=1 (connects a second time, with the session
 * of the first).
 */
#ifndef LK_INTEROP_PEER_H
#define LK_INTEROP_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PEER_PSK_MAX = 64 };

typedef struct peer_options {
    bool server, ask, tickets, twice;
    const char *version, *suite, *certificate, *key, *ca, *identity, *file;
    uint8_t psk[PEER_PSK_MAX];
    size_t psk_length;
    int port;
} peer_options;

/* What each library's file has to say. A failure is told on standard error and ends the program. */

/** Prints the suites. */
void peer_list(void);

/** Once, before the first connection. */
void peer_set_up(const peer_options *options);

/** A handshake over a connected, blocking socket. again: a client goes on with the session of the connection before.
 * @return false when it failed. */
bool peer_handshake(int socket, bool again);

/** @return bytes, 0 at the peer's close_notify, below 0 when something failed. */
long peer_read(uint8_t *to, size_t room);

/** All of it. */
bool peer_write(const uint8_t *from, size_t length);

/** Sends close_notify and frees what belongs to the connection; keeps the session of a client. */
void peer_close(void);

/** Says what failed, and ends the program. */
_Noreturn void peer_fail(const char *what, const char *why);

#endif
