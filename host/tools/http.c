/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/http.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lines end with CR LF; a bare LF is what some servers send. */
static bool ends_with_empty_line(const lk_http_head *head)
{
    const char *end = head->text + head->length;
    return (head->length >= 4 && memcmp(end - 4, "\r\n\r\n", 4) == 0) ||
           (head->length >= 2 && memcmp(end - 2, "\n\n", 2) == 0);
}

lk_error lk_http_head_take(lk_http_head *head, const void *data, size_t length, size_t *taken)
{
    const char *bytes = data;
    for (*taken = 0; *taken < length && !head->complete; ++*taken) {
        if (head->length == LK_HTTP_HEAD_MAX || bytes[*taken] == '\0')
            return LK_ERROR_DECODE;
        head->text[head->length++] = bytes[*taken];
        head->text[head->length] = '\0';
        head->complete = ends_with_empty_line(head);
    }
    return LK_OK;
}

/* "HTTP/1.x NNN" */
static bool parse_status(const char *line, int *status)
{
    static const char version[] = "HTTP/1.";
    const char *digits = line + sizeof version + 1;
    if (strncmp(line, version, sizeof version - 1) != 0 || !isdigit((unsigned char)line[sizeof version - 1]) ||
        line[sizeof version] != ' ')
        return false;
    *status = 0;
    for (int i = 0; i < 3; i++) {
        if (!isdigit((unsigned char)digits[i]))
            return false;
        *status = *status * 10 + (digits[i] - '0');
    }
    return *status >= 100 && !isdigit((unsigned char)digits[3]);
}

static bool parse_content_length(const char *value, uint64_t *length)
{
    char *end;
    while (*value == ' ' || *value == '\t')
        value++;
    if (!isdigit((unsigned char)*value))
        return false;
    errno = 0;
    *length = strtoull(value, &end, 10);
    return errno == 0 && (*end == '\r' || *end == '\n' || *end == ' ');
}

lk_error lk_http_response_parse(const lk_http_head *head, lk_http_response *response)
{
    static const char name[] = "Content-Length:";
    *response = (lk_http_response){0};
    if (!parse_status(head->text, &response->status))
        return LK_ERROR_DECODE;
    for (const char *line = strchr(head->text, '\n'); line; line = strchr(line, '\n')) {
        line++;
        if (strncasecmp(line, name, sizeof name - 1) != 0)
            continue;
        if (!parse_content_length(line + sizeof name - 1, &response->length))
            return LK_ERROR_DECODE;
        response->has_length = true;
    }
    return LK_OK;
}

bool lk_http_path_valid(const char *path)
{
    if (path[0] != '/' || strlen(path) >= LK_HTTP_PATH_MAX)
        return false;
    for (const char *c = path; *c; c++)
        if (*c <= ' ' || *c > '~')
            return false;
    return true;
}

lk_error lk_http_request_parse(const lk_http_head *head, char path[LK_HTTP_PATH_MAX])
{
    static const char method[] = "GET /";
    const char *start = head->text + sizeof method - 1;
    size_t length;
    if (strncmp(head->text, method, sizeof method - 1) != 0)
        return LK_ERROR_DECODE;
    length = strcspn(start, " ?\r\n");
    if (strncmp(start + strcspn(start, " \r\n"), " HTTP/", 6) != 0)
        return LK_ERROR_DECODE;
    if (length >= LK_HTTP_PATH_MAX)
        return LK_ERROR_ILLEGAL_PARAMETER;
    (void)snprintf(path, LK_HTTP_PATH_MAX, "%.*s", (int)length, start);
    if (length == 0)
        (void)snprintf(path, LK_HTTP_PATH_MAX, "%s", "index.html");
    /* no component may be empty or begin with a dot: neither "..", nor an absolute path, nor a hidden file */
    if (path[0] == '.' || path[0] == '/' || strstr(path, "/.") || strstr(path, "//"))
        return LK_ERROR_ILLEGAL_PARAMETER;
    return LK_OK;
}
