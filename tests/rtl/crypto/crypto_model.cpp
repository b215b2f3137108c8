/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/crypto/crypto_model.h"

#include "Vlk_test_crypto.h"

#include "rtl/crypto/model.hpp"

struct crypto_model : clocked_model<Vlk_test_crypto> {
    uint64_t random = 0x9e3779b97f4a7c15u;

    /* xorshift64: the same stalls in every run. */
    bool stalls(unsigned share)
    {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        return (random >> 32) % 256 < share;
    }
};

crypto_model *crypto_model_new(void)
{
    crypto_model *model = new (std::nothrow) crypto_model;
    if (model) {
        model->reset();
        model->wait_while(model->top.key_busy);
    }
    return model;
}

void crypto_model_free(crypto_model *model)
{
    end_model(model);
}

unsigned crypto_model_key(crypto_model *model, const uint8_t *key, size_t length)
{
    model->top.key_long = length == CRYPTO_KEY_LONG;
    give_key(model, model->top.key_word_valid, key, length);
    model->top.key_long = 0; /* counts with the words alone */
    return (unsigned)length / 4 + model->wait_while(model->top.key_busy);
}

void crypto_model_wipe(crypto_model *model)
{
    model->top.key_wipe = 1;
    model->step();
    model->top.key_wipe = 0;
    model->wait_while(model->top.key_busy);
}

void crypto_model_round_key(crypto_model *model, uint8_t round, uint8_t round_key[CRYPTO_BLOCK])
{
    model->top.round = round;
    model->top.eval();
    from_vector(model->top.round_key, 0, CRYPTO_BLOCK / 4, round_key);
}

static unsigned run_aes(crypto_model *model, bool decrypt, const uint8_t *in, uint8_t *out)
{
    unsigned cycles = 1;
    to_vector(in, CRYPTO_BLOCK / 4, model->top.aes_in);
    model->top.aes_start = 1;
    model->top.aes_decrypt = decrypt;
    model->step();
    model->top.aes_start = 0;
    for (; model->top.aes_busy; cycles++) {
        model->step();
    }
    model->top.aes_decrypt = 0;
    from_vector(model->top.aes_out, 0, CRYPTO_BLOCK / 4, out);
    return cycles;
}

unsigned crypto_model_encrypt(crypto_model *model, const uint8_t in[CRYPTO_BLOCK], uint8_t out[CRYPTO_BLOCK])
{
    return run_aes(model, false, in, out);
}

unsigned crypto_model_decrypt(crypto_model *model, const uint8_t in[CRYPTO_BLOCK], uint8_t out[CRYPTO_BLOCK])
{
    return run_aes(model, true, in, out);
}

unsigned crypto_model_cbc(crypto_model *model, const crypto_cbc *message, const uint8_t *in, size_t length,
                          uint8_t *out, uint8_t last[CRYPTO_BLOCK])
{
    Vlk_test_crypto &top = model->top;
    top.cbc = 1;
    top.cbc_decrypt = message->decrypt;
    top.cbc_start = 1;
    model->step();
    top.cbc_start = 0;
    size_t sent = 0, received = 0;
    unsigned cycles = 0;
    for (; received < length; cycles++) {
        top.cbc_in_valid = sent < CRYPTO_BLOCK + length && !model->stalls(message->in_stalls);
        top.cbc_in = !top.cbc_in_valid ? 0xee : sent < CRYPTO_BLOCK ? message->iv[sent] : in[sent - CRYPTO_BLOCK];
        top.cbc_out_ready = !model->stalls(message->out_stalls);
        top.eval();
        sent += top.cbc_in_valid && top.cbc_in_ready;
        if (top.cbc_out_valid && top.cbc_out_ready) {
            out[received++] = top.cbc_out;
        }
        model->step();
    }
    top.cbc_in_valid = 0;
    top.cbc_out_ready = 0;
    top.cbc_last_shift = 1;
    for (int i = 0; i < CRYPTO_BLOCK; i++) {
        last[i] = top.cbc_last_byte;
        model->step();
    }
    top.cbc_last_shift = 0;
    top.cbc = 0;
    return cycles;
}

void crypto_model_gcm_key(crypto_model *model, const uint8_t *key, size_t length)
{
    model->top.key_long = length == CRYPTO_KEY_LONG;
    give_key(model, model->top.gcm_key_valid, key, length);
    model->top.key_long = 0;
    model->wait_while(model->top.gcm_key_busy);
}

void crypto_model_gcm(crypto_model *model, const crypto_gcm *message, const uint8_t *in, size_t length, uint8_t *out,
                      uint8_t tag[CRYPTO_BLOCK])
{
    Vlk_test_crypto &top = model->top;
    uint8_t aad[CRYPTO_BLOCK] = {0};
    size_t moved = 0;
    for (size_t i = 0; i < message->aad_length; i++) {
        aad[i] = message->aad[i];
    }
    to_vector(message->nonce, CRYPTO_NONCE / 4, top.gcm_nonce);
    to_vector(aad, CRYPTO_BLOCK / 4, top.gcm_aad);
    top.gcm_aad_bytes = (uint8_t)message->aad_length;
    top.gcm_bytes = (uint16_t)length;
    top.gcm_decrypt = message->decrypt;
    top.gcm_start = 1;
    model->step();
    top.gcm_start = 0;
    while (moved < length || !top.gcm_tag_valid) {
        top.gcm_in_valid = moved < length;
        top.gcm_in = moved < length ? in[moved] : 0xee;
        top.eval();
        if (top.gcm_in_valid && top.gcm_in_ready) {
            out[moved++] = top.gcm_out;
        }
        model->step();
    }
    top.gcm_in_valid = 0;
    from_vector(top.gcm_tag, 0, CRYPTO_BLOCK / 4, tag);
}

void crypto_model_ghash(crypto_model *model, const uint8_t hash_key[CRYPTO_BLOCK], const uint8_t *blocks, size_t count,
                        uint8_t hashes[CRYPTO_DIGITS][CRYPTO_BLOCK], unsigned *cycles)
{
    Vlk_test_crypto &top = model->top;
    to_vector(hash_key, CRYPTO_BLOCK / 4, top.hash_key);
    *cycles = 0;
    for (size_t i = 0; i < count; i++) {
        for (; top.block_ready != (1u << CRYPTO_DIGITS) - 1; ++*cycles) {
            model->step();
        }
        to_vector(blocks + CRYPTO_BLOCK * i, CRYPTO_BLOCK / 4, top.block);
        top.first = i == 0;
        top.block_valid = 1;
        model->step();
        top.block_valid = 0;
        ++*cycles;
    }
    for (; top.hash_busy != 0; ++*cycles) {
        model->step();
    }
    for (int digit = 0; digit < CRYPTO_DIGITS; digit++) {
        from_vector(top.hash, CRYPTO_BLOCK / 4 * digit, CRYPTO_BLOCK / 4, hashes[digit]);
    }
}
