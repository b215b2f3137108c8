/* SPDX-License-Identifier: Apache-2.0 */
/* One connection of the command, from its socket to its statistics. */
#ifndef LK_TOOLS_SESSION_H
#define LK_TOOLS_SESSION_H

#include "tools/setup.h"

#include <latchkey/connection.h>

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum { LK_FAILURE_MAX = 512 };

typedef struct lk_session {
    lk_setup *setup;
    lk_role role;
    const char *peer; /* what messages call it; borrowed */
    int socket;
    lk_connection *connection;
    struct timespec start;
    bool counted; /* the device's counters were read at the start */
    lk_device_statistics earlier;
    uint64_t sent, received;      /* bytes of the application */
    char failure[LK_FAILURE_MAX]; /* what the command itself found wrong; "" leaves the word to the connection */
} lk_session;

/**
 * Makes a connection over a connected socket, which the session then owns, and completes the handshake.
 * host: for a client, the name the certificate must bear, or NULL. peer: what messages call the other side; borrowed.
 * @return an error of the library; whatever it is, lk_session_end() cleans up.
 */
lk_error lk_session_begin(lk_session *session, lk_setup *setup, lk_role role, const char *host, const char *peer,
                          int socket);

/** Notes what the command itself found wrong, for lk_session_end() to report. @return the error, to be returned by the
 * caller. */
lk_error lk_session_fail(lk_session *session, lk_error error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * Says how the session went (one line when it failed or fell back), writes the statistics file, and frees everything.
 * @return the exit status that error leads to, or LK_EXIT_FAILURE when the statistics could not be written.
 */
int lk_session_end(lk_session *session, lk_error error);

#endif
