/* SPDX-License-Identifier: Apache-2.0 */
/* Halted endpoints (USB 2.0 clauses 5.8.5, 8.4.5, 9.4.1, 9.4.5 and 9.4.9). */
#include "rtl/usb/fixture.h"

#include "driver/protocol/protocol.h"

#include <criterion/criterion.h>

static lk_board *board;
static uint8_t data[LK_HOST_BULK_PACKET_HIGH];
static size_t moved;

static void begin(void)
{
    board = fixture_configured();
}

static void end(void)
{
    fixture_end(board);
}

TestSuite(halt, .init = begin, .fini = end);

static void feature(uint8_t request, uint16_t endpoint)
{
    cr_assert_eq(fixture_command(board, TO_ENDPOINT, request, ENDPOINT_HALT, endpoint), LK_URB_OK);
}

static uint8_t halted(uint16_t endpoint)
{
    uint8_t status[2] = {0};
    cr_assert_eq(fixture_control(board, FROM_ENDPOINT, GET_STATUS, 0, endpoint, status, 2, NULL), LK_URB_OK);
    return status[0];
}

Test(halt, c9_4_5_status_tells_each_endpoint_apart)
{
    feature(SET_FEATURE, LK_ENDPOINT_OUT);
    cr_expect_eq(halted(LK_ENDPOINT_OUT), 1);
    cr_expect_eq(halted(LK_ENDPOINT_IN), 0);
    feature(SET_FEATURE, LK_ENDPOINT_IN);
    feature(CLEAR_FEATURE, LK_ENDPOINT_OUT);
    cr_expect_eq(halted(LK_ENDPOINT_OUT), 0);
    cr_expect_eq(halted(LK_ENDPOINT_IN), 1);
}

Test(halt, c8_4_5_out_and_ping_are_stalled)
{
    feature(SET_FEATURE, LK_ENDPOINT_OUT);
    fixture_nops(data, sizeof data, 1, 1);
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(fixture_out_packet(board, 1, 0, data, NOP_BYTES, LK_FAULT_NONE), LK_PID_STALL);
        cr_expect_eq(fixture_ping(board, 1), LK_PID_STALL);
    }
    cr_expect_eq(fixture_out_packet(board, 1, 0, data, NOP_BYTES, LK_FAULT_DATA_CRC), LK_PID_NONE,
                 "bad data have no answer");
    cr_expect_eq(fixture_out(board, data, NOP_BYTES), LK_URB_STALL);
    feature(CLEAR_FEATURE, LK_ENDPOINT_OUT);
    fixture_echo(board, 2, 1);
}

Test(halt, c8_4_5_in_is_stalled_and_keeps_its_data)
{
    fixture_nops(data, sizeof data, 1, 2);
    cr_assert_eq(fixture_out(board, data, 2 * NOP_BYTES), LK_URB_OK);
    feature(SET_FEATURE, LK_ENDPOINT_IN);
    for (int i = 0; i < 3; i++)
        cr_expect_eq(fixture_in_packet(board, 1, data, &moved, LK_FAULT_NONE), LK_PID_STALL);
    feature(CLEAR_FEATURE, LK_ENDPOINT_IN);
    fixture_take(board, 1, 2);
}

Test(halt, c9_4_5_clear_makes_the_next_out_packet_data0)
{
    fixture_echo(board, 1, 1);
    cr_assert_eq(lk_host_toggle(board, LK_ENDPOINT_OUT), 1);
    feature(CLEAR_FEATURE, LK_ENDPOINT_OUT);
    fixture_nops(data, sizeof data, 2, 1);
    cr_expect_eq(fixture_out_packet(board, 1, 0, data, NOP_BYTES, LK_FAULT_NONE), LK_PID_ACK);
    fixture_take(board, 2, 1);
}

Test(halt, c9_4_5_clear_makes_the_next_in_packet_data0)
{
    fixture_echo(board, 1, 1);
    cr_assert_eq(lk_host_toggle(board, LK_ENDPOINT_IN), 1);
    feature(CLEAR_FEATURE, LK_ENDPOINT_IN);
    fixture_nops(data, sizeof data, 2, 1);
    cr_assert_eq(fixture_out(board, data, NOP_BYTES), LK_URB_OK);
    lk_bus_idle(lk_host_bus(board), 2000);
    cr_expect_eq(fixture_in_packet(board, 1, data, &moved, LK_FAULT_NONE), LK_PID_DATA0);
    cr_expect(fixture_completes(data, moved, 2, 1));
}

Test(halt, c9_4_5_clear_of_one_endpoint_leaves_the_others_toggle)
{
    fixture_echo(board, 1, 1);
    feature(CLEAR_FEATURE, LK_ENDPOINT_IN);
    cr_assert_eq(lk_host_toggle(board, LK_ENDPOINT_OUT), 1);
    fixture_echo(board, 2, 1);
}

Test(halt, c9_1_1_5_configuration_ends_halts_and_starts_toggles_again)
{
    fixture_echo(board, 1, 1);
    feature(SET_FEATURE, LK_ENDPOINT_OUT);
    feature(SET_FEATURE, LK_ENDPOINT_IN);
    cr_assert_eq(fixture_command(board, TO_DEVICE, SET_CONFIGURATION, 1, 0), LK_URB_OK);
    cr_expect_eq(halted(LK_ENDPOINT_OUT), 0);
    cr_expect_eq(halted(LK_ENDPOINT_IN), 0);
    fixture_echo(board, 2, 1);
}

Test(halt, c9_1_1_3_bus_reset_ends_halts)
{
    feature(SET_FEATURE, LK_ENDPOINT_OUT);
    lk_board_bus_reset(board);
    fixture_configure(board);
    cr_expect_eq(halted(LK_ENDPOINT_OUT), 0);
    fixture_echo(board, 2, 1);
}
