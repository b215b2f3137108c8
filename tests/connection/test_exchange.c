/* SPDX-License-Identifier: Apache-2.0 */
/* The key exchanges up to TLS 1.2: groups, pre-shared keys, no certificates, and peers that cheat. */
#include "connection/config.h"
#include "connection/loopback.h"

#include <criterion/criterion.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string.h>

static lk_config *config_of(loopback *pair, lk_role role)
{
    return pair->side[role].config;
}

static loopback *pair_of(const char *key, uint16_t version, const char *suites)
{
    loopback *pair = loopback_new(key);
    cr_assert_eq(lk_config_set_versions(config_of(pair, LK_CLIENT), version, version), LK_OK);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        cr_assert_eq(lk_config_set_suites(config_of(pair, role), suites), LK_OK);
    cr_assert_eq(lk_config_set_versions(config_of(pair, LK_SERVER), LK_VERSION_SSL3, LK_VERSION_TLS1_3), LK_OK);
    return pair;
}

static void assert_works(loopback *pair, const char *group)
{
    loopback_establish(pair);
    const char *got = lk_connection_group(pair->side[LK_CLIENT].connection);
    if (group)
        cr_assert_str_eq(got ? got : "none", group);
    else
        cr_assert_null(got);
    cr_assert_str_eq(pair->side[LK_CLIENT].key_log, pair->side[LK_SERVER].key_log);
    loopback_transfer(pair, LK_CLIENT, (const uint8_t *)"hello", 5);
    loopback_transfer(pair, LK_SERVER, (const uint8_t *)"world", 5);
}

static void assert_refused(loopback *pair, lk_role refuses, lk_error error, const char *alert)
{
    loopback_handshake(pair);
    cr_assert_eq(pair->side[refuses].result, error, "%s", lk_connection_diagnosis(pair->side[refuses].connection));
    cr_assert_str_eq(pair->side[refuses].alerts, alert);
    loopback_free(pair);
}

/* Groups */

static void every_group(uint16_t version, const char *suite, lk_exchange exchange)
{
    size_t count = 0;
    const lk_group *groups = lk_group_table(&count);
    loopback *pair = pair_of("RSA", version, suite);
    for (size_t i = 0; i < count; i++)
        if (exchange == LK_EXCHANGE_ANY || groups[i].exchange == exchange) {
            cr_assert_eq(lk_config_set_groups(config_of(pair, LK_SERVER), groups[i].title), LK_OK);
            assert_works(pair, groups[i].title);
            loopback_again(pair);
        }
    loopback_free(pair);
}

Test(exchange, every_group_serves_its_suites_and_tls_1_3)
{
    every_group(LK_VERSION_TLS1_2, "DHE-RSA-AES128-GCM-SHA256", LK_EXCHANGE_DHE);
    every_group(LK_VERSION_TLS1_2, "ECDHE-RSA-AES128-GCM-SHA256", LK_EXCHANGE_ECDHE);
    every_group(LK_VERSION_TLS1_0, "DHE-RSA-AES128-SHA", LK_EXCHANGE_DHE);
    every_group(LK_VERSION_TLS1_3, "TLS_AES_128_GCM_SHA256", LK_EXCHANGE_ANY);
}

/* RFC 7919 section 4: a server that has none of the client's groups "MUST NOT select an FFDHE cipher suite". */
Test(exchange, a_server_without_the_clients_groups_takes_another_suite)
{
    loopback *pair = pair_of("RSA", LK_VERSION_TLS1_2, "DHE-RSA-AES128-GCM-SHA256:AES128-GCM-SHA256");
    cr_assert_eq(lk_config_set_groups(config_of(pair, LK_CLIENT), "ffdhe3072:x25519"), LK_OK);
    cr_assert_eq(lk_config_set_groups(config_of(pair, LK_SERVER), "ffdhe2048"), LK_OK);
    assert_works(pair, NULL);
    cr_expect_str_eq(lk_connection_suite(pair->side[LK_CLIENT].connection), "TLS_RSA_WITH_AES_128_GCM_SHA256");
    loopback_free(pair);
    pair = pair_of("RSA", LK_VERSION_TLS1_2, "ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256");
    cr_assert_eq(lk_config_set_groups(config_of(pair, LK_CLIENT), "x25519:ffdhe2048"), LK_OK);
    cr_assert_eq(lk_config_set_groups(config_of(pair, LK_SERVER), "secp256r1:ffdhe2048"), LK_OK);
    assert_works(pair, "ffdhe2048");
    loopback_free(pair);
}

/* A server's own parameters: a group that RFC 7919 has not. */
static void use_parameters(loopback *pair, const char *name)
{
    char path[CERTIFICATES_PATH_MAX];
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
    cr_assert_eq(EVP_PKEY_keygen_init(context), 1);
    cr_assert_eq(EVP_PKEY_CTX_set_group_name(context, name), 1);
    cr_assert_eq(EVP_PKEY_generate(context, &key), 1);
    certificates_write(pair->certificates, "dh.pem", "", path);
    BIO *file = BIO_new_file(path, "w");
    cr_assert_eq(PEM_write_bio_Parameters(file, key), 1);
    BIO_free(file);
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(context);
    cr_assert_eq(lk_config_use_dh_parameters_file(config_of(pair, LK_SERVER), path), LK_OK, "%s",
                 lk_config_diagnosis(config_of(pair, LK_SERVER)));
}

static loopback *pair_with_own_group(unsigned minimum, const char *name)
{
    loopback *pair = pair_of("RSA", LK_VERSION_TLS1_2, "DHE-RSA-AES128-GCM-SHA256");
    cr_assert_eq(lk_config_set_groups(config_of(pair, LK_CLIENT), "x25519"), LK_OK);
    cr_assert_eq(lk_config_set_dh_minimum(config_of(pair, LK_SERVER), minimum), LK_OK);
    use_parameters(pair, name);
    return pair;
}

Test(exchange, a_servers_own_parameters_serve_clients_that_name_no_group)
{
    loopback *pair = pair_with_own_group(2048, "modp_2048");
    assert_works(pair, NULL);
    loopback_again(pair);
    cr_assert_eq(lk_config_set_groups(config_of(pair, LK_CLIENT), "ffdhe3072"), LK_OK);
    assert_works(pair, "ffdhe3072");
    loopback_free(pair);
}

Test(exchange, weak_parameters_are_refused_unless_they_are_asked_for)
{
    assert_refused(pair_with_own_group(1536, "modp_1536"), LK_CLIENT, LK_ERROR_WEAK_PARAMETERS,
                   "insufficient_security ");
    loopback *pair = pair_with_own_group(1536, "modp_1536");
    cr_assert_eq(lk_config_set_dh_minimum(config_of(pair, LK_CLIENT), 1536), LK_OK);
    assert_works(pair, NULL);
    loopback_free(pair);
}

Test(exchange, a_server_takes_no_weak_parameters_of_its_own)
{
    loopback *pair = pair_with_own_group(1536, "modp_1536");
    char path[CERTIFICATES_PATH_MAX + 8];
    snprintf(path, sizeof path, "%s/dh.pem", pair->certificates->directory);
    cr_expect_eq(lk_config_use_dh_parameters_file(config_of(pair, LK_CLIENT), path), LK_ERROR_WEAK_PARAMETERS);
    cr_expect_eq(lk_config_use_dh_parameters_file(config_of(pair, LK_CLIENT), pair->certificates->root),
                 LK_ERROR_FILE_MALFORMED);
    cr_expect_eq(lk_config_use_dh_parameters_file(config_of(pair, LK_CLIENT), "/nowhere"), LK_ERROR_FILE_UNREADABLE);
    cr_expect_eq(lk_config_set_dh_minimum(config_of(pair, LK_CLIENT), 511), LK_ERROR_INVALID_ARGUMENT);
    cr_expect_eq(lk_config_set_dh_minimum(config_of(pair, LK_CLIENT), 8193), LK_ERROR_INVALID_ARGUMENT);
    loopback_free(pair);
}

/* Raccoon: no key pair serves twice. */

typedef struct seen_value {
    uint8_t bytes[256];
    bool seen;
} seen_value;

static void keep_value(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    seen_value *value = context;
    (void)number;
    if (sender != LK_SERVER || record[0] != 22 || record[5] != 12)
        return;
    cr_assert_gt(*length, 9 + 2 + 256 + 3 + 2 + 256);
    memcpy(value->bytes, record + 9 + 2 + 256 + 3 + 2, sizeof value->bytes);
    value->seen = true;
}

Test(exchange, a_server_of_dhe_has_a_new_key_in_each_handshake)
{
    enum { HANDSHAKES = 5 };
    static seen_value values[HANDSHAKES];
    loopback *pair = pair_of("RSA", LK_VERSION_TLS1_2, "DHE-RSA-AES128-GCM-SHA256");
    cr_assert_eq(lk_config_set_groups(config_of(pair, LK_SERVER), "ffdhe2048"), LK_OK);
    pair->alter = keep_value;
    for (size_t i = 0; i < HANDSHAKES; i++) {
        pair->alter_context = &values[i];
        loopback_establish(pair);
        cr_assert(values[i].seen);
        for (size_t j = 0; j < i; j++)
            cr_expect_neq(memcmp(values[i].bytes, values[j].bytes, sizeof values[i].bytes), 0);
        loopback_again(pair);
    }
    loopback_free(pair);
}

/* Without certificates */

static void every_suite_of(lk_authentication authentication, size_t wanted)
{
    static const uint8_t key[32] = "a key that both of them know....";
    size_t count = 0, done = 0;
    const lk_suite *suites = lk_suite_table(&count);
    for (size_t i = 0; i < count; i++)
        for (uint16_t version = LK_VERSION_SSL3; version <= LK_VERSION_TLS1_2; version++) {
            if (suites[i].authentication != authentication || !lk_suite_allows(&suites[i], version))
                continue;
            loopback *pair = pair_of("EC", version, suites[i].title);
            for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
                cr_assert_eq(lk_config_set_psk(config_of(pair, role), "me", key, sizeof key), LK_OK);
            loopback_establish(pair);
            size_t length = 0;
            cr_expect_null(lk_connection_peer_certificate(pair->side[LK_CLIENT].connection, 0, &length));
            loopback_transfer(pair, LK_CLIENT, (const uint8_t *)"hello", 5);
            loopback_transfer(pair, LK_SERVER, (const uint8_t *)"world", 5);
            loopback_free(pair);
            done++;
        }
    cr_expect_eq(done, wanted);
}

Test(exchange, every_anonymous_suite_works_without_a_certificate)
{
    every_suite_of(LK_AUTH_NONE, 4 + 4 * 3 + 4 * 4);
}

Test(exchange, every_suite_with_a_pre_shared_key_works_without_a_certificate)
{
    every_suite_of(LK_AUTH_PSK, 3 + 7 * 3);
}

static void forget_certificate(lk_config *config)
{
    EVP_PKEY_free(config->settings.key);
    config->settings.key = NULL;
    lk_certificate_chain_clear(&config->settings.chain);
}

Test(exchange, a_server_without_a_certificate_speaks_the_suites_that_do_without_and_no_others)
{
    loopback *pair = pair_of("EC", LK_VERSION_TLS1_2, "ECDHE-ECDSA-AES128-SHA:AECDH-AES128-SHA");
    forget_certificate(config_of(pair, LK_SERVER));
    assert_works(pair, "x25519");
    cr_expect_str_eq(lk_connection_suite(pair->side[LK_SERVER].connection), "TLS_ECDH_anon_WITH_AES_128_CBC_SHA");
    loopback_free(pair);

    pair = pair_of("EC", LK_VERSION_TLS1_2, "ECDHE-ECDSA-AES128-SHA");
    forget_certificate(config_of(pair, LK_SERVER));
    lk_connection *connection = NULL;
    cr_expect_eq(lk_connection_new(config_of(pair, LK_SERVER), LK_SERVER, NULL, &connection),
                 LK_ERROR_INVALID_ARGUMENT);
    loopback_free(pair);
}

/* TLS 1.3 is nothing that it could speak: so it is not what a client of TLS 1.3 is told. */
Test(exchange, a_server_without_a_certificate_has_no_version_in_common_with_a_client_of_tls_1_3)
{
    loopback *pair = pair_of("EC", LK_VERSION_TLS1_3, "TLS_AES_128_GCM_SHA256:AECDH-AES128-SHA");
    forget_certificate(config_of(pair, LK_SERVER));
    assert_refused(pair, LK_SERVER, LK_ERROR_PROTOCOL_VERSION, "protocol_version ");
}

Test(exchange, another_key_and_another_name_of_it_end_the_same_way)
{
    for (int wrong = 0; wrong < 2; wrong++) {
        static const uint8_t keys[2][16] = {"this is the key", "that is not it!"};
        loopback *pair = pair_of("EC", LK_VERSION_TLS1_2, "PSK-AES128-GCM-SHA256");
        cr_assert_eq(lk_config_set_psk(config_of(pair, LK_SERVER), "me", keys[0], 16), LK_OK);
        cr_assert_eq(lk_config_set_psk(config_of(pair, LK_CLIENT), wrong ? "me" : "you", keys[wrong], 16), LK_OK);
        assert_refused(pair, LK_SERVER, LK_ERROR_BAD_RECORD_MAC, "bad_record_mac ");
    }
}

Test(exchange, a_pre_shared_key_has_bounds_and_its_suites_need_one)
{
    uint8_t key[65] = {1};
    char identity[130];
    lk_connection *connection = NULL;
    memset(identity, 'i', sizeof identity - 1);
    identity[sizeof identity - 1] = '\0';
    loopback *pair = pair_of("EC", LK_VERSION_TLS1_2, "PSK-AES128-GCM-SHA256");
    lk_config *config = config_of(pair, LK_CLIENT);
    cr_expect_eq(lk_connection_new(config, LK_CLIENT, "localhost", &connection), LK_ERROR_INVALID_ARGUMENT);
    cr_expect_eq(lk_config_set_psk(config, "", key, 16), LK_ERROR_INVALID_ARGUMENT);
    cr_expect_eq(lk_config_set_psk(config, identity, key, 16), LK_ERROR_INVALID_ARGUMENT);
    cr_expect_eq(lk_config_set_psk(config, "me", key, 0), LK_ERROR_INVALID_ARGUMENT);
    cr_expect_eq(lk_config_set_psk(config, "me", key, 65), LK_ERROR_INVALID_ARGUMENT);
    cr_expect_eq(lk_config_set_psk(config, identity + 1, key, 64), LK_OK);
    loopback_free(pair);
}

Test(exchange, a_server_that_demands_certificates_takes_no_suite_without)
{
    loopback *pair = pair_of("RSA", LK_VERSION_TLS1_2, "ADH-AES128-GCM-SHA256");
    cr_assert_eq(lk_config_trust_file(config_of(pair, LK_SERVER), pair->certificates->root), LK_OK);
    cr_assert_eq(lk_config_ask_client_certificate(config_of(pair, LK_SERVER), LK_CLIENT_REQUIRED), LK_OK);
    assert_refused(pair, LK_SERVER, LK_ERROR_NO_COMMON_SUITE, "handshake_failure ");
}

Test(exchange, anonymous_and_psk_suites_are_off_unless_both_sides_name_them)
{
    static const char *const suites[] = {"ADH-AES128-GCM-SHA256", "PSK-AES128-GCM-SHA256", "AES128-GCM-SHA256"};
    static const uint8_t key[16] = "known to both";
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        loopback *pair = loopback_new("RSA");
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
            cr_assert_eq(lk_config_set_psk(config_of(pair, role), "me", key, sizeof key), LK_OK);
        cr_assert_eq(lk_config_set_suites(config_of(pair, LK_CLIENT), suites[i]), LK_OK);
        assert_refused(pair, LK_SERVER, LK_ERROR_NO_COMMON_SUITE, "handshake_failure ");
    }
}

/* Whose preference counts */

static const char *suite_taken(bool clients)
{
    static char taken[64];
    loopback *pair =
        pair_of("RSA", LK_VERSION_TLS1_2, "AES128-GCM-SHA256:AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256");
    cr_assert_eq(lk_config_set_suites(config_of(pair, LK_CLIENT), "NULL-SHA:AES256-GCM-SHA384:AES128-GCM-SHA256"),
                 LK_OK);
    lk_config_prefer_client_suites(config_of(pair, LK_SERVER), clients);
    loopback_establish(pair);
    snprintf(taken, sizeof taken, "%s", lk_connection_suite(pair->side[LK_SERVER].connection));
    loopback_free(pair);
    return taken;
}

Test(exchange, the_servers_order_counts_or_the_clients)
{
    cr_expect_str_eq(suite_taken(false), "TLS_RSA_WITH_AES_128_GCM_SHA256");
    cr_expect_str_eq(suite_taken(true), "TLS_RSA_WITH_AES_256_GCM_SHA384");
}

/* The encrypted secret has the version that the client offered, whatever was picked. */
Test(exchange, rsa_works_when_the_server_picks_less_than_was_offered)
{
    for (uint16_t version = LK_VERSION_TLS1_0; version <= LK_VERSION_TLS1_2; version++) {
        loopback *pair = pair_of("RSA", version, "AES128-SHA:TLS_AES_128_GCM_SHA256");
        cr_assert_eq(lk_config_set_versions(config_of(pair, LK_SERVER), version, version), LK_OK);
        cr_assert_eq(lk_config_set_versions(config_of(pair, LK_CLIENT), LK_VERSION_TLS1_0, LK_VERSION_TLS1_3), LK_OK);
        assert_works(pair, NULL);
        cr_expect_eq(lk_connection_version(pair->side[LK_SERVER].connection), version);
        loopback_free(pair);
    }
}

/* Cheating with DH. Of the anonymous suites: nothing is signed there. */

typedef struct cheat {
    uint8_t message; /* its type */
    void (*change)(uint8_t *body, size_t *length);
    bool done;
} cheat;

static void apply(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    cheat *how = context;
    (void)sender, (void)number;
    if (how->done || record[0] != 22 || record[5] != how->message)
        return;
    size_t body = *length - 9;
    how->change(record + 9, &body);
    *length = 9 + body;
    record[3] = (uint8_t)((*length - 5) >> 8);
    record[4] = (uint8_t)(*length - 5);
    record[6] = 0;
    record[7] = (uint8_t)(body >> 8);
    record[8] = (uint8_t)body;
    how->done = true;
}

enum { SERVER_KEY_EXCHANGE = 12, CLIENT_KEY_EXCHANGE = 16, PRIME = 256 };

static void even_prime(uint8_t *body, size_t *length)
{
    (void)length;
    body[2 + PRIME - 1] ^= 1;
}

static void generator_of_one(uint8_t *body, size_t *length)
{
    (void)length;
    cr_assert_eq(body[2 + PRIME + 1], 1);
    body[2 + PRIME + 2] = 1;
}

static void value_of(uint8_t *body, size_t *length, size_t at, uint8_t last)
{
    memset(body + at + 2, 0, PRIME);
    body[at + 2 + PRIME - 1] = last;
    (void)length;
}

static void server_value_of_one(uint8_t *body, size_t *length)
{
    value_of(body, length, 2 + PRIME + 3, 1);
}

static void server_value_of_the_prime(uint8_t *body, size_t *length)
{
    (void)length;
    memcpy(body + 2 + PRIME + 3 + 2, body + 2, PRIME);
}

static void server_message_cut(uint8_t *body, size_t *length)
{
    (void)body;
    *length -= 1;
}

static void client_value_of_zero(uint8_t *body, size_t *length)
{
    value_of(body, length, 0, 0);
}

static void client_value_of_one(uint8_t *body, size_t *length)
{
    value_of(body, length, 0, 1);
}

static void client_value_above_the_prime(uint8_t *body, size_t *length)
{
    (void)length;
    memset(body + 2, 0xff, PRIME);
}

static void client_value_empty(uint8_t *body, size_t *length)
{
    body[0] = body[1] = 0;
    *length = 2;
}

Test(exchange, numbers_that_are_no_good_group_or_value_are_refused)
{
    static const struct {
        cheat how;
        lk_role refuses;
        lk_error error;
        const char *alert;
    } cases[] = {
        {{SERVER_KEY_EXCHANGE, even_prime, false}, LK_CLIENT, LK_ERROR_ILLEGAL_PARAMETER, "illegal_parameter "},
        {{SERVER_KEY_EXCHANGE, generator_of_one, false}, LK_CLIENT, LK_ERROR_ILLEGAL_PARAMETER, "illegal_parameter "},
        {{SERVER_KEY_EXCHANGE, server_value_of_one, false}, LK_CLIENT, LK_ERROR_BAD_KEY_SHARE, "illegal_parameter "},
        {{SERVER_KEY_EXCHANGE, server_value_of_the_prime, false},
         LK_CLIENT,
         LK_ERROR_BAD_KEY_SHARE,
         "illegal_parameter "},
        {{SERVER_KEY_EXCHANGE, server_message_cut, false}, LK_CLIENT, LK_ERROR_DECODE, "decode_error "},
        {{CLIENT_KEY_EXCHANGE, client_value_of_zero, false}, LK_SERVER, LK_ERROR_BAD_KEY_SHARE, "illegal_parameter "},
        {{CLIENT_KEY_EXCHANGE, client_value_of_one, false}, LK_SERVER, LK_ERROR_BAD_KEY_SHARE, "illegal_parameter "},
        {{CLIENT_KEY_EXCHANGE, client_value_above_the_prime, false},
         LK_SERVER,
         LK_ERROR_BAD_KEY_SHARE,
         "illegal_parameter "},
        {{CLIENT_KEY_EXCHANGE, client_value_empty, false}, LK_SERVER, LK_ERROR_DECODE, "decode_error "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cheat how = cases[i].how;
        loopback *pair = pair_of("EC", LK_VERSION_TLS1_2, "ADH-AES128-GCM-SHA256");
        pair->alter = apply;
        pair->alter_context = &how;
        loopback_handshake(pair);
        cr_assert(how.done, "case %zu", i);
        cr_expect_eq(pair->side[cases[i].refuses].result, cases[i].error, "case %zu: %s", i,
                     lk_connection_diagnosis(pair->side[cases[i].refuses].connection));
        cr_expect_str_eq(pair->side[cases[i].refuses].alerts, cases[i].alert, "case %zu", i);
        loopback_free(pair);
    }
}

/* Bleichenbacher: whatever stands in the encrypted premaster secret, the server goes on the same way, to the same end.
 */

typedef struct forgery {
    const char *what;
    size_t zero;          /* where the byte is that ends the padding; 0: nowhere */
    uint8_t first, type;  /* of the block */
    uint8_t major, minor; /* in the first two bytes of the plaintext */
    EVP_PKEY *key;
    bool done;
} forgery;

enum { MODULUS = 256, PREMASTER = 48 };

static void forge(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    forgery *how = context;
    uint8_t block[MODULUS];
    size_t size = MODULUS;
    (void)number;
    if (sender != LK_CLIENT || record[0] != 22 || record[5] != CLIENT_KEY_EXCHANGE)
        return;
    cr_assert_eq(*length, 9 + 2 + MODULUS);
    memset(block, 0x5a, sizeof block);
    block[0] = how->first;
    block[1] = how->type;
    if (how->zero > 0) {
        block[how->zero] = 0;
        if (how->zero + 2 < MODULUS) {
            block[how->zero + 1] = how->major;
            block[how->zero + 2] = how->minor;
        }
    }
    EVP_PKEY_CTX *cipher = EVP_PKEY_CTX_new_from_pkey(NULL, how->key, NULL);
    cr_assert_eq(EVP_PKEY_encrypt_init(cipher), 1);
    cr_assert_eq(EVP_PKEY_CTX_set_rsa_padding(cipher, RSA_NO_PADDING), 1);
    cr_assert_eq(EVP_PKEY_encrypt(cipher, record + 11, &size, block, sizeof block), 1);
    EVP_PKEY_CTX_free(cipher);
    how->done = true;
}

Test(exchange, P5_a_premaster_secret_that_is_wrong_in_any_way_ends_as_one_that_is_only_another)
{
    forgery cases[] = {
        {"a premaster secret of somebody else", MODULUS - PREMASTER - 1, 0, 2, 3, 3, NULL, false},
        {"another version", MODULUS - PREMASTER - 1, 0, 2, 3, 1, NULL, false},
        {"no version", MODULUS - PREMASTER - 1, 0, 2, 0, 0, NULL, false},
        {"47 bytes", MODULUS - PREMASTER, 0, 2, 3, 3, NULL, false},
        {"49 bytes", MODULUS - PREMASTER - 2, 0, 2, 3, 3, NULL, false},
        {"no bytes", MODULUS - 1, 0, 2, 3, 3, NULL, false},
        {"too little padding", 5, 0, 2, 3, 3, NULL, false},
        {"no end of the padding", 0, 0, 2, 3, 3, NULL, false},
        {"a block of another type", MODULUS - PREMASTER - 1, 0, 1, 3, 3, NULL, false},
        {"a first byte that is not zero", MODULUS - PREMASTER - 1, 1, 2, 3, 3, NULL, false},
    };
    unsigned records = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        loopback *pair = pair_of("RSA", LK_VERSION_TLS1_2, "AES128-GCM-SHA256");
        loopback_connect(pair, "localhost");
        cases[i].key = config_of(pair, LK_SERVER)->settings.key;
        pair->alter = forge;
        pair->alter_context = &cases[i];
        loopback_handshake(pair);
        cr_assert(cases[i].done);
        cr_expect_eq(pair->side[LK_SERVER].result, LK_ERROR_BAD_RECORD_MAC, "%s: %s", cases[i].what,
                     lk_error_name(pair->side[LK_SERVER].result));
        cr_expect_str_eq(pair->side[LK_SERVER].alerts, "bad_record_mac ", "%s", cases[i].what);
        records = i == 0 ? pair->side[LK_SERVER].records : records;
        cr_expect_eq(pair->side[LK_SERVER].records, records, "%s", cases[i].what);
        loopback_free(pair);
    }
}

/* A ciphertext that no key of that length makes: anybody can see that, but it ends the same way. */
static void other_ciphertext(uint8_t *body, size_t *length)
{
    (void)length;
    memset(body + 2, 0xff, MODULUS);
}

static void short_ciphertext(uint8_t *body, size_t *length)
{
    body[0] = 0;
    body[1] = 10;
    *length = 12;
}

Test(exchange, a_ciphertext_that_cannot_be_decrypted_ends_the_same_way)
{
    static const cheat cases[] = {{CLIENT_KEY_EXCHANGE, other_ciphertext, false},
                                  {CLIENT_KEY_EXCHANGE, short_ciphertext, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cheat how = cases[i];
        loopback *pair = pair_of("RSA", LK_VERSION_TLS1_2, "AES128-GCM-SHA256");
        pair->alter = apply;
        pair->alter_context = &how;
        assert_refused(pair, LK_SERVER, LK_ERROR_BAD_RECORD_MAC, "bad_record_mac ");
        cr_assert(how.done);
    }
}
