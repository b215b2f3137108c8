/* SPDX-License-Identifier: Apache-2.0 */
/* As much of HTTP/1.0 (RFC 1945) as fetching and serving one page takes. */
#ifndef LK_TOOLS_HTTP_H
#define LK_TOOLS_HTTP_H

#include <latchkey/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LK_HTTP_HEAD_MAX = 16384, LK_HTTP_PATH_MAX = 1024 };

/** The head of a request or response, as it gathers. Zero it before use. */
typedef struct lk_http_head {
    char text[LK_HTTP_HEAD_MAX + 1]; /* ends with a zero byte */
    size_t length;
    bool complete; /* the empty line has come */
} lk_http_head;

/**
 * Takes bytes until the empty line that ends the head. *taken says how many belong to it; what follows is the body.
 * @return DECODE when the head is longer than LK_HTTP_HEAD_MAX or holds a zero byte.
 */
lk_error lk_http_head_take(lk_http_head *head, const void *data, size_t length, size_t *taken);

/** What a response says of itself. */
typedef struct lk_http_response {
    int status;      /* 200, 404, ... */
    bool has_length; /* it has a Content-Length */
    uint64_t length;
} lk_http_response;

/** Reads a complete head as a response. @return DECODE when it is none. */
lk_error lk_http_response_parse(const lk_http_head *head, lk_http_response *response);

/** True for a path that can be asked for: it begins with '/', and no character in it would end the request line. */
bool lk_http_path_valid(const char *path);

/**
 * Reads a complete head as a GET request, and gives the path, query cut off, relative to the folder that is served
 * ("index.html" for "/").
 * @return DECODE when it is no GET request; ILLEGAL_PARAMETER for a path that would lead out of the folder, or to a
 * hidden file.
 */
lk_error lk_http_request_parse(const lk_http_head *head, char path[LK_HTTP_PATH_MAX]);

#endif
