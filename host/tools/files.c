/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

enum { MODE_PUBLIC = 0666, MODE_PRIVATE = 0600 };

static lk_error write_new(const char *path, mode_t mode, const void *text, size_t length)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    lk_error error;
    if (file < 0)
        return LK_ERROR_INPUT_OUTPUT;
    error = lk_file_write(file, text, length);
    if (close(file) != 0 && !error)
        error = LK_ERROR_INPUT_OUTPUT;
    return error;
}

static lk_error replace(const char *path, mode_t mode, const void *text, size_t length)
{
    char temporary[PATH_MAX];
    lk_error error;
    int written = snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid());
    if (takes_no_replacement(path))
        return write_new(path, mode, text, length);
    if (written < 0 || (size_t)written >= sizeof temporary) {
        errno = ENAMETOOLONG;
        return LK_ERROR_INPUT_OUTPUT;
    }
    (void)unlink(temporary); /* one that was left behind may be open to others */
    error = write_new(temporary, mode, text, length);
    if (!error && rename(temporary, path) != 0)
        error = LK_ERROR_INPUT_OUTPUT;
    if (error) {
        int reason = errno;
        (void)unlink(temporary);
        errno = reason;
    }
    return error;
}

lk_error lk_file_replace(const char *path, const char *text, size_t length)
{
    return replace(path, MODE_PUBLIC, text, length);
}

lk_error lk_file_replace_private(const char *path, const void *data, size_t length)
{
    return replace(path, MODE_PRIVATE, data, length);
}

/* Reads to the end, or until the memory is full. */
static lk_error read_all(int file, uint8_t *data, size_t capacity, size_t *length)
{
    *length = 0;
    while (*length < capacity) {
        ssize_t got = read(file, data + *length, capacity - *length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return LK_ERROR_FILE_UNREADABLE;
        if (got == 0)
            return LK_OK;
        *length += (size_t)got;
    }
    errno = EFBIG;
    return LK_ERROR_FILE_UNREADABLE;
}

lk_error lk_file_read(const char *path, uint8_t **data, size_t *length)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return LK_ERROR_FILE_UNREADABLE;
    *data = malloc(LK_FILE_MAX + 1);
    lk_error error = *data ? read_all(file, *data, LK_FILE_MAX + 1, length) : LK_ERROR_NO_MEMORY;
    int reason = errno;
    if (error && *data) {
        explicit_bzero(*data, LK_FILE_MAX + 1);
        free(*data);
    }
    (void)close(file);
    errno = reason;
    return error;
}
