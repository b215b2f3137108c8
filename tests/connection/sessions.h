/* SPDX-License-Identifier: Apache-2.0 */
/* Two sides that go on with sessions: what the tests of tickets and of session ids have in common. */
#ifndef LK_TESTS_CONNECTION_SESSIONS_H
#define LK_TESTS_CONNECTION_SESSIONS_H

#include "connection/loopback.h"

enum { KEPT_SESSION_MAX = 16384 };

/** The session that came last. */
typedef struct kept_session {
    uint8_t bytes[KEPT_SESSION_MAX];
    size_t length;
    unsigned count;     /* of those that came */
    unsigned forgotten; /* how often the client was told to forget */
} kept_session;

lk_config *sessions_config(loopback *pair, lk_role role);

/** A pair whose client speaks that version and keeps its sessions; kept is emptied. */
loopback *sessions_pair(uint16_t version, kept_session *kept);

/** Frees both connections; the configurations stay. */
void sessions_hang_up(loopback *pair);

/** Both ways; on the way the client takes in a ticket that came behind the handshake. */
void sessions_talk(loopback *pair);

/** Whether the handshake was an abbreviated one; both sides must say the same. */
bool sessions_resumed(const loopback *pair);

/** A full handshake that brings the first session. */
void sessions_establish_first(loopback *pair, const kept_session *kept);

/** New connections, of which the client offers what was kept. */
void sessions_offer(loopback *pair, const kept_session *kept, const char *host);

/** A second handshake, which is abbreviated or not. */
void sessions_establish_again(loopback *pair, const kept_session *kept, bool expected);

#endif
