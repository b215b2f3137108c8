/* SPDX-License-Identifier: Apache-2.0 */
/* Power, bus reset, speed detection, suspend and resume, at the ULPI pins. Names give the clause of USB 2.0. */
#include "rtl/usb/fixture.h"

#include "driver/protocol/protocol.h"

#include <criterion/criterion.h>

enum { MILLISECOND = 60000, BULK_BYTES = 4096 };

Test(attach, c7_1_5_no_pull_up_without_vbus)
{
    static lk_phy phy;
    lk_model_virtual *model = lk_model_virtual_new(NULL);
    cr_assert_not_null(model);
    lk_phy_at_ulpi(&phy, model);
    lk_phy_hold_reset(&phy, true);
    for (int i = 0; i < 4; i++)
        lk_phy_cycle(&phy);
    lk_phy_hold_reset(&phy, false);
    for (int i = 0; i < MILLISECOND; i++)
        lk_phy_cycle(&phy);
    cr_expect_not(lk_phy_is_attached(&phy));
    phy.vbus = true;
    for (int i = 0; i < MILLISECOND; i++)
        lk_phy_cycle(&phy);
    cr_expect(lk_phy_is_attached(&phy));
    phy.vbus = false;
    for (int i = 0; i < MILLISECOND; i++)
        lk_phy_cycle(&phy);
    cr_expect_not(lk_phy_is_attached(&phy), "VBUS is gone and the pull-up stays");
    lk_phy_end(&phy);
}

Test(attach, c7_1_7_5_device_chirps_for_1_to_7_ms_and_becomes_high_speed)
{
    lk_board *board = fixture_attached();
    const lk_bus *bus = lk_host_bus(board);
    cr_expect(bus->high_speed);
    cr_expect_geq(bus->chirp_cycles, 1 * MILLISECOND);
    cr_expect_leq(bus->chirp_cycles, 7 * MILLISECOND);
    fixture_end(board);
}

Test(attach, c7_1_7_5_host_that_answers_no_chirp_gets_full_speed)
{
    const char *error = "";
    lk_board *board = lk_host_full_speed_board(NULL, &error);
    cr_assert_not_null(board, "%s", error);
    cr_expect_not(lk_host_bus(board)->high_speed);
    fixture_configure(board);
    uint8_t descriptor[32];
    uint32_t actual;
    cr_assert_eq(fixture_control(board, FROM_DEVICE, GET_DESCRIPTOR, 0x0200, 0, descriptor, 32, &actual), LK_URB_OK);
    cr_assert_eq(actual, 32);
    cr_expect_eq(descriptor[22] | descriptor[23] << 8, 64, "bulk packets of full speed");
    fixture_echo(board, 100, 40);
    fixture_end(board);
}

Test(attach, c7_1_7_5_reset_at_high_speed_chirps_again_and_forgets_the_address)
{
    lk_board *board = fixture_configured();
    lk_board_bus_reset(board);
    const lk_bus *bus = lk_host_bus(board);
    cr_expect(bus->high_speed);
    cr_expect_geq(bus->chirp_cycles, MILLISECOND);
    uint8_t configuration = 9;
    cr_assert_eq(fixture_control(board, FROM_DEVICE, GET_CONFIGURATION, 0, 0, &configuration, 1, NULL), LK_URB_OK);
    cr_expect_eq(configuration, 0);
    fixture_end(board);
}

Test(attach, c9_1_1_3_reset_amid_a_transfer_leaves_nothing_behind)
{
    lk_board *board = fixture_configured();
    static uint8_t commands[BULK_BYTES];
    size_t length = fixture_nops(commands, sizeof commands, 1, BULK_BYTES / NOP_BYTES);
    lk_urb out = {.endpoint = LK_ENDPOINT_OUT, .data = commands, .length = (uint32_t)length};
    lk_board_submit(board, &out);
    lk_board_run(board, 2000);
    cr_assert(out.actual > 0 && !out.done, "the transfer must be under way");
    lk_board_unlink(board, &out);
    cr_assert_neq(out.actual % NOP_BYTES, 0, "and within a command");
    lk_board_bus_reset(board);
    fixture_configure(board);
    fixture_echo(board, 7000, 30);
    fixture_end(board);
}

Test(attach, c7_1_7_6_device_suspends_and_resumes_at_high_speed_with_its_state)
{
    lk_board *board = fixture_configured();
    fixture_echo(board, 1, 3);
    lk_bus *bus = lk_host_bus(board);
    lk_bus_suspend(bus);
    cr_expect(lk_phy_is_attached(&bus->phy), "suspended: full-speed termination");
    cr_expect_not(lk_phy_is_high_speed(&bus->phy));
    lk_bus_resume(bus);
    cr_expect(lk_phy_is_high_speed(&bus->phy), "resumed: high speed without a chirp");
    fixture_echo(board, 10, 3);
    fixture_end(board);
}

Test(attach, c7_1_7_6_reset_out_of_suspend)
{
    lk_board *board = fixture_configured();
    lk_bus_suspend(lk_host_bus(board));
    lk_board_bus_reset(board);
    cr_expect(lk_host_bus(board)->high_speed);
    fixture_configure(board);
    fixture_echo(board, 10, 3);
    fixture_end(board);
}

Test(attach, c7_1_7_6_frames_keep_an_idle_device_awake)
{
    lk_board *board = fixture_configured();
    lk_board_run(board, 5 * MILLISECOND);
    cr_expect(lk_phy_is_high_speed(&lk_host_bus(board)->phy));
    fixture_echo(board, 10, 3);
    fixture_end(board);
}

/* ULPI 1.1 table 10: 1 to 14 cycles from the end of a packet to the link's command at high speed. */
Test(attach, ulpi_3_8_2_6_link_decides_in_time)
{
    lk_board *board = fixture_configured();
    fixture_echo(board, 1, 100);
    cr_expect_geq(lk_host_bus(board)->soonest, 1);
    cr_expect_leq(lk_host_bus(board)->latest, 14);
    fixture_end(board);
}
