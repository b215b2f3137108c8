/* SPDX-License-Identifier: Apache-2.0 */
/* What the suites about the FT601 share: a board behind one, and bytes to and from it by the chip's own rules. */
#ifndef LK_TESTS_RTL_USB_FT601_FIXTURE_H
#define LK_TESTS_RTL_USB_FT601_FIXTURE_H

#include "sim/ft601/board.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

lk_board *ft601_power_up(void);

/** Frees the board, after a look at the pins: no rule of the bus was broken. */
void ft601_end(lk_board *board);

/** A transfer to the board that goes on by itself; the urb is the caller's. */
void ft601_begin_out(lk_board *board, lk_urb *urb, const uint8_t *data, size_t length);

/** One read: leave from the chip, and the transfer. @return bytes that came; 0 when nothing does in a long time. */
size_t ft601_read(lk_board *board, uint8_t *data, size_t length);

#endif
