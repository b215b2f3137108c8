/* SPDX-License-Identifier: Apache-2.0 */
/* Cynthion at its pins. The board hands the clock on to the PHY, and its lines D+ and D- are swapped. */
#include "sim/model/model.h"

#include "Vlk_cynthion_pins.h"
#include "Vlk_cynthion_pins___024root.h"

using Top = Vlk_cynthion_pins;

static CData *lk_top_clock(Top &top)
{
    return &top.oscillator;
}

static bool lk_top_phy_clock(const Top &top)
{
    return top.phy_clk;
}

static IData &lk_top_corrupt(Top &top)
{
    return top.rootp->lk_cynthion_pins__DOT__chip__DOT__board__DOT__core__DOT__engine__DOT__self_test__DOT__corrupt_q;
}

static void lk_top_drive(Top &top, const lk_model_virtual_pins &pins)
{
    top.ulpi_data_in = pins.data_in;
    top.ulpi_dir = pins.dir;
    top.ulpi_nxt = pins.nxt;
}

static void lk_top_sample(Top &top, lk_model_virtual_pins &pins)
{
    pins.data_out = top.ulpi_data_out;
    pins.data_oe = 1; /* whoever has the bus */
    pins.stp = top.ulpi_stp;
    pins.ulpi_reset = !top.ulpi_reset_n;
    pins.lines_swapped = 1;
    pins.lights = 0x3Fu & ~static_cast<uint32_t>(top.led);
}

#include "sim/model/ulpi_top.h"
