/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/model/model.h"

#include "sim/model/clocked.h"
#include "sim/model/selftest.h"
#include "Vlk_board_direct.h"
#include "Vlk_board_direct___024root.h"

#include <new>

struct lk_model_direct {
    explicit lk_model_direct(const char *trace) : clocked(trace)
    {
        clocked.clock = &clocked.top->clk;
    }
    lk_clocked<Vlk_board_direct> clocked;
    lk_model_direct_pins pins = {};
    uint32_t failing = lk_selftest_failing();
};

lk_model_direct *lk_model_direct_new(const char *trace)
{
    lk_model_direct *model = new (std::nothrow) lk_model_direct(trace);
    if (model && !model->clocked.writable) {
        delete model;
        return nullptr;
    }
    return model;
}

void lk_model_direct_free(lk_model_direct *model)
{
    delete model;
}

lk_model_direct_pins *lk_model_direct_pins_of(lk_model_direct *model)
{
    return &model->pins;
}

static void drive(Vlk_board_direct &top, const lk_model_direct_pins &pins)
{
    top.reset = pins.reset;
    top.bus_reset = pins.bus_reset;
    top.setup_valid = pins.setup_valid;
    top.setup_packet = pins.setup_packet;
    top.control_in_ready = pins.control_in_ready;
    top.status_done = pins.status_done;
    top.out_data = pins.out_data;
    top.out_valid = pins.out_valid;
    top.in_ready = pins.in_ready;
}

static void sample(const Vlk_board_direct &top, lk_model_direct_pins &pins)
{
    pins.control_in_data = top.control_in_data;
    pins.control_in_valid = top.control_in_valid;
    pins.control_in_last = top.control_in_last;
    pins.control_done = top.control_done;
    pins.control_stall = top.control_stall;
    pins.configured = top.configured;
    pins.out_halted = top.out_halted;
    pins.in_halted = top.in_halted;
    pins.stream_reset = top.stream_reset;
    pins.out_ready = top.out_ready;
    pins.in_valid = top.in_valid;
    pins.in_last = top.in_last;
    pins.in_data = top.in_data;
}

void lk_model_direct_step(lk_model_direct *model)
{
    drive(*model->clocked.top, model->pins);
    model->clocked.top->rootp->lk_board_direct__DOT__engine__DOT__self_test__DOT__corrupt_q = model->failing;
    model->clocked.step();
    sample(*model->clocked.top, model->pins);
}

uint64_t lk_model_direct_cycles(const lk_model_direct *model)
{
    return model->clocked.cycles;
}
