/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/faults/scene_player.h"

#include "rtl/record/random_source.h"

#include <string.h>

/* PATIENCE: no word moves for so long. LIMIT: an engine that goes on and on. SETTLE: what may still come at the end. */
enum { PATIENCE = 6000, LIMIT = 40000, SETTLE = 300, RESET_CYCLES = 4, RESET_LIMIT = 100000, FACTS = 64 };

static void keep(uint8_t *bytes, size_t *length, uint32_t word)
{
    for (unsigned shift = 0; shift < 32 && *length < PLAYED_BYTES; shift += 8) {
        bytes[(*length)++] = (uint8_t)(word >> shift);
    }
}

/* One cycle; what the edge shows outside is kept. */
static bool cycle(test_session *session, played *result)
{
    engine_port *port = &session->port;
    bool out = port->pins.completion_valid && port->pins.completion_ready;
    if (out) {
        keep(result->completions, &result->completion_length, port->pins.completion_data);
    }
    keep(result->facts, &result->fact_length, port->pins.fact_data);
    port->pins.fact_address = (uint8_t)((port->pins.fact_address + 1) % FACTS);
    lk_engine_model_step(port->model, &port->pins);
    port->cycles++;
    return out;
}

static uint32_t word_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static bool all_came(const scene *shown, const played *result)
{
    return result->completion_length >= shown->completion_length;
}

void scene_play(const scene *shown, test_session *session, uint64_t stalls, disturbance event, played *result)
{
    engine_port *port = &session->port;
    lk_engine_pins *pins = &port->pins;
    random_source source = random_from(stalls);
    uint32_t stall_in = random_below(&source, 3) * 80, stall_out = random_below(&source, 3) * 80;
    size_t at = 0;
    unsigned moved = 0, finished = 0, now = 0;
    bool held = false;
    result->completion_length = result->fact_length = 0;
    for (; now < LIMIT && now - moved < PATIENCE && finished < SETTLE; now++) {
        if (event.stops && event.stops()) {
            break;
        }
        if (event.flipped && now == event.cycle) {
            engine_register_flip(event.flipped, event.bit);
            lk_engine_model_settle(port->model, pins);
        }
        if (!held && at < shown->command_length && random_below(&source, 256) >= stall_in) {
            pins->command_data = word_at(shown->commands + at);
            at += sizeof(uint32_t);
            held = true;
        }
        pins->command_valid = held;
        pins->completion_ready = random_below(&source, 256) >= stall_out;
        bool in = held && pins->command_ready;
        held = held && !in;
        moved = cycle(session, result) || in ? now : moved;
        finished += at == shown->command_length && !held && all_came(shown, result);
    }
    pins->command_valid = false;
    pins->completion_ready = true;
    result->cycles = now;
    result->as_expected = result->completion_length == shown->completion_length &&
                          memcmp(result->completions, shown->completions, shown->completion_length) == 0;
}

bool scene_recover(test_session *session, scene_reset how, played *result)
{
    lk_engine_pins *pins = &session->port.pins;
    pins->reset = how == SCENE_RESET;
    pins->stream_reset = how == SCENE_STREAM_RESET;
    for (int i = 0; i < (how == SCENE_RESET ? RESET_CYCLES : 1); i++) {
        cycle(session, result);
    }
    pins->reset = pins->stream_reset = false;
    for (int i = 0; i < RESET_LIMIT; i++) {
        cycle(session, result);
        if (!pins->stream_reset_busy) {
            return true;
        }
    }
    return false;
}
