/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/crypto/chacha_model.h"

#include "Vlk_test_chacha.h"

#include "rtl/crypto/model.hpp"

enum { POLY_BLOCK = 16, PATIENCE = 400000 };

struct chacha_model : clocked_model<Vlk_test_chacha> {
};

chacha_model *chacha_model_new(void)
{
    chacha_model *model = new (std::nothrow) chacha_model;
    if (model) {
        model->reset();
        model->wait_while(model->top.key_busy);
        model->wait_while(model->top.pair_busy);
    }
    return model;
}

void chacha_model_free(chacha_model *model)
{
    end_model(model);
}

void chacha_model_key(chacha_model *model, const uint8_t key[CHACHA_KEY])
{
    give_key(model, model->top.key_word_valid, key, CHACHA_KEY);
    model->wait_while(model->top.key_busy);
}

unsigned chacha_model_wipe(chacha_model *model)
{
    model->top.key_wipe = 1;
    model->step();
    model->top.key_wipe = 0;
    unsigned cycles = 1 + model->wait_while(model->top.key_busy);
    model->wait_while(model->top.pair_busy);
    return cycles;
}

bool chacha_model_leftover(chacha_model *model)
{
    model->top.eval();
    return model->top.leftover;
}

/* The nonce, and the last two bytes of the one after it. */
static void give_nonce(chacha_model *model, const uint8_t *nonce, const uint8_t *next)
{
    to_vector(nonce, 3, model->top.nonce);
    model->top.next_nonce = next ? (uint16_t)(next[10] << 8 | next[11]) : (uint16_t) ~(nonce[10] << 8 | nonce[11]);
}

unsigned chacha_model_blocks(chacha_model *model, const uint8_t nonce[CHACHA_NONCE], const uint8_t *next,
                             uint32_t counter, uint32_t blocks, unsigned pause, uint8_t *out)
{
    Vlk_test_chacha &top = model->top;
    unsigned cycles = 1;
    give_nonce(model, nonce, next);
    top.blocks = (uint16_t)(counter + blocks);
    top.chacha_start = 1;
    model->step();
    top.chacha_start = 0;
    for (size_t taken = 0; taken < (size_t)blocks * CHACHA_BLOCK && cycles < PATIENCE;) {
        for (unsigned i = 0; i < pause; i++, cycles++) {
            model->step();
        }
        top.word_taken = 1;
        top.block_taken = counter > 0;
        top.eval();
        if (top.word_valid && counter > 0) {
            counter--;
        } else if (top.word_valid) {
            for (int shift = 24; shift >= 0; shift -= 8) {
                out[taken++] = (uint8_t)(top.word >> shift);
            }
        }
        model->step();
        cycles++;
        top.word_taken = 0;
    }
    return cycles;
}

void chacha_model_rest(chacha_model *model, unsigned cycles)
{
    for (unsigned i = 0; i < cycles; i++) {
        model->step();
    }
}

static void to_block(const uint8_t *bytes, size_t length, VlWide<5> &block)
{
    uint8_t filled[4 * 5] = {0};
    for (size_t i = 0; i < length; i++) {
        filled[i] = bytes[i];
    }
    filled[length] = 1;
    for (int word = 0; word < 5; word++) {
        const uint8_t *at = filled + 4 * word;
        block[word] = (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
    }
}

unsigned chacha_model_poly1305(chacha_model *model, const uint8_t key[CHACHA_KEY], const uint8_t *message,
                               size_t length, uint8_t tag[CHACHA_TAG])
{
    Vlk_test_chacha &top = model->top;
    unsigned cycles = 0;
    top.poly_word_valid = 1;
    for (int i = 0; i < CHACHA_KEY; i += 4) {
        top.poly_word = word_of(key + i);
        model->step();
    }
    top.poly_word_valid = 0;
    for (size_t done = 0; done < length; done += POLY_BLOCK) {
        size_t here = length - done < POLY_BLOCK ? length - done : POLY_BLOCK;
        to_block(message + done, here, top.block);
        top.block_last = done + here == length;
        top.block_valid = 1;
        for (; !top.block_ready; cycles++) {
            model->step();
        }
        model->step();
        cycles++;
        top.block_valid = 0;
    }
    for (; !top.poly_tag_valid && cycles < PATIENCE; cycles++) {
        model->step();
    }
    for (int i = 0; i < CHACHA_TAG; i++) {
        tag[i] = (uint8_t)(top.poly_tag[i / 4] >> (8 * (i % 4)));
    }
    return cycles;
}

static void begin(chacha_model *model, const chacha_message *message)
{
    Vlk_test_chacha &top = model->top;
    uint8_t aad[CHACHA_AAD_MAX + 1] = {0};
    for (size_t i = 0; i < message->aad_length; i++) {
        aad[i] = message->aad[i];
    }
    give_nonce(model, message->nonce, message->next);
    to_vector(aad, 4, top.aad);
    top.aad_bytes = (uint8_t)message->aad_length;
    top.data_bytes = (uint16_t)message->length;
    top.decrypt = message->decrypt;
    top.start = 1;
    model->step();
    top.start = 0;
}

bool chacha_model_message(chacha_model *model, const chacha_message *message, uint8_t *out, uint8_t tag[CHACHA_TAG],
                          chacha_cycles *cycles)
{
    Vlk_test_chacha &top = model->top;
    size_t moved = 0;
    unsigned now = 1;
    *cycles = chacha_cycles{0, 0, 0};
    begin(model, message);
    for (; !(top.tag_valid && moved == message->length) && now < PATIENCE; now++) {
        top.data_valid = moved < message->length && !model->stalls(message->stalls);
        top.data_in = top.data_valid ? message->data[moved] : 0xa5;
        top.eval();
        if (top.data_valid && top.data_ready) {
            if (top.data_last != (moved + 1 == message->length) || top.data_done) {
                return false;
            }
            cycles->first = moved == 0 ? now : cycles->first;
            cycles->last = now;
            out[moved++] = top.data_out;
        }
        model->step();
        top.data_valid = 0;
    }
    cycles->tag = now;
    from_vector(top.tag, 0, CHACHA_TAG / 4, tag);
    return top.tag_valid && top.data_done;
}

void chacha_model_abandon(chacha_model *model, const uint8_t nonce[CHACHA_NONCE], unsigned cycles)
{
    const uint8_t aad[1] = {7};
    const chacha_message message = {nonce, nullptr, aad, 1, nullptr, 1000, false, 0};
    begin(model, &message);
    model->top.data_in = 0x3c;
    model->top.data_valid = 1;
    for (unsigned i = 0; i < cycles; i++) {
        model->step();
    }
    model->top.data_valid = 0;
}

unsigned chacha_model_pair_key(chacha_model *model, chacha_pair_user user, const uint8_t key[CHACHA_KEY])
{
    model->top.pair_chacha = user == CHACHA_PAIR_CHACHA;
    model->top.pair_lend = user == CHACHA_PAIR_CBC;
    give_key(model, model->top.pair_word_valid, key, CHACHA_KEY);
    return CHACHA_KEY / 4 + model->wait_while(model->top.pair_busy);
}

unsigned chacha_model_pair_holds(chacha_model *model)
{
    model->top.eval();
    return (model->top.aes_leftover ? CHACHA_PAIR_HOLDS_AES : 0u) |
           (model->top.gcm_leftover ? CHACHA_PAIR_HOLDS_GCM : 0u) |
           (model->top.chacha_leftover ? CHACHA_PAIR_HOLDS_CHACHA : 0u);
}
