/* SPDX-License-Identifier: Apache-2.0 */
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
    FULL_SPEED_BYTE = 40 /* cycles for 8 bits at 12 Mb/s */
};

void lk_phy_init(lk_phy *phy, lk_model_virtual *model)
{
    memset(phy, 0, sizeof *phy);
    phy->model = model;
    phy->pins = lk_model_virtual_pins_of(model);
    phy->function_control = FUNCTION_DEFAULT;
    phy->otg_control = OTG_DEFAULT;
    phy->line = LK_LINE_RELEASED;
}

bool lk_phy_is_high_speed(const lk_phy *phy)
{
    return (phy->function_control & (FUNCTION_TRANSCEIVER | FUNCTION_TERMINATION)) == 0;
}

bool lk_phy_sends_raw(const lk_phy *phy)
{
    return phy->phase == LK_PHY_TRANSMIT && (phy->function_control & FUNCTION_MODE) == MODE_RAW;
}

bool lk_phy_is_chirping(const lk_phy *phy)
{
    return lk_phy_sends_raw(phy) && phy->raw == 0x00;
}

/* A pull-up on the wrong line is that of a low-speed device, which no board is. */
static bool has_lines_crossed(const lk_phy *phy)
{
    return phy->pins->lines_swapped && phy->line_polarity != LINES_SWAPPED;
}

bool lk_phy_is_attached(const lk_phy *phy)
{
    return !has_lines_crossed(phy) && (phy->function_control & FUNCTION_TERMINATION) &&
           (phy->function_control & FUNCTION_MODE) != MODE_NOT_DRIVING;
}

static uint8_t line_state(const lk_phy *phy)
{
    if (lk_phy_sends_raw(phy))
        return phy->raw ? LK_LINE_J : LK_LINE_K;
    if (phy->line != LK_LINE_RELEASED)
        return phy->line;
    return lk_phy_is_attached(phy) ? LK_LINE_J : LK_LINE_SE0;
}

static uint8_t status(const lk_phy *phy)
{
    return (uint8_t)((phy->vbus ? RX_VBUS_VALID : 0) | line_state(phy));
}

/* After six ones a zero is put in (USB 2.0 clause 7.1.9); eight of those make one byte time in which nothing moves. */
static void count_stuffing(lk_phy *phy, uint8_t byte)
{
    for (unsigned bit = 0; bit < 8; bit++) {
        phy->ones = (byte >> bit & 1) ? phy->ones + 1 : 0;
        if (phy->ones == 6) {
            phy->ones = 0;
            phy->stuffed++;
        }
    }
}

/* True when the next byte has to wait a cycle. */
static bool must_pause(lk_phy *phy)
{
    if (!lk_phy_is_high_speed(phy) && (phy->function_control & FUNCTION_MODE) != MODE_RAW) {
        if (phy->spacing > 0) {
            phy->spacing--;
            return true;
        }
        phy->spacing = FULL_SPEED_BYTE - 1;
    }
    if (phy->stuffed >= 8) {
        phy->stuffed -= 8;
        return true;
    }
    return false;
}

void lk_phy_send(lk_phy *phy)
{
    phy->sending = true;
    phy->position = 0;
    phy->opened = false;
    phy->closed = false;
    phy->ones = 0;
    phy->stuffed = 0;
    phy->spacing = 0;
    phy->with_commands = !phy->with_commands || !lk_phy_is_high_speed(phy);
}

static void take_bus(lk_phy *phy)
{
    phy->pins->dir = 1;
    phy->pins->nxt = phy->sending && !phy->with_commands;
    phy->opened = phy->pins->nxt;
    phy->pins->data_in = 0;
    phy->phase = LK_PHY_TURN_IN;
}

static void take_command(lk_phy *phy, uint8_t data)
{
    phy->command = data;
    phy->pins->nxt = 1;
    phy->phase = LK_PHY_COMMAND;
    if ((data & COMMAND_KIND) == COMMAND_TRANSMIT)
        phy->answered_at = phy->cycle;
    else if ((data & COMMAND_KIND) != COMMAND_WRITE)
        phy->violations++;
}

static void in_quiet(lk_phy *phy, uint8_t data)
{
    bool wants = phy->sending || !phy->has_reported || phy->reported != status(phy);
    if (data && (!phy->sending || (data & COMMAND_KIND) == COMMAND_TRANSMIT))
        take_command(phy, data);
    else if (wants)
        take_bus(phy);
}

static void accept_command(lk_phy *phy, uint8_t data)
{
    if (data != phy->command)
        phy->violations++;
    if ((data & COMMAND_KIND) == COMMAND_WRITE) {
        phy->phase = LK_PHY_VALUE;
        return;
    }
    phy->phase = LK_PHY_TRANSMIT;
    phy->receiving = true;
    phy->in.length = 0;
    phy->raw = 0x00;
    phy->ones = 0;
    phy->stuffed = 0;
    phy->spacing = FULL_SPEED_BYTE - 1;
    if (data & 15)
        phy->in.bytes[phy->in.length++] = (uint8_t)((~data & 15) << 4 | (data & 15));
    phy->pins->nxt = !must_pause(phy);
}

static void in_transmit(lk_phy *phy, uint8_t data, bool stp)
{
    bool raw = (phy->function_control & FUNCTION_MODE) == MODE_RAW;
    if (stp) {
        phy->pins->nxt = 0;
        phy->phase = LK_PHY_QUIET;
        phy->receiving = false;
        phy->received = !raw;
        return;
    }
    if (phy->pins->nxt && raw)
        phy->raw = data;
    if (phy->pins->nxt && !raw) {
        if (phy->in.length < sizeof phy->in.bytes)
            phy->in.bytes[phy->in.length++] = data;
        else
            phy->violations++;
        count_stuffing(phy, data);
    }
    phy->pins->nxt = !must_pause(phy);
}

static void write_register(lk_phy *phy, uint8_t value)
{
    if ((phy->command & 0x3F) == REGISTER_FUNCTION_CONTROL)
        phy->function_control = value;
    else if ((phy->command & 0x3F) == REGISTER_OTG_CONTROL)
        phy->otg_control = value;
    else if ((phy->command & 0x3F) == REGISTER_LINE_POLARITY && phy->pins->lines_swapped)
        phy->line_polarity = value;
    else
        phy->violations++;
    phy->pins->nxt = 0;
    phy->phase = LK_PHY_STOP;
}

static void report(lk_phy *phy, uint8_t value)
{
    phy->pins->nxt = 0;
    phy->pins->data_in = value;
    phy->reported = value;
    phy->has_reported = true;
}

static void give_bus(lk_phy *phy)
{
    phy->pins->dir = 0;
    phy->pins->nxt = 0;
    phy->pins->data_in = 0;
    phy->phase = LK_PHY_TURN_OUT;
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
        if (phy->has_reported && phy->reported == status(phy))
            give_bus(phy);
        else
            report(phy, status(phy));
    } else if (!phy->opened) {
        phy->opened = true;
        report(phy, active);
    } else if (phy->position < phy->out.length && phy->damaged && phy->position == phy->out.length / 2) {
        phy->damaged = false;
        report(phy, active | RX_ERROR);
    } else if (phy->position < phy->out.length && must_pause(phy)) {
        report(phy, active);
    } else if (phy->position < phy->out.length) {
        phy->pins->nxt = 1;
        phy->pins->data_in = phy->out.bytes[phy->position++];
        count_stuffing(phy, phy->pins->data_in);
    } else if (phy->with_commands && !phy->closed) {
        phy->closed = true;
        report(phy, status(phy));
    } else {
        phy->reported = status(phy);
        give_bus(phy);
    }
}

static void in_reset(lk_phy *phy)
{
    phy->function_control = FUNCTION_DEFAULT;
    phy->otg_control = OTG_DEFAULT;
    phy->line_polarity = 0;
    phy->phase = LK_PHY_TURN_OUT;
    phy->has_reported = false;
    phy->pins->dir = 0;
    phy->pins->nxt = 0;
}

void lk_phy_cycle(lk_phy *phy)
{
    /* What the link drives now is what this edge samples; what it drives after the edge is for the next one. */
    uint8_t data = phy->pins->data_oe ? phy->pins->data_out : 0;
    bool stp = phy->pins->stp != 0;
    lk_model_virtual_step(phy->model);
    phy->cycle++;
    if (phy->pins->ulpi_reset) {
        in_reset(phy);
        return;
    }
    phy->violations += !phy->pins->clocked;
    switch (phy->phase) {
    case LK_PHY_QUIET:
        in_quiet(phy, data);
        break;
    case LK_PHY_COMMAND:
        accept_command(phy, data);
        break;
    case LK_PHY_TRANSMIT:
        in_transmit(phy, data, stp);
        break;
    case LK_PHY_VALUE:
        write_register(phy, data);
        break;
    case LK_PHY_STOP:
        phy->violations += !stp;
        phy->phase = LK_PHY_QUIET;
        break;
    case LK_PHY_TURN_IN:
        phy->phase = LK_PHY_RECEIVE;
        in_receive(phy);
        break;
    case LK_PHY_RECEIVE:
        in_receive(phy);
        break;
    case LK_PHY_TURN_OUT:
        phy->phase = LK_PHY_QUIET;
        break;
    }
}
