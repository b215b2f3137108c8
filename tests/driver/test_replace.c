/* SPDX-License-Identifier: Apache-2.0 */
/* The device engine replaces keys: what it sends, when it declines, and what becomes of what is in flight; and what it
 * makes of a device that says that a key should be replaced. */
#include "engine_fixture.h"

#include <criterion/criterion.h>

#include <string.h>

static engine_fixture fixture;
static fixture_operation operations[3];

static void begin(void)
{
    engine_fixture_init(&fixture, FIXTURE_TIMEOUT);
}

static void end(void)
{
    engine_fixture_release(&fixture);
}

TestSuite(replace, .init = begin, .fini = end);

static lk_direction_parameters next_key(lk_direction_kind kind, uint16_t version)
{
    lk_direction_parameters parameters = {
        .kind = kind, .version = version, .cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM), .first_sequence = 3};
    memset(parameters.key, 0xa5, sizeof parameters.key);
    return parameters;
}

static lk_error replace(lk_direction *direction, lk_direction_kind kind, uint16_t version)
{
    lk_direction_parameters parameters = next_key(kind, version);
    return lk_direction_replace(direction, &parameters);
}

/* The next command; it may have to wait for transfers before it. */
static adversary_command take(void)
{
    adversary_command command;
    bool came = adversary_next(&fixture.far_end, &command);
    for (int i = 0; i < 4 && !came; i++) {
        fixture_progress(&fixture);
        came = adversary_next(&fixture.far_end, &command);
    }
    cr_assert(came);
    return command;
}

Test(replace, goes_between_the_records_of_the_old_key_and_those_of_the_new_without_waiting)
{
    static const uint8_t opcodes[] = {LK_OPCODE_SLOT_LOAD, LK_OPCODE_SEAL, LK_OPCODE_SLOT_REPLACE, LK_OPCODE_SEAL};
    adversary_command commands[sizeof opcodes];
    lk_direction *direction = fixture_open(&fixture, LK_SEAL, LK_TLS1_3);
    fixture_seal(&operations[0], 100, 7);
    fixture_seal(&operations[1], 50, 3);
    fixture_submit(direction, &operations[0]);
    cr_assert_eq(replace(direction, LK_SEAL, LK_TLS1_3), LK_OK);
    fixture_submit(direction, &operations[1]);
    for (size_t i = 0; i < sizeof opcodes; i++) {
        commands[i] = take();
        cr_assert_eq(commands[i].opcode, opcodes[i]);
        cr_assert_eq(commands[i].slot, commands[0].slot);
        cr_assert_eq(commands[i].generation, commands[0].generation);
    }
    cr_assert_eq(commands[2].length, LK_LOAD_PAYLOAD_BYTES);
    cr_assert_eq(commands[2].sequence, 3);
    cr_assert_eq(commands[2].payload[8], 0xa5);
    for (size_t i = 0; i < sizeof opcodes; i++) {
        if (opcodes[i] == LK_OPCODE_SEAL)
            fixture_answer_seal(&fixture, &commands[i], LK_TLS1_3);
        else
            adversary_answer(&fixture.far_end, &commands[i], LK_STATUS_OK, 0, NULL, 0);
    }
    cr_assert_eq(fixture_progress(&fixture), LK_OK);
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(operations[i].operation.state, LK_OPERATION_DONE);
        cr_assert_eq(operations[i].operation.status, LK_OK);
    }
    lk_direction_close(direction);
}

Test(replace, is_declined_while_another_one_is_on_its_way)
{
    lk_direction *direction = fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_3);
    cr_assert_eq(replace(direction, LK_SEAL, LK_TLS1_3), LK_OK);
    cr_assert_eq(replace(direction, LK_SEAL, LK_TLS1_3), LK_ERROR_ENGINE_BUSY);
    cr_assert_eq(fixture_answer_all(&fixture, LK_TLS1_3), 1);
    cr_assert_eq(replace(direction, LK_SEAL, LK_TLS1_3), LK_OK);
    lk_direction_close(direction);
    cr_assert_eq(fixture_answer_all(&fixture, LK_TLS1_3), 2);
    cr_assert_eq(fixture.engine.link.lost, LK_OK);
}

Test(replace, by_another_protection_waits_for_the_records_of_the_old_one)
{
    lk_direction *direction = fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_2);
    fixture_seal(&operations[0], 100, 0);
    fixture_submit(direction, &operations[0]);
    cr_assert_eq(replace(direction, LK_SEAL, LK_TLS1_3), LK_ERROR_ENGINE_BUSY);
    fixture_answer_all(&fixture, LK_TLS1_2);
    cr_assert_eq(operations[0].operation.status, LK_OK);
    cr_assert_eq(replace(direction, LK_SEAL, LK_TLS1_3), LK_OK);
    fixture_seal(&operations[0], 100, 3);
    fixture_submit(direction, &operations[0]);
    fixture_answer_all(&fixture, LK_TLS1_3);
    cr_assert_eq(operations[0].operation.status, LK_OK);
    cr_assert_eq(operations[0].operation.output_length, 100 + 5 + 17);
    lk_direction_close(direction);
}

Test(replace, of_an_opening_key_forgets_what_was_opened_ahead)
{
    adversary_command commands[3];
    lk_direction *direction = fixture_open_loaded(&fixture, LK_OPEN, LK_TLS1_3);
    fixture_record(&operations[0], 100, 0);
    fixture_submit(direction, &operations[0]);
    cr_assert_eq(replace(direction, LK_OPEN, LK_TLS1_3), LK_OK);
    memset(&operations[0].operation, 0xdd, sizeof operations[0].operation); /* the caller's memory again */
    fixture_record(&operations[1], 60, 3);
    fixture_submit(direction, &operations[1]);
    for (size_t i = 0; i < 3; i++)
        commands[i] = take();
    adversary_answer(&fixture.far_end, &commands[0], LK_STATUS_OK, 23, NULL, 83);
    adversary_answer(&fixture.far_end, &commands[1], LK_STATUS_OK, 0, NULL, 0);
    adversary_answer(&fixture.far_end, &commands[2], LK_STATUS_OK, 23, NULL, 43);
    cr_assert_eq(fixture_progress(&fixture), LK_OK);
    cr_assert_eq(operations[0].output[0], 0xee);
    cr_assert_eq(operations[0].operation.slot, (int)0xdddddddd);
    cr_assert_eq(operations[1].operation.status, LK_OK);
    lk_direction_close(direction);
}

Test(replace, says_busy_when_the_ring_is_full)
{
    lk_direction *direction = fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_3);
    lk_operation *one = &operations[0].operation;
    size_t accepted;
    fixture.far_end.hold_out = true;
    for (size_t length = 16384;;) { /* the last room, too */
        fixture_seal(&operations[0], length, 0);
        if (lk_direction_submit(direction, &one, 1, &accepted) == LK_OK)
            continue;
        if (length == 0)
            break;
        length /= 2;
    }
    cr_assert_eq(replace(direction, LK_SEAL, LK_TLS1_3), LK_ERROR_ENGINE_BUSY);
    fixture.far_end.hold_out = false;
    for (int i = 0; i < 10; i++)
        fixture_answer_all(&fixture, LK_TLS1_3);
    cr_assert_eq(replace(direction, LK_SEAL, LK_TLS1_3), LK_OK);
    lk_direction_close(direction);
}

Test(replace, keeps_the_direction_and_knows_what_the_device_has)
{
    lk_direction *direction = fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_3);
    lk_direction_parameters parameters = next_key(LK_SEAL, LK_TLS1_3);
    cr_assert_eq(replace(direction, LK_OPEN, LK_TLS1_3), LK_ERROR_INVALID_ARGUMENT);
    parameters.cipher = lk_cipher_find(LK_CIPHER_AES_256_GCM);
    cr_assert_eq(lk_direction_replace(direction, &parameters), LK_ERROR_ENGINE_UNSUPPORTED);
    fixture_progress(&fixture);
    adversary_command command;
    cr_assert_not(adversary_next(&fixture.far_end, &command), "nothing was sent");
    lk_direction_close(direction);
}

Test(replace, that_is_refused_costs_the_link)
{
    adversary_command command;
    lk_direction *direction = fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_3);
    fixture_seal(&operations[0], 100, 3);
    cr_assert_eq(replace(direction, LK_SEAL, LK_TLS1_3), LK_OK);
    fixture_submit(direction, &operations[0]);
    fixture_progress(&fixture);
    cr_assert(adversary_next(&fixture.far_end, &command));
    adversary_answer(&fixture.far_end, &command, LK_STATUS_BAD_FIELD, 0, NULL, 0);
    cr_assert_eq(fixture_progress(&fixture), LK_ERROR_DEVICE_PROTOCOL);
    cr_assert_eq(operations[0].operation.status, LK_ERROR_DEVICE_PROTOCOL);
    cr_assert_eq(replace(direction, LK_SEAL, LK_TLS1_3), LK_ERROR_DEVICE_PROTOCOL);
    lk_direction_close(direction);
}

/* A record of a key with limits, or without; the device says that the soft one is reached. */
static lk_error near_limit(bool limited)
{
    lk_direction *direction = NULL;
    lk_direction_parameters parameters = next_key(LK_SEAL, LK_TLS1_3);
    parameters.limited = limited;
    parameters.soft_limit = 0x01020304;
    parameters.hard_limit = 0x05060708;
    cr_assert_eq(lk_engine_open(&fixture.engine.base, &parameters, &direction), LK_OK);
    fixture_seal(&operations[0], 100, 3);
    fixture_submit(direction, &operations[0]);
    adversary_command load = take(), seal = take();
    cr_assert_eq(load.payload[3], limited ? LK_LOAD_LIMITED : 0);
    static const uint8_t limits[] = {4, 3, 2, 1, 8, 7, 6, 5}, none[sizeof limits];
    cr_assert_arr_eq(load.payload + LK_LOAD_PAYLOAD_BYTES - sizeof limits, limited ? limits : none, sizeof limits);
    adversary_answer(&fixture.far_end, &load, LK_STATUS_OK, 0, NULL, 0);
    fixture_answer_seal_near_limit(&fixture, &seal, LK_TLS1_3);
    lk_error error = fixture_progress(&fixture);
    lk_direction_close(direction);
    return error;
}

Test(replace, is_asked_for_by_a_device_whose_key_is_near_its_limit)
{
    cr_assert_eq(near_limit(true), LK_OK);
    cr_assert_eq(operations[0].operation.status, LK_OK);
    cr_assert(operations[0].operation.near_limit);
}

Test(replace, that_is_asked_for_of_a_key_without_limits_costs_the_link)
{
    cr_assert_eq(near_limit(false), LK_ERROR_DEVICE_PROTOCOL);
    cr_assert_not(operations[0].operation.near_limit);
}

Test(replace, comes_too_late_behind_the_hard_limit)
{
    lk_direction *direction = fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_3);
    fixture_seal(&operations[0], 100, 3);
    fixture_submit(direction, &operations[0]);
    adversary_command seal = take();
    adversary_answer(&fixture.far_end, &seal, LK_STATUS_RECORD_LIMIT, 0, NULL, 0);
    cr_assert_eq(fixture_progress(&fixture), LK_OK);
    cr_assert_eq(operations[0].operation.status, LK_ERROR_SEQUENCE_EXHAUSTED);
    lk_direction_close(direction);
}
