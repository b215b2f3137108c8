/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/model/model.h"

#include "Vlk_board_virtual.h"
#include "Vlk_board_virtual___024root.h"

using Top = Vlk_board_virtual;

static CData *lk_top_clock(Top &top)
{
    return &top.ulpi_clk;
}

static bool lk_top_phy_clock(const Top &top)
{
    return top.ulpi_clk;
}

static IData &lk_top_corrupt(Top &top)
{
    return top.rootp->lk_board_virtual__DOT__board__DOT__core__DOT__engine__DOT__self_test__DOT__corrupt_q;
}

static void lk_top_drive(Top &top, const lk_model_virtual_pins &pins)
{
    top.reset = pins.reset;
    top.ulpi_data_in = pins.data_in;
    top.ulpi_dir = pins.dir;
    top.ulpi_nxt = pins.nxt;
}

static void lk_top_sample(Top &top, lk_model_virtual_pins &pins)
{
    pins.data_out = top.ulpi_data_out;
    pins.data_oe = top.ulpi_data_oe;
    pins.stp = top.ulpi_stp;
    pins.ulpi_reset = top.ulpi_reset;
}

#include "sim/model/ulpi_top.h"
