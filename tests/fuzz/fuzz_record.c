/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record layer reads what it is fed. The first byte chooses the version and whether there is a key, the second the
 * cipher, the third the form (side.h's chunks, encrypt-then-MAC, early data to skip, a change of key in between).
 */
#include "connection/clear_engine.h"
#include "fuzz/side.h"
#include "fuzz/target.h"
#include "record/record.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = 3, KEYED = 8, MAC_OUTSIDE = 1, SKIPS = 2, CHANGES = 4, CIPHERS = 16, CLEAR_FROM = 40 };

static lk_engine *engine_of(bool clear)
{
    static lk_engine *engines[2];
    if (!engines[clear] && clear)
        engines[clear] = clear_engine_new();
    else if (!engines[clear] && lk_engine_software_new(&engines[clear]) != LK_OK)
        abort();
    if (!clear)
        (void)lk_engine_software_load_legacy(engines[clear]);
    return engines[clear];
}

/* False where the engine does not have that cipher in that version. */
static bool set_key(lk_record_layer *layer, uint16_t version, unsigned cipher, bool outside)
{
    lk_direction_parameters parameters = {
        .kind = LK_OPEN, .version = version, .cipher = lk_cipher_find(cipher), .encrypt_then_mac = outside};
    return parameters.cipher && lk_cipher_allows(parameters.cipher, version) &&
           lk_record_layer_set_read(layer, &parameters) == LK_OK;
}

/* Reads until the wire must bring more. @return what ended it. */
static lk_error read_all(lk_record_layer *layer, size_t *fragments)
{
    lk_fragment fragment = {0};
    lk_error error = lk_record_layer_read(layer, &fragment);
    for (; error == LK_OK; error = lk_record_layer_read(layer, &fragment)) {
        volatile uint8_t last = fragment.data[fragment.length - 1];
        (void)last;
        if (fragment.length == 0 || fragment.length > LK_RECORD_PLAINTEXT_MAX)
            abort();
        ++*fragments;
        lk_record_layer_release(layer);
    }
    return error;
}

static void feed(lk_record_layer *layer, const uint8_t *data, size_t size)
{
    size_t fragments = 0;
    uint16_t version = (uint16_t)(0x0300 + data[0] % 5);
    unsigned cipher = data[1] % CIPHERS, form = data[2];
    lk_error error = LK_ERROR_WANT_READ;
    for (data += HEAD, size -= HEAD; size > 0 && error == LK_ERROR_WANT_READ;) {
        size_t room = 0, step = fuzz_side_chunk(form) > 0 ? fuzz_side_chunk(form) : size;
        uint8_t *input = lk_record_layer_input(layer, &room);
        step = step < size ? step : size;
        step = step < room ? step : room;
        if (step == 0)
            break;
        memcpy(input, data, step);
        lk_record_layer_received(layer, step);
        data += step;
        size -= step;
        error = read_all(layer, &fragments);
        if ((form & CHANGES) && fragments > 0 && error == LK_ERROR_WANT_READ)
            (void)set_key(layer, version, cipher, form & MAC_OUTSIDE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lk_record_layer *layer = NULL;
    if (size < HEAD)
        return 0;
    uint16_t version = (uint16_t)(0x0300 + data[0] % 5);
    if (lk_record_layer_new(engine_of(data[0] / CLEAR_FROM % 2), NULL, NULL, &layer) != LK_OK)
        abort();
    if (data[0] / 5 % KEYED != 0) {
        lk_record_layer_set_version(layer, version, 0x0303);
        (void)set_key(layer, version, data[1] % CIPHERS, data[2] & MAC_OUTSIDE);
    }
    if (data[2] & SKIPS)
        lk_record_layer_skip_early_data(layer);
    feed(layer, data, size);
    lk_record_layer_free(layer);
    return 0;
}
