/* SPDX-License-Identifier: Apache-2.0 */
/* An engine with three lanes: who waits for whom, and who does not. */
#include "record/record.h"
#include "rtl/record/session.h"

#include <criterion/criterion.h>

#include <string.h>

enum { LANES = 3, LONG = LK_RECORD_PLAINTEXT_MAX, SHORT = 100, SLOTS = 4 };

static test_session engine;
static uint8_t plaintext[LONG];

static void open_engine(void)
{
    session_open(&engine);
    for (uint8_t slot = 0; slot < SLOTS; slot++) {
        lk_direction_parameters parameters = session_direction(LK_SEAL, LK_TLS1_3, slot);
        cr_assert_eq(session_add_load(&engine, slot, 0, &parameters), LK_STATUS_OK);
    }
    session_run(&engine);
    engine.overtaken = 0;
}

static void close_engine(void)
{
    session_close(&engine);
}

TestSuite(engine_lanes, .init = open_engine, .fini = close_engine);

static void seal(uint16_t slot, uint64_t sequence, size_t length)
{
    cr_assert_eq(session_add(&engine, session_seal(slot, sequence, plaintext, length)), LK_STATUS_OK);
}

/* Cycles from the first command word to the last word of output. */
static uint64_t run(void)
{
    session_run(&engine);
    return engine.port.last_word;
}

Test(engine_lanes, the_fact_tells_them)
{
    cr_assert_eq((uint32_t)engine_port_fact(&engine.port, LK_FACT_LANES), LANES);
}

Test(engine_lanes, a_short_record_overtakes_a_long_one_of_another_slot)
{
    seal(0, 0, LONG);
    seal(1, 0, SHORT);
    run();
    cr_assert_eq(engine.overtaken, 1);
}

Test(engine_lanes, records_of_one_slot_share_the_lanes_and_stay_in_order)
{
    seal(0, 0, LONG);
    uint64_t alone = run();
    for (uint64_t i = 1; i <= LANES; i++) {
        seal(0, i, LONG - i * SHORT); /* the later, the sooner it is made */
    }
    seal(0, LANES + 1, SHORT);
    uint64_t together = run();
    cr_assert_eq(engine.overtaken, 0);
    cr_assert_lt(together, 2 * alone, "%llu cycles, alone %llu", (unsigned long long)together,
                 (unsigned long long)alone);
}

Test(engine_lanes, an_error_waits_for_the_records_of_its_slot_alone)
{
    seal(0, 0, LONG);
    seal(1, 0, LONG);
    cr_assert_eq(session_add(&engine, session_seal(1, 0, plaintext, SHORT)), LK_STATUS_SEQUENCE_REUSED);
    session_run(&engine);
    engine.overtaken = 0;
    seal(0, 1, LONG);
    cr_assert_eq(session_add(&engine, session_seal(1, 0, plaintext, SHORT)), LK_STATUS_SEQUENCE_REUSED);
    session_run(&engine);
    cr_assert_eq(engine.overtaken, 1);
}

static test_command delete_slot(uint16_t slot)
{
    return (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE, .slot = slot}};
}

Test(engine_lanes, deleting_waits_for_the_slots_own_records_alone)
{
    seal(0, 0, LONG);
    cr_assert_eq(session_add(&engine, delete_slot(1)), LK_STATUS_OK);
    run();
    cr_assert_eq(engine.overtaken, 1, "slot 1 did not wait for slot 0");
    engine.overtaken = 0;
    seal(2, 0, LONG);
    cr_assert_eq(session_add(&engine, delete_slot(2)), LK_STATUS_OK);
    cr_assert_eq(session_add(&engine, session_seal(2, 1, plaintext, SHORT)), LK_STATUS_SLOT_EMPTY);
    run();
    cr_assert_eq(engine.overtaken, 0);
}

Test(engine_lanes, deleting_all_and_nop_wait_for_every_record)
{
    seal(0, 0, LONG);
    seal(1, 0, SHORT);
    seal(2, 0, LONG);
    cr_assert_eq(session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_NOP}}), LK_STATUS_OK);
    seal(3, 0, LONG);
    cr_assert_eq(session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE_ALL}}), LK_STATUS_OK);
    run(); /* the comparison knows the rule */
    cr_assert_eq((uint32_t)engine_port_fact(&engine.port, LK_FACT_LIVE_SLOTS), 0);
}

/* A lane that kept the key of a slot that was deleted must not use it for the slot's next owner. */
Test(engine_lanes, no_lane_keeps_a_deleted_key)
{
    uint64_t sequence = 0;
    for (int owner = 0; owner < 3; owner++) {
        for (int i = 0; i < 2 * LANES; i++) {
            seal(0, sequence++, SHORT);
        }
        cr_assert_eq(session_add(&engine, delete_slot(0)), LK_STATUS_OK);
        lk_direction_parameters parameters = session_direction(LK_SEAL, LK_TLS1_3, (uint8_t)(100 + owner));
        cr_assert_eq(session_add_load(&engine, 0, 0, &parameters), LK_STATUS_OK);
    }
    seal(0, sequence, SHORT);
    run();
}

/* With completions held up, all lanes fill and wait, and nothing is lost. */
Test(engine_lanes, a_host_that_reads_late_gets_everything)
{
    engine.port.completion_stalls = 250;
    for (uint64_t i = 0; i < 4; i++) {
        for (uint16_t slot = 0; slot < SLOTS; slot++) {
            seal(slot, i, i % 2 ? LONG : SHORT);
        }
    }
    run();
}
