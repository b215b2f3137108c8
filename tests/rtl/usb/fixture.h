/* SPDX-License-Identifier: Apache-2.0 */
/* What the USB suites share: a board at its pins, requests that wait for their end, and NOP commands as traffic.
 */
#ifndef LK_TESTS_RTL_USB_FIXTURE_H
#define LK_TESTS_RTL_USB_FIXTURE_H

#include "sim/board.h"
#include "sim/host/host.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TO_DEVICE = 0x00,
    TO_INTERFACE = 0x01,
    TO_ENDPOINT = 0x02,
    FROM_DEVICE = 0x80,
    FROM_INTERFACE = 0x81,
    FROM_ENDPOINT = 0x82,
    VENDOR_TO_DEVICE = 0x40,
    VENDOR_FROM_DEVICE = 0xC0,

    GET_STATUS = 0,
    CLEAR_FEATURE = 1,
    SET_FEATURE = 3,
    SET_ADDRESS = 5,
    GET_DESCRIPTOR = 6,
    SET_DESCRIPTOR = 7,
    GET_CONFIGURATION = 8,
    SET_CONFIGURATION = 9,
    GET_INTERFACE = 10,
    SET_INTERFACE = 11,
    SYNCH_FRAME = 12,

    ENDPOINT_HALT = 0,
    DEVICE_REMOTE_WAKEUP = 1,

    NOP_BYTES = 24,
    COMPLETION_BYTES = 16,
    PATIENCE = 3000000 /* cycles that any request of these tests may take */
};

/** A board that is attached and reset, not addressed. */
lk_board *fixture_attached(void);

/** A board without a PHY, at D+ and D-, attached and reset, not addressed. */
lk_board *fixture_at_line(void);

/** A board with address 5 and configuration 1. */
lk_board *fixture_configured(void);

/** Gives an attached board address 5 and configuration 1. */
void fixture_configure(lk_board *board);

/** Frees the board, after a look at the pins: no rule of ULPI, or of the line, was broken. */
void fixture_end(lk_board *board);

/** Runs until the request is done; it must be within PATIENCE. */
void fixture_wait(lk_board *board, lk_urb *urb);

/** A control request, to its end. *actual may be NULL. */
lk_urb_status fixture_control(lk_board *board, uint8_t type, uint8_t request, uint16_t value, uint16_t index,
                              uint8_t *data, uint16_t length, uint32_t *actual);

/** A control request without data. */
lk_urb_status fixture_command(lk_board *board, uint8_t type, uint8_t request, uint16_t value, uint16_t index);

/** A bulk OUT transfer, to its end. */
lk_urb_status fixture_out(lk_board *board, const uint8_t *data, size_t length);

/** A bulk IN transfer, to its end; *actual is what came. */
lk_urb_status fixture_in(lk_board *board, uint8_t *data, size_t length, uint32_t *actual);

/** Composes count NOP commands with the tags first, first + 1, ... @return their bytes. */
size_t fixture_nops(uint8_t *to, size_t capacity, uint32_t first, unsigned count);

/** True when the bytes are exactly the completions of those commands. */
bool fixture_completes(const uint8_t *bytes, size_t length, uint32_t first, unsigned count);

/** Sends count NOPs and takes their completions: the stream works both ways. */
void fixture_echo(lk_board *board, uint32_t first, unsigned count);

/** Takes completions until count of them are there, over as many transfers as that needs; they must be those from first
 * on. */
void fixture_take(lk_board *board, uint32_t first, unsigned count);

/** Nothing more comes: the engine has been given no command twice. */
void fixture_expect_silence(lk_board *board);

/** Opens slot 0 for sealing with AES-128-GCM in TLS 1.3, and takes the completion. */
void fixture_load_slot(lk_board *board);

/** Sends SEAL commands for that slot, each of length bytes of plaintext, in one transfer. Their completions stay with
 * the board. */
void fixture_seal(lk_board *board, uint64_t sequence, unsigned count, uint16_t length);

/** One fact, by READ_FACTS. */
uint32_t fixture_fact(lk_board *board, uint16_t address);

/** One transaction at the board's address. Bulk OUT and PING go to endpoint 1, SETUP to 0, IN where told. */
lk_pid fixture_out_packet(lk_board *board, uint8_t endpoint, uint8_t toggle, const uint8_t *data, size_t length,
                          lk_fault fault);
lk_pid fixture_in_packet(lk_board *board, uint8_t endpoint, uint8_t *data, size_t *length, lk_fault fault);
lk_pid fixture_ping(lk_board *board, uint8_t endpoint);
lk_pid fixture_setup_packet(lk_board *board, const uint8_t *setup, size_t length, uint8_t toggle, lk_fault fault);

#endif
