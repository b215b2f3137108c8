/* SPDX-License-Identifier: Apache-2.0 */
#include "engine_fixture.h"

#include "base/writer.h"

#include <criterion/criterion.h>

#include <string.h>

void engine_fixture_init(engine_fixture *fixture, int timeout)
{
    adversary_init(&fixture->far_end);
    cr_assert_eq(lk_slot_engine_init(&fixture->engine, &fixture->far_end.base, FIXTURE_SLOTS,
                                     1u << LK_CIPHER_AES_128_GCM, lk_version_bit(LK_TLS1_2) | lk_version_bit(LK_TLS1_3),
                                     timeout),
                 LK_OK);
}

void engine_fixture_release(engine_fixture *fixture)
{
    lk_slot_engine_release(&fixture->engine);
    cr_assert(fixture->far_end.closed);
    adversary_release(&fixture->far_end);
}

static lk_direction_parameters parameters_of(lk_direction_kind kind, uint16_t version)
{
    lk_direction_parameters parameters = {
        .kind = kind, .version = version, .cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM)};
    memset(parameters.key, 0x5a, sizeof parameters.key);
    return parameters;
}

lk_direction *fixture_open(engine_fixture *fixture, lk_direction_kind kind, uint16_t version)
{
    lk_direction *direction = NULL;
    lk_direction_parameters parameters = parameters_of(kind, version);
    cr_assert_eq(lk_engine_open(&fixture->engine.base, &parameters, &direction), LK_OK);
    return direction;
}

lk_direction *fixture_open_loaded(engine_fixture *fixture, lk_direction_kind kind, uint16_t version)
{
    lk_direction *direction = fixture_open(fixture, kind, version);
    fixture_answer_all(fixture, version);
    return direction;
}

void fixture_seal(fixture_operation *operation, size_t length, uint64_t sequence)
{
    memset(operation->input, 'p', length);
    memset(operation->output, 0xee, sizeof operation->output);
    operation->operation = (lk_operation){.input = operation->input,
                                          .input_length = length,
                                          .output = operation->output,
                                          .output_capacity = sizeof operation->output,
                                          .sequence = sequence,
                                          .content_type = 23};
}

void fixture_record(fixture_operation *operation, size_t fragment, uint64_t sequence)
{
    fixture_seal(operation, LK_RECORD_HEADER_LENGTH + fragment, sequence);
    lk_writer writer = lk_writer_into(operation->input, LK_RECORD_HEADER_LENGTH);
    lk_writer_u8(&writer, 23);
    lk_writer_u16(&writer, LK_TLS1_2);
    lk_writer_u16(&writer, (uint16_t)fragment);
}

void fixture_submit(lk_direction *direction, fixture_operation *operation)
{
    lk_operation *one = &operation->operation;
    size_t accepted = 0;
    cr_assert_eq(lk_direction_submit(direction, &one, 1, &accepted), LK_OK);
    cr_assert_eq(accepted, 1);
}

lk_error fixture_progress(engine_fixture *fixture)
{
    return lk_engine_progress(&fixture->engine.base, 0);
}

static void answer_seal(engine_fixture *fixture, const adversary_command *command, uint16_t version, uint8_t detail)
{
    uint8_t record[LK_RECORD_MAX];
    size_t length =
        lk_record_sealed_length(version, lk_cipher_find(LK_CIPHER_AES_128_GCM), command->length, command->padding);
    lk_writer writer = lk_writer_into(record, sizeof record);
    lk_writer_u8(&writer, version == LK_TLS1_3 ? 23 : command->content_type);
    lk_writer_u16(&writer, LK_TLS1_2);
    lk_writer_u16(&writer, (uint16_t)(length - LK_RECORD_HEADER_LENGTH));
    if (version == LK_TLS1_2)
        lk_writer_u64(&writer, command->sequence);
    memset(record + writer.length, 'c', length - writer.length);
    adversary_answer(&fixture->far_end, command, LK_STATUS_OK, detail, record, (uint16_t)length);
}

void fixture_answer_seal(engine_fixture *fixture, const adversary_command *command, uint16_t version)
{
    answer_seal(fixture, command, version, 0);
}

void fixture_answer_seal_near_limit(engine_fixture *fixture, const adversary_command *command, uint16_t version)
{
    answer_seal(fixture, command, version, LK_SEAL_NEAR_LIMIT);
}

size_t fixture_answer_all(engine_fixture *fixture, uint16_t version)
{
    adversary_command command;
    size_t count = 0;
    fixture_progress(fixture);
    for (; adversary_next(&fixture->far_end, &command); count++) {
        if (command.opcode == LK_OPCODE_SEAL)
            fixture_answer_seal(fixture, &command, version);
        else if (command.opcode == LK_OPCODE_OPEN)
            adversary_answer(&fixture->far_end, &command, LK_STATUS_OK, 23, NULL, (uint16_t)(command.length - 5 - 17));
        else
            adversary_answer(&fixture->far_end, &command, LK_STATUS_OK, 0, NULL, 0);
    }
    fixture_progress(fixture);
    return count;
}
