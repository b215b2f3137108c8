/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/pages.h"
#include "tools/http.h"

#include <latchkey/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 65536, ANSWER_MAX = 256 };

static lk_error send_bytes(lk_session *session, const void *data, size_t length)
{
    lk_error error = lk_socket_write(session->connection, session->socket, data, length,
                                     lk_options_timeout(session->setup->options));
    if (!error)
        session->sent += length;
    return error;
}

static lk_error send_head(lk_session *session, const char *status, uint64_t length)
{
    char text[ANSWER_MAX];
    int written = snprintf(text, sizeof text,
                           "HTTP/1.0 %s\r\nContent-Type: application/octet-stream\r\nContent-Length: %" PRIu64
                           "\r\nConnection: close\r\n\r\n",
                           status, length);
    return send_bytes(session, text, (size_t)written);
}

static lk_error send_refusal(lk_session *session, const char *status)
{
    lk_error error = send_head(session, status, strlen(status) + 1);
    if (!error)
        error = send_bytes(session, status, strlen(status));
    return error ? error : send_bytes(session, "\n", 1);
}

static lk_error send_file(lk_session *session, int file, uint64_t length)
{
    lk_error error = send_head(session, "200 OK", length);
    uint8_t *chunk = malloc(CHUNK);
    if (!chunk)
        return LK_ERROR_NO_MEMORY;
    while (!error && length > 0) {
        ssize_t got = read(file, chunk, length < CHUNK ? (size_t)length : CHUNK);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            error =
                lk_session_fail(session, LK_ERROR_INPUT_OUTPUT, "the file shrank or cannot be read while it is served");
            break;
        }
        error = send_bytes(session, chunk, (size_t)got);
        length -= (uint64_t)got;
    }
    free(chunk);
    return error;
}

static lk_error answer(lk_session *session, const lk_http_head *head, int folder)
{
    char path[LK_HTTP_PATH_MAX];
    struct stat status;
    int file;
    lk_error error = lk_http_request_parse(head, path);
    if (error)
        return send_refusal(session, error == LK_ERROR_DECODE ? "400 Bad Request" : "404 Not Found");
    file = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode))
        error = send_file(session, file, (uint64_t)status.st_size);
    else
        error = send_refusal(session, "404 Not Found");
    if (file >= 0)
        (void)close(file);
    return error;
}

/* Who wants a page must show a certificate first. */
static lk_error ask_later(lk_session *session)
{
    lk_error error = lk_connection_authenticate_client(session->connection, LK_CLIENT_REQUIRED);
    if (error == LK_ERROR_WRONG_STATE)
        return lk_session_fail(session, error,
                               "--ask-client later: the client cannot be asked behind the handshake; it must speak TLS "
                               "1.3, and say that it can be");
    if (!error)
        error = lk_socket_handshake(session->connection, session->socket, lk_options_timeout(session->setup->options));
    return error == LK_ERROR_WANT_READ
               ? lk_session_fail(session, LK_ERROR_UNEXPECTED_MESSAGE, "the client says more before it shows who it is")
               : error;
}

static lk_error read_head(lk_session *session, lk_http_head *head)
{
    uint8_t bytes[4096];
    lk_error error = LK_OK;
    while (!error && !head->complete) {
        size_t got = 0, taken;
        error = lk_socket_read(session->connection, session->socket, bytes, sizeof bytes, &got,
                               lk_options_timeout(session->setup->options));
        session->received += got;
        if (!error)
            error = lk_http_head_take(head, bytes, got, &taken);
    }
    return error;
}

lk_error lk_pages_serve(lk_session *session, int folder)
{
    lk_http_head *head = calloc(1, sizeof *head);
    lk_error error;
    if (!head)
        return LK_ERROR_NO_MEMORY;
    error = read_head(session, head);
    if (!error && session->setup->asks_later)
        error = ask_later(session);
    if (!error)
        error = answer(session, head, folder);
    else if (error == LK_ERROR_DECODE)
        error = send_refusal(session, "400 Bad Request");
    free(head);
    if (!error || error == LK_ERROR_CLOSED)
        error = lk_socket_close(session->connection, session->socket, lk_options_timeout(session->setup->options));
    return error;
}
