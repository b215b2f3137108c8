/* SPDX-License-Identifier: Apache-2.0 */
/* What both tops share: a Verilated top with one clock, a context of its own, and a trace when one is asked for. */
#ifndef LK_SIM_CLOCKED_H
#define LK_SIM_CLOCKED_H

#include <cstdint>
#include <fstream>
#include <memory>
#include <verilated.h>
#include <verilated_fst_c.h>

/* Top: a Verilated class. The owner sets `clock` to its clock input. */
template <class Top> class lk_clocked
{
  public:
    explicit lk_clocked(const char *trace)
    {
        context.randReset(2);
        context.randSeed(1);
        if (trace) {
            writable = static_cast<bool>(std::ofstream(trace));
            context.traceEverOn(true);
        }
        top = std::make_unique<Top>(&context);
        if (trace && writable) {
            recorder = std::make_unique<VerilatedFstC>();
            top->trace(recorder.get(), 99);
            recorder->open(trace);
        }
    }

    ~lk_clocked()
    {
        top->final();
        if (recorder)
            recorder->close();
    }

    /* One cycle: inputs as they are now meet the rising edge. */
    void step()
    {
        rise();
        fall();
    }

    /* The halves of a cycle. */
    void rise()
    {
        edge(1);
        cycles++;
    }

    void fall()
    {
        edge(0);
    }

    VerilatedContext context;
    std::unique_ptr<Top> top;
    CData *clock = nullptr;
    bool writable = true;
    uint64_t cycles = 0;

  private:
    void edge(CData level)
    {
        *clock = level;
        top->eval();
        if (recorder)
            recorder->dump(cycles * 2 + (level ? 0 : 1));
    }

    std::unique_ptr<VerilatedFstC> recorder;
};

#endif
