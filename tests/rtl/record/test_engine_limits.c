/* SPDX-License-Identifier: Apache-2.0 */
/* How many records a key seals: the soft limit, which completions tell, and the hard one, behind which nothing is
 * sealed. */
#include "record/record.h"
#include "rtl/record/session.h"

#include <criterion/criterion.h>

#include <string.h>

enum { SLOT = 3, GENERATION = 0, LENGTH = 40 };

static test_session engine;
static uint8_t plaintext[LK_IV_MAX + LENGTH];
static const session_protection gcm = {LK_TLS1_3, LK_CIPHER_AES_128_GCM, false};

static void open_engine(void)
{
    session_open(&engine);
}

static void close_engine(void)
{
    session_close(&engine);
}

TestSuite(engine_limits, .init = open_engine, .fini = close_engine);

static lk_direction_parameters limited(session_protection protection, uint32_t soft, uint32_t hard)
{
    lk_direction_parameters parameters = session_protected(LK_SEAL, protection, 9);
    parameters.limited = true;
    parameters.soft_limit = soft;
    parameters.hard_limit = hard;
    return parameters;
}

/* One record; near: its completion tells of the soft limit. */
static void seal(const lk_direction_parameters *parameters, uint64_t sequence, lk_status status, bool near)
{
    size_t length = LENGTH + session_payload_iv(parameters);
    cr_assert_eq(session_add(&engine, session_seal(SLOT, sequence, plaintext, length)), status, "number %llu",
                 (unsigned long long)sequence);
    cr_assert_eq(engine.expected.header.content_type, near ? LK_SEAL_NEAR_LIMIT : 0);
}

static void delete_slot(void)
{
    session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE, .slot = SLOT}});
    session_run(&engine);
}

Test(engine_limits, records_from_the_soft_one_on_tell_and_from_the_hard_one_on_there_are_none)
{
    for (size_t i = 0; i < engine.protection_count; i++) {
        lk_direction_parameters parameters = limited(engine.protections[i], 3, 5);
        cr_assert_eq(session_add_load(&engine, SLOT, GENERATION, &parameters), LK_STATUS_OK);
        for (uint64_t sequence = 0; sequence < 5; sequence++) {
            seal(&parameters, sequence, LK_STATUS_OK, sequence >= 3);
        }
        seal(&parameters, 5, LK_STATUS_RECORD_LIMIT, false);
        seal(&parameters, 1000, LK_STATUS_RECORD_LIMIT, false);
        seal(&parameters, 4, LK_STATUS_SEQUENCE_REUSED, false);
        seal(&parameters, UINT64_MAX, LK_STATUS_SEQUENCE_EXHAUSTED, false);
        parameters.limited = false;
        cr_assert_eq(session_add_replace(&engine, SLOT, GENERATION, &parameters), LK_STATUS_OK);
        seal(&parameters, 1000, LK_STATUS_OK, false);
        delete_slot();
    }
}

Test(engine_limits, are_those_of_the_slot_and_of_the_key)
{
    enum { OTHER = 4 };
    lk_direction_parameters parameters = limited(gcm, 0, 1), other = session_protected(LK_SEAL, gcm, 10);
    cr_assert_eq(session_add_load(&engine, SLOT, GENERATION, &parameters), LK_STATUS_OK);
    cr_assert_eq(session_add_load(&engine, OTHER, GENERATION, &other), LK_STATUS_OK);
    for (uint64_t sequence = 0; sequence < 4; sequence++) {
        seal(&parameters, sequence, sequence == 0 ? LK_STATUS_OK : LK_STATUS_RECORD_LIMIT, sequence == 0);
        cr_assert_eq(session_add(&engine, session_seal(OTHER, sequence, plaintext, LENGTH)), LK_STATUS_OK);
    }
    parameters = limited(gcm, 2, 2);
    cr_assert_eq(session_add_replace(&engine, SLOT, GENERATION, &parameters), LK_STATUS_OK);
    seal(&parameters, 0, LK_STATUS_OK, false);
    seal(&parameters, 1, LK_STATUS_OK, false);
    seal(&parameters, 2, LK_STATUS_RECORD_LIMIT, false);
    session_run(&engine);
}

/* A number may be left out: what counts is the lowest that was still accepted before the record. */
Test(engine_limits, are_of_the_lowest_number_that_is_accepted)
{
    static const uint32_t limits[] = {0, 1, 2, 0x10000, 0x7fffffff, 0x80000000, UINT32_MAX};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        lk_direction_parameters parameters = limited(gcm, limits[i], limits[i]);
        parameters.first_sequence = limits[i] > 0 ? limits[i] - 1 : 0;
        cr_assert_eq(session_add_load(&engine, SLOT, GENERATION, &parameters), LK_STATUS_OK);
        seal(&parameters, UINT64_C(0x300000000), limits[i] > 0 ? LK_STATUS_OK : LK_STATUS_RECORD_LIMIT, false);
        seal(&parameters, UINT64_C(0x300000001), LK_STATUS_RECORD_LIMIT, false);
        delete_slot();
    }
    lk_direction_parameters parameters = limited(gcm, UINT32_MAX, UINT32_MAX);
    parameters.first_sequence = UINT64_C(1) << 32;
    cr_assert_eq(session_add_load(&engine, SLOT, GENERATION, &parameters), LK_STATUS_OK);
    seal(&parameters, parameters.first_sequence, LK_STATUS_RECORD_LIMIT, false);
    session_run(&engine);
}

Test(engine_limits, of_aes_gcm_are_kept_to_the_record)
{
    enum { SOFT = LK_RECORD_LIMIT_GCM - 65536 };
    lk_direction_parameters parameters = limited(gcm, SOFT, LK_RECORD_LIMIT_GCM);
    parameters.first_sequence = SOFT - 1;
    cr_assert_eq(session_add_load(&engine, SLOT, GENERATION, &parameters), LK_STATUS_OK);
    seal(&parameters, SOFT - 1, LK_STATUS_OK, false);
    seal(&parameters, SOFT, LK_STATUS_OK, true);
    seal(&parameters, LK_RECORD_LIMIT_GCM - 2, LK_STATUS_OK, true);
    seal(&parameters, LK_RECORD_LIMIT_GCM - 1, LK_STATUS_OK, true);
    seal(&parameters, LK_RECORD_LIMIT_GCM, LK_STATUS_RECORD_LIMIT, false);
    session_run(&engine);
}

Test(engine_limits, belong_to_sealing_alone)
{
    lk_direction_parameters parameters = limited(gcm, 1, 2);
    uint8_t bytes[LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES];
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_command_write_load(&writer, (lk_command){0}, &parameters);
    uint8_t *payload = bytes + LK_COMMAND_HEADER_BYTES;
    payload[0] = LK_DIRECTION_OPEN;
    test_command command = {.header = {.opcode = LK_OPCODE_SLOT_LOAD, .slot = SLOT, .length = LK_LOAD_PAYLOAD_BYTES},
                            .payload = payload};
    cr_assert_eq(session_add(&engine, command), LK_STATUS_UNSUPPORTED);
    payload[0] = LK_DIRECTION_SEAL;
    payload[3] = 0;
    cr_assert_eq(session_add(&engine, command), LK_STATUS_BAD_FIELD, "there are limits, and no flag");
    session_run(&engine);
}
