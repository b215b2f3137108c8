/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

lk_error lk_file_write(int file, const void *data, size_t length)
{
    const uint8_t *bytes = data;
    while (length > 0) {
        ssize_t written = write(file, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return LK_ERROR_INPUT_OUTPUT;
        bytes += written;
        length -= (size_t)written;
    }
    return LK_OK;
}

/* A terminal, a pipe or a device is written to: another file must not take its place. */
static bool takes_no_replacement(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

static lk_error write_new(const char *path, const char *text, size_t length)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    lk_error error;
    if (file < 0)
        return LK_ERROR_INPUT_OUTPUT;
    error = lk_file_write(file, text, length);
    if (close(file) != 0 && !error)
        error = LK_ERROR_INPUT_OUTPUT;
    return error;
}

lk_error lk_file_replace(const char *path, const char *text, size_t length)
{
    char temporary[PATH_MAX];
    lk_error error;
    int written = snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid());
    if (takes_no_replacement(path))
        return write_new(path, text, length);
    if (written < 0 || (size_t)written >= sizeof temporary) {
        errno = ENAMETOOLONG;
        return LK_ERROR_INPUT_OUTPUT;
    }
    error = write_new(temporary, text, length);
    if (!error && rename(temporary, path) != 0)
        error = LK_ERROR_INPUT_OUTPUT;
    if (error) {
        int reason = errno;
        (void)unlink(temporary);
        errno = reason;
    }
    return error;
}
