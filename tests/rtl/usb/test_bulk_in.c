/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoint 1 IN packet by packet: toggles, repetition, short and empty packets (USB 2.0
 * clauses 5.8.3, 8.4.5, 8.5.2, 8.6). */
#include "rtl/usb/fixture.h"

#include "driver/protocol/protocol.h"

#include <criterion/criterion.h>
#include <string.h>

enum {
    PACKET = LK_HOST_BULK_PACKET_HIGH,
    WHOLE_PACKET = PACKET - COMPLETION_BYTES -
                   22, /* plaintext whose completion is one packet: header, type and tag are 22 bytes */
    MANY = 600
};

static lk_board *board;
static uint8_t commands[MANY * NOP_BYTES];
static uint8_t data[MANY * COMPLETION_BYTES + PACKET];
static size_t moved;

static void begin(void)
{
    board = fixture_configured();
}

static void end(void)
{
    fixture_end(board);
}

TestSuite(bulk_in, .init = begin, .fini = end);

/* Gives the engine count NOPs, and time for them. */
static void ask(uint32_t first, unsigned count)
{
    size_t length = fixture_nops(commands, sizeof commands, first, count);
    cr_assert_eq(fixture_out(board, commands, length), LK_URB_OK);
    lk_bus_idle(lk_host_bus(board), 6000);
}

static lk_pid in_packet(lk_fault fault)
{
    return fixture_in_packet(board, 1, data, &moved, fault);
}

Test(bulk_in, c8_4_5_nak_when_there_is_nothing)
{
    for (int i = 0; i < 5; i++)
        cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_NAK);
    fixture_echo(board, 1, 1);
}

Test(bulk_in, c8_6_toggle_alternates)
{
    for (uint32_t i = 0; i < 5; i++) {
        ask(i, 1);
        cr_expect_eq(in_packet(LK_FAULT_NONE), i & 1 ? LK_PID_DATA1 : LK_PID_DATA0);
        cr_expect(fixture_completes(data, moved, i, 1));
    }
}

Test(bulk_in, c8_6_4_lost_acknowledgement_repeats_the_packet)
{
    ask(1, 3);
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(in_packet(LK_FAULT_HANDSHAKE_LOST), LK_PID_DATA0);
        cr_expect(fixture_completes(data, moved, 1, 3));
    }
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA0);
    cr_expect(fixture_completes(data, moved, 1, 3));
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_NAK, "gone once it is acknowledged");
    ask(4, 1);
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA1);
}

Test(bulk_in, c8_6_3_data_that_the_host_did_not_understand_come_again)
{
    ask(1, 3);
    cr_expect_eq(in_packet(LK_FAULT_ANSWER_LOST), LK_PID_NONE);
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA0);
    cr_expect(fixture_completes(data, moved, 1, 3));
}

Test(bulk_in, c8_6_4_packet_is_kept_while_the_host_turns_to_others)
{
    ask(1, 2);
    cr_assert_eq(in_packet(LK_FAULT_HANDSHAKE_LOST), LK_PID_DATA0);
    cr_expect_eq(fixture_fact(board, LK_FACT_MAGIC), LK_FACT_MAGIC_VALUE);
    cr_expect_eq(fixture_ping(board, 1), LK_PID_ACK);
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA0);
    cr_expect(fixture_completes(data, moved, 1, 2));
}

Test(bulk_in, c8_3_5_1_bad_tokens_are_not_answered)
{
    ask(1, 1);
    cr_expect_eq(in_packet(LK_FAULT_TOKEN_CRC), LK_PID_NONE);
    cr_expect_eq(in_packet(LK_FAULT_TOKEN_PID), LK_PID_NONE);
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA0);
}

Test(bulk_in, c5_8_3_completion_of_exactly_one_packet_ends_with_an_empty_one)
{
    fixture_load_slot(board);
    for (uint64_t sequence = 0; sequence < 3; sequence++) {
        fixture_seal(board, sequence, 1, WHOLE_PACKET);
        uint64_t before = lk_host_counts_of(board)->in_packets;
        uint32_t actual;
        cr_assert_eq(fixture_in(board, data, sizeof data, &actual), LK_URB_OK);
        cr_expect_eq(actual, PACKET);
        cr_expect_eq(lk_host_counts_of(board)->in_packets - before, 2);
    }
}

Test(bulk_in, c8_5_2_empty_packet_toggles)
{
    fixture_load_slot(board); /* its completion is DATA0 */
    fixture_seal(board, 0, 1, WHOLE_PACKET);
    lk_bus_idle(lk_host_bus(board), 6000);
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA1);
    cr_expect_eq(moved, PACKET);
    cr_expect_eq(in_packet(LK_FAULT_HANDSHAKE_LOST), LK_PID_DATA0);
    cr_expect_eq(moved, 0);
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA0, "an empty packet is repeated like any other");
    cr_expect_eq(moved, 0);
    ask(2, 1);
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_DATA1);
    cr_expect_eq(moved, COMPLETION_BYTES);
}

Test(bulk_in, c5_8_3_request_of_exactly_one_packet_leaves_the_empty_one_for_the_next)
{
    fixture_load_slot(board);
    fixture_seal(board, 0, 1, WHOLE_PACKET);
    uint32_t actual;
    cr_assert_eq(fixture_in(board, data, PACKET, &actual), LK_URB_OK);
    cr_expect_eq(actual, PACKET);
    cr_assert_eq(fixture_in(board, data, PACKET, &actual), LK_URB_OK);
    cr_expect_eq(actual, 0);
    fixture_echo(board, 2, 1);
}

Test(bulk_in, c5_8_3_completions_of_n_packets)
{
    fixture_load_slot(board);
    for (unsigned packets = 2; packets < 8; packets++) {
        fixture_seal(board, packets, 1, (uint16_t)((packets - 1) * PACKET + WHOLE_PACKET));
        uint32_t actual;
        cr_assert_eq(fixture_in(board, data, sizeof data, &actual), LK_URB_OK);
        cr_expect_eq(actual, packets * PACKET);
    }
    fixture_echo(board, 1, 1);
}

Test(bulk_in, c5_8_3_short_packet_ends_the_transfer)
{
    fixture_load_slot(board);
    fixture_seal(board, 0, 1, WHOLE_PACKET + 4);
    uint64_t before = lk_host_counts_of(board)->in_packets;
    uint32_t actual;
    cr_assert_eq(fixture_in(board, data, sizeof data, &actual), LK_URB_OK);
    cr_expect_eq(actual, PACKET + 4);
    cr_expect_eq(lk_host_counts_of(board)->in_packets - before, 2, "and no empty one follows it");
    cr_expect_eq(in_packet(LK_FAULT_NONE), LK_PID_NAK);
}

Test(bulk_in, c5_8_3_completions_share_packets)
{
    size_t length = fixture_nops(commands, sizeof commands, 1, 21);
    cr_assert_eq(fixture_out(board, commands, length), LK_URB_OK);
    uint32_t actual;
    cr_assert_eq(fixture_in(board, data, sizeof data, &actual), LK_URB_OK);
    cr_expect(fixture_completes(data, actual, 1, 21));
}

Test(bulk_in, c8_7_4_packet_longer_than_the_request_is_babble)
{
    ask(1, 4);
    uint32_t actual;
    cr_expect_eq(fixture_in(board, data, 2 * COMPLETION_BYTES, &actual), LK_URB_OVERFLOW);
    fixture_take(board, 1, 4);
}

Test(bulk_in, c8_5_1_full_buffers_stall_nothing_but_the_engine)
{
    size_t length = fixture_nops(commands, sizeof commands, 0, MANY);
    lk_urb out = {.endpoint = LK_ENDPOINT_OUT, .data = commands, .length = (uint32_t)length};
    lk_board_submit(board, &out);
    lk_board_run(board, 60000);
    cr_assert_not(out.done);
    cr_expect_eq(fixture_fact(board, LK_FACT_MAGIC), LK_FACT_MAGIC_VALUE, "endpoint zero still answers");
    fixture_take(board, 0, MANY);
    fixture_wait(board, &out);
}

Test(bulk_in, completion_is_not_held_back_by_a_command_that_is_not_whole)
{
    uint8_t bytes[2 * NOP_BYTES];
    fixture_nops(bytes, sizeof bytes, 1, 2);
    cr_assert_eq(fixture_out(board, bytes, NOP_BYTES + 12), LK_URB_OK);
    fixture_take(board, 1, 1);
    cr_assert_eq(fixture_out(board, bytes + NOP_BYTES + 12, 12), LK_URB_OK);
    fixture_take(board, 2, 1);
}

Test(bulk_in, waiting_requests_alone_let_time_stand_still)
{
    lk_urb in = {.endpoint = LK_ENDPOINT_IN, .data = data, .length = sizeof data};
    lk_board_submit(board, &in);
    uint64_t before = lk_board_cycles(board);
    cr_expect_not(lk_board_run(board, 1000000000));
    cr_expect_not(in.done);
    cr_expect_not(lk_board_active(board));
    cr_expect_lt(lk_board_cycles(board) - before, 110000);
    lk_board_unlink(board, &in);
    cr_expect(in.done);
    cr_expect_eq(in.status, LK_URB_UNLINKED);
    fixture_echo(board, 1, 1);
}
