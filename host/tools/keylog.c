/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/keylog.h"
#include "tools/files.h"
#include "tools/report.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { LINE_MAX_LENGTH = 512 };

lk_error lk_key_log_open(const char *path, int *file)
{
    *file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    return *file < 0 ? LK_ERROR_FILE_UNREADABLE : LK_OK;
}

void lk_key_log_append(void *context, const char *line)
{
    const int *file = context;
    char text[LINE_MAX_LENGTH];
    int length = snprintf(text, sizeof text, "%s\n", line);
    if (length < 0 || (size_t)length >= sizeof text) {
        lk_report("a line is too long for the key log: it is left out");
        return;
    }
    if (lk_file_write(*file, text, (size_t)length))
        lk_report("the key log cannot be written: %s", strerror(errno));
    explicit_bzero(text, sizeof text);
}
