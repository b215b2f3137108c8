/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/http.h"

#include <criterion/criterion.h>

#include <string.h>

static lk_http_head head;

static lk_error take(const char *text, size_t *taken)
{
    return lk_http_head_take(&head, text, strlen(text), taken);
}

static void begin(void)
{
    memset(&head, 0, sizeof head);
}

TestSuite(http, .init = begin);

Test(http, the_empty_line_ends_the_head_and_the_body_is_left)
{
    static const char text[] = "HTTP/1.0 200 ok\r\nContent-type: text/plain\r\n\r\nbody\r\n\r\n";
    size_t taken;
    cr_assert_eq(take(text, &taken), LK_OK);
    cr_assert(head.complete);
    cr_assert_str_eq(text + taken, "body\r\n\r\n");
}

Test(http, a_head_may_come_byte_by_byte)
{
    static const char text[] = "GET / HTTP/1.0\r\n\r\n";
    for (size_t i = 0; i < sizeof text - 1; i++) {
        size_t taken;
        cr_assert_not(head.complete);
        cr_assert_eq(lk_http_head_take(&head, text + i, 1, &taken), LK_OK);
        cr_assert_eq(taken, 1);
    }
    cr_assert(head.complete);
}

Test(http, a_head_without_end_is_refused)
{
    static char text[LK_HTTP_HEAD_MAX + 1];
    size_t taken;
    memset(text, 'x', sizeof text);
    cr_assert_eq(lk_http_head_take(&head, text, LK_HTTP_HEAD_MAX, &taken), LK_OK);
    cr_assert_eq(lk_http_head_take(&head, text, 1, &taken), LK_ERROR_DECODE);
}

Test(http, a_zero_byte_in_the_head_is_refused)
{
    size_t taken;
    cr_assert_eq(lk_http_head_take(&head, "GET\0", 4, &taken), LK_ERROR_DECODE);
}

static lk_error parse_response(const char *text, lk_http_response *response)
{
    size_t taken;
    begin();
    cr_assert_eq(take(text, &taken), LK_OK);
    cr_assert(head.complete);
    return lk_http_response_parse(&head, response);
}

Test(http, a_response_has_a_status_and_perhaps_a_length)
{
    lk_http_response response;
    cr_assert_eq(parse_response("HTTP/1.1 404 Not Found\r\ncontent-length:  12\r\n\r\n", &response), LK_OK);
    cr_assert_eq(response.status, 404);
    cr_assert(response.has_length);
    cr_assert_eq(response.length, 12);
    cr_assert_eq(parse_response("HTTP/1.0 200 ok\n\n", &response), LK_OK);
    cr_assert_eq(response.status, 200);
    cr_assert_not(response.has_length);
}

Test(http, what_is_no_response_is_refused)
{
    static const char *const wrong[] = {
        "SSH-2.0-OpenSSH\r\n\r\n",
        "HTTP/1.0 ok\r\n\r\n",
        "HTTP/1.0 200 ok\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.0 200 ok\r\nContent-Length: 12x\r\n\r\n",
        "HTTP/1.0 200 ok\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    };
    lk_http_response response;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_assert_eq(parse_response(wrong[i], &response), LK_ERROR_DECODE, "%s", wrong[i]);
}

Test(http, a_path_cannot_end_the_request_line)
{
    cr_assert(lk_http_path_valid("/page.html?a=b"));
    cr_assert_not(lk_http_path_valid("page.html"));
    cr_assert_not(lk_http_path_valid("/a b"));
    cr_assert_not(lk_http_path_valid("/a\r\nHost: other"));
    cr_assert_not(lk_http_path_valid(""));
}

static lk_error parse_request(const char *text, char path[LK_HTTP_PATH_MAX])
{
    size_t taken;
    begin();
    cr_assert_eq(take(text, &taken), LK_OK);
    cr_assert(head.complete);
    return lk_http_request_parse(&head, path);
}

Test(http, a_request_names_a_file_below_the_folder)
{
    char path[LK_HTTP_PATH_MAX];
    cr_assert_eq(parse_request("GET /pages/one.html?x=1 HTTP/1.1\r\nHost: h\r\n\r\n", path), LK_OK);
    cr_assert_str_eq(path, "pages/one.html");
    cr_assert_eq(parse_request("GET / HTTP/1.0\r\n\r\n", path), LK_OK);
    cr_assert_str_eq(path, "index.html");
}

Test(http, no_request_leads_out_of_the_folder)
{
    static const char *const wrong[] = {"GET /../secret HTTP/1.0\r\n\r\n", "GET /a/../../secret HTTP/1.0\r\n\r\n",
                                        "GET /.hidden HTTP/1.0\r\n\r\n", "GET //etc/passwd HTTP/1.0\r\n\r\n",
                                        "GET /a/.. HTTP/1.0\r\n\r\n"};
    char path[LK_HTTP_PATH_MAX];
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_assert_eq(parse_request(wrong[i], path), LK_ERROR_ILLEGAL_PARAMETER, "%s", wrong[i]);
}

Test(http, what_is_no_get_request_is_refused)
{
    static const char *const wrong[] = {"POST / HTTP/1.0\r\n\r\n", "GET /\r\n\r\n", "GET /a b HTTP/1.0\r\n\r\n",
                                        "\r\n\r\n"};
    char path[LK_HTTP_PATH_MAX];
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_assert_eq(parse_request(wrong[i], path), LK_ERROR_DECODE, "%s", wrong[i]);
}
