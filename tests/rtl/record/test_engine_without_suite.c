/* SPDX-License-Identifier: Apache-2.0 */
/* lk_record_engine with CHACHA20_POLY1305 = 0 and CBC = 0: the suites are left out, and the engine says so. */
#include "base/writer.h"
#include "protocol/command.h"
#include "protocol/protocol.h"
#include "rtl/record/engine_port.h"

#include <criterion/criterion.h>

#include <string.h>

enum { OUTPUT = 4096, STATUS = 2, PLAINTEXT = 20 };

static engine_port port;

static void open_engine(void)
{
    cr_assert(engine_port_open(&port, OUTPUT));
}

static void close_engine(void)
{
    engine_port_close(&port);
}

TestSuite(engine_without_suite, .init = open_engine, .fini = close_engine);

static void check_load(uint16_t version, lk_cipher_id cipher, uint8_t status)
{
    uint8_t bytes[LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES];
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_direction_parameters parameters = {.kind = LK_SEAL, .version = version, .cipher = lk_cipher_find(cipher)};
    memset(parameters.key, 0x5a, parameters.cipher->key_length);
    memset(parameters.iv, 0xa5, lk_record_iv_length(version, parameters.cipher));
    lk_command_write_load(&writer, (lk_command){.slot = cipher, .generation = version}, &parameters);
    cr_assert(engine_port_exchange(&port, bytes, writer.length, 1));
    cr_assert_eq(port.output_length, LK_COMPLETION_HEADER_BYTES);
    cr_assert_eq(port.output[STATUS], status, "version %x, cipher %d: %u", version, cipher, port.output[STATUS]);
}

Test(engine_without_suite, the_capability_bits_are_0)
{
    cr_assert_eq((uint32_t)engine_port_fact(&port, LK_FACT_CIPHERS),
                 1u << LK_CIPHER_AES_128_GCM | 1u << LK_CIPHER_AES_256_GCM);
    cr_assert_eq((uint32_t)engine_port_fact(&port, LK_FACT_VERSIONS),
                 lk_version_bit(LK_TLS1_2) | lk_version_bit(LK_TLS1_3));
}

Test(engine_without_suite, ciphers_with_a_mac_are_unsupported)
{
    for (lk_cipher_id cipher = LK_CIPHER_AES_128_CBC_SHA; cipher <= LK_CIPHER_NULL_SHA256; cipher++) {
        if (lk_cipher_find(cipher)->kind == LK_KIND_NULL_MAC) {
            check_load(LK_TLS1_2, cipher, LK_STATUS_UNSUPPORTED);
        }
    }
}

Test(engine_without_suite, slot_load_says_unsupported_and_leaves_the_slot_empty)
{
    for (uint16_t version = LK_TLS1_2; version <= LK_TLS1_3; version++) {
        check_load(version, LK_CIPHER_CHACHA20_POLY1305, LK_STATUS_UNSUPPORTED);
        uint8_t bytes[LK_COMMAND_HEADER_BYTES + PLAINTEXT], plaintext[PLAINTEXT] = {0};
        lk_writer writer = lk_writer_into(bytes, sizeof bytes);
        lk_command_write(&writer,
                         &(lk_command){.opcode = LK_OPCODE_SEAL,
                                       .content_type = 23,
                                       .slot = LK_CIPHER_CHACHA20_POLY1305,
                                       .generation = version,
                                       .length = PLAINTEXT},
                         plaintext);
        cr_assert(engine_port_exchange(&port, bytes, writer.length, 1));
        cr_assert_eq(port.output[STATUS], LK_STATUS_SLOT_EMPTY);
    }
}

Test(engine_without_suite, the_other_suites_are_there)
{
    check_load(LK_TLS1_2, LK_CIPHER_AES_128_GCM, LK_STATUS_OK);
    check_load(LK_TLS1_3, LK_CIPHER_AES_256_GCM, LK_STATUS_OK);
}
