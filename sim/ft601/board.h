/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A board behind an FT601: the chip's USB side as a host sees it. Of its session protocol it knows what is public and
 * what the driver uses (driver/transport/ft601.h): a command to read on endpoint 1 gives leave for one transfer on
 * endpoint 0x82. USB itself takes no time here; the FIFO's clock counts.
 */
#ifndef LK_SIM_FT601_BOARD_H
#define LK_SIM_FT601_BOARD_H

#include "sim/board.h"
#include "sim/ft601/chip.h"

/** The chip of a board that lk_board_new() has made with LK_PHY_FT601. */
lk_ft601_chip *lk_ft601_chip_of(lk_board *board);

#endif
