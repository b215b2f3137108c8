/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/pair.h"

#include "sim/transport/transport.h"

#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

void pair_open(engine_pair *pair, const char *uri)
{
    char diagnosis[LK_DEVICE_DIAGNOSIS_MAX] = "";
    cr_assert_eq(lk_transport_register(&lk_transport_sim), LK_OK);
    lk_error error = lk_device_open(uri, &pair->device, diagnosis);
    cr_assert_eq(error, LK_OK, "%s: %s: %s", uri, lk_error_name(error), diagnosis);
    pair->board = lk_device_engine(pair->device);
    cr_assert_eq(lk_engine_software_new(&pair->software), LK_OK);
}

void pair_close(engine_pair *pair)
{
    lk_engine_free(pair->software);
    lk_device_close(pair->device);
}

static lk_direction *open_on(lk_engine *engine, const lk_direction_parameters *parameters)
{
    lk_direction *direction = NULL;
    lk_error error = lk_engine_open(engine, parameters, &direction);
    for (int i = 0; error == LK_ERROR_ENGINE_FULL && i < 1000; i++) { /* until a slot that was closed is erased */
        cr_assert_eq(lk_engine_progress(engine, 10), LK_OK);
        error = lk_engine_open(engine, parameters, &direction);
    }
    cr_assert_eq(error, LK_OK, "%s: %s", lk_engine_name(engine), lk_error_name(error));
    return direction;
}

pair_direction pair_direction_open(engine_pair *pair, const lk_direction_parameters *parameters)
{
    return (pair_direction){open_on(pair->board, parameters), open_on(pair->software, parameters)};
}

void pair_direction_close(pair_direction *direction)
{
    lk_direction_close(direction->board);
    lk_direction_close(direction->software);
}

lk_direction_parameters pair_protected(lk_direction_kind kind, uint16_t version, lk_cipher_id cipher,
                                       const uint8_t *key, const uint8_t *iv, uint64_t first_sequence)
{
    lk_direction_parameters parameters = {
        .kind = kind, .version = version, .cipher = lk_cipher_find(cipher), .first_sequence = first_sequence};
    memcpy(parameters.key, key, parameters.cipher->key_length);
    memcpy(parameters.iv, iv, version == LK_TLS1_3 ? 12 : parameters.cipher->salt_length);
    return parameters;
}

lk_direction_parameters pair_parameters(lk_direction_kind kind, uint16_t version, const uint8_t *key, const uint8_t *iv,
                                        uint64_t first_sequence)
{
    return pair_protected(kind, version, LK_CIPHER_AES_128_GCM, key, iv, first_sequence);
}

static bool all_done(const lk_operation *operations, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (operations[i].state != LK_OPERATION_DONE)
            return false;
    }
    return true;
}

static int64_t milliseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void pair_run(lk_engine *engine, lk_direction *direction, lk_operation *operations, size_t count)
{
    lk_operation *pointers[PAIR_BATCH];
    size_t submitted = 0;
    int64_t end = milliseconds() + PAIR_WAIT;
    cr_assert(count <= PAIR_BATCH);
    for (size_t i = 0; i < count; i++)
        pointers[i] = &operations[i];
    while (submitted < count || !all_done(operations, count)) {
        size_t accepted = 0;
        lk_error error = LK_OK;
        if (submitted < count)
            error = lk_direction_submit(direction, pointers + submitted, count - submitted, &accepted);
        cr_assert(error == LK_OK || error == LK_ERROR_ENGINE_BUSY, "%s", lk_error_name(error));
        submitted += accepted;
        cr_assert_eq(lk_engine_progress(engine, 100), LK_OK);
        cr_assert(milliseconds() < end, "%s does not finish", lk_engine_name(engine));
    }
}

uint32_t pair_random(void)
{
    static uint64_t state = 0x9e3779b97f4a7c15;
    state ^= state << 13; /* xorshift64 */
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32);
}

void pair_random_bytes(uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)pair_random();
}
