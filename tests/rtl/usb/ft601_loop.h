/* SPDX-License-Identifier: Apache-2.0 */
/* lk_ft601 alone, as the board behind the chip of sim/ft601: what comes from the host goes back to it. */
#ifndef LK_TESTS_RTL_USB_FT601_LOOP_H
#define LK_TESTS_RTL_USB_FT601_LOOP_H

#ifdef __cplusplus
extern "C" {
#endif

/** In models made from now on, the stream from the host, and that to it, stall in so many of 256 cycles. */
void ft601_loop_stalls(unsigned from_host, unsigned to_host);

#ifdef __cplusplus
}
#endif

#endif
