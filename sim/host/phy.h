/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is between the host's port and the board's pins. On this side are whole packets and what the host does to the
 * line; on the other a ULPI PHY (ulpi.h), or D+ and D- themselves (full_speed.h).
 */
#ifndef LK_SIM_HOST_PHY_H
#define LK_SIM_HOST_PHY_H

#include "sim/host/full_speed.h"
#include "sim/host/line.h"
#include "sim/host/packet.h"
#include "sim/host/ulpi.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct lk_phy lk_phy;

/** What the two differ in. Times are in cycles of the board's clock. */
typedef struct lk_phy_methods {
    unsigned megahertz;       /* of the board's clock */
    bool may_be_high_speed;   /* else a bus reset ends without a chirp */
    unsigned full_speed_byte; /* 8 bits at 12 Mb/s */
    unsigned full_speed_gap;  /* between packets of the host */
    unsigned
        full_speed_timeout; /* until the answer is seen: 18 bit times (USB 2.0 clause 7.1.19.1) and what this adds */
    void (*hold_reset)(lk_phy *phy, bool hold); /* the board's reset at power-up */
    void (*cycle)(lk_phy *phy);
    void (*send)(lk_phy *phy);
    bool (*is_attached)(const lk_phy *phy);
    bool (*is_high_speed)(const lk_phy *phy);
    bool (*is_chirping)(const lk_phy *phy);
    void (*free_model)(lk_phy *phy);
} lk_phy_methods;

struct lk_phy {
    const lk_phy_methods *methods;
    uint64_t cycle;
    /* set by the host */
    lk_line line; /* what the host drives */
    bool vbus;
    /* a packet to the device */
    lk_packet out;
    bool sending;
    bool damaged;     /* the device gets an error in the midst of it */
    uint64_t sent_at; /* the cycle in which it ended at the pins */
    /* a packet from the device */
    lk_packet in;
    bool receiving;       /* it has begun */
    bool received;        /* set when it has ended; the host clears it */
    uint64_t answered_at; /* the cycle in which it began at the pins */
    /* what may never happen */
    unsigned violations;
    FILE *capture; /* every packet is written to it, or NULL */
    union {
        lk_ulpi ulpi;
        lk_full_speed full_speed;
    };
};

/** At the pins of lk_model_virtual, which it owns from now on. */
void lk_phy_at_ulpi(lk_phy *phy, lk_model_virtual *model);

/** At those of lk_model_full_speed, which it owns from now on; the line is that of a typical host and cable. */
void lk_phy_at_line(lk_phy *phy, lk_model_full_speed *model);

/** Frees the model. */
void lk_phy_end(lk_phy *phy);

/** Holds the board in reset, or lets it go. */
void lk_phy_hold_reset(lk_phy *phy, bool hold);

/** One cycle of the clock, the board's included. */
void lk_phy_cycle(lk_phy *phy);

/** Begins to send phy->out. */
void lk_phy_send(lk_phy *phy);

/** Writes a packet that began at a cycle to the capture, where there is one. */
void lk_phy_record(lk_phy *phy, const lk_packet *packet, uint64_t began);

/** The device has chosen the high-speed transceiver without full-speed termination. */
bool lk_phy_is_high_speed(const lk_phy *phy);

/** The device drives K without a packet: it chirps. */
bool lk_phy_is_chirping(const lk_phy *phy);

/** The device's pull-up is on. */
bool lk_phy_is_attached(const lk_phy *phy);

#endif
