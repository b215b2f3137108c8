/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/fetch.h"
#include "tools/files.h"
#include "tools/http.h"

#include <latchkey/socket.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 65536, REQUEST_MAX = LK_HTTP_PATH_MAX + 512 };

typedef struct lk_page_fetch {
    lk_session *session;
    int output;
    lk_http_head head;
    lk_http_response response;
    uint64_t body;
    uint8_t chunk[CHUNK];
} lk_page_fetch;

static lk_error request(lk_page_fetch *fetch, const char *host, const char *path)
{
    lk_session *session = fetch->session;
    char text[REQUEST_MAX];
    int length = snprintf(text, sizeof text, "GET %s HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n\r\n", path, host);
    lk_error error;
    if (length < 0 || (size_t)length >= sizeof text)
        return LK_ERROR_INVALID_ARGUMENT;
    error = lk_socket_write(session->connection, session->socket, text, (size_t)length,
                            lk_options_timeout(session->setup->options));
    if (!error)
        session->sent += (uint64_t)length;
    return error;
}

/* Takes received bytes: first the head, then the body. */
static lk_error take(lk_page_fetch *fetch, const uint8_t *data, size_t length)
{
    size_t taken = 0;
    if (!fetch->head.complete) {
        lk_error error = lk_http_head_take(&fetch->head, data, length, &taken);
        if (!error && fetch->head.complete)
            error = lk_http_response_parse(&fetch->head, &fetch->response);
        if (error)
            return lk_session_fail(fetch->session, error, "the server's answer is not HTTP");
        if (!fetch->head.complete)
            return LK_OK;
    }
    fetch->body += length - taken;
    if (lk_file_write(fetch->output, data + taken, length - taken))
        return lk_session_fail(fetch->session, LK_ERROR_INPUT_OUTPUT, "the output cannot be written: %s",
                               strerror(errno));
    return LK_OK;
}

static bool has_all(const lk_page_fetch *fetch)
{
    return fetch->head.complete && fetch->response.has_length && fetch->body >= fetch->response.length;
}

static lk_error receive(lk_page_fetch *fetch)
{
    lk_session *session = fetch->session;
    int timeout = lk_options_timeout(session->setup->options);
    lk_error error = LK_OK;
    while (!error && !has_all(fetch)) {
        size_t got = 0;
        error = lk_socket_read(session->connection, session->socket, fetch->chunk, sizeof fetch->chunk, &got, timeout);
        session->received += got;
        if (!error)
            error = take(fetch, fetch->chunk, got);
    }
    return error == LK_ERROR_CLOSED ? LK_OK : error;
}

/* What an answer that has ended may still get wrong. */
static lk_error judge(const lk_page_fetch *fetch, const char *path)
{
    lk_session *session = fetch->session;
    if (!fetch->head.complete)
        return lk_session_fail(session, LK_ERROR_TRUNCATED,
                               "the server closed the connection before it answered for %s", path);
    if (fetch->response.status < 200 || fetch->response.status > 299)
        return lk_session_fail(session, LK_ERROR_INPUT_OUTPUT, "the server answered for %s with status %d", path,
                               fetch->response.status);
    if (fetch->response.has_length && fetch->body != fetch->response.length)
        return lk_session_fail(session, LK_ERROR_TRUNCATED,
                               "%" PRIu64 " bytes of %s came, but the server announced %" PRIu64, fetch->body, path,
                               fetch->response.length);
    return LK_OK;
}

lk_error lk_fetch(lk_session *session, const char *host, const char *path, int output)
{
    lk_error error;
    lk_page_fetch *state = calloc(1, sizeof *state);
    if (!state)
        return LK_ERROR_NO_MEMORY;
    state->session = session;
    state->output = output;
    error = request(state, host, path);
    if (!error)
        error = receive(state);
    if (!error)
        error = judge(state, path);
    free(state);
    if (!error)
        error = lk_socket_close(session->connection, session->socket, lk_options_timeout(session->setup->options));
    return error;
}
