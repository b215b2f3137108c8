/* SPDX-License-Identifier: Apache-2.0 */
/* How connections end: by close_notify, by an alert, by a stream that stops; and what does not end them. */
#include "connection/inside.h"
#include "connection/loopback.h"

#include <criterion/criterion.h>
#include <string.h>

static loopback *established(uint16_t version)
{
    loopback *pair = loopback_new("EC");
    cr_assert_eq(lk_config_set_versions(pair->side[LK_CLIENT].config, version, version), LK_OK);
    loopback_establish(pair);
    return pair;
}

/* Has one side send what its handshake never would. */
static void inject(loopback *pair, lk_role sender, uint8_t type, const uint8_t *bytes, size_t length)
{
    size_t taken = 0;
    cr_assert_eq(lk_record_layer_write(pair->side[sender].connection->layer, type, bytes, length, &taken), LK_OK);
    loopback_move(pair);
}

static lk_error read_of(loopback *pair, lk_role role)
{
    const uint8_t *data = NULL;
    size_t length = 0;
    return lk_connection_peek(pair->side[role].connection, &data, &length);
}

#define FOR_BOTH_VERSIONS(version) for (uint16_t version = LK_VERSION_TLS1_2; version <= LK_VERSION_TLS1_3; version++)

Test(ending, close_notify_ends_reading_and_leaves_writing_to_the_other_side)
{
    FOR_BOTH_VERSIONS(version)
    {
        size_t taken = 0;
        loopback *pair = established(version);
        cr_assert_eq(lk_connection_close(pair->side[LK_CLIENT].connection), LK_OK);
        cr_assert_eq(lk_connection_close(pair->side[LK_CLIENT].connection), LK_OK);
        loopback_move(pair);
        cr_assert_str_eq(pair->side[LK_CLIENT].alerts, "close_notify ");
        lk_alert_report last;
        cr_assert(lk_connection_last_alert(pair->side[LK_CLIENT].connection, &last));
        cr_assert(last.sent && !last.fatal && last.description == LK_ALERT_CLOSE_NOTIFY);
        cr_assert_not(lk_connection_last_alert(pair->side[LK_SERVER].connection, &last), "it has not looked yet");
        cr_assert_eq(read_of(pair, LK_SERVER), LK_ERROR_CLOSED);
        cr_assert_eq(read_of(pair, LK_SERVER), LK_ERROR_CLOSED);
        cr_assert_eq(lk_connection_write(pair->side[LK_CLIENT].connection, "x", 1, &taken), LK_ERROR_WRONG_STATE);
        loopback_transfer(pair, LK_SERVER, (const uint8_t *)"goes on", 7);
        loopback_free(pair);
    }
}

Test(ending, data_before_close_notify_is_read_first)
{
    const uint8_t *data = NULL;
    size_t length = 0, taken = 0;
    loopback *pair = established(LK_VERSION_TLS1_3);
    cr_assert_eq(lk_connection_write(pair->side[LK_SERVER].connection, "last", 4, &taken), LK_OK);
    cr_assert_eq(lk_connection_close(pair->side[LK_SERVER].connection), LK_OK);
    loopback_move(pair);
    lk_connection_received_end(pair->side[LK_CLIENT].connection);
    cr_assert_eq(lk_connection_peek(pair->side[LK_CLIENT].connection, &data, &length), LK_OK);
    cr_assert_eq(length, 4);
    lk_connection_consume(pair->side[LK_CLIENT].connection, 4);
    cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_CLOSED);
    loopback_free(pair);
}

Test(ending, a_stream_that_stops_without_close_notify_is_truncated)
{
    FOR_BOTH_VERSIONS(version)
    {
        loopback *pair = established(version);
        lk_connection_received_end(pair->side[LK_CLIENT].connection);
        cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_TRUNCATED);
        cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_TRUNCATED);
        loopback_free(pair);
    }
}

Test(ending, a_stream_that_stops_in_the_handshake_is_truncated)
{
    loopback *pair = loopback_new("EC");
    loopback_connect(pair, "localhost");
    cr_assert_eq(lk_connection_handshake(pair->side[LK_CLIENT].connection), LK_ERROR_WANT_WRITE);
    lk_connection_received_end(pair->side[LK_CLIENT].connection);
    cr_assert_eq(lk_connection_handshake(pair->side[LK_CLIENT].connection), LK_ERROR_TRUNCATED);
    loopback_free(pair);
}

Test(ending, a_fatal_alert_is_told_by_its_name_and_not_answered)
{
    static const uint8_t alert[] = {2, LK_ALERT_ACCESS_DENIED};
    FOR_BOTH_VERSIONS(version)
    {
        loopback *pair = established(version);
        inject(pair, LK_SERVER, LK_CONTENT_ALERT, alert, sizeof alert);
        cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_PEER_ALERT);
        cr_assert_not_null(strstr(lk_connection_diagnosis(pair->side[LK_CLIENT].connection),
                                  "fatal alert: access_denied (49): the certificate is good"));
        lk_alert_report last;
        cr_assert(lk_connection_last_alert(pair->side[LK_CLIENT].connection, &last));
        cr_assert(!last.sent && last.fatal && last.description == LK_ALERT_ACCESS_DENIED);
        cr_assert_str_eq(last.name, "access_denied");
        cr_assert_str_empty(pair->side[LK_CLIENT].alerts);
        loopback_free(pair);
    }
}

Test(ending, tls_1_3_takes_every_error_alert_for_fatal)
{
    static const uint8_t alert[] = {1, LK_ALERT_HANDSHAKE_FAILURE};
    loopback *pair = established(LK_VERSION_TLS1_3);
    inject(pair, LK_SERVER, LK_CONTENT_ALERT, alert, sizeof alert);
    cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_PEER_ALERT);
    loopback_free(pair);
}

Test(ending, warnings_are_tolerated_but_not_for_ever)
{
    static const uint8_t alert[] = {1, LK_ALERT_USER_CANCELED};
    FOR_BOTH_VERSIONS(version)
    {
        loopback *pair = established(version);
        for (int i = 0; i < 8; i++) {
            inject(pair, LK_SERVER, LK_CONTENT_ALERT, alert, sizeof alert);
            cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_WANT_READ);
            if (i == 3) /* in a row: from here on they are counted anew */
                loopback_transfer(pair, LK_SERVER, (const uint8_t *)"data", 4);
        }
        inject(pair, LK_SERVER, LK_CONTENT_ALERT, alert, sizeof alert);
        cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_TOO_MANY_EMPTY);
        loopback_free(pair);
    }
}

Test(ending, a_malformed_alert_is_refused)
{
    static const uint8_t long_alert[] = {2, 40, 0}, strange_level[] = {3, 40};
    loopback *pair = established(LK_VERSION_TLS1_3);
    inject(pair, LK_SERVER, LK_CONTENT_ALERT, long_alert, sizeof long_alert);
    cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_DECODE);
    inject(pair, LK_CLIENT, LK_CONTENT_ALERT, strange_level, sizeof strange_level);
    loopback_free(pair);
    pair = established(LK_VERSION_TLS1_3);
    inject(pair, LK_SERVER, LK_CONTENT_ALERT, strange_level, sizeof strange_level);
    cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_ILLEGAL_PARAMETER);
    loopback_free(pair);
}

Test(ending, a_message_that_may_not_come_ends_with_unexpected_message_and_stays_so)
{
    static const uint8_t finished[] = {20, 0, 0, 0};
    FOR_BOTH_VERSIONS(version)
    {
        size_t taken = 0;
        loopback *pair = established(version);
        inject(pair, LK_SERVER, LK_CONTENT_HANDSHAKE, finished, sizeof finished);
        cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_UNEXPECTED_MESSAGE);
        cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_UNEXPECTED_MESSAGE);
        cr_assert_eq(lk_connection_write(pair->side[LK_CLIENT].connection, "x", 1, &taken),
                     LK_ERROR_UNEXPECTED_MESSAGE);
        cr_assert_eq(lk_connection_close(pair->side[LK_CLIENT].connection), LK_ERROR_UNEXPECTED_MESSAGE);
        loopback_move(pair);
        cr_assert_str_eq(pair->side[LK_CLIENT].alerts, "unexpected_message ");
        cr_assert_not_null(strstr(lk_connection_diagnosis(pair->side[LK_CLIENT].connection),
                                  "(the peer is told: fatal unexpected_message)"));
        lk_alert_report last;
        cr_assert(lk_connection_last_alert(pair->side[LK_CLIENT].connection, &last));
        cr_assert(last.sent && last.fatal && last.description == LK_ALERT_UNEXPECTED_MESSAGE);
        cr_assert_eq(read_of(pair, LK_SERVER), LK_ERROR_PEER_ALERT);
        loopback_free(pair);
    }
}

Test(ending, renegotiation_is_refused_with_a_warning_and_the_session_goes_on)
{
    static const uint8_t hello_request[] = {0, 0, 0, 0};
    static const uint8_t client_hello[] = {1, 0, 0, 4, 3, 3, 0, 0};
    loopback *pair = established(LK_VERSION_TLS1_2);
    inject(pair, LK_SERVER, LK_CONTENT_HANDSHAKE, hello_request, sizeof hello_request);
    cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_WANT_READ);
    cr_assert_str_eq(pair->side[LK_CLIENT].alerts, "no_renegotiation ");
    inject(pair, LK_CLIENT, LK_CONTENT_HANDSHAKE, client_hello, sizeof client_hello);
    cr_assert_eq(read_of(pair, LK_SERVER), LK_ERROR_WANT_READ);
    cr_assert_str_eq(pair->side[LK_SERVER].alerts, "no_renegotiation ");
    loopback_move(pair);
    loopback_transfer(pair, LK_CLIENT, (const uint8_t *)"still here", 10);
    loopback_transfer(pair, LK_SERVER, (const uint8_t *)"so am I", 7);
    loopback_free(pair);
}

Test(ending, requests_for_renegotiation_are_not_refused_for_ever)
{
    static const uint8_t hello_request[] = {0, 0, 0, 0};
    loopback *pair = established(LK_VERSION_TLS1_2);
    lk_error error = LK_ERROR_WANT_READ;
    int asked = 0;
    for (; error == LK_ERROR_WANT_READ && asked < 100; asked++) {
        inject(pair, LK_SERVER, LK_CONTENT_HANDSHAKE, hello_request, sizeof hello_request);
        error = read_of(pair, LK_CLIENT);
    }
    cr_assert_eq(error, LK_ERROR_TOO_MANY_EMPTY);
    cr_assert_eq(asked, 33);
    loopback_free(pair);
}

Test(ending, a_change_cipher_spec_after_the_handshake_is_unexpected)
{
    static const uint8_t value = 1;
    FOR_BOTH_VERSIONS(version)
    {
        loopback *pair = established(version);
        inject(pair, LK_SERVER, LK_CONTENT_CHANGE_CIPHER_SPEC, &value, 1);
        cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_UNEXPECTED_MESSAGE);
        loopback_free(pair);
    }
}

static void answer_with_garbage(lk_role role, const char *garbage, lk_error expected)
{
    size_t room = 0;
    loopback *pair = loopback_new("EC");
    loopback_connect(pair, "localhost");
    (void)lk_connection_handshake(pair->side[role].connection);
    uint8_t *memory = lk_connection_input(pair->side[role].connection, &room);
    memcpy(memory, garbage, strlen(garbage));
    lk_connection_received(pair->side[role].connection, strlen(garbage));
    lk_error error = LK_ERROR_WANT_WRITE;
    for (int i = 0; error == LK_ERROR_WANT_WRITE && i < 3; i++) {
        size_t length = 0;
        (void)lk_connection_output(pair->side[role].connection, &length);
        lk_connection_sent(pair->side[role].connection, length);
        error = lk_connection_handshake(pair->side[role].connection);
    }
    cr_assert_eq(error, expected, "%s", lk_error_name(error));
    loopback_free(pair);
}

/* RFC 6176: what begins so is not taken, whatever it offers. */
Test(ending, a_client_that_begins_with_ssl_2_is_told_so)
{
    static const char offers_ssl2[] = "\x80\x2e\x01\x00\x02", offers_tls[] = "\x80\x2e\x01\x03\x01";
    const char *const hellos[] = {offers_ssl2, offers_tls};
    for (size_t i = 0; i < 2; i++) {
        size_t room = 0;
        loopback *pair = loopback_new("EC");
        loopback_connect(pair, "localhost");
        lk_connection *server = pair->side[LK_SERVER].connection;
        memcpy(lk_connection_input(server, &room), hellos[i], 5);
        lk_connection_received(server, 5);
        cr_assert_eq(lk_connection_handshake(server), LK_ERROR_OBSOLETE_HELLO);
        cr_assert_str_eq(pair->side[LK_SERVER].alerts, "protocol_version ");
        loopback_free(pair);
    }
}

Test(ending, a_peer_that_does_not_speak_tls_is_told_so)
{
    answer_with_garbage(LK_SERVER, "GET / HTTP/1.0\r\n\r\n", LK_ERROR_RECORD_HEADER);
    answer_with_garbage(LK_CLIENT, "HTTP/1.0 400 Bad Request\r\n\r\n", LK_ERROR_RECORD_HEADER);
}
