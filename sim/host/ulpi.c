/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/host/ulpi.h"

#include "sim/host/phy.h"

#include <string.h>

/* ULPI 1.1: commands (table 4), RX CMD (table 7), registers (clause 4.2). */
enum {
    COMMAND_KIND = 0xC0,
    COMMAND_TRANSMIT = 0x40,
    COMMAND_WRITE = 0x80,
    RX_VBUS_VALID = 0x0C,
    RX_ACTIVE = 0x10,
    RX_ERROR = 0x30,
    REGISTER_FUNCTION_CONTROL = 0x04,
    REGISTER_OTG_CONTROL = 0x0A,
    REGISTER_LINE_POLARITY = 0x39, /* of a USB334x */
    LINES_SWAPPED = 0x06,
    FUNCTION_TRANSCEIVER = 0x03,
    FUNCTION_TERMINATION = 0x04,
    FUNCTION_MODE = 0x18,
    MODE_NOT_DRIVING = 0x08,
    MODE_RAW = 0x10,
    FUNCTION_DEFAULT = 0x41,
    OTG_DEFAULT = 0x06,
    FULL_SPEED_BYTE = 40,    /* cycles for 8 bits at 12 Mb/s */
    FULL_SPEED_GAP = 25,     /* 5 bit times */
    FULL_SPEED_TIMEOUT = 170 /* 18 bit times and what the PHY adds */
};

static bool is_high_speed(const lk_phy *phy)
{
    return (phy->ulpi.function_control & (FUNCTION_TRANSCEIVER | FUNCTION_TERMINATION)) == 0;
}

bool lk_ulpi_sends_raw(const lk_phy *phy)
{
    return phy->ulpi.phase == LK_ULPI_TRANSMIT && (phy->ulpi.function_control & FUNCTION_MODE) == MODE_RAW;
}

static bool is_chirping(const lk_phy *phy)
{
    return lk_ulpi_sends_raw(phy) && phy->ulpi.raw == 0x00;
}

/* A pull-up on the wrong line is that of a low-speed device, which no board is. */
static bool has_lines_crossed(const lk_phy *phy)
{
    return phy->ulpi.pins->lines_swapped && phy->ulpi.line_polarity != LINES_SWAPPED;
}

static bool is_attached(const lk_phy *phy)
{
    return !has_lines_crossed(phy) && (phy->ulpi.function_control & FUNCTION_TERMINATION) &&
           (phy->ulpi.function_control & FUNCTION_MODE) != MODE_NOT_DRIVING;
}

static uint8_t line_state(const lk_phy *phy)
{
    if (lk_ulpi_sends_raw(phy))
        return phy->ulpi.raw ? LK_LINE_J : LK_LINE_K;
    if (phy->line != LK_LINE_RELEASED)
        return phy->line;
    return is_attached(phy) ? LK_LINE_J : LK_LINE_SE0;
}

static uint8_t status(const lk_phy *phy)
{
    return (uint8_t)((phy->vbus ? RX_VBUS_VALID : 0) | line_state(phy));
}

/* After six ones a zero is put in (USB 2.0 clause 7.1.9); eight of those make one byte time in which nothing moves. */
static void count_stuffing(lk_phy *phy, uint8_t byte)
{
    for (unsigned bit = 0; bit < 8; bit++) {
        phy->ulpi.ones = (byte >> bit & 1) ? phy->ulpi.ones + 1 : 0;
        if (phy->ulpi.ones == 6) {
            phy->ulpi.ones = 0;
            phy->ulpi.stuffed++;
        }
    }
}

/* True when the next byte has to wait a cycle. */
static bool must_pause(lk_phy *phy)
{
    if (!is_high_speed(phy) && (phy->ulpi.function_control & FUNCTION_MODE) != MODE_RAW) {
        if (phy->ulpi.spacing > 0) {
            phy->ulpi.spacing--;
            return true;
        }
        phy->ulpi.spacing = FULL_SPEED_BYTE - 1;
    }
    if (phy->ulpi.stuffed >= 8) {
        phy->ulpi.stuffed -= 8;
        return true;
    }
    return false;
}

static void send(lk_phy *phy)
{
    phy->ulpi.position = 0;
    phy->ulpi.opened = false;
    phy->ulpi.closed = false;
    phy->ulpi.ones = 0;
    phy->ulpi.stuffed = 0;
    phy->ulpi.spacing = 0;
    phy->ulpi.with_commands = !phy->ulpi.with_commands || !is_high_speed(phy);
}

static void take_bus(lk_phy *phy)
{
    phy->ulpi.pins->dir = 1;
    phy->ulpi.pins->nxt = phy->sending && !phy->ulpi.with_commands;
    phy->ulpi.opened = phy->ulpi.pins->nxt;
    phy->ulpi.pins->data_in = 0;
    phy->ulpi.phase = LK_ULPI_TURN_IN;
}

static void take_command(lk_phy *phy, uint8_t data)
{
    phy->ulpi.command = data;
    phy->ulpi.pins->nxt = 1;
    phy->ulpi.phase = LK_ULPI_COMMAND;
    phy->receiving = (data & COMMAND_KIND) == COMMAND_TRANSMIT;
    if (phy->receiving)
        phy->answered_at = phy->cycle;
    else if ((data & COMMAND_KIND) != COMMAND_WRITE)
        phy->violations++;
}

static void in_quiet(lk_phy *phy, uint8_t data)
{
    bool wants = phy->sending || !phy->ulpi.has_reported || phy->ulpi.reported != status(phy);
    if (data && (!phy->sending || (data & COMMAND_KIND) == COMMAND_TRANSMIT))
        take_command(phy, data);
    else if (wants)
        take_bus(phy);
}

static void accept_command(lk_phy *phy, uint8_t data)
{
    if (data != phy->ulpi.command)
        phy->violations++;
    if ((data & COMMAND_KIND) == COMMAND_WRITE) {
        phy->ulpi.phase = LK_ULPI_VALUE;
        return;
    }
    phy->ulpi.phase = LK_ULPI_TRANSMIT;
    phy->in.length = 0;
    phy->ulpi.raw = 0x00;
    phy->ulpi.ones = 0;
    phy->ulpi.stuffed = 0;
    phy->ulpi.spacing = FULL_SPEED_BYTE - 1;
    if (data & 15)
        phy->in.bytes[phy->in.length++] = (uint8_t)((~data & 15) << 4 | (data & 15));
    phy->ulpi.pins->nxt = !must_pause(phy);
}

static void in_transmit(lk_phy *phy, uint8_t data, bool stp)
{
    bool raw = (phy->ulpi.function_control & FUNCTION_MODE) == MODE_RAW;
    if (stp) {
        phy->ulpi.pins->nxt = 0;
        phy->ulpi.phase = LK_ULPI_QUIET;
        phy->receiving = false;
        phy->received = !raw;
        return;
    }
    if (phy->ulpi.pins->nxt && raw)
        phy->ulpi.raw = data;
    if (phy->ulpi.pins->nxt && !raw) {
        if (phy->in.length < sizeof phy->in.bytes)
            phy->in.bytes[phy->in.length++] = data;
        else
            phy->violations++;
        count_stuffing(phy, data);
    }
    phy->ulpi.pins->nxt = !must_pause(phy);
}

static void write_register(lk_phy *phy, uint8_t value)
{
    if ((phy->ulpi.command & 0x3F) == REGISTER_FUNCTION_CONTROL)
        phy->ulpi.function_control = value;
    else if ((phy->ulpi.command & 0x3F) == REGISTER_OTG_CONTROL)
        phy->ulpi.otg_control = value;
    else if ((phy->ulpi.command & 0x3F) == REGISTER_LINE_POLARITY && phy->ulpi.pins->lines_swapped)
        phy->ulpi.line_polarity = value;
    else
        phy->violations++;
    phy->ulpi.pins->nxt = 0;
    phy->ulpi.phase = LK_ULPI_STOP;
}

static void report(lk_phy *phy, uint8_t value)
{
    phy->ulpi.pins->nxt = 0;
    phy->ulpi.pins->data_in = value;
    phy->ulpi.reported = value;
    phy->ulpi.has_reported = true;
}

static void give_bus(lk_phy *phy)
{
    phy->ulpi.pins->dir = 0;
    phy->ulpi.pins->nxt = 0;
    phy->ulpi.pins->data_in = 0;
    phy->ulpi.phase = LK_ULPI_TURN_OUT;
    if (phy->sending) {
        phy->sending = false;
        phy->sent_at = phy->cycle;
    }
}

/* Presents the next byte of the packet, or an RX CMD where there is none to present. */
static void in_receive(lk_phy *phy)
{
    uint8_t active = (uint8_t)(status(phy) | RX_ACTIVE);
    if (!phy->sending) {
        if (phy->ulpi.has_reported && phy->ulpi.reported == status(phy))
            give_bus(phy);
        else
            report(phy, status(phy));
    } else if (!phy->ulpi.opened) {
        phy->ulpi.opened = true;
        report(phy, active);
    } else if (phy->ulpi.position < phy->out.length && phy->damaged && phy->ulpi.position == phy->out.length / 2) {
        phy->damaged = false;
        report(phy, active | RX_ERROR);
    } else if (phy->ulpi.position < phy->out.length && must_pause(phy)) {
        report(phy, active);
    } else if (phy->ulpi.position < phy->out.length) {
        phy->ulpi.pins->nxt = 1;
        phy->ulpi.pins->data_in = phy->out.bytes[phy->ulpi.position++];
        count_stuffing(phy, phy->ulpi.pins->data_in);
    } else if (phy->ulpi.with_commands && !phy->ulpi.closed) {
        phy->ulpi.closed = true;
        report(phy, status(phy));
    } else {
        phy->ulpi.reported = status(phy);
        give_bus(phy);
    }
}

static void in_reset(lk_phy *phy)
{
    phy->ulpi.function_control = FUNCTION_DEFAULT;
    phy->ulpi.otg_control = OTG_DEFAULT;
    phy->ulpi.line_polarity = 0;
    phy->ulpi.phase = LK_ULPI_TURN_OUT;
    phy->ulpi.has_reported = false;
    phy->ulpi.pins->dir = 0;
    phy->ulpi.pins->nxt = 0;
}

static void cycle(lk_phy *phy)
{
    /* What the link drives now is what this edge samples; what it drives after the edge is for the next one. */
    uint8_t data = phy->ulpi.pins->data_oe ? phy->ulpi.pins->data_out : 0;
    bool stp = phy->ulpi.pins->stp != 0;
    lk_model_virtual_step(phy->ulpi.model);
    phy->cycle++;
    if (phy->ulpi.pins->ulpi_reset) {
        in_reset(phy);
        return;
    }
    phy->violations += !phy->ulpi.pins->clocked;
    switch (phy->ulpi.phase) {
    case LK_ULPI_QUIET:
        in_quiet(phy, data);
        break;
    case LK_ULPI_COMMAND:
        accept_command(phy, data);
        break;
    case LK_ULPI_TRANSMIT:
        in_transmit(phy, data, stp);
        break;
    case LK_ULPI_VALUE:
        write_register(phy, data);
        break;
    case LK_ULPI_STOP:
        phy->violations += !stp;
        phy->ulpi.phase = LK_ULPI_QUIET;
        break;
    case LK_ULPI_TURN_IN:
        phy->ulpi.phase = LK_ULPI_RECEIVE;
        in_receive(phy);
        break;
    case LK_ULPI_RECEIVE:
        in_receive(phy);
        break;
    case LK_ULPI_TURN_OUT:
        phy->ulpi.phase = LK_ULPI_QUIET;
        break;
    }
}

static void hold_reset(lk_phy *phy, bool hold)
{
    phy->ulpi.pins->reset = hold;
}

static void free_model(lk_phy *phy)
{
    lk_model_virtual_free(phy->ulpi.model);
}

static const lk_phy_methods methods = {
    .megahertz = 60,
    .may_be_high_speed = true,
    .full_speed_byte = FULL_SPEED_BYTE,
    .full_speed_gap = FULL_SPEED_GAP,
    .full_speed_timeout = FULL_SPEED_TIMEOUT,
    .hold_reset = hold_reset,
    .cycle = cycle,
    .send = send,
    .is_attached = is_attached,
    .is_high_speed = is_high_speed,
    .is_chirping = is_chirping,
    .free_model = free_model,
};

void lk_phy_at_ulpi(lk_phy *phy, lk_model_virtual *model)
{
    memset(phy, 0, sizeof *phy);
    phy->methods = &methods;
    phy->ulpi.model = model;
    phy->ulpi.pins = lk_model_virtual_pins_of(model);
    phy->ulpi.function_control = FUNCTION_DEFAULT;
    phy->ulpi.otg_control = OTG_DEFAULT;
    phy->line = LK_LINE_RELEASED;
}
