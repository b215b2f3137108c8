/* SPDX-License-Identifier: Apache-2.0 */
/* Who looks on with a key log sees all there is, under every suite; and without it is told what stays hidden, and why.
 */
#include "connection/again.h"
#include "connection/config.h"
#include "connection/inside.h"
#include "connection/sessions.h"
#include "watch/overheard.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { DATA = 20000 };

static uint8_t data[DATA];

static void set_both(loopback *pair, uint16_t version, const char *suite)
{
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        cr_assert_eq(lk_config_set_versions(pair->side[role].config, version, version), LK_OK);
        cr_assert_eq(lk_config_set_suites(pair->side[role].config, suite), LK_OK);
    }
}

static void say_goodbye(loopback *pair)
{
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        cr_assert_eq(lk_connection_close(pair->side[role].connection), LK_OK);
    (void)loopback_move(pair);
}

static void assert_all_told(const overheard *heard, size_t sent)
{
    cr_assert_eq(heard->notes, 0, "%s", heard->told);
    cr_assert_eq(heard->data[LK_CLIENT], sent, "%s", heard->told);
    cr_assert_eq(heard->data[LK_SERVER], sent, "%s", heard->told);
    overheard_assert(heard, "client message finished");
    overheard_assert(heard, "server message finished");
    overheard_assert_not(heard, "malformed");
    overheard_assert_not(heard, "message unknown");
}

static void talk(loopback *pair)
{
    loopback_transfer(pair, LK_CLIENT, data, sizeof data);
    loopback_transfer(pair, LK_SERVER, data, sizeof data);
}

static void try_suite(loopback *pair, overheard *heard, const lk_suite *suite, uint16_t version)
{
    set_both(pair, version, suite->title);
    loopback_establish(pair);
    talk(pair);
    say_goodbye(pair);
    overheard_tell(heard, pair->side[LK_CLIENT].key_log, 0);
    assert_all_told(heard, sizeof data);
    overheard_assert(heard, "client alert close_notify");
    overheard_assert(heard, "server alert close_notify");
    overheard_assert(heard, suite->title);
    overheard_again(heard);
    loopback_again(pair);
}

static void try_suites(const char *key, lk_authentication authentication)
{
    static const uint8_t secret[16] = {1, 2, 3};
    size_t count = 0;
    const lk_suite *suites = lk_suite_table(&count);
    loopback *pair = loopback_new(key);
    overheard *heard = overheard_new(pair);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        cr_assert_eq(lk_config_set_psk(pair->side[role].config, "me", secret, sizeof secret), LK_OK);
    for (size_t i = 0; i < count; i++)
        for (uint16_t version = LK_VERSION_SSL3; version <= LK_VERSION_TLS1_3; version++)
            if (suites[i].authentication == authentication && lk_suite_allows(&suites[i], version))
                try_suite(pair, heard, &suites[i], version);
    overheard_free(heard);
    loopback_free(pair);
}

Test(watch, every_suite_of_every_version_is_opened)
{
    try_suites("EC", LK_AUTH_ANY);
    try_suites("EC", LK_AUTH_ECDSA);
    try_suites("RSA", LK_AUTH_RSA);
    try_suites("EC", LK_AUTH_NONE);
    try_suites("EC", LK_AUTH_PSK);
}

Test(watch, bytes_may_come_one_by_one)
{
    for (uint16_t version = LK_VERSION_TLS1_2; version <= LK_VERSION_TLS1_3; version++) {
        loopback *pair = loopback_new("EC");
        overheard *heard = overheard_new(pair);
        lk_config_set_versions(pair->side[LK_CLIENT].config, version, version);
        loopback_establish(pair);
        talk(pair);
        overheard_tell(heard, pair->side[LK_CLIENT].key_log, 1);
        assert_all_told(heard, sizeof data);
        overheard_free(heard);
        loopback_free(pair);
    }
}

Test(watch, a_session_that_is_gone_on_with_is_opened_too)
{
    static const uint16_t versions[] = {LK_VERSION_SSL3, LK_VERSION_TLS1_2, LK_VERSION_TLS1_3};
    for (size_t i = 1; i < sizeof versions / sizeof versions[0]; i++) {
        kept_session *kept = calloc(1, sizeof *kept);
        loopback *pair = sessions_pair(versions[i], kept);
        overheard *heard = overheard_new(pair);
        sessions_establish_first(pair, kept);
        overheard_again(heard);
        loopback_again(pair);
        sessions_offer(pair, kept, "localhost");
        loopback_establish(pair);
        cr_assert(sessions_resumed(pair));
        talk(pair);
        overheard_tell(heard, pair->side[LK_CLIENT].key_log, 0);
        assert_all_told(heard, sizeof data);
        overheard_assert_not(heard, "message certificate:");
        overheard_free(heard);
        loopback_free(pair);
        free(kept);
    }
}

Test(watch, a_hello_retry_request_is_called_by_its_name)
{
    loopback *pair = loopback_new("EC");
    overheard *heard = overheard_new(pair);
    cr_assert_eq(lk_config_set_groups(pair->side[LK_SERVER].config, "secp256r1"), LK_OK);
    loopback_establish(pair);
    talk(pair);
    overheard_tell(heard, pair->side[LK_CLIENT].key_log, 0);
    assert_all_told(heard, sizeof data);
    overheard_assert(heard, "server message hello_retry_request");
    overheard_assert(heard, "server field key_share: secp256r1 is asked for");
    overheard_assert(heard, "server field key_share: secp256r1 (65 bytes)");
    overheard_free(heard);
    loopback_free(pair);
}

Test(watch, keys_that_change_later_are_followed)
{
    loopback *pair = loopback_new("EC");
    overheard *heard = overheard_new(pair);
    loopback_establish(pair);
    for (int i = 0; i < 3; i++)
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
            (void)lk_handshake_update_key(pair->side[role].connection->handshake);
            loopback_transfer(pair, LK_CLIENT, data, 100);
            loopback_transfer(pair, LK_SERVER, data, 100);
        }
    overheard_tell(heard, pair->side[LK_CLIENT].key_log, 0);
    assert_all_told(heard, 600);
    overheard_assert(heard, "client keys next application keys");
    overheard_assert(heard, "server keys next application keys");
    overheard_free(heard);
    loopback_free(pair);
}

Test(watch, a_renegotiation_is_opened_though_its_hellos_are_encrypted)
{
    loopback *pair = again_pair(LK_RENEGOTIATION_SAME_PEER);
    overheard *heard = overheard_new(pair);
    loopback_establish(pair);
    again_talk(pair);
    again_renegotiate(pair, LK_SERVER);
    again_talk(pair);
    overheard_tell(heard, pair->side[LK_CLIENT].key_log, 0);
    assert_all_told(heard, 10);
    overheard_assert(heard, "server message hello_request");
    overheard_assert(heard, "client field renegotiation_info: verify_data of the handshake before, 12 bytes");
    overheard_free(heard);
    loopback_free(pair);
}

/* A conversation in TLS 1.2 or 1.3 of which the watch is told with some other key log. */
static overheard *hear(uint16_t version, loopback **pair)
{
    *pair = loopback_new("EC");
    overheard *heard = overheard_new(*pair);
    lk_config_set_versions((*pair)->side[LK_CLIENT].config, version, version);
    loopback_establish(*pair);
    talk(*pair);
    return heard;
}

Test(watch, without_a_key_log_it_says_so_and_shows_what_is_in_the_clear)
{
    for (uint16_t version = LK_VERSION_TLS1_2; version <= LK_VERSION_TLS1_3; version++) {
        loopback *pair;
        overheard *heard = hear(version, &pair);
        overheard_tell(heard, NULL, 0);
        overheard_assert(heard, "client message client_hello");
        overheard_assert(heard, "server message server_hello");
        overheard_assert(heard, "not known here: there is no key log");
        overheard_assert(heard, "record encrypted, and not opened");
        overheard_assert_not(heard, "message finished");
        cr_assert_eq(heard->data[LK_CLIENT], 0);
        overheard_free(heard);
        loopback_free(pair);
    }
}

Test(watch, the_key_log_of_another_connection_is_of_no_use_and_it_says_so)
{
    loopback *pair, *other;
    overheard *heard = hear(LK_VERSION_TLS1_3, &pair);
    overheard_free(hear(LK_VERSION_TLS1_3, &other));
    overheard_tell(heard, other->side[LK_CLIENT].key_log, 0);
    overheard_assert(heard, "the key log has no SERVER_HANDSHAKE_TRAFFIC_SECRET of this connection");
    overheard_assert_not(heard, "message finished");
    overheard_free(heard);
    loopback_free(pair);
    loopback_free(other);
}

Test(watch, a_wrong_secret_is_found_out_by_the_first_record)
{
    for (uint16_t version = LK_VERSION_TLS1_2; version <= LK_VERSION_TLS1_3; version++) {
        loopback *pair;
        overheard *heard = hear(version, &pair);
        char *log = pair->side[LK_CLIENT].key_log;
        for (char *line = log; *line; line = strchr(line, '\n') + 1) {
            char *digit = strchr(line, '\n') - 1;
            *digit = *digit == '0' ? '1' : '0';
        }
        overheard_tell(heard, log, 0);
        overheard_assert(heard, "server note the key log's secret does not open this record");
        overheard_assert(heard, "record encrypted, and not opened");
        overheard_assert_not(heard, "message finished");
        overheard_free(heard);
        loopback_free(pair);
    }
}

Test(watch, a_record_that_was_altered_ends_the_reading_of_its_side_alone)
{
    loopback *pair;
    overheard *heard = hear(LK_VERSION_TLS1_3, &pair);
    size_t at = 0;
    for (size_t i = 0; i < heard->count; i++) { /* the last byte that the client sent */
        at += heard->pieces[i].length;
        if (heard->pieces[i].sender == LK_CLIENT && heard->pieces[i].length > 1000)
            heard->bytes[at - 1] ^= 1;
    }
    overheard_tell(heard, pair->side[LK_CLIENT].key_log, 0);
    overheard_assert(heard, "client note what follows in this direction is not opened");
    cr_assert_lt(heard->data[LK_CLIENT], sizeof data);
    cr_assert_eq(heard->data[LK_SERVER], sizeof data);
    overheard_free(heard);
    loopback_free(pair);
}

/* A watch that is told so many bytes of what was heard. */
static overheard *hear_bytes(const void *bytes, size_t length)
{
    overheard *heard = calloc(1, sizeof *heard);
    cr_assert_not_null(heard);
    memcpy(heard->bytes, bytes, length);
    heard->length = heard->pieces[0].length = length;
    heard->pieces[0].sender = LK_CLIENT;
    heard->count = 1;
    overheard_tell(heard, NULL, 0);
    return heard;
}

Test(watch, what_is_not_tls_is_told_once)
{
    overheard *heard = hear_bytes("GET / HTTP/1.1\r\nHost: here\r\n\r\n", 30);
    overheard_assert(heard, "note this is not TLS");
    cr_assert_eq(heard->notes, 1);
    cr_assert_eq(heard->records, 0);
    overheard_free(heard);
}

Test(watch, a_hello_of_ssl_2_is_called_by_its_name)
{
    overheard *heard = hear_bytes("\x80\x2e\x01\x03\x01\x00\x15\x00\x00\x00\x10", 11);
    overheard_assert(heard, "SSL 2.0");
    overheard_free(heard);
}

Test(watch, a_side_that_ends_within_a_record_or_a_message_is_noticed)
{
    overheard *heard = hear_bytes("\x16\x03\x01\x00\x10\x01", 6);
    overheard_assert(heard, "ends within a record, after 6 bytes");
    overheard_free(heard);
    heard = hear_bytes("\x16\x03\x01\x00\x05\x01\x00\x01\x00\x03", 10);
    overheard_assert(heard, "ends within a message, after 5 bytes");
    overheard_free(heard);
}

Test(watch, a_message_too_long_to_be_one_is_not_waited_for)
{
    overheard *heard = hear_bytes("\x16\x03\x01\x00\x05\x01\xff\xff\xff\x03", 10);
    overheard_assert(heard, "a message of 16777215 bytes is announced");
    overheard_free(heard);
}

Test(watch, behind_a_gap_nothing_is_read)
{
    overheard *heard = calloc(1, sizeof *heard);
    lk_watch *watch = NULL;
    cr_assert_eq(lk_watch_new(NULL, overheard_observe, heard, &watch), LK_OK);
    lk_watch_bytes(watch, LK_SERVER, (const uint8_t *)"\x15\x03\x03", 3);
    lk_watch_gap(watch, LK_SERVER, 1460);
    lk_watch_bytes(watch, LK_SERVER, (const uint8_t *)"\x15\x03\x03\x00\x02\x02\x28", 7);
    overheard_assert(heard, "server note 1460 bytes of this side are missing");
    overheard_assert_not(heard, "alert");
    lk_watch_bytes(watch, LK_CLIENT, (const uint8_t *)"\x15\x03\x03\x00\x02\x02\x28", 7);
    overheard_assert(heard, "client alert handshake_failure");
    lk_watch_free(watch);
    overheard_free(heard);
}

/* Key logs */

Test(watch, a_key_log_may_have_comments_capitals_and_lines_of_other_kinds)
{
    static const char text[] =
        "# made by nobody\r\n"
        "\r\n"
        "CLIENT_RANDOM 00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff "
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f\r\n"
        "RSA 0011223344556677 00\n"
        "CLIENT_RANDOM 00 11\n"
        "CLIENT_TRAFFIC_SECRET_0 xx112233445566778899aabbccddeeff00112233445566778899aabbccddeeff 00\n"
        "CLIENT_TRAFFIC_SECRET_0 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff 0g\n"
        "CLIENT_TRAFFIC_SECRET_0 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    lk_watch_keys *keys = NULL;
    cr_assert_eq(lk_watch_keys_new(&keys), LK_OK);
    cr_assert_eq(lk_watch_keys_add(keys, text, strlen(text)), LK_OK);
    cr_assert_eq(lk_watch_keys_count(keys), 1);
    for (int i = 0; i < 100; i++)
        cr_assert_eq(lk_watch_keys_add(keys, text, strlen(text)), LK_OK);
    cr_assert_eq(lk_watch_keys_count(keys), 101);
    lk_watch_keys_free(keys);
}

/* A key log that is written while the connection goes on. */
typedef struct late {
    const char *lines;
    unsigned asked;
} late;

static bool bring_more(void *context, lk_watch_keys *keys)
{
    late *more = context;
    if (more->asked++ > 0)
        return false;
    cr_assert_eq(lk_watch_keys_add(keys, more->lines, strlen(more->lines)), LK_OK);
    return true;
}

Test(watch, a_missing_secret_is_asked_for)
{
    loopback *pair;
    overheard *heard = hear(LK_VERSION_TLS1_3, &pair);
    late more = {.lines = pair->side[LK_CLIENT].key_log};
    lk_watch_keys *keys = NULL;
    lk_watch *watch = NULL;
    const uint8_t *next = heard->bytes;
    cr_assert_eq(lk_watch_keys_new(&keys), LK_OK);
    lk_watch_keys_ask(keys, bring_more, &more);
    cr_assert_eq(lk_watch_new(keys, overheard_observe, heard, &watch), LK_OK);
    for (size_t i = 0; i < heard->count; next += heard->pieces[i++].length)
        lk_watch_bytes(watch, heard->pieces[i].sender, next, heard->pieces[i].length);
    cr_assert_eq(more.asked, 1);
    assert_all_told(heard, sizeof data);
    lk_watch_free(watch);
    lk_watch_keys_free(keys);
    overheard_free(heard);
    loopback_free(pair);
}
