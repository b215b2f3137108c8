/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/usb/ft601_loop.h"

#include "sim/model/clocked.h"
#include "sim/model/model.h"
#include "Vlk_ft601.h"

#include <deque>
#include <new>

enum { ROOM = 4096 };

static unsigned stalls_from_host, stalls_to_host;

void ft601_loop_stalls(unsigned from_host, unsigned to_host)
{
    stalls_from_host = from_host;
    stalls_to_host = to_host;
}

struct lk_model_ft601 {
    explicit lk_model_ft601(const char *trace) : clocked(trace)
    {
        clocked.clock = &clocked.top->clk;
    }
    lk_clocked<Vlk_ft601> clocked;
    lk_model_ft601_pins pins = {};
    std::deque<uint32_t> words;
    uint64_t random = 0x9e3779b97f4a7c15u;

    bool goes(unsigned stalls)
    {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        return (random >> 32) % 256 >= stalls;
    }
};

lk_model_ft601 *lk_model_ft601_new(const char *trace)
{
    return new (std::nothrow) lk_model_ft601(trace);
}

void lk_model_ft601_free(lk_model_ft601 *model)
{
    delete model;
}

lk_model_ft601_pins *lk_model_ft601_pins_of(lk_model_ft601 *model)
{
    return &model->pins;
}

static void drive(Vlk_ft601 &top, const lk_model_ft601_pins &pins)
{
    top.reset = pins.reset;
    top.rxf = pins.rxf;
    top.txe = pins.txe;
    top.data_in = pins.data_in;
    top.be_in = pins.be_in;
}

static void sample(const Vlk_ft601 &top, lk_model_ft601_pins &pins)
{
    pins.data_out = top.data_out;
    pins.data_oe = top.data_oe;
    pins.oe = top.oe;
    pins.rd = top.rd;
    pins.wr = top.wr;
}

void lk_model_ft601_step(lk_model_ft601 *model)
{
    Vlk_ft601 &top = *model->clocked.top;
    drive(top, model->pins);
    top.out_ready = model->words.size() < ROOM && model->goes(stalls_from_host);
    if (!top.in_valid)
        top.in_valid = !model->words.empty() && model->goes(stalls_to_host);
    top.in_data = model->words.empty() ? 0 : model->words.front();
    top.eval();
    bool comes = top.out_valid && top.out_ready && !top.reset, goes = top.in_valid && top.in_ready && !top.reset;
    uint32_t word = top.out_data;
    model->clocked.step();
    if (comes)
        model->words.push_back(word);
    if (goes) {
        model->words.pop_front();
        top.in_valid = 0;
    }
    sample(top, model->pins);
}

uint64_t lk_model_ft601_cycles(const lk_model_ft601 *model)
{
    return model->clocked.cycles;
}
