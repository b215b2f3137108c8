/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/record/engine_port.h"

#include "base/reader.h"

#include <stdlib.h>
#include <string.h>

/* More than any record and any erasing takes, with a stall in most cycles. */
enum { PATIENCE = 400000, RESET_CYCLES = 4 };

static void step(engine_port *port)
{
    lk_engine_model_step(port->model, &port->pins);
    port->cycles++;
    if (port->watch) {
        port->watch();
    }
}

/* xorshift64: the same stalls in every run. */
static bool stalls(engine_port *port, unsigned share)
{
    port->random ^= port->random << 13;
    port->random ^= port->random >> 7;
    port->random ^= port->random << 17;
    return (port->random >> 32) % 256 < share;
}

static void wait_ready(engine_port *port)
{
    while (port->pins.stream_reset_busy) {
        step(port);
    }
}

bool engine_port_open(engine_port *port, size_t output_capacity)
{
    *port = (engine_port){.random = 0x9e3779b97f4a7c15u, .output_capacity = output_capacity};
    port->model = lk_engine_model_new();
    port->output = malloc(output_capacity);
    if (!port->model || !port->output) {
        engine_port_close(port);
        return false;
    }
    port->pins.reset = true;
    for (int i = 0; i < RESET_CYCLES; i++) {
        step(port);
    }
    port->pins.reset = false;
    step(port);
    wait_ready(port);
    return true;
}

void engine_port_close(engine_port *port)
{
    lk_engine_model_free(port->model);
    free(port->output);
    *port = (engine_port){0};
}

void engine_port_idle(engine_port *port)
{
    port->pins.command_valid = false;
    port->pins.completion_ready = false;
    step(port);
}

/* Keeps the word that the coming edge takes. False when there is no room. */
static bool take(engine_port *port)
{
    if (!port->pins.completion_valid || !port->pins.completion_ready) {
        return true;
    }
    if (port->output_capacity - port->output_length < sizeof(uint32_t)) {
        return false;
    }
    for (unsigned shift = 0; shift < 32; shift += 8) {
        port->output[port->output_length++] = (uint8_t)(port->pins.completion_data >> shift);
    }
    port->completions += port->pins.completion_last;
    return true;
}

bool engine_port_exchange(engine_port *port, const uint8_t *commands, size_t length, size_t completions)
{
    lk_reader reader = lk_reader_over(commands, length);
    uint64_t start = port->cycles, moved = port->cycles;
    bool held = false; /* a word is offered, and stays so until it is taken */
    port->output_length = 0;
    port->completions = 0;
    while (reader.left > 0 || held || port->completions < completions) {
        if (!held && reader.left > 0 && !stalls(port, port->command_stalls)) {
            port->pins.command_data = lk_reader_u32_little(&reader);
            held = true;
        }
        port->pins.command_valid = held;
        port->pins.completion_ready = !stalls(port, port->completion_stalls);
        bool in = held && port->pins.command_ready;
        bool out = port->pins.completion_valid && port->pins.completion_ready;
        if (!take(port) || port->cycles - moved > PATIENCE) {
            return false;
        }
        if (out) {
            port->first_word = port->output_length == sizeof(uint32_t) ? port->cycles - start : port->first_word;
            port->last_word = port->cycles - start;
        }
        moved = in || out ? port->cycles : moved;
        held = held && !in;
        step(port);
    }
    port->pins.command_valid = false;
    port->pins.completion_ready = false;
    return true;
}

void engine_port_drain(engine_port *port, unsigned cycles)
{
    port->pins.command_valid = false;
    port->pins.completion_ready = true;
    for (unsigned i = 0; i < cycles && take(port); i++) {
        step(port);
    }
    port->pins.completion_ready = false;
}

unsigned engine_port_stream_reset(engine_port *port)
{
    uint64_t start = port->cycles;
    port->pins.command_valid = false;
    port->pins.stream_reset = true;
    step(port);
    port->pins.stream_reset = false;
    port->pins.selftest = false;
    wait_ready(port);
    return (unsigned)(port->cycles - start);
}

unsigned engine_port_selftest(engine_port *port)
{
    port->pins.selftest = true;
    return engine_port_stream_reset(port);
}

bool engine_port_stores(const engine_port *port, const uint8_t bytes[sizeof(uint32_t)])
{
    lk_reader reader = lk_reader_over(bytes, sizeof(uint32_t));
    return lk_engine_model_stores(port->model, lk_reader_u32_little(&reader));
}

uint64_t engine_port_fact(engine_port *port, uint8_t address)
{
    port->pins.fact_address = address;
    engine_port_idle(port);
    uint64_t low = port->pins.fact_data;
    port->pins.fact_address = (uint8_t)(address + 1);
    engine_port_idle(port);
    port->pins.fact_address = 0;
    return (uint64_t)port->pins.fact_data << 32 | low;
}
