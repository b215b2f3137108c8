/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>

#include <stdlib.h>
#include <string.h>

void support_fill(uint8_t *bytes, size_t length, uint32_t seed)
{
    uint32_t state = seed * 2654435761u + 1;
    for (size_t i = 0; i < length; i++) {
        state = state * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(state >> 24);
    }
}

lk_direction_parameters support_parameters(lk_direction_kind kind, uint16_t version, const lk_cipher *cipher,
                                           uint8_t seed)
{
    lk_direction_parameters parameters = {.kind = kind, .version = version, .cipher = cipher};
    support_fill(parameters.key, cipher->key_length, seed);
    support_fill(parameters.mac_key, cipher->mac_key_length, seed + 500u);
    support_fill(parameters.iv, lk_record_iv_length(version, cipher), seed + 1000u);
    return parameters;
}

lk_engine *support_software(void)
{
    lk_engine *engine;
    cr_assert_eq(lk_engine_software_new(&engine), LK_OK);
    (void)lk_engine_software_load_legacy(engine); /* tests of RC4 look whether it is there */
    return engine;
}

lk_direction *support_open(lk_engine *engine, const lk_direction_parameters *parameters)
{
    lk_direction *direction;
    lk_error error = lk_engine_open(engine, parameters, &direction);
    cr_assert_eq(error, LK_OK, "%s", lk_error_name(error));
    return direction;
}

lk_error support_run(lk_direction *direction, lk_operation *operation)
{
    operation->state = LK_OPERATION_IDLE;
    lk_operation *batch[] = {operation};
    size_t accepted;
    lk_error error = lk_direction_submit(direction, batch, 1, &accepted);
    cr_assert_eq(error, LK_OK, "%s", lk_error_name(error));
    cr_assert_eq(accepted, 1);
    for (int i = 0; operation->state != LK_OPERATION_DONE; i++) {
        cr_assert_lt(i, 1000, "the engine never finishes");
        cr_assert_eq(lk_engine_progress(direction->engine, 10), LK_OK);
    }
    return operation->status;
}

static size_t put(uint8_t *to, uint64_t value, size_t length)
{
    for (size_t i = 0; i < length; i++)
        to[i] = (uint8_t)(value >> (8 * (length - 1 - i)));
    return length;
}

static const char *reference_name(lk_cipher_id id)
{
    switch (id) {
    case LK_CIPHER_AES_128_GCM:
        return "AES-128-GCM";
    case LK_CIPHER_AES_256_GCM:
        return "AES-256-GCM";
    case LK_CIPHER_CHACHA20_POLY1305:
        return "ChaCha20-Poly1305";
    case LK_CIPHER_AES_128_CCM:
    case LK_CIPHER_AES_128_CCM_8:
        return "AES-128-CCM";
    default:
        cr_assert_fail("no AEAD");
        return NULL;
    }
}

static void reference_encrypt(const lk_cipher *cipher, const uint8_t *key, const uint8_t *nonce, const uint8_t *data,
                              size_t data_length, const uint8_t *plaintext, size_t length, uint8_t *output)
{
    const char *name = reference_name(cipher->id);
    bool ccm = strcmp(name, "AES-128-CCM") == 0;
    EVP_CIPHER *algorithm = EVP_CIPHER_fetch(NULL, name, NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int count;
    cr_assert(algorithm && context);
    cr_assert_eq(EVP_EncryptInit_ex2(context, algorithm, NULL, NULL, NULL), 1);
    cr_assert_eq(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, 12, NULL), 1);
    if (ccm)
        cr_assert_eq(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, cipher->tag_length, NULL), 1);
    cr_assert_eq(EVP_EncryptInit_ex2(context, NULL, key, nonce, NULL), 1);
    if (ccm)
        cr_assert_eq(EVP_EncryptUpdate(context, NULL, &count, NULL, (int)length), 1);
    cr_assert_eq(EVP_EncryptUpdate(context, NULL, &count, data, (int)data_length), 1);
    if (length > 0 || ccm)
        cr_assert_eq(EVP_EncryptUpdate(context, output, &count, plaintext, (int)length), 1);
    cr_assert_eq(EVP_EncryptFinal_ex(context, output + length, &count), 1);
    cr_assert_eq(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, cipher->tag_length, output + length), 1);
    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(algorithm);
}

static void xor_sequence(uint8_t nonce[12], uint64_t sequence)
{
    for (int i = 0; i < 8; i++)
        nonce[4 + i] ^= (uint8_t)(sequence >> (56 - 8 * i));
}

/* RFC 8446 section 5.2 */
static size_t reference_seal_inner(const lk_direction_parameters *parameters, const reference_record *record,
                                   uint8_t *output)
{
    size_t inner_length = record->length + 1 + record->padding;
    uint8_t *inner = calloc(1, inner_length);
    if (record->length > 0)
        memcpy(inner, record->plaintext, record->length);
    inner[record->length] = record->content_type;
    uint8_t nonce[12];
    memcpy(nonce, parameters->iv, sizeof nonce);
    xor_sequence(nonce, record->sequence);
    output[0] = 23;
    put(output + 1, 0x0303, 2);
    put(output + 3, inner_length + parameters->cipher->tag_length, 2);
    reference_encrypt(parameters->cipher, parameters->key, nonce, output, 5, inner, inner_length, output + 5);
    free(inner);
    return 5 + inner_length + parameters->cipher->tag_length;
}

/* RFC 5246 section 6.2.3.3, RFC 5288 section 3, RFC 6655 section 3, RFC 7905 section 2 */
static size_t reference_seal_classic(const lk_direction_parameters *parameters, const reference_record *record,
                                     uint8_t *output)
{
    bool chacha = parameters->cipher->id == LK_CIPHER_CHACHA20_POLY1305;
    size_t explicit_length = chacha ? 0 : 8;
    uint8_t nonce[12];
    memcpy(nonce, parameters->iv, chacha ? 12 : 4);
    if (chacha)
        xor_sequence(nonce, record->sequence);
    else
        put(nonce + 4, record->sequence ^ record->nonce_difference, 8);
    output[0] = record->content_type;
    put(output + 1, 0x0303, 2);
    put(output + 3, explicit_length + record->length + parameters->cipher->tag_length, 2);
    put(output + 5, record->sequence ^ record->nonce_difference, explicit_length);
    uint8_t data[13];
    put(data, record->sequence, 8);
    put(data + 8, record->content_type, 1);
    put(data + 9, 0x0303, 2);
    put(data + 11, record->length, 2);
    reference_encrypt(parameters->cipher, parameters->key, nonce, data, sizeof data, record->plaintext, record->length,
                      output + 5 + explicit_length);
    return 5 + explicit_length + record->length + parameters->cipher->tag_length;
}

size_t reference_seal(const lk_direction_parameters *parameters, const reference_record *record, uint8_t *output)
{
    return parameters->version == LK_TLS1_3 ? reference_seal_inner(parameters, record, output)
                                            : reference_seal_classic(parameters, record, output);
}
