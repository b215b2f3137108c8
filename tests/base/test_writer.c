/* SPDX-License-Identifier: Apache-2.0 */
#include "base/writer.h"

#include <criterion/criterion.h>

#include <string.h>

static uint8_t memory[70000];

static void set_up(void)
{
    memset(memory, 0xEE, sizeof memory);
}

TestSuite(writer, .init = set_up);

Test(writer, writes_big_endian_integers)
{
    static const uint8_t wanted[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09,
                                     0x0A, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18};
    lk_writer writer = lk_writer_into(memory, sizeof memory);
    lk_writer_u8(&writer, 0x01);
    lk_writer_u16(&writer, 0x0203);
    lk_writer_u24(&writer, 0x040506);
    lk_writer_u32(&writer, 0x0708090A);
    lk_writer_u64(&writer, UINT64_C(0x1112131415161718));
    cr_assert_eq(writer.length, sizeof wanted);
    cr_expect_arr_eq(memory, wanted, sizeof wanted);
    cr_expect_not(writer.failed);
}

Test(writer, writes_little_endian_integers_bytes_and_zeros)
{
    static const uint8_t wanted[] = {0x02, 0x01, 0x06, 0x05, 0x04, 0x03, 'a', 'b', 0, 0, 0};
    lk_writer writer = lk_writer_into(memory, sizeof memory);
    lk_writer_u16_little(&writer, 0x0102);
    lk_writer_u32_little(&writer, 0x03040506);
    lk_writer_bytes(&writer, "ab", 2);
    lk_writer_zeros(&writer, 3);
    cr_assert_eq(writer.length, sizeof wanted);
    cr_expect_arr_eq(memory, wanted, sizeof wanted);
}

Test(writer, a_write_past_the_end_fails_for_good_and_writes_nothing)
{
    lk_writer writer = lk_writer_into(memory, 3);
    lk_writer_u32(&writer, 0x01020304);
    cr_expect(writer.failed);
    cr_expect_eq(writer.length, 0);
    lk_writer_u8(&writer, 1);
    lk_writer_bytes(&writer, "", 0);
    cr_expect_eq(writer.length, 0, "there is room, but the writer has failed");
    cr_expect_eq(memory[0], 0xEE);
    cr_expect_null(lk_writer_reserve(&writer, 0));
}

Test(writer, fills_its_memory_to_the_last_byte)
{
    lk_writer writer = lk_writer_into(memory, 4);
    lk_writer_u32(&writer, 0x01020304);
    cr_expect_not(writer.failed);
    cr_expect_eq(memory[4], 0xEE);
    cr_expect_null(lk_writer_reserve(&writer, SIZE_MAX), "a length near the largest does not wrap");
}

Test(writer, nests_vectors)
{
    static const uint8_t wanted[] = {0, 0, 9, 0, 2, 'x', 'y', 3, 'a', 'b', 'c', 0};
    lk_writer writer = lk_writer_into(memory, sizeof memory);
    lk_writer_vector outer = lk_writer_begin(&writer, 3);
    lk_writer_vector first = lk_writer_begin(&writer, 2);
    lk_writer_bytes(&writer, "xy", 2);
    lk_writer_end(&writer, first);
    lk_writer_vector second = lk_writer_begin(&writer, 1);
    lk_writer_bytes(&writer, "abc", 3);
    lk_writer_end(&writer, second);
    lk_writer_vector third = lk_writer_begin(&writer, 1);
    lk_writer_end(&writer, third);
    lk_writer_end(&writer, outer);
    cr_assert_eq(writer.length, sizeof wanted);
    cr_expect_arr_eq(memory, wanted, sizeof wanted);
}

static bool vector_fits(size_t length_size, size_t content)
{
    lk_writer writer = lk_writer_into(memory, sizeof memory);
    lk_writer_vector vector = lk_writer_begin(&writer, length_size);
    lk_writer_zeros(&writer, content);
    lk_writer_end(&writer, vector);
    return !writer.failed;
}

Test(writer, a_vector_too_long_for_its_length_field_fails)
{
    cr_expect(vector_fits(1, 255));
    cr_expect_not(vector_fits(1, 256));
    cr_expect(vector_fits(2, 65535));
    cr_expect_not(vector_fits(2, 65536));
    cr_expect(vector_fits(3, 65536));
}

Test(writer, ending_a_vector_of_a_failed_writer_touches_nothing)
{
    lk_writer writer = lk_writer_into(memory, 1);
    lk_writer_vector vector = lk_writer_begin(&writer, 2);
    lk_writer_end(&writer, vector);
    cr_expect(writer.failed);
    cr_expect_eq(memory[0], 0xEE);
}
