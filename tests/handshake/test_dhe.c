/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets that begin with zeros: TLS 1.2 leaves them out of the premaster secret, TLS 1.3 keeps them. */
#include "handshake/exchange.h"

#include <criterion/criterion.h>
#include <string.h>

enum { TRIES = 8192 /* of which each has one chance in 256 */ };

Test(dhe, leading_zeros_of_the_secret_are_left_out_up_to_tls_1_2_and_kept_in_tls_1_3)
{
    const lk_group *group = lk_group_find(0x0100);
    static lk_handshake handshake;
    uint8_t public_key[LK_PUBLIC_MAX], shared[LK_SHARED_MAX], premaster[LK_PREMASTER_MAX];
    size_t length = 0, zeros = 0;
    cr_assert_eq(lk_key_exchange_new(group, &handshake.peer_key), LK_OK);
    cr_assert_eq(lk_key_exchange_public(group, handshake.peer_key, public_key), LK_OK);
    for (int i = 0; i < TRIES && zeros == 0; i++) {
        EVP_PKEY_free(handshake.key_pair);
        cr_assert_eq(lk_key_exchange_new(group, &handshake.key_pair), LK_OK);
        cr_assert_eq(lk_key_exchange_derive(group, handshake.key_pair, public_key, group->public_length, shared),
                     LK_OK);
        while (shared[zeros] == 0)
            zeros++;
        cr_assert_eq(lk_exchange_dhe.premaster(&handshake, premaster, &length), LK_OK);
        cr_assert_eq(length, group->shared_length - zeros);
        cr_assert_arr_eq(premaster, shared + zeros, length);
    }
    cr_assert_gt(zeros, 0, "no secret began with a zero: this test shows nothing");
    EVP_PKEY_free(handshake.key_pair);
    EVP_PKEY_free(handshake.peer_key);
}
