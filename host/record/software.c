/* SPDX-License-Identifier: Apache-2.0 */
/* The software engine: algorithms fetched from libcrypto once, one kept cipher context a direction. */
#include "record/software.h"

#include "base/secret.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include <stdlib.h>
#include <string.h>

/* How libcrypto calls the record ciphers: every row of the table has one here. */
static const char *const algorithm_names[] = {
    [LK_CIPHER_AES_128_GCM] = "AES-128-GCM",
    [LK_CIPHER_AES_256_GCM] = "AES-256-GCM",
    [LK_CIPHER_CHACHA20_POLY1305] = "ChaCha20-Poly1305",
    [LK_CIPHER_AES_128_CBC_SHA] = "AES-128-CBC",
    [LK_CIPHER_AES_256_CBC_SHA] = "AES-256-CBC",
    [LK_CIPHER_AES_128_CBC_SHA256] = "AES-128-CBC",
    [LK_CIPHER_AES_256_CBC_SHA256] = "AES-256-CBC",
    [LK_CIPHER_AES_256_CBC_SHA384] = "AES-256-CBC",
    [LK_CIPHER_NULL_SHA] = "NULL",
    [LK_CIPHER_NULL_SHA256] = "NULL",
    [LK_CIPHER_3DES_EDE_CBC_SHA] = "DES-EDE3-CBC",
    [LK_CIPHER_RC4_128_SHA] = "RC4",
    [LK_CIPHER_RC4_128_MD5] = "RC4",
    [LK_CIPHER_AES_128_CCM] = "AES-128-CCM",
    [LK_CIPHER_AES_128_CCM_8] = "AES-128-CCM",
};

enum { ALGORITHM_COUNT = sizeof algorithm_names / sizeof algorithm_names[0] };

typedef struct software_engine {
    lk_engine base;
    EVP_CIPHER *algorithms[ALGORITHM_COUNT]; /* NULL where the loaded providers have none */
    EVP_MAC *hmac;
    EVP_MD *sha1, *md5; /* of the MAC of SSL 3.0 */
    /* Where RC4 comes from, once it is asked for: a context of our own, so that nobody else in this process gets it. */
    OSSL_LIB_CTX *library;
    OSSL_PROVIDER *legacy;
} software_engine;

static const char software_name[] = "software";

/* libcrypto has key streams in its provider "legacy" alone. */
static bool is_legacy(unsigned id)
{
    const lk_cipher *cipher = lk_cipher_find(id);
    return cipher && cipher->kind == LK_KIND_STREAM;
}

static const EVP_MD *ssl3_hash(const software_engine *engine, const lk_cipher *cipher)
{
    return cipher->mac == LK_MAC_MD5 ? engine->md5 : engine->sha1;
}

static lk_error software_check(const software_engine *engine, const lk_direction_parameters *parameters)
{
    if (!parameters->cipher || (parameters->kind != LK_SEAL && parameters->kind != LK_OPEN))
        return LK_ERROR_INVALID_ARGUMENT;
    if (parameters->version == LK_SSL3 && (parameters->encrypt_then_mac || !ssl3_hash(engine, parameters->cipher)))
        return LK_ERROR_ENGINE_UNSUPPORTED; /* encrypt-then-MAC is an extension, and SSL 3.0 has none */
    if (!lk_cipher_allows(parameters->cipher, parameters->version))
        return LK_ERROR_ENGINE_UNSUPPORTED;
    if ((unsigned)parameters->cipher->id >= ALGORITHM_COUNT || !engine->algorithms[parameters->cipher->id])
        return LK_ERROR_ENGINE_UNSUPPORTED;
    if (parameters->cipher->kind == LK_KIND_STREAM && parameters->first_sequence > 0)
        return LK_ERROR_ENGINE_UNSUPPORTED; /* nobody can say how far the key stream is */
    return LK_OK;
}

static void software_close(lk_direction *base)
{
    lk_software_direction *direction = (lk_software_direction *)base;
    EVP_CIPHER_CTX_free(direction->context); /* erases the key schedule */
    lk_record_mac_close(&direction->mac);
    lk_secret_wipe(direction, sizeof *direction);
    free(direction);
}

/* libcrypto's AES-CCM takes the lengths of tag and nonce into account when it is given the key: they come first. */
static bool set_key(const lk_software_direction *direction, const EVP_CIPHER *algorithm, const uint8_t *key)
{
    EVP_CIPHER_CTX *context = direction->context;
    size_t nonce_length = LK_NONCE_LENGTH, tag_length = direction->cipher->tag_length;
    OSSL_PARAM lengths[] = {OSSL_PARAM_construct_size_t(OSSL_CIPHER_PARAM_AEAD_IVLEN, &nonce_length),
                            OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, NULL, tag_length),
                            OSSL_PARAM_construct_end()};
    bool ccm = lk_cipher_is_ccm(direction->cipher), seal = direction->kind == LK_SEAL;
    return EVP_CipherInit_ex2(context, algorithm, NULL, NULL, seal, ccm ? lengths : NULL) == 1 &&
           EVP_CipherInit_ex2(context, NULL, key, NULL, seal, NULL) == 1 && EVP_CIPHER_CTX_set_padding(context, 0) == 1;
}

static lk_error software_open_direction(lk_engine *base, const lk_direction_parameters *parameters,
                                        lk_direction **opened)
{
    software_engine *engine = (software_engine *)base;
    lk_error error = software_check(engine, parameters);
    if (error != LK_OK)
        return error;
    lk_software_direction *direction = calloc(1, sizeof *direction);
    if (!direction)
        return LK_ERROR_NO_MEMORY;
    const lk_cipher *cipher = parameters->cipher;
    direction->base.engine = base;
    direction->cipher = cipher;
    direction->kind = parameters->kind;
    direction->version = parameters->version;
    direction->explicit_nonce_length = lk_record_explicit_nonce_length(parameters->version, cipher);
    direction->next = parameters->first_sequence;
    direction->limited = parameters->limited;
    direction->soft_limit = parameters->soft_limit;
    direction->hard_limit = parameters->hard_limit;
    memcpy(direction->iv, parameters->iv, lk_record_iv_length(parameters->version, cipher));
    direction->encrypt_then_mac = parameters->encrypt_then_mac && cipher->kind == LK_KIND_CBC;
    direction->overlong = parameters->overlong;
    direction->context = EVP_CIPHER_CTX_new();
    if (!direction->context) {
        error = LK_ERROR_NO_MEMORY;
        goto failed;
    }
    if (!set_key(direction, engine->algorithms[cipher->id], parameters->key)) {
        error = LK_ERROR_CRYPTO;
        goto failed;
    }
    if (cipher->mac != LK_MAC_NONE && parameters->version == LK_SSL3)
        error = lk_record_mac_open_ssl3(&direction->mac, ssl3_hash(engine, cipher), cipher, parameters->mac_key);
    else if (cipher->mac != LK_MAC_NONE)
        error = lk_record_mac_open(&direction->mac, engine->hmac, cipher, parameters->mac_key);
    if (error != LK_OK)
        goto failed;
    *opened = &direction->base;
    return LK_OK;

failed:
    software_close(&direction->base);
    return error;
}

/* Everything is done at submission, so there is nothing in flight: another direction takes this one's place. */
static lk_error software_replace(lk_direction *base, const lk_direction_parameters *parameters)
{
    lk_software_direction *direction = (lk_software_direction *)base;
    lk_direction *opened;
    if (parameters->kind != direction->kind)
        return LK_ERROR_INVALID_ARGUMENT;
    lk_error error = software_open_direction(base->engine, parameters, &opened);
    if (error != LK_OK)
        return error;
    lk_software_direction old = *direction;
    *direction = *(lk_software_direction *)opened;
    *(lk_software_direction *)opened = old;
    lk_secret_wipe(&old, sizeof old);
    software_close(opened);
    return LK_OK;
}

static lk_error software_submit(lk_direction *base, lk_operation *const *operations, size_t count, size_t *accepted)
{
    lk_software_direction *direction = (lk_software_direction *)base;
    for (size_t i = 0; i < count; i++) {
        lk_operation *operation = operations[i];
        operation->engine = software_name;
        operation->slot = -1;
        operation->status = direction->kind == LK_SEAL ? lk_software_seal(direction, operation)
                                                       : lk_software_open(direction, operation);
        operation->state = LK_OPERATION_DONE;
    }
    *accepted = count;
    return LK_OK;
}

static lk_error software_progress(lk_engine *engine, int timeout)
{
    (void)engine;
    (void)timeout; /* everything was done at submission: there is nothing to wait for */
    return LK_OK;
}

static int software_descriptor(const lk_engine *engine)
{
    (void)engine;
    return -1;
}

static void software_capabilities(const lk_engine *base, lk_engine_capabilities *capabilities)
{
    const software_engine *engine = (const software_engine *)base;
    *capabilities = (lk_engine_capabilities){.versions = lk_version_bit(LK_TLS1_0) | lk_version_bit(LK_TLS1_1) |
                                                         lk_version_bit(LK_TLS1_2) | lk_version_bit(LK_TLS1_3),
                                             .immediate = true,
                                             .slots = SIZE_MAX};
    if (engine->sha1)
        capabilities->versions |= lk_version_bit(LK_SSL3);
    for (unsigned id = 0; id < ALGORITHM_COUNT; id++)
        if (engine->algorithms[id])
            capabilities->ciphers |= UINT32_C(1) << id;
}

static void software_free(lk_engine *base)
{
    software_engine *engine = (software_engine *)base;
    for (unsigned id = 0; id < ALGORITHM_COUNT; id++)
        EVP_CIPHER_free(engine->algorithms[id]);
    EVP_MAC_free(engine->hmac);
    EVP_MD_free(engine->sha1);
    EVP_MD_free(engine->md5);
    if (engine->legacy)
        OSSL_PROVIDER_unload(engine->legacy);
    OSSL_LIB_CTX_free(engine->library);
    free(engine);
}

static const lk_engine_methods software_methods = {
    .name = software_name,
    .open = software_open_direction,
    .submit = software_submit,
    .replace = software_replace,
    .close = software_close,
    .progress = software_progress,
    .descriptor = software_descriptor,
    .capabilities = software_capabilities,
    .free = software_free,
};

lk_error lk_engine_software_new(lk_engine **created)
{
    *created = NULL;
    software_engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return LK_ERROR_NO_MEMORY;
    engine->base.methods = &software_methods;
    engine->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    engine->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
    engine->md5 = EVP_MD_fetch(NULL, "MD5", NULL);
    unsigned found = 0;
    for (unsigned id = 0; id < ALGORITHM_COUNT; id++) {
        if (!is_legacy(id) && (lk_cipher_find(id)->mac == LK_MAC_NONE || engine->hmac))
            engine->algorithms[id] = EVP_CIPHER_fetch(NULL, algorithm_names[id], NULL);
        found += engine->algorithms[id] != NULL;
    }
    if (found == 0) {
        software_free(&engine->base);
        return LK_ERROR_CRYPTO;
    }
    *created = &engine->base;
    return LK_OK;
}

lk_error lk_engine_software_load_legacy(lk_engine *base)
{
    software_engine *engine = (software_engine *)base;
    if (engine->legacy)
        return LK_OK;
    if (!engine->library)
        engine->library = OSSL_LIB_CTX_new();
    if (engine->library)
        engine->legacy = OSSL_PROVIDER_load(engine->library, "legacy");
    ERR_clear_error(); /* it is no fault of libcrypto's to have none */
    if (!engine->legacy)
        return LK_ERROR_ENGINE_UNSUPPORTED;
    for (unsigned id = 0; id < ALGORITHM_COUNT; id++)
        if (is_legacy(id) && engine->hmac)
            engine->algorithms[id] = EVP_CIPHER_fetch(engine->library, algorithm_names[id], NULL);
    ERR_clear_error();
    return LK_OK;
}
