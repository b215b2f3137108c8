/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reader.h"

#include <criterion/criterion.h>

static const uint8_t bytes[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0xFE, 0xFD};

Test(reader, reads_big_endian_integers)
{
    lk_reader reader = lk_reader_over(bytes, sizeof bytes);
    cr_expect_eq(lk_reader_u8(&reader), 0x01);
    cr_expect_eq(lk_reader_u16(&reader), 0x0203);
    cr_expect_eq(lk_reader_u24(&reader), 0x040506u);
    cr_expect_eq(lk_reader_u32(&reader), 0x0708FEFDu);
    cr_expect(lk_reader_finished(&reader));
    reader = lk_reader_over(bytes, 8);
    cr_expect_eq(lk_reader_u64(&reader), UINT64_C(0x0102030405060708));
}

Test(reader, reads_little_endian_integers)
{
    lk_reader reader = lk_reader_over(bytes, sizeof bytes);
    cr_expect_eq(lk_reader_u16_little(&reader), 0x0201);
    cr_expect_eq(lk_reader_u32_little(&reader), 0x06050403u);
    reader = lk_reader_over(bytes + 6, 4);
    cr_expect_eq(lk_reader_u32_little(&reader), 0xFDFE0807u, "the top bit is no sign");
}

Test(reader, borrows_bytes_without_a_copy)
{
    lk_reader reader = lk_reader_over(bytes, sizeof bytes);
    cr_expect_eq(lk_reader_bytes(&reader, 3), bytes);
    cr_expect_eq(lk_reader_bytes(&reader, 0), bytes + 3);
    cr_expect_eq(lk_reader_bytes(&reader, 7), bytes + 3);
    cr_expect(lk_reader_finished(&reader));
}

Test(reader, copies_bytes)
{
    uint8_t copy[4] = {0xEE, 0xEE, 0xEE, 0xEE};
    lk_reader reader = lk_reader_over(bytes, sizeof bytes);
    lk_reader_copy(&reader, copy, 3);
    cr_expect_arr_eq(copy, bytes, 3);
    cr_expect_eq(copy[3], 0xEE);
}

Test(reader, a_read_past_the_end_fails_for_good_and_moves_nothing)
{
    lk_reader reader = lk_reader_over(bytes, 3);
    cr_expect_eq(lk_reader_u32(&reader), 0);
    cr_expect(reader.failed);
    cr_expect_eq(reader.left, 3);
    cr_expect_eq(lk_reader_u8(&reader), 0, "one byte is there, but the reader has failed");
    cr_expect_null(lk_reader_bytes(&reader, 0));
    cr_expect_not(lk_reader_finished(&reader));
}

Test(reader, a_copy_past_the_end_gives_zeros)
{
    uint8_t copy[4] = {0xEE, 0xEE, 0xEE, 0xEE};
    static const uint8_t zeros[4];
    lk_reader reader = lk_reader_over(bytes, 3);
    lk_reader_copy(&reader, copy, 4);
    cr_expect(reader.failed);
    cr_expect_arr_eq(copy, zeros, 4);
}

Test(reader, a_length_near_the_largest_does_not_wrap)
{
    lk_reader reader = lk_reader_over(bytes, sizeof bytes);
    cr_expect_null(lk_reader_bytes(&reader, SIZE_MAX));
    cr_expect(reader.failed);
}

Test(reader, takes_vectors_apart)
{
    static const uint8_t vectors[] = {2, 0xA, 0xB, 0, 1, 0xC, 0, 0, 2, 0xD, 0xE};
    lk_reader reader = lk_reader_over(vectors, sizeof vectors);
    lk_reader part = lk_reader_vector8(&reader);
    cr_expect_eq(part.left, 2);
    cr_expect_eq(lk_reader_u16(&part), 0x0A0B);
    part = lk_reader_vector16(&reader);
    cr_expect_eq(lk_reader_u8(&part), 0xC);
    cr_expect(lk_reader_finished(&part));
    part = lk_reader_vector24(&reader);
    cr_expect_eq(lk_reader_u16(&part), 0x0D0E);
    cr_expect(lk_reader_finished(&reader));
}

Test(reader, a_vector_longer_than_what_is_left_fails_both_readers)
{
    static const uint8_t vector[] = {0, 4, 1, 2, 3};
    lk_reader reader = lk_reader_over(vector, sizeof vector);
    lk_reader part = lk_reader_vector16(&reader);
    cr_expect(reader.failed);
    cr_expect(part.failed);
    cr_expect_eq(part.left, 0);
    cr_expect_eq(lk_reader_u8(&part), 0);
}

Test(reader, nothing_at_all_can_be_read_from_no_memory)
{
    lk_reader reader = lk_reader_over(NULL, 0);
    cr_expect(lk_reader_finished(&reader));
    (void)lk_reader_bytes(&reader, 0);
    cr_expect_not(reader.failed);
    cr_expect_eq(lk_reader_u8(&reader), 0);
    cr_expect(reader.failed);
}
