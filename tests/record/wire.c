/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"

#include "support.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

static void observe(void *context, const lk_record_fact *fact)
{
    wire_end *end = context;
    if (end->fact_count < WIRE_FACTS_MAX)
        end->facts[end->fact_count++] = *fact;
}

wire_end *wire_end_new(lk_engine *engine)
{
    wire_end *end = calloc(1, sizeof *end);
    cr_assert_not_null(end);
    cr_assert_eq(lk_record_layer_new(engine, observe, end, &end->layer), LK_OK);
    return end;
}

void wire_end_free(wire_end *end)
{
    lk_record_layer_free(end->layer);
    free(end->content);
    free(end->sent);
    free(end);
}

void wire_feed(wire_end *end, const void *bytes, size_t length)
{
    const uint8_t *next = bytes;
    while (length > 0) {
        size_t room;
        uint8_t *memory = lk_record_layer_input(end->layer, &room);
        size_t part = length < room ? length : room;
        cr_assert_gt(part, 0, "no room for what comes from the wire");
        memcpy(memory, next, part);
        lk_record_layer_received(end->layer, part);
        next += part;
        length -= part;
    }
}

static void append(uint8_t **bytes, size_t *length, size_t *capacity, const uint8_t *more, size_t count)
{
    if (*length + count > *capacity) {
        *capacity = 2 * (*length + count);
        *bytes = realloc(*bytes, *capacity);
        cr_assert_not_null(*bytes);
    }
    memcpy(*bytes + *length, more, count);
    *length += count;
}

static void keep(wire_end *end, const lk_fragment *fragment)
{
    append(&end->content, &end->length, &end->capacity, fragment->data, fragment->length);
    end->last_type = fragment->type;
    end->fragments++;
}

lk_error wire_read_one(wire_end *end)
{
    lk_fragment fragment;
    lk_error error;
    while ((error = lk_record_layer_read(end->layer, &fragment)) == LK_ERROR_WANT_ENGINE)
        cr_assert_eq(lk_record_layer_progress(end->layer, 10), LK_OK);
    if (error != LK_OK)
        return error;
    keep(end, &fragment);
    lk_record_layer_release(end->layer);
    return LK_OK;
}

lk_error wire_read(wire_end *end)
{
    lk_error error;
    do
        error = wire_read_one(end);
    while (error == LK_OK);
    return error;
}

lk_error wire_carry(wire_end *from, wire_end *to, size_t at_most)
{
    for (;;) {
        size_t length;
        const uint8_t *bytes = lk_record_layer_output(from->layer, &length);
        if (length == 0 && !lk_record_layer_sealing(from->layer))
            return wire_read(to);
        if (length == 0) {
            cr_assert_eq(lk_record_layer_progress(from->layer, 10), LK_OK);
            continue;
        }
        size_t room;
        uint8_t *memory = lk_record_layer_input(to->layer, &room);
        size_t part = length < at_most ? length : at_most;
        part = part < room ? part : room;
        memcpy(memory, bytes, part);
        append(&from->sent, &from->sent_length, &from->sent_capacity, bytes, part);
        lk_record_layer_received(to->layer, part);
        lk_record_layer_sent(from->layer, part);
        lk_error error = wire_read(to);
        if (error != LK_ERROR_WANT_READ)
            return error;
    }
}

void wire_write(wire_end *from, wire_end *to, uint8_t type, const void *data, size_t length)
{
    const uint8_t *next = data;
    while (length > 0) {
        size_t taken;
        lk_error error = lk_record_layer_write(from->layer, type, next, length, &taken);
        if (error == LK_ERROR_WANT_ENGINE) {
            cr_assert_eq(lk_record_layer_progress(from->layer, 10), LK_OK);
        } else if (error == LK_ERROR_WANT_WRITE) {
            cr_assert_eq(wire_carry(from, to, SIZE_MAX), LK_ERROR_WANT_READ);
        } else {
            cr_assert_eq(error, LK_OK, "%s", lk_error_name(error));
            cr_assert_gt(taken, 0);
        }
        next += taken;
        length -= taken;
    }
}

void wire_send(wire_end *from, wire_end *to, uint8_t type, const void *data, size_t length)
{
    wire_write(from, to, type, data, length);
    lk_error error = wire_carry(from, to, SIZE_MAX);
    cr_assert_eq(error, LK_ERROR_WANT_READ, "%s", lk_error_name(error));
}

void wire_key(wire_end *from, wire_end *to, uint16_t version, const lk_cipher *cipher, uint8_t seed)
{
    wire_key_in_order(from, to, version, cipher, false, seed);
}

void wire_key_in_order(wire_end *from, wire_end *to, uint16_t version, const lk_cipher *cipher, bool encrypt_then_mac,
                       uint8_t seed)
{
    lk_direction_parameters parameters = support_parameters(LK_SEAL, version, cipher, seed);
    parameters.encrypt_then_mac = encrypt_then_mac;
    cr_assert_eq(lk_record_layer_set_write(from->layer, &parameters), LK_OK);
    parameters.kind = LK_OPEN;
    cr_assert_eq(lk_record_layer_set_read(to->layer, &parameters), LK_OK);
}
