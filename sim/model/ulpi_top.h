/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The C functions of model.h over one Verilated top with a ULPI PHY: the virtual board, or a real board's top with its
 * own pins. The file that includes this one names the class as Top, and says how it is clocked and where its pins are:
 *   lk_top_clock(top)         the clock input that it runs on
 *   lk_top_phy_clock(top)     the level of the PHY's clock: that input, or an output of the top
 *   lk_top_drive(top, pins)   its inputs, before the edge
 *   lk_top_sample(top, pins)  its outputs, after it
 *   lk_top_corrupt(top)       the register by which a selftest fails
 */
#ifndef LK_SIM_ULPI_TOP_H
#define LK_SIM_ULPI_TOP_H

#include "sim/model/clocked.h"
#include "sim/model/model.h"
#include "sim/model/selftest.h"

#include <new>

struct lk_model_virtual {
    explicit lk_model_virtual(const char *trace) : clocked(trace)
    {
        clocked.clock = lk_top_clock(*clocked.top);
    }
    lk_clocked<Top> clocked;
    lk_model_virtual_pins pins = {};
    uint32_t failing = lk_selftest_failing();
};

lk_model_virtual *lk_model_virtual_new(const char *trace)
{
    lk_model_virtual *model = new (std::nothrow) lk_model_virtual(trace);
    if (model && !model->clocked.writable) {
        delete model;
        return nullptr;
    }
    return model;
}

void lk_model_virtual_free(lk_model_virtual *model)
{
    delete model;
}

lk_model_virtual_pins *lk_model_virtual_pins_of(lk_model_virtual *model)
{
    return &model->pins;
}

void lk_model_virtual_step(lk_model_virtual *model)
{
    Top &top = *model->clocked.top;
    lk_top_drive(top, model->pins);
    lk_top_corrupt(top) = model->failing;
    model->clocked.rise();
    bool high = lk_top_phy_clock(top);
    model->clocked.fall();
    model->pins.clocked = high && !lk_top_phy_clock(top);
    lk_top_sample(top, model->pins);
}

uint64_t lk_model_virtual_cycles(const lk_model_virtual *model)
{
    return model->clocked.cycles;
}

#endif
