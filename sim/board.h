/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtual board: the Verilated top, and a USB host in front of it. Four ways in: at the pins of a ULPI PHY, or at
 * D+ and D- of a board without one, through models of what is at those pins and of a host controller that speaks
 * packets, toggles and handshakes; at the FIFO pins of an FT601, through a model of that chip; or directly at the
 * endpoints' ports, much faster. Time passes only in
 * lk_board_run(). One thread.
 */
#ifndef LK_SIM_BOARD_H
#define LK_SIM_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum lk_board_phy { LK_PHY_ULPI, LK_PHY_FULL_SPEED, LK_PHY_DIRECT, LK_PHY_FT601 } lk_board_phy;

/** How a request ended. */
typedef enum lk_urb_status {
    LK_URB_OK,
    LK_URB_STALL,    /* -EPIPE */
    LK_URB_PROTOCOL, /* -EPROTO: no answer after three tries, or a packet that may not come */
    LK_URB_OVERFLOW, /* -EOVERFLOW: babble, more than asked for */
    LK_URB_UNLINKED  /* -ECONNRESET */
} lk_urb_status;

/** A USB request: a whole transfer, as a host controller driver takes it. The owner keeps it in place until done. */
typedef struct lk_urb {
    uint8_t endpoint; /* bEndpointAddress; 0 for control */
    uint8_t setup[8]; /* control alone */
    uint8_t *data;
    uint32_t length;
    bool zero_packet; /* OUT: end with a ZLP when length is a multiple of the packet size */
    /* set by the board */
    bool done;
    lk_urb_status status;
    uint32_t actual;
    struct lk_urb *next; /* the board's, while submitted */
} lk_urb;

typedef struct lk_board lk_board;

/**
 * Powers up a board and, at its pins, goes through attach, reset and, at those of ULPI, high-speed chirp. trace: an FST
 * file, or NULL. NULL when memory is short, the trace file cannot be written or the board does not come up; error then
 * says so.
 */
lk_board *lk_board_new(lk_board_phy phy, const char *trace, const char **error);
void lk_board_free(lk_board *board);

/** Queues a request. Requests of one endpoint run in order; endpoints run side by side. */
void lk_board_submit(lk_board *board, lk_urb *urb);

/** Takes a request back. It is done on return, with LK_URB_UNLINKED and what had moved, unless it was done before. */
void lk_board_unlink(lk_board *board, lk_urb *urb);

/**
 * Lets at least that many cycles pass, or stops early when a request is done (returns true), or when only IN requests
 * wait and the board has had nothing to say for a long time (returns false: time need not pass until something is
 * submitted).
 */
bool lk_board_run(lk_board *board, uint64_t cycles);

/** True when time must pass: a request waits that can still move. */
bool lk_board_active(const lk_board *board);

/** Cycles of the board's clock since power-up. */
uint64_t lk_board_cycles(const lk_board *board);

/** True for a board that is at high speed, false at full speed. */
bool lk_board_is_high_speed(const lk_board *board);

/**
 * Writes every packet on the bus from now on to a file that lk_pcapng_begin_usb() has begun; it stays the caller's, and
 * longer than the board. @return false: this way into the board has no packets.
 */
bool lk_board_capture(lk_board *board, FILE *file);

/** A bus reset by the host (at the pins: SE0, and chirp again where there was one). */
void lk_board_bus_reset(lk_board *board);

#ifdef __cplusplus
}
#endif

#endif
