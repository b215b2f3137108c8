/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/model/model.h"

#include "sim/model/clocked.h"
#include "sim/model/selftest.h"
#include "Vlk_board_ft601.h"
#include "Vlk_board_ft601___024root.h"

#include <new>

enum { LINK_MEGAHERTZ = 100, ENGINE_MEGAHERTZ = 70 };

struct lk_model_ft601 {
    explicit lk_model_ft601(const char *trace) : clocked(trace)
    {
        clocked.clock = &clocked.top->link_clk;
    }
    lk_clocked<Vlk_board_ft601> clocked;
    lk_model_ft601_pins pins = {};
    uint32_t failing = lk_selftest_failing();
    unsigned phase = 0; /* of the engine's clock */
};

lk_model_ft601 *lk_model_ft601_new(const char *trace)
{
    lk_model_ft601 *model = new (std::nothrow) lk_model_ft601(trace);
    if (model && !model->clocked.writable) {
        delete model;
        return nullptr;
    }
    return model;
}

void lk_model_ft601_free(lk_model_ft601 *model)
{
    delete model;
}

lk_model_ft601_pins *lk_model_ft601_pins_of(lk_model_ft601 *model)
{
    return &model->pins;
}

/* The engine's edges since the last one of the link. */
static void engine_step(lk_model_ft601 *model)
{
    Vlk_board_ft601 &top = *model->clocked.top;
    top.rootp->lk_board_ft601__DOT__engine__DOT__engine__DOT__self_test__DOT__corrupt_q = model->failing;
    model->phase += ENGINE_MEGAHERTZ;
    if (model->phase < LINK_MEGAHERTZ)
        return;
    model->phase -= LINK_MEGAHERTZ;
    top.clk = 1;
    top.eval();
    top.clk = 0;
    top.eval();
}

void lk_model_ft601_step(lk_model_ft601 *model)
{
    Vlk_board_ft601 &top = *model->clocked.top;
    lk_model_ft601_pins &pins = model->pins;
    top.link_reset = pins.reset;
    top.rxf = pins.rxf;
    top.txe = pins.txe;
    top.data_in = pins.data_in;
    top.be_in = pins.be_in;
    engine_step(model);
    model->clocked.step();
    pins.data_out = top.data_out;
    pins.data_oe = top.data_oe;
    pins.oe = top.oe;
    pins.rd = top.rd;
    pins.wr = top.wr;
}

uint64_t lk_model_ft601_cycles(const lk_model_ft601 *model)
{
    return model->clocked.cycles;
}
