/* SPDX-License-Identifier: Apache-2.0 */
/* Device names: what is understood, and what a person is told about the rest. */
#include "identity.h"
#include "transport/registry.h"
#include "transport/uri.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

static lk_uri good(const char *text)
{
    lk_uri uri;
    char diagnosis[LK_DEVICE_DIAGNOSIS_MAX] = "";
    cr_assert_eq(lk_uri_parse(text, &uri, diagnosis), LK_OK, "%s: %s", text, diagnosis);
    return uri;
}

static void bad(const char *text, const char *sentence)
{
    lk_uri uri;
    char diagnosis[LK_DEVICE_DIAGNOSIS_MAX] = "";
    cr_assert_eq(lk_uri_parse(text, &uri, diagnosis), LK_ERROR_DEVICE_URI, "%s", text);
    cr_assert_not_null(strstr(diagnosis, sentence), "%s: %s", text, diagnosis);
    cr_assert_eq(lk_uri_parse(text, &uri, NULL), LK_ERROR_DEVICE_URI);
}

Test(uri, usb_may_name_a_serial)
{
    cr_assert_str_eq(good("usb:").serial, "");
    cr_assert_str_eq(good("usb:serial=A1:b/2").serial, "A1:b/2");
    cr_assert_str_eq(good("ft601:serial=000001").serial, "000001");
}

Test(uri, usbip_names_host_port_and_bus)
{
    lk_uri uri = good("usbip:board.example:1234/1-1.2");
    cr_assert_str_eq(uri.host, "board.example");
    cr_assert_eq(uri.port, 1234);
    cr_assert_str_eq(uri.busid, "1-1.2");
}

Test(uri, usbip_may_leave_out_bus_and_port)
{
    lk_uri uri = good("usbip:127.0.0.1:65535");
    cr_assert_eq(uri.port, 65535);
    cr_assert_str_eq(uri.busid, "");
    cr_assert_eq(good("usbip:localhost").port, LK_USBIP_PORT);
    cr_assert_str_eq(good("usbip:localhost/1-1").busid, "1-1");
}

Test(uri, an_ipv6_address_stands_in_brackets)
{
    lk_uri uri = good("usbip:[::1]:3240/1-1");
    cr_assert_str_eq(uri.host, "::1");
    cr_assert_eq(uri.port, 3240);
    bad("usbip:::1:3240", "no host");
    bad("usbip:[::1:3240", "no host");
    bad("usbip:[::1]x", "no host");
    bad("usbip:[]:1", "no host");
}

Test(uri, other_schemes_keep_their_rest)
{
    lk_uri uri = good("sim:phy=direct");
    cr_assert_str_eq(uri.scheme, "sim");
    cr_assert_str_eq(uri.rest, "phy=direct");
}

Test(uri, faults_are_named)
{
    bad("", "does not begin with a scheme");
    bad(":x", "does not begin with a scheme");
    bad("board", "does not begin with a scheme");
    bad("averyveryverylongscheme:", "does not begin with a scheme");
    bad("usb:1-1", "is not understood");
    bad("usb:serial=", "serial number is empty");
    bad("ft601:serial=", "serial number is empty");
    bad("usbip:", "no host");
    bad("usbip::3240", "no host");
    bad("usbip:host:", "is not a port");
    bad("usbip:host:0", "is not a port");
    bad("usbip:host:65536", "is not a port");
    bad("usbip:host:99999", "is not a port");
    bad("usbip:host:123456789012", "is not a port");
    bad("usbip:host:32x0", "is not a port");
    bad("usbip:host:1/", "is not a bus id");
    bad("usbip:host:1/1-1/2", "is not a bus id");
    bad("usbip:host:1/1234567890123456789012345678901234567890", "is not a bus id");
}

Test(uri, what_is_too_long_is_refused)
{
    char text[400];
    memset(text, 'a', sizeof text);
    memcpy(text, "usb:serial=", 11);
    text[sizeof text - 1] = '\0';
    bad(text, "longer than");
}

Test(uri, is_written_as_it_is_read)
{
    static const char *const texts[] = {"usb:",          "usb:serial=A1",         "usbip:host:3240/1-1",
                                        "usbip:host:99", "usbip:[fe80::1]:1/2-3", "sim:phy=ulpi"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[LK_DEVICE_TEXT_MAX];
        lk_uri uri = good(texts[i]);
        lk_uri_format(&uri, text);
        cr_assert_str_eq(text, texts[i]);
    }
}

Test(uri, any_bytes_are_taken_without_harm)
{
    static const char letters[] = "usbip:[]/.-=serial0123456789";
    srand(2);
    for (int round = 0; round < 50000; round++) {
        char text[200];
        size_t length = (size_t)rand() % sizeof text;
        lk_uri uri;
        for (size_t i = 0; i < length; i++)
            text[i] = rand() % 16 ? letters[(size_t)rand() % (sizeof letters - 1)] : (char)(rand() % 255 + 1);
        if (length > 0)
            text[length - 1] = '\0';
        if (length > 0 && lk_uri_parse(text, &uri, NULL) == LK_OK)
            cr_assert_lt(strlen(uri.rest), sizeof uri.rest);
    }
}

static lk_error never_open(lk_uri *uri, int timeout, lk_transport **transport, char *diagnosis)
{
    (void)uri, (void)timeout, (void)transport, (void)diagnosis;
    return LK_ERROR_DEVICE_NOT_FOUND;
}

Test(registry, knows_the_built_in_schemes_and_takes_others_once)
{
    static const lk_transport_scheme mine = {"mine", never_open, NULL};
    static const lk_transport_scheme another = {"usb", never_open, NULL};
    cr_assert_eq(lk_transport_find("usb"), &lk_transport_usb);
    cr_assert_eq(lk_transport_find("usbip"), &lk_transport_usbip);
    cr_assert_null(lk_transport_find("mine"));
    cr_assert_eq(lk_transport_register(&mine), LK_OK);
    cr_assert_eq(lk_transport_register(&mine), LK_OK);
    cr_assert_eq(lk_transport_find("mine"), &mine);
    cr_assert_eq(lk_transport_register(&another), LK_ERROR_INVALID_ARGUMENT);
}

Test(device, of_an_unknown_scheme_is_unavailable)
{
    lk_device *device;
    char diagnosis[LK_DEVICE_DIAGNOSIS_MAX];
    cr_assert_eq(lk_device_open("carrier-pigeon:", &device, diagnosis), LK_ERROR_DEVICE_UNAVAILABLE);
    cr_assert_not_null(strstr(diagnosis, "carrier-pigeon:"));
    cr_assert_null(device);
}

Test(identity, strings_become_printable_text)
{
    static const uint8_t descriptor[] = {12, 3, 'L', 0, 'k', 0, 0x1b, 0, 0xe9, 0, 0x41, 0x26};
    char text[LK_DEVICE_TEXT_MAX];
    lk_reader reader = lk_reader_over(descriptor, sizeof descriptor);
    cr_assert_eq(lk_identity_string(&reader, text), LK_OK);
    cr_assert_str_eq(text, "Lk???");
}

Test(identity, malformed_strings_are_refused)
{
    static const uint8_t cases[][5] = {{4, 2, 'A', 0, 0}, {6, 3, 'A', 0, 0}, {3, 3, 'A', 0, 0}, {0, 3, 0, 0, 0}};
    static const size_t lengths[] = {4, 4, 3, 2};
    char text[LK_DEVICE_TEXT_MAX];
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        lk_reader reader = lk_reader_over(cases[i], lengths[i]);
        cr_assert_eq(lk_identity_string(&reader, text), LK_ERROR_DEVICE_PROTOCOL, "case %zu", i);
    }
    lk_reader empty = lk_reader_over(cases[0], 0);
    cr_assert_eq(lk_identity_string(&empty, text), LK_ERROR_DEVICE_PROTOCOL);
}
