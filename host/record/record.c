/* SPDX-License-Identifier: Apache-2.0 */
/* The record layer as an object; its two sides are in read.c and write.c. */
#include "record/layer.h"

#include <stdlib.h>

enum {
    INPUT_RECORDS = 4, /* an engine that opens ahead has room for its records, and one more, instead */
    OVERLONG_RECORDS = 2
};

lk_error lk_record_layer_new(lk_engine *engine, lk_record_observer *observer, void *context, lk_record_layer **created)
{
    *created = NULL;
    lk_record_layer *layer = calloc(1, sizeof *layer);
    if (!layer)
        return LK_ERROR_NO_MEMORY;
    lk_engine_capabilities capabilities;
    lk_engine_capabilities_get(engine, &capabilities);
    layer->engine = engine;
    layer->immediate = capabilities.immediate;
    layer->observer = observer;
    layer->context = context;
    /* RFC 8446 section 5.1: an initial ClientHello may say 0x0301 "for compatibility purposes". */
    layer->hello_version = LK_TLS1_0;
    layer->limits = (lk_record_limits){.write = LK_RECORD_PLAINTEXT_MAX, .read = LK_RECORD_PLAINTEXT_MAX};
    lk_wire_input_init(&layer->read.input, layer->immediate ? INPUT_RECORDS : LK_RECORDS_IN_WORK + 1,
                       LK_RECORD_CBC_MAX);
    *created = layer;
    return LK_OK;
}

void lk_record_layer_release_buffers(lk_record_layer *layer)
{
    lk_write_side_release(&layer->write);
    lk_read_side_release(&layer->read);
}

void lk_record_layer_free(lk_record_layer *layer)
{
    if (!layer)
        return;
    lk_write_side_free(&layer->write);
    lk_read_side_free(&layer->read);
    free(layer);
}

void lk_record_layer_set_version(lk_record_layer *layer, uint16_t version, uint16_t hello_version)
{
    layer->version = version;
    layer->hello_version = hello_version;
}

void lk_record_layer_set_limits(lk_record_layer *layer, const lk_record_limits *limits)
{
    layer->limits = *limits;
}

void lk_record_layer_set_key_limits(lk_record_layer *layer, uint32_t soft, uint32_t hard)
{
    layer->soft_limit = soft;
    layer->hard_limit = hard;
}

lk_error lk_record_layer_accept_overlong(lk_record_layer *layer)
{
    if (!layer->immediate)
        return LK_ERROR_ENGINE_UNSUPPORTED;
    if (layer->read.input.memory)
        return LK_ERROR_WRONG_STATE;
    layer->overlong = true;
    layer->limits.read = LK_RECORD_OVERLONG_MAX - LK_RECORD_HEADER_LENGTH;
    lk_wire_input_init(&layer->read.input, OVERLONG_RECORDS, LK_RECORD_OVERLONG_MAX);
    return LK_OK;
}

void lk_record_layer_set_padding(lk_record_layer *layer, lk_record_padding *padding, void *context)
{
    layer->padding = padding;
    layer->padding_context = context;
}

lk_record_limits lk_record_layer_limits(const lk_record_layer *layer)
{
    return layer->limits;
}

lk_error lk_record_layer_renew(lk_record_layer *layer, const lk_direction_parameters *parameters,
                               lk_direction **direction)
{
    if (*direction && lk_direction_replace(*direction, parameters) == LK_OK)
        return LK_OK;
    return lk_engine_open(layer->engine, parameters, direction);
}

bool lk_record_layer_opening(const lk_record_layer *layer)
{
    return lk_read_side_opening(&layer->read);
}

lk_engine *lk_record_layer_engine(const lk_record_layer *layer)
{
    return layer->engine;
}

const char *lk_record_layer_holder(const lk_record_layer *layer, bool sent)
{
    const lk_direction *direction = sent ? layer->write.direction : layer->read.direction;
    return direction ? lk_direction_holder(direction) : NULL;
}

lk_error lk_record_layer_progress(lk_record_layer *layer, int timeout)
{
    /* Another connection may have moved the engine on: then there is no need to wait. */
    size_t sealing = layer->write.count;
    (void)lk_write_side_collect(layer);
    bool waiting =
        layer->write.count == sealing && (lk_record_layer_sealing(layer) || lk_read_side_opening(&layer->read));
    lk_error lost = lk_engine_progress(layer->engine, waiting ? timeout : 0);
    lk_error error = lk_write_side_collect(layer);
    lk_read_side_submit(layer);
    if (error != LK_OK)
        return error;
    /* An engine that is lost finishes what it had, and each side says so in its turn. Waiting for more would be in
     * vain. */
    bool waiting_still = lk_record_layer_sealing(layer) || lk_read_side_opening(&layer->read);
    return waiting_still ? lost : LK_OK;
}

void lk_record_layer_observe(lk_record_layer *layer, const lk_record_fact *fact)
{
    if (layer->observer)
        layer->observer(layer->context, fact);
}
