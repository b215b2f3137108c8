/* SPDX-License-Identifier: Apache-2.0 */
/* A board without a PHY at D+ and D-, signal by signal: what lk_full_speed must take, must not take, and sends. Names
 * give the clause of USB 2.0. */
#include "rtl/usb/fixture.h"

#include "driver/protocol/protocol.h"

#include <criterion/criterion.h>
#include <string.h>

enum {
    BIT = 4, /* cycles */
    MICROSECOND = 48,
    MILLISECOND = 48000,
    ADDRESS = 5,
    ENDPOINT = 1,
    SYNC_BITS = 8,
    REST = 40 * BIT, /* between signals: longer than any answer may take to begin */
    REPEATS = 50,    /* at as many phases of the two clocks */
    PRE = 0x3C
};

static lk_board *board;
static lk_bus *bus;
static lk_phy *phy;
static lk_full_speed *line;
static lk_line_signal signal; /* that a test makes and sends */

static void begin(void)
{
    board = fixture_at_line();
    bus = lk_host_bus(board);
    phy = &bus->phy;
    line = &phy->full_speed;
    fixture_configure(board);
}

static void end(void)
{
    fixture_end(board);
}

TestSuite(line, .init = begin, .fini = end);

static void cycles(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        lk_phy_cycle(phy);
}

/* Sends the signal in the midst of a frame. */
static void send_signal(void)
{
    lk_bus_idle(bus, REST);
    while (bus->framed && !lk_bus_has_time(bus, LK_HOST_BULK_PACKET_FULL))
        lk_bus_idle(bus, BIT);
    phy->received = false;
    lk_full_speed_send(phy, &signal);
    while (phy->sending)
        lk_phy_cycle(phy);
}

static lk_pid answer(void)
{
    send_signal();
    return lk_bus_receive(bus);
}

/* The signal becomes a token that the bulk IN endpoint, which has nothing, answers with NAK. */
static void compose_token_to(uint8_t address)
{
    lk_packet packet;
    lk_packet_token(&packet, LK_PID_IN, (uint16_t)(ENDPOINT << 7 | address));
    lk_line_encode(&packet, &signal);
}

static void compose_token(void)
{
    compose_token_to(ADDRESS);
}

static lk_pid answer_to_token(void)
{
    compose_token();
    return answer();
}

static void remove_symbols(size_t at, size_t count)
{
    memmove(signal.symbols + at, signal.symbols + at + count, (signal.count - at - count) * sizeof *signal.symbols);
    signal.count -= count;
}

static void insert_symbol(size_t at, lk_line state, uint16_t width)
{
    memmove(signal.symbols + at + 1, signal.symbols + at, (signal.count - at) * sizeof *signal.symbols);
    signal.symbols[at] = (lk_line_symbol){.state = (uint8_t)state, .width = width};
    signal.count++;
}

static size_t end_of_bits(void)
{
    return signal.count - LK_LINE_EOP;
}

/* The last bit lasts so many bits longer. */
static void stretch_last_bit(unsigned bits)
{
    lk_line last = (lk_line)signal.symbols[end_of_bits() - 1].state;
    for (unsigned i = 0; i < bits; i++)
        insert_symbol(end_of_bits(), last, LK_LINE_BIT);
}

Test(line, c7_1_10_packet_after_sync_is_taken)
{
    for (int i = 0; i < REPEATS; i++)
        cr_assert_eq(answer_to_token(), LK_PID_NAK);
}

Test(line, c7_1_10_sync_may_lose_its_first_two_bits)
{
    for (int i = 0; i < REPEATS; i++) {
        compose_token();
        remove_symbols(0, 2);
        cr_assert_eq(answer(), LK_PID_NAK);
    }
}

Test(line, c7_1_10_packet_without_the_end_of_sync_is_none)
{
    compose_token();
    signal.symbols[SYNC_BITS - 1].state = LK_LINE_J;
    cr_expect_eq(answer(), LK_PID_NONE);
    compose_token();
    remove_symbols(0, SYNC_BITS);
    cr_expect_eq(answer(), LK_PID_NONE);
    cr_expect_eq(answer_to_token(), LK_PID_NAK);
}

Test(line, c7_1_10_the_device_sends_sync)
{
    cr_assert_eq(answer_to_token(), LK_PID_NAK);
    static const uint8_t sync[SYNC_BITS] = {LK_LINE_K, LK_LINE_J, LK_LINE_K, LK_LINE_J,
                                            LK_LINE_K, LK_LINE_J, LK_LINE_K, LK_LINE_K};
    for (size_t i = 0; i < SYNC_BITS; i++)
        cr_expect_eq(line->in.symbols[i].state, sync[i], "bit %zu", i);
}

Test(line, c7_1_9_runs_of_ones_go_both_ways)
{
    fixture_echo(board, 0xFFFFFFD0, 48); /* tags of up to 32 ones */
}

/* A tag for which a packet of that many bytes made of its NOP, or of its completion, ends in so many ones after a zero.
 */
static uint32_t tag_that_ends_in_ones(unsigned ones, bool completion)
{
    uint8_t high = (uint8_t)(0xFF << (8 - ones)), mask = (uint8_t)(high | high >> 1);
    for (uint32_t tag = 1; tag < 100000; tag++) {
        uint8_t bytes[NOP_BYTES];
        lk_packet packet;
        fixture_nops(bytes, sizeof bytes, tag, 1);
        if (completion)
            bytes[0] = LK_COMPLETION_MAGIC;
        lk_packet_data(&packet, LK_PID_DATA0, bytes, completion ? COMPLETION_BYTES : NOP_BYTES);
        if ((packet.bytes[packet.length - 1] & mask) == high)
            return tag;
    }
    cr_assert_fail("there is no such tag");
    return 0;
}

Test(line, c7_1_9_zero_is_stuffed_even_before_eop)
{
    fixture_echo(board, tag_that_ends_in_ones(6, false), 1);
    fixture_echo(board, tag_that_ends_in_ones(6, true), 1);
    cr_expect_eq(lk_host_counts_of(board)->errors, 0);

    uint8_t bytes[NOP_BYTES], completion[LK_HOST_BULK_PACKET_HIGH];
    size_t moved = 0;
    cr_assert_eq(fixture_out(board, bytes, fixture_nops(bytes, sizeof bytes, tag_that_ends_in_ones(6, true), 1)),
                 LK_URB_OK);
    lk_bus_idle(bus, 100 * MICROSECOND);
    cr_assert_eq(fixture_in_packet(board, ENDPOINT, completion, &moved, LK_FAULT_NONE), LK_PID_DATA0);
    cr_assert_eq(moved, COMPLETION_BYTES);
    const lk_line_symbol *eop = line->in.symbols + line->in.count - LK_LINE_EOP;
    for (int i = 2; i <= 7; i++)
        cr_expect_eq(eop[-i].state, eop[-2].state, "six ones: the line stands still");
    cr_expect_neq(eop[-1].state, eop[-2].state, "and a zero");
}

Test(line, c7_1_9_seven_ones_spoil_a_packet_and_no_other)
{
    for (int i = 0; i < REPEATS; i++) {
        compose_token();
        size_t middle = SYNC_BITS + 8 + (size_t)i % 8;
        for (size_t bit = 1; bit < 7 + (size_t)i % 3; bit++)
            signal.symbols[middle + bit].state = signal.symbols[middle].state;
        cr_assert_eq(answer(), LK_PID_NONE);
        cr_assert_eq(answer_to_token(), LK_PID_NAK);
    }
}

Test(line, c7_1_9_1_last_bit_may_be_stretched_by_one)
{
    for (int i = 0; i < REPEATS; i++) {
        compose_token();
        stretch_last_bit(1);
        cr_assert_eq(answer(), LK_PID_NAK);
    }
}

Test(line, c7_1_9_1_stretched_bit_that_is_a_sixth_one_needs_no_stuffing)
{
    uint8_t bytes[NOP_BYTES];
    lk_packet packet;
    uint32_t tag = tag_that_ends_in_ones(5, false);
    size_t length = fixture_nops(bytes, sizeof bytes, tag, 1);
    compose_token();
    lk_packet_token(&packet, LK_PID_OUT, ENDPOINT << 7 | ADDRESS);
    lk_line_encode(&packet, &signal);
    send_signal();
    lk_packet_data(&packet, LK_PID_DATA0, bytes, length);
    lk_line_encode(&packet, &signal);
    stretch_last_bit(1);
    cycles(2 * BIT);
    lk_full_speed_send(phy, &signal);
    while (phy->sending)
        lk_phy_cycle(phy);
    cr_assert_eq(lk_bus_receive(bus), LK_PID_ACK);
    fixture_take(board, tag, 1);
    lk_host_set_toggle(board, LK_ENDPOINT_OUT, 1);
    fixture_echo(board, 77, 2);
}

Test(line, c8_3_part_of_a_byte_is_no_packet)
{
    compose_token();
    remove_symbols(end_of_bits() - 2, 2);
    cr_expect_eq(answer(), LK_PID_NONE);
    compose_token();
    stretch_last_bit(2);
    cr_expect_eq(answer(), LK_PID_NONE);
    cr_expect_eq(answer_to_token(), LK_PID_NAK);
}

/* SE0 of so many thousandths of a bit ends the token. */
static lk_pid answer_to_eop(uint16_t width)
{
    compose_token();
    remove_symbols(end_of_bits(), 1);
    signal.symbols[signal.count - 2].width = width;
    return answer();
}

Test(line, c7_1_13_2_eop_of_82_ns_is_enough)
{
    line->conditions = (lk_line_conditions){0};
    for (int i = 0; i < REPEATS; i++)
        cr_assert_eq(answer_to_eop(984), LK_PID_NAK, "repeat %d", i);
    cr_expect_eq(answer_to_eop(2 * LK_LINE_BIT + 100), LK_PID_NAK, "the longest that a transmitter makes");
    cr_expect_eq(answer_to_eop(5 * LK_LINE_BIT), LK_PID_NAK, "and longer");
}

Test(line, c7_1_4_se0_of_14_ns_at_an_edge_is_none)
{
    line->conditions = (lk_line_conditions){0};
    for (int i = 0; i < REPEATS; i++) {
        compose_token();
        for (size_t at = end_of_bits() - 1; at > 0; at--) {
            if (signal.symbols[at].state == signal.symbols[at - 1].state)
                continue;
            signal.symbols[at].width -= 168;
            insert_symbol(at, LK_LINE_SE0, 168);
        }
        cr_assert_eq(answer(), LK_PID_NAK);
    }
}

Test(line, c7_1_13_2_1_device_ends_with_two_bits_of_se0_and_one_of_j)
{
    cr_assert_eq(answer_to_token(), LK_PID_NAK);
    size_t bits = line->in.count;
    cr_assert_eq(bits, SYNC_BITS + 8 + LK_LINE_EOP);
    cr_expect_eq(line->in.symbols[bits - 3].state, LK_LINE_SE0);
    cr_expect_eq(line->in.symbols[bits - 2].state, LK_LINE_SE0);
    cr_expect_eq(line->in.symbols[bits - 1].state, LK_LINE_J);
    cr_expect_eq(line->driven, bits * BIT, "then the line is released");
}

Test(line, c7_1_18_1_device_answers_after_2_to_6_5_bit_times)
{
    fixture_echo(board, 1, 40);
    cr_expect_geq(bus->soonest, 2 * BIT);
    cr_expect_leq(2 * bus->latest, 13 * BIT, "%u cycles", bus->latest);
}

Test(line, c7_1_19_1_data_long_after_its_token_belong_to_nobody)
{
    lk_packet packet;
    lk_packet_token(&packet, LK_PID_OUT, ENDPOINT << 7 | ADDRESS);
    lk_line_encode(&packet, &signal);
    send_signal();
    lk_packet_data(&packet, LK_PID_DATA0, NULL, 0);
    lk_line_encode(&packet, &signal);
    cycles(60 * BIT);
    cr_expect_eq(answer(), LK_PID_NONE);
    cr_expect_eq(answer_to_token(), LK_PID_NAK);
}

/* The receiver's share of jitter, 20 ns from edge to edge (clause 7.1.15.1), is used up: 16 by jitter, 2 by skew, the
 * rest by the clocks, over seven bits. */
static void exchange_under(int drift, unsigned jitter, unsigned skew)
{
    line->conditions = (lk_line_conditions){.drift = drift, .jitter = jitter, .skew = skew};
    for (unsigned i = 0; i < 10; i++)
        fixture_echo(board, 0xFFFFFF00 + 16 * i, 16);
    cr_expect_eq(lk_host_counts_of(board)->errors, 0);
}

Test(line, c7_1_11_host_may_be_fast)
{
    exchange_under(-2500, 0, 0);
}

Test(line, c7_1_11_host_may_be_slow)
{
    exchange_under(2500, 0, 0);
}

Test(line, c7_1_15_1_edges_of_a_fast_host_may_jitter)
{
    exchange_under(-2500, 8000, 1000);
}

Test(line, c7_1_15_1_edges_of_a_slow_host_may_jitter)
{
    exchange_under(2500, 8000, 1000);
}

Test(line, c7_1_1_wires_may_change_7_ns_apart)
{
    exchange_under(0, 0, 3500);
}

Test(line, c7_1_5_1_pull_up_follows_vbus)
{
    cr_expect(lk_phy_is_attached(phy));
    phy->vbus = false;
    cycles(20);
    cr_expect_not(lk_phy_is_attached(phy));
    phy->vbus = true;
    cycles(20);
    cr_expect(lk_phy_is_attached(phy));
    cycles(100 * MICROSECOND);
    cr_assert(lk_bus_reset(bus));
    compose_token_to(0);
    cr_expect_eq(answer(), LK_PID_NONE, "without power it has lost its configuration");
}

Test(line, c7_1_5_1_device_lets_go_of_the_line_when_vbus_goes)
{
    compose_token();
    send_signal();
    while (!phy->receiving)
        lk_phy_cycle(phy);
    cycles(2 * BIT);
    phy->vbus = false;
    cycles(5);
    cr_expect_not(line->pins->output_enable);
    phy->violations = 0; /* that packet was none */
}

/* The host holds SE0 for that time, and the device has its address still, or not. */
static bool se0_resets(unsigned length)
{
    lk_bus_idle(bus, REST);
    phy->line = LK_LINE_SE0;
    cycles(length);
    phy->line = LK_LINE_RELEASED;
    cycles(20 * MICROSECOND);
    lk_pid pid = answer_to_token();
    cr_expect(pid == LK_PID_NAK || pid == LK_PID_NONE);
    return pid == LK_PID_NONE;
}

Test(line, c7_1_7_5_se0_below_2_5_us_is_no_reset)
{
    cr_expect_not(se0_resets(2 * BIT));
    cr_expect_not(se0_resets(2 * MICROSECOND));
}

Test(line, c7_1_7_5_se0_of_3_us_is_a_reset)
{
    cr_expect(se0_resets(3 * MICROSECOND));
}

Test(line, c7_1_7_5_reset_amid_a_packet)
{
    compose_token();
    signal.count = SYNC_BITS + 12;
    send_signal();
    phy->line = LK_LINE_SE0;
    cycles(100 * MICROSECOND);
    phy->line = LK_LINE_RELEASED;
    cycles(20 * MICROSECOND);
    cr_expect_eq(answer_to_token(), LK_PID_NONE);
    lk_board_bus_reset(board);
    fixture_configure(board);
    fixture_echo(board, 1, 3);
}

Test(line, c7_1_7_6_device_suspends_after_3_ms)
{
    bus->framed = false;
    cycles(2 * MILLISECOND);
    compose_token();
    cr_expect_eq(answer(), LK_PID_NAK, "2 ms of idle are not enough");
    cycles(4 * MILLISECOND);
    cr_expect_eq(answer(), LK_PID_NONE, "a suspended device does not take a packet for a resume");
    cr_expect(lk_phy_is_attached(phy));
}

Test(line, c7_1_7_6_frames_keep_an_idle_device_awake)
{
    lk_bus_idle(bus, 5 * MILLISECOND);
    cr_expect_eq(answer_to_token(), LK_PID_NAK);
}

Test(line, c7_1_7_7_device_resumes_with_its_state)
{
    fixture_echo(board, 1, 3);
    lk_bus_suspend(bus);
    lk_bus_resume(bus);
    fixture_echo(board, 10, 3);
}

Test(line, c7_1_7_5_reset_out_of_suspend)
{
    lk_bus_suspend(bus);
    lk_board_bus_reset(board);
    cr_expect_eq(answer_to_token(), LK_PID_NONE);
    fixture_configure(board);
    fixture_echo(board, 10, 3);
}

Test(line, c8_6_5_preamble_has_no_eop_and_hides_nothing)
{
    lk_packet packet = {.bytes = {PRE}, .length = 1};
    lk_line_encode(&packet, &signal);
    signal.count -= LK_LINE_EOP;
    cr_expect_eq(answer(), LK_PID_NONE);
    cr_expect_eq(answer_to_token(), LK_PID_NAK);
}

Test(line, c8_7_4_packet_that_stops_short_hides_nothing)
{
    for (size_t bits = 1; bits < 30; bits++) {
        compose_token();
        signal.count = bits;
        cr_assert_eq(answer(), LK_PID_NONE);
        cr_assert_eq(answer_to_token(), LK_PID_NAK, "after %zu bits", bits);
    }
}
