/* SPDX-License-Identifier: Apache-2.0 */
/* A board without a PHY as a USB device: full speed alone. Names give the clause of USB 2.0. */
#include "rtl/usb/fixture.h"

#include "driver/protocol/protocol.h"

#include <criterion/criterion.h>
#include <string.h>

enum {
    DEVICE = 0x0100,
    CONFIGURATION = 0x0200,
    DEVICE_QUALIFIER = 0x0600,
    OTHER_SPEED = 0x0700,
    CONFIGURATION_BYTES = 55,
    TEST_MODE = 2,
    TEST_J = 0x0100,
    FRAMES = 10,
    FRAME_LIMIT = 19, /* packets of 64 bytes (table 5-9) */
    FRAME_CYCLES = 48000
};

static lk_board *board;

static void begin(void)
{
    board = fixture_at_line();
    fixture_configure(board);
}

static void end(void)
{
    fixture_end(board);
}

TestSuite(full_speed, .init = begin, .fini = end);

static lk_urb_status get(uint16_t value, uint8_t *bytes, uint16_t length, uint32_t *actual)
{
    return fixture_control(board, FROM_DEVICE, GET_DESCRIPTOR, value, 0, bytes, length, actual);
}

Test(full_speed, c7_1_7_5_there_is_no_chirp)
{
    cr_expect_not(lk_board_is_high_speed(board));
    cr_expect_eq(lk_host_bus(board)->chirp_cycles, 0);
}

Test(full_speed, c9_6_2_nothing_is_said_of_another_speed)
{
    uint8_t bytes[64];
    cr_expect_eq(get(DEVICE_QUALIFIER, bytes, 10, NULL), LK_URB_STALL);
    cr_expect_eq(get(OTHER_SPEED, bytes, CONFIGURATION_BYTES, NULL), LK_URB_STALL);
    cr_expect_eq(get(DEVICE, bytes, 18, NULL), LK_URB_OK);
    cr_expect_eq(fixture_command(board, TO_DEVICE, SET_FEATURE, TEST_MODE, TEST_J), LK_URB_STALL);
}

Test(full_speed, c9_6_6_bulk_packets_have_64_bytes)
{
    uint8_t bytes[64];
    uint32_t actual;
    unsigned endpoints = 0;
    cr_assert_eq(get(CONFIGURATION, bytes, sizeof bytes, &actual), LK_URB_OK);
    cr_assert_eq(actual, CONFIGURATION_BYTES);
    for (unsigned at = 0; at < actual; at += bytes[at]) {
        if (bytes[at + 1] != 5)
            continue;
        endpoints++;
        cr_expect_eq(bytes[at + 3], 2, "bulk");
        cr_expect_eq(bytes[at + 4] | bytes[at + 5] << 8, LK_HOST_BULK_PACKET_FULL);
    }
    cr_expect_eq(endpoints, 4);
}

Test(full_speed, c5_8_3_transfers_of_any_length_end_where_they_end)
{
    for (unsigned count = 1; count <= 12; count++) /* completions of 16 to 192 bytes: whole packets and parts */
        fixture_echo(board, 100 * count, count);
}

Test(full_speed, c8_6_damaged_packets_are_sent_again)
{
    uint8_t bytes[NOP_BYTES], completion[LK_HOST_BULK_PACKET_HIGH];
    size_t moved, length = fixture_nops(bytes, sizeof bytes, 5, 1);
    static const lk_fault faults[] = {LK_FAULT_TOKEN_CRC, LK_FAULT_TOKEN_PID, LK_FAULT_DATA_CRC, LK_FAULT_DATA_LOST,
                                      LK_FAULT_DATA_TORN};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        cr_expect_eq(fixture_out_packet(board, 1, 0, bytes, length, faults[i]), LK_PID_NONE, "fault %d", faults[i]);
    cr_expect_eq(fixture_out_packet(board, 1, 0, bytes, length, LK_FAULT_NONE), LK_PID_ACK);
    cr_expect_eq(fixture_out_packet(board, 1, 0, bytes, length, LK_FAULT_NONE), LK_PID_ACK, "a repetition");
    lk_bus_idle(lk_host_bus(board), FRAME_CYCLES / 10);
    cr_expect_eq(fixture_in_packet(board, 1, completion, &moved, LK_FAULT_HANDSHAKE_LOST), LK_PID_DATA0);
    cr_expect_eq(fixture_in_packet(board, 1, completion, &moved, LK_FAULT_NONE), LK_PID_DATA0);
    cr_expect(fixture_completes(completion, moved, 5, 1));
    lk_host_set_toggle(board, LK_ENDPOINT_OUT, 1);
    lk_host_set_toggle(board, LK_ENDPOINT_IN, 1);
    fixture_expect_silence(board);
    fixture_echo(board, 50, 9);
}

Test(full_speed, c9_4_5_a_halted_endpoint_stalls)
{
    uint8_t bytes[4] = {0};
    cr_assert_eq(fixture_command(board, TO_ENDPOINT, SET_FEATURE, ENDPOINT_HALT, LK_ENDPOINT_OUT), LK_URB_OK);
    cr_expect_eq(fixture_out(board, bytes, sizeof bytes), LK_URB_STALL);
    cr_assert_eq(fixture_command(board, TO_ENDPOINT, CLEAR_FEATURE, ENDPOINT_HALT, LK_ENDPOINT_OUT), LK_URB_OK);
    fixture_echo(board, 1, 5);
}

Test(full_speed, c7_1_7_5_reset_forgets_the_address)
{
    lk_board_bus_reset(board);
    uint8_t configuration = 9;
    cr_assert_eq(fixture_control(board, FROM_DEVICE, GET_CONFIGURATION, 0, 0, &configuration, 1, NULL), LK_URB_OK);
    cr_expect_eq(configuration, 0);
    fixture_configure(board);
    fixture_echo(board, 10, 3);
}

/* Moves whole frames of bulk data to the sink or from the source of alternate setting 1. @return frames that it took.
 */
static double frames_for(uint8_t endpoint)
{
    static uint8_t bytes[FRAMES * FRAME_LIMIT * LK_HOST_BULK_PACKET_FULL];
    lk_urb urb = {.endpoint = endpoint, .data = bytes, .length = sizeof bytes};
    memset(bytes, 0x5A, sizeof bytes);
    uint64_t before = lk_board_cycles(board);
    lk_board_submit(board, &urb);
    fixture_wait(board, &urb);
    cr_assert_eq(urb.status, LK_URB_OK);
    cr_assert_eq(urb.actual, sizeof bytes);
    return (double)(lk_board_cycles(board) - before) / FRAME_CYCLES;
}

Test(full_speed, c5_8_4_a_frame_carries_19_packets_either_way)
{
    cr_assert_eq(fixture_command(board, TO_INTERFACE, SET_INTERFACE, 1, 0), LK_URB_OK);
    uint64_t naks = lk_host_counts_of(board)->naks;
    cr_expect_leq(frames_for(LK_ENDPOINT_OUT), FRAMES + 1);
    cr_expect_eq(lk_host_counts_of(board)->most_packets, FRAME_LIMIT);
    cr_expect_leq(frames_for(LK_ENDPOINT_IN), FRAMES + 1);
    cr_expect_eq(lk_host_counts_of(board)->naks, naks, "the bus is the limit, not the board");
}
