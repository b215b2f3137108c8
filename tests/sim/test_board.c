/* SPDX-License-Identifier: Apache-2.0 */
/* The board as a host controller driver has it (sim/board.h): the same at its pins, with a PHY and without, and at the
 * endpoints' ports. */
#include "protocol/protocol.h"
#include "sim/request.h"
#include "sim/stream.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <string.h>

enum { LONG_TIME = 20000000 /* cycles */ };

static lk_board_phy phys[] = {LK_PHY_DIRECT, LK_PHY_ULPI, LK_PHY_FULL_SPEED};

/* Each of these tests runs at all ways in. */
#define BOARD_TEST(name)                                                                                               \
    static void name(lk_board *board);                                                                                 \
    ParameterizedTestParameters(board, name)                                                                           \
    {                                                                                                                  \
        return cr_make_param_array(lk_board_phy, phys, 3);                                                             \
    }                                                                                                                  \
    ParameterizedTest(lk_board_phy *phy, board, name)                                                                  \
    {                                                                                                                  \
        lk_board *board = request_power_up(*phy);                                                                      \
        name(board);                                                                                                   \
        lk_board_free(board);                                                                                          \
    }                                                                                                                  \
    static void name(lk_board *board)

static void send_nops(lk_board *board, uint32_t first, uint32_t count)
{
    uint8_t bytes[64 * NOP_BYTES];
    cr_assert(count <= 64);
    request_send(board, bytes, stream_nops(bytes, first, count));
}

BOARD_TEST(a_short_packet_ends_an_in_transfer)
{
    uint8_t data[4096];
    send_nops(board, 1, 3);
    lk_urb in = request_receive(board, data, sizeof data);
    cr_assert_eq(in.status, LK_URB_OK);
    cr_assert(stream_answers(data, in.actual, 1, 3));
}

/* One command whose completion is a whole packet: a pause in the stream cannot cut it. */
static void send_seal_of_one_packet(lk_board *board)
{
    uint8_t bytes[LOAD_BYTES + 512], data[512];
    size_t length = stream_load(bytes);
    lk_urb load = {.endpoint = 0x01, .data = bytes, .length = (uint32_t)length};
    lk_board_submit(board, &load);
    cr_assert_eq(request_receive(board, data, sizeof data).actual, 16);
    lk_urb seal = {.endpoint = 0x01, .data = bytes, .length = (uint32_t)stream_seal(bytes, 512 - SEAL_OVERHEAD, 9, 0)};
    lk_board_submit(board, &seal);
    request_finish(board, &seal);
}

BOARD_TEST(a_zero_length_packet_ends_data_of_whole_packets)
{
    uint8_t data[4096];
    send_seal_of_one_packet(board);
    lk_urb in = request_receive(board, data, sizeof data);
    cr_assert(stream_is_sealed(data, in.actual, 512 - SEAL_OVERHEAD, 9));
    cr_assert_eq(in.actual, 512);
    send_nops(board, 33, 1);
    in = request_receive(board, data, sizeof data);
    cr_assert(stream_answers(data, in.actual, 33, 1), "the stream goes on right behind it");
}

BOARD_TEST(a_transfer_that_is_filled_ends_before_the_zero_length_packet)
{
    uint8_t data[512];
    send_seal_of_one_packet(board);
    cr_assert_eq(request_receive(board, data, sizeof data).actual, 512);
    lk_urb in = request_receive(board, data, sizeof data);
    cr_assert_eq(in.status, LK_URB_OK);
    cr_assert_eq(in.actual, 0);
}

BOARD_TEST(a_long_completion_comes_in_one_transfer)
{
    static uint8_t bytes[20000], data[20480];
    size_t length = stream_load(bytes);
    lk_urb in = {.endpoint = 0x81, .data = data, .length = 512};
    lk_urb out = {.endpoint = 0x01, .data = bytes, .length = (uint32_t)length};
    lk_board_submit(board, &in);
    lk_board_submit(board, &out);
    request_finish(board, &in);
    out.length = (uint32_t)stream_seal(bytes, 16384, 3, 0);
    in.length = sizeof data;
    lk_board_submit(board, &in);
    lk_board_submit(board, &out);
    request_finish(board, &out);
    request_finish(board, &in);
    cr_assert(stream_is_sealed(data, in.actual, 16384, 3));
}

BOARD_TEST(many_completions_come_in_order)
{
    uint8_t commands[300 * NOP_BYTES], data[300 * NOP_COMPLETION_BYTES + 4096];
    lk_urb out = {.endpoint = 0x01, .data = commands, .length = (uint32_t)stream_nops(commands, 7, 300)};
    lk_board_submit(board, &out);
    size_t have = 0;
    while (have < 300 * NOP_COMPLETION_BYTES) /* a pause in the stream may end a transfer anywhere */
        have += request_receive(board, data + have, 4096).actual;
    cr_assert(out.done);
    cr_assert(stream_answers(data, have, 7, 300));
}

BOARD_TEST(commands_may_span_transfers)
{
    uint8_t bytes[2 * NOP_BYTES], data[512];
    size_t length = stream_nops(bytes, 1, 2);
    lk_urb first = {.endpoint = 0x01, .data = bytes, .length = 20};
    lk_urb second = {.endpoint = 0x01, .data = bytes + 20, .length = (uint32_t)length - 20};
    lk_board_submit(board, &first);
    lk_board_submit(board, &second);
    request_finish(board, &second);
    cr_assert(first.done, "requests of one endpoint end in order");
    lk_urb in = request_receive(board, data, sizeof data);
    cr_assert(stream_answers(data, in.actual, 1, 2));
}

BOARD_TEST(a_zero_packet_behind_commands_changes_nothing)
{
    uint8_t bytes[64 * NOP_BYTES], data[2048];
    lk_urb in = {.endpoint = 0x81, .data = data, .length = 1024};
    lk_urb out = {.endpoint = 0x01, .data = bytes, .length = (uint32_t)stream_nops(bytes, 1, 64), .zero_packet = true};
    cr_assert_eq(out.length % 512, 0);
    lk_board_submit(board, &in);
    lk_board_submit(board, &out);
    request_finish(board, &out);
    cr_assert_eq(out.actual, out.length);
    request_finish(board, &in);
    send_nops(board, 65, 1);
    size_t have = in.actual;
    while (have < 65 * NOP_COMPLETION_BYTES)
        have += request_receive(board, data + have, 1024).actual;
    cr_assert(stream_answers(data, have, 1, 65));
}

BOARD_TEST(a_packet_longer_than_the_transfer_is_an_overflow)
{
    uint8_t data[100];
    send_nops(board, 1, 10);
    cr_assert_eq(request_receive(board, data, 100).status, LK_URB_OVERFLOW);
}

BOARD_TEST(a_halted_endpoint_stalls_until_the_halt_is_cleared)
{
    uint8_t data[512], status[2];
    cr_assert_eq(request_control(board, 0x02, 3, 0, 0x81, NULL, 0).status, LK_URB_OK);
    cr_assert_eq(request_receive(board, data, sizeof data).status, LK_URB_STALL);
    cr_assert_eq(request_control(board, 0x82, 0, 0, 0x81, status, 2).actual, 2);
    cr_assert_eq(status[0], 1);
    cr_assert_eq(request_control(board, 0x02, 1, 0, 0x81, NULL, 0).status, LK_URB_OK);
    send_nops(board, 5, 1);
    lk_urb in = request_receive(board, data, sizeof data);
    cr_assert(stream_answers(data, in.actual, 5, 1));
}

BOARD_TEST(a_halted_out_endpoint_takes_nothing)
{
    uint8_t bytes[NOP_BYTES], data[512];
    lk_urb out = {.endpoint = 0x01, .data = bytes, .length = (uint32_t)stream_nops(bytes, 1, 1)};
    cr_assert_eq(request_control(board, 0x02, 3, 0, 0x01, NULL, 0).status, LK_URB_OK);
    lk_board_submit(board, &out);
    request_finish(board, &out);
    cr_assert_eq(out.status, LK_URB_STALL);
    cr_assert_eq(out.actual, 0);
    cr_assert_eq(request_control(board, 0x02, 1, 0, 0x01, NULL, 0).status, LK_URB_OK);
    send_nops(board, 2, 1);
    lk_urb in = request_receive(board, data, sizeof data);
    cr_assert(stream_answers(data, in.actual, 2, 1));
}

BOARD_TEST(without_a_configuration_the_endpoints_do_not_answer)
{
    uint8_t data[512];
    lk_board_bus_reset(board);
    cr_assert_eq(request_receive(board, data, sizeof data).status, LK_URB_PROTOCOL);
    request_configure(board);
    send_nops(board, 1, 1);
    lk_urb in = request_receive(board, data, sizeof data);
    cr_assert(stream_answers(data, in.actual, 1, 1));
}

BOARD_TEST(a_stream_reset_drops_what_was_on_its_way)
{
    uint8_t data[512];
    send_nops(board, 1, 20);
    lk_board_run(board, 5000);
    cr_assert_eq(request_control(board, 0x40, LK_REQUEST_STREAM_RESET, 0, 0, NULL, 0).status, LK_URB_OK);
    send_nops(board, 100, 1);
    lk_urb in = request_receive(board, data, sizeof data);
    cr_assert(stream_answers(data, in.actual, 100, 1));
}

BOARD_TEST(facts_are_read_by_word_address)
{
    uint8_t data[8];
    lk_urb facts = request_control(board, 0xc0, LK_REQUEST_READ_FACTS, 0, LK_FACT_MAGIC, data, 8);
    cr_assert_eq(facts.actual, 8);
    cr_assert_eq(memcmp(data, "LCKY", 4), 0);
    cr_assert_eq(data[6] | data[7] << 8, LK_PROTOCOL_MAJOR);
}

BOARD_TEST(a_waiting_request_can_be_taken_back)
{
    uint8_t data[512], other[512];
    lk_urb first = {.endpoint = 0x81, .data = data, .length = sizeof data};
    lk_urb second = {.endpoint = 0x81, .data = other, .length = sizeof other};
    lk_board_submit(board, &first);
    lk_board_submit(board, &second);
    lk_board_run(board, 3000);
    lk_board_unlink(board, &first);
    cr_assert(first.done);
    cr_assert_eq(first.status, LK_URB_UNLINKED);
    cr_assert_eq(first.actual, 0);
    send_nops(board, 1, 2);
    request_finish(board, &second);
    cr_assert(stream_answers(other, second.actual, 1, 2));
    lk_board_unlink(board, &second);
    cr_assert_eq(second.status, LK_URB_OK, "it was done before");
}

BOARD_TEST(time_stops_when_only_an_in_request_waits_for_nothing)
{
    uint8_t data[512];
    lk_urb in = {.endpoint = 0x81, .data = data, .length = sizeof data};
    lk_board_submit(board, &in);
    cr_assert(lk_board_active(board));
    cr_assert_not(lk_board_run(board, LONG_TIME));
    cr_assert_not(lk_board_active(board));
    uint64_t cycles = lk_board_cycles(board);
    cr_assert_not(lk_board_run(board, LONG_TIME));
    cr_assert(lk_board_cycles(board) - cycles < 10000);
    send_nops(board, 1, 1);
    request_finish(board, &in);
    cr_assert(stream_answers(data, in.actual, 1, 1));
}

Test(board, says_why_a_trace_cannot_be_written)
{
    for (size_t i = 0; i < 3; i++) {
        const char *error = NULL;
        cr_assert_null(lk_board_new(phys[i], "/nonexistent/board.fst", &error));
        cr_assert_not_null(strstr(error, "trace"), "%s", error);
    }
}
