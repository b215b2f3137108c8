/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/resume.h"
#include "tools/files.h"
#include "tools/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

lk_error lk_resume_from(const char *path, lk_connection *connection)
{
    uint8_t *session = NULL;
    size_t length = 0;
    lk_error error = lk_file_read(path, &session, &length);
    if (error == LK_ERROR_FILE_UNREADABLE) {
        if (errno != ENOENT)
            lk_report("the session file %s cannot be read: %s", path, strerror(errno));
        return LK_OK;
    }
    if (error)
        return error;
    error = lk_connection_resume(connection, session, length);
    explicit_bzero(session, length);
    free(session);
    if (error != LK_ERROR_INVALID_ARGUMENT)
        return error;
    lk_report("the file %s holds no session of this version of latchkey: there is a full handshake", path);
    return LK_OK;
}

void lk_resume_keep_in(void *context, const lk_connection *connection, const uint8_t *session, size_t length)
{
    const char *path = context;
    (void)connection;
    if (!session) {
        if (unlink(path) != 0 && errno != ENOENT)
            lk_report("the session file %s cannot be removed: %s", path, strerror(errno));
    } else if (lk_file_replace_private(path, session, length))
        lk_report("the session file %s cannot be written: %s", path, strerror(errno));
}
