/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to a board, one at a time, for tests below the server; each wait is bounded, and one that fails fails the
 * test. */
#ifndef LK_TESTS_SIM_REQUEST_H
#define LK_TESTS_SIM_REQUEST_H

#include "sim/board.h"

#include <stddef.h>

/** A board that has its configuration. */
lk_board *request_power_up(lk_board_phy phy);
void request_configure(lk_board *board);

/** Lets time pass until a submitted request is done. */
void request_finish(lk_board *board, const lk_urb *urb);

/** A control request, done. data may be NULL when length is 0. */
lk_urb request_control(lk_board *board, uint8_t type, uint8_t request, uint16_t value, uint16_t index, uint8_t *data,
                       uint8_t length);

/** A bulk OUT transfer that must be taken whole. */
void request_send(lk_board *board, uint8_t *data, size_t length);

/** A bulk IN transfer, done. */
lk_urb request_receive(lk_board *board, uint8_t *data, uint32_t length);

#endif
