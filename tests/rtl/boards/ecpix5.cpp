/* SPDX-License-Identifier: Apache-2.0 */
/* The ECPIX-5 at its pins. Its PHY makes the clock and, at worst, stops it while it is in reset: so does this one. */
#include "sim/model/model.h"

#include "Vlk_ecpix5_pins.h"
#include "Vlk_ecpix5_pins___024root.h"

using Top = Vlk_ecpix5_pins;

/* 5 cycles of the oscillator's 100 MHz to 3 of the PHY's 60 MHz. */
static void oscillate(Top &top)
{
    static unsigned phase;
    phase += 5;
    for (; phase >= 3; phase -= 3) {
        top.oscillator = 1;
        top.eval();
        top.oscillator = 0;
        top.eval();
    }
}

static CData *lk_top_clock(Top &top)
{
    top.oscillator = 0;
    top.eval();
    while (top.ulpi_reset)
        oscillate(top);
    return &top.phy_clk;
}

static bool lk_top_phy_clock(const Top &top)
{
    return top.phy_clk;
}

static IData &lk_top_corrupt(Top &top)
{
    return top.rootp->lk_ecpix5_pins__DOT__chip__DOT__board__DOT__core__DOT__engine__DOT__self_test__DOT__corrupt_q;
}

static void lk_top_drive(Top &top, const lk_model_virtual_pins &pins)
{
    oscillate(top);
    top.ulpi_data_in = pins.data_in;
    top.ulpi_dir = pins.dir;
    top.ulpi_nxt = pins.nxt;
}

static void lk_top_sample(Top &top, lk_model_virtual_pins &pins)
{
    pins.data_out = top.ulpi_data_out;
    pins.data_oe = 1; /* whoever has the bus */
    pins.stp = top.ulpi_stp;
    pins.ulpi_reset = top.ulpi_reset;
    pins.lights = 0xFFFu & ~static_cast<uint32_t>(top.led);
}

#include "sim/model/ulpi_top.h"
