/* SPDX-License-Identifier: Apache-2.0 */
/* One client of the server: first operations (list, import), then, on the same connection, the commands to the imported
 * device. */
#ifndef LK_SIM_SERVER_SESSION_H
#define LK_SIM_SERVER_SESSION_H

#include "sim/server/export.h"

#include <stdbool.h>
#include <stdint.h>

/** A client's connection. The export is shared by all sessions of a server. */
typedef struct lk_session lk_session;

/** A session on a connected, non-blocking socket, which it owns from now on. NULL when memory is short: the socket is
 * closed. */
lk_session *lk_session_new(int socket, lk_export *exported);

/**
 * Ends it. What it had in flight goes back unanswered, and an imported device is reset, so that the next client finds
 * it without configuration and without keys.
 */
void lk_session_free(lk_session *session);

/** The socket, and what poll() should wait for. */
int lk_session_socket(const lk_session *session);
short lk_session_events(const lk_session *session);

/** Reads, handles and writes what the socket allows. @return false when the session is over; lk_session_fault() then
 * says why. */
bool lk_session_handle(lk_session *session, short events);

/** Sends the replies to what the board has finished. @return false as above. */
bool lk_session_collect(lk_session *session);

/** What was wrong with what the client sent, or NULL when it just went. */
const char *lk_session_fault(const lk_session *session);

/** Payload that has moved for the holder so far. */
void lk_session_bytes(const lk_session *session, uint64_t *out, uint64_t *in);

#endif
