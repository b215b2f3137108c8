/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/host/bus.h"

#include <limits.h>
#include <string.h>

/* In nanoseconds. */
enum {
    ATTACH_LIMIT = 1000000,
    DEBOUNCE = 100000,    /* a real hub takes 100 ms */
    CHIRP_WAIT = 6000000, /* a device at high speed takes 3 ms to see the reset (T_UCHEND 7 ms) */
    CHIRP_LIMIT = 7000000,
    CHIRP_PAUSE = 50000,
    CHIRP_EACH = 50000, /* T_DCHBIT */
    CHIRP_PAIRS = 4,
    RESET_END = 100000,
    FULL_SPEED_RESET = 3333334,
    LINE_RESET = 100000,      /* without a PHY nothing has to chirp and to give up; a real hub takes 10 ms */
    SUSPEND_REVERT = 3100000, /* the host's own high-speed terminations go */
    SUSPEND_REST = 900000,
    RESUME = 1000000,
    RESUME_END = 1334, /* two low-speed bit times */
    FRAME = 1000000,
    MICROFRAME = 125000
};

enum { POWER_ON_RESET = 4 }; /* cycles */

/* In cycles of 60 MHz, at high speed. */
enum {
    HIGH_SPEED_GAP = 12,      /* 88 bit times between packets of the host (clause 7.1.18.2), and EOP */
    HIGH_SPEED_LAG = 19,      /* and after one of the device, which is still on the wire when it has left the pins */
    HIGH_SPEED_TIMEOUT = 102, /* 816 bit times (clause 7.1.19.2) */
    HIGH_SPEED_BYTE = 1
};

enum { PACKET_OVERHEAD = 8 }; /* SYNC, PID, CRC and EOP in byte times */

static uint64_t cycles_of(const lk_bus *bus, uint64_t nanoseconds)
{
    return nanoseconds * bus->phy.methods->megahertz / 1000;
}

static unsigned gap_of(const lk_bus *bus)
{
    return bus->high_speed ? HIGH_SPEED_GAP : bus->phy.methods->full_speed_gap;
}

static unsigned timeout_of(const lk_bus *bus)
{
    return bus->high_speed ? HIGH_SPEED_TIMEOUT : bus->phy.methods->full_speed_timeout;
}

/* Lets that time pass, and sends nothing. */
static void wait(lk_bus *bus, uint64_t nanoseconds)
{
    uint64_t count = cycles_of(bus, nanoseconds);
    while (count-- > 0)
        lk_phy_cycle(&bus->phy);
}

static void send_now(lk_bus *bus, const lk_packet *packet)
{
    memcpy(bus->phy.out.bytes, packet->bytes, packet->length);
    bus->phy.out.length = packet->length;
    bus->phy.received = false;
    lk_phy_record(&bus->phy, packet, bus->phy.cycle);
    lk_phy_send(&bus->phy);
    while (bus->phy.sending)
        lk_phy_cycle(&bus->phy);
    bus->free_at = bus->phy.cycle + gap_of(bus);
}

static void wait_gap(lk_bus *bus)
{
    while (bus->phy.cycle < bus->free_at)
        lk_phy_cycle(&bus->phy);
}

static void start_frames(lk_bus *bus)
{
    bus->framed = true;
    bus->frame_at = bus->phy.cycle;
}

/* Sends the SOF that is due. */
static void keep_frames(lk_bus *bus)
{
    if (!bus->framed || bus->phy.cycle < bus->frame_at)
        return;
    lk_packet packet;
    lk_packet_token(&packet, LK_PID_SOF, (uint16_t)(bus->microframe >> 3));
    wait_gap(bus);
    send_now(bus, &packet);
    bus->microframe = (uint16_t)((bus->microframe + (bus->high_speed ? 1 : 8)) & 0x3FFF);
    bus->frame_at += cycles_of(bus, bus->high_speed ? MICROFRAME : FRAME);
    bus->frames++;
}

void lk_bus_idle(lk_bus *bus, uint64_t count)
{
    uint64_t end = bus->phy.cycle + count;
    while (bus->phy.cycle < end) {
        keep_frames(bus);
        lk_phy_cycle(&bus->phy);
    }
}

bool lk_bus_has_time(lk_bus *bus, size_t bytes)
{
    keep_frames(bus);
    uint64_t byte = bus->high_speed ? HIGH_SPEED_BYTE : bus->phy.methods->full_speed_byte;
    return bus->phy.cycle + byte * (bytes + 3 * PACKET_OVERHEAD) + timeout_of(bus) < bus->frame_at;
}

void lk_bus_send(lk_bus *bus, const lk_packet *packet, bool damaged)
{
    wait_gap(bus);
    bus->phy.damaged = damaged;
    send_now(bus, packet);
}

lk_pid lk_bus_receive(lk_bus *bus)
{
    lk_phy *phy = &bus->phy;
    uint64_t limit = phy->sent_at + timeout_of(bus);
    while (!phy->received && (phy->receiving || phy->cycle < limit))
        lk_phy_cycle(phy);
    if (!phy->received)
        return LK_PID_NONE;
    phy->received = false;
    lk_phy_record(phy, &phy->in, phy->answered_at);
    unsigned delay = (unsigned)(phy->answered_at - phy->sent_at);
    if (delay > bus->latest)
        bus->latest = delay;
    if (delay < bus->soonest)
        bus->soonest = delay;
    bus->free_at = phy->cycle + (bus->high_speed ? HIGH_SPEED_LAG : gap_of(bus));
    return lk_packet_check(&phy->in);
}

static bool wait_chirp(lk_bus *bus, bool level, uint64_t nanoseconds)
{
    uint64_t limit = cycles_of(bus, nanoseconds);
    for (uint64_t i = 0; i < limit && lk_phy_is_chirping(&bus->phy) != level; i++)
        lk_phy_cycle(&bus->phy);
    return lk_phy_is_chirping(&bus->phy) == level;
}

static void answer_chirp(lk_bus *bus)
{
    wait(bus, CHIRP_PAUSE);
    for (int pair = 0; pair < CHIRP_PAIRS; pair++) {
        bus->phy.line = LK_LINE_K;
        wait(bus, CHIRP_EACH);
        bus->phy.line = LK_LINE_J;
        wait(bus, CHIRP_EACH);
    }
}

bool lk_bus_reset(lk_bus *bus)
{
    lk_phy *phy = &bus->phy;
    bus->framed = false;
    phy->line = LK_LINE_SE0;
    bool chirped = phy->methods->may_be_high_speed && wait_chirp(bus, true, CHIRP_WAIT);
    uint64_t began = phy->cycle;
    if (chirped)
        chirped = wait_chirp(bus, false, CHIRP_LIMIT);
    bus->chirp_cycles = chirped ? phy->cycle - began : 0;
    if (chirped && !bus->full_speed_only)
        answer_chirp(bus);
    else
        wait(bus, phy->methods->may_be_high_speed ? FULL_SPEED_RESET : LINE_RESET);
    phy->line = LK_LINE_SE0;
    wait(bus, RESET_END);
    bus->high_speed = lk_phy_is_high_speed(phy);
    if (!bus->high_speed) {
        phy->line = LK_LINE_RELEASED;
        wait(bus, RESET_END);
    }
    start_frames(bus);
    lk_bus_idle(bus, 1);
    return bus->high_speed || lk_phy_is_attached(phy);
}

bool lk_bus_attach(lk_bus *bus, bool full_speed_only)
{
    lk_phy *phy = &bus->phy;
    bus->full_speed_only = full_speed_only;
    bus->soonest = UINT_MAX;
    lk_phy_hold_reset(phy, true);
    for (int i = 0; i < POWER_ON_RESET; i++)
        lk_phy_cycle(phy);
    lk_phy_hold_reset(phy, false);
    phy->vbus = true;
    uint64_t limit = cycles_of(bus, ATTACH_LIMIT);
    for (uint64_t i = 0; i < limit && !lk_phy_is_attached(phy); i++)
        lk_phy_cycle(phy);
    if (!lk_phy_is_attached(phy))
        return false;
    wait(bus, DEBOUNCE);
    return lk_bus_reset(bus);
}

void lk_bus_suspend(lk_bus *bus)
{
    bus->framed = false;
    wait(bus, SUSPEND_REVERT);
    bus->phy.line = LK_LINE_RELEASED;
    wait(bus, SUSPEND_REST);
}

void lk_bus_resume(lk_bus *bus)
{
    bus->phy.line = LK_LINE_K;
    wait(bus, RESUME);
    bus->phy.line = LK_LINE_SE0;
    wait(bus, RESUME_END);
    if (!bus->high_speed)
        bus->phy.line = LK_LINE_RELEASED;
    start_frames(bus);
    wait(bus, bus->high_speed ? MICROFRAME / 10 : FRAME / 10);
    start_frames(bus);
}
