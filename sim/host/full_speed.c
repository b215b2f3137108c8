/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/host/full_speed.h"

#include "sim/host/phy.h"

#include <string.h>

enum {
    MEGAHERTZ = 48,
    CYCLES_PER_BIT = 4,
    BYTE = 8 * CYCLES_PER_BIT,
    GAP = 2 * CYCLES_PER_BIT,      /* after the J of an EOP, which is one bit more (USB 2.0 clause 7.1.18.1) */
    TIMEOUT = 18 * CYCLES_PER_BIT, /* clause 7.1.19.1 */
    TORN_BITS = 8                  /* more than six without an edge */
};

static const uint64_t FEMTOSECONDS_PER_CYCLE = 20833333;
static const uint64_t FEMTOSECONDS_PER_BIT = 83333333;
static const uint64_t FEMTOSECONDS_PER_PICOSECOND = 1000;

/* A host and a cable such as most are. */
static const lk_line_conditions TYPICAL = {.drift = 500, .jitter = 3500, .skew = 2000};

/* A number that looks random and is always the same for the same place (the mixing steps of SplitMix64). */
static uint64_t scatter(uint64_t place)
{
    place += UINT64_C(0x9E3779B97F4A7C15);
    place = (place ^ place >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    place = (place ^ place >> 27) * UINT64_C(0x94D049BB133111EB);
    return place ^ place >> 31;
}

/* A time between -most and most, in femtoseconds. */
static int64_t deviation(uint64_t place, unsigned most_picoseconds)
{
    int64_t most = (int64_t)(most_picoseconds * FEMTOSECONDS_PER_PICOSECOND);
    return (int64_t)(scatter(place) % (uint64_t)(2 * most + 1)) - most;
}

static uint64_t now(const lk_phy *phy)
{
    return phy->cycle * FEMTOSECONDS_PER_CYCLE;
}

static uint64_t width_of(const lk_full_speed *self, size_t symbol)
{
    int64_t drift = (int64_t)FEMTOSECONDS_PER_BIT * self->conditions.drift / 1000000;
    return (FEMTOSECONDS_PER_BIT + (uint64_t)drift) * self->out.symbols[symbol].width / LK_LINE_BIT;
}

/* When the wire leaves its symbol, jitter (the same on both) and skew (its own) included. */
static uint64_t edge_of(const lk_full_speed *self, const lk_wire *wire)
{
    uint64_t place = (self->packets * LK_LINE_MAX + wire->symbol) * 3;
    int64_t jitter = deviation(place, self->conditions.jitter);
    int64_t skew = deviation(place + (wire == &self->dp ? 1 : 2), self->conditions.skew);
    return (uint64_t)((int64_t)wire->symbol_end + jitter + skew);
}

/* @return the state that the wire is in now, as the host drives it. */
static lk_line follow(lk_phy *phy, lk_wire *wire)
{
    lk_full_speed *self = &phy->full_speed;
    while (wire->symbol < self->out.count && edge_of(self, wire) <= now(phy)) {
        wire->symbol++;
        if (wire->symbol < self->out.count)
            wire->symbol_end += width_of(self, wire->symbol);
    }
    return wire->symbol < self->out.count ? (lk_line)self->out.symbols[wire->symbol].state : LK_LINE_RELEASED;
}

static void begin(lk_phy *phy)
{
    lk_full_speed *self = &phy->full_speed;
    self->packets++;
    uint64_t begins = now(phy) - scatter(self->packets) % FEMTOSECONDS_PER_CYCLE; /* since the last sample */
    self->dp = (lk_wire){.symbol = 0, .symbol_end = begins + width_of(self, 0)};
    self->dm = self->dp;
    self->ended = false;
    phy->sending = true;
}

void lk_full_speed_send(lk_phy *phy, const lk_line_signal *signal)
{
    phy->full_speed.out = *signal;
    begin(phy);
}

/* A bit stuffing error in the midst: the line stands still for too long. */
static void tear(lk_line_signal *signal)
{
    lk_line_symbol *middle = signal->symbols + signal->count / 2;
    for (size_t i = 1; i < TORN_BITS; i++)
        middle[i].state = middle[0].state;
}

static void send(lk_phy *phy)
{
    lk_line_encode(&phy->out, &phy->full_speed.out);
    if (phy->damaged)
        tear(&phy->full_speed.out);
    phy->damaged = false;
    begin(phy);
}

/* What nobody drives shows the pull-up. */
static lk_line settle(const lk_phy *phy, lk_line state)
{
    if (state != LK_LINE_RELEASED)
        return state;
    return phy->full_speed.pins->pull_up ? LK_LINE_J : LK_LINE_SE0;
}

/* The host's packet at this moment, on both wires; sent_at becomes the moment of its last change from SE0. */
static void drive_packet(lk_phy *phy)
{
    lk_full_speed *self = &phy->full_speed;
    lk_line dp = follow(phy, &self->dp), dm = follow(phy, &self->dm);
    bool last = self->dp.symbol + 1 >= self->out.count;
    if (last && !self->ended) {
        self->ended = true;
        phy->sent_at = phy->cycle;
    }
    phy->sending = dp != LK_LINE_RELEASED || dm != LK_LINE_RELEASED;
    self->pins->dp_in = settle(phy, dp) == LK_LINE_J;
    self->pins->dm_in = settle(phy, dm) == LK_LINE_K;
}

/* The wires as they are now: one side drives them, or the pull-up does. */
static void resolve(lk_phy *phy)
{
    lk_model_full_speed_pins *pins = phy->full_speed.pins;
    if (pins->output_enable) {
        phy->violations += phy->sending || phy->line != LK_LINE_RELEASED || !pins->pull_up;
        pins->dp_in = pins->dp_out;
        pins->dm_in = pins->dm_out;
    } else if (phy->sending) {
        drive_packet(phy);
    } else {
        lk_line state = settle(phy, phy->line);
        pins->dp_in = state == LK_LINE_J;
        pins->dm_in = state == LK_LINE_K;
    }
}

static lk_line driven_state(lk_phy *phy)
{
    const lk_model_full_speed_pins *pins = phy->full_speed.pins;
    phy->violations += pins->dp_out && pins->dm_out;
    return pins->dp_out ? LK_LINE_J : pins->dm_out ? LK_LINE_K : LK_LINE_SE0;
}

/* A cycle of the device's packet: four alike make a bit. */
static void hear(lk_phy *phy)
{
    lk_full_speed *self = &phy->full_speed;
    lk_line state = driven_state(phy);
    if (!phy->receiving) {
        phy->receiving = true;
        phy->answered_at = phy->cycle;
        self->in.count = 0;
        self->driven = 0;
    }
    if (self->driven++ % CYCLES_PER_BIT == 0) {
        phy->violations += self->in.count == LK_LINE_MAX;
        lk_line_append(&self->in, state);
    } else {
        phy->violations += self->in.symbols[self->in.count - 1].state != state;
    }
}

static void end_packet(lk_phy *phy)
{
    lk_full_speed *self = &phy->full_speed;
    phy->receiving = false;
    phy->received = true;
    if (self->driven % CYCLES_PER_BIT != 0 || !lk_line_decode(&self->in, &phy->in))
        phy->violations++;
}

static void cycle(lk_phy *phy)
{
    lk_model_full_speed_pins *pins = phy->full_speed.pins;
    bool in_reset = pins->reset; /* what it drives before the first edges of its clock means nothing */
    if (!in_reset)
        resolve(phy);
    pins->vbus = phy->vbus;
    lk_model_full_speed_step(phy->full_speed.model);
    phy->cycle++;
    if (in_reset)
        return;
    if (pins->output_enable)
        hear(phy);
    else if (phy->receiving)
        end_packet(phy);
}

static void hold_reset(lk_phy *phy, bool hold)
{
    phy->full_speed.pins->reset = hold;
}

static bool is_attached(const lk_phy *phy)
{
    return phy->full_speed.pins->pull_up != 0;
}

static bool never(const lk_phy *phy)
{
    (void)phy;
    return false;
}

static void free_model(lk_phy *phy)
{
    lk_model_full_speed_free(phy->full_speed.model);
}

static const lk_phy_methods methods = {
    .megahertz = MEGAHERTZ,
    .may_be_high_speed = false,
    .full_speed_byte = BYTE,
    .full_speed_gap = GAP,
    .full_speed_timeout = TIMEOUT,
    .hold_reset = hold_reset,
    .cycle = cycle,
    .send = send,
    .is_attached = is_attached,
    .is_high_speed = never,
    .is_chirping = never,
    .free_model = free_model,
};

void lk_phy_at_line(lk_phy *phy, lk_model_full_speed *model)
{
    memset(phy, 0, sizeof *phy);
    phy->methods = &methods;
    phy->line = LK_LINE_RELEASED;
    phy->full_speed.model = model;
    phy->full_speed.pins = lk_model_full_speed_pins_of(model);
    phy->full_speed.conditions = TYPICAL;
}
