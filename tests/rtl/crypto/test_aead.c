/* SPDX-License-Identifier: Apache-2.0 */
/* lk_aead holds one key: what it computes with it is tested in its ciphers and in tests/rtl/record. */
#include "rtl/crypto/chacha_model.h"

#include <criterion/criterion.h>

enum { KEYS = 18 };

Test(aead, P3_a_key_for_one_cipher_wipes_those_of_the_others)
{
    static const unsigned holds[CHACHA_PAIR_USERS] = {[CHACHA_PAIR_GCM] = CHACHA_PAIR_HOLDS_AES | CHACHA_PAIR_HOLDS_GCM,
                                                      [CHACHA_PAIR_CHACHA] = CHACHA_PAIR_HOLDS_CHACHA,
                                                      [CHACHA_PAIR_CBC] = CHACHA_PAIR_HOLDS_AES};
    const uint8_t key[CHACHA_KEY] = {0xd1, 0x0f, 0x5a, 0xc3, [16] = 0x3e, [31] = 0x99};
    chacha_model *model = chacha_model_new();
    unsigned cycles[CHACHA_PAIR_USERS] = {0};
    cr_assert_not_null(model);
    cr_assert_eq(chacha_model_pair_holds(model), 0);
    for (unsigned i = 0; i < KEYS; i++) {
        /* Each behind each other one: 0 1 2, 0 2 1, ... */
        chacha_pair_user user = (chacha_pair_user)((i / 3 % 2 ? 2 * i : i) % CHACHA_PAIR_USERS);
        unsigned taken = chacha_model_pair_key(model, user, key);
        cr_assert_eq(chacha_model_pair_holds(model), holds[user], "what others had is gone when this one is ready");
        cr_assert(cycles[user] == 0 || taken == cycles[user]);
        cycles[user] = taken;
    }
    chacha_model_wipe(model);
    cr_assert_eq(chacha_model_pair_holds(model), 0);
    chacha_model_free(model);
}
