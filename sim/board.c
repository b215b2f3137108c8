/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/board.h"

#include "sim/board_backend.h"

lk_board *lk_board_new(lk_board_phy phy, const char *trace, const char **error)
{
    switch (phy) {
    case LK_PHY_ULPI:
        return lk_board_ulpi_new(trace, error);
    case LK_PHY_FULL_SPEED:
        return lk_board_full_speed_new(trace, error);
    case LK_PHY_DIRECT:
        return lk_board_direct_new(trace, error);
    case LK_PHY_FT601:
        return lk_board_ft601_new(trace, error);
    }
    *error = "there is no such way into the board";
    return NULL;
}

void lk_board_free(lk_board *board)
{
    if (board)
        board->backend->free(board);
}

void lk_board_submit(lk_board *board, lk_urb *urb)
{
    board->backend->submit(board, urb);
}

void lk_board_unlink(lk_board *board, lk_urb *urb)
{
    if (!urb->done)
        board->backend->unlink(board, urb);
}

bool lk_board_run(lk_board *board, uint64_t cycles)
{
    return board->backend->run(board, cycles);
}

bool lk_board_active(const lk_board *board)
{
    return board->backend->active(board);
}

uint64_t lk_board_cycles(const lk_board *board)
{
    return board->backend->cycles(board);
}

bool lk_board_is_high_speed(const lk_board *board)
{
    return board->backend->is_high_speed(board);
}

bool lk_board_capture(lk_board *board, FILE *file)
{
    return board->backend->capture && board->backend->capture(board, file);
}

void lk_board_bus_reset(lk_board *board)
{
    board->backend->bus_reset(board);
}
