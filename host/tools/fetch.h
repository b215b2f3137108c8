/* SPDX-License-Identifier: Apache-2.0 */
/* Fetching a page over a session (`latchkey client --get`). */
#ifndef LK_TOOLS_FETCH_H
#define LK_TOOLS_FETCH_H

#include "tools/session.h"

/**
 * Sends a GET request (HTTP/1.0) and writes the body, and nothing else, to output. host goes into the Host field.
 * @return OK when the whole body came and the status was 2xx.
 */
lk_error lk_fetch(lk_session *session, const char *host, const char *path, int output);

#endif
