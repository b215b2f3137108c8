/* SPDX-License-Identifier: Apache-2.0 */
#include "record/engine.h"

enum { TLS1_3_IV_LENGTH = 12 }; /* RFC 8446 section 5.3, for every cipher that it has */

lk_error lk_engine_open(lk_engine *engine, const lk_direction_parameters *parameters, lk_direction **direction)
{
    *direction = NULL;
    return engine->methods->open(engine, parameters, direction);
}

lk_error lk_engine_progress(lk_engine *engine, int timeout)
{
    return engine->methods->progress(engine, timeout);
}

int lk_engine_descriptor(const lk_engine *engine)
{
    return engine->methods->descriptor(engine);
}

void lk_engine_capabilities_get(const lk_engine *engine, lk_engine_capabilities *capabilities)
{
    engine->methods->capabilities(engine, capabilities);
}

bool lk_engine_supports(const lk_engine *engine, uint16_t version, const lk_cipher *cipher)
{
    lk_engine_capabilities capabilities;
    lk_engine_capabilities_get(engine, &capabilities);
    return (capabilities.versions & lk_version_bit(version)) != 0 &&
           (capabilities.ciphers & UINT32_C(1) << cipher->id) != 0 && lk_cipher_allows(cipher, version);
}

size_t lk_engine_backlog(const lk_engine *engine)
{
    return engine->methods->backlog ? engine->methods->backlog(engine) : 0;
}

lk_engine *lk_engine_choose(lk_engine *engine, const lk_engine *now)
{
    return engine->methods->choose ? engine->methods->choose(engine, now) : engine;
}

const char *lk_engine_name(const lk_engine *engine)
{
    return engine->methods->name;
}

lk_error lk_direction_submit(lk_direction *direction, lk_operation *const *operations, size_t count, size_t *accepted)
{
    *accepted = 0;
    return direction->engine->methods->submit(direction, operations, count, accepted);
}

lk_error lk_direction_replace(lk_direction *direction, const lk_direction_parameters *parameters)
{
    const lk_engine_methods *methods = direction->engine->methods;
    return methods->replace ? methods->replace(direction, parameters) : LK_ERROR_ENGINE_UNSUPPORTED;
}

const char *lk_direction_holder(const lk_direction *direction)
{
    const lk_engine_methods *methods = direction->engine->methods;
    return methods->holder ? methods->holder(direction) : methods->name;
}

void lk_direction_close(lk_direction *direction)
{
    if (direction)
        direction->engine->methods->close(direction);
}

void lk_engine_free(lk_engine *engine)
{
    if (engine)
        engine->methods->free(engine);
}

size_t lk_record_explicit_nonce_length(uint16_t version, const lk_cipher *cipher)
{
    if (version == LK_TLS1_3 || (cipher->kind == LK_KIND_CBC && version < LK_TLS1_1))
        return 0;
    return cipher->explicit_nonce_length;
}

size_t lk_record_iv_length(uint16_t version, const lk_cipher *cipher)
{
    if (cipher->kind == LK_KIND_CBC)
        return version < LK_TLS1_1 ? cipher->block_length : 0;
    return version == LK_TLS1_3 ? TLS1_3_IV_LENGTH : cipher->salt_length;
}

/* RFC 5246 section 6.2.3.2: at least one byte of padding, behind the MAC; RFC 7366 section 3: in front of it. */
static size_t cbc_length(const lk_cipher *cipher, bool encrypt_then_mac, size_t plaintext)
{
    size_t inside = plaintext + (encrypt_then_mac ? 0 : cipher->tag_length);
    size_t encrypted = inside + cipher->block_length - inside % cipher->block_length;
    return encrypted + (encrypt_then_mac ? cipher->tag_length : 0);
}

size_t lk_record_length(uint16_t version, const lk_cipher *cipher, bool encrypt_then_mac, size_t plaintext,
                        size_t padding)
{
    /* RFC 8446 section 5.2: the content type and the padding are encrypted behind the content. */
    size_t inner = version == LK_TLS1_3 ? plaintext + 1 + padding : plaintext;
    size_t body =
        cipher->kind == LK_KIND_CBC ? cbc_length(cipher, encrypt_then_mac, plaintext) : inner + cipher->tag_length;
    return LK_RECORD_HEADER_LENGTH + lk_record_explicit_nonce_length(version, cipher) + body;
}

size_t lk_record_sealed_length(uint16_t version, const lk_cipher *cipher, size_t plaintext, size_t padding)
{
    return lk_record_length(version, cipher, false, plaintext, padding);
}
