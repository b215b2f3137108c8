/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/request.h"

#include <criterion/criterion.h>

enum { CYCLES_MAX = 20000000 };

void request_finish(lk_board *board, const lk_urb *urb)
{
    uint64_t end = lk_board_cycles(board) + CYCLES_MAX;
    while (!urb->done && lk_board_cycles(board) < end && lk_board_active(board))
        lk_board_run(board, 1000);
    cr_assert(urb->done, "a request on endpoint %02x does not end", urb->endpoint);
}

lk_urb request_control(lk_board *board, uint8_t type, uint8_t request, uint16_t value, uint16_t index, uint8_t *data,
                       uint8_t length)
{
    lk_urb urb = {.setup = {type, request, (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)index, (uint8_t)(index >> 8),
                            length, 0},
                  .data = data,
                  .length = length};
    lk_board_submit(board, &urb);
    request_finish(board, &urb);
    return urb;
}

void request_configure(lk_board *board)
{
    cr_assert_eq(request_control(board, 0x00, 9, 1, 0, NULL, 0).status, LK_URB_OK);
}

lk_board *request_power_up(lk_board_phy phy)
{
    const char *error = NULL;
    lk_board *board = lk_board_new(phy, NULL, &error);
    cr_assert_not_null(board, "%s", error);
    request_configure(board);
    return board;
}

void request_send(lk_board *board, uint8_t *data, size_t length)
{
    lk_urb out = {.endpoint = 0x01, .data = data, .length = (uint32_t)length};
    lk_board_submit(board, &out);
    request_finish(board, &out);
    cr_assert_eq(out.status, LK_URB_OK);
    cr_assert_eq(out.actual, out.length);
}

lk_urb request_receive(lk_board *board, uint8_t *data, uint32_t length)
{
    lk_urb in = {.endpoint = 0x81, .data = data, .length = length};
    lk_board_submit(board, &in);
    request_finish(board, &in);
    return in;
}
