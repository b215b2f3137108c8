/* SPDX-License-Identifier: Apache-2.0 */
/* The vendor requests of docs/protocol.md, through packets of endpoint zero. */
#include "rtl/usb/fixture.h"

#include "base/reader.h"
#include "driver/protocol/protocol.h"

#include <criterion/criterion.h>
#include <string.h>

enum { FACT_BYTES = 1024 }; /* 256 words */

static lk_board *board;

static void begin(void)
{
    board = fixture_configured();
}

static void end(void)
{
    fixture_echo(board, 900, 2);
    fixture_end(board);
}

TestSuite(vendor_request, .init = begin, .fini = end);

static uint32_t read_facts(uint16_t index, uint8_t *data, uint16_t length)
{
    uint32_t actual = 0;
    cr_assert_eq(fixture_control(board, VENDOR_FROM_DEVICE, LK_REQUEST_READ_FACTS, 0, index, data, length, &actual),
                 LK_URB_OK);
    return actual;
}

static void stream_reset(void)
{
    cr_assert_eq(fixture_command(board, VENDOR_TO_DEVICE, LK_REQUEST_STREAM_RESET, 0, 0), LK_URB_OK);
}

static uint32_t take_status(void)
{
    uint8_t bytes[512];
    uint32_t actual;
    cr_assert_eq(fixture_in(board, bytes, sizeof bytes, &actual), LK_URB_OK);
    cr_assert_eq(actual, COMPLETION_BYTES);
    return bytes[2];
}

Test(vendor_request, read_facts_begins_with_the_magic_word)
{
    cr_expect_eq(fixture_fact(board, LK_FACT_MAGIC), LK_FACT_MAGIC_VALUE);
    cr_expect_eq(fixture_fact(board, LK_FACT_PROTOCOL_VERSION), LK_PROTOCOL_MAJOR << 16 | LK_PROTOCOL_MINOR);
    cr_expect_eq(fixture_fact(board, LK_FACT_CLOCK_HERTZ), 60000000);
}

Test(vendor_request, read_facts_from_windex_on)
{
    uint8_t whole[128], part[128];
    cr_assert_eq(read_facts(0, whole, 32), 32);
    cr_assert_eq(read_facts(3, part, 20), 20);
    cr_expect_arr_eq(whole + 12, part, 20);
}

Test(vendor_request, read_facts_of_a_length_that_is_no_word)
{
    uint8_t data[16];
    memset(data, 0xEE, sizeof data);
    cr_assert_eq(read_facts(0, data, 5), 5);
    lk_reader reader = lk_reader_over(data, 5);
    cr_expect_eq(lk_reader_u32_little(&reader), LK_FACT_MAGIC_VALUE);
    cr_expect_eq(data[5], 0xEE);
}

Test(vendor_request, read_facts_of_exactly_one_packet)
{
    uint8_t data[64];
    cr_expect_eq(read_facts(0, data, 64), 64);
    cr_expect_eq(read_facts(0, data, 63), 63);
}

/* USB 2.0 clause 8.5.3.2: data that end on a packet boundary below wLength end with an empty packet, not with a STALL.
 */
Test(vendor_request, c8_5_3_2_all_facts_are_16_packets_and_an_empty_one)
{
    static uint8_t data[4096];
    cr_expect_eq(read_facts(0, data, FACT_BYTES), FACT_BYTES);
    cr_expect_eq(read_facts(0, data, FACT_BYTES + 1), FACT_BYTES);
    cr_expect_eq(read_facts(0, data, sizeof data), FACT_BYTES);
    cr_expect_eq(read_facts(240, data, 64), 64);
    cr_expect_eq(read_facts(240, data, 65), 64);
    cr_expect_eq(read_facts(255, data, 64), 4);
}

Test(vendor_request, read_facts_beyond_the_last_is_stalled)
{
    uint8_t data[64];
    cr_expect_eq(fixture_control(board, VENDOR_FROM_DEVICE, LK_REQUEST_READ_FACTS, 0, 256, data, 4, NULL),
                 LK_URB_STALL);
    cr_expect_eq(fixture_control(board, VENDOR_FROM_DEVICE, LK_REQUEST_READ_FACTS, 1, 0, data, 4, NULL), LK_URB_STALL);
}

Test(vendor_request, pairs_are_low_word_then_high_word)
{
    uint8_t data[8];
    uint64_t before = 0;
    for (int i = 0; i < 20; i++) {
        cr_assert_eq(read_facts(LK_FACT_CYCLES, data, 8), 8);
        lk_reader reader = lk_reader_over(data, 8);
        uint64_t low = lk_reader_u32_little(&reader);
        uint64_t cycles = (uint64_t)lk_reader_u32_little(&reader) << 32 | low;
        cr_expect_gt(cycles, before);
        cr_expect_leq(cycles, lk_board_cycles(board));
        before = cycles;
    }
}

Test(vendor_request, facts_count_commands)
{
    uint32_t before = fixture_fact(board, LK_FACT_COMMANDS);
    fixture_echo(board, 1, 17);
    cr_expect_eq(fixture_fact(board, LK_FACT_COMMANDS), before + 17);
}

Test(vendor_request, stream_reset_drops_a_command_that_is_not_whole)
{
    uint8_t bytes[NOP_BYTES];
    fixture_nops(bytes, sizeof bytes, 5, 1);
    cr_assert_eq(fixture_out(board, bytes, 12), LK_URB_OK);
    stream_reset();
    fixture_echo(board, 6, 4);
}

Test(vendor_request, stream_reset_drops_completions_that_nobody_took)
{
    static uint8_t bytes[200 * NOP_BYTES];
    size_t length = fixture_nops(bytes, sizeof bytes, 1, 100);
    cr_assert_eq(fixture_out(board, bytes, length), LK_URB_OK);
    lk_board_run(board, 20000);
    stream_reset();
    fixture_echo(board, 500, 4);
}

Test(vendor_request, stream_reset_ends_the_silence_after_a_framing_error)
{
    uint8_t bytes[NOP_BYTES * 2] = {0};
    cr_assert_eq(fixture_out(board, bytes, sizeof bytes), LK_URB_OK);
    cr_expect_eq(take_status(), LK_STATUS_FRAMING);
    stream_reset();
}

Test(vendor_request, stream_reset_erases_every_slot)
{
    fixture_load_slot(board);
    cr_assert_eq(fixture_fact(board, LK_FACT_LIVE_SLOTS), 1);
    stream_reset();
    cr_expect_eq(fixture_fact(board, LK_FACT_LIVE_SLOTS), 0);
}

Test(vendor_request, p3_bus_reset_erases_every_slot_before_any_configuration)
{
    fixture_load_slot(board);
    lk_board_bus_reset(board);
    cr_expect_eq(fixture_fact(board, LK_FACT_LIVE_SLOTS), 0);
    fixture_configure(board);
}

Test(vendor_request, p3_deconfiguration_erases_every_slot)
{
    fixture_load_slot(board);
    cr_assert_eq(fixture_command(board, TO_DEVICE, SET_CONFIGURATION, 0, 0), LK_URB_OK);
    cr_expect_eq(fixture_fact(board, LK_FACT_LIVE_SLOTS), 0);
    cr_assert_eq(fixture_command(board, TO_DEVICE, SET_CONFIGURATION, 1, 0), LK_URB_OK);
}

Test(vendor_request, stream_reset_keeps_the_toggles)
{
    fixture_echo(board, 1, 1);
    stream_reset();
    cr_assert_eq(lk_host_toggle(board, LK_ENDPOINT_OUT), 1);
    cr_assert_eq(lk_host_toggle(board, LK_ENDPOINT_IN), 1);
    fixture_echo(board, 2, 1);
}

/* The host took a packet, its ACK was lost, and a reset drops what the device would repeat: no byte may be lost by that
 * after it. */
Test(vendor_request, stream_reset_while_an_acknowledgement_is_lost)
{
    uint8_t bytes[512];
    size_t length = fixture_nops(bytes, sizeof bytes, 1, 2), moved;
    cr_assert_eq(fixture_out(board, bytes, length), LK_URB_OK);
    lk_board_run(board, 5000);
    cr_assert_eq(fixture_in_packet(board, 1, bytes, &moved, LK_FAULT_HANDSHAKE_LOST), LK_PID_DATA0);
    cr_assert_eq(moved, 2 * COMPLETION_BYTES);
    lk_host_set_toggle(board, LK_ENDPOINT_IN, 1);
    stream_reset();
    fixture_echo(board, 40, 3);
}

Test(vendor_request, selftest_runs_and_tells)
{
    uint32_t ciphers = fixture_fact(board, LK_FACT_CIPHERS);
    cr_assert_neq(ciphers, 0);
    cr_assert_eq(fixture_fact(board, LK_FACT_SELFTEST_RAN), ciphers, "after power-up");
    cr_assert_eq(fixture_command(board, VENDOR_TO_DEVICE, LK_REQUEST_SELFTEST, 0, 0), LK_URB_OK);
    cr_assert_eq(fixture_fact(board, LK_FACT_SELFTEST_RAN), ciphers);
    cr_assert_eq(fixture_fact(board, LK_FACT_SELFTEST_FAILED), 0);
    cr_assert_eq(fixture_fact(board, LK_FACT_HEALTH), 0);
    cr_assert_eq(fixture_command(board, VENDOR_TO_DEVICE, LK_REQUEST_SELFTEST, 1, 0), LK_URB_STALL);
    cr_assert_eq(fixture_command(board, VENDOR_TO_DEVICE, LK_REQUEST_SELFTEST, 0, 1), LK_URB_STALL);
}

Test(vendor_request, stream_reset_takes_no_data_and_no_arguments)
{
    uint8_t data[4] = {0};
    cr_expect_eq(fixture_control(board, VENDOR_TO_DEVICE, LK_REQUEST_STREAM_RESET, 0, 0, data, 4, NULL), LK_URB_STALL);
    cr_expect_eq(fixture_command(board, VENDOR_TO_DEVICE, LK_REQUEST_STREAM_RESET, 1, 0), LK_URB_STALL);
    cr_expect_eq(fixture_command(board, VENDOR_TO_DEVICE, LK_REQUEST_STREAM_RESET, 0, 1), LK_URB_STALL);
}
