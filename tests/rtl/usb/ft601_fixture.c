/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/usb/ft601_fixture.h"

#include "base/writer.h"

#include <criterion/criterion.h>

enum { SESSION = 0x01, DATA_OUT = 0x02, DATA_IN = 0x82, READ = 1, COMMAND_BYTES = 20, PATIENCE = 1000000 };

lk_board *ft601_power_up(void)
{
    const char *error = "";
    lk_board *board = lk_board_new(LK_PHY_FT601, NULL, &error);
    cr_assert_not_null(board, "%s", error);
    return board;
}

void ft601_end(lk_board *board)
{
    unsigned violations = lk_ft601_chip_of(board)->violations;
    cr_expect_eq(violations, 0, "the board broke a rule of the bus %u times", violations);
    lk_board_free(board);
}

void ft601_begin_out(lk_board *board, lk_urb *urb, const uint8_t *data, size_t length)
{
    *urb = (lk_urb){.endpoint = DATA_OUT, .data = (uint8_t *)data, .length = (uint32_t)length};
    lk_board_submit(board, urb);
}

static void run(lk_board *board, const lk_urb *urb)
{
    uint64_t end = lk_board_cycles(board) + PATIENCE;
    while (!urb->done && lk_board_cycles(board) < end)
        if (!lk_board_run(board, 1000) && !lk_board_active(board))
            break;
}

size_t ft601_read(lk_board *board, uint8_t *data, size_t length)
{
    uint8_t bytes[COMMAND_BYTES];
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_writer_u32_little(&writer, 1);
    lk_writer_u8(&writer, DATA_IN);
    lk_writer_u8(&writer, READ);
    lk_writer_zeros(&writer, 2);
    lk_writer_u32_little(&writer, (uint32_t)length);
    lk_writer_zeros(&writer, 8);
    lk_urb command = {.endpoint = SESSION, .data = bytes, .length = sizeof bytes};
    lk_urb in = {.endpoint = DATA_IN, .data = data, .length = (uint32_t)length};
    lk_board_submit(board, &command);
    lk_board_submit(board, &in);
    run(board, &in);
    lk_board_unlink(board, &command);
    lk_board_unlink(board, &in);
    cr_assert(command.done && command.status == LK_URB_OK);
    cr_assert(in.status == LK_URB_OK || in.status == LK_URB_UNLINKED);
    return in.actual;
}
