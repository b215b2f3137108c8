/* SPDX-License-Identifier: Apache-2.0 */
/*
 * P6: the device is hostile. Whatever it answers, every operation ends, nothing is read or written out of bounds (the
 * sanitizer build watches), and an answer that no good device gives costs it the link.
 */
#include "engine_fixture.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

static engine_fixture fixture;
static fixture_operation operations[2];

enum { ANSWER_MAX = 256 };

/* A sealing operation in flight, and the answer that a good device gives: header and record. */
static size_t sealing_and_its_answer(uint8_t answer[ANSWER_MAX], uint16_t version)
{
    adversary_command command;
    engine_fixture_init(&fixture, FIXTURE_TIMEOUT);
    lk_direction *direction = fixture_open_loaded(&fixture, LK_SEAL, version);
    fixture_seal(&operations[0], 20, 5);
    fixture_submit(direction, &operations[0]);
    fixture_progress(&fixture);
    cr_assert(adversary_next(&fixture.far_end, &command));
    size_t before = fixture.far_end.answers_length;
    fixture_answer_seal(&fixture, &command, version);
    size_t length = fixture.far_end.answers_length - before;
    cr_assert_leq(length, ANSWER_MAX);
    memcpy(answer, fixture.far_end.answers + before, length);
    fixture.far_end.answers_length = before;
    return length;
}

static void ends_well_or_loses_the_link(void)
{
    lk_error error = fixture_progress(&fixture);
    const lk_operation *operation = &operations[0].operation;
    if (error) {
        cr_assert_eq(error, LK_ERROR_DEVICE_PROTOCOL);
        cr_assert_eq(operation->state, LK_OPERATION_DONE);
        cr_assert_eq(fixture.engine.link.lost, LK_ERROR_DEVICE_PROTOCOL);
    } else if (operation->state == LK_OPERATION_DONE) {
        cr_assert_eq(operation->output_length, operation->status ? 0 : operation->output_length);
        cr_assert_leq(operation->output_length, operation->output_capacity);
    }
}

Test(hostile, every_bit_of_the_header_counts)
{
    uint8_t answer[ANSWER_MAX];
    size_t survived = 0;
    for (size_t offset = 0; offset < LK_COMPLETION_HEADER_BYTES; offset++) {
        for (unsigned change = 1; change < 256; change <<= 1) {
            size_t length = sealing_and_its_answer(answer, LK_TLS1_3);
            answer[offset] ^= (uint8_t)change;
            adversary_send(&fixture.far_end, answer, length);
            ends_well_or_loses_the_link();
            survived += fixture.engine.link.lost == LK_OK;
            engine_fixture_release(&fixture);
        }
    }
    cr_assert_eq(survived, 0, "a changed status has a payload that it may not have; all else belongs to nobody");
}

Test(hostile, an_error_of_every_number_ends_the_operation)
{
    uint8_t answer[ANSWER_MAX];
    for (unsigned status = 1; status < 256; status++) {
        sealing_and_its_answer(answer, LK_TLS1_3);
        answer[2] = (uint8_t)status;
        answer[12] = answer[13] = 0;
        adversary_send(&fixture.far_end, answer, LK_COMPLETION_HEADER_BYTES);
        ends_well_or_loses_the_link();
        cr_assert_eq(operations[0].operation.state, LK_OPERATION_DONE);
        cr_assert_neq(operations[0].operation.status, LK_OK);
        cr_assert_eq(fixture.engine.link.lost == LK_OK,
                     lk_status_known((uint8_t)status) && status != LK_STATUS_FRAMING);
        engine_fixture_release(&fixture);
    }
}

static void sealed_record_changed_at(size_t offset, uint16_t version)
{
    uint8_t answer[ANSWER_MAX];
    size_t length = sealing_and_its_answer(answer, version);
    answer[LK_COMPLETION_HEADER_BYTES + offset] ^= 1;
    adversary_send(&fixture.far_end, answer, length);
    cr_assert_eq(fixture_progress(&fixture), LK_ERROR_DEVICE_PROTOCOL, "byte %zu", offset);
    cr_assert_eq(operations[0].output[0], 0xee);
    engine_fixture_release(&fixture);
}

Test(hostile, a_sealed_record_whose_header_or_nonce_is_not_ours_costs_the_link)
{
    for (size_t offset = 0; offset < 5; offset++)
        sealed_record_changed_at(offset, LK_TLS1_3);
    for (size_t offset = 0; offset < 13; offset++)
        sealed_record_changed_at(offset, LK_TLS1_2);
}

Test(hostile, an_answer_to_nothing_costs_the_link)
{
    static const uint8_t answer[LK_COMPLETION_HEADER_BYTES] = {LK_COMPLETION_MAGIC, LK_OPCODE_NOP};
    engine_fixture_init(&fixture, FIXTURE_TIMEOUT);
    adversary_send(&fixture.far_end, answer, sizeof answer);
    cr_assert_eq(fixture_progress(&fixture), LK_ERROR_DEVICE_PROTOCOL);
    engine_fixture_release(&fixture);
}

Test(hostile, an_answer_given_twice_costs_the_link)
{
    uint8_t answer[ANSWER_MAX];
    size_t length = sealing_and_its_answer(answer, LK_TLS1_3);
    fixture_seal(&operations[1], 20, 6);
    fixture_submit(&fixture.engine.slots[0].base, &operations[1]);
    adversary_send(&fixture.far_end, answer, length);
    adversary_send(&fixture.far_end, answer, length);
    cr_assert_eq(fixture_progress(&fixture), LK_ERROR_DEVICE_PROTOCOL);
    cr_assert_eq(operations[0].operation.status, LK_OK);
    cr_assert_eq(operations[1].operation.status, LK_ERROR_DEVICE_PROTOCOL);
    engine_fixture_release(&fixture);
}

Test(hostile, answers_of_one_slot_out_of_order_cost_the_link)
{
    adversary_command first, second;
    engine_fixture_init(&fixture, FIXTURE_TIMEOUT);
    lk_direction *direction = fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_3);
    for (size_t i = 0; i < 2; i++) {
        fixture_seal(&operations[i], 20, i);
        fixture_submit(direction, &operations[i]);
    }
    fixture_progress(&fixture);
    cr_assert(adversary_next(&fixture.far_end, &first));
    cr_assert(adversary_next(&fixture.far_end, &second));
    fixture_answer_seal(&fixture, &second, LK_TLS1_3);
    cr_assert_eq(fixture_progress(&fixture), LK_ERROR_DEVICE_PROTOCOL);
    engine_fixture_release(&fixture);
}

Test(hostile, answers_of_different_slots_may_come_in_any_order)
{
    adversary_command commands[2];
    engine_fixture_init(&fixture, FIXTURE_TIMEOUT);
    for (size_t i = 0; i < 2; i++) {
        fixture_seal(&operations[i], 20, i);
        fixture_submit(fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_3), &operations[i]);
        fixture_progress(&fixture);
        cr_assert(adversary_next(&fixture.far_end, &commands[i]));
    }
    fixture_answer_seal(&fixture, &commands[1], LK_TLS1_3);
    cr_assert_eq(fixture_progress(&fixture), LK_OK);
    cr_assert_eq(operations[0].operation.state, LK_OPERATION_SUBMITTED);
    cr_assert_eq(operations[1].operation.state, LK_OPERATION_DONE);
    fixture_answer_seal(&fixture, &commands[0], LK_TLS1_3);
    cr_assert_eq(fixture_progress(&fixture), LK_OK);
    cr_assert_eq(operations[0].operation.state, LK_OPERATION_DONE);
    engine_fixture_release(&fixture);
}

static lk_error opened_with(uint16_t version, size_t fragment, uint16_t length, uint8_t type)
{
    adversary_command command;
    engine_fixture_init(&fixture, FIXTURE_TIMEOUT);
    lk_direction *direction = fixture_open_loaded(&fixture, LK_OPEN, version);
    fixture_record(&operations[0], fragment, 0);
    fixture_submit(direction, &operations[0]);
    fixture_progress(&fixture);
    cr_assert(adversary_next(&fixture.far_end, &command));
    adversary_answer(&fixture.far_end, &command, LK_STATUS_OK, type, NULL, length);
    lk_error error = fixture_progress(&fixture);
    engine_fixture_release(&fixture);
    return error;
}

Test(hostile, a_plaintext_longer_than_its_record_can_hold_costs_the_link)
{
    cr_assert_eq(opened_with(LK_TLS1_3, 100, 100 - 17, 23), LK_OK);
    cr_assert_eq(opened_with(LK_TLS1_3, 100, 0, 23), LK_OK, "all the rest was padding");
    cr_assert_eq(opened_with(LK_TLS1_3, 100, 100 - 16, 23), LK_ERROR_DEVICE_PROTOCOL);
    cr_assert_eq(opened_with(LK_TLS1_3, 16, 0, 23), LK_ERROR_DEVICE_PROTOCOL, "no content type fits");
    cr_assert_eq(opened_with(LK_TLS1_2, 100, 100 - 24, 23), LK_OK);
    cr_assert_eq(opened_with(LK_TLS1_2, 100, 100 - 25, 23), LK_ERROR_DEVICE_PROTOCOL);
    cr_assert_eq(opened_with(LK_TLS1_2, 23, 0, 23), LK_ERROR_DEVICE_PROTOCOL);
}

Test(hostile, a_content_type_that_cannot_be_costs_the_link)
{
    cr_assert_eq(opened_with(LK_TLS1_3, 100, 83, 0), LK_ERROR_DEVICE_PROTOCOL);
    cr_assert_eq(opened_with(LK_TLS1_2, 100, 76, 22), LK_ERROR_DEVICE_PROTOCOL, "the header says 23");
}

Test(hostile, a_refused_load_or_delete_costs_the_link)
{
    adversary_command command;
    engine_fixture_init(&fixture, FIXTURE_TIMEOUT);
    fixture_open(&fixture, LK_SEAL, LK_TLS1_3);
    fixture_progress(&fixture);
    cr_assert(adversary_next(&fixture.far_end, &command));
    adversary_answer(&fixture.far_end, &command, LK_STATUS_SLOT_IN_USE, 0, NULL, 0);
    cr_assert_eq(fixture_progress(&fixture), LK_ERROR_DEVICE_PROTOCOL);
    engine_fixture_release(&fixture);
}

/* Answers of a good device, changed at random, cut at random: whatever happens, everything ends. */
Test(hostile, random_changes_to_a_whole_session_do_no_harm)
{
    static uint8_t answers[ADVERSARY_BYTES];
    size_t lost = 0;
    srand(3);
    for (int round = 0; round < 1500; round++) {
        engine_fixture_init(&fixture, FIXTURE_TIMEOUT);
        fixture.far_end.chunk = (size_t)rand() % 90 + 1;
        uint16_t version = rand() % 2 ? LK_TLS1_2 : LK_TLS1_3;
        lk_direction *directions[2] = {fixture_open(&fixture, LK_SEAL, version),
                                       fixture_open(&fixture, LK_OPEN, version)};
        fixture_seal(&operations[0], (size_t)rand() % 50, 0);
        fixture_record(&operations[1], (size_t)rand() % 50 + 24, 0);
        for (size_t i = 0; i < 2; i++)
            fixture_submit(directions[i], &operations[i]);
        size_t before = fixture.far_end.answers_length;
        fixture.far_end.chunk = 0; /* nothing is sent while the answers are being prepared */
        size_t length;
        fixture_progress(&fixture);
        adversary_command command;
        while (adversary_next(&fixture.far_end, &command)) {
            if (command.opcode == LK_OPCODE_SEAL)
                fixture_answer_seal(&fixture, &command, version);
            else
                adversary_answer(&fixture.far_end, &command, LK_STATUS_OK, command.opcode == LK_OPCODE_OPEN ? 23 : 0,
                                 NULL, command.opcode == LK_OPCODE_OPEN ? (uint16_t)(command.length - 29) : 0);
        }
        length = fixture.far_end.answers_length - before;
        memcpy(answers, fixture.far_end.answers + before, length);
        for (int change = rand() % 3; change > 0; change--)
            answers[(size_t)rand() % length] = (uint8_t)rand();
        fixture.far_end.answers_length = before;
        fixture.far_end.chunk = (size_t)rand() % 90 + 1;
        adversary_send(&fixture.far_end, answers, length);
        for (int i = 0; i < 400 && fixture.far_end.answers_sent < fixture.far_end.answers_length; i++)
            fixture_progress(&fixture);
        lost += fixture.engine.link.lost != LK_OK;
        fixture.far_end.gone = true;
        fixture_progress(&fixture);
        for (size_t i = 0; i < 2; i++)
            cr_assert_eq(operations[i].operation.state, LK_OPERATION_DONE);
        engine_fixture_release(&fixture);
    }
    cr_assert_gt(lost, 100);
    cr_assert_lt(lost, 1400);
}
