/* SPDX-License-Identifier: Apache-2.0 */
/* Both streams of a simulated engine: commands go in as bytes, completions come out as bytes, with as much back
 * pressure as asked for. */
#ifndef LK_TESTS_ENGINE_PORT_H
#define LK_TESTS_ENGINE_PORT_H

#include "rtl/record/engine_model.h"

#include <stddef.h>

typedef struct engine_port {
    lk_engine_model *model;
    lk_engine_pins pins;
    uint64_t cycles;
    void (*watch)(void); /* called after each cycle; NULL: nobody watches */
    /* Of 256 cycles, how many offer no command word, and how many take no completion word. */
    unsigned command_stalls;
    unsigned completion_stalls;
    uint64_t random; /* state of the generator that places the stalls */
    /* What has come since the last exchange began. */
    uint8_t *output;
    size_t output_capacity;
    size_t output_length;
    size_t completions;
    /* Cycles, counted from the start of the exchange, at which the first and the last word of output was taken. */
    uint64_t first_word, last_word;
} engine_port;

/** A port to a new engine, out of reset and ready for commands. False when memory is short. */
bool engine_port_open(engine_port *port, size_t output_capacity);

/** A port that was never opened is allowed when it is zero. */
void engine_port_close(engine_port *port);

/** One cycle with no command and no completion taken. */
void engine_port_idle(engine_port *port);

/**
 * Sends the commands (length is a multiple of 4) and takes output until that many completions are whole. False when
 * nothing moves for long, or the output does not fit.
 */
bool engine_port_exchange(engine_port *port, const uint8_t *commands, size_t length, size_t completions);

/** Takes no input and all output for that many cycles, and adds it to the output. */
void engine_port_drain(engine_port *port, unsigned cycles);

/** Pulses stream_reset and waits until it is finished; returns how many cycles that took. */
unsigned engine_port_stream_reset(engine_port *port);

/** The same with the selftest. */
unsigned engine_port_selftest(engine_port *port);

/** Whether these four bytes are a word of the session table. */
bool engine_port_stores(const engine_port *port, const uint8_t bytes[sizeof(uint32_t)]);

/** Reads a pair of fact words. */
uint64_t engine_port_fact(engine_port *port, uint8_t address);

#endif
