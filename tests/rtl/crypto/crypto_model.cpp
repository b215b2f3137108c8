/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/crypto/crypto_model.h"

#include "Vlk_test_crypto.h"

#include "rtl/crypto/model.hpp"

struct crypto_model : clocked_model<Vlk_test_crypto> {
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

unsigned crypto_model_encrypt(crypto_model *model, const uint8_t in[CRYPTO_BLOCK], uint8_t out[CRYPTO_BLOCK])
{
    unsigned cycles = 1;
    to_vector(in, CRYPTO_BLOCK / 4, model->top.aes_in);
    model->top.aes_start = 1;
    model->step();
    model->top.aes_start = 0;
    for (; model->top.aes_busy; cycles++) {
        model->step();
    }
    from_vector(model->top.aes_out, 0, CRYPTO_BLOCK / 4, out);
    return cycles;
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
