/* SPDX-License-Identifier: Apache-2.0 */
/* A real board's top at its pins: what lk_board_virtual does not have, and enough to see that the rest is connected. */
#include "rtl/usb/fixture.h"

#include "base/reader.h"
#include "driver/protocol/protocol.h"
#include "suite/suite.h"

#include <criterion/criterion.h>

enum {
    SERIAL_STRING = 0x0303,
    ENGLISH = 0x0409,
    SERIAL_DIGITS = 16,
    BUILD = 0x600DB01D,
    BLINK = 1 << 10, /* cycles, as the models were built; so is SHOW, longer where packets take longer */
    SELFTEST = 200000,
    RECORD = 256,
    SEALED = COMPLETION_BYTES + 5 + RECORD + 1 + 16
};

#ifdef AT_LINE
enum { HIGH_SPEED = false, SHOW = 1 << 14 };

static lk_board *attached(void)
{
    return fixture_at_line();
}

static uint32_t lights(lk_board *board)
{
    return lk_host_bus(board)->phy.full_speed.pins->lights;
}
#else
enum { HIGH_SPEED = true, SHOW = 1 << 12 };

static lk_board *attached(void)
{
    return fixture_attached();
}

static uint32_t lights(lk_board *board)
{
    return lk_host_bus(board)->phy.ulpi.pins->lights;
}
#endif

static lk_board *configured(void)
{
    lk_board *board = attached();
    fixture_configure(board);
    return board;
}

static void wait_for_selftest(lk_board *board)
{
    for (unsigned waited = 0; fixture_fact(board, LK_FACT_SELFTEST_RAN) == 0 && waited < SELFTEST; waited += SHOW)
        lk_bus_idle(lk_host_bus(board), SHOW);
    cr_assert_neq(fixture_fact(board, LK_FACT_SELFTEST_RAN), 0);
    lk_bus_idle(lk_host_bus(board), 2 * SHOW);
}

Test(board, comes_up_at_its_speed_and_takes_a_configuration)
{
    lk_board *board = attached();
    cr_expect_eq(lk_host_bus(board)->high_speed, HIGH_SPEED);
    fixture_configure(board);
    fixture_echo(board, 1, 40);
    fixture_end(board);
}

Test(board, has_the_serial_number_and_the_build_of_its_bitstream)
{
    lk_board *board = configured();
    uint8_t text[2 + 2 * SERIAL_DIGITS], digits[SERIAL_DIGITS + 1] = {0};
    uint32_t actual;
    cr_assert_eq(
        fixture_control(board, FROM_DEVICE, GET_DESCRIPTOR, SERIAL_STRING, ENGLISH, text, sizeof text, &actual),
        LK_URB_OK);
    cr_assert_eq(actual, sizeof text);
    for (int i = 0; i < SERIAL_DIGITS; i++)
        digits[i] = text[2 + 2 * i];
    cr_expect_str_eq((char *)digits, "0123456789ABCDEF");
    cr_expect_eq(fixture_fact(board, LK_FACT_BUILD), BUILD);
    cr_expect_eq(fixture_fact(board, LK_FACT_CLOCK_HERTZ), HERTZ);
    fixture_end(board);
}

Test(board, tells_of_the_ciphers_that_it_was_built_with)
{
    lk_board *board = configured();
    wait_for_selftest(board);
    uint32_t expected = 1u << LK_CIPHER_AES_128_GCM | 1u << LK_CIPHER_AES_256_GCM | 1u << LK_CIPHER_CHACHA20_POLY1305;
    cr_expect_eq(fixture_fact(board, LK_FACT_CIPHERS), expected);
    cr_expect_eq(fixture_fact(board, LK_FACT_SELFTEST_FAILED), 0);
    cr_expect_eq(lights(board) & LIGHT_FAULT, 0);
    fixture_end(board);
}

Test(board, usb_light_blinks_until_there_is_a_configuration)
{
    lk_board *board = attached();
    unsigned on = 0, off = 0;
    for (unsigned i = 0; i < 2 * BLINK; i++) {
        lk_bus_idle(lk_host_bus(board), 1);
        if (lights(board) & LIGHT_USB)
            on++;
        else
            off++;
    }
    cr_expect_gt(on, BLINK / 2);
    cr_expect_gt(off, BLINK / 2);
    fixture_configure(board);
    lk_bus_idle(lk_host_bus(board), 4);
    for (unsigned i = 0; i < 2 * BLINK; i++) {
        lk_bus_idle(lk_host_bus(board), 1);
        cr_assert_eq(lights(board) & (LIGHT_USB | LIGHT_KEYS | LIGHT_FAULT), LIGHT_USB);
    }
    fixture_end(board);
}

Test(board, lights_tell_of_keys_and_of_records)
{
    static uint8_t sealed[LK_HOST_BULK_PACKET_HIGH];
    lk_board *board = configured();
    wait_for_selftest(board);
    cr_expect_eq(lights(board), LIGHT_USB);
    fixture_load_slot(board);
    fixture_seal(board, 0, 1, RECORD);
    uint32_t actual;
    cr_assert_eq(fixture_in(board, sealed, sizeof sealed, &actual), LK_URB_OK);
    cr_expect_eq(actual, (SEALED + 3) & ~3);
    cr_expect_eq(sealed[2], LK_STATUS_OK);
    cr_expect_eq(lights(board), LIGHT_USB | LIGHT_KEYS | LIGHT_RECORDS);
    lk_bus_idle(lk_host_bus(board), 2 * SHOW);
    cr_expect_eq(lights(board), LIGHT_USB | LIGHT_KEYS);
    lk_board_bus_reset(board);
    lk_bus_idle(lk_host_bus(board), 2 * SHOW);
    cr_expect_eq(lights(board) & LIGHT_KEYS, 0, "a bus reset erases the keys");
    fixture_end(board);
}

Test(board, fault_light_tells_of_a_cipher_that_failed_its_test)
{
    lk_model_fail_selftest(1u << LK_CIPHER_AES_256_GCM);
    lk_board *board = configured();
    wait_for_selftest(board);
    cr_expect_eq(lights(board) & LIGHT_FAULT, LIGHT_FAULT);
    fixture_end(board);
}
