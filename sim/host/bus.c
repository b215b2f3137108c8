/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/host/bus.h"

#include <limits.h>
#include <string.h>

/* In cycles of 60 MHz. */
enum {
    POWER_ON_RESET = 4,
    ATTACH_LIMIT = 60000,
    DEBOUNCE = 6000,      /* 100 us; a real hub takes 100 ms */
    CHIRP_WAIT = 360000,  /* 6 ms: a device at high speed takes 3 ms to see the reset (T_UCHEND 7 ms) */
    CHIRP_LIMIT = 420000, /* 7 ms */
    CHIRP_PAUSE = 3000,
    CHIRP_EACH = 3000, /* 50 us (T_DCHBIT) */
    CHIRP_PAIRS = 4,
    RESET_END = 6000,
    FULL_SPEED_RESET = 200000,
    SUSPEND_REVERT = 186000, /* 3.1 ms: the host's own high-speed terminations go */
    SUSPEND_REST = 54000,
    RESUME = 60000,
    RESUME_END = 80,          /* two low-speed bit times */
    HIGH_SPEED_GAP = 12,      /* 88 bit times between packets of the host (clause 7.1.18.2), and EOP */
    HIGH_SPEED_LAG = 19,      /* and after one of the device, which is still on the wire when it has left the pins */
    HIGH_SPEED_TIMEOUT = 102, /* 816 bit times (clause 7.1.19.2) */
    FULL_SPEED_GAP = 25,
    FULL_SPEED_TIMEOUT = 170, /* 18 bit times and what the PHY adds */
    PACKET_OVERHEAD = 8       /* SYNC, PID, CRC and EOP in byte times */
};

static void cycles(lk_bus *bus, uint64_t count)
{
    while (count-- > 0)
        lk_phy_cycle(&bus->phy);
}

static void send_now(lk_bus *bus, const lk_packet *packet)
{
    memcpy(bus->phy.out.bytes, packet->bytes, packet->length);
    bus->phy.out.length = packet->length;
    bus->phy.received = false;
    lk_phy_send(&bus->phy);
    while (bus->phy.sending)
        lk_phy_cycle(&bus->phy);
    bus->free_at = bus->phy.cycle + (bus->high_speed ? HIGH_SPEED_GAP : FULL_SPEED_GAP);
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
    bus->frame_at += bus->high_speed ? LK_BUS_MICROFRAME : LK_BUS_FRAME;
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
    uint64_t byte = bus->high_speed ? 1 : 40;
    uint64_t timeout = bus->high_speed ? HIGH_SPEED_TIMEOUT : FULL_SPEED_TIMEOUT;
    return bus->phy.cycle + byte * (bytes + 3 * PACKET_OVERHEAD) + timeout < bus->frame_at;
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
    uint64_t limit = phy->sent_at + (bus->high_speed ? HIGH_SPEED_TIMEOUT : FULL_SPEED_TIMEOUT);
    while (!phy->received && (phy->receiving || phy->phase == LK_PHY_COMMAND || phy->cycle < limit))
        lk_phy_cycle(phy);
    if (!phy->received)
        return LK_PID_NONE;
    phy->received = false;
    unsigned delay = (unsigned)(phy->answered_at - phy->sent_at);
    if (delay > bus->latest)
        bus->latest = delay;
    if (delay < bus->soonest)
        bus->soonest = delay;
    bus->free_at = phy->cycle + (bus->high_speed ? HIGH_SPEED_LAG : FULL_SPEED_GAP);
    return lk_packet_check(&phy->in);
}

static bool wait_chirp(lk_bus *bus, bool level, uint64_t limit)
{
    for (uint64_t i = 0; i < limit && lk_phy_is_chirping(&bus->phy) != level; i++)
        lk_phy_cycle(&bus->phy);
    return lk_phy_is_chirping(&bus->phy) == level;
}

static void answer_chirp(lk_bus *bus)
{
    cycles(bus, CHIRP_PAUSE);
    for (int pair = 0; pair < CHIRP_PAIRS; pair++) {
        bus->phy.line = LK_LINE_K;
        cycles(bus, CHIRP_EACH);
        bus->phy.line = LK_LINE_J;
        cycles(bus, CHIRP_EACH);
    }
}

bool lk_bus_reset(lk_bus *bus)
{
    lk_phy *phy = &bus->phy;
    bus->framed = false;
    phy->line = LK_LINE_SE0;
    bool chirped = wait_chirp(bus, true, CHIRP_WAIT);
    uint64_t began = phy->cycle;
    if (chirped)
        chirped = wait_chirp(bus, false, CHIRP_LIMIT);
    bus->chirp_cycles = chirped ? phy->cycle - began : 0;
    if (chirped && !bus->full_speed_only)
        answer_chirp(bus);
    else
        cycles(bus, FULL_SPEED_RESET);
    phy->line = LK_LINE_SE0;
    cycles(bus, RESET_END);
    bus->high_speed = lk_phy_is_high_speed(phy);
    if (!bus->high_speed) {
        phy->line = LK_LINE_RELEASED;
        cycles(bus, RESET_END);
    }
    start_frames(bus);
    lk_bus_idle(bus, 1);
    return bus->high_speed || lk_phy_is_attached(phy);
}

bool lk_bus_attach(lk_bus *bus, lk_model_virtual *model, bool full_speed_only)
{
    lk_phy *phy = &bus->phy;
    memset(bus, 0, sizeof *bus);
    bus->full_speed_only = full_speed_only;
    bus->soonest = UINT_MAX;
    lk_phy_init(phy, model);
    phy->pins->reset = 1;
    cycles(bus, POWER_ON_RESET);
    phy->pins->reset = 0;
    phy->vbus = true;
    for (uint64_t i = 0; i < ATTACH_LIMIT && !lk_phy_is_attached(phy); i++)
        lk_phy_cycle(phy);
    if (!lk_phy_is_attached(phy))
        return false;
    cycles(bus, DEBOUNCE);
    return lk_bus_reset(bus);
}

void lk_bus_suspend(lk_bus *bus)
{
    bus->framed = false;
    cycles(bus, SUSPEND_REVERT);
    bus->phy.line = LK_LINE_RELEASED;
    cycles(bus, SUSPEND_REST);
}

void lk_bus_resume(lk_bus *bus)
{
    bus->phy.line = LK_LINE_K;
    cycles(bus, RESUME);
    bus->phy.line = LK_LINE_SE0;
    cycles(bus, RESUME_END);
    if (!bus->high_speed)
        bus->phy.line = LK_LINE_RELEASED;
    start_frames(bus);
    cycles(bus, bus->high_speed ? LK_BUS_MICROFRAME / 10 : LK_BUS_FRAME / 10);
    start_frames(bus);
}
