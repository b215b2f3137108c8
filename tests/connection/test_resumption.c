/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions are gone on with where both sides may, and everything else ends in a full handshake or a named error. */
#include "connection/config.h"
#include "connection/sessions.h"
#include "handshake/resumption.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

static const uint16_t versions[] = {LK_VERSION_TLS1_2, LK_VERSION_TLS1_3};
enum { VERSION_COUNT = sizeof versions / sizeof versions[0] };

Test(resumption, a_session_is_gone_on_with_under_every_suite)
{
    static const char *const suites[] = {"ECDHE-ECDSA-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256",
                                         "ECDHE-ECDSA-AES256-GCM-SHA384:TLS_AES_256_GCM_SHA384",
                                         "ECDHE-ECDSA-CHACHA20-POLY1305:TLS_CHACHA20_POLY1305_SHA256"};
    kept_session kept;
    for (size_t i = 0; i < VERSION_COUNT; i++)
        for (size_t s = 0; s < sizeof suites / sizeof suites[0]; s++) {
            loopback *pair = sessions_pair(versions[i], &kept);
            cr_assert_eq(lk_config_set_suites(sessions_config(pair, LK_CLIENT), suites[s]), LK_OK);
            sessions_establish_first(pair, &kept);
            sessions_establish_again(pair, &kept, true);
            cr_assert_eq(lk_connection_version(pair->side[LK_CLIENT].connection), versions[i]);
            loopback_free(pair);
        }
}

Test(resumption, a_session_with_cbc_is_gone_on_with_under_the_order_of_mac_and_cipher_that_the_hellos_agree_on)
{
    static const char *const suites[] = {"ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384"};
    kept_session kept;
    for (size_t s = 0; s < sizeof suites / sizeof suites[0]; s++) {
        loopback *pair = sessions_pair(LK_VERSION_TLS1_2, &kept);
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
            cr_assert_eq(lk_config_set_suites(sessions_config(pair, role), suites[s]), LK_OK);
        sessions_establish_first(pair, &kept);
        sessions_establish_again(pair, &kept, true);
        loopback_free(pair);
    }
}

Test(resumption, a_client_of_both_versions_goes_on_in_the_one_it_had)
{
    kept_session kept;
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        loopback *pair = sessions_pair(LK_VERSION_TLS1_3, &kept);
        lk_config_set_versions(sessions_config(pair, LK_CLIENT), LK_VERSION_TLS1_2, LK_VERSION_TLS1_3);
        lk_config_set_versions(sessions_config(pair, LK_SERVER), versions[i], versions[i]);
        sessions_establish_first(pair, &kept);
        sessions_establish_again(pair, &kept, true);
        loopback_free(pair);
    }
}

Test(resumption, a_session_that_was_gone_on_with_is_renewed_in_tls_1_3)
{
    kept_session kept;
    loopback *pair = sessions_pair(LK_VERSION_TLS1_3, &kept);
    sessions_establish_first(pair, &kept);
    for (unsigned again = 2; again < 5; again++) {
        sessions_establish_again(pair, &kept, true);
        cr_assert_eq(kept.count, again);
        sessions_hang_up(pair);
    }
    loopback_free(pair);
}

Test(resumption, a_ticket_of_tls_1_2_serves_more_than_once)
{
    kept_session kept;
    loopback *pair = sessions_pair(LK_VERSION_TLS1_2, &kept);
    sessions_establish_first(pair, &kept);
    for (int again = 0; again < 3; again++) {
        sessions_establish_again(pair, &kept, true);
        sessions_hang_up(pair);
    }
    loopback_free(pair);
}

Test(resumption, a_session_is_gone_on_with_behind_a_hello_retry_request)
{
    kept_session kept;
    loopback *pair = sessions_pair(LK_VERSION_TLS1_3, &kept);
    sessions_config(pair, LK_SERVER)->settings.groups[0] = lk_group_find(0x0017);
    sessions_config(pair, LK_SERVER)->settings.group_count = 1;
    sessions_establish_first(pair, &kept);
    sessions_establish_again(pair, &kept, true);
    cr_assert_str_eq(lk_connection_group(pair->side[LK_CLIENT].connection), "secp256r1");
    loopback_free(pair);
}

/* Who the peer is stays known: the server to the client, and the client to the server. */
Test(resumption, the_peers_certificates_stay_known)
{
    kept_session kept;
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        loopback *pair = sessions_pair(versions[i], &kept);
        certificate_files files = certificates_issue(pair->certificates, "client",
                                                     &(certificate_request){.key = "EC", .purpose = "clientAuth"});
        lk_config_use_certificate_files(sessions_config(pair, LK_CLIENT), files.chain, files.key);
        lk_config_trust_file(sessions_config(pair, LK_SERVER), pair->certificates->root);
        lk_config_ask_client_certificate(sessions_config(pair, LK_SERVER), LK_CLIENT_REQUIRED);
        sessions_establish_first(pair, &kept);
        sessions_establish_again(pair, &kept, true);
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
            size_t length = 0;
            lk_role peer = role == LK_CLIENT ? LK_SERVER : LK_CLIENT;
            const lk_certificate_chain *given = &sessions_config(pair, peer)->settings.chain;
            const uint8_t *seen = lk_connection_peer_certificate(pair->side[role].connection, 0, &length);
            cr_assert_eq(length, given->rows[0].length);
            cr_assert_arr_eq(seen, given->rows[0].bytes, length);
        }
        loopback_free(pair);
    }
}

/* RFC 7301 section 3.1: what was agreed before is irrelevant. */
Test(resumption, the_protocol_is_agreed_on_anew)
{
    kept_session kept;
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        loopback *pair = sessions_pair(versions[i], &kept);
        lk_config_set_alpn(sessions_config(pair, LK_SERVER), "h2,http/1.1");
        lk_config_set_alpn(sessions_config(pair, LK_CLIENT), "h2");
        sessions_establish_first(pair, &kept);
        lk_config_set_alpn(sessions_config(pair, LK_CLIENT), "http/1.1");
        sessions_establish_again(pair, &kept, true);
        cr_assert_str_eq(lk_connection_alpn(pair->side[LK_CLIENT].connection), "http/1.1");
        loopback_free(pair);
    }
}

Test(resumption, a_server_without_sessions_gives_none)
{
    kept_session kept;
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        loopback *pair = sessions_pair(versions[i], &kept);
        cr_assert_eq(lk_config_set_session_lifetime(sessions_config(pair, LK_SERVER), 0), LK_OK);
        loopback_establish(pair);
        sessions_talk(pair);
        cr_assert_eq(kept.count, 0);
        loopback_free(pair);
    }
}

Test(resumption, a_server_with_other_keys_does_a_full_handshake)
{
    kept_session kept;
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        loopback *pair = sessions_pair(versions[i], &kept);
        sessions_establish_first(pair, &kept);
        cr_assert_eq(lk_config_set_session_lifetime(sessions_config(pair, LK_SERVER), 100), LK_OK);
        sessions_establish_again(pair, &kept, false);
        loopback_free(pair);
    }
}

Test(resumption, a_ticket_that_was_tampered_with_leads_to_a_full_handshake)
{
    kept_session kept;
    for (size_t i = 0; i < VERSION_COUNT; i++)
        for (size_t from_end = 1; from_end < 80; from_end += 13) {
            loopback *pair = sessions_pair(versions[i], &kept);
            sessions_establish_first(pair, &kept);
            kept.bytes[kept.length - from_end] ^= 4;
            sessions_establish_again(pair, &kept, false);
            loopback_free(pair);
        }
}

Test(resumption, a_session_that_is_over_is_over_for_both_sides)
{
    kept_session kept[VERSION_COUNT];
    loopback *pairs[VERSION_COUNT];
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        pairs[i] = sessions_pair(versions[i], &kept[i]);
        cr_assert_eq(lk_config_set_session_lifetime(sessions_config(pairs[i], LK_SERVER), 1), LK_OK);
        sessions_establish_first(pairs[i], &kept[i]);
    }
    usleep(1100000);
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        /* the client leaves it out; and one whose clock is wrong meets a server that refuses it */
        for (int forged = 0; forged < 2; forged++) {
            lk_resumption session;
            lk_reader reader = lk_reader_over(kept[i].bytes, kept[i].length);
            cr_assert_eq(lk_resumption_parse(&session, &reader), LK_OK);
            session.lifetime = forged ? 1000 : 1;
            lk_writer writer = lk_writer_into(kept[i].bytes, sizeof kept[i].bytes);
            lk_resumption_compose(&session, &writer);
            lk_resumption_clear(&session);
            sessions_establish_again(pairs[i], &kept[i], false);
            sessions_hang_up(pairs[i]);
            sessions_establish_again(pairs[i], &kept[i], true); /* with the one that this brought */
            sessions_hang_up(pairs[i]);
            usleep(1100000);
        }
        loopback_free(pairs[i]);
    }
}

Test(resumption, a_session_for_another_host_is_not_offered)
{
    kept_session kept;
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        loopback *pair = sessions_pair(versions[i], &kept);
        sessions_establish_first(pair, &kept);
        sessions_offer(pair, &kept, "127.0.0.1");
        loopback_establish(pair);
        cr_assert_not(sessions_resumed(pair));
        loopback_free(pair);
    }
}

Test(resumption, a_server_checks_the_name_of_the_session_too)
{
    kept_session kept;
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        loopback *pair = sessions_pair(versions[i], &kept);
        sessions_establish_first(pair, &kept);
        lk_resumption session;
        lk_reader reader = lk_reader_over(kept.bytes, kept.length);
        cr_assert_eq(lk_resumption_parse(&session, &reader), LK_OK);
        strcpy(session.name, "127.0.0.1"); /* which is not announced */
        lk_writer writer = lk_writer_into(kept.bytes, sizeof kept.bytes);
        lk_resumption_compose(&session, &writer);
        kept.length = writer.length;
        lk_resumption_clear(&session);
        sessions_offer(pair, &kept, "127.0.0.1");
        loopback_establish(pair);
        cr_assert_not(sessions_resumed(pair));
        loopback_free(pair);
    }
}

Test(resumption, a_session_of_another_version_or_suite_is_not_offered)
{
    kept_session kept;
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        loopback *pair = sessions_pair(versions[i], &kept);
        sessions_establish_first(pair, &kept);
        uint16_t other = versions[VERSION_COUNT - 1 - i];
        lk_config_set_versions(sessions_config(pair, LK_CLIENT), other, other);
        sessions_establish_again(pair, &kept, false);
        loopback_free(pair);

        pair = sessions_pair(versions[i], &kept);
        sessions_establish_first(pair, &kept);
        lk_config_set_suites(sessions_config(pair, LK_CLIENT), "ECDHE-ECDSA-AES256-GCM-SHA384:TLS_AES_256_GCM_SHA384");
        sessions_establish_again(pair, &kept, false);
        loopback_free(pair);
    }
}

Test(resumption, a_server_that_now_prefers_a_suite_of_another_hash_does_a_full_handshake)
{
    kept_session kept;
    loopback *pair = sessions_pair(LK_VERSION_TLS1_3, &kept);
    sessions_establish_first(pair, &kept);
    lk_config_set_suites(sessions_config(pair, LK_SERVER), "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256");
    sessions_establish_again(pair, &kept, false);
    loopback_free(pair);
}

/* The session says who the server is, but whether that counts is judged by the present roots. */
Test(resumption, a_session_does_not_get_around_the_roots)
{
    kept_session kept;
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        loopback *pair = sessions_pair(versions[i], &kept);
        sessions_establish_first(pair, &kept);
        certificates *others = certificates_new();
        cr_assert_eq(lk_config_trust_file(sessions_config(pair, LK_CLIENT), others->root), LK_OK);
        sessions_offer(pair, &kept, "localhost");
        loopback_handshake(pair);
        cr_assert_eq(pair->side[LK_CLIENT].result, LK_ERROR_CERTIFICATE_UNTRUSTED);
        certificates_free(others);
        loopback_free(pair);
    }
}

Test(resumption, a_client_that_must_now_show_a_certificate_does_a_full_handshake)
{
    kept_session kept;
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        loopback *pair = sessions_pair(versions[i], &kept);
        sessions_establish_first(pair, &kept);
        lk_config_trust_file(sessions_config(pair, LK_SERVER), pair->certificates->root);
        lk_config_ask_client_certificate(sessions_config(pair, LK_SERVER), LK_CLIENT_REQUIRED);
        sessions_offer(pair, &kept, "localhost");
        loopback_handshake(pair);
        cr_assert_eq(pair->side[LK_SERVER].result, LK_ERROR_CERTIFICATE_MISSING);
        loopback_free(pair);
    }
}

/* The ticket is good, the key beside it is not: someone has seen the ticket go by. */
Test(resumption, who_has_the_ticket_without_its_secret_is_refused)
{
    static const lk_error errors[] = {LK_ERROR_BAD_RECORD_MAC, LK_ERROR_BAD_BINDER};
    kept_session kept;
    for (size_t i = 0; i < VERSION_COUNT; i++) {
        loopback *pair = sessions_pair(versions[i], &kept);
        sessions_establish_first(pair, &kept);
        kept.bytes[5] ^= 1; /* behind format, version and suite */
        sessions_offer(pair, &kept, "localhost");
        loopback_handshake(pair);
        lk_role judge = versions[i] == LK_VERSION_TLS1_3 ? LK_SERVER : LK_CLIENT;
        cr_assert_eq(pair->side[judge].result, errors[i], "%s", lk_error_name(pair->side[judge].result));
        cr_assert_not(loopback_established(pair));
        loopback_free(pair);
    }
}

Test(resumption, what_is_no_session_is_refused)
{
    kept_session kept;
    loopback *pair = sessions_pair(LK_VERSION_TLS1_3, &kept);
    sessions_establish_first(pair, &kept);
    loopback_connect(pair, "localhost");
    lk_connection *client = pair->side[LK_CLIENT].connection;
    for (size_t length = 0; length < kept.length; length++)
        cr_assert_eq(lk_connection_resume(client, kept.bytes, length), LK_ERROR_INVALID_ARGUMENT, "%zu", length);
    cr_assert_eq(lk_connection_resume(client, "nonsense", 8), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_connection_resume(pair->side[LK_SERVER].connection, kept.bytes, kept.length), LK_ERROR_WRONG_STATE);
    cr_assert_eq(lk_connection_resume(client, kept.bytes, kept.length), LK_OK);
    loopback_establish(pair);
    cr_assert(sessions_resumed(pair));
    cr_assert_eq(lk_connection_resume(client, kept.bytes, kept.length), LK_ERROR_WRONG_STATE);
    loopback_free(pair);
}

Test(resumption, a_lifetime_beyond_seven_days_is_refused)
{
    lk_config *config = lk_config_new();
    cr_assert_eq(lk_config_set_session_lifetime(config, 604801), LK_ERROR_INVALID_ARGUMENT);
    cr_assert_eq(lk_config_set_session_lifetime(config, 604800), LK_OK);
    lk_config_free(config);
}

Test(resumption, a_session_lives_no_longer_than_its_lifetime_and_seven_days_from_its_birth)
{
    const uint64_t day = 86400000;
    lk_resumption session = {.born = 10 * day, .issued = 16 * day, .lifetime = 7200};
    cr_assert(lk_resumption_alive(&session, 16 * day));
    cr_assert(lk_resumption_alive(&session, 16 * day + 7200000));
    cr_assert_not(lk_resumption_alive(&session, 16 * day + 7200001));
    cr_assert_not(lk_resumption_alive(&session, 16 * day - 1), "it comes from the future");
    session.lifetime = UINT32_MAX;
    cr_assert(lk_resumption_alive(&session, 17 * day));
    cr_assert_not(lk_resumption_alive(&session, 17 * day + 1));
}
