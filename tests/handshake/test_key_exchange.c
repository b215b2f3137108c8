/* SPDX-License-Identifier: Apache-2.0 */
/* Both sides of each group come to the same secret, and public keys that are none are refused. */
#include "handshake/key_exchange.h"

#include <criterion/criterion.h>
#include <openssl/bn.h>

typedef struct side {
    EVP_PKEY *key;
    uint8_t public_key[LK_PUBLIC_MAX];
    uint8_t shared[LK_SHARED_MAX];
} side;

static void side_new(const lk_group *group, side *made)
{
    cr_assert_eq(lk_key_exchange_new(group, &made->key), LK_OK);
    cr_assert_eq(lk_key_exchange_public(group, made->key, made->public_key), LK_OK);
}

static const lk_group *row(size_t index)
{
    size_t count = 0;
    const lk_group *table = lk_group_table(&count);
    return index < count ? &table[index] : NULL;
}

Test(key_exchange, both_sides_of_every_group_come_to_the_same_secret)
{
    for (size_t i = 0; row(i); i++) {
        side a = {0}, b = {0};
        const lk_group *group = row(i);
        side_new(group, &a);
        side_new(group, &b);
        cr_assert_eq(lk_key_exchange_derive(group, a.key, b.public_key, group->public_length, a.shared), LK_OK);
        cr_assert_eq(lk_key_exchange_derive(group, b.key, a.public_key, group->public_length, b.shared), LK_OK);
        cr_assert_arr_eq(a.shared, b.shared, group->shared_length, "%s", group->title);
        EVP_PKEY_free(a.key);
        EVP_PKEY_free(b.key);
    }
}

Test(key_exchange, a_public_key_of_another_length_is_refused)
{
    for (size_t i = 0; row(i); i++) {
        side a = {0};
        side_new(row(i), &a);
        for (size_t length = 0; length < row(i)->public_length; length++)
            cr_assert_eq(lk_key_exchange_derive(row(i), a.key, a.public_key, length, a.shared), LK_ERROR_BAD_KEY_SHARE);
        EVP_PKEY_free(a.key);
    }
}

Test(key_exchange, a_point_off_the_curve_or_compressed_is_refused)
{
    for (size_t i = 0; row(i); i++) {
        side a = {0};
        if (!row(i)->curve || row(i)->exchange != LK_EXCHANGE_ECDHE)
            continue;
        side_new(row(i), &a);
        a.public_key[row(i)->public_length - 1] ^= 1;
        cr_assert_eq(lk_key_exchange_derive(row(i), a.key, a.public_key, row(i)->public_length, a.shared),
                     LK_ERROR_BAD_KEY_SHARE);
        a.public_key[row(i)->public_length - 1] ^= 1;
        a.public_key[0] = 2;
        cr_assert_eq(lk_key_exchange_derive(row(i), a.key, a.public_key, row(i)->public_length, a.shared),
                     LK_ERROR_BAD_KEY_SHARE);
        EVP_PKEY_free(a.key);
    }
}

Test(key_exchange, a_number_outside_the_group_is_refused)
{
    for (size_t i = 0; row(i); i++) {
        side a = {0};
        uint8_t number[LK_PUBLIC_MAX] = {0};
        size_t length = row(i)->public_length;
        BIGNUM *prime = NULL;
        if (row(i)->exchange != LK_EXCHANGE_DHE)
            continue;
        side_new(row(i), &a);
        cr_assert_eq(EVP_PKEY_get_bn_param(a.key, "p", &prime), 1);
        for (int way = 0; way < 4; way++) { /* 0, 1, p-1, p */
            BIGNUM *wrong = way < 2 ? BN_new() : BN_dup(prime);
            cr_assert_eq(way == 1 ? BN_set_word(wrong, 1) : way == 2 ? BN_sub_word(wrong, 1) : 1, 1);
            cr_assert_eq(BN_bn2binpad(wrong, number, (int)length), (int)length);
            cr_expect_eq(lk_key_exchange_derive(row(i), a.key, number, length, a.shared), LK_ERROR_BAD_KEY_SHARE,
                         "%s, number %d", row(i)->title, way);
            BN_free(wrong);
        }
        BN_free(prime);
        EVP_PKEY_free(a.key);
    }
}

Test(key_exchange, x25519_with_a_point_of_small_order_is_refused)
{
    static const uint8_t zero[32];
    static const uint8_t one[32] = {1};
    const lk_group *x25519 = lk_group_find(0x001d);
    side a = {0};
    side_new(x25519, &a);
    cr_assert_eq(lk_key_exchange_derive(x25519, a.key, zero, sizeof zero, a.shared), LK_ERROR_BAD_KEY_SHARE);
    cr_assert_eq(lk_key_exchange_derive(x25519, a.key, one, sizeof one, a.shared), LK_ERROR_BAD_KEY_SHARE);
    EVP_PKEY_free(a.key);
}
