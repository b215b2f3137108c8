/* SPDX-License-Identifier: Apache-2.0 */
/* lk_engine_facts: what the engine says of itself, and that its counters count. */
#include "record/record.h"
#include "rtl/record/session.h"

#include <criterion/criterion.h>

#include <string.h>

enum { SETTLED = 40 }; /* cycles after which every counter is up to date */

static test_session engine;
static uint8_t bytes[300];

static void open_engine(void)
{
    session_open(&engine);
}

static void close_engine(void)
{
    session_close(&engine);
}

TestSuite(engine_facts, .init = open_engine, .fini = close_engine);

static uint32_t word(uint8_t address)
{
    return (uint32_t)engine_port_fact(&engine.port, address);
}

Test(engine_facts, constants)
{
    cr_assert_eq(word(LK_FACT_MAGIC), LK_FACT_MAGIC_VALUE);
    cr_assert_eq(word(LK_FACT_PROTOCOL_VERSION), LK_PROTOCOL_MAJOR << 16 | LK_PROTOCOL_MINOR);
    cr_assert_eq(word(LK_FACT_BUILD), 1);
    cr_assert_eq(word(LK_FACT_CLOCK_HERTZ), 60000000);
    cr_assert_eq(word(LK_FACT_SLOTS), REFERENCE_SLOTS);
    cr_assert_eq(word(LK_FACT_LANES), 1);
    cr_assert_eq(word(LK_FACT_RECORD_MAX), LK_RECORD_BYTES_MAX);
    cr_assert_eq(word(LK_FACT_CIPHERS), 1u << LK_CIPHER_AES_128_GCM | 1u << LK_CIPHER_AES_256_GCM |
                                            1u << LK_CIPHER_CHACHA20_POLY1305 | 1u << LK_CIPHER_AES_128_CBC_SHA |
                                            1u << LK_CIPHER_AES_256_CBC_SHA | 1u << LK_CIPHER_AES_128_CBC_SHA256 |
                                            1u << LK_CIPHER_AES_256_CBC_SHA256 | 1u << LK_CIPHER_NULL_SHA |
                                            1u << LK_CIPHER_NULL_SHA256);
    cr_assert_eq(word(LK_FACT_VERSIONS), lk_version_bit(LK_SSL3) | lk_version_bit(LK_TLS1_0) |
                                             lk_version_bit(LK_TLS1_1) | lk_version_bit(LK_TLS1_2) |
                                             lk_version_bit(LK_TLS1_3));
    cr_assert_eq(word(LK_FACT_HEALTH), 0);
    cr_assert_eq(word(200), 0);
}

Test(engine_facts, counters)
{
    lk_direction_parameters parameters = session_direction(LK_SEAL, LK_TLS1_2, 1);
    session_add_load(&engine, 0, 0, &parameters);
    parameters.kind = LK_OPEN;
    session_add_load(&engine, 1, 0, &parameters);
    for (uint64_t i = 0; i < 20; i++) {
        uint8_t record[400];
        cr_assert_eq(session_add(&engine, session_seal(0, i, bytes, 100 + i)), LK_STATUS_OK);
        size_t length = engine.expected.header.length;
        memcpy(record, engine.expected.payload, length);
        cr_assert_eq(session_add(&engine, session_unseal(1, i, record, length)), LK_STATUS_OK);
        record[40] ^= i < 3;
        cr_assert_eq(session_add(&engine, session_unseal(1, i, record, length)),
                     i < 3 ? LK_STATUS_BAD_RECORD_MAC : LK_STATUS_OK);
    }
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(session_add(&engine, session_seal(5, 0, bytes, 10)), LK_STATUS_SLOT_EMPTY);
    }
    session_run(&engine);
    engine_port_drain(&engine.port, SETTLED);
    uint64_t sealed = 20 * 100 + 190, forged = 100 + 101 + 102;
    cr_assert_eq(engine_port_fact(&engine.port, LK_FACT_COMMANDS), 64);
    cr_assert_eq(engine_port_fact(&engine.port, LK_FACT_COMPLETIONS), 64);
    cr_assert_eq(engine_port_fact(&engine.port, LK_FACT_REJECTED), 5);
    cr_assert_eq(engine_port_fact(&engine.port, LK_FACT_AUTHENTICATION_FAILURES), 3);
    cr_assert_eq(engine_port_fact(&engine.port, LK_FACT_SEALED_RECORDS), 20);
    cr_assert_eq(engine_port_fact(&engine.port, LK_FACT_SEALED_BYTES), sealed);
    cr_assert_eq(engine_port_fact(&engine.port, LK_FACT_OPENED_RECORDS), 37);
    cr_assert_eq(engine_port_fact(&engine.port, LK_FACT_OPENED_BYTES), 2 * sealed - forged);
    cr_assert_eq(engine_port_fact(&engine.port, LK_FACT_LIVE_SLOTS), 2);
}

Test(engine_facts, cycles_pass_and_busy_cycles_are_those_with_a_command_in_work)
{
    uint64_t before = engine_port_fact(&engine.port, LK_FACT_CYCLES), clock = engine.port.cycles;
    uint64_t busy = engine_port_fact(&engine.port, LK_FACT_BUSY_CYCLES);
    engine_port_drain(&engine.port, 10000);
    uint64_t passed = engine_port_fact(&engine.port, LK_FACT_CYCLES) - before;
    cr_assert_leq(passed, engine.port.cycles - clock + 16);
    cr_assert_geq(passed + 16, engine.port.cycles - clock);
    cr_assert_eq(engine_port_fact(&engine.port, LK_FACT_BUSY_CYCLES), busy);

    lk_direction_parameters parameters = session_direction(LK_SEAL, LK_TLS1_2, 1);
    session_add_load(&engine, 0, 0, &parameters);
    session_add(&engine, session_seal(0, 0, bytes, 300));
    session_run(&engine);
    engine_port_drain(&engine.port, SETTLED);
    uint64_t worked = engine_port_fact(&engine.port, LK_FACT_BUSY_CYCLES) - busy;
    cr_assert_gt(worked, 300);
    cr_assert_lt(worked, 600);
}
