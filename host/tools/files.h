/* SPDX-License-Identifier: Apache-2.0 */
/* Files, as the command needs them. */
#ifndef LK_TOOLS_FILES_H
#define LK_TOOLS_FILES_H

#include <latchkey/error.h>

#include <stddef.h>
#include <stdint.h>

/** Writes all of it, through interruptions and short writes. @return INPUT_OUTPUT; errno says why. */
lk_error lk_file_write(int file, const void *data, size_t length);

/** The most that lk_file_read() reads. */
enum { LK_FILE_MAX = 262144 };

/**
 * Reads a file as a whole. *data is the caller's to free; *length bytes.
 * @return FILE_UNREADABLE; errno says why: ENOENT when there is none, EFBIG above LK_FILE_MAX. NO_MEMORY.
 */
lk_error lk_file_read(const char *path, uint8_t **data, size_t *length);

/** Like lk_file_replace(), for secrets: nobody else may read the file. */
lk_error lk_file_replace_private(const char *path, const void *data, size_t length);

/**
 * Puts text into a file so that a reader sees either all of it or the file that was there before.
 * @return INPUT_OUTPUT; errno says why.
 */
lk_error lk_file_replace(const char *path, const char *text, size_t length);

#endif
