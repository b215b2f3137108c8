/* SPDX-License-Identifier: Apache-2.0 */
/* What makes Windows take WinUSB without an installer: the BOS (USB 2.0 ECN, USB 3.2 clause 9.6.2) with the platform
 * capability of Microsoft OS 2.0, and the descriptor set that it announces. */
#include "rtl/usb/fixture.h"

#include "driver/protocol/protocol.h"

#include <criterion/criterion.h>
#include <string.h>

enum {
    BOS_BYTES = 33,
    SET_BYTES = 162,
    SET_INDEX = 7, /* MS_OS_20_DESCRIPTOR_INDEX */
    HEADER_BYTES = 10,
    COMPATIBLE_BYTES = 20,
    PROPERTY_BYTES = 132
};

static const char property_name[] = "DeviceInterfaceGUIDs";

static lk_board *board;

static void begin(void)
{
    board = fixture_attached();
}

static void end(void)
{
    fixture_end(board);
}

TestSuite(microsoft, .init = begin, .fini = end);

static unsigned half(const uint8_t *bytes)
{
    return (unsigned)(bytes[0] | bytes[1] << 8);
}

static lk_urb_status bos(uint8_t *data, uint16_t length, uint32_t *actual)
{
    return fixture_control(board, FROM_DEVICE, GET_DESCRIPTOR, 0x0F00, 0, data, length, actual);
}

static lk_urb_status set(uint8_t *data, uint16_t length, uint32_t *actual)
{
    return fixture_control(board, VENDOR_FROM_DEVICE, LK_REQUEST_MICROSOFT_DESCRIPTORS, 0, SET_INDEX, data, length,
                           actual);
}

Test(microsoft, bos_announces_the_descriptor_set)
{
    static const uint8_t expected[BOS_BYTES] = {
        5,    15,   BOS_BYTES, 0,    1, /* BOS */
        28,   16,   5,         0,       /* platform capability */
        0xDF, 0x60, 0xDD,      0xD8, 0x89,      0x45, 0xC7,
        0x4C, 0x9C, 0xD2,      0x65, 0x9D,      0x9E, 0x64,
        0x8A, 0x9F, /* UUID */
        0x00, 0x00, 0x03,      0x06, SET_BYTES, 0,    LK_REQUEST_MICROSOFT_DESCRIPTORS,
        0};
    uint8_t data[255];
    uint32_t actual;
    cr_assert_eq(bos(data, sizeof data, &actual), LK_URB_OK);
    cr_assert_eq(actual, BOS_BYTES);
    cr_expect_arr_eq(data, expected, sizeof expected);
    cr_assert_eq(bos(data, 5, &actual), LK_URB_OK, "a host asks for the head first");
    cr_expect_eq(actual, 5);
}

Test(microsoft, set_has_a_header_with_its_length)
{
    static const uint8_t expected[HEADER_BYTES] = {HEADER_BYTES, 0, 0, 0, 0, 0, 3, 6, SET_BYTES, 0};
    uint8_t data[255];
    uint32_t actual;
    cr_assert_eq(set(data, sizeof data, &actual), LK_URB_OK);
    cr_assert_eq(actual, SET_BYTES, "the length that the BOS says");
    cr_expect_arr_eq(data, expected, sizeof expected);
}

Test(microsoft, set_names_winusb)
{
    static const uint8_t expected[COMPATIBLE_BYTES] = {COMPATIBLE_BYTES, 0, 3, 0, 'W', 'I', 'N', 'U', 'S', 'B'};
    uint8_t data[255];
    cr_assert_eq(set(data, sizeof data, NULL), LK_URB_OK);
    cr_expect_arr_eq(data + HEADER_BYTES, expected, sizeof expected);
}

/* Text in UTF-16 with its end. */
static void expect_text(const uint8_t *bytes, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cr_expect_eq(half(bytes + 2 * i), (uint8_t)text[i], "letter %zu of %s", i, text);
}

Test(microsoft, set_gives_the_interface_a_guid)
{
    /* a list of texts: it ends with an empty one */
    static const char list[] = "{C7CF3743-13CF-417A-AB11-5991FF81F2DE}\0";
    uint8_t data[255];
    const uint8_t *property = data + HEADER_BYTES + COMPATIBLE_BYTES, *value = property + 10 + 2 * sizeof property_name;
    cr_assert_eq(set(data, sizeof data, NULL), LK_URB_OK);
    cr_expect_eq(half(property), PROPERTY_BYTES);
    cr_expect_eq(half(property + 2), 4, "MS_OS_20_FEATURE_REG_PROPERTY");
    cr_expect_eq(half(property + 4), 7, "REG_MULTI_SZ");
    cr_assert_eq(half(property + 6), 2 * sizeof property_name);
    expect_text(property + 8, property_name, sizeof property_name);
    cr_assert_eq(half(value - 2), 2 * sizeof list);
    expect_text(value, list, sizeof list);
}

Test(microsoft, set_is_cut_to_wlength)
{
    uint8_t whole[SET_BYTES], part[SET_BYTES];
    uint32_t actual;
    cr_assert_eq(set(whole, sizeof whole, NULL), LK_URB_OK);
    cr_assert_eq(set(part, 64, &actual), LK_URB_OK, "one packet");
    cr_expect_eq(actual, 64);
    cr_expect_arr_eq(part, whole, 64);
}

Test(microsoft, what_is_no_set_is_stalled)
{
    uint8_t data[64];
    for (uint16_t index = 0; index < 10; index++)
        if (index != SET_INDEX)
            cr_expect_eq(fixture_control(board, VENDOR_FROM_DEVICE, LK_REQUEST_MICROSOFT_DESCRIPTORS, 0, index, data,
                                         sizeof data, NULL),
                         LK_URB_STALL, "wIndex %u", index);
    cr_expect_eq(fixture_control(board, VENDOR_FROM_DEVICE, LK_REQUEST_MICROSOFT_DESCRIPTORS, 0x0100, SET_INDEX, data,
                                 sizeof data, NULL),
                 LK_URB_STALL, "wValue");
    cr_expect_eq(fixture_control(board, FROM_DEVICE, GET_DESCRIPTOR, 0, 0, data, sizeof data, NULL), LK_URB_STALL,
                 "it has no descriptor type");
    cr_expect_eq(fixture_control(board, FROM_DEVICE, GET_DESCRIPTOR, 0x0F01, 0, data, sizeof data, NULL), LK_URB_STALL);
    cr_expect_eq(set(data, sizeof data, NULL), LK_URB_OK, "and works after that");
}
