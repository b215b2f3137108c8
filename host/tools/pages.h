/* SPDX-License-Identifier: Apache-2.0 */
/* Serving the files of a folder over a session (`latchkey server --www`). */
#ifndef LK_TOOLS_PAGES_H
#define LK_TOOLS_PAGES_H

#include "tools/session.h"

/**
 * Reads one GET request, answers it with a file below the folder (or with status 400 or 404), and closes the session.
 * folder: a descriptor of the folder, open for reading.
 */
lk_error lk_pages_serve(lk_session *session, int folder);

#endif
