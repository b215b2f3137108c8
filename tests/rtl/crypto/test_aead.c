/* SPDX-License-Identifier: Apache-2.0 */
/* lk_aead holds one key: what it computes with it is tested in its ciphers and in tests/rtl/record. */
#include "rtl/crypto/chacha_model.h"

#include <criterion/criterion.h>

enum { KEYS = 6 };

Test(aead, P3_a_key_for_one_cipher_wipes_that_of_the_other)
{
    const uint8_t key[CHACHA_KEY] = {0xd1, 0x0f, 0x5a, 0xc3, [16] = 0x3e, [31] = 0x99};
    chacha_model *model = chacha_model_new();
    unsigned cycles[2] = {0, 0};
    cr_assert_not_null(model);
    cr_assert_not(chacha_model_pair_holds(model, false) || chacha_model_pair_holds(model, true));
    for (int i = 0; i < KEYS; i++) {
        bool chacha = i % 2;
        unsigned taken = chacha_model_pair_key(model, chacha, key);
        cr_assert(chacha_model_pair_holds(model, chacha));
        cr_assert_not(chacha_model_pair_holds(model, !chacha), "the other key is gone when this one is ready");
        cr_assert(cycles[chacha] == 0 || taken == cycles[chacha]);
        cycles[chacha] = taken;
    }
    chacha_model_wipe(model);
    cr_assert_not(chacha_model_pair_holds(model, false) || chacha_model_pair_holds(model, true));
    chacha_model_free(model);
}
