/* SPDX-License-Identifier: Apache-2.0 */
#include "connection/clear_engine.h"

#include "base/reader.h"
#include "base/writer.h"

#include <stdlib.h>
#include <string.h>

typedef struct clear_engine {
    lk_engine base;
    uint32_t ciphers;
} clear_engine;

typedef struct clear_direction {
    lk_direction base;
    lk_direction_parameters parameters;
} clear_direction;

static lk_error clear_open(lk_engine *engine, const lk_direction_parameters *parameters, lk_direction **direction)
{
    clear_direction *made = calloc(1, sizeof *made);
    if (!made)
        abort();
    made->base.engine = engine;
    made->parameters = *parameters;
    *direction = &made->base;
    return LK_OK;
}

static size_t nonce_length(const clear_direction *direction)
{
    return lk_record_explicit_nonce_length(direction->parameters.version, direction->parameters.cipher);
}

static lk_error seal(const clear_direction *direction, lk_operation *operation)
{
    bool inner = direction->parameters.version == LK_TLS1_3;
    lk_writer writer = lk_writer_into(operation->output, operation->output_capacity);
    lk_writer_u8(&writer, inner ? 23 : operation->content_type);
    lk_writer_u16(&writer, LK_TLS1_2);
    lk_writer_vector body = lk_writer_begin(&writer, 2);
    lk_writer_zeros(&writer, nonce_length(direction));
    lk_writer_bytes(&writer, operation->input, operation->input_length);
    if (inner)
        lk_writer_u8(&writer, operation->content_type);
    lk_writer_zeros(&writer, direction->parameters.cipher->tag_length);
    lk_writer_end(&writer, body);
    operation->output_length = writer.length;
    return writer.failed ? LK_ERROR_INVALID_ARGUMENT : LK_OK;
}

static lk_error unseal(const clear_direction *direction, lk_operation *operation)
{
    lk_reader reader = lk_reader_over(operation->input, operation->input_length);
    uint8_t type = lk_reader_u8(&reader);
    lk_reader_u16(&reader);
    lk_reader body = lk_reader_vector16(&reader);
    lk_reader_bytes(&body, nonce_length(direction));
    size_t overhead = direction->parameters.cipher->tag_length + (direction->parameters.version == LK_TLS1_3);
    if (body.failed || body.left < overhead)
        return LK_ERROR_RECORD_TOO_SHORT;
    size_t length = body.left - overhead;
    if (direction->parameters.version == LK_TLS1_3)
        type = body.next[length];
    memmove(operation->output, body.next, length);
    operation->output_length = length;
    operation->content_type = type;
    return LK_OK;
}

static lk_error clear_submit(lk_direction *base, lk_operation *const *operations, size_t count, size_t *accepted)
{
    const clear_direction *direction = (const clear_direction *)base;
    for (size_t i = 0; i < count; i++) {
        operations[i]->status =
            direction->parameters.kind == LK_SEAL ? seal(direction, operations[i]) : unseal(direction, operations[i]);
        operations[i]->engine = "clear";
        operations[i]->slot = -1;
        operations[i]->state = LK_OPERATION_DONE;
    }
    *accepted = count;
    return LK_OK;
}

static void clear_close(lk_direction *direction)
{
    free(direction);
}

static lk_error clear_progress(lk_engine *engine, int timeout)
{
    (void)engine, (void)timeout;
    return LK_OK;
}

static int clear_descriptor(const lk_engine *engine)
{
    (void)engine;
    return -1;
}

static void clear_capabilities(const lk_engine *engine, lk_engine_capabilities *capabilities)
{
    *capabilities = (lk_engine_capabilities){.ciphers = ((const clear_engine *)engine)->ciphers,
                                             .versions = UINT32_MAX,
                                             .immediate = true,
                                             .slots = SIZE_MAX};
}

static void clear_free(lk_engine *engine)
{
    free(engine);
}

lk_engine *clear_engine_new(void)
{
    return clear_engine_with(UINT32_MAX);
}

lk_engine *clear_engine_with(uint32_t ciphers)
{
    static const lk_engine_methods methods = {.name = "clear",
                                              .open = clear_open,
                                              .submit = clear_submit,
                                              .close = clear_close,
                                              .progress = clear_progress,
                                              .descriptor = clear_descriptor,
                                              .capabilities = clear_capabilities,
                                              .free = clear_free};
    clear_engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        abort();
    engine->base.methods = &methods;
    engine->ciphers = ciphers;
    return &engine->base;
}
