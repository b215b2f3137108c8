/* SPDX-License-Identifier: Apache-2.0 */
/* The electrical test modes of USB 2.0 clauses 7.1.20 and 9.4.9, as the pins show them. */
#include "rtl/usb/fixture.h"

#include "driver/protocol/protocol.h"

#include <criterion/criterion.h>

enum {
    TEST_MODE = 2, /* table 9-6 */
    TEST_J = 1,    /* table 9-7 */
    TEST_K = 2,
    TEST_SE0_NAK = 3,
    TEST_PACKET = 4,

    MILLISECOND = 60000,
    BEGINS_WITHIN = 3 * MILLISECOND,
    GAP_LEAST = 11, /* 88 bit times */
    GAP_MOST = 7500 /* 125 us */
};

static lk_board *board;
static lk_bus *bus;

static void begin(void)
{
    board = fixture_configured();
    bus = lk_host_bus(board);
}

static void end(void)
{
    fixture_end(board);
}

TestSuite(test_mode, .init = begin, .fini = end);

static void start(unsigned selector)
{
    cr_assert_eq(fixture_command(board, TO_DEVICE, SET_FEATURE, TEST_MODE, (uint16_t)(selector << 8)), LK_URB_OK,
                 "the status stage comes before the test");
    bus->framed = false; /* the host's port tests as well: it sends no SOF any more */
}

static void cycles(unsigned count)
{
    while (count-- > 0)
        lk_phy_cycle(&bus->phy);
}

static void expect_held(uint8_t level)
{
    cycles(BEGINS_WITHIN);
    for (unsigned i = 0; i < 10 * MILLISECOND; i++) {
        lk_phy_cycle(&bus->phy);
        cr_assert_eq(bus->phy.ulpi.phase, LK_ULPI_TRANSMIT, "cycle %u", i);
        cr_assert(lk_ulpi_sends_raw(&bus->phy));
        cr_assert_eq(bus->phy.ulpi.raw, level, "cycle %u", i);
    }
    cr_expect(lk_phy_is_high_speed(&bus->phy), "with the driver and the terminations of high speed");
}

Test(test_mode, c7_1_20_test_j_holds_the_line_at_j)
{
    start(TEST_J);
    expect_held(0xFF);
}

Test(test_mode, c7_1_20_test_k_holds_the_line_at_k)
{
    start(TEST_K);
    expect_held(0x00);
}

static lk_pid token(lk_pid pid, uint8_t address, uint8_t endpoint, lk_fault fault)
{
    lk_transaction transaction = {.token = pid, .address = address, .endpoint = endpoint, .fault = fault};
    lk_transaction_run(bus, &transaction);
    return transaction.answer;
}

Test(test_mode, c7_1_20_test_se0_nak_answers_every_in_token_and_nothing_else)
{
    start(TEST_SE0_NAK);
    cycles(BEGINS_WITHIN);
    for (int round = 0; round < 2; round++) {
        cr_expect_eq(token(LK_PID_IN, lk_host_address(board), 0, LK_FAULT_NONE), LK_PID_NAK);
        cr_expect_eq(token(LK_PID_IN, lk_host_address(board), 1, LK_FAULT_NONE), LK_PID_NAK);
        cr_expect_eq(token(LK_PID_IN, 77, 9, LK_FAULT_NONE), LK_PID_NAK, "whatever its address is");
        cr_expect_eq(token(LK_PID_IN, 77, 9, LK_FAULT_TOKEN_CRC), LK_PID_NONE, "if it is whole");
        cr_expect_eq(token(LK_PID_OUT, lk_host_address(board), 1, LK_FAULT_NONE), LK_PID_NONE);
        cr_expect_eq(token(LK_PID_SETUP, lk_host_address(board), 0, LK_FAULT_NONE), LK_PID_NONE);
        cr_expect_eq(token(LK_PID_PING, lk_host_address(board), 1, LK_FAULT_NONE), LK_PID_NONE);
        cycles(10 * MILLISECOND); /* which is neither a reset nor suspend */
        cr_expect(lk_phy_is_high_speed(&bus->phy));
    }
}

Test(test_mode, c7_1_20_test_packet_comes_again_and_again)
{
    static const uint8_t expected[56] = {0xC3, 0,    0,    0,    0,    0,    0,    0,    0,    0,    0xAA, 0xAA,
                                         0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE,
                                         0xEE, 0xEE, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                         0xFF, 0xFF, 0x7F, 0xBF, 0xDF, 0xEF, 0xF7, 0xFB, 0xFD, 0xFC, 0x7E, 0xBF,
                                         0xDF, 0xEF, 0xF7, 0xFB, 0xFD, 0x7E, 0xB6, 0xCE};
    lk_phy *phy = &bus->phy;
    uint64_t ended = 0;
    start(TEST_PACKET);
    phy->received = false;
    for (int packet = 0; packet < 500; packet++) {
        uint64_t limit = phy->cycle + BEGINS_WITHIN;
        while (!phy->received && phy->cycle < limit)
            lk_phy_cycle(phy);
        cr_assert(phy->received, "packet %d", packet);
        phy->received = false;
        cr_assert_eq(phy->in.length, sizeof expected);
        cr_assert_arr_eq(phy->in.bytes, expected, sizeof expected);
        if (packet > 0) {
            cr_assert_geq(phy->answered_at - ended, GAP_LEAST);
            cr_assert_leq(phy->answered_at - ended, GAP_MOST);
        }
        ended = phy->cycle;
    }
}

Test(test_mode, c9_4_9_other_selectors_are_stalled)
{
    for (unsigned selector = 0; selector < 256; selector = selector < 8 ? selector + 1 : selector * 2 + 1)
        if (selector < TEST_J || selector > TEST_PACKET)
            cr_expect_eq(fixture_command(board, TO_DEVICE, SET_FEATURE, TEST_MODE, (uint16_t)(selector << 8)),
                         LK_URB_STALL, "selector %u", selector);
    cr_expect_eq(fixture_command(board, TO_DEVICE, SET_FEATURE, TEST_MODE, TEST_PACKET << 8 | 1), LK_URB_STALL,
                 "the low byte of wIndex");
    cr_expect_eq(fixture_command(board, TO_INTERFACE, SET_FEATURE, TEST_MODE, TEST_PACKET << 8), LK_URB_STALL);
    cr_expect_eq(fixture_command(board, TO_DEVICE, CLEAR_FEATURE, TEST_MODE, 0), LK_URB_STALL,
                 "no request ends a test (clause 9.4.1)");
    fixture_echo(board, 1, 3);
}

Test(test_mode, c9_4_9_begins_in_the_default_state_too)
{
    lk_board_bus_reset(board);
    start(TEST_SE0_NAK);
    cycles(BEGINS_WITHIN);
    cr_expect_eq(token(LK_PID_IN, 0, 3, LK_FAULT_NONE), LK_PID_NAK);
}

Test(test_mode, c9_4_9_power_ends_a_test)
{
    start(TEST_SE0_NAK);
    cycles(BEGINS_WITHIN);
    bus->phy.vbus = false;
    cycles(MILLISECOND);
    cr_expect_not(lk_phy_is_attached(&bus->phy));
    cr_expect_not(lk_phy_is_high_speed(&bus->phy));
    bus->phy.vbus = true;
    cycles(MILLISECOND);
    cr_expect(lk_phy_is_attached(&bus->phy));
    lk_board_bus_reset(board);
    fixture_configure(board);
    fixture_echo(board, 1, 3);
}

Test(test_mode_at_full_speed, c9_4_9_there_is_none)
{
    const char *error = "";
    board = lk_host_full_speed_board(NULL, &error);
    cr_assert_not_null(board, "%s", error);
    fixture_configure(board);
    cr_expect_eq(fixture_command(board, TO_DEVICE, SET_FEATURE, TEST_MODE, TEST_PACKET << 8), LK_URB_STALL);
    fixture_echo(board, 1, 3);
    fixture_end(board);
}
