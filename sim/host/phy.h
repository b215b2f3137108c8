/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ULPI 1.1 PHY at the pins of lk_model_virtual: register writes, RX CMD, packets both ways with the pauses that bit
 * stuffing makes, line state. On its other side are whole packets and what the host does to the line.
 */
#ifndef LK_SIM_HOST_PHY_H
#define LK_SIM_HOST_PHY_H

#include "sim/host/packet.h"
#include "sim/model/model.h"

#include <stdbool.h>
#include <stdint.h>

/** Line states as ULPI codes them; RELEASED: the host drives nothing, so a pull-up shows as J. */
typedef enum lk_line { LK_LINE_SE0 = 0, LK_LINE_J = 1, LK_LINE_K = 2, LK_LINE_RELEASED = 3 } lk_line;

typedef enum lk_phy_phase {
    LK_PHY_QUIET,    /* the link has the bus and says nothing */
    LK_PHY_COMMAND,  /* its command is being taken */
    LK_PHY_TRANSMIT, /* it sends a packet */
    LK_PHY_VALUE,    /* it writes a register */
    LK_PHY_STOP,     /* and must end that with stp */
    LK_PHY_TURN_IN,
    LK_PHY_RECEIVE, /* the PHY has the bus */
    LK_PHY_TURN_OUT
} lk_phy_phase;

typedef struct lk_phy {
    lk_model_virtual *model;
    lk_model_virtual_pins *pins;
    uint64_t cycle;
    /* set by the host */
    lk_line line; /* what the host drives */
    bool vbus;
    /* registers */
    uint8_t function_control;
    uint8_t otg_control;
    uint8_t line_polarity; /* register 39h of a USB334x */
    /* the interface */
    lk_phy_phase phase;
    uint8_t command;
    uint8_t reported; /* the RX CMD that the link has had last */
    bool has_reported;
    bool with_commands; /* this packet begins and ends with RX CMDs, as some PHYs do; else dir alone tells */
    unsigned ones;      /* in a row, for bit stuffing */
    unsigned stuffed;   /* bits stuffed and not yet made into a pause */
    unsigned spacing;   /* cycles until the next byte, at full speed */
    /* a packet to the device */
    lk_packet out;
    bool sending;
    bool damaged; /* the PHY reports an error in the midst of it */
    size_t position;
    bool opened;
    bool closed;
    uint64_t sent_at; /* the cycle in which it ended at the pins */
    /* a packet from the device */
    lk_packet in;
    bool receiving;
    bool received;        /* set when it has ended; the host clears it */
    uint64_t answered_at; /* the cycle in which its command was first seen */
    uint8_t raw;          /* the last byte that it sent uncoded: ones are J, zeros are K */
    /* what may never happen */
    unsigned violations;
} lk_phy;

void lk_phy_init(lk_phy *phy, lk_model_virtual *model);

/** One cycle of the clock, the board's included. */
void lk_phy_cycle(lk_phy *phy);

/** Begins to send phy->out. */
void lk_phy_send(lk_phy *phy);

/** The device has chosen the high-speed transceiver without full-speed termination. */
bool lk_phy_is_high_speed(const lk_phy *phy);

/** The device drives bytes without bit stuffing and NRZI: phy->raw. */
bool lk_phy_sends_raw(const lk_phy *phy);

/** The device drives K without a packet: it chirps. */
bool lk_phy_is_chirping(const lk_phy *phy);

/** The device's pull-up is on. */
bool lk_phy_is_attached(const lk_phy *phy);

#endif
