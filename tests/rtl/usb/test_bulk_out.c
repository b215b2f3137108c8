/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint 1 OUT packet by packet: toggles, handshakes, flow control and faults (USB 2.0
 * clauses 8.4.5, 8.5.1, 8.5.2, 8.6). */
#include "rtl/usb/fixture.h"

#include "driver/protocol/protocol.h"

#include <criterion/criterion.h>
#include <string.h>

enum { PACKET = LK_HOST_BULK_PACKET_HIGH, MANY = 700 };

static lk_board *board;
static uint8_t commands[MANY * NOP_BYTES];

static void begin(void)
{
    board = fixture_configured();
}

static void end(void)
{
    fixture_end(board);
}

TestSuite(bulk_out, .init = begin, .fini = end);

/* One NOP in one packet at endpoint 1. */
static lk_pid send_nop(uint32_t tag, uint8_t toggle, lk_fault fault)
{
    uint8_t bytes[NOP_BYTES];
    fixture_nops(bytes, sizeof bytes, tag, 1);
    return fixture_out_packet(board, 1, toggle, bytes, sizeof bytes, fault);
}

/* Sends NOPs in full packets until the device says NYET or NAK: nobody takes completions. @return packets that it took.
 */
static unsigned fill(lk_pid *answer)
{
    size_t length = fixture_nops(commands, sizeof commands, 0, MANY);
    unsigned packets = 0;
    do {
        cr_assert_leq((packets + 1) * PACKET, length, "the device must be full by now");
        *answer = fixture_out_packet(board, 1, packets & 1, commands + packets * PACKET, PACKET, LK_FAULT_NONE);
        packets += *answer == LK_PID_ACK || *answer == LK_PID_NYET;
        lk_bus_idle(lk_host_bus(board), 3000);
    } while (*answer == LK_PID_ACK);
    return packets;
}

Test(bulk_out, c8_6_toggle_alternates)
{
    for (unsigned i = 0; i < 6; i++)
        cr_expect_eq(send_nop(i, i & 1, LK_FAULT_NONE), LK_PID_ACK);
    fixture_take(board, 0, 6);
}

Test(bulk_out, c8_6_4_wrong_toggle_is_acknowledged_and_dropped)
{
    cr_assert_eq(send_nop(10, 0, LK_FAULT_NONE), LK_PID_ACK);
    cr_expect_eq(send_nop(11, 0, LK_FAULT_NONE), LK_PID_ACK, "a repetition");
    cr_expect_eq(send_nop(11, 0, LK_FAULT_NONE), LK_PID_ACK);
    cr_expect_eq(send_nop(11, 1, LK_FAULT_NONE), LK_PID_ACK);
    fixture_take(board, 10, 2);
    fixture_expect_silence(board);
}

Test(bulk_out, c8_6_4_lost_acknowledgement_doubles_nothing)
{
    cr_assert_eq(send_nop(1, 0, LK_FAULT_ANSWER_LOST), LK_PID_NONE);
    cr_expect_eq(send_nop(1, 0, LK_FAULT_NONE), LK_PID_ACK);
    cr_expect_eq(send_nop(2, 1, LK_FAULT_NONE), LK_PID_ACK);
    fixture_take(board, 1, 2);
    fixture_expect_silence(board);
}

Test(bulk_out, c8_6_3_bad_data_are_not_answered_and_leave_nothing)
{
    cr_expect_eq(send_nop(9, 0, LK_FAULT_DATA_CRC), LK_PID_NONE);
    cr_expect_eq(send_nop(9, 0, LK_FAULT_DATA_TORN), LK_PID_NONE);
    cr_expect_eq(send_nop(9, 0, LK_FAULT_DATA_LOST), LK_PID_NONE);
    cr_expect_eq(send_nop(9, 0, LK_FAULT_TOKEN_CRC), LK_PID_NONE);
    cr_expect_eq(send_nop(9, 0, LK_FAULT_TOKEN_PID), LK_PID_NONE);
    cr_expect_eq(send_nop(1, 0, LK_FAULT_NONE), LK_PID_ACK);
    fixture_take(board, 1, 1);
    fixture_expect_silence(board);
}

Test(bulk_out, c8_4_4_packet_that_is_too_long_is_not_answered)
{
    fixture_nops(commands, sizeof commands, 1, MANY);
    static const size_t lengths[] = {513, 516, 700, 1024};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        cr_expect_eq(fixture_out_packet(board, 1, 0, commands, lengths[i], LK_FAULT_NONE), LK_PID_NONE, "%zu bytes",
                     lengths[i]);
    cr_expect_eq(send_nop(3, 0, LK_FAULT_NONE), LK_PID_ACK);
    fixture_take(board, 3, 1);
    fixture_expect_silence(board);
}

Test(bulk_out, c8_5_1_ping_of_an_empty_endpoint)
{
    cr_expect_eq(fixture_ping(board, 1), LK_PID_ACK);
    cr_expect_eq(fixture_ping(board, 1), LK_PID_ACK, "and it changes nothing");
    fixture_echo(board, 1, 1);
}

Test(bulk_out, c8_5_1_nyet_when_the_next_packet_would_not_fit)
{
    lk_pid answer;
    unsigned packets = fill(&answer);
    cr_expect_eq(answer, LK_PID_NYET, "the last packet that fits says so");
    cr_expect_eq(fixture_ping(board, 1), LK_PID_NAK);
    cr_expect_eq(fixture_out_packet(board, 1, packets & 1, commands + packets * PACKET, PACKET, LK_FAULT_NONE),
                 LK_PID_NAK);
    cr_expect_eq(fixture_ping(board, 1), LK_PID_NAK);
}

Test(bulk_out, c8_5_1_nak_takes_nothing_and_the_stream_goes_on)
{
    lk_pid answer;
    unsigned packets = fill(&answer);
    const uint8_t *next = commands + packets * PACKET;
    for (int i = 0; i < 3; i++)
        cr_assert_eq(fixture_out_packet(board, 1, packets & 1, next, PACKET, LK_FAULT_NONE), LK_PID_NAK);
    unsigned whole = packets * PACKET / NOP_BYTES;
    fixture_take(board, 0, whole);
    cr_expect_eq(fixture_ping(board, 1), LK_PID_ACK, "room again");
    lk_host_set_toggle(board, LK_ENDPOINT_OUT, packets & 1);
    size_t rest = (whole + 5) * NOP_BYTES - packets * PACKET;
    cr_assert_eq(fixture_out(board, next, rest), LK_URB_OK);
    fixture_take(board, whole, 5);
}

Test(bulk_out, c8_5_1_host_pings_its_way_through_a_slow_device)
{
    size_t length = fixture_nops(commands, sizeof commands, 0, MANY);
    lk_urb out = {.endpoint = LK_ENDPOINT_OUT, .data = commands, .length = (uint32_t)length};
    lk_board_submit(board, &out);
    lk_board_run(board, 60000);
    cr_assert_not(out.done, "a device that nobody reads from must not take everything");
    cr_assert_gt(lk_host_counts_of(board)->pings, 10);
    cr_assert_gt(lk_host_counts_of(board)->nyets, 0);
    fixture_take(board, 0, MANY);
    fixture_wait(board, &out);
    cr_expect_eq(out.status, LK_URB_OK);
}

Test(bulk_out, c5_8_3_commands_span_packets_and_transfers)
{
    size_t length = fixture_nops(commands, sizeof commands, 50, 40);
    static const size_t pieces[] = {4, 8, 512, 100, 36};
    size_t at = 0;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; at += pieces[i++])
        cr_assert_eq(fixture_out(board, commands + at, pieces[i]), LK_URB_OK);
    cr_assert_eq(fixture_out(board, commands + at, length - at), LK_URB_OK);
    fixture_take(board, 50, 40);
}

Test(bulk_out, c5_8_3_transfer_that_ends_within_a_word_is_filled_with_zeros)
{
    for (unsigned missing = 1; missing < 4; missing++) {
        uint8_t bytes[NOP_BYTES];
        fixture_nops(bytes, sizeof bytes, missing, 1); /* its last bytes are zeros */
        cr_assert_eq(fixture_out(board, bytes, NOP_BYTES - missing), LK_URB_OK);
        fixture_take(board, missing, 1);
    }
}

Test(bulk_out, c8_5_2_empty_packets_toggle_and_say_nothing)
{
    cr_expect_eq(fixture_out_packet(board, 1, 0, NULL, 0, LK_FAULT_NONE), LK_PID_ACK);
    cr_expect_eq(send_nop(1, 1, LK_FAULT_NONE), LK_PID_ACK);
    cr_expect_eq(fixture_out_packet(board, 1, 0, NULL, 0, LK_FAULT_NONE), LK_PID_ACK);
    cr_expect_eq(send_nop(2, 1, LK_FAULT_NONE), LK_PID_ACK);
    fixture_take(board, 1, 2);
}

Test(bulk_out, c5_8_3_transfers_of_n_packets_with_and_without_an_empty_one)
{
    enum { NOPS = 64, BYTES = NOPS * NOP_BYTES }; /* 1536: three packets */
    for (uint32_t round = 0; round < 4; round++) {
        fixture_nops(commands, sizeof commands, round * NOPS, NOPS);
        lk_urb out = {.endpoint = LK_ENDPOINT_OUT, .data = commands, .length = BYTES, .zero_packet = round & 1};
        uint64_t before = lk_host_counts_of(board)->out_packets;
        lk_board_submit(board, &out);
        fixture_wait(board, &out);
        cr_expect_eq(out.status, LK_URB_OK);
        cr_expect_eq(out.actual, BYTES);
        cr_expect_eq(lk_host_counts_of(board)->out_packets - before, round & 1 ? 4 : 3);
        fixture_take(board, round * NOPS, NOPS);
    }
}

static lk_fault lose_three(void *context, const lk_transaction *transaction)
{
    int *left = context;
    return transaction->endpoint == 1 && (*left)-- > 0 ? LK_FAULT_ANSWER_LOST : LK_FAULT_NONE;
}

Test(bulk_out, c8_7_1_three_transactions_without_an_answer_end_the_transfer)
{
    int left = 3;
    lk_host_set_fault_hook(board, lose_three, &left);
    fixture_nops(commands, sizeof commands, 1, 1);
    cr_expect_eq(fixture_out(board, commands, NOP_BYTES), LK_URB_PROTOCOL);
    lk_host_set_fault_hook(board, NULL, NULL);
    fixture_take(board, 1, 1);
}
