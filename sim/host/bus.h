/* SPDX-License-Identifier: Apache-2.0 */
/* A root port: power, bus reset with high-speed detection, frames, suspend and resume, and packets with the gaps
 * between them. */
#ifndef LK_SIM_HOST_BUS_H
#define LK_SIM_HOST_BUS_H

#include "sim/host/packet.h"
#include "sim/host/phy.h"

#include <stdbool.h>
#include <stdint.h>

enum { LK_BUS_MICROFRAME = 7500 }; /* cycles of 60 MHz in 125 us */

typedef struct lk_bus {
    lk_phy phy;
    bool high_speed;      /* what the last reset found */
    bool full_speed_only; /* this host answers no chirp */
    bool framed;          /* SOFs go out */
    uint64_t frame_at;    /* the cycle of the next SOF */
    uint16_t microframe;  /* number of that SOF: frame number << 3 | microframe */
    uint64_t free_at;     /* the cycle from which the next packet may be sent */
    /* figures */
    uint64_t frames;       /* SOFs sent */
    unsigned latest;       /* the longest that the device took to begin an answer, in cycles at the pins */
    unsigned soonest;      /* and the shortest */
    uint64_t chirp_cycles; /* length of the device's chirp at the last reset */
} lk_bus;

/** Powers the port and the board, waits for the pull-up and resets. The caller has made bus->phy; all else is zero.
 * @return false when no device comes up. */
bool lk_bus_attach(lk_bus *bus, bool full_speed_only);

/** A bus reset (USB 2.0 clause 7.1.7.5). @return false when the device has no pull-up after it. */
bool lk_bus_reset(lk_bus *bus);

/** Lets cycles pass, SOFs included. */
void lk_bus_idle(lk_bus *bus, uint64_t cycles);

/** Stops all traffic for 4 ms, so that the device suspends (clause 7.1.7.6). */
void lk_bus_suspend(lk_bus *bus);

/** Drives resume (clause 7.1.7.7), for 1 ms in place of the 20 ms of a real hub, and starts the frames again. */
void lk_bus_resume(lk_bus *bus);

/** True when a transaction of that many bytes ends before the next SOF; sends the SOF first when it is due. */
bool lk_bus_has_time(lk_bus *bus, size_t bytes);

/** Sends a packet once the gap since the last one is over. damaged: the PHY signals an error within it. */
void lk_bus_send(lk_bus *bus, const lk_packet *packet, bool damaged);

/** Waits for an answer. @return its PID, or LK_PID_NONE when none comes in time or it is not well-formed. */
lk_pid lk_bus_receive(lk_bus *bus);

#endif
