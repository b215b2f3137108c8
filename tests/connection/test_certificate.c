/* SPDX-License-Identifier: Apache-2.0 */
/* A client takes the certificate it should, and says of every other what is wrong with it. */
#include "connection/loopback.h"

#include <criterion/criterion.h>
#include <string.h>

typedef struct expectation {
    certificate_request certificate;
    const char *host;
    lk_error client;
    const char *alert;
} expectation;

static void meet(uint16_t version, const expectation *expected)
{
    loopback *pair = loopback_new("EC");
    certificate_files files = certificates_issue(pair->certificates, "other", &expected->certificate);
    cr_assert_eq(lk_config_use_certificate_files(pair->side[LK_SERVER].config, files.chain, files.key), LK_OK);
    cr_assert_eq(lk_config_set_versions(pair->side[LK_CLIENT].config, version, version), LK_OK);
    loopback_connect(pair, expected->host);
    loopback_handshake(pair);
    lk_error client = pair->side[LK_CLIENT].result;
    cr_assert_eq(client, expected->client, "%s", lk_connection_diagnosis(pair->side[LK_CLIENT].connection));
    cr_assert_str_eq(pair->side[LK_CLIENT].alerts, expected->alert);
    if (client) {
        cr_assert_eq(pair->side[LK_SERVER].result, LK_ERROR_PEER_ALERT);
        cr_assert_not_null(strstr(lk_connection_diagnosis(pair->side[LK_CLIENT].connection), "libcrypto: "));
    }
    loopback_free(pair);
}

static void meet_in_both_versions(expectation expected)
{
    meet(LK_VERSION_TLS1_2, &expected);
    meet(LK_VERSION_TLS1_3, &expected);
}

Test(certificate, one_for_the_name_is_taken)
{
    meet_in_both_versions((expectation){{.key = "EC"}, "localhost", LK_OK, ""});
    meet_in_both_versions((expectation){{.key = "EC", .names = "DNS:*.example.org"}, "www.example.org", LK_OK, ""});
}

Test(certificate, one_for_the_address_is_taken)
{
    meet_in_both_versions((expectation){{.key = "EC", .names = "IP:::1"}, "::1", LK_OK, ""});
}

Test(certificate, one_for_another_name_is_refused)
{
    meet_in_both_versions((expectation){
        {.key = "EC", .names = "DNS:example.org"}, "localhost", LK_ERROR_CERTIFICATE_NAME, "bad_certificate "});
    meet_in_both_versions((expectation){
        {.key = "EC", .names = "DNS:*.example.org"}, "a.b.example.org", LK_ERROR_CERTIFICATE_NAME, "bad_certificate "});
}

Test(certificate, one_for_another_address_is_refused)
{
    meet_in_both_versions((expectation){
        {.key = "EC", .names = "IP:127.0.0.1"}, "127.0.0.2", LK_ERROR_CERTIFICATE_NAME, "bad_certificate "});
}

Test(certificate, an_expired_one_is_refused)
{
    meet_in_both_versions((expectation){
        {.key = "EC", .from = -10, .until = -2}, "localhost", LK_ERROR_CERTIFICATE_EXPIRED, "certificate_expired "});
}

Test(certificate, one_that_is_not_valid_yet_is_refused)
{
    meet_in_both_versions((expectation){
        {.key = "EC", .from = 2, .until = 10}, "localhost", LK_ERROR_CERTIFICATE_EXPIRED, "certificate_expired "});
}

Test(certificate, one_that_leads_to_no_trusted_root_is_refused)
{
    meet_in_both_versions(
        (expectation){{.key = "EC", .self_signed = true}, "localhost", LK_ERROR_CERTIFICATE_UNTRUSTED, "unknown_ca "});
}

Test(certificate, one_for_another_purpose_is_refused)
{
    meet_in_both_versions((expectation){{.key = "EC", .purpose = "clientAuth"},
                                        "localhost",
                                        LK_ERROR_CERTIFICATE_UNSUITABLE,
                                        "unsupported_certificate "});
}

Test(certificate, the_systems_roots_do_not_lead_to_the_test_root)
{
    loopback *pair = loopback_new("EC");
    lk_config_free(pair->side[LK_CLIENT].config);
    pair->side[LK_CLIENT].config = lk_config_new();
    loopback_handshake(pair);
    cr_assert_eq(pair->side[LK_CLIENT].result, LK_ERROR_CERTIFICATE_UNTRUSTED);
    loopback_free(pair);
}

Test(certificate, who_trusts_anyone_takes_any_and_needs_no_name)
{
    loopback *pair = loopback_new("EC");
    certificate_files files =
        certificates_issue(pair->certificates, "other", &(certificate_request){.key = "EC", .self_signed = true});
    cr_assert_eq(lk_config_use_certificate_files(pair->side[LK_SERVER].config, files.chain, files.key), LK_OK);
    lk_config_trust_anyone(pair->side[LK_CLIENT].config);
    loopback_connect(pair, NULL);
    loopback_establish(pair);
    size_t length = 0;
    cr_assert_not_null(lk_connection_peer_certificate(pair->side[LK_CLIENT].connection, 0, &length));
    cr_assert_gt(length, 100);
    cr_assert_null(lk_connection_peer_certificate(pair->side[LK_CLIENT].connection, 1, &length));
    loopback_free(pair);
}

Test(certificate, who_trusts_not_anyone_must_name_the_server)
{
    lk_config *config = lk_config_new();
    lk_connection *connection = NULL;
    cr_assert_eq(lk_connection_new(config, LK_CLIENT, NULL, &connection), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_connection_new(config, LK_CLIENT, "", &connection), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_null(connection);
    lk_config_free(config);
}

Test(certificate, a_server_without_one_is_not_made)
{
    lk_config *config = lk_config_new();
    lk_connection *connection = NULL;
    cr_assert_eq(lk_connection_new(config, LK_SERVER, NULL, &connection), LK_ERROR_INVALID_ARGUMENT);
    lk_config_free(config);
}
