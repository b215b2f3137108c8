/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration takes what makes sense, and says by name what does not. */
#include "connection/certificates.h"
#include "connection/config.h"

#include <criterion/criterion.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static lk_config *config;
static certificates *made;
static certificate_files good;

static void set_up(void)
{
    config = lk_config_new();
    made = certificates_new();
    good = certificates_issue(made, "good", &(certificate_request){.key = "EC"});
}

static void tear_down(void)
{
    lk_config_free(config);
    certificates_free(made);
}

TestSuite(config, .init = set_up, .fini = tear_down);

static void assert_complains(const char *of)
{
    cr_assert_not_null(strstr(lk_config_diagnosis(config), of), "\"%s\" does not name %s", lk_config_diagnosis(config),
                       of);
}

Test(config, groups_are_taken_in_both_spellings_in_order_and_once)
{
    cr_assert_eq(lk_config_set_groups(config, "P-384:X25519:secp384r1:prime"), LK_ERROR_INVALID_ARGUMENT);
    assert_complains("\"prime\"");
    cr_assert_eq(lk_config_set_groups(config, ""), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_config_set_groups(config, "x25519:"), LK_ERROR_INVALID_ARGUMENT);
    size_t all = config->settings.group_count;
    cr_assert_gt(all, 2, "a list that is refused changes nothing");
    cr_assert_eq(lk_config_set_groups(config, "P-384:X25519:secp384r1"), LK_OK);
    cr_assert_eq(config->settings.group_count, 2);
    cr_assert_str_eq(config->settings.groups[0]->title, "secp384r1");
    cr_assert_str_eq(config->settings.groups[1]->title, "x25519");
}

Test(config, a_file_that_is_not_there_is_named)
{
    cr_assert_eq(lk_config_use_certificate_files(config, "/nowhere/chain.pem", good.key), LK_ERROR_FILE_UNREADABLE);
    assert_complains("/nowhere/chain.pem");
    assert_complains("No such file");
    cr_assert_eq(lk_config_use_certificate_files(config, good.chain, "/nowhere/key.pem"), LK_ERROR_FILE_UNREADABLE);
    assert_complains("/nowhere/key.pem");
    cr_assert_eq(lk_config_trust_file(config, "/nowhere/root.pem"), LK_ERROR_FILE_UNREADABLE);
    assert_complains("/nowhere/root.pem");
}

Test(config, a_file_with_something_else_is_named)
{
    char path[CERTIFICATES_PATH_MAX];
    certificates_write(made, "text", "no certificate at all\n", path);
    cr_assert_eq(lk_config_use_certificate_files(config, path, good.key), LK_ERROR_FILE_MALFORMED);
    assert_complains(path);
    cr_assert_eq(lk_config_use_certificate_files(config, good.chain, path), LK_ERROR_FILE_MALFORMED);
    assert_complains(path);
    cr_assert_eq(lk_config_trust_file(config, path), LK_ERROR_FILE_MALFORMED);
    assert_complains(path);
    certificates_write(made, "broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", path);
    cr_assert_eq(lk_config_trust_file(config, path), LK_ERROR_FILE_MALFORMED);
    cr_assert_eq(lk_config_use_certificate_files(config, path, good.key), LK_ERROR_FILE_MALFORMED);
}

Test(config, a_key_of_another_certificate_is_a_mismatch)
{
    certificate_files other = certificates_issue(made, "other", &(certificate_request){.key = "EC"});
    cr_assert_eq(lk_config_use_certificate_files(config, good.chain, other.key), LK_ERROR_KEY_MISMATCH);
    assert_complains(other.key);
    assert_complains(good.chain);
    certificate_files rsa = certificates_issue(made, "rsa", &(certificate_request){.key = "RSA"});
    cr_assert_eq(lk_config_use_certificate_files(config, good.chain, rsa.key), LK_ERROR_KEY_MISMATCH);
}

Test(config, an_encrypted_key_is_refused_without_a_question)
{
    char path[CERTIFICATES_PATH_MAX];
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    certificates_write(made, "encrypted", "", path);
    FILE *file = fopen(path, "w");
    cr_assert_eq(PEM_write_PrivateKey(file, key, EVP_aes_128_cbc(), (unsigned char *)"secret", 6, NULL, NULL), 1);
    fclose(file);
    EVP_PKEY_free(key);
    cr_assert_eq(lk_config_use_certificate_files(config, good.chain, path), LK_ERROR_FILE_MALFORMED);
    assert_complains("encrypted");
}

Test(config, a_pkcs12_file_gives_key_and_chain)
{
    char path[CERTIFICATES_PATH_MAX];
    certificates_issue(made, "middle", &(certificate_request){.key = "EC", .authority = true});
    certificates_issue(made, "unrelated", &(certificate_request){.key = "EC", .authority = true});
    certificates_issue(made, "leaf", &(certificate_request){.key = "RSA", .issuer = "middle"});
    certificates_pack(made, "leaf", "middle", "sesame", path);
    cr_assert_eq(lk_config_use_pkcs12_file(config, path, "sesame"), LK_OK, "%s", lk_config_diagnosis(config));
    cr_expect_eq(config->settings.chain.count, 2, "without the root");
    cr_expect(EVP_PKEY_is_a(config->settings.key, "RSA"));
    cr_expect_eq(EVP_PKEY_eq(config->settings.key, lk_certificate_chain_key(&config->settings.chain)), 1);
    certificates_pack(made, "good", "unrelated", NULL, path);
    cr_assert_eq(lk_config_use_pkcs12_file(config, path, NULL), LK_OK, "%s", lk_config_diagnosis(config));
    cr_expect_eq(config->settings.chain.count, 1, "only what leads to the root");
    cr_expect(EVP_PKEY_is_a(config->settings.key, "EC"));
}

Test(config, a_pkcs12_file_that_cannot_be_used_is_named)
{
    char path[CERTIFICATES_PATH_MAX];
    cr_assert_eq(lk_config_use_pkcs12_file(config, "/nowhere/store.p12", "x"), LK_ERROR_FILE_UNREADABLE);
    assert_complains("/nowhere/store.p12");
    cr_assert_eq(lk_config_use_pkcs12_file(config, good.chain, "x"), LK_ERROR_FILE_MALFORMED);
    assert_complains("is no PKCS#12 file");
    certificates_pack(made, "good", NULL, "sesame", path);
    cr_assert_eq(lk_config_use_pkcs12_file(config, path, "simsim"), LK_ERROR_FILE_MALFORMED);
    assert_complains("passphrase");
    cr_assert_eq(lk_config_use_pkcs12_file(config, path, NULL), LK_ERROR_FILE_MALFORMED);
    cr_assert_null(config->settings.key, "nothing of it is taken");
    cr_assert_eq(lk_config_use_pkcs12_file(config, path, "sesame"), LK_OK);
}

Test(config, a_failed_load_leaves_the_pair_before_it)
{
    cr_assert_eq(lk_config_use_certificate_files(config, good.chain, good.key), LK_OK);
    const EVP_PKEY *before = config->settings.key;
    cr_assert_eq(lk_config_use_certificate_files(config, good.chain, "/nowhere"), LK_ERROR_FILE_UNREADABLE);
    cr_assert_eq(config->settings.key, before);
    cr_assert_eq(config->settings.chain.count, 1);
}

Test(config, versions_out_of_range_or_upside_down_are_refused)
{
    cr_assert_eq(lk_config_set_versions(config, 0x0200, 0x0304), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_config_set_versions(config, 0x0303, 0x0305), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_config_set_versions(config, 0x0304, 0x0303), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_config_set_versions(config, 0x0303, 0x0303), LK_OK);
}

Test(config, every_suite_is_known_by_both_its_names)
{
    static const char *const names[][2] = {
        {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"},
        {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
        {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"},
        {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"},
        {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"},
        {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"},
        {"TLS_ECDHE_ECDSA_WITH_AES_128_CCM", "ECDHE-ECDSA-AES128-CCM"},
        {"TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8", "ECDHE-ECDSA-AES128-CCM8"},
        {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "ECDHE-ECDSA-AES128-SHA256"},
        {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", "ECDHE-RSA-AES128-SHA256"},
        {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "ECDHE-ECDSA-AES256-SHA384"},
        {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "ECDHE-RSA-AES256-SHA384"},
        {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA"},
        {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"},
        {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA"},
        {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA"},
        {"TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "DHE-RSA-AES128-GCM-SHA256"},
        {"TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "DHE-RSA-AES256-GCM-SHA384"},
        {"TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "DHE-RSA-CHACHA20-POLY1305"},
        {"TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", "DHE-RSA-AES128-SHA256"},
        {"TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", "DHE-RSA-AES256-SHA256"},
        {"TLS_DHE_RSA_WITH_AES_128_CBC_SHA", "DHE-RSA-AES128-SHA"},
        {"TLS_DHE_RSA_WITH_AES_256_CBC_SHA", "DHE-RSA-AES256-SHA"},
        {"TLS_RSA_WITH_AES_128_GCM_SHA256", "AES128-GCM-SHA256"},
        {"TLS_RSA_WITH_AES_256_GCM_SHA384", "AES256-GCM-SHA384"},
        {"TLS_RSA_WITH_AES_128_CBC_SHA256", "AES128-SHA256"},
        {"TLS_RSA_WITH_AES_256_CBC_SHA256", "AES256-SHA256"},
        {"TLS_RSA_WITH_AES_128_CBC_SHA", "AES128-SHA"},
        {"TLS_RSA_WITH_AES_256_CBC_SHA", "AES256-SHA"},
        {"TLS_PSK_WITH_AES_128_GCM_SHA256", "PSK-AES128-GCM-SHA256"},
        {"TLS_PSK_WITH_AES_256_GCM_SHA384", "PSK-AES256-GCM-SHA384"},
        {"TLS_PSK_WITH_CHACHA20_POLY1305_SHA256", "PSK-CHACHA20-POLY1305"},
        {"TLS_PSK_WITH_AES_128_CBC_SHA256", "PSK-AES128-CBC-SHA256"},
        {"TLS_PSK_WITH_AES_256_CBC_SHA384", "PSK-AES256-CBC-SHA384"},
        {"TLS_PSK_WITH_AES_128_CBC_SHA", "PSK-AES128-CBC-SHA"},
        {"TLS_PSK_WITH_AES_256_CBC_SHA", "PSK-AES256-CBC-SHA"},
        {"TLS_DH_anon_WITH_AES_128_GCM_SHA256", "ADH-AES128-GCM-SHA256"},
        {"TLS_DH_anon_WITH_AES_256_GCM_SHA384", "ADH-AES256-GCM-SHA384"},
        {"TLS_DH_anon_WITH_AES_128_CBC_SHA256", "ADH-AES128-SHA256"},
        {"TLS_DH_anon_WITH_AES_256_CBC_SHA256", "ADH-AES256-SHA256"},
        {"TLS_DH_anon_WITH_AES_128_CBC_SHA", "ADH-AES128-SHA"},
        {"TLS_DH_anon_WITH_AES_256_CBC_SHA", "ADH-AES256-SHA"},
        {"TLS_ECDH_anon_WITH_AES_128_CBC_SHA", "AECDH-AES128-SHA"},
        {"TLS_ECDH_anon_WITH_AES_256_CBC_SHA", "AECDH-AES256-SHA"},
        {"TLS_ECDHE_ECDSA_WITH_NULL_SHA", "ECDHE-ECDSA-NULL-SHA"},
        {"TLS_ECDHE_RSA_WITH_NULL_SHA", "ECDHE-RSA-NULL-SHA"},
        {"TLS_RSA_WITH_NULL_SHA256", "NULL-SHA256"},
        {"TLS_RSA_WITH_NULL_SHA", "NULL-SHA"},
        {"TLS_PSK_WITH_NULL_SHA", "PSK-NULL-SHA"},
        {"TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA", "ECDHE-ECDSA-DES-CBC3-SHA"},
        {"TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", "ECDHE-RSA-DES-CBC3-SHA"},
        {"TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA", "DHE-RSA-DES-CBC3-SHA"},
        {"TLS_RSA_WITH_3DES_EDE_CBC_SHA", "DES-CBC3-SHA"},
        {"TLS_PSK_WITH_3DES_EDE_CBC_SHA", "PSK-3DES-EDE-CBC-SHA"},
        {"TLS_DH_anon_WITH_3DES_EDE_CBC_SHA", "ADH-DES-CBC3-SHA"},
        {"TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA", "AECDH-DES-CBC3-SHA"},
        {"TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", "ECDHE-ECDSA-RC4-SHA"},
        {"TLS_ECDHE_RSA_WITH_RC4_128_SHA", "ECDHE-RSA-RC4-SHA"},
        {"TLS_RSA_WITH_RC4_128_SHA", "RC4-SHA"},
        {"TLS_RSA_WITH_RC4_128_MD5", "RC4-MD5"},
        {"TLS_PSK_WITH_RC4_128_SHA", "PSK-RC4-SHA"},
        {"TLS_DH_anon_WITH_RC4_128_MD5", "ADH-RC4-MD5"},
        {"TLS_ECDH_anon_WITH_RC4_128_SHA", "AECDH-RC4-SHA"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        for (size_t j = 0; j < 2; j++) {
            cr_assert_eq(lk_config_set_suites(config, names[i][j]), LK_OK, "%s", names[i][j]);
            cr_assert_eq(config->settings.suite_count, 1);
            cr_assert_str_eq(config->settings.suites[0]->title, names[i][0]);
        }
    size_t count = 0, named = 0;
    const lk_suite *suites = lk_suite_table(&count);
    for (size_t i = 0; i < count; i++)
        named += strstr(suites[i].title, "_WITH_") != NULL;
    cr_expect_eq(named, sizeof names / sizeof names[0]);
}

Test(config, without_a_list_only_aead_suites_are_offered)
{
    cr_assert_gt(config->settings.suite_count, 0);
    for (size_t i = 0; i < config->settings.suite_count; i++)
        cr_expect_eq(config->settings.suites[i]->cipher->kind, LK_KIND_AEAD, "%s", config->settings.suites[i]->title);
}

/* Where libcrypto's provider "legacy" is to be found is told by the environment, to each test in a process of its own.
 */
Test(config, suites_of_the_last_century_are_refused_by_name_where_libcrypto_does_not_have_them)
{
    setenv("OPENSSL_MODULES", "/nonexistent", 1);
    cr_assert_eq(lk_config_set_suites(config, "DES-CBC3-SHA"), LK_OK);
    cr_assert_eq(lk_config_set_suites(config, "AES128-SHA:RC4-SHA"), LK_ERROR_ENGINE_UNSUPPORTED);
    assert_complains("TLS_RSA_WITH_RC4_128_SHA");
    assert_complains("legacy");
    cr_expect_eq(config->settings.suite_count, 1, "what was set before stays");
}

Test(config, suites_stand_in_the_order_of_the_list_and_once)
{
    cr_assert_eq(lk_config_set_suites(config, "TLS_CHACHA20_POLY1305_SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                                              "TLS_CHACHA20_POLY1305_SHA256"),
                 LK_OK);
    cr_assert_eq(config->settings.suite_count, 2);
    cr_assert_eq(config->settings.suites[0]->number, 0x1303);
    cr_assert_eq(config->settings.suites[1]->number, 0xc02f);
}

Test(config, an_unknown_suite_is_named)
{
    cr_assert_eq(lk_config_set_suites(config, "TLS_AES_128_GCM_SHA256:EXP-RC4-MD5"), LK_ERROR_INVALID_ARGUMENT);
    assert_complains("EXP-RC4-MD5");
    /* No other name of a suite of TLS 1.3, as rules would make it. */
    cr_assert_eq(lk_config_set_suites(config, "AES128-GCM"), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_config_set_suites(config, ""), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_config_set_suites(config, "TLS_AES_128_GCM_SHA256:"), LK_ERROR_INVALID_ARGUMENT);
}

Test(config, suites_that_no_allowed_version_has_make_no_connection)
{
    lk_connection *connection = NULL;
    cr_assert_eq(lk_config_set_suites(config, "TLS_AES_128_GCM_SHA256"), LK_OK);
    cr_assert_eq(lk_config_set_versions(config, 0x0303, 0x0303), LK_OK);
    cr_assert_eq(lk_connection_new(config, LK_CLIENT, "localhost", &connection), LK_ERROR_INVALID_ARGUMENT);
}

Test(config, alpn_names_that_are_empty_or_too_long_are_refused)
{
    char name[300];
    memset(name, 'x', sizeof name);
    name[256] = '\0';
    cr_assert_eq(lk_config_set_alpn(config, name), LK_ERROR_INVALID_ARGUMENT);
    name[255] = '\0';
    cr_assert_eq(lk_config_set_alpn(config, name), LK_OK);
    cr_assert_eq(lk_config_set_alpn(config, ""), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_config_set_alpn(config, "h2,,http/1.1"), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_config_set_alpn(config, "h2,"), LK_ERROR_INVALID_ARGUMENT);
}

Test(config, a_required_device_must_be_there)
{
    cr_assert_eq(lk_config_set_engine(config, NULL, LK_ENGINE_REQUIRE_DEVICE, NULL), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_config_set_engine(config, NULL, (lk_engine_policy)7, NULL), LK_ERROR_INVALID_ARGUMENT);
}
