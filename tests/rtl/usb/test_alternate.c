/* SPDX-License-Identifier: Apache-2.0 */
/* Alternate setting 1: a sink and a source in place of the engine. */
#include "rtl/usb/fixture.h"

#include "driver/protocol/protocol.h"

#include <criterion/criterion.h>
#include <string.h>

enum { BYTES = 65536, SOME = 1000 };

static uint8_t memory[BYTES];
static lk_board *board;

static void select_setting(uint16_t setting)
{
    cr_assert_eq(fixture_command(board, TO_INTERFACE, SET_INTERFACE, setting, 0), LK_URB_OK);
}

static void begin(void)
{
    board = fixture_configured();
    select_setting(1);
}

static void end(void)
{
    fixture_end(board);
}

TestSuite(alternate, .init = begin, .fini = end);

static void expect_zeros(size_t length)
{
    uint32_t actual;
    memset(memory, 0xEE, sizeof memory);
    cr_assert_eq(fixture_in(board, memory, length, &actual), LK_URB_OK);
    cr_assert_eq(actual, length, "whole packets, without a short one");
    for (size_t i = 0; i < length; i++)
        cr_assert_eq(memory[i], 0, "byte %zu", i);
}

Test(alternate, sink_takes_whatever_comes)
{
    memset(memory, 0xA5, sizeof memory);
    cr_expect_eq(fixture_out(board, memory, BYTES), LK_URB_OK);
    cr_expect_eq(fixture_out(board, memory, SOME + 1), LK_URB_OK, "a short packet that ends within a word");
    cr_expect_eq(fixture_out(board, memory, 1), LK_URB_OK);
}

Test(alternate, source_gives_zeros_without_end)
{
    expect_zeros(BYTES);
    expect_zeros(512);
    expect_zeros(BYTES);
}

Test(alternate, engine_sees_nothing_of_it)
{
    uint32_t commands = fixture_fact(board, LK_FACT_COMMANDS);
    size_t length = fixture_nops(memory, BYTES, 1, 100);
    cr_assert_eq(fixture_out(board, memory, length), LK_URB_OK);
    cr_expect_eq(fixture_fact(board, LK_FACT_COMMANDS), commands);
}

Test(alternate, setting_0_has_the_engine_again)
{
    memset(memory, 0xA5, sizeof memory);
    for (uint32_t round = 1; round < 5; round++) {
        cr_assert_eq(fixture_out(board, memory, SOME), LK_URB_OK);
        expect_zeros(1024);
        select_setting(0);
        fixture_echo(board, 100 * round, 20);
        select_setting(1);
    }
}

Test(alternate, p3_change_of_the_setting_erases_every_slot)
{
    select_setting(0);
    fixture_load_slot(board);
    cr_assert_eq(fixture_fact(board, LK_FACT_LIVE_SLOTS), 1);
    select_setting(1);
    cr_expect_eq(fixture_fact(board, LK_FACT_LIVE_SLOTS), 0);
}

Test(alternate, c9_4_7_configuration_has_setting_0)
{
    uint8_t setting = 0xEE;
    cr_assert_eq(fixture_command(board, TO_DEVICE, SET_CONFIGURATION, 1, 0), LK_URB_OK);
    cr_assert_eq(fixture_control(board, FROM_INTERFACE, GET_INTERFACE, 0, 0, &setting, 1, NULL), LK_URB_OK);
    cr_expect_eq(setting, 0);
    fixture_echo(board, 1, 3);
    select_setting(1);
    lk_board_bus_reset(board);
    fixture_configure(board);
    fixture_echo(board, 1, 3);
}
