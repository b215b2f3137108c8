/* SPDX-License-Identifier: Apache-2.0 */
/* A server that asks knows its clients: it takes the certificates it should, and parts by name from every other. */
#include "connection/clear_engine.h"
#include "connection/config.h"
#include "connection/loopback.h"

#include <criterion/criterion.h>
#include <string.h>

static const uint16_t versions[] = {LK_VERSION_TLS1_2, LK_VERSION_TLS1_3};
enum { VERSION_COUNT = sizeof versions / sizeof versions[0] };

static lk_config *config_of(loopback *pair, lk_role role)
{
    return pair->side[role].config;
}

static loopback *asking_pair(uint16_t version, lk_client_policy policy)
{
    loopback *pair = loopback_new("EC");
    cr_assert_eq(lk_config_set_versions(config_of(pair, LK_CLIENT), version, version), LK_OK);
    cr_assert_eq(lk_config_trust_file(config_of(pair, LK_SERVER), pair->certificates->root), LK_OK);
    cr_assert_eq(lk_config_ask_client_certificate(config_of(pair, LK_SERVER), policy), LK_OK);
    return pair;
}

/* Gives the client a certificate of that authority. */
static void identify(loopback *pair, certificates *authority, const certificate_request *request)
{
    certificate_files files = certificates_issue(authority, "client", request);
    cr_assert_eq(lk_config_use_certificate_files(config_of(pair, LK_CLIENT), files.chain, files.key), LK_OK);
}

static certificate_request for_clients(const char *key)
{
    return (certificate_request){.key = key, .names = "DNS:client.example", .purpose = "clientAuth"};
}

/* What the client learns: in TLS 1.3 its handshake is complete before the server has judged it. */
static lk_error client_result(loopback *pair)
{
    uint8_t byte;
    size_t got = 0;
    lk_error result = pair->side[LK_CLIENT].result;
    return result ? result : lk_connection_read(pair->side[LK_CLIENT].connection, &byte, 1, &got);
}

static size_t certificates_seen(const loopback *pair)
{
    size_t count = 0, length = 0;
    while (lk_connection_peer_certificate(pair->side[LK_SERVER].connection, count, &length))
        count++;
    return count;
}

static void assert_refused(loopback *pair, lk_error server, const char *alert)
{
    loopback_handshake(pair);
    cr_assert_eq(pair->side[LK_SERVER].result, server, "%s", lk_connection_diagnosis(pair->side[LK_SERVER].connection));
    cr_assert_str_eq(pair->side[LK_SERVER].alerts, alert);
    cr_assert_eq(client_result(pair), LK_ERROR_PEER_ALERT);
    loopback_free(pair);
}

static void assert_known(loopback *pair, size_t count)
{
    loopback_establish(pair);
    cr_assert_eq(certificates_seen(pair), count);
    loopback_transfer(pair, LK_CLIENT, (const uint8_t *)"hello", 5);
    loopback_transfer(pair, LK_SERVER, (const uint8_t *)"world", 5);
    loopback_free(pair);
}

Test(client_certificate, one_of_every_kind_is_given_and_taken)
{
    static const char *const keys[] = {"EC", "P-384", "P-521", "RSA", "ED25519"};
    for (size_t i = 0; i < VERSION_COUNT; i++)
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            certificate_request request = for_clients(keys[k]);
            loopback *pair = asking_pair(versions[i], (k + i) % 2 ? LK_CLIENT_OPTIONAL : LK_CLIENT_REQUIRED);
            identify(pair, pair->certificates, &request);
            assert_known(pair, 1);
        }
}

Test(client_certificate, one_is_given_behind_a_hello_retry_request_too)
{
    certificate_request request = for_clients("EC");
    loopback *pair = asking_pair(LK_VERSION_TLS1_3, LK_CLIENT_REQUIRED);
    identify(pair, pair->certificates, &request);
    config_of(pair, LK_SERVER)->settings.groups[0] = lk_group_find(0x0017);
    config_of(pair, LK_SERVER)->settings.group_count = 1;
    assert_known(pair, 1);
}

Test(client_certificate, what_arrives_is_what_was_given)
{
    certificate_request request = for_clients("EC");
    loopback *pair = asking_pair(LK_VERSION_TLS1_3, LK_CLIENT_REQUIRED);
    identify(pair, pair->certificates, &request);
    loopback_establish(pair);
    size_t length = 0;
    const uint8_t *bytes = lk_connection_peer_certificate(pair->side[LK_SERVER].connection, 0, &length);
    const lk_certificate_chain *chain = &config_of(pair, LK_CLIENT)->settings.chain;
    cr_assert_eq(length, chain->rows[0].length);
    cr_assert_arr_eq(bytes, chain->rows[0].bytes, length);
    loopback_free(pair);
}

Test(client_certificate, one_that_nobody_asks_for_is_not_given)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        certificate_request request = for_clients("EC");
        loopback *pair = asking_pair(versions[i], LK_CLIENT_UNKNOWN);
        identify(pair, pair->certificates, &request);
        assert_known(pair, 0);
    }
}

Test(client_certificate, a_client_without_one_is_taken_where_it_is_optional)
{
    for (size_t i = 0; i < VERSION_COUNT; i++)
        assert_known(asking_pair(versions[i], LK_CLIENT_OPTIONAL), 0);
}

Test(client_certificate, a_client_without_one_is_refused_where_it_is_required)
{
    assert_refused(asking_pair(LK_VERSION_TLS1_2, LK_CLIENT_REQUIRED), LK_ERROR_CERTIFICATE_MISSING,
                   "handshake_failure ");
    assert_refused(asking_pair(LK_VERSION_TLS1_3, LK_CLIENT_REQUIRED), LK_ERROR_CERTIFICATE_MISSING,
                   "certificate_required ");
}

/* Another authority that bears the name of the one that is trusted. */
Test(client_certificate, one_of_an_impostor_is_refused_even_where_it_is_optional)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        certificate_request request = for_clients("EC");
        loopback *pair = asking_pair(versions[i], LK_CLIENT_OPTIONAL);
        certificates *impostor = certificates_new();
        identify(pair, impostor, &request);
        assert_refused(pair, LK_ERROR_CERTIFICATE_UNTRUSTED, "unknown_ca ");
        certificates_free(impostor);
    }
}

Test(client_certificate, one_of_an_authority_that_the_server_does_not_name_is_kept_back)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        certificate_request request = for_clients("EC");
        request.self_signed = true;
        loopback *pair = asking_pair(versions[i], LK_CLIENT_OPTIONAL);
        identify(pair, pair->certificates, &request);
        assert_known(pair, 0);
    }
}

Test(client_certificate, a_server_that_names_no_authority_is_given_any)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        certificate_request request = for_clients("EC");
        request.self_signed = true;
        loopback *pair = asking_pair(versions[i], LK_CLIENT_OPTIONAL);
        lk_authorities_clear(&config_of(pair, LK_SERVER)->settings.authorities);
        identify(pair, pair->certificates, &request);
        assert_refused(pair, LK_ERROR_CERTIFICATE_UNTRUSTED, "unknown_ca ");
    }
}

Test(client_certificate, one_of_a_server_is_refused)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        certificate_request request = {.key = "EC"};
        loopback *pair = asking_pair(versions[i], LK_CLIENT_REQUIRED);
        identify(pair, pair->certificates, &request);
        assert_refused(pair, LK_ERROR_CERTIFICATE_UNSUITABLE, "unsupported_certificate ");
    }
}

Test(client_certificate, an_expired_one_is_refused)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        certificate_request request = for_clients("EC");
        request.from = -10;
        request.until = -2;
        loopback *pair = asking_pair(versions[i], LK_CLIENT_OPTIONAL);
        identify(pair, pair->certificates, &request);
        assert_refused(pair, LK_ERROR_CERTIFICATE_EXPIRED, "certificate_expired ");
    }
}

Test(client_certificate, who_trusts_anyone_takes_any_but_asks_for_the_proof)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        certificate_request request = for_clients("RSA");
        request.self_signed = true;
        loopback *pair = asking_pair(versions[i], LK_CLIENT_REQUIRED);
        lk_authorities_clear(&config_of(pair, LK_SERVER)->settings.authorities);
        lk_config_trust_anyone(config_of(pair, LK_SERVER));
        identify(pair, pair->certificates, &request);
        assert_known(pair, 1);
    }
}

/* The certificate is someone else's: a client has its own key, and signs with it. */
Test(client_certificate, one_without_its_key_is_refused)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        certificate_request request = for_clients("EC");
        loopback *pair = asking_pair(versions[i], LK_CLIENT_REQUIRED);
        identify(pair, pair->certificates, &request);
        EVP_PKEY *other = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
        EVP_PKEY_free(config_of(pair, LK_CLIENT)->settings.key);
        config_of(pair, LK_CLIENT)->settings.key = other;
        assert_refused(pair, LK_ERROR_BAD_SIGNATURE, "decrypt_error ");
    }
}

enum { HEADER = 5, CERTIFICATE_VERIFY = 15, TAG = 16 };

typedef struct meddling {
    bool drop; /* or flip a bit of the signature */
    unsigned met;
} meddling;

/* The messages are legible: in TLS 1.2 those of the client before its keys, in TLS 1.3 by the clear engine. */
static void meddle_with_proof(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    meddling *deed = context;
    (void)number;
    if (sender != LK_CLIENT || (record[0] != 22 && record[0] != 23) || record[HEADER] != CERTIFICATE_VERIFY)
        return;
    deed->met++;
    if (deed->drop)
        *length = 0;
    else
        record[*length - 1 - (record[0] == 23 ? TAG + 1 : 0)] ^= 1;
}

static void meddle(bool drop, lk_error expected, const char *alert)
{
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        meddling deed = {.drop = drop};
        certificate_request request = for_clients("RSA");
        lk_engine *engine = clear_engine_new();
        loopback *pair = asking_pair(versions[i], LK_CLIENT_OPTIONAL);
        identify(pair, pair->certificates, &request);
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
            lk_config_set_engine(config_of(pair, role), engine, LK_ENGINE_REQUIRE_DEVICE, NULL);
        pair->alter = meddle_with_proof;
        pair->alter_context = &deed;
        assert_refused(pair, expected, alert);
        cr_assert_eq(deed.met, 1);
        lk_engine_free(engine);
    }
}

Test(client_certificate, a_proof_that_was_tampered_with_is_refused)
{
    meddle(false, LK_ERROR_BAD_SIGNATURE, "decrypt_error ");
}

Test(client_certificate, one_without_a_proof_is_refused)
{
    meddle(true, LK_ERROR_UNEXPECTED_MESSAGE, "unexpected_message ");
}

Test(client_certificate, a_server_that_asks_must_have_roots_of_its_own)
{
    loopback *pair = loopback_new("EC");
    lk_connection *connection = NULL;
    lk_config *config = config_of(pair, LK_SERVER);
    cr_assert_eq(lk_config_ask_client_certificate(config, LK_CLIENT_OPTIONAL), LK_OK);
    cr_assert_eq(lk_connection_new(config, LK_SERVER, NULL, &connection), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_config_ask_client_certificate(config, (lk_client_policy)7), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_config_trust_file(config, pair->certificates->root), LK_OK);
    cr_assert_eq(lk_connection_new(config, LK_SERVER, NULL, &connection), LK_OK);
    lk_connection_free(connection);
    loopback_free(pair);
}
