/* SPDX-License-Identifier: Apache-2.0 */
/* What a configuration demands of its peers' certificates beside a path to a root, and who has the last word. */
#include "connection/config.h"
#include "connection/loopback.h"
#include "connection/sessions.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const uint16_t versions[] = {LK_VERSION_TLS1_2, LK_VERSION_TLS1_3};

static lk_config *config_of(loopback *pair, lk_role role)
{
    return pair->side[role].config;
}

static const char *diagnosis_of(loopback *pair, lk_role role)
{
    return lk_connection_diagnosis(pair->side[role].connection);
}

static void assert_taken(loopback *pair)
{
    loopback_establish(pair);
    loopback_transfer(pair, LK_CLIENT, (const uint8_t *)"hello", 5);
    loopback_again(pair);
}

static void assert_refused(loopback *pair, lk_error error, const char *alert)
{
    loopback_handshake(pair);
    cr_assert_eq(pair->side[LK_CLIENT].result, error, "%s: %s", lk_error_name(pair->side[LK_CLIENT].result),
                 diagnosis_of(pair, LK_CLIENT));
    cr_assert_str_eq(pair->side[LK_CLIENT].alerts, alert);
    cr_assert_neq(pair->side[LK_SERVER].result, LK_OK);
    loopback_again(pair);
}

/* A server whose certificate is not the root's own work. */
static loopback *pair_with_middle(void)
{
    char path[CERTIFICATES_PATH_MAX];
    loopback *pair = loopback_new("EC");
    certificates_issue(pair->certificates, "middle", &(certificate_request){.key = "EC", .authority = true});
    certificates_issue(pair->certificates, "leaf", &(certificate_request){.key = "EC", .issuer = "middle"});
    certificates_pack(pair->certificates, "leaf", "middle", "x", path);
    cr_assert_eq(lk_config_use_pkcs12_file(config_of(pair, LK_SERVER), path, "x"), LK_OK);
    return pair;
}

/* Pins */

Test(verification, one_key_of_the_path_must_be_pinned)
{
    static const char *const names[] = {"leaf", "middle", NULL};
    char pin[CERTIFICATES_PIN_MAX], other[CERTIFICATES_PIN_MAX], list[2 * CERTIFICATES_PIN_MAX + 2];
    loopback *pair = pair_with_middle();
    certificates_pin(pair->certificates, "server", other);
    for (size_t i = 0; i < 3; i++) {
        certificates_pin(pair->certificates, names[i], pin);
        cr_assert_eq(lk_config_pin_keys(config_of(pair, LK_CLIENT), pin), LK_OK);
        assert_taken(pair);
    }
    snprintf(list, sizeof list, "%s;%s", other, pin);
    cr_assert_eq(lk_config_pin_keys(config_of(pair, LK_CLIENT), list), LK_OK);
    assert_taken(pair);
    cr_assert_eq(lk_config_pin_keys(config_of(pair, LK_CLIENT), other), LK_OK);
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(lk_config_set_versions(config_of(pair, LK_SERVER), versions[i], versions[i]), LK_OK);
        assert_refused(pair, LK_ERROR_CERTIFICATE_UNPINNED, "certificate_unknown ");
    }
    cr_assert_eq(lk_config_pin_keys(config_of(pair, LK_CLIENT), NULL), LK_OK);
    assert_taken(pair);
    loopback_free(pair);
}

Test(verification, who_is_not_pinned_is_told_by_its_key)
{
    char pin[CERTIFICATES_PIN_MAX], other[CERTIFICATES_PIN_MAX];
    loopback *pair = pair_with_middle();
    certificates_pin(pair->certificates, "server", other);
    certificates_pin(pair->certificates, "leaf", pin);
    cr_assert_eq(lk_config_pin_keys(config_of(pair, LK_CLIENT), other), LK_OK);
    loopback_handshake(pair);
    cr_assert_not_null(strstr(diagnosis_of(pair, LK_CLIENT), pin), "%s", diagnosis_of(pair, LK_CLIENT));
    loopback_free(pair);
}

/* A pin is no substitute for a root, but where nobody is asked for one. */
Test(verification, a_pinned_key_alone_is_enough_where_anyone_is_trusted_and_only_there)
{
    char pin[CERTIFICATES_PIN_MAX];
    loopback *pair = loopback_new("EC");
    certificates *elsewhere = certificates_new();
    certificate_files files =
        certificates_issue(elsewhere, "alone", &(certificate_request){.key = "EC", .self_signed = 1});
    cr_assert_eq(lk_config_use_certificate_files(config_of(pair, LK_SERVER), files.chain, files.key), LK_OK);
    certificates_pin(elsewhere, "alone", pin);
    cr_assert_eq(lk_config_pin_keys(config_of(pair, LK_CLIENT), pin), LK_OK);
    assert_refused(pair, LK_ERROR_CERTIFICATE_UNTRUSTED, "unknown_ca ");
    lk_config_trust_anyone(config_of(pair, LK_CLIENT));
    assert_taken(pair);
    certificates_pin(pair->certificates, "server", pin);
    cr_assert_eq(lk_config_pin_keys(config_of(pair, LK_CLIENT), pin), LK_OK);
    assert_refused(pair, LK_ERROR_CERTIFICATE_UNPINNED, "certificate_unknown ");
    certificates_free(elsewhere);
    loopback_free(pair);
}

Test(verification, what_is_no_pin_is_named_and_changes_nothing)
{
    static const char *const wrong[] = {"",
                                        "sha256//",
                                        "sha1//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                                        "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                        "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                        "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
                                        "sha256//AAAAAAAAAAAAAAAAAAAAA*AAAAAAAAAAAAAAAAAAAAA=",
                                        "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=;"};
    lk_config *config = lk_config_new();
    cr_assert_eq(lk_config_pin_keys(config, "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), LK_OK);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        cr_expect_eq(lk_config_pin_keys(config, wrong[i]), LK_ERROR_INVALID_ARGUMENT, "%s", wrong[i]);
    cr_expect_not_null(strstr(lk_config_diagnosis(config), "pins no key"));
    cr_expect_eq(config->settings.rules.pin_count, 1);
    lk_config_free(config);
}

Test(verification, no_session_is_gone_on_with_whose_key_is_not_pinned_any_more)
{
    char pin[CERTIFICATES_PIN_MAX];
    for (size_t i = 0; i < 2; i++) {
        kept_session kept;
        loopback *pair = sessions_pair(versions[i], &kept);
        certificates_pin(pair->certificates, "server", pin);
        cr_assert_eq(lk_config_pin_keys(config_of(pair, LK_CLIENT), pin), LK_OK);
        sessions_establish_first(pair, &kept);
        sessions_establish_again(pair, &kept, true);
        certificates_issue(pair->certificates, "other", &(certificate_request){.key = "EC"});
        certificates_pin(pair->certificates, "other", pin);
        cr_assert_eq(lk_config_pin_keys(config_of(pair, LK_CLIENT), pin), LK_OK);
        sessions_hang_up(pair);
        sessions_offer(pair, &kept, "localhost");
        assert_refused(pair, LK_ERROR_CERTIFICATE_UNPINNED, "certificate_unknown "); /* in a full handshake */
        loopback_free(pair);
    }
}

/* Revocation lists */

Test(verification, a_certificate_in_a_revocation_list_is_not_taken)
{
    char path[CERTIFICATES_PATH_MAX];
    loopback *pair = loopback_new("EC");
    certificates_revoke(pair->certificates, NULL, NULL, false, path);
    cr_assert_eq(lk_config_use_crl_file(config_of(pair, LK_CLIENT), path, false), LK_OK);
    assert_taken(pair);
    certificates_revoke(pair->certificates, "server", NULL, false, path);
    cr_assert_eq(lk_config_use_crl_file(config_of(pair, LK_CLIENT), path, false), LK_OK);
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(lk_config_set_versions(config_of(pair, LK_SERVER), versions[i], versions[i]), LK_OK);
        assert_refused(pair, LK_ERROR_CERTIFICATE_REVOKED, "certificate_revoked ");
    }
    cr_assert_eq(lk_config_use_crl_file(config_of(pair, LK_CLIENT), NULL, false), LK_OK);
    assert_taken(pair);
    loopback_free(pair);
}

Test(verification, a_certificate_of_which_no_valid_list_speaks_is_not_taken)
{
    char path[CERTIFICATES_PATH_MAX];
    loopback *pair = pair_with_middle();
    certificates_revoke(pair->certificates, NULL, NULL, false, path);
    cr_assert_eq(lk_config_use_crl_file(config_of(pair, LK_CLIENT), path, false), LK_OK);
    assert_refused(pair, LK_ERROR_REVOCATION_UNKNOWN, "certificate_unknown "); /* the list is not of its issuer */
    certificates_revoke(pair->certificates, NULL, "middle", true, path);
    cr_assert_eq(lk_config_use_crl_file(config_of(pair, LK_CLIENT), path, false), LK_OK);
    assert_refused(pair, LK_ERROR_REVOCATION_UNKNOWN, "certificate_unknown ");
    certificates_revoke(pair->certificates, NULL, "middle", false, path);
    cr_assert_eq(lk_config_use_crl_file(config_of(pair, LK_CLIENT), path, false), LK_OK);
    assert_taken(pair);
    cr_assert_eq(lk_config_use_crl_file(config_of(pair, LK_CLIENT), path, true), LK_OK);
    assert_refused(pair, LK_ERROR_REVOCATION_UNKNOWN, "certificate_unknown "); /* of the one in the middle */
    loopback_free(pair);
}

Test(verification, the_whole_chain_can_be_looked_up)
{
    char path[CERTIFICATES_PATH_MAX], all[CERTIFICATES_PATH_MAX], text[8192] = "";
    loopback *pair = pair_with_middle();
    for (int root = 0; root < 2; root++) { /* two lists in one file */
        certificates_revoke(pair->certificates, root ? "middle" : NULL, root ? NULL : "middle", false, path);
        FILE *file = fopen(path, "r");
        size_t used = strlen(text), got = fread(text + used, 1, sizeof text - used - 1, file);
        text[used + got] = '\0';
        fclose(file);
    }
    certificates_write(pair->certificates, "all.crl", text, all);
    cr_assert_eq(lk_config_use_crl_file(config_of(pair, LK_CLIENT), all, false), LK_OK);
    assert_taken(pair);
    cr_assert_eq(lk_config_use_crl_file(config_of(pair, LK_CLIENT), all, true), LK_OK);
    assert_refused(pair, LK_ERROR_CERTIFICATE_REVOKED, "certificate_revoked ");
    loopback_free(pair);
}

Test(verification, what_is_no_revocation_list_is_named)
{
    char path[CERTIFICATES_PATH_MAX];
    loopback *pair = loopback_new("EC");
    lk_config *config = config_of(pair, LK_CLIENT);
    cr_expect_eq(lk_config_use_crl_file(config, "/nowhere/crl", false), LK_ERROR_FILE_UNREADABLE);
    cr_expect_eq(lk_config_use_crl_file(config, pair->certificates->root, false), LK_ERROR_FILE_MALFORMED);
    cr_expect_not_null(strstr(lk_config_diagnosis(config), pair->certificates->root));
    certificates_write(pair->certificates, "text", "nothing\n", path);
    cr_expect_eq(lk_config_use_crl_file(config, path, false), LK_ERROR_FILE_MALFORMED);
    certificates_write(pair->certificates, "broken", "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", path);
    cr_expect_eq(lk_config_use_crl_file(config, path, false), LK_ERROR_FILE_MALFORMED);
    assert_taken(pair);
    loopback_free(pair);
}

/* Depth */

Test(verification, a_chain_may_be_no_longer_than_is_allowed)
{
    loopback *pair = pair_with_middle();
    cr_assert_eq(lk_config_set_verify_depth(config_of(pair, LK_CLIENT), 1), LK_OK);
    assert_taken(pair);
    cr_assert_eq(lk_config_set_verify_depth(config_of(pair, LK_CLIENT), 0), LK_OK);
    assert_refused(pair, LK_ERROR_CERTIFICATE_UNTRUSTED, "unknown_ca ");
    cr_assert_eq(lk_config_set_verify_depth(config_of(pair, LK_CLIENT), 33), LK_ERROR_INVALID_ARGUMENT);
    loopback_free(pair);
    pair = loopback_new("EC"); /* which the root has issued itself */
    cr_assert_eq(lk_config_set_verify_depth(config_of(pair, LK_CLIENT), 0), LK_OK);
    assert_taken(pair);
    loopback_free(pair);
}

/* The last word */

typedef struct judging {
    lk_error answer;
    bool agrees; /* whatever the verdict is */
    unsigned asked;
    lk_error error;
    char reason[512];
    int depth;
    size_t count, length;
} judging;

static lk_error judge(void *context, const lk_connection *connection, const lk_certificate_verdict *verdict)
{
    judging *seen = context;
    cr_assert_geq(lk_connection_version(connection), LK_VERSION_TLS1_2);
    seen->asked++;
    seen->error = verdict->error;
    snprintf(seen->reason, sizeof seen->reason, "%s", verdict->reason);
    seen->depth = verdict->depth;
    seen->count = verdict->count;
    seen->length = verdict->count > 0 ? verdict->certificates[0].length : 0;
    return seen->agrees ? verdict->error : seen->answer;
}

Test(verification, the_application_sees_a_good_verdict_and_may_refuse_nevertheless)
{
    judging seen = {.agrees = true};
    loopback *pair = pair_with_middle();
    lk_config_set_certificate_judge(config_of(pair, LK_CLIENT), judge, &seen);
    assert_taken(pair);
    cr_expect_eq(seen.asked, 1);
    cr_expect_eq(seen.error, LK_OK);
    cr_expect_str_eq(seen.reason, "");
    cr_expect_eq(seen.depth, -1);
    cr_expect_eq(seen.count, 2);
    cr_expect_eq(seen.length, config_of(pair, LK_SERVER)->settings.chain.rows[0].length);
    static const struct {
        lk_error answer, error;
        const char *alert;
    } cases[] = {{LK_ERROR_CERTIFICATE_REVOKED, LK_ERROR_CERTIFICATE_REVOKED, "certificate_revoked "},
                 {LK_ERROR_CERTIFICATE_REJECTED, LK_ERROR_CERTIFICATE_REJECTED, "certificate_unknown "},
                 {LK_ERROR_NO_MEMORY, LK_ERROR_CERTIFICATE_REJECTED, "certificate_unknown "},
                 {LK_ERROR_WANT_READ, LK_ERROR_CERTIFICATE_REJECTED, "certificate_unknown "}};
    seen.agrees = false;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        seen.answer = cases[i].answer;
        assert_refused(pair, cases[i].error, cases[i].alert);
    }
    loopback_free(pair);
}

Test(verification, the_application_sees_a_bad_verdict_with_its_reason_and_may_take_it)
{
    for (size_t i = 0; i < 2; i++) {
        judging seen = {.agrees = true};
        loopback *pair = loopback_new("EC");
        certificate_files files =
            certificates_issue(pair->certificates, "old", &(certificate_request){.key = "EC", .from = -9, .until = -1});
        cr_assert_eq(lk_config_use_certificate_files(config_of(pair, LK_SERVER), files.chain, files.key), LK_OK);
        cr_assert_eq(lk_config_set_versions(config_of(pair, LK_SERVER), versions[i], versions[i]), LK_OK);
        lk_config_set_certificate_judge(config_of(pair, LK_CLIENT), judge, &seen);
        assert_refused(pair, LK_ERROR_CERTIFICATE_EXPIRED, "certificate_expired ");
        cr_expect_eq(seen.error, LK_ERROR_CERTIFICATE_EXPIRED);
        cr_expect_eq(seen.depth, 0);
        cr_expect_not_null(strstr(seen.reason, "certificate has expired"), "%s", seen.reason);
        seen.agrees = false;
        assert_taken(pair);
        loopback_free(pair);
    }
}

Test(verification, a_proof_is_demanded_of_those_too_whom_the_application_takes)
{
    judging seen = {.answer = LK_OK};
    loopback *pair = loopback_new("EC");
    EVP_PKEY_free(config_of(pair, LK_SERVER)->settings.key);
    config_of(pair, LK_SERVER)->settings.key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    lk_config_set_certificate_judge(config_of(pair, LK_CLIENT), judge, &seen);
    assert_refused(pair, LK_ERROR_BAD_SIGNATURE, "decrypt_error ");
    cr_expect_eq(seen.asked, 1);
    loopback_free(pair);
}

Test(verification, a_server_judges_its_clients)
{
    judging seen = {.agrees = true};
    loopback *pair = loopback_new("EC");
    certificate_files files =
        certificates_issue(pair->certificates, "client", &(certificate_request){.key = "EC", .purpose = "clientAuth"});
    cr_assert_eq(lk_config_use_certificate_files(config_of(pair, LK_CLIENT), files.chain, files.key), LK_OK);
    cr_assert_eq(lk_config_trust_file(config_of(pair, LK_SERVER), pair->certificates->root), LK_OK);
    cr_assert_eq(lk_config_ask_client_certificate(config_of(pair, LK_SERVER), LK_CLIENT_REQUIRED), LK_OK);
    lk_config_set_certificate_judge(config_of(pair, LK_SERVER), judge, &seen);
    assert_taken(pair);
    cr_expect_eq(seen.asked, 1);
    seen = (judging){.answer = LK_ERROR_CERTIFICATE_REJECTED};
    loopback_handshake(pair);
    cr_expect_eq(pair->side[LK_SERVER].result, LK_ERROR_CERTIFICATE_REJECTED);
    cr_expect_not_null(strstr(diagnosis_of(pair, LK_SERVER), "application"));
    loopback_free(pair);
}
