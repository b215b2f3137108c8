/* SPDX-License-Identifier: Apache-2.0 */
/* Standard requests (USB 2.0 clause 9.4): what each gives, and that a bad one is stalled and the next one works. */
#include "rtl/usb/fixture.h"

#include "driver/protocol/protocol.h"

#include <criterion/criterion.h>
#include <string.h>

static lk_board *board;

static void addressed(void)
{
    board = fixture_attached();
}

static void configured(void)
{
    board = fixture_configured();
}

static void end(void)
{
    uint8_t device[18];
    cr_expect_eq(fixture_control(board, FROM_DEVICE, GET_DESCRIPTOR, 0x0100, 0, device, 18, NULL), LK_URB_OK,
                 "a control request works after whatever was before");
    fixture_end(board);
}

TestSuite(request, .init = configured, .fini = end);
TestSuite(address, .init = addressed, .fini = end);

static uint32_t descriptor(uint16_t kind_and_index, uint8_t *data, uint16_t length)
{
    uint32_t actual;
    cr_assert_eq(fixture_control(board, FROM_DEVICE, GET_DESCRIPTOR, kind_and_index, 0, data, length, &actual),
                 LK_URB_OK);
    return actual;
}

static void expect_stall(uint8_t type, uint8_t request, uint16_t value, uint16_t index, uint16_t length)
{
    uint8_t data[64] = {0};
    cr_expect_eq(fixture_control(board, type, request, value, index, data, length, NULL), LK_URB_STALL,
                 "%02x %u value %04x index %04x length %u", type, request, value, index, length);
}

static uint16_t status_of(uint8_t type, uint16_t index)
{
    uint8_t data[2] = {0xFF, 0xFF};
    uint32_t actual;
    cr_assert_eq(fixture_control(board, type, GET_STATUS, 0, index, data, 2, &actual), LK_URB_OK);
    cr_assert_eq(actual, 2);
    return (uint16_t)(data[0] | data[1] << 8);
}

Test(address, c9_6_1_device_descriptor)
{
    uint8_t data[64];
    cr_assert_eq(descriptor(0x0100, data, sizeof data), 18);
    cr_expect_eq(data[0], 18);
    cr_expect_eq(data[1], 1);
    cr_expect_eq(data[2] | data[3] << 8, 0x0201);
    cr_expect_eq(data[7], 64);
    cr_expect_eq(data[8] | data[9] << 8, LK_VENDOR_ID);
    cr_expect_eq(data[10] | data[11] << 8, LK_PRODUCT_ID);
    cr_expect_eq(data[17], 1);
}

Test(address, c9_4_3_descriptor_is_cut_to_wlength)
{
    uint8_t data[64];
    memset(data, 0xEE, sizeof data);
    cr_expect_eq(descriptor(0x0100, data, 8), 8);
    cr_expect_eq(data[7], 64);
    cr_expect_eq(descriptor(0x0100, data, 1), 1);
    cr_expect_eq(descriptor(0x0200, data, 9), 9);
    cr_expect_eq(data[2] | data[3] << 8, 55);
}

Test(address, c9_6_3_configuration_with_two_bulk_endpoints_of_512_bytes_in_each_setting)
{
    static const uint8_t expected[55] = {9, 2, 55, 0, 1, 1, 0, 0x80, 250,  9, 4, 0, 0,    2, 0xFF, 0, 0, 2, 7,
                                         5, 1, 2,  0, 2, 0, 7, 5,    0x81, 2, 0, 2, 0,    9, 4,    0, 1, 2, 0xFF,
                                         0, 1, 0,  7, 5, 1, 2, 0,    2,    0, 7, 5, 0x81, 2, 0,    2, 0};
    uint8_t data[255];
    cr_assert_eq(descriptor(0x0200, data, sizeof data), sizeof expected);
    cr_expect_arr_eq(data, expected, sizeof expected);
}

Test(address, c9_6_4_other_speed_has_packets_of_64_bytes)
{
    uint8_t data[255];
    cr_assert_eq(descriptor(0x0700, data, sizeof data), 55);
    cr_expect_eq(data[1], 7);
    cr_expect_eq(data[22] | data[23] << 8, 64);
    cr_expect_eq(data[29] | data[30] << 8, 64);
    cr_expect_eq(data[45] | data[46] << 8, 64);
    cr_expect_eq(data[52] | data[53] << 8, 64);
}

Test(address, c9_6_2_device_qualifier)
{
    static const uint8_t expected[10] = {10, 6, 1, 2, 0, 0, 0, 64, 1, 0};
    uint8_t data[64];
    cr_assert_eq(descriptor(0x0600, data, sizeof data), sizeof expected);
    cr_expect_arr_eq(data, expected, sizeof expected);
}

static void expect_string(uint8_t index, const char *text)
{
    uint8_t data[255];
    size_t length = strlen(text);
    cr_assert_eq(descriptor((uint16_t)(0x0300 | index), data, sizeof data), 2 + 2 * length);
    cr_expect_eq(data[0], 2 + 2 * length);
    cr_expect_eq(data[1], 3);
    for (size_t i = 0; i < length; i++)
        cr_expect_eq(data[2 + 2 * i] | data[3 + 2 * i] << 8, text[i]);
}

Test(address, c9_6_7_strings)
{
    static const uint8_t languages[4] = {4, 3, 0x09, 0x04};
    uint8_t data[255];
    cr_assert_eq(descriptor(0x0300, data, sizeof data), 4);
    cr_expect_arr_eq(data, languages, 4);
    expect_string(1, "Latchkey");
    expect_string(2, "Latchkey record engine");
    expect_string(3, "0000000000000001");
}

Test(address, c9_4_3_no_such_descriptor)
{
    expect_stall(FROM_DEVICE, GET_DESCRIPTOR, 0x0304, 0, 64);
    expect_stall(FROM_DEVICE, GET_DESCRIPTOR, 0x0201, 0, 64);
    expect_stall(FROM_DEVICE, GET_DESCRIPTOR, 0x0101, 0, 64);
    expect_stall(FROM_DEVICE, GET_DESCRIPTOR, 0x0400, 0, 64);
    expect_stall(FROM_DEVICE, GET_DESCRIPTOR, 0x2900, 0, 64);
    expect_stall(FROM_INTERFACE, GET_DESCRIPTOR, 0x0100, 0, 18);
}

Test(address, c9_4_6_address_takes_effect_after_the_status_stage)
{
    cr_assert_eq(fixture_command(board, TO_DEVICE, SET_ADDRESS, 87, 0), LK_URB_OK);
    cr_expect_eq(lk_host_address(board), 87);
    uint8_t data[18];
    cr_expect_eq(descriptor(0x0100, data, 18), 18, "the new address answers");
    lk_transaction old = {.token = LK_PID_PING, .address = 0};
    lk_host_transact(board, &old);
    cr_expect_eq(old.answer, LK_PID_NONE, "the old one does not");
}

Test(address, c9_4_6_bad_addresses)
{
    expect_stall(TO_DEVICE, SET_ADDRESS, 128, 0, 0);
    expect_stall(TO_DEVICE, SET_ADDRESS, 5, 1, 0);
}

Test(address, c9_4_7_endpoints_wait_for_the_configuration)
{
    cr_assert_eq(fixture_command(board, TO_DEVICE, SET_ADDRESS, 5, 0), LK_URB_OK);
    cr_expect_eq(fixture_ping(board, 1), LK_PID_NONE);
    expect_stall(FROM_ENDPOINT, GET_STATUS, 0, 0x81, 2);
    expect_stall(FROM_INTERFACE, GET_STATUS, 0, 0, 2);
    expect_stall(FROM_INTERFACE, GET_INTERFACE, 0, 0, 1);
    expect_stall(TO_INTERFACE, SET_INTERFACE, 0, 0, 0);
    expect_stall(TO_ENDPOINT, SET_FEATURE, ENDPOINT_HALT, 0x01, 0);
    cr_expect_eq(status_of(FROM_ENDPOINT, 0x00), 0, "endpoint zero is always there");
}

Test(request, c9_4_2_configuration_is_what_was_set)
{
    uint8_t value = 0xEE;
    cr_assert_eq(fixture_control(board, FROM_DEVICE, GET_CONFIGURATION, 0, 0, &value, 1, NULL), LK_URB_OK);
    cr_expect_eq(value, 1);
    cr_assert_eq(fixture_command(board, TO_DEVICE, SET_CONFIGURATION, 0, 0), LK_URB_OK);
    cr_assert_eq(fixture_control(board, FROM_DEVICE, GET_CONFIGURATION, 0, 0, &value, 1, NULL), LK_URB_OK);
    cr_expect_eq(value, 0);
    cr_expect_eq(fixture_ping(board, 1), LK_PID_NONE, "not configured: the bulk endpoints are not there");
}

Test(request, c9_4_7_no_such_configuration)
{
    expect_stall(TO_DEVICE, SET_CONFIGURATION, 2, 0, 0);
    expect_stall(TO_DEVICE, SET_CONFIGURATION, 1, 1, 0);
    fixture_echo(board, 1, 2);
}

Test(request, c9_4_5_status)
{
    cr_expect_eq(status_of(FROM_DEVICE, 0), 0, "bus powered, no remote wake-up");
    cr_expect_eq(status_of(FROM_INTERFACE, 0), 0);
    cr_expect_eq(status_of(FROM_ENDPOINT, 0x01), 0);
    cr_expect_eq(status_of(FROM_ENDPOINT, 0x81), 0);
    cr_expect_eq(status_of(FROM_ENDPOINT, 0x80), 0);
}

Test(request, c9_4_5_status_of_what_is_not_there)
{
    expect_stall(FROM_ENDPOINT, GET_STATUS, 0, 0x02, 2);
    expect_stall(FROM_ENDPOINT, GET_STATUS, 0, 0x82, 2);
    expect_stall(FROM_INTERFACE, GET_STATUS, 0, 1, 2);
    expect_stall(FROM_DEVICE, GET_STATUS, 0, 1, 2);
    expect_stall(FROM_DEVICE, GET_STATUS, 1, 0, 2);
}

Test(request, c9_4_4_interface_has_two_settings)
{
    uint8_t value = 0xEE;
    cr_assert_eq(fixture_control(board, FROM_INTERFACE, GET_INTERFACE, 0, 0, &value, 1, NULL), LK_URB_OK);
    cr_expect_eq(value, 0);
    cr_expect_eq(fixture_command(board, TO_INTERFACE, SET_INTERFACE, 1, 0), LK_URB_OK);
    cr_assert_eq(fixture_control(board, FROM_INTERFACE, GET_INTERFACE, 0, 0, &value, 1, NULL), LK_URB_OK);
    cr_expect_eq(value, 1);
    cr_expect_eq(status_of(FROM_INTERFACE, 0), 0);
    cr_expect_eq(fixture_command(board, TO_INTERFACE, SET_INTERFACE, 0, 0), LK_URB_OK);
    cr_assert_eq(fixture_control(board, FROM_INTERFACE, GET_INTERFACE, 0, 0, &value, 1, NULL), LK_URB_OK);
    cr_expect_eq(value, 0);
    expect_stall(TO_INTERFACE, SET_INTERFACE, 2, 0, 0);
    expect_stall(TO_INTERFACE, SET_INTERFACE, 0x0101, 0, 0);
    expect_stall(TO_INTERFACE, SET_INTERFACE, 0, 1, 0);
    expect_stall(FROM_INTERFACE, GET_INTERFACE, 0, 1, 1);
}

Test(request, c9_4_10_set_interface_starts_the_toggles_again)
{
    fixture_echo(board, 1, 1);
    cr_assert_eq(lk_host_toggle(board, 0x01), 1, "one packet went out");
    cr_assert_eq(fixture_command(board, TO_INTERFACE, SET_INTERFACE, 0, 0), LK_URB_OK);
    cr_expect_eq(lk_host_toggle(board, 0x01), 0);
    fixture_echo(board, 2, 1);
}

Test(request, c9_4_9_features_that_are_not_there)
{
    expect_stall(TO_DEVICE, SET_FEATURE, DEVICE_REMOTE_WAKEUP, 0, 0);
    expect_stall(TO_DEVICE, CLEAR_FEATURE, DEVICE_REMOTE_WAKEUP, 0, 0);
    expect_stall(TO_INTERFACE, SET_FEATURE, 0, 0, 0);
    expect_stall(TO_ENDPOINT, SET_FEATURE, 1, 0x01, 0);
    expect_stall(TO_ENDPOINT, SET_FEATURE, ENDPOINT_HALT, 0x02, 0);
    expect_stall(TO_ENDPOINT, CLEAR_FEATURE, ENDPOINT_HALT, 0x8F, 0);
    cr_expect_eq(fixture_command(board, TO_ENDPOINT, CLEAR_FEATURE, ENDPOINT_HALT, 0x00), LK_URB_OK);
}

Test(request, c9_4_8_set_descriptor_and_its_data_are_stalled)
{
    expect_stall(TO_DEVICE, SET_DESCRIPTOR, 0x0100, 0, 18);
    expect_stall(TO_DEVICE, SET_DESCRIPTOR, 0x0100, 0, 64);
}

Test(request, c9_4_11_synch_frame_is_for_isochronous_endpoints)
{
    expect_stall(FROM_ENDPOINT, SYNCH_FRAME, 0, 0x81, 2);
}

Test(request, c9_2_7_requests_of_other_kinds)
{
    expect_stall(VENDOR_FROM_DEVICE, 0x77, 0, 0, 8);
    expect_stall(VENDOR_TO_DEVICE, 0x77, 0, 0, 0);
    expect_stall(VENDOR_TO_DEVICE, LK_REQUEST_READ_FACTS, 0, 0, 0);
    expect_stall(0x21, GET_DESCRIPTOR, 0, 0, 0);
    expect_stall(0xE0, GET_DESCRIPTOR, 0x0100, 0, 18);
    expect_stall(0x9F, GET_STATUS, 0, 0, 2);
    expect_stall(FROM_DEVICE, 2, 0, 0, 2);
}

Test(request, c8_5_3_requests_with_wlength_zero_have_no_data_stage)
{
    cr_expect_eq(fixture_control(board, FROM_DEVICE, GET_DESCRIPTOR, 0x0100, 0, NULL, 0, NULL), LK_URB_OK);
    cr_expect_eq(fixture_control(board, FROM_DEVICE, GET_STATUS, 0, 0, NULL, 0, NULL), LK_URB_OK);
    cr_expect_eq(fixture_control(board, VENDOR_FROM_DEVICE, LK_REQUEST_READ_FACTS, 0, 0, NULL, 0, NULL), LK_URB_OK);
}
