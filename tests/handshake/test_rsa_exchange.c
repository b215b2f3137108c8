/* SPDX-License-Identifier: Apache-2.0 */
/* What a server makes of an encrypted premaster secret: the secret, or random bytes, and no word about which. */
#include "rsa_blocks.h"

#include <criterion/criterion.h>
#include <string.h>

static lk_handshake_settings settings;
static lk_handshake handshake = {.role = LK_SERVER, .version = LK_TLS1_2, .hello_version = LK_TLS1_2};

static void set_up(void)
{
    settings.key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)8 * RSA_BLOCK);
    cr_assert_not_null(settings.key);
    handshake.settings = &settings;
}

static void tear_down(void)
{
    EVP_PKEY_free(settings.key);
}

TestSuite(rsa_exchange, .init = set_up, .fini = tear_down);

Test(rsa_exchange, P5_a_good_secret_is_taken_and_any_other_is_random_bytes)
{
    size_t count = 0;
    const rsa_block *rows = rsa_blocks(&count);
    for (size_t i = 0; i < count; i++) {
        uint8_t block[RSA_BLOCK], message[2 + RSA_BLOCK], first[LK_RSA_PREMASTER];
        size_t length = rsa_message(settings.key, &rows[i], block, message);
        cr_assert_eq(rsa_take(&handshake, message, length), LK_OK, "%s", rows[i].what);
        memcpy(first, handshake.premaster, sizeof first);
        cr_expect_eq(memcmp(first, block + RSA_BLOCK - LK_RSA_PREMASTER, sizeof first) == 0, i == 0, "%s",
                     rows[i].what);
        cr_assert_eq(rsa_take(&handshake, message, length), LK_OK);
        cr_expect_eq(memcmp(first, handshake.premaster, sizeof first) == 0, i == 0, "%s", rows[i].what);
    }
}

Test(rsa_exchange, the_version_is_the_one_of_the_client_hello_and_not_the_one_agreed_on)
{
    size_t count = 0;
    uint8_t block[RSA_BLOCK], message[2 + RSA_BLOCK];
    size_t length = rsa_message(settings.key, rsa_blocks(&count), block, message);
    handshake.version = LK_TLS1_0;
    cr_assert_eq(rsa_take(&handshake, message, length), LK_OK);
    cr_expect_arr_eq(handshake.premaster, block + RSA_BLOCK - LK_RSA_PREMASTER, LK_RSA_PREMASTER);
    handshake.hello_version = LK_TLS1_0;
    cr_assert_eq(rsa_take(&handshake, message, length), LK_OK);
    cr_expect_neq(memcmp(handshake.premaster, block + RSA_BLOCK - LK_RSA_PREMASTER, LK_RSA_PREMASTER), 0);
}

Test(rsa_exchange, a_ciphertext_of_another_length_is_random_bytes_too)
{
    uint8_t message[2 + RSA_BLOCK + 1] = {0}, none[LK_RSA_PREMASTER] = {0};
    for (size_t length = 0; length <= RSA_BLOCK + 1; length += 16) {
        message[0] = (uint8_t)(length >> 8);
        message[1] = (uint8_t)length;
        memset(handshake.premaster, 0, sizeof handshake.premaster);
        cr_assert_eq(rsa_take(&handshake, message, 2 + length), LK_OK);
        cr_expect_neq(memcmp(handshake.premaster, none, sizeof none), 0);
        cr_expect_eq(rsa_take(&handshake, message, 3 + length), LK_ERROR_DECODE, "a byte behind it");
    }
}
