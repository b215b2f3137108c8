/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/stream/crossing_model.h"

#include "Vlk_stream_crossing.h"
#include "Vlk_stream_crossing___024root.h"

#include <memory>
#include <verilated.h>

namespace {

enum : uint64_t { PATIENCE = 100000000, RESET_EDGES = 4, REST_EDGES = 40 };

/* One side's clock: when its next edge comes, and what its count was before the last one. */
struct side {
    uint64_t period, next, last;
    uint32_t count_before;
};

struct crossing {
    VerilatedContext context;
    Vlk_stream_crossing top{&context};
    crossing_run &run;
    side in, out;
    uint64_t now = 0, random = 0x9e3779b97f4a7c15u, begun = 0;
    uint32_t given = 0, taken = 0;

    explicit crossing(crossing_run &wanted)
        : run(wanted), in{wanted.in_period, wanted.in_period, 0, 0}, out{wanted.out_period, wanted.out_period / 3, 0, 0}
    {
    }

    uint32_t chance()
    {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        return (uint32_t)(random >> 32);
    }

    /* What a register sees of a count that changed just before: of each bit, the old or the new value. */
    uint32_t seen(const side &other, uint32_t count)
    {
        if (now - other.last >= run.window || other.count_before == count) {
            return count;
        }
        run.uncertain++;
        uint32_t bits = chance();
        return (other.count_before & bits) | (count & ~bits);
    }

    void in_edge()
    {
        auto *inside = top.rootp;
        in.count_before = inside->lk_stream_crossing__DOT__tail_gray_q;
        uint32_t head = seen(out, inside->lk_stream_crossing__DOT__head_gray_q);
        bool moves = top.in_valid && top.in_ready;
        top.in_clk = 1;
        top.eval();
        inside->lk_stream_crossing__DOT__head_first_q = (unsigned char)head;
        top.in_clk = 0;
        begun = moves && given == 0 ? now : begun;
        given += moves;
        in.last = now;
        in.next += in.period;
        top.in_valid = (top.in_valid && !moves) || (given < run.words && chance() % 256 >= run.in_stalls);
        top.in_data = given;
        top.eval();
    }

    /* False when a word is wrong. */
    bool out_edge()
    {
        auto *inside = top.rootp;
        out.count_before = inside->lk_stream_crossing__DOT__head_gray_q;
        uint32_t tail = seen(in, inside->lk_stream_crossing__DOT__tail_gray_q);
        bool moves = top.out_valid && top.out_ready, good = !moves || top.out_data == taken;
        top.out_clk = 1;
        top.eval();
        inside->lk_stream_crossing__DOT__tail_first_q = (unsigned char)tail;
        top.out_clk = 0;
        taken += moves;
        run.duration = moves ? now - begun : run.duration;
        out.last = now;
        out.next += out.period;
        top.out_ready = chance() % 256 >= run.out_stalls;
        top.eval();
        return good;
    }

    bool edge()
    {
        bool is_in = in.next <= out.next;
        now = is_in ? in.next : out.next;
        return is_in ? (in_edge(), true) : out_edge();
    }

    void reset()
    {
        top.in_reset = 1;
        top.out_reset = 1;
        top.in_valid = 0;
        top.out_ready = 0;
        for (uint64_t end = now + RESET_EDGES * (in.period + out.period); now < end;) {
            edge();
            top.in_valid = 0;
        }
        top.in_reset = 0;
        top.out_reset = 0;
        given = 0;
        taken = 0;
        top.in_data = 0;
        top.eval();
    }

    bool go()
    {
        reset();
        for (uint32_t resets = run.reset_after > 0; taken < run.words;) {
            if (!edge() || now > PATIENCE * 1000) {
                return false;
            }
            if (resets > 0 && taken >= run.reset_after) {
                reset();
                resets--;
            }
        }
        for (uint64_t i = 0; i < REST_EDGES; i++) {
            edge();
        }
        return taken == run.words;
    }
};

} // namespace

bool crossing_model_run(crossing_run *run)
{
    auto model = std::make_unique<crossing>(*run);
    bool good = model->go();
    model->top.final();
    return good;
}
