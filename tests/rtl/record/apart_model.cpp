/* SPDX-License-Identifier: Apache-2.0 */
/* lk_engine_apart at the functions of engine_model.h: a step is a cycle of the link's clock, of 100 MHz; the engine's
 * clock runs beside it. */
#include "rtl/record/engine_model.h"

#include "Vlk_engine_apart.h"
#include "Vlk_engine_apart___024root.h"

#include <cstdlib>
#include <new>
#include <verilated.h>

enum : uint64_t { LINK_PERIOD = 10000, ENGINE_PERIOD = 14286, PICOSECONDS = 1000000 };

struct lk_engine_model {
    VerilatedContext context;
    Vlk_engine_apart top{&context};
    uint64_t now = 0, period = ENGINE_PERIOD, next = ENGINE_PERIOD / 3;

    void engine_edge()
    {
        top.clk = 1;
        top.eval();
        top.clk = 0;
        top.eval();
    }
};

/* LATCHKEY_ENGINE_MHZ is the engine's clock; without it, 70 MHz. */
lk_engine_model *lk_engine_model_new(void)
{
    lk_engine_model *model = new (std::nothrow) lk_engine_model;
    const char *megahertz = std::getenv("LATCHKEY_ENGINE_MHZ");
    if (model && megahertz && std::atof(megahertz) > 1) {
        model->period = (uint64_t)(PICOSECONDS / std::atof(megahertz));
    }
    return model;
}

void lk_engine_model_free(lk_engine_model *model)
{
    if (model) {
        model->top.final();
    }
    delete model;
}

void lk_engine_model_corrupt(lk_engine_model *model, uint32_t ciphers)
{
    model->top.rootp->lk_engine_apart__DOT__engine__DOT__self_test__DOT__corrupt_q = ciphers;
}

bool lk_engine_model_stores(const lk_engine_model *model, uint32_t word)
{
    for (uint32_t stored : model->top.rootp->lk_engine_apart__DOT__engine__DOT__session_table__DOT__memory.m_storage) {
        if (stored == word) {
            return true;
        }
    }
    return false;
}

void lk_engine_model_step(lk_engine_model *model, lk_engine_pins *pins)
{
    Vlk_engine_apart &top = model->top;
    top.link_reset = pins->reset;
    top.command_data = pins->command_data;
    top.command_valid = pins->command_valid;
    top.completion_ready = pins->completion_ready;
    top.stream_reset = pins->stream_reset;
    top.selftest = pins->selftest;
    bool asked = top.fact_address != pins->fact_address;
    top.fact_address = pins->fact_address;
    top.eval();
    for (model->now += LINK_PERIOD; model->next <= model->now; model->next += model->period) {
        model->engine_edge();
        asked = false;
    }
    if (asked) { /* facts are at the engine's clock: who asks waits for an edge of it */
        model->engine_edge();
    }
    top.link_clk = 1;
    top.eval();
    top.link_clk = 0;
    lk_engine_model_settle(model, pins);
}

void lk_engine_model_settle(lk_engine_model *model, lk_engine_pins *pins)
{
    Vlk_engine_apart &top = model->top;
    top.eval();
    pins->command_ready = top.command_ready;
    pins->completion_data = top.completion_data;
    pins->completion_valid = top.completion_valid;
    pins->completion_last = top.completion_last;
    pins->stream_reset_busy = top.stream_reset_busy;
    pins->fact_data = top.fact_data;
}
