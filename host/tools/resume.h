/* SPDX-License-Identifier: Apache-2.0 */
/* The file that a client keeps its session in, from one run to the next. */
#ifndef LK_TOOLS_RESUME_H
#define LK_TOOLS_RESUME_H

#include <latchkey/connection.h>

/**
 * Offers to go on with the session of a file. None is there the first time; what is there and is no session is
 * reported, and left out. @return what lk_connection_resume() says beside that.
 */
lk_error lk_resume_from(const char *path, lk_connection *connection);

/** An lk_session_keeper; context is the path. What goes wrong is reported. */
void lk_resume_keep_in(void *context, const lk_connection *connection, const uint8_t *session, size_t length);

#endif
