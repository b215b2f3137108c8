/* SPDX-License-Identifier: Apache-2.0 */
/* The file that secrets are written to, in the SSLKEYLOGFILE format, when the user asks for it. */
#ifndef LK_TOOLS_KEYLOG_H
#define LK_TOOLS_KEYLOG_H

#include <latchkey/error.h>

/**
 * Opens a key log for appending; a new file is readable by its owner alone.
 * @return FILE_UNREADABLE when it cannot be opened (errno says why); *file is a descriptor for close().
 */
lk_error lk_key_log_open(const char *path, int *file);

/** An lk_key_log whose context points to the descriptor. Each line is one write, so that programs can share a file. */
void lk_key_log_append(void *context, const char *line);

#endif
