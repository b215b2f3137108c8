/* SPDX-License-Identifier: Apache-2.0 */
/* What each side says too early, too late or with the wrong key is refused, with the alert that belongs to it. */
#include "connection/inside.h"
#include "connection/loopback.h"

#include <criterion/criterion.h>
#include <string.h>

enum { HEADER = 5, LENGTH_AT = 3, HANDSHAKE = 22, SESSION_MAX = 4096 };

static loopback *pair_of(const char *key, uint16_t version)
{
    loopback *pair = loopback_new(key);
    cr_assert_eq(lk_config_set_versions(pair->side[LK_CLIENT].config, version, version), LK_OK);
    return pair;
}

static void assert_refused(loopback *pair, lk_role by, lk_error error, const char *alert)
{
    lk_role other = by == LK_CLIENT ? LK_SERVER : LK_CLIENT;
    loopback_handshake(pair);
    cr_assert_eq(pair->side[by].result, error, "%s, not %s", lk_error_name(pair->side[by].result),
                 lk_error_name(error));
    cr_assert_str_eq(pair->side[by].alerts, alert);
    cr_assert_eq(pair->side[other].result, LK_ERROR_PEER_ALERT, "the other side reads %s instead of the alert",
                 lk_error_name(pair->side[other].result));
    loopback_free(pair);
}

/* The first byte of a further message behind the last one of a flight. */
typedef struct excess {
    lk_role sender;
    unsigned number;
} excess;

static void add_a_byte(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    const excess *where = context;
    if (sender != where->sender || number != where->number)
        return;
    cr_assert_eq(record[0], HANDSHAKE);
    record[(*length)++] = HANDSHAKE;
    size_t content = *length - HEADER;
    record[LENGTH_AT] = (uint8_t)(content >> 8);
    record[LENGTH_AT + 1] = (uint8_t)content;
}

static void run_excess(uint16_t version, const char *server_groups, excess where)
{
    loopback *pair = pair_of("EC", version);
    if (server_groups)
        cr_assert_eq(lk_config_set_groups(pair->side[LK_SERVER].config, server_groups), LK_OK);
    pair->alter = add_a_byte;
    pair->alter_context = &where;
    assert_refused(pair, where.sender == LK_CLIENT ? LK_SERVER : LK_CLIENT, LK_ERROR_UNEXPECTED_MESSAGE,
                   "unexpected_message ");
}

Test(order, more_behind_a_client_hello_is_unexpected)
{
    run_excess(LK_VERSION_TLS1_2, NULL, (excess){.sender = LK_CLIENT});
    run_excess(LK_VERSION_TLS1_3, NULL, (excess){.sender = LK_CLIENT});
}

Test(order, more_behind_a_client_hello_that_must_be_sent_again_is_unexpected)
{
    run_excess(LK_VERSION_TLS1_3, "P-384", (excess){.sender = LK_CLIENT});
}

Test(order, more_behind_a_hello_retry_request_is_unexpected)
{
    run_excess(LK_VERSION_TLS1_3, "P-384", (excess){.sender = LK_SERVER});
}

Test(order, more_behind_a_server_hello_is_unexpected)
{
    run_excess(LK_VERSION_TLS1_3, NULL, (excess){.sender = LK_SERVER});
}

Test(order, more_behind_a_server_hello_done_is_unexpected)
{
    run_excess(LK_VERSION_TLS1_2, NULL, (excess){.sender = LK_SERVER, .number = 3});
}

/* The share of a ClientHello, of secp256r1, becomes no point of the curve. */
static void bend_share(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    static const uint8_t entry[] = {0x00, 0x17, 0x00, 0x41, 0x04};
    (void)context;
    if (sender != LK_CLIENT || number != 0)
        return;
    uint8_t *share = memmem(record, *length, entry, sizeof entry);
    cr_assert_not_null(share, "there is no share of secp256r1");
    share[sizeof entry] ^= 1;
}

Test(order, a_share_that_is_no_point_is_refused_in_the_clear)
{
    loopback *pair = pair_of("EC", LK_VERSION_TLS1_3);
    cr_assert_eq(lk_config_set_groups(pair->side[LK_CLIENT].config, "P-256"), LK_OK);
    pair->alter = bend_share;
    assert_refused(pair, LK_SERVER, LK_ERROR_BAD_KEY_SHARE, "illegal_parameter ");
}

/* In supported_groups secp256r1 takes the place of x25519. */
static void claim_a_curve(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    static const uint8_t offered[] = {0x00, 0x04, 0x00, 0x18, 0x00, 0x1d};
    (void)context;
    if (sender != LK_CLIENT || number != 0)
        return;
    uint8_t *groups = memmem(record, *length, offered, sizeof offered);
    cr_assert_not_null(groups, "there is no list of these groups");
    groups[sizeof offered - 1] = 0x17;
}

Test(order, a_certificate_on_a_curve_that_was_not_offered_is_refused_in_tls_1_2)
{
    loopback *pair = pair_of("EC", LK_VERSION_TLS1_2);
    cr_assert_eq(lk_config_set_groups(pair->side[LK_CLIENT].config, "P-384:X25519"), LK_OK);
    pair->alter = claim_a_curve;
    assert_refused(pair, LK_CLIENT, LK_ERROR_ILLEGAL_PARAMETER, "illegal_parameter ");
}

Test(order, a_server_sends_no_certificate_on_a_curve_that_was_not_offered_in_tls_1_2)
{
    loopback *pair = pair_of("EC", LK_VERSION_TLS1_2);
    cr_assert_eq(lk_config_set_groups(pair->side[LK_CLIENT].config, "P-384:X25519"), LK_OK);
    assert_refused(pair, LK_SERVER, LK_ERROR_NO_COMMON_GROUP, "handshake_failure ");
    pair = pair_of("EC", LK_VERSION_TLS1_3); /* where the scheme of the signature says the curve */
    cr_assert_eq(lk_config_set_groups(pair->side[LK_CLIENT].config, "P-384:X25519"), LK_OK);
    loopback_establish(pair);
    loopback_free(pair);
}

Test(order, a_certificate_that_may_not_sign_is_unsuitable_even_to_who_trusts_anyone)
{
    for (uint16_t version = LK_VERSION_TLS1_2; version <= LK_VERSION_TLS1_3; version++) {
        loopback *pair = pair_of("EC", version);
        certificate_files files = certificates_issue(pair->certificates, "agreement",
                                                     &(certificate_request){.key = "EC", .usage = "keyAgreement"});
        cr_assert_eq(lk_config_use_certificate_files(pair->side[LK_SERVER].config, files.chain, files.key), LK_OK);
        lk_config_trust_anyone(pair->side[LK_CLIENT].config);
        assert_refused(pair, LK_CLIENT, LK_ERROR_CERTIFICATE_UNSUITABLE, "unsupported_certificate ");
    }
}

Test(order, a_certificate_that_may_only_sign_gets_no_secret_by_rsa)
{
    loopback *pair = pair_of("RSA", LK_VERSION_TLS1_2);
    certificate_files files = certificates_issue(pair->certificates, "signing",
                                                 &(certificate_request){.key = "RSA", .usage = "digitalSignature"});
    cr_assert_eq(lk_config_use_certificate_files(pair->side[LK_SERVER].config, files.chain, files.key), LK_OK);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        cr_assert_eq(lk_config_set_suites(pair->side[role].config, "TLS_RSA_WITH_AES_128_GCM_SHA256"), LK_OK);
    assert_refused(pair, LK_CLIENT, LK_ERROR_CERTIFICATE_UNSUITABLE, "unsupported_certificate ");
}

/* A session that came, to go on with. */
typedef struct kept {
    uint8_t bytes[SESSION_MAX];
    size_t length;
} kept;

static void keep(void *context, const lk_connection *connection, const uint8_t *session, size_t length)
{
    kept *to = context;
    (void)connection;
    cr_assert_leq(length, sizeof to->bytes);
    memcpy(to->bytes, session, length);
    to->length = length;
}

static void reconnect(loopback *pair)
{
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        lk_connection_free(pair->side[role].connection);
        pair->side[role].connection = NULL;
        pair->side[role].records = 0;
    }
}

/* pre_shared_key, the last extension of a second ClientHello, becomes one that nobody knows. */
static void lose_session(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    static const uint8_t modes[] = {0x00, 0x2d, 0x00, 0x02, 0x01, 0x01, 0x00, 0x29}; /* and what stands behind them */
    unsigned *hellos = context;
    (void)number;
    if (sender != LK_CLIENT || record[0] != HANDSHAKE || ++*hellos != 2)
        return;
    uint8_t *found = memmem(record, *length, modes, sizeof modes);
    cr_assert_not_null(found, "the second hello offers no session");
    found[sizeof modes - 1] = 0x99;
}

Test(order, a_second_hello_without_the_session_of_the_first_is_an_illegal_parameter)
{
    loopback *pair = pair_of("EC", LK_VERSION_TLS1_3);
    kept session = {0};
    unsigned hellos = 0;
    const uint8_t *data = NULL;
    size_t length = 0;
    lk_config_set_session_keeper(pair->side[LK_CLIENT].config, keep, &session);
    cr_assert_eq(lk_config_set_groups(pair->side[LK_SERVER].config, "P-384"), LK_OK);
    loopback_establish(pair);
    loopback_move(pair);
    cr_assert_eq(lk_connection_peek(pair->side[LK_CLIENT].connection, &data, &length), LK_ERROR_WANT_READ);
    cr_assert_gt(session.length, 0);
    reconnect(pair);
    pair->alter = lose_session;
    pair->alter_context = &hellos;
    loopback_connect(pair, "localhost");
    cr_assert_eq(lk_connection_resume(pair->side[LK_CLIENT].connection, session.bytes, session.length), LK_OK);
    assert_refused(pair, LK_SERVER, LK_ERROR_ILLEGAL_PARAMETER, "illegal_parameter ");
}

Test(order, a_ticket_with_an_extension_twice_is_an_illegal_parameter)
{
    static const uint8_t ticket[] = {4, 0, 0, 24,                            /* new_session_ticket */
                                     0, 0, 1, 0,    1, 2, 3, 4,              /* lifetime, age_add */
                                     1, 0, 0, 1,    9,                       /* nonce, ticket */
                                     0, 9, 0, 0x99, 0, 0, 0, 0x99, 0, 1, 7}; /* extensions */
    loopback *pair = pair_of("EC", LK_VERSION_TLS1_3);
    const uint8_t *data = NULL;
    size_t length = 0, taken = 0;
    loopback_establish(pair);
    cr_assert_eq(lk_record_layer_write(pair->side[LK_SERVER].connection->layer, LK_CONTENT_HANDSHAKE, ticket,
                                       sizeof ticket, &taken),
                 LK_OK);
    loopback_move(pair);
    cr_assert_eq(lk_connection_peek(pair->side[LK_CLIENT].connection, &data, &length), LK_ERROR_ILLEGAL_PARAMETER);
    loopback_free(pair);
}

Test(order, a_client_without_extensions_gets_a_hello_without_them)
{
    enum { HELLO = 2 + 32 + 1 + 2 + 1, SESSION_ID_AT = HEADER + 4 + 2 + 32 };
    uint8_t hello[HEADER + 4 + HELLO + 3] = {HANDSHAKE, 3, 1, 0, 4 + HELLO + 3, 1, 0, 0, HELLO + 3, 3, 1};
    static const uint8_t end[] = {0,    0, 2, 0xc0,
                                  0x09, 1, 0}; /* no session id, ECDHE-ECDSA-AES128-SHA, no compression */
    size_t length = 0;
    loopback *pair = loopback_new("EC");
    lk_config *config = pair->side[LK_SERVER].config;
    memcpy(hello + sizeof hello - sizeof end, end, sizeof end);
    cr_assert_eq(lk_config_set_versions(config, 0x0301, 0x0301), LK_OK);
    cr_assert_eq(lk_config_set_suites(config, "ECDHE-ECDSA-AES128-SHA"), LK_OK);
    loopback_connect(pair, "localhost");
    memcpy(lk_connection_input(pair->side[LK_SERVER].connection, &length), hello, sizeof hello);
    lk_connection_received(pair->side[LK_SERVER].connection, sizeof hello);
    cr_assert_eq(lk_connection_handshake(pair->side[LK_SERVER].connection), LK_ERROR_WANT_WRITE, "%s",
                 lk_connection_diagnosis(pair->side[LK_SERVER].connection));
    const uint8_t *output = lk_connection_output(pair->side[LK_SERVER].connection, &length);
    cr_assert_gt(length, SESSION_ID_AT);
    cr_assert_eq(output[HEADER + 3], HELLO + output[SESSION_ID_AT], "there is something behind the compression");
    loopback_free(pair);
}
