/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint zero packet by packet: stages, toggles and faults of control transfers (USB 2.0 clauses 5.5, 8.5.3 and 8.6).
 */
#include "rtl/usb/fixture.h"

#include "driver/protocol/protocol.h"

#include <criterion/criterion.h>

static const uint8_t GET_DEVICE[8] = {FROM_DEVICE, GET_DESCRIPTOR, 0, 1, 0, 0, 64, 0};
static const uint8_t GET_MANY_FACTS[8] = {VENDOR_FROM_DEVICE, LK_REQUEST_READ_FACTS, 0, 0, 0, 0, 0, 1};
static const uint8_t GET_NOTHING[8] = {FROM_DEVICE, GET_DESCRIPTOR, 0, 9, 0, 0, 64, 0};
static const uint8_t RECONFIGURE[8] = {TO_DEVICE, SET_CONFIGURATION, 1, 0, 0, 0, 0, 0};

/* A new configuration erases all slots before its status comes: 8192 cycles, while each question takes some 40. */
enum { QUESTIONS_MAX = 1000 };

static lk_board *board;
static uint8_t data[LK_HOST_BULK_PACKET_HIGH];
static size_t moved;

static void begin(void)
{
    board = fixture_configured();
}

static void end(void)
{
    uint8_t device[18];
    cr_expect_eq(fixture_control(board, FROM_DEVICE, GET_DESCRIPTOR, 0x0100, 0, device, 18, NULL), LK_URB_OK);
    fixture_echo(board, 900, 2);
    fixture_end(board);
}

TestSuite(control, .init = begin, .fini = end);

static lk_pid setup(const uint8_t *packet)
{
    return fixture_setup_packet(board, packet, 8, 0, LK_FAULT_NONE);
}

/* Asks until the device is ready. */
static lk_pid in_packet(lk_fault fault)
{
    lk_pid answer = LK_PID_NAK;
    for (int i = 0; i < QUESTIONS_MAX && answer == LK_PID_NAK; i++)
        answer = fixture_in_packet(board, 0, data, &moved, fault);
    return answer;
}

static lk_pid status_out(lk_fault fault)
{
    return fixture_out_packet(board, 0, 1, NULL, 0, fault);
}

Test(control, c8_5_3_stages_of_a_read)
{
    cr_assert_eq(setup(GET_DEVICE), LK_PID_ACK);
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA1, "data begin with DATA1");
    cr_expect_eq(moved, 18);
    cr_expect_eq(status_out(LK_FAULT_NONE), LK_PID_ACK);
}

Test(control, c8_5_3_data_toggles_through_many_packets)
{
    cr_assert_eq(setup(GET_MANY_FACTS), LK_PID_ACK);
    for (int i = 0; i < 4; i++) {
        cr_expect_eq(in_packet(LK_FAULT_NONE), i % 2 ? LK_PID_DATA0 : LK_PID_DATA1);
        cr_expect_eq(moved, 64);
    }
    cr_expect_eq(status_out(LK_FAULT_NONE), LK_PID_ACK);
}

Test(control, c8_5_3_status_of_a_write_is_an_empty_data1)
{
    cr_assert_eq(setup(RECONFIGURE), LK_PID_ACK);
    lk_host_set_toggle(board, LK_ENDPOINT_OUT, 0);
    lk_host_set_toggle(board, LK_ENDPOINT_IN, 0);
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA1);
    cr_expect_eq(moved, 0);
}

Test(control, c8_5_3_1_status_may_come_before_all_data)
{
    cr_assert_eq(setup(GET_MANY_FACTS), LK_PID_ACK);
    cr_assert_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA1);
    cr_expect_eq(status_out(LK_FAULT_NONE), LK_PID_ACK);
}

Test(control, c8_5_3_3_status_acknowledgement_is_lost)
{
    cr_assert_eq(setup(GET_DEVICE), LK_PID_ACK);
    cr_assert_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA1);
    cr_assert_eq(status_out(LK_FAULT_ANSWER_LOST), LK_PID_NONE);
    cr_expect_eq(status_out(LK_FAULT_NONE), LK_PID_ACK, "the repeated status is acknowledged again");
}

Test(control, c8_6_4_lost_acknowledgement_repeats_the_packet)
{
    cr_assert_eq(setup(GET_MANY_FACTS), LK_PID_ACK);
    cr_assert_eq(in_packet(LK_FAULT_HANDSHAKE_LOST), LK_PID_DATA1);
    uint8_t first = data[0];
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA1, "the same packet");
    cr_expect_eq(data[0], first);
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA0, "then the next one");
    cr_expect_eq(status_out(LK_FAULT_NONE), LK_PID_ACK);
}

Test(control, c8_6_4_write_status_is_repeated)
{
    cr_assert_eq(setup(RECONFIGURE), LK_PID_ACK);
    lk_host_set_toggle(board, LK_ENDPOINT_OUT, 0);
    lk_host_set_toggle(board, LK_ENDPOINT_IN, 0);
    cr_assert_eq(in_packet(LK_FAULT_HANDSHAKE_LOST), LK_PID_DATA1);
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA1);
    cr_expect_eq(moved, 0);
}

Test(control, c5_5_5_setup_ends_what_was_before)
{
    cr_assert_eq(setup(GET_MANY_FACTS), LK_PID_ACK);
    cr_assert_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA1);
    cr_assert_eq(setup(GET_DEVICE), LK_PID_ACK);
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA1);
    cr_expect_eq(moved, 18);
    cr_expect_eq(data[1], 1, "data of the second request");
    cr_expect_eq(status_out(LK_FAULT_NONE), LK_PID_ACK);
}

Test(control, c8_5_3_4_stall_lasts_until_the_next_setup)
{
    cr_assert_eq(setup(GET_NOTHING), LK_PID_ACK, "SETUP is never stalled");
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_STALL);
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_STALL);
    cr_expect_eq(status_out(LK_FAULT_NONE), LK_PID_STALL);
    cr_expect_eq(setup(GET_DEVICE), LK_PID_ACK);
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA1);
    cr_expect_eq(status_out(LK_FAULT_NONE), LK_PID_ACK);
}

Test(control, c8_6_1_setup_with_bad_crc_is_not_answered)
{
    cr_expect_eq(fixture_setup_packet(board, GET_DEVICE, 8, 0, LK_FAULT_DATA_CRC), LK_PID_NONE);
    cr_expect_eq(fixture_setup_packet(board, GET_DEVICE, 8, 0, LK_FAULT_DATA_TORN), LK_PID_NONE);
    cr_expect_eq(fixture_setup_packet(board, GET_DEVICE, 8, 0, LK_FAULT_DATA_LOST), LK_PID_NONE);
    cr_expect_eq(setup(GET_DEVICE), LK_PID_ACK);
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA1);
    cr_expect_eq(status_out(LK_FAULT_NONE), LK_PID_ACK);
}

Test(control, c8_5_3_setup_is_data0_of_8_bytes)
{
    cr_expect_eq(fixture_setup_packet(board, GET_DEVICE, 8, 1, LK_FAULT_NONE), LK_PID_NONE);
    cr_expect_eq(fixture_setup_packet(board, GET_DEVICE, 7, 0, LK_FAULT_NONE), LK_PID_NONE);
    cr_expect_eq(fixture_setup_packet(board, GET_DEVICE, 0, 0, LK_FAULT_NONE), LK_PID_NONE);
    uint8_t long_setup[16] = {FROM_DEVICE, GET_DESCRIPTOR};
    cr_expect_eq(fixture_setup_packet(board, long_setup, 16, 0, LK_FAULT_NONE), LK_PID_NONE);
}

Test(control, c8_6_1_setup_acknowledgement_is_lost)
{
    cr_expect_eq(fixture_setup_packet(board, GET_DEVICE, 8, 0, LK_FAULT_ANSWER_LOST), LK_PID_NONE);
    cr_expect_eq(setup(GET_DEVICE), LK_PID_ACK);
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA1);
    cr_expect_eq(status_out(LK_FAULT_NONE), LK_PID_ACK);
}

Test(control, c8_3_5_1_tokens_with_bad_crc_or_pid_are_ignored)
{
    cr_expect_eq(fixture_setup_packet(board, GET_DEVICE, 8, 0, LK_FAULT_TOKEN_CRC), LK_PID_NONE);
    cr_expect_eq(fixture_setup_packet(board, GET_DEVICE, 8, 0, LK_FAULT_TOKEN_PID), LK_PID_NONE);
    cr_assert_eq(setup(GET_DEVICE), LK_PID_ACK);
    cr_expect_eq(in_packet(LK_FAULT_TOKEN_CRC), LK_PID_NONE);
    cr_expect_eq(in_packet(LK_FAULT_TOKEN_PID), LK_PID_NONE);
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA1);
    cr_expect_eq(status_out(LK_FAULT_NONE), LK_PID_ACK);
}

Test(control, c8_4_1_tokens_for_others_are_ignored)
{
    for (uint8_t address = 0; address < 128; address++) {
        lk_transaction ping = {.token = LK_PID_PING, .address = address};
        lk_host_transact(board, &ping);
        cr_expect_eq(ping.answer, address == lk_host_address(board) ? LK_PID_ACK : LK_PID_NONE, "address %u", address);
    }
    for (uint8_t endpoint = 2; endpoint < 16; endpoint++) {
        cr_expect_eq(fixture_ping(board, endpoint), LK_PID_NONE);
        cr_expect_eq(fixture_out_packet(board, endpoint, 0, data, 8, LK_FAULT_NONE), LK_PID_NONE);
        cr_expect_eq(fixture_in_packet(board, endpoint, data, &moved, LK_FAULT_NONE), LK_PID_NONE);
    }
}

Test(control, c8_4_6_setup_belongs_to_control_endpoints)
{
    lk_transaction bulk = {
        .token = LK_PID_SETUP, .address = lk_host_address(board), .endpoint = 1, .data = GET_DEVICE, .length = 8};
    lk_host_transact(board, &bulk);
    cr_expect_eq(bulk.answer, LK_PID_NONE);
}
