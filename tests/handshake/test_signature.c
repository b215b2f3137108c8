/* SPDX-License-Identifier: Apache-2.0 */
/* Every signature scheme verifies what it signed and nothing else, and stands only where its version allows. */
#include "handshake/signature.h"

#include <criterion/criterion.h>
#include <openssl/rsa.h>

static const uint8_t text[] = "what is signed";

static EVP_PKEY *key_for(const lk_signature_scheme *scheme)
{
    EVP_PKEY *key = NULL;
    if (strncmp(scheme->algorithm, "RSA", 3) == 0) {
        EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, scheme->algorithm, NULL);
        cr_assert_eq(EVP_PKEY_keygen_init(context), 1);
        cr_assert_eq(EVP_PKEY_CTX_set_rsa_keygen_bits(context, 2048), 1);
        cr_assert_eq(EVP_PKEY_generate(context, &key), 1);
        EVP_PKEY_CTX_free(context);
    } else if (strcmp(scheme->algorithm, "EC") == 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", scheme->curve ? scheme->curve : "P-256");
    else
        key = EVP_PKEY_Q_keygen(NULL, NULL, scheme->algorithm);
    cr_assert_not_null(key, "no key for %s", scheme->title);
    return key;
}

Test(signature, every_scheme_verifies_what_it_signed_and_nothing_else)
{
    size_t count = 0;
    const lk_signature_scheme *table = lk_signature_table(&count);
    for (size_t i = 0; i < count; i++) {
        uint8_t signature[LK_SIGNATURE_MAX];
        size_t length = sizeof signature;
        EVP_PKEY *key = key_for(&table[i]);
        for (uint16_t version = LK_SSL3; version <= LK_TLS1_3; version++)
            cr_assert_eq(lk_signature_fits(&table[i], version, key),
                         table[i].lowest <= version && version <= table[i].highest, "%s", table[i].title);
        cr_assert_eq(lk_signature_sign(&table[i], key, text, sizeof text, signature, &length), LK_OK);
        cr_assert_eq(lk_signature_verify(&table[i], key, text, sizeof text, signature, length), LK_OK);
        cr_assert_eq(lk_signature_verify(&table[i], key, text, sizeof text - 1, signature, length),
                     LK_ERROR_BAD_SIGNATURE, "%s", table[i].title);
        signature[length / 2] ^= 1;
        cr_assert_eq(lk_signature_verify(&table[i], key, text, sizeof text, signature, length), LK_ERROR_BAD_SIGNATURE,
                     "%s", table[i].title);
        EVP_PKEY_free(key);
    }
}

Test(signature, tls_1_3_binds_a_curve_to_its_hash_and_tls_1_2_does_not)
{
    const lk_signature_scheme *p384 = lk_signature_find(0x0503);
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    cr_assert(lk_signature_fits(p384, LK_TLS1_2, key));
    cr_assert_not(lk_signature_fits(p384, LK_TLS1_3, key));
    EVP_PKEY_free(key);
}

Test(signature, a_key_too_short_for_hash_and_salt_fits_no_pss)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);
    cr_assert(lk_signature_fits(lk_signature_find(0x0804), LK_TLS1_3, key), "SHA-256 takes 66 of 128 bytes");
    cr_assert(lk_signature_fits(lk_signature_find(0x0805), LK_TLS1_3, key), "SHA-384 takes 98");
    cr_assert_not(lk_signature_fits(lk_signature_find(0x0806), LK_TLS1_3, key), "SHA-512 takes 130");
    EVP_PKEY_free(key);
}

Test(signature, before_tls_1_2_the_key_alone_decides_and_nothing_of_it_is_offered)
{
    static const struct {
        const char *algorithm, *curve, *title;
    } cases[] = {{"RSA", NULL, "rsa_pkcs1_md5_sha1"}, {"EC", "P-384", "ecdsa_sha1"}, {"ED25519", NULL, NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        EVP_PKEY *key = cases[i].curve ? EVP_PKEY_Q_keygen(NULL, NULL, cases[i].algorithm, cases[i].curve)
                        : i == 0       ? EVP_PKEY_Q_keygen(NULL, NULL, cases[i].algorithm, (size_t)2048)
                                       : EVP_PKEY_Q_keygen(NULL, NULL, cases[i].algorithm);
        const lk_signature_scheme *scheme = lk_signature_choose(0, LK_TLS1_1, key);
        cr_expect_null(lk_signature_choose(0, LK_TLS1_2, key));
        cr_assert_eq(scheme != NULL, cases[i].title != NULL);
        if (scheme) {
            cr_expect_str_eq(scheme->title, cases[i].title);
            cr_expect_not(lk_signature_offered(scheme));
        }
        EVP_PKEY_free(key);
    }
}

Test(signature, the_choice_is_the_first_that_the_peer_offers_and_the_key_fits)
{
    const lk_signature_scheme *pkcs1 = lk_signature_find(0x0401);
    const lk_signature_scheme *pss = lk_signature_find(0x0804);
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    uint32_t both = lk_signature_bit(pkcs1) | lk_signature_bit(pss);
    cr_assert_eq(lk_signature_choose(both, LK_TLS1_2, key), pss);
    cr_assert_eq(lk_signature_choose(lk_signature_bit(pkcs1), LK_TLS1_2, key), pkcs1);
    cr_assert_null(lk_signature_choose(lk_signature_bit(pkcs1), LK_TLS1_3, key));
    EVP_PKEY_free(key);
}
