/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/model/model.h"

#include "sim/model/clocked.h"
#include "sim/model/selftest.h"
#include "Vlk_board_virtual.h"
#include "Vlk_board_virtual___024root.h"

#include <new>

struct lk_model_virtual {
    explicit lk_model_virtual(const char *trace) : clocked(trace)
    {
        clocked.clock = &clocked.top->ulpi_clk;
    }
    lk_clocked<Vlk_board_virtual> clocked;
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
    Vlk_board_virtual &top = *model->clocked.top;
    lk_model_virtual_pins &pins = model->pins;
    top.reset = pins.reset;
    top.ulpi_data_in = pins.data_in;
    top.ulpi_dir = pins.dir;
    top.ulpi_nxt = pins.nxt;
    top.rootp->lk_board_virtual__DOT__engine__DOT__self_test__DOT__corrupt_q = model->failing;
    model->clocked.step();
    pins.data_out = top.ulpi_data_out;
    pins.data_oe = top.ulpi_data_oe;
    pins.stp = top.ulpi_stp;
    pins.ulpi_reset = top.ulpi_reset;
}

uint64_t lk_model_virtual_cycles(const lk_model_virtual *model)
{
    return model->clocked.cycles;
}
