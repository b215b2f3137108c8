/* SPDX-License-Identifier: Apache-2.0 */
/* A client learns from the server whether its certificate is revoked, and believes nothing else. */
#include "connection/config.h"
#include "connection/sessions.h"

#include <criterion/criterion.h>
#include <string.h>

static lk_config *config_of(loopback *pair, lk_role role)
{
    return pair->side[role].config;
}

/* A pair whose server staples what is asked for; the client wants it so. */
static loopback *stapling_pair(uint16_t version, const char *key, const response_request *request, lk_stapling policy)
{
    char path[CERTIFICATES_PATH_MAX];
    loopback *pair = loopback_new(key);
    cr_assert_eq(lk_config_set_versions(config_of(pair, LK_CLIENT), version, version), LK_OK);
    cr_assert_eq(lk_config_set_stapling(config_of(pair, LK_CLIENT), policy), LK_OK);
    if (request) {
        certificates_respond(pair->certificates, "server", request, path);
        cr_assert_eq(lk_config_use_ocsp_file(config_of(pair, LK_SERVER), path), LK_OK, "%s",
                     lk_config_diagnosis(config_of(pair, LK_SERVER)));
    }
    return pair;
}

static bool came(loopback *pair)
{
    size_t length = 0;
    const uint8_t *response = lk_connection_ocsp_response(pair->side[LK_CLIENT].connection, &length);
    const lk_bytes *sent = &config_of(pair, LK_SERVER)->settings.ocsp;
    if (!response)
        return false;
    cr_assert_eq(length, sent->length);
    cr_assert_arr_eq(response, sent->bytes, length);
    return true;
}

#define FOR_BOTH_VERSIONS(version) for (uint16_t version = LK_VERSION_TLS1_2; version <= LK_VERSION_TLS1_3; version++)

Test(stapling, a_good_response_is_taken)
{
    static const response_request good[] = {{0}, {.nameless = true}, {.from = -100, .until = 100}};
    FOR_BOTH_VERSIONS(version)
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        loopback *pair = stapling_pair(version, i == 0 ? "RSA" : "EC", &good[i], LK_STAPLING_REQUIRED);
        loopback_establish(pair);
        cr_assert(came(pair));
        sessions_talk(pair);
        loopback_free(pair);
    }
}

static void ends_with(const response_request *request, lk_stapling policy, lk_error expected, const char *alert)
{
    FOR_BOTH_VERSIONS(version)
    {
        loopback *pair = stapling_pair(version, "EC", request, policy);
        loopback_handshake(pair);
        cr_assert_eq(pair->side[LK_CLIENT].result, expected, "%s: %s", lk_error_name(pair->side[LK_CLIENT].result),
                     lk_connection_diagnosis(pair->side[LK_CLIENT].connection));
        cr_assert_str_eq(pair->side[LK_CLIENT].alerts, alert);
        cr_assert_not(lk_connection_established(pair->side[LK_CLIENT].connection) && expected != LK_OK);
        loopback_free(pair);
    }
}

Test(stapling, a_response_that_is_not_good_ends_the_handshake)
{
    static const char alert[] = "bad_certificate_status_response ";
    for (lk_stapling policy = LK_STAPLING_CHECKED; policy <= LK_STAPLING_REQUIRED; policy++) {
        ends_with(&(response_request){.revoked = true}, policy, LK_ERROR_CERTIFICATE_REVOKED, "certificate_revoked ");
        ends_with(&(response_request){.unknown = true}, policy, LK_ERROR_STATUS_INVALID, alert);
        ends_with(&(response_request){.by_another = true}, policy, LK_ERROR_STATUS_INVALID, alert);
        ends_with(&(response_request){.from = -100, .until = -2}, policy, LK_ERROR_STATUS_INVALID, alert);
        ends_with(&(response_request){.from = 2, .until = 100}, policy, LK_ERROR_STATUS_INVALID, alert);
    }
}

Test(stapling, a_response_that_is_missing_ends_it_only_where_it_is_required)
{
    ends_with(NULL, LK_STAPLING_REQUIRED, LK_ERROR_STATUS_MISSING, "bad_certificate_status_response ");
    ends_with(NULL, LK_STAPLING_CHECKED, LK_OK, "");
}

Test(stapling, a_client_that_does_not_ask_is_told_nothing)
{
    FOR_BOTH_VERSIONS(version)
    {
        loopback *pair = stapling_pair(version, "EC", &(response_request){.revoked = true}, LK_STAPLING_OFF);
        loopback_establish(pair);
        cr_assert_not(came(pair));
        loopback_free(pair);
    }
}

Test(stapling, a_response_about_another_certificate_is_refused)
{
    FOR_BOTH_VERSIONS(version)
    {
        char path[CERTIFICATES_PATH_MAX];
        loopback *pair = stapling_pair(version, "EC", NULL, LK_STAPLING_CHECKED);
        certificates_issue(pair->certificates, "another", &(certificate_request){.key = "EC"});
        certificates_respond(pair->certificates, "another", &(response_request){0}, path);
        cr_assert_eq(lk_config_use_ocsp_file(config_of(pair, LK_SERVER), path), LK_OK);
        loopback_handshake(pair);
        cr_assert_eq(pair->side[LK_CLIENT].result, LK_ERROR_STATUS_INVALID);
        cr_assert_not_null(strstr(lk_connection_diagnosis(pair->side[LK_CLIENT].connection), "another certificate"));
        loopback_free(pair);
    }
}

/* Every bit of the response counts; only before TLS 1.3 is it seen on the way. */
static void flip(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    size_t *place = context;
    (void)number;
    if (sender == LK_SERVER && record[0] == 22 && record[5] == 22 && *place < *length - 9)
        record[9 + *place] ^= 1;
}

Test(stapling, a_response_that_was_altered_is_refused)
{
    loopback *pair = stapling_pair(LK_VERSION_TLS1_2, "EC", &(response_request){0}, LK_STAPLING_CHECKED);
    size_t length = config_of(pair, LK_SERVER)->settings.ocsp.length + 4;
    for (size_t place = 0; place < length; place += 7) {
        pair->alter = flip;
        pair->alter_context = &place;
        loopback_handshake(pair);
        cr_assert_neq(pair->side[LK_CLIENT].result, LK_OK, "byte %zu", place);
        sessions_hang_up(pair);
    }
    loopback_free(pair);
}

Test(stapling, a_session_that_is_gone_on_with_needs_no_response)
{
    FOR_BOTH_VERSIONS(version)
    {
        kept_session kept = {0};
        char path[CERTIFICATES_PATH_MAX];
        loopback *pair = sessions_pair(version, &kept);
        certificates_respond(pair->certificates, "server", &(response_request){0}, path);
        lk_config_use_ocsp_file(config_of(pair, LK_SERVER), path);
        lk_config_set_stapling(config_of(pair, LK_CLIENT), LK_STAPLING_REQUIRED);
        sessions_establish_first(pair, &kept);
        sessions_establish_again(pair, &kept, true);
        cr_assert_not(came(pair));
        loopback_free(pair);
    }
}

Test(stapling, a_file_that_holds_no_response_is_refused)
{
    char path[CERTIFICATES_PATH_MAX];
    loopback *pair = loopback_new("EC");
    lk_config *config = config_of(pair, LK_SERVER);
    certificates_write(pair->certificates, "nonsense", "nonsense", path);
    cr_assert_eq(lk_config_use_ocsp_file(config, path), LK_ERROR_FILE_MALFORMED);
    certificates_write(pair->certificates, "empty", "", path);
    cr_assert_eq(lk_config_use_ocsp_file(config, path), LK_ERROR_FILE_MALFORMED);
    certificates_respond(pair->certificates, "server", &(response_request){.unavailable = true}, path);
    cr_assert_eq(lk_config_use_ocsp_file(config, path), LK_ERROR_FILE_MALFORMED);
    cr_assert_not_null(strstr(lk_config_diagnosis(config), "trylater"), "%s", lk_config_diagnosis(config));
    cr_assert_eq(lk_config_use_ocsp_file(config, "/nowhere/at/all"), LK_ERROR_FILE_UNREADABLE);
    certificates_respond(pair->certificates, "server", &(response_request){0}, path);
    cr_assert_eq(lk_config_use_ocsp_file(config, path), LK_OK);
    cr_assert_eq(lk_config_use_ocsp_file(config, NULL), LK_OK);
    cr_assert_eq(config->settings.ocsp.length, 0);
    cr_assert_eq(lk_config_set_stapling(config, (lk_stapling)5), LK_ERROR_INVALID_ARGUMENT);
    loopback_free(pair);
}
