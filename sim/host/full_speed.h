/* SPDX-License-Identifier: Apache-2.0 */
/*
 * D+ and D- of lk_model_full_speed, and the host's full-speed transceiver on the other end of the cable. The board
 * samples the two wires at each edge of its clock; the host has a clock of its own, and its edges are off by jitter and
 * come at different times on the two wires. What the board drives is held against the clause: bits of exactly four
 * cycles.
 */
#ifndef LK_SIM_HOST_FULL_SPEED_H
#define LK_SIM_HOST_FULL_SPEED_H

#include "sim/host/line.h"
#include "sim/model/model.h"

#include <stdbool.h>
#include <stdint.h>

struct lk_phy;

/** What a line does to the host's edges. The board's clock is exact. */
typedef struct lk_line_conditions {
    int drift;       /* of the host's clock, in millionths; more: it is slow (USB 2.0 clause 7.1.11: 2500) */
    unsigned jitter; /* of each edge, in picoseconds either way (clause 7.1.15) */
    unsigned skew;   /* of each wire's edge, in picoseconds either way */
} lk_line_conditions;

/** One wire, as the host drives it. */
typedef struct lk_wire {
    size_t symbol;       /* the one that it shows */
    uint64_t symbol_end; /* without jitter and skew, in femtoseconds */
} lk_wire;

typedef struct lk_full_speed {
    lk_model_full_speed *model;
    lk_model_full_speed_pins *pins;
    lk_line_conditions conditions;
    /* to the device */
    lk_line_signal out;
    lk_wire dp, dm;
    uint64_t packets; /* sent: each has jitter of its own */
    bool ended;       /* its SE0 is over */
    /* from the device */
    lk_line_signal in;
    unsigned driven; /* cycles that the device has driven the line */
} lk_full_speed;

/** Begins to send a signal, whatever it is, where lk_phy_send() sends a packet. The line is the host's until
 * phy->sending falls. */
void lk_full_speed_send(struct lk_phy *phy, const lk_line_signal *signal);

#endif
