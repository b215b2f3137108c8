/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/address.h"

#include <criterion/criterion.h>

#include <string.h>

Test(address, a_host_and_a_port_are_taken_apart)
{
    lk_address address;
    cr_assert(lk_address_parse("example.org:443", &address));
    cr_assert_str_eq(address.host, "example.org");
    cr_assert_str_eq(address.port, "443");
}

Test(address, a_port_alone_has_no_host)
{
    lk_address address;
    cr_assert(lk_address_parse("4433", &address));
    cr_assert_str_eq(address.host, "");
    cr_assert_str_eq(address.port, "4433");
    cr_assert(lk_address_parse(":4433", &address));
    cr_assert_str_eq(address.host, "");
}

Test(address, an_ipv6_address_stands_in_brackets)
{
    lk_address address;
    cr_assert(lk_address_parse("[2001:db8::1]:https", &address));
    cr_assert_str_eq(address.host, "2001:db8::1");
    cr_assert_str_eq(address.port, "https");
}

Test(address, what_is_ambiguous_or_incomplete_is_refused)
{
    static const char *const wrong[] = {"",      ":",        "host:",    "2001:db8::1", "a:1:2",
                                        "[::1]", "[::1]443", "[::1:443", "[::1]:"};
    lk_address address;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_assert_not(lk_address_parse(wrong[i], &address), "'%s' was taken for an address", wrong[i]);
}

Test(address, parts_that_are_too_long_are_refused)
{
    char text[LK_HOST_MAX + LK_PORT_MAX + 8];
    lk_address address;
    memset(text, 'h', sizeof text);
    memcpy(text + LK_HOST_MAX - 1, ":1", 3);
    cr_assert(lk_address_parse(text, &address), "the longest host that fits is allowed");
    memset(text, 'h', LK_HOST_MAX);
    memcpy(text + LK_HOST_MAX, ":1", 3);
    cr_assert_not(lk_address_parse(text, &address));
    memset(text, '1', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    cr_assert_not(lk_address_parse(text, &address));
}
