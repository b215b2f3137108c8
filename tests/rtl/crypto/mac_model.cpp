/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/crypto/mac_model.h"

#include "Vlk_test_mac.h"

#include "rtl/crypto/model.hpp"

enum { PATIENCE = 200000, DISTURBED_PATIENCE = 1000, WORD = 4 };

struct mac_model : clocked_model<Vlk_test_mac> {
    bool hash_sha256 = false; /* what the hash alone was used for */
};

mac_model *mac_model_new(void)
{
    mac_model *model = new (std::nothrow) mac_model;
    if (model) {
        mac_model_reset(model);
    }
    return model;
}

void mac_model_free(mac_model *model)
{
    end_model(model);
}

size_t mac_model_size(mac_kind kind)
{
    return kind.sha256 ? MAC_SHA256 : MAC_SHA1;
}

static void select(mac_model *model, mac_kind kind)
{
    model->top.sha256 = kind.sha256;
    model->top.ssl3 = kind.ssl3;
}

unsigned mac_model_key(mac_model *model, mac_kind kind, const uint8_t *key)
{
    select(model, kind);
    give_key(model, model->top.key_word_valid, key, mac_model_size(kind));
    return (unsigned)mac_model_size(kind) / WORD + model->wait_while(model->top.key_busy);
}

unsigned mac_model_wipe(mac_model *model)
{
    model->top.key_wipe = 1;
    model->step();
    model->top.key_wipe = 0;
    return 1 + model->wait_while(model->top.key_busy);
}

void mac_model_reset(mac_model *model)
{
    model->reset();
    model->wait_while(model->top.key_busy);
}

bool mac_model_leftover(mac_model *model)
{
    model->top.eval();
    return model->top.working || model->top.kept;
}

bool mac_model_working(mac_model *model)
{
    model->top.eval();
    return model->top.working;
}

void mac_model_memory(mac_model *model, uint8_t memory[MAC_MEMORY])
{
    for (int i = 0; i < MAC_MEMORY; i++) {
        model->top.memory_address = (uint8_t)(i / WORD);
        model->top.eval();
        memory[i] = (uint8_t)(model->top.memory_word >> (24 - 8 * (i % WORD)));
    }
}

static void begin(mac_model *model, mac_kind kind, const mac_message *message)
{
    Vlk_test_mac &top = model->top;
    uint8_t header[4 * WORD] = {0}; /* a vector's unused bits come first */
    for (int i = 0; i < MAC_HEADER; i++) {
        header[(int)sizeof header - MAC_HEADER + i] = message->header[i];
    }
    model->random = 0x9e3779b97f4a7c15u ^ message->seed;
    select(model, kind);
    to_vector(header, sizeof header / WORD, top.header);
    top.data_bytes = (uint16_t)message->length;
    top.stream_bytes = (uint16_t)message->stream;
    top.start = 1;
    model->step();
    top.start = 0;
    to_vector((const uint8_t[sizeof header]){0}, sizeof header / WORD, top.header); /* counts with start alone */
    top.data_bytes = 0;
    top.stream_bytes = 0;
}

/* Offers the next byte, and steps; true when the byte was taken. */
static bool offer(mac_model *model, const mac_message *message, size_t moved)
{
    Vlk_test_mac &top = model->top;
    top.data_valid = moved < message->stream && !model->stalls(message->stalls);
    top.data_in = top.data_valid ? message->data[moved] : 0xa5;
    top.eval();
    bool taken = top.data_valid && top.data_ready;
    model->step();
    top.data_valid = 0;
    return taken;
}

/* Takes the MAC, byte by byte; false when a build with one hash gives another. */
static bool take_mac(mac_model *model, mac_kind kind, uint8_t *mac)
{
    Vlk_test_mac &top = model->top;
    bool agrees = true;
    top.mac_taken = 1;
    for (size_t i = 0; i < mac_model_size(kind); i++) {
        top.eval();
        mac[i] = top.mac_byte;
        agrees = agrees && !top.single_differs;
        model->step();
    }
    top.mac_taken = 0;
    top.eval();
    return agrees;
}

mac_cycles mac_model_message(mac_model *model, mac_kind kind, const mac_message *message, uint8_t *mac)
{
    Vlk_test_mac &top = model->top;
    size_t moved = 0;
    unsigned cycles = 1, first = 0;
    bool agrees = true;
    begin(model, kind, message);
    for (; !top.mac_valid && cycles < PATIENCE; cycles++) {
        agrees = agrees && top.busy && !top.key_busy && !top.single_differs;
        bool taken = offer(model, message, moved);
        first = taken && moved == 0 ? cycles : first;
        moved += taken;
    }
    agrees = agrees && !top.busy && moved == message->stream && take_mac(model, kind, mac);
    return {first, agrees && top.mac_valid ? cycles : 0};
}

bool mac_model_disturbed(mac_model *model, mac_kind kind, const mac_message *message, unsigned cycles,
                         mac_disturbance *disturb, const void *context, uint8_t *mac)
{
    Vlk_test_mac &top = model->top;
    size_t moved = 0;
    begin(model, kind, message);
    for (unsigned i = 0; !top.mac_valid && i < DISTURBED_PATIENCE; i++) {
        if (i == cycles) {
            disturb(context);
            top.eval();
        }
        moved += offer(model, message, moved);
    }
    bool valid = top.mac_valid;
    take_mac(model, kind, mac);
    return valid;
}

void mac_model_abandon(mac_model *model, mac_kind kind, const mac_message *message, unsigned cycles)
{
    size_t moved = 0;
    begin(model, kind, message);
    for (unsigned i = 0; i < cycles; i++) {
        moved += offer(model, message, moved);
    }
}

void mac_model_hash_state(mac_model *model, bool sha256, const uint8_t *state, uint8_t *out)
{
    Vlk_test_mac &top = model->top;
    if (model->hash_sha256 != sha256) {
        model->hash_sha256 = sha256;
        top.hash_reset = 1;
        model->step();
        top.hash_reset = 0;
    }
    top.sha256 = sha256;
    top.hash_initial = state == nullptr;
    top.hash_state_shift = 1;
    for (int i = (sha256 ? MAC_SHA256 : MAC_SHA1) / WORD; i-- > 0;) {
        top.hash_state_index = (uint8_t)i;
        top.hash_state_in = state ? word_of(state + WORD * i) : 0xa5a5a5a5;
        top.eval();
        for (int j = 0; j < WORD; j++) {
            out[WORD * i + j] = (uint8_t)(top.hash_state_out >> (24 - 8 * j));
        }
        model->step();
    }
    top.hash_state_shift = 0;
}

unsigned mac_model_hash_block(mac_model *model, bool sha256, const uint8_t block[MAC_BLOCK], bool discard)
{
    Vlk_test_mac &top = model->top;
    unsigned cycles = 0;
    top.sha256 = sha256;
    top.hash_start = 1;
    top.hash_discard = discard;
    do {
        top.eval();
        top.hash_word = word_of(block + WORD * top.hash_word_index);
        model->step();
        top.hash_start = 0;
        top.hash_discard = 0; /* counts with start alone */
        cycles++;
    } while (!top.hash_ready);
    return cycles;
}
