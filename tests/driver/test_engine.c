/* SPDX-License-Identifier: Apache-2.0 */
/* The device engine: slots, order, credits, deadlines and loss, against a device that answers as the test wants. */
#include "engine_fixture.h"
#include "protocol/command.h"

#include <criterion/criterion.h>

#include <poll.h>
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

TestSuite(engine, .init = begin, .fini = end);

Test(engine, tells_what_the_device_has)
{
    lk_engine_capabilities capabilities;
    lk_engine_capabilities_get(&fixture.engine.base, &capabilities);
    cr_assert_eq(capabilities.slots, FIXTURE_SLOTS);
    cr_assert_not(capabilities.immediate);
    cr_assert_str_eq(lk_engine_name(&fixture.engine.base), "device");
    cr_assert(lk_engine_supports(&fixture.engine.base, LK_TLS1_3, lk_cipher_find(LK_CIPHER_AES_128_GCM)));
    cr_assert_not(lk_engine_supports(&fixture.engine.base, LK_TLS1_3, lk_cipher_find(LK_CIPHER_AES_256_GCM)));
}

Test(engine, refuses_a_direction_that_the_device_does_not_offer)
{
    lk_direction *direction;
    lk_direction_parameters parameters = {
        .kind = LK_SEAL, .version = LK_TLS1_3, .cipher = lk_cipher_find(LK_CIPHER_AES_256_GCM)};
    cr_assert_eq(lk_engine_open(&fixture.engine.base, &parameters, &direction), LK_ERROR_ENGINE_UNSUPPORTED);
    parameters.cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM);
    parameters.version = LK_TLS1_1;
    cr_assert_eq(lk_engine_open(&fixture.engine.base, &parameters, &direction), LK_ERROR_ENGINE_UNSUPPORTED);
    parameters.cipher = NULL;
    cr_assert_eq(lk_engine_open(&fixture.engine.base, &parameters, &direction), LK_ERROR_INVALID_ARGUMENT);
}

static lk_error try_open(uint16_t version, lk_cipher_id cipher, bool encrypt_then_mac)
{
    lk_direction *direction;
    lk_direction_parameters parameters = {
        .kind = LK_SEAL, .version = version, .cipher = lk_cipher_find(cipher), .encrypt_then_mac = encrypt_then_mac};
    return lk_engine_open(&fixture.engine.base, &parameters, &direction);
}

Test(engine, leaves_to_software_what_a_newer_board_offers_and_this_driver_does_not_know)
{
    fixture.engine.ciphers = fixture.engine.versions = UINT32_MAX;
    /* SLOT_LOAD has no room for so long a MAC key. */
    cr_assert_eq(try_open(LK_TLS1_2, LK_CIPHER_AES_256_CBC_SHA384, false), LK_ERROR_ENGINE_UNSUPPORTED);
    cr_assert_eq(try_open(LK_TLS1_2, LK_CIPHER_3DES_EDE_CBC_SHA, false), LK_ERROR_ENGINE_UNSUPPORTED);
    cr_assert_eq(try_open(LK_TLS1_2, LK_CIPHER_RC4_128_SHA, false), LK_ERROR_ENGINE_UNSUPPORTED);
    cr_assert_not(lk_engine_supports(&fixture.engine.base, LK_TLS1_2, lk_cipher_find(LK_CIPHER_AES_256_CBC_SHA384)));
    cr_assert(lk_engine_supports(&fixture.engine.base, LK_TLS1_2, lk_cipher_find(LK_CIPHER_AES_256_GCM)));
    cr_assert(lk_engine_supports(&fixture.engine.base, LK_TLS1_0, lk_cipher_find(LK_CIPHER_AES_256_CBC_SHA)));
}

Test(engine, leaves_to_software_what_no_board_can_do)
{
    fixture.engine.ciphers = fixture.engine.versions = UINT32_MAX;
    cr_assert_eq(try_open(LK_TLS1_3, LK_CIPHER_AES_128_CBC_SHA, false), LK_ERROR_ENGINE_UNSUPPORTED);
    cr_assert_eq(try_open(LK_TLS1_1, LK_CIPHER_AES_128_GCM, false), LK_ERROR_ENGINE_UNSUPPORTED);
    cr_assert_eq(try_open(LK_SSL3, LK_CIPHER_AES_128_CBC_SHA256, false), LK_ERROR_ENGINE_UNSUPPORTED);
    cr_assert_eq(try_open(LK_SSL3, LK_CIPHER_AES_128_CBC_SHA, true), LK_ERROR_ENGINE_UNSUPPORTED);
    cr_assert_eq(try_open(LK_TLS1_2, LK_CIPHER_NULL_SHA, true), LK_ERROR_ENGINE_UNSUPPORTED);
}

Test(engine, loads_and_seals_without_waiting_in_between)
{
    adversary_command load, seal;
    lk_direction *direction = fixture_open(&fixture, LK_SEAL, LK_TLS1_3);
    fixture_seal(&operations[0], 100, 7);
    fixture_submit(direction, &operations[0]);
    fixture_progress(&fixture);
    cr_assert(adversary_next(&fixture.far_end, &load));
    cr_assert(adversary_next(&fixture.far_end, &seal));
    cr_assert_eq(load.opcode, LK_OPCODE_SLOT_LOAD);
    cr_assert_eq(seal.opcode, LK_OPCODE_SEAL);
    cr_assert_eq(seal.slot, load.slot);
    cr_assert_eq(seal.generation, load.generation);
    cr_assert_eq(seal.sequence, 7);
    cr_assert_eq(seal.content_type, 23);
    cr_assert_eq(operations[0].operation.state, LK_OPERATION_SUBMITTED);
    adversary_answer(&fixture.far_end, &load, LK_STATUS_OK, 0, NULL, 0);
    fixture_answer_seal(&fixture, &seal, LK_TLS1_3);
    cr_assert_eq(fixture_progress(&fixture), LK_OK);
    cr_assert_eq(operations[0].operation.state, LK_OPERATION_DONE);
    cr_assert_eq(operations[0].operation.status, LK_OK);
    cr_assert_eq(operations[0].operation.output_length, 100 + 5 + 17);
    cr_assert_str_eq(operations[0].operation.engine, "device");
    cr_assert_eq(operations[0].operation.slot, load.slot);
    cr_assert_eq(operations[0].output[20], 'c');
    lk_direction_close(direction);
}

Test(engine, puts_several_commands_into_one_transfer)
{
    lk_direction *direction = fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_3);
    lk_operation *all[3];
    size_t accepted;
    for (size_t i = 0; i < 3; i++) {
        fixture_seal(&operations[i], 10, i);
        all[i] = &operations[i].operation;
    }
    cr_assert_eq(lk_direction_submit(direction, all, 3, &accepted), LK_OK);
    cr_assert_eq(accepted, 3);
    cr_assert_eq(fixture.far_end.out_count, 1);
    cr_assert_eq(fixture.far_end.out[0]->length, 3 * lk_command_size(10));
    lk_direction_close(direction);
}

Test(engine, finishes_each_operation_with_the_error_of_its_status)
{
    static const lk_status statuses[] = {LK_STATUS_BAD_RECORD_MAC, LK_STATUS_STALE_GENERATION,
                                         LK_STATUS_RECORD_OVERFLOW};
    static const lk_error errors[] = {LK_ERROR_BAD_RECORD_MAC, LK_ERROR_ENGINE_STALE, LK_ERROR_RECORD_OVERFLOW};
    lk_direction *direction = fixture_open_loaded(&fixture, LK_OPEN, LK_TLS1_3);
    for (size_t i = 0; i < 3; i++) {
        adversary_command command;
        fixture_record(&operations[i], 50, i);
        fixture_submit(direction, &operations[i]);
        fixture_progress(&fixture);
        cr_assert(adversary_next(&fixture.far_end, &command));
        adversary_answer(&fixture.far_end, &command, statuses[i], 0, NULL, 0);
        cr_assert_eq(fixture_progress(&fixture), LK_OK);
        cr_assert_eq(operations[i].operation.state, LK_OPERATION_DONE);
        cr_assert_eq(operations[i].operation.status, errors[i]);
        cr_assert_eq(operations[i].operation.output_length, 0);
        cr_assert_eq(operations[i].output[0], 0xee, "P1: the output is untouched");
    }
    lk_direction_close(direction);
}

Test(engine, opens_in_place)
{
    lk_direction *direction = fixture_open_loaded(&fixture, LK_OPEN, LK_TLS1_3);
    fixture_record(&operations[0], 17 + 40, 0);
    operations[0].operation.output = operations[0].input + LK_RECORD_HEADER_LENGTH;
    operations[0].operation.output_capacity = 57;
    fixture_submit(direction, &operations[0]);
    cr_assert_eq(fixture_answer_all(&fixture, LK_TLS1_3), 1);
    cr_assert_eq(operations[0].operation.status, LK_OK);
    cr_assert_eq(operations[0].operation.output_length, 40);
    cr_assert_eq(operations[0].operation.content_type, 23);
    cr_assert_eq(operations[0].input[5], 0);
    lk_direction_close(direction);
}

Test(engine, refuses_what_it_can_see_to_be_wrong_but_in_its_turn)
{
    lk_direction *direction = fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_2);
    fixture_seal(&operations[0], 10, 0);
    fixture_submit(direction, &operations[0]);
    fixture_seal(&operations[1], 10, 1);
    operations[1].operation.padding = 1; /* there is none in TLS 1.2 */
    fixture_submit(direction, &operations[1]);
    cr_assert_eq(operations[1].operation.state, LK_OPERATION_SUBMITTED, "the one before it is not done yet");
    cr_assert_eq(fixture_answer_all(&fixture, LK_TLS1_2), 1);
    cr_assert_eq(operations[0].operation.status, LK_OK);
    cr_assert_eq(operations[1].operation.state, LK_OPERATION_DONE);
    cr_assert_eq(operations[1].operation.status, LK_ERROR_INVALID_ARGUMENT);
    fixture_seal(&operations[2], 16384, 2);
    operations[2].operation.output_capacity = 16384 + 5 + 24 - 1;
    fixture_submit(direction, &operations[2]);
    cr_assert_eq(operations[2].operation.state, LK_OPERATION_DONE, "nothing stands before it");
    cr_assert_eq(operations[2].operation.status, LK_ERROR_INVALID_ARGUMENT);
    lk_direction_close(direction);
}

Test(engine, a_slot_is_used_again_only_after_it_was_erased_and_with_another_generation)
{
    adversary_command command;
    lk_direction *directions[FIXTURE_SLOTS];
    lk_direction *another = NULL;
    lk_direction_parameters parameters = {
        .kind = LK_SEAL, .version = LK_TLS1_3, .cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM)};
    for (size_t i = 0; i < FIXTURE_SLOTS; i++)
        directions[i] = fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_3);
    cr_assert_eq(lk_engine_open(&fixture.engine.base, &parameters, &another), LK_ERROR_ENGINE_FULL);
    uint16_t generation = ((const lk_slot *)directions[2])->generation;
    lk_direction_close(directions[2]);
    cr_assert_eq(lk_engine_open(&fixture.engine.base, &parameters, &another), LK_ERROR_ENGINE_FULL);
    cr_assert(adversary_next(&fixture.far_end, &command));
    cr_assert_eq(command.opcode, LK_OPCODE_SLOT_DELETE);
    cr_assert_eq(command.slot, 2);
    cr_assert_eq(command.generation, generation);
    adversary_answer(&fixture.far_end, &command, LK_STATUS_OK, 0, NULL, 0);
    cr_assert_eq(lk_engine_open(&fixture.engine.base, &parameters, &another), LK_OK);
    fixture_progress(&fixture);
    cr_assert(adversary_next(&fixture.far_end, &command));
    cr_assert_eq(command.slot, 2);
    cr_assert_neq(command.generation, generation);
}

Test(engine, a_closed_direction_forgets_what_is_in_flight)
{
    adversary_command command;
    lk_direction *direction = fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_3);
    fixture_seal(&operations[0], 100, 0);
    fixture_submit(direction, &operations[0]);
    lk_direction_close(direction);
    memset(&operations[0].operation, 0xdd, sizeof operations[0].operation); /* the caller's memory again */
    fixture_progress(&fixture);
    cr_assert(adversary_next(&fixture.far_end, &command));
    fixture_answer_seal(&fixture, &command, LK_TLS1_3);
    cr_assert_eq(fixture_progress(&fixture), LK_OK);
    cr_assert_eq(operations[0].output[0], 0xee);
    cr_assert_eq(operations[0].operation.slot, (int)0xdddddddd);
}

Test(engine, says_busy_when_the_ring_is_full_yet_opens_and_closes)
{
    lk_direction *direction = fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_3);
    lk_operation *one = &operations[0].operation;
    size_t accepted, total = 0;
    lk_error error = LK_OK;
    fixture.far_end.hold_out = true;
    fixture_seal(&operations[0], 16384, 0);
    while (!error && total < 1000) {
        error = lk_direction_submit(direction, &one, 1, &accepted);
        total += accepted;
    }
    cr_assert_eq(error, LK_ERROR_ENGINE_BUSY);
    cr_assert_eq(accepted, 0);
    cr_assert_eq(total, 2 + (LK_OUTPUT_BUFFERS - 3) * 3, "two go at once, then three to a buffer; one buffer is kept");
    for (size_t i = 1; i < FIXTURE_SLOTS; i++)
        lk_direction_close(fixture_open(&fixture, LK_OPEN, LK_TLS1_2));
    lk_direction_close(direction);
    fixture.far_end.hold_out = false;
    size_t answered = 0;
    for (int i = 0; i < 10; i++)
        answered += fixture_answer_all(&fixture, LK_TLS1_3);
    cr_assert_eq(answered, total + 2 * (FIXTURE_SLOTS - 1) + 1);
    cr_assert_eq(fixture.engine.link.lost, LK_OK);
    fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_3);
}

Test(engine, bounds_the_operations_on_their_way)
{
    lk_direction *direction = fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_3);
    lk_operation *one = &operations[0].operation;
    size_t accepted, total = 0;
    fixture_seal(&operations[0], 0, 0);
    while (lk_direction_submit(direction, &one, 1, &accepted) == LK_OK) {
        total += accepted;
        fixture_progress(&fixture);
    }
    cr_assert_eq(total, LK_RECORDS_PENDING_MAX);
    cr_assert_eq(fixture_answer_all(&fixture, LK_TLS1_3), LK_RECORDS_PENDING_MAX);
    cr_assert_eq(lk_direction_submit(direction, &one, 1, &accepted), LK_OK);
    lk_direction_close(direction);
}

Test(engine, wipes_what_was_sent)
{
    uint8_t *buffer = fixture.engine.link.output.memory;
    bool key_was_there = false;
    fixture.far_end.hold_out = true;
    fixture_open(&fixture, LK_SEAL, LK_TLS1_3);
    for (size_t i = 0; i < LK_OUTPUT_BUFFER_BYTES; i++)
        key_was_there |= buffer[i] == 0x5a;
    cr_assert(key_was_there);
    fixture.far_end.hold_out = false;
    fixture_progress(&fixture);
    for (size_t i = 0; i < (size_t)LK_OUTPUT_BUFFERS * LK_OUTPUT_BUFFER_BYTES; i++)
        cr_assert_eq(buffer[i], 0);
}

Test(engine, its_descriptor_is_readable_when_completions_wait)
{
    lk_direction *direction = fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_3);
    struct pollfd waited = {.fd = lk_engine_descriptor(&fixture.engine.base), .events = POLLIN};
    adversary_command command;
    fixture_seal(&operations[0], 1, 0);
    fixture_submit(direction, &operations[0]);
    fixture_progress(&fixture);
    cr_assert_eq(poll(&waited, 1, 0), 0);
    cr_assert(adversary_next(&fixture.far_end, &command));
    fixture_answer_seal(&fixture, &command, LK_TLS1_3);
    cr_assert_eq(poll(&waited, 1, 0), 1);
    fixture_progress(&fixture);
    cr_assert_eq(operations[0].operation.state, LK_OPERATION_DONE);
    cr_assert_eq(poll(&waited, 1, 0), 0);
}

static void lost_with(lk_error reason)
{
    size_t accepted;
    lk_operation *one = &operations[2].operation;
    lk_direction *direction;
    lk_direction_parameters parameters = {
        .kind = LK_SEAL, .version = LK_TLS1_3, .cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM)};
    cr_assert_eq(fixture.engine.link.lost, reason);
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(operations[i].operation.state, LK_OPERATION_DONE);
        cr_assert_eq(operations[i].operation.status, reason);
        cr_assert_eq(operations[i].operation.output_length, 0);
    }
    fixture_seal(&operations[2], 1, 9);
    cr_assert_eq(lk_direction_submit(&fixture.engine.slots[0].base, &one, 1, &accepted), reason);
    cr_assert_eq(accepted, 0);
    cr_assert_eq(lk_engine_open(&fixture.engine.base, &parameters, &direction), reason);
    cr_assert_eq(fixture_progress(&fixture), reason);
    lk_direction_close(&fixture.engine.slots[0].base);
}

static void two_in_flight(void)
{
    lk_direction *direction = fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_3);
    for (size_t i = 0; i < 2; i++) {
        fixture_seal(&operations[i], 10, i);
        fixture_submit(direction, &operations[i]);
    }
    fixture_progress(&fixture);
}

Test(engine, finishes_all_with_device_lost_when_the_device_goes)
{
    two_in_flight();
    fixture.far_end.gone = true;
    cr_assert_eq(fixture_progress(&fixture), LK_ERROR_DEVICE_LOST);
    lost_with(LK_ERROR_DEVICE_LOST);
}

Test(engine, a_half_completion_before_the_loss_gives_no_byte)
{
    adversary_command command;
    lk_direction *direction = fixture_open_loaded(&fixture, LK_OPEN, LK_TLS1_3);
    for (size_t i = 0; i < 2; i++) {
        fixture_record(&operations[i], 100, i);
        fixture_submit(direction, &operations[i]);
    }
    fixture_progress(&fixture);
    cr_assert(adversary_next(&fixture.far_end, &command));
    adversary_answer(&fixture.far_end, &command, LK_STATUS_OK, 23, operations[0].input, 83);
    fixture.far_end.answers_length -= 20;
    cr_assert_eq(fixture_progress(&fixture), LK_OK);
    fixture.far_end.gone = true;
    fixture_progress(&fixture);
    for (size_t i = 0; i < sizeof operations[0].output; i++)
        cr_assert_eq(operations[0].output[i], 0xee);
    lost_with(LK_ERROR_DEVICE_LOST);
}

Test(silence, is_a_loss_after_the_timeout)
{
    engine_fixture_init(&fixture, 50);
    two_in_flight();
    struct pollfd waited = {.fd = lk_engine_descriptor(&fixture.engine.base), .events = POLLIN};
    cr_assert_eq(poll(&waited, 1, 5000), 1, "the descriptor tells when patience is over");
    cr_assert_eq(lk_engine_progress(&fixture.engine.base, 1000), LK_ERROR_DEVICE_HUNG);
    lost_with(LK_ERROR_DEVICE_HUNG);
    cr_assert_eq(poll(&waited, 1, 0), 0);
    engine_fixture_release(&fixture);
}

Test(silence, of_a_device_that_is_still_there_has_its_keys_erased)
{
    engine_fixture_init(&fixture, 50);
    two_in_flight();
    cr_assert_eq(lk_engine_progress(&fixture.engine.base, 1000), LK_ERROR_DEVICE_HUNG);
    cr_assert_eq(fixture.far_end.resets, 1);
    fixture_progress(&fixture);
    cr_assert_eq(fixture.far_end.resets, 1, "once is enough");
    lk_direction_close(&fixture.engine.slots[0].base);
    engine_fixture_release(&fixture);
    engine_fixture_init(&fixture, 50);
    fixture.far_end.gone = true;
    cr_assert_eq(fixture_progress(&fixture), LK_ERROR_DEVICE_LOST);
    cr_assert_eq(fixture.far_end.resets, 0, "there is nobody to tell");
    engine_fixture_release(&fixture);
}

Test(health, a_heartbeat_that_is_answered_counts)
{
    lk_health health = {0};
    lk_device_health told;
    engine_fixture_init(&fixture, 50);
    fixture.engine.health = &health;
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(lk_slot_engine_beat(&fixture.engine), LK_OK);
        cr_assert_eq(fixture_answer_all(&fixture, LK_TLS1_3), 1);
    }
    cr_assert_eq(lk_slot_engine_beat(&fixture.engine), LK_OK);
    lk_direction *direction = fixture_open(&fixture, LK_SEAL, LK_TLS1_3);
    fixture_seal(&operations[0], 10, 0);
    fixture_submit(direction, &operations[0]);
    cr_assert_eq(lk_slot_engine_beat(&fixture.engine), LK_OK);
    size_t answered = fixture_answer_all(&fixture, LK_TLS1_3); /* two transfers; the third follows */
    answered += fixture_answer_all(&fixture, LK_TLS1_3);
    cr_assert_eq(answered, 3, "who owes answers is asked for no other");
    cr_assert_eq(operations[0].operation.status, LK_OK, "a direction may begin before the heart has beaten");
    lk_health_get(&health, &told);
    cr_assert_eq(told.heartbeats, 4);
    cr_assert_eq(told.lost, LK_OK);
    lk_direction_close(direction);
    engine_fixture_release(&fixture);
}

Test(health, a_heartbeat_without_an_answer_is_a_loss)
{
    lk_health health = {0};
    lk_device_health told;
    engine_fixture_init(&fixture, 50);
    fixture.engine.health = &health;
    cr_assert_eq(lk_slot_engine_beat(&fixture.engine), LK_OK);
    cr_assert_eq(lk_engine_progress(&fixture.engine.base, 1000), LK_ERROR_DEVICE_HUNG);
    cr_assert_eq(lk_slot_engine_beat(&fixture.engine), LK_ERROR_DEVICE_HUNG);
    lk_health_get(&health, &told);
    cr_assert_eq(told.lost, LK_ERROR_DEVICE_HUNG);
    cr_assert_eq(told.losses, 1);
    cr_assert_eq(told.resets, 0, "it refused");
    engine_fixture_release(&fixture);
}

Test(health, latencies_fill_the_buckets_of_their_time)
{
    lk_health health = {0};
    lk_device_health told;
    engine_fixture_init(&fixture, FIXTURE_TIMEOUT);
    fixture.engine.health = &health;
    two_in_flight();
    lk_health_get(&health, &told);
    cr_assert_eq(told.in_flight, 2);
    poll(NULL, 0, 20);
    fixture_answer_all(&fixture, LK_TLS1_3);
    lk_health_get(&health, &told);
    cr_assert_eq(told.in_flight, 0);
    cr_assert_eq(told.seal.count, 2);
    cr_assert_eq(told.open.count, 0);
    cr_assert_geq(told.seal.longest, 20000);
    cr_assert_geq(told.seal.microseconds, 40000);
    for (unsigned i = 0; i < 15; i++)
        cr_assert_eq(told.seal.buckets[i], 0, "2^14 us are less than 20 ms");
    cr_assert_gt(lk_device_latency_bound(&told.seal, 999), 20000);
    cr_assert_eq(lk_device_latency_bound(&told.open, 999), 0);
    lk_direction_close(&fixture.engine.slots[0].base);
    engine_fixture_release(&fixture);
}

Test(silence, of_a_device_with_nothing_to_do_is_none)
{
    engine_fixture_init(&fixture, 20);
    lk_direction *direction = fixture_open_loaded(&fixture, LK_SEAL, LK_TLS1_3);
    struct pollfd waited = {.fd = lk_engine_descriptor(&fixture.engine.base), .events = POLLIN};
    cr_assert_eq(poll(&waited, 1, 1000), 1);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(fixture_progress(&fixture), LK_OK);
    cr_assert_eq(poll(&waited, 1, 60), 0, "the timer is off");
    lk_direction_close(direction);
    engine_fixture_release(&fixture);
}

Test(silence, ends_with_any_completion)
{
    engine_fixture_init(&fixture, 400);
    two_in_flight();
    for (size_t i = 0; i < 2; i++) {
        adversary_command command;
        cr_assert_eq(lk_engine_progress(&fixture.engine.base, 250), LK_OK);
        cr_assert(adversary_next(&fixture.far_end, &command));
        fixture_answer_seal(&fixture, &command, LK_TLS1_3);
        cr_assert_eq(fixture_progress(&fixture), LK_OK);
        cr_assert_eq(operations[i].operation.status, LK_OK);
    }
    engine_fixture_release(&fixture);
}
