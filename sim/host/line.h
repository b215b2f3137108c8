/* SPDX-License-Identifier: Apache-2.0 */
/* The line: its states, and what a packet is on it at full speed (USB 2.0 clauses 7.1.7 to 7.1.10): SYNC, bit stuffing,
 * NRZI, EOP. */
#ifndef LK_SIM_HOST_LINE_H
#define LK_SIM_HOST_LINE_H

#include "sim/host/packet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Line states as ULPI codes them; RELEASED: nobody drives, so a pull-up shows as J. */
typedef enum lk_line { LK_LINE_SE0 = 0, LK_LINE_J = 1, LK_LINE_K = 2, LK_LINE_RELEASED = 3 } lk_line;

enum {
    LK_LINE_BIT = 1000,                          /* the width of a bit, in its thousandths */
    LK_LINE_MAX = LK_PACKET_BYTES_MAX * 10 + 16, /* bits of the longest packet, with room for tests' own */
    LK_LINE_EOP = 3                              /* SE0, SE0, J */
};

/** A state of the line and how long it lasts, in thousandths of a bit time. */
typedef struct lk_line_symbol {
    uint8_t state;
    uint16_t width;
} lk_line_symbol;

/** What goes over the line while it is driven. */
typedef struct lk_line_signal {
    lk_line_symbol symbols[LK_LINE_MAX];
    size_t count;
} lk_line_signal;

/** Puts a state behind the signal, for one bit time. What does not fit is left out. */
void lk_line_append(lk_line_signal *signal, lk_line state);

/** A whole packet, from SYNC to the J of its EOP, each symbol one bit. */
void lk_line_encode(const lk_packet *packet, lk_line_signal *signal);

/** Takes such a signal apart. @return false when it is not exactly what a transmitter may send: SYNC, a zero after each
 * six ones and nowhere else, whole bytes, SE0, SE0, J. */
bool lk_line_decode(const lk_line_signal *signal, lk_packet *packet);

#endif
