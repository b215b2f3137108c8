/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of every row of the table of suites, whatever rows are added. */
#include "record/engine.h"
#include "suite/suite.h"

#include <criterion/criterion.h>

#include <string.h>

enum { BITS = 32 }; /* of the device's maps */

static const uint16_t all_versions[] = {LK_SSL3, LK_TLS1_0, LK_TLS1_1, LK_TLS1_2, LK_TLS1_3};

Test(suite, every_suite_has_a_number_and_a_title_of_its_own)
{
    size_t count;
    const lk_suite *table = lk_suite_table(&count);
    cr_assert_gt(count, 0);
    for (size_t a = 0; a < count; a++) {
        cr_assert_eq(strncmp(table[a].title, "TLS_", 4), 0);
        for (size_t b = 0; b < a; b++) {
            cr_assert_neq(table[a].number, table[b].number, "%s", table[a].title);
            cr_assert_str_neq(table[a].title, table[b].title);
        }
    }
}

Test(suite, every_suite_is_found_by_its_number_and_no_other_is)
{
    size_t count, found = 0;
    const lk_suite *table = lk_suite_table(&count);
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(lk_suite_find(table[i].number), &table[i]);
    for (unsigned number = 0; number <= UINT16_MAX; number++)
        found += lk_suite_find((uint16_t)number) != NULL;
    cr_expect_eq(found, count);
    cr_expect_null(lk_suite_find(0x0000), "TLS_NULL_WITH_NULL_NULL protects nothing");
    cr_expect_str_eq(lk_suite_find(0x1301)->title, "TLS_AES_128_GCM_SHA256");
}

Test(suite, every_suite_exists_in_some_version_and_only_between_its_bounds)
{
    size_t count;
    const lk_suite *table = lk_suite_table(&count);
    for (size_t i = 0; i < count; i++) {
        cr_assert_neq(lk_version_bit(table[i].lowest_version), 0);
        cr_assert_neq(lk_version_bit(table[i].highest_version), 0);
        cr_assert_leq(table[i].lowest_version, table[i].highest_version);
        for (size_t v = 0; v < sizeof all_versions / sizeof all_versions[0]; v++)
            cr_assert_eq(lk_suite_allows(&table[i], all_versions[v]),
                         all_versions[v] >= table[i].lowest_version && all_versions[v] <= table[i].highest_version);
    }
}

Test(suite, tls_1_3_suites_leave_key_exchange_and_authentication_open_and_older_ones_do_not)
{
    size_t count;
    const lk_suite *table = lk_suite_table(&count);
    for (size_t i = 0; i < count; i++) {
        bool modern = lk_suite_allows(&table[i], LK_TLS1_3);
        cr_assert_eq(modern, table[i].number >> 8 == 0x13, "%s", table[i].title);
        cr_assert_eq(modern, table[i].exchange == LK_EXCHANGE_ANY, "%s", table[i].title);
        cr_assert_eq(modern, table[i].authentication == LK_AUTH_ANY, "%s", table[i].title);
        cr_assert_eq(modern, !lk_suite_allows(&table[i], LK_TLS1_2), "%s", table[i].title);
    }
}

static bool title_says(const char *title, const char *word)
{
    return strstr(title, word) != NULL;
}

Test(suite, the_title_says_what_the_row_says)
{
    size_t count;
    const lk_suite *table = lk_suite_table(&count);
    for (size_t i = 0; i < count; i++) {
        const char *title = table[i].title;
        cr_assert_eq(title_says(title, "AES_128_GCM"), table[i].cipher->id == LK_CIPHER_AES_128_GCM, "%s", title);
        cr_assert_eq(title_says(title, "AES_256_GCM"), table[i].cipher->id == LK_CIPHER_AES_256_GCM, "%s", title);
        cr_assert_eq(title_says(title, "AES_128_CCM"), lk_cipher_is_ccm(table[i].cipher), "%s", title);
        cr_assert_eq(title_says(title, "AES_128_CCM_8"), table[i].cipher->id == LK_CIPHER_AES_128_CCM_8, "%s", title);
        if (title_says(title, "CBC")) {
            cr_assert_eq(title_says(title, "AES_128"), table[i].cipher->key_length == 16, "%s", title);
            cr_assert_eq(title_says(title, "3DES_EDE"), table[i].cipher->block_length == 8, "%s", title);
            cr_assert_eq(title_says(title, "SHA256"), table[i].cipher->mac == LK_MAC_SHA256, "%s", title);
            cr_assert_eq(title_says(title, "SHA384"), table[i].cipher->mac == LK_MAC_SHA384, "%s", title);
        }
        cr_assert_eq(title_says(title, "CBC"), table[i].cipher->kind == LK_KIND_CBC, "%s", title);
        cr_assert_eq(title_says(title, "NULL"), table[i].cipher->kind == LK_KIND_NULL_MAC, "%s", title);
        cr_assert_eq(title_says(title, "RC4_128"), table[i].cipher->kind == LK_KIND_STREAM, "%s", title);
        cr_assert_eq(title_says(title, "MD5"), table[i].cipher->mac == LK_MAC_MD5, "%s", title);
        cr_assert_eq(title_says(title, "CHACHA20_POLY1305"), table[i].cipher->id == LK_CIPHER_CHACHA20_POLY1305);
        cr_assert_eq(title_says(title, "SHA384"), table[i].hash == LK_HASH_SHA384, "%s", title);
        bool elliptic = title_says(title, "ECDH"); /* ECDHE, or ECDH_anon: as ephemeral */
        bool finite = title_says(title, "_DHE") || title_says(title, "_DH_anon");
        cr_assert_eq(elliptic, table[i].exchange == LK_EXCHANGE_ECDHE, "%s", title);
        cr_assert_eq(finite, table[i].exchange == LK_EXCHANGE_DHE, "%s", title);
        cr_assert_eq(title_says(title, "TLS_RSA"), table[i].exchange == LK_EXCHANGE_RSA, "%s", title);
        cr_assert_eq(title_says(title, "TLS_PSK"), table[i].exchange == LK_EXCHANGE_PSK, "%s", title);
        cr_assert_eq(title_says(title, "ECDSA"), table[i].authentication == LK_AUTH_ECDSA, "%s", title);
        cr_assert_eq(title_says(title, "RSA"), table[i].authentication == LK_AUTH_RSA, "%s", title);
        cr_assert_eq(title_says(title, "anon"), table[i].authentication == LK_AUTH_NONE, "%s", title);
        cr_assert_eq(title_says(title, "PSK"), table[i].authentication == LK_AUTH_PSK, "%s", title);
    }
}

Test(suite, every_cipher_fits_the_slots_of_an_engine)
{
    size_t found = 0;
    for (unsigned id = 0; id < 1000; id++) {
        const lk_cipher *cipher = lk_cipher_find(id);
        if (!cipher)
            continue;
        found++;
        cr_assert_lt(id, BITS, "%s has no bit in the device's map", cipher->title);
        cr_assert_eq((unsigned)cipher->id, id);
        cr_assert_gt(strlen(cipher->title), 0);
        cr_assert_leq(cipher->key_length, LK_KEY_MAX);
        cr_assert_leq(cipher->mac_key_length, LK_MAC_KEY_MAX);
        cr_assert_leq(cipher->salt_length, LK_IV_MAX);
        if (cipher->kind == LK_KIND_AEAD) {
            cr_assert_eq(cipher->salt_length + cipher->explicit_nonce_length, 12, "%s", cipher->title);
            cr_assert_eq(cipher->mac_key_length, 0);
            bool short_tag = id == LK_CIPHER_AES_128_CCM_8; /* RFC 5288 and RFC 7905 know no other */
            cr_assert_eq(cipher->tag_length, short_tag ? 8 : 16, "%s", cipher->title);
            cr_assert_eq(cipher->mac, LK_MAC_NONE);
        } else {
            cr_assert_neq(cipher->mac, LK_MAC_NONE);
            cr_assert_eq(cipher->mac_key_length, cipher->tag_length, "RFC 5246 appendix C: as long as the hash");
            cr_assert_eq(cipher->explicit_nonce_length, cipher->block_length, "the IV is a block");
        }
        /* RFC 5246 section 6.2.3: no record grows by more than 2048 bytes; those of an engine by no more than 256. */
        cr_assert_leq(cipher->explicit_nonce_length + cipher->tag_length + cipher->block_length, 256);
    }
    cr_expect_eq(found, 15);
    cr_expect_null(lk_cipher_find(UINT32_MAX));
}

Test(suite, every_cipher_is_used_by_a_suite)
{
    size_t count;
    const lk_suite *table = lk_suite_table(&count);
    for (unsigned id = 0; id < BITS; id++) {
        bool used = !lk_cipher_find(id);
        for (size_t i = 0; i < count; i++)
            used |= table[i].cipher == lk_cipher_find(id);
        cr_expect(used, "cipher %u", id);
    }
}

Test(suite, what_is_not_aead_with_a_whole_tag_a_fresh_exchange_and_certificates_stands_last_and_is_off_by_default)
{
    size_t count;
    const lk_suite *table = lk_suite_table(&count);
    for (size_t i = 0; i < count; i++) {
        bool modern = table[i].number >> 8 == 0x13 || strncmp(table[i].title, "TLS_ECDHE_", 10) == 0;
        bool whole = table[i].cipher->kind == LK_KIND_AEAD && table[i].cipher->tag_length == 16;
        cr_assert_eq(lk_suite_default(&table[i]), modern && whole, "%s", table[i].title);
        if (i > 0)
            cr_assert(lk_suite_default(&table[i - 1]) || !lk_suite_default(&table[i]), "%s", table[i].title);
    }
}

Test(suite, versions_have_titles_and_bits_of_their_own)
{
    uint32_t seen = 0;
    for (size_t i = 0; i < sizeof all_versions / sizeof all_versions[0]; i++) {
        uint32_t bit = lk_version_bit(all_versions[i]);
        cr_assert_neq(bit, 0);
        cr_assert_eq(bit & (bit - 1), 0, "one bit");
        cr_assert_eq(seen & bit, 0);
        seen |= bit;
        cr_assert_str_neq(lk_version_title(all_versions[i]), "unknown");
    }
    cr_expect_eq(lk_version_bit(LK_TLS1_3), 1u << 4);
    cr_expect_str_eq(lk_version_title(0x0304), "TLS 1.3");
    cr_expect_eq(lk_version_bit(0x0305), 0);
    cr_expect_str_eq(lk_version_title(0xFEFD), "unknown");
}

Test(suite, sealed_lengths_are_those_of_the_rfcs)
{
    const lk_cipher *gcm = lk_cipher_find(LK_CIPHER_AES_128_GCM), *chacha = lk_cipher_find(LK_CIPHER_CHACHA20_POLY1305);
    cr_expect_eq(lk_record_sealed_length(LK_TLS1_3, gcm, 0, 0), 5 + 1 + 16);
    cr_expect_eq(lk_record_sealed_length(LK_TLS1_3, gcm, 100, 20), 5 + 100 + 1 + 20 + 16);
    cr_expect_eq(lk_record_sealed_length(LK_TLS1_2, gcm, 100, 0), 5 + 8 + 100 + 16);
    cr_expect_eq(lk_record_sealed_length(LK_TLS1_2, chacha, 100, 0), 5 + 100 + 16);
    cr_expect_leq(lk_record_sealed_length(LK_TLS1_3, gcm, 16384, 0), LK_RECORD_MAX);
    const lk_cipher *cbc = lk_cipher_find(LK_CIPHER_AES_128_CBC_SHA), *null = lk_cipher_find(LK_CIPHER_NULL_SHA256);
    cr_expect_eq(lk_record_sealed_length(LK_TLS1_2, cbc, 27, 0), 5 + 16 + 48,
                 "27 bytes, MAC and padding fill 3 blocks");
    cr_expect_eq(lk_record_sealed_length(LK_TLS1_2, cbc, 28, 0), 5 + 16 + 64, "at least one byte of padding");
    cr_expect_eq(lk_record_sealed_length(LK_TLS1_0, cbc, 27, 0), 5 + 48, "the IV is that of the record before");
    cr_expect_eq(lk_record_length(LK_TLS1_2, cbc, true, 15, 0), 5 + 16 + 16 + 20, "RFC 7366: the MAC is not padded");
    cr_expect_eq(lk_record_length(LK_TLS1_2, cbc, true, 16, 0), 5 + 16 + 32 + 20);
    cr_expect_eq(lk_record_sealed_length(LK_TLS1_2, null, 100, 0), 5 + 100 + 32);
    for (unsigned id = 0; lk_cipher_find(id); id++)
        cr_expect_leq(lk_record_sealed_length(LK_TLS1_2, lk_cipher_find(id), 16384, 0), LK_RECORD_MAX);
}
