/* SPDX-License-Identifier: Apache-2.0 */
/* The selftest: what it says, what becomes of a cipher that fails it, and what it leaves behind. */
#include "record/record.h"
#include "rtl/record/session.h"

#include <criterion/criterion.h>

#include <string.h>

enum { HEALTH_SELFTEST = 2, PLAINTEXT = 40, SETTLED = 40 };

static test_session engine;
static uint8_t plaintext[PLAINTEXT];

static void open_engine(void)
{
    session_open(&engine);
}

static void close_engine(void)
{
    session_close(&engine);
}

TestSuite(engine_selftest, .init = open_engine, .fini = close_engine);

static uint32_t fact(uint8_t address)
{
    return (uint32_t)engine_port_fact(&engine.port, address);
}

static uint32_t bit(lk_cipher_id cipher)
{
    return UINT32_C(1) << cipher;
}

static void seal_and_delete(lk_cipher_id cipher)
{
    lk_direction_parameters parameters = session_protected(LK_SEAL, (session_protection){LK_TLS1_3, cipher, false}, 1);
    cr_assert_eq(session_add_load(&engine, 0, 0, &parameters), LK_STATUS_OK);
    cr_assert_eq(session_add(&engine, session_seal(0, 0, plaintext, sizeof plaintext)), LK_STATUS_OK);
    cr_assert_eq(session_add(&engine, (test_command){.header = {.opcode = LK_OPCODE_SLOT_DELETE}}), LK_STATUS_OK);
    session_run(&engine);
}

/* SLOT_LOAD alone, and the status of its completion. */
static uint8_t load_status(lk_cipher_id cipher)
{
    enum { STATUS = 2 };
    uint8_t bytes[LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES];
    lk_direction_parameters parameters = session_protected(LK_SEAL, (session_protection){LK_TLS1_3, cipher, false}, 1);
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_command_write_load(&writer, (lk_command){.slot = 9}, &parameters);
    cr_assert(engine_port_exchange(&engine.port, bytes, writer.length, 1));
    return engine.port.output[STATUS];
}

Test(engine_selftest, has_run_before_the_first_command)
{
    cr_assert_neq(fact(LK_FACT_CIPHERS), 0);
    cr_assert_eq(fact(LK_FACT_SELFTEST_RAN), fact(LK_FACT_CIPHERS));
    cr_assert_eq(fact(LK_FACT_SELFTEST_FAILED), 0);
    cr_assert_eq(fact(LK_FACT_HEALTH), 0);
    cr_assert_eq(fact(LK_FACT_COMMANDS), 0, "its commands are not counted");
    cr_assert_eq(fact(LK_FACT_COMPLETIONS), 0);
    cr_assert_eq(fact(LK_FACT_LIVE_SLOTS), 0);
}

/* For each cipher: the others stay as they are. */
Test(engine_selftest, takes_out_a_cipher_that_fails)
{
    static const lk_cipher_id ciphers[] = {LK_CIPHER_AES_128_GCM, LK_CIPHER_AES_256_GCM, LK_CIPHER_CHACHA20_POLY1305};
    enum { COUNT = sizeof ciphers / sizeof ciphers[0] };
    uint32_t all = fact(LK_FACT_CIPHERS);
    for (size_t broken = 0; broken < COUNT; broken++) {
        lk_engine_model_corrupt(engine.port.model, bit(ciphers[broken]));
        engine_port_selftest(&engine.port);
        reference_reset(&engine.reference);
        cr_assert_eq(fact(LK_FACT_SELFTEST_RAN), all);
        cr_assert_eq(fact(LK_FACT_SELFTEST_FAILED), bit(ciphers[broken]));
        cr_assert_eq(fact(LK_FACT_CIPHERS), all & ~bit(ciphers[broken]));
        cr_assert_eq(fact(LK_FACT_HEALTH), HEALTH_SELFTEST);
        cr_assert_eq(load_status(ciphers[broken]), LK_STATUS_UNSUPPORTED);
        seal_and_delete(ciphers[(broken + 1) % COUNT]);
    }
    lk_engine_model_corrupt(engine.port.model, 0);
    engine_port_selftest(&engine.port);
    cr_assert_eq(fact(LK_FACT_SELFTEST_FAILED), 0, "the last run counts");
    cr_assert_eq(fact(LK_FACT_CIPHERS), all);
    cr_assert_eq(fact(LK_FACT_HEALTH), 0);
}

Test(engine_selftest, P3_leaves_no_slot)
{
    lk_direction_parameters parameters = session_direction(LK_SEAL, LK_TLS1_3, 1);
    cr_assert_eq(session_add_load(&engine, 3, 0, &parameters), LK_STATUS_OK);
    session_run(&engine);
    engine_port_selftest(&engine.port);
    reference_reset(&engine.reference);
    cr_assert_eq(fact(LK_FACT_LIVE_SLOTS), 0);
    cr_assert_eq(session_add(&engine, session_seal(3, 0, plaintext, sizeof plaintext)), LK_STATUS_SLOT_EMPTY);
    cr_assert_eq(session_add(&engine, session_seal(0, 0, plaintext, sizeof plaintext)), LK_STATUS_SLOT_EMPTY);
    session_run(&engine);
}

/* A bus reset may come at any time: the test then begins anew, and is whole in the end. */
Test(engine_selftest, is_whole_after_a_stream_reset_in_the_middle)
{
    enum { STEP = 487, CYCLES_MAX = 30000 };
    uint32_t all = fact(LK_FACT_CIPHERS);
    unsigned whole = engine_port_selftest(&engine.port);
    cr_assert_lt(whole, CYCLES_MAX, "%u cycles", whole);
    for (unsigned at = 1; at < whole; at += STEP) {
        engine.port.pins.selftest = engine.port.pins.stream_reset = true;
        engine_port_idle(&engine.port);
        engine.port.pins.selftest = engine.port.pins.stream_reset = false;
        for (unsigned i = 0; i < at; i++) {
            engine_port_idle(&engine.port);
        }
        engine_port_stream_reset(&engine.port);
        cr_assert_eq(fact(LK_FACT_SELFTEST_RAN), all);
        cr_assert_eq(fact(LK_FACT_SELFTEST_FAILED), 0);
    }
    seal_and_delete(LK_CIPHER_AES_128_GCM);
}
