/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ULPI 1.1 PHY at the pins of lk_model_virtual: register writes, RX CMD, packets both ways with the pauses that bit
 * stuffing makes, line state.
 */
#ifndef LK_SIM_HOST_ULPI_H
#define LK_SIM_HOST_ULPI_H

#include "sim/model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lk_phy;

typedef enum lk_ulpi_phase {
    LK_ULPI_QUIET,    /* the link has the bus and says nothing */
    LK_ULPI_COMMAND,  /* its command is being taken */
    LK_ULPI_TRANSMIT, /* it sends a packet */
    LK_ULPI_VALUE,    /* it writes a register */
    LK_ULPI_STOP,     /* and must end that with stp */
    LK_ULPI_TURN_IN,
    LK_ULPI_RECEIVE, /* the PHY has the bus */
    LK_ULPI_TURN_OUT
} lk_ulpi_phase;

typedef struct lk_ulpi {
    lk_model_virtual *model;
    lk_model_virtual_pins *pins;
    /* registers */
    uint8_t function_control;
    uint8_t otg_control;
    uint8_t line_polarity; /* register 39h of a USB334x */
    /* the interface */
    lk_ulpi_phase phase;
    uint8_t command;
    uint8_t reported; /* the RX CMD that the link has had last */
    bool has_reported;
    bool with_commands; /* this packet begins and ends with RX CMDs, as some PHYs do; else dir alone tells */
    unsigned ones;      /* in a row, for bit stuffing */
    unsigned stuffed;   /* bits stuffed and not yet made into a pause */
    unsigned spacing;   /* cycles until the next byte, at full speed */
    /* the packet to the device */
    size_t position;
    bool opened;
    bool closed;
    uint8_t raw; /* the last byte that the device sent uncoded: ones are J, zeros are K */
} lk_ulpi;

/** The device drives bytes without bit stuffing and NRZI: phy->ulpi.raw. */
bool lk_ulpi_sends_raw(const struct lk_phy *phy);

#endif
