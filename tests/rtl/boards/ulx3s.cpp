/* SPDX-License-Identifier: Apache-2.0 */
/* The ULX3S at its pins. It has no reset: it comes up by itself, from what its bitstream sets. */
#include "sim/model/model.h"

#include "sim/model/clocked.h"
#include "sim/model/selftest.h"
#include "Vlk_ulx3s_pins.h"
#include "Vlk_ulx3s_pins___024root.h"

#include <new>

struct lk_model_full_speed {
    explicit lk_model_full_speed(const char *trace) : clocked(trace)
    {
        clocked.clock = &clocked.top->oscillator;
    }
    lk_clocked<Vlk_ulx3s_pins> clocked;
    lk_model_full_speed_pins pins = {};
    uint32_t failing = lk_selftest_failing();
};

lk_model_full_speed *lk_model_full_speed_new(const char *trace)
{
    lk_model_full_speed *model = new (std::nothrow) lk_model_full_speed(trace);
    if (model && !model->clocked.writable) {
        delete model;
        return nullptr;
    }
    return model;
}

void lk_model_full_speed_free(lk_model_full_speed *model)
{
    delete model;
}

lk_model_full_speed_pins *lk_model_full_speed_pins_of(lk_model_full_speed *model)
{
    return &model->pins;
}

void lk_model_full_speed_step(lk_model_full_speed *model)
{
    Vlk_ulx3s_pins &top = *model->clocked.top;
    lk_model_full_speed_pins &pins = model->pins;
    top.dp_in = pins.dp_in;
    top.dm_in = pins.dm_in;
    top.rootp->lk_ulx3s_pins__DOT__chip__DOT__board__DOT__core__DOT__engine__DOT__self_test__DOT__corrupt_q =
        model->failing;
    model->clocked.step();
    pins.dp_out = top.dp_out;
    pins.dm_out = top.dm_out;
    pins.output_enable = top.output_enable;
    pins.pull_up = top.pull_up;
    pins.lights = top.led;
}

uint64_t lk_model_full_speed_cycles(const lk_model_full_speed *model)
{
    return model->clocked.cycles;
}
