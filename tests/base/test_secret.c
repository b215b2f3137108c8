/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <criterion/criterion.h>

#include <stdint.h>
#include <string.h>

Test(secret, wiping_leaves_zeros_and_nothing_else_changes)
{
    uint8_t memory[66];
    static const uint8_t zeros[64];
    memset(memory, 0xA5, sizeof memory);
    lk_secret_wipe(memory + 1, 64);
    cr_expect_arr_eq(memory + 1, zeros, 64);
    cr_expect_eq(memory[0], 0xA5);
    cr_expect_eq(memory[65], 0xA5);
    lk_secret_wipe(memory, 0);
    cr_expect_eq(memory[0], 0xA5);
}

Test(secret, equality_sees_every_single_bit)
{
    uint8_t a[32], b[32];
    memset(a, 0x3C, sizeof a);
    for (size_t bit = 0; bit < 8 * sizeof a; bit++) {
        memcpy(b, a, sizeof b);
        cr_assert(lk_secret_equal(a, b, sizeof a));
        b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_assert_not(lk_secret_equal(a, b, sizeof a), "bit %zu", bit);
    }
}

Test(secret, equality_looks_no_further_than_the_length)
{
    cr_expect(lk_secret_equal("abcX", "abcY", 3));
    cr_expect(lk_secret_equal("X", "Y", 0));
}
