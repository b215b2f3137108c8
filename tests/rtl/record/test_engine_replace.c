/* SPDX-License-Identifier: Apache-2.0 */
/* SLOT_REPLACE: which record is made with which key, what it refuses, and what is left of the old key. */
#include "record/record.h"
#include "rtl/record/session.h"

#include <criterion/criterion.h>

#include <string.h>

enum { SLOT = 3, OPENING = 4, NEIGHBOUR = 5, EMPTY = 9, GENERATION = 0, LENGTH = 150, LONG = 3000 };

static test_session engine;
static uint8_t plaintext[LK_IV_MAX + LONG];
static uint8_t records[8][LK_RECORD_BYTES_MAX];
static size_t lengths[8];
static const session_protection gcm = {LK_TLS1_3, LK_CIPHER_AES_256_GCM, false};

static void open_engine(void)
{
    session_open(&engine);
    for (size_t i = 0; i < sizeof plaintext; i++) {
        plaintext[i] = (uint8_t)(i * 7);
    }
}

static void close_engine(void)
{
    session_close(&engine);
}

TestSuite(engine_replace, .init = open_engine, .fini = close_engine);

static void load(uint16_t slot, const lk_direction_parameters *parameters)
{
    cr_assert_eq(session_add_load(&engine, slot, GENERATION, parameters), LK_STATUS_OK);
}

static void replace(uint16_t slot, const lk_direction_parameters *parameters)
{
    cr_assert_eq(session_add_replace(&engine, slot, GENERATION, parameters), LK_STATUS_OK);
}

/* Seals and keeps the record. */
static void seal(const lk_direction_parameters *parameters, uint64_t sequence, int kept)
{
    size_t length = LENGTH + session_payload_iv(parameters);
    cr_assert_eq(session_add(&engine, session_seal(SLOT, sequence, plaintext, length)), LK_STATUS_OK);
    lengths[kept] = engine.expected.header.length;
    memcpy(records[kept], engine.expected.payload, lengths[kept]);
}

static lk_status unseal(uint64_t sequence, int kept)
{
    return session_add(&engine, session_unseal(OPENING, sequence, records[kept], lengths[kept]));
}

static void seal_beside(uint64_t sequence)
{
    cr_assert_eq(session_add(&engine, session_seal(NEIGHBOUR, sequence, plaintext, LONG)), LK_STATUS_OK);
}

static void delete_all(void)
{
    session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE_ALL}});
    session_run(&engine);
}

/* Everything is sent at once, so that there are records of either key, and of another slot, wherever there can be. The
 * reference has made each with the key of its turn. */
static void old_before_new_behind(session_protection before, session_protection behind)
{
    lk_direction_parameters neighbour = session_protected(LK_SEAL, gcm, 55);
    lk_direction_parameters old = session_protected(LK_SEAL, before, 20);
    lk_direction_parameters new = session_protected(LK_SEAL, behind, 21);
    new.first_sequence = 2;
    load(NEIGHBOUR, &neighbour);
    load(SLOT, &old);
    seal_beside(0);
    seal(&old, 5, 0);
    seal_beside(1);
    seal(&old, 6, 1);
    replace(SLOT, &new);
    seal(&new, 2, 2);
    seal_beside(2);
    seal(&new, 3, 3);
    old.kind = new.kind = LK_OPEN;
    load(OPENING, &old);
    cr_assert_eq(unseal(5, 0), LK_STATUS_OK);
    cr_assert_eq(unseal(6, 1), LK_STATUS_OK);
    replace(OPENING, &new);
    cr_assert_eq(unseal(2, 2), LK_STATUS_OK);
    cr_assert_eq(unseal(3, 3), LK_STATUS_OK);
    session_run(&engine);
    delete_all();
}

Test(engine_replace, records_before_it_have_the_old_key_and_those_behind_it_the_new_one)
{
    for (size_t i = 0; i < engine.protection_count; i++) {
        old_before_new_behind(engine.protections[i], engine.protections[i]);
    }
}

Test(engine_replace, the_cipher_may_be_another)
{
    for (size_t i = 0; i < engine.protection_count; i++) {
        old_before_new_behind(engine.protections[i], engine.protections[(i * 5 + 3) % engine.protection_count]);
    }
}

Test(engine_replace, a_record_of_the_old_key_does_not_open_with_the_new_one)
{
    lk_direction_parameters old = session_protected(LK_SEAL, gcm, 1), new = session_protected(LK_OPEN, gcm, 2);
    load(SLOT, &old);
    seal(&old, 0, 0);
    old.kind = LK_OPEN;
    load(OPENING, &old);
    cr_assert_eq(unseal(0, 0), LK_STATUS_OK);
    replace(OPENING, &new);
    cr_assert_eq(unseal(0, 0), LK_STATUS_BAD_RECORD_MAC);
    session_run(&engine);
}

Test(engine_replace, P2_numbers_restart_where_it_says_and_are_not_used_twice)
{
    lk_direction_parameters parameters = session_protected(LK_SEAL, gcm, 1);
    parameters.first_sequence = 100;
    load(SLOT, &parameters);
    seal(&parameters, 100, 0);
    for (uint8_t key = 2; key < 6; key++) {
        parameters = session_protected(LK_SEAL, gcm, key);
        parameters.first_sequence = key == 4 ? UINT64_C(0x1ffffffff) : key;
        replace(SLOT, &parameters);
        uint64_t first = parameters.first_sequence;
        cr_assert_eq(session_add(&engine, session_seal(SLOT, first - 1, plaintext, LENGTH)), LK_STATUS_SEQUENCE_REUSED);
        seal(&parameters, first, 0);
        cr_assert_eq(session_add(&engine, session_seal(SLOT, first, plaintext, LENGTH)), LK_STATUS_SEQUENCE_REUSED);
        seal(&parameters, first + 1, 1);
    }
    session_run(&engine);
}

/* A good one, but for what a test changes in it. */
static lk_status add_replace(const lk_direction_parameters *parameters, lk_command header, size_t changed, uint8_t mask)
{
    uint8_t bytes[LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES];
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_command_write_replace(&writer, (lk_command){0}, parameters);
    bytes[LK_COMMAND_HEADER_BYTES + changed] ^= mask;
    header.opcode = LK_OPCODE_SLOT_REPLACE;
    return session_add(&engine, (test_command){.header = header, .payload = bytes + LK_COMMAND_HEADER_BYTES});
}

Test(engine_replace, one_that_is_refused_before_its_payload_changes_nothing)
{
    lk_direction_parameters old = session_protected(LK_SEAL, gcm, 1), new = session_protected(LK_SEAL, gcm, 2);
    load(SLOT, &old);
    seal(&old, 7, 0);
    const lk_command good = {.slot = SLOT, .length = LK_LOAD_PAYLOAD_BYTES};
    lk_command header = good;
    header.slot = EMPTY;
    cr_assert_eq(add_replace(&new, header, 0, 0), LK_STATUS_SLOT_EMPTY);
    header = good;
    header.generation = 1;
    cr_assert_eq(add_replace(&new, header, 0, 0), LK_STATUS_STALE_GENERATION);
    header = good;
    header.padding = 1;
    cr_assert_eq(add_replace(&new, header, 0, 0), LK_STATUS_BAD_FIELD);
    for (uint16_t length = 0; length < LK_LOAD_PAYLOAD_BYTES; length++) {
        header = good;
        header.length = length;
        cr_assert_eq(add_replace(&new, header, 0, 0), LK_STATUS_BAD_LENGTH);
    }
    cr_assert_eq(session_add(&engine, session_seal(SLOT, 7, plaintext, LENGTH)), LK_STATUS_SEQUENCE_REUSED);
    seal(&old, 8, 1);
    session_run(&engine);
}

Test(engine_replace, one_whose_payload_is_refused_leaves_the_slot_empty)
{
    enum { DIRECTION = 0, VERSION = 1, CIPHER = 2, FLAGS = 3, RESERVED = 4, BEHIND_KEY = 55 };
    static const struct {
        size_t changed;
        uint8_t mask;
        lk_status status;
    } faults[] = {{DIRECTION, 1, LK_STATUS_WRONG_DIRECTION}, {DIRECTION, 2, LK_STATUS_BAD_FIELD},
                  {VERSION, 0x10, LK_STATUS_UNSUPPORTED},    {CIPHER, 0x40, LK_STATUS_UNSUPPORTED},
                  {FLAGS, 0x80, LK_STATUS_BAD_FIELD},        {RESERVED, 1, LK_STATUS_BAD_FIELD},
                  {BEHIND_KEY, 1, LK_STATUS_BAD_FIELD}};
    lk_direction_parameters old = session_protected(LK_SEAL, gcm, 1), new = session_protected(LK_SEAL, gcm, 2);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        load(SLOT, &old);
        seal(&old, 0, 0);
        lk_command header = {.slot = SLOT, .length = LK_LOAD_PAYLOAD_BYTES};
        cr_assert_eq(add_replace(&new, header, faults[i].changed, faults[i].mask), faults[i].status);
        cr_assert_eq(session_add(&engine, session_seal(SLOT, 1, plaintext, LENGTH)), LK_STATUS_SLOT_EMPTY);
        session_run(&engine);
        cr_assert_eq(engine_port_fact(&engine.port, LK_FACT_LIVE_SLOTS), 0);
    }
}

/* From the longest key to a shorter one: nothing of it stays behind the new one. */
Test(engine_replace, P3_nothing_of_the_old_key_stays_in_the_table)
{
    const session_protection longest = {LK_TLS1_0, LK_CIPHER_AES_256_CBC_SHA256, false};
    const session_protection shorter = {LK_TLS1_2, LK_CIPHER_AES_128_GCM, false};
    lk_direction_parameters old = session_protected(LK_SEAL, longest, 1), new = session_protected(LK_SEAL, shorter, 2);
    load(SLOT, &old);
    seal(&old, 0, 0);
    session_run(&engine);
    for (size_t at = 0; at < LK_KEY_MAX; at += sizeof(uint32_t)) {
        cr_assert(engine_port_stores(&engine.port, old.key + at));
        cr_assert(engine_port_stores(&engine.port, old.mac_key + at));
    }
    replace(SLOT, &new);
    seal(&new, 0, 0);
    session_run(&engine);
    for (size_t at = 0; at < LK_KEY_MAX; at += sizeof(uint32_t)) {
        cr_assert_not(engine_port_stores(&engine.port, old.key + at), "byte %zu of the key", at);
        cr_assert_not(engine_port_stores(&engine.port, old.mac_key + at), "byte %zu of the MAC key", at);
    }
    cr_assert(engine_port_stores(&engine.port, new.key));
    cr_assert_eq(engine_port_fact(&engine.port, LK_FACT_LIVE_SLOTS), 1);
}
