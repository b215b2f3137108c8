/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/record/engine_model.h"

#include "Vlk_record_engine.h"
#include "Vlk_record_engine___024root.h"

#include <new>
#include <verilated.h>

struct lk_engine_model {
    VerilatedContext context;
    Vlk_record_engine top{&context};
};

lk_engine_model *lk_engine_model_new(void)
{
    return new (std::nothrow) lk_engine_model;
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
    model->top.rootp->lk_record_engine__DOT__self_test__DOT__corrupt_q = ciphers;
}

bool lk_engine_model_stores(const lk_engine_model *model, uint32_t word)
{
    for (uint32_t stored : model->top.rootp->lk_record_engine__DOT__session_table__DOT__memory.m_storage) {
        if (stored == word) {
            return true;
        }
    }
    return false;
}

void lk_engine_model_step(lk_engine_model *model, lk_engine_pins *pins)
{
    Vlk_record_engine &top = model->top;
    top.reset = pins->reset;
    top.command_data = pins->command_data;
    top.command_valid = pins->command_valid;
    top.completion_ready = pins->completion_ready;
    top.stream_reset = pins->stream_reset;
    top.selftest = pins->selftest;
    top.fact_address = pins->fact_address;
    top.clk = 0;
    top.eval();
    top.clk = 1;
    lk_engine_model_settle(model, pins);
}

void lk_engine_model_settle(lk_engine_model *model, lk_engine_pins *pins)
{
    Vlk_record_engine &top = model->top;
    top.eval();
    pins->command_ready = top.command_ready;
    pins->completion_data = top.completion_data;
    pins->completion_valid = top.completion_valid;
    pins->completion_last = top.completion_last;
    pins->stream_reset_busy = top.stream_reset_busy;
    pins->fact_data = top.fact_data;
}
