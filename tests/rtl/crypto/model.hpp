/* SPDX-License-Identifier: Apache-2.0 */
/* What the models of this folder share: a clock, and bytes in the order in which the hardware has them. */
#ifndef LK_TESTS_RTL_CRYPTO_MODEL_HPP
#define LK_TESTS_RTL_CRYPTO_MODEL_HPP

#include <cstddef>
#include <cstdint>
#include <new>
#include <verilated.h>

/** A Verilated module with one clock and a reset. */
template <class Top> struct clocked_model {
    VerilatedContext context;
    Top top{&context};
    uint64_t random = 0x9e3779b97f4a7c15u;

    void step()
    {
        top.clk = 0;
        top.eval();
        top.clk = 1;
        top.eval();
    }

    void reset()
    {
        top.reset = 1;
        step();
        top.reset = 0;
        step();
    }

    /** Steps while that output is set; returns for how many cycles. */
    template <class Signal> unsigned wait_while(const Signal &signal)
    {
        unsigned cycles = 0;
        for (; signal; cycles++) {
            step();
        }
        return cycles;
    }

    /** True in that share of 256 cycles: xorshift64, the same in every run. */
    bool stalls(unsigned share)
    {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        return (random >> 32) % 256 < share;
    }
};

/** The body of a model's free function. */
template <class Model> void end_model(Model *model)
{
    if (model) {
        model->top.final();
    }
    delete model;
}

static inline uint32_t word_of(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/** A vector whose highest byte is the first; Verilator keeps the lowest word first. */
template <class Vector> void to_vector(const uint8_t *bytes, int words, Vector &vector)
{
    for (int word = 0; word < words; word++) {
        vector[word] = word_of(bytes + 4 * (words - 1 - word));
    }
}

/** The bytes of so many words of a vector, from that word up, the highest byte first. */
template <class Vector> void from_vector(const Vector &vector, int first_word, int words, uint8_t *bytes)
{
    for (int i = 0; i < 4 * words; i++) {
        bytes[i] = (uint8_t)(vector[first_word + words - 1 - i / 4] >> (24 - 8 * (i % 4)));
    }
}

/** Gives a key, word by word, to a module's ports key_word and the valid one of that name. */
template <class Model, class Signal> void give_key(Model *model, Signal &valid, const uint8_t *key, size_t length)
{
    valid = 1;
    for (size_t i = 0; i < length; i += 4) {
        model->top.key_word = word_of(key + i);
        model->step();
    }
    valid = 0;
    model->top.key_word = 0;
}

#endif
