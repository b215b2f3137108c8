/* SPDX-License-Identifier: Apache-2.0 */
/* Copying between a session and a pair of descriptors, both ways at once, for as long as either side has something to
 * say. */
#ifndef LK_TOOLS_RELAY_H
#define LK_TOOLS_RELAY_H

#include "tools/session.h"

/**
 * Copies input to the peer and the peer's data to output until both have ended. The end of input becomes a
 * close_notify; the end of the peer's data ends the copying, as it leaves nobody to listen.
 * @return OK after the peer's close_notify; TRUNCATED, TIMED_OUT, INPUT_OUTPUT, ...
 */
lk_error lk_relay_run(lk_session *session, int input, int output);

/** Sends back all that the peer sends, until it closes. @return as lk_relay_run(). */
lk_error lk_relay_echo(lk_session *session);

#endif
