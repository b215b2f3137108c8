/* SPDX-License-Identifier: Apache-2.0 */
/* Files, as the command needs them. */
#ifndef LK_TOOLS_FILES_H
#define LK_TOOLS_FILES_H

#include <latchkey/error.h>

#include <stddef.h>

/** Writes all of it, through interruptions and short writes. @return INPUT_OUTPUT; errno says why. */
lk_error lk_file_write(int file, const void *data, size_t length);

/**
 * Puts text into a file so that a reader sees either all of it or the file that was there before.
 * @return INPUT_OUTPUT; errno says why.
 */
lk_error lk_file_replace(const char *path, const char *text, size_t length);

#endif
