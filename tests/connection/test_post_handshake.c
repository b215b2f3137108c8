/* SPDX-License-Identifier: Apache-2.0 */
/* A client says who it is after the handshake, when the server asks: RFC 8446 section 4.6.2. */
#include "connection/config.h"
#include "connection/inside.h"
#include "connection/loopback.h"
#include "handshake/keys.h"
#include "handshake/signature.h"

#include <criterion/criterion.h>
#include <string.h>

static lk_config *config_of(loopback *pair, lk_role role)
{
    return pair->side[role].config;
}

static lk_connection *connection_of(loopback *pair, lk_role role)
{
    return pair->side[role].connection;
}

static lk_handshake *handshake_of(loopback *pair, lk_role role)
{
    return pair->side[role].connection->handshake;
}

static void identify(loopback *pair, certificates *authority, const char *name)
{
    certificate_request request = {.key = "EC", .purpose = "clientAuth"};
    certificate_files files = certificates_issue(authority, name, &request);
    cr_assert_eq(lk_config_use_certificate_files(config_of(pair, LK_CLIENT), files.chain, files.key), LK_OK);
}

/* Two sides that are ready for it, the client with a certificate. */
static loopback *ready_pair(void)
{
    loopback *pair = loopback_new("EC");
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        lk_config_set_post_handshake_authentication(config_of(pair, role), true);
    cr_assert_eq(lk_config_trust_file(config_of(pair, LK_SERVER), pair->certificates->root), LK_OK);
    identify(pair, pair->certificates, "client");
    return pair;
}

static size_t certificates_seen(loopback *pair)
{
    size_t count = 0, length = 0;
    while (lk_connection_peer_certificate(connection_of(pair, LK_SERVER), count, &length))
        count++;
    return count;
}

static void both_ways(loopback *pair)
{
    loopback_transfer(pair, LK_CLIENT, (const uint8_t *)"hello", 5);
    loopback_transfer(pair, LK_SERVER, (const uint8_t *)"world", 5);
}

static lk_error read_of(loopback *pair, lk_role role)
{
    const uint8_t *data = NULL;
    size_t length = 0;
    return lk_connection_peek(connection_of(pair, role), &data, &length);
}

static void ask(loopback *pair, lk_client_policy policy)
{
    cr_assert_eq(lk_connection_authenticate_client(connection_of(pair, LK_SERVER), policy), LK_OK);
    cr_assert(lk_connection_authenticating(connection_of(pair, LK_SERVER)));
}

/* The request goes there and the answer back. */
static lk_error answer(loopback *pair)
{
    loopback_move(pair);
    cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_WANT_READ, "%s",
                 lk_connection_diagnosis(connection_of(pair, LK_CLIENT)));
    loopback_move(pair);
    return lk_connection_handshake(connection_of(pair, LK_SERVER));
}

Test(post_handshake, a_client_shows_its_certificate_when_it_is_asked)
{
    for (size_t chunk = 0; chunk <= 1; chunk++) {
        loopback *pair = ready_pair();
        pair->chunk = chunk;
        loopback_establish(pair);
        both_ways(pair);
        cr_assert_eq(certificates_seen(pair), 0);
        ask(pair, LK_CLIENT_REQUIRED);
        both_ways(pair);
        cr_assert_eq(answer(pair), LK_OK, "%s", lk_connection_diagnosis(connection_of(pair, LK_SERVER)));
        cr_assert_not(lk_connection_authenticating(connection_of(pair, LK_SERVER)));
        cr_assert_eq(certificates_seen(pair), 1);
        both_ways(pair);
        loopback_free(pair);
    }
}

Test(post_handshake, it_may_be_asked_again_and_keys_may_change_in_between)
{
    loopback *pair = ready_pair();
    loopback_establish(pair);
    for (int i = 0; i < 4; i++) {
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
            cr_assert_eq(lk_handshake_update_key(handshake_of(pair, role)), LK_OK);
        ask(pair, LK_CLIENT_REQUIRED);
        if (i % 2)
            cr_assert_eq(lk_handshake_update_key(handshake_of(pair, LK_CLIENT)), LK_OK, "the request is on its way");
        cr_assert_eq(answer(pair), LK_OK, "%s", lk_connection_diagnosis(connection_of(pair, LK_SERVER)));
        cr_assert_eq(certificates_seen(pair), 1);
        both_ways(pair);
    }
    loopback_free(pair);
}

Test(post_handshake, a_request_waits_as_long_as_the_client_likes_and_data_goes_on)
{
    loopback *pair = ready_pair();
    loopback_establish(pair);
    ask(pair, LK_CLIENT_OPTIONAL);
    cr_assert_eq(lk_connection_authenticate_client(connection_of(pair, LK_SERVER), LK_CLIENT_OPTIONAL),
                 LK_ERROR_WRONG_STATE, "one at a time");
    cr_assert_eq(lk_connection_handshake(connection_of(pair, LK_SERVER)), LK_ERROR_WANT_WRITE);
    for (int i = 0; i < 40; i++) /* of the client, which does not look at what comes */
        loopback_transfer(pair, LK_CLIENT, (const uint8_t *)"data", 4);
    cr_assert_eq(answer(pair), LK_OK);
    cr_assert_eq(certificates_seen(pair), 1);
    loopback_free(pair);
}

Test(post_handshake, a_client_without_a_certificate_says_so)
{
    for (int required = 0; required <= 1; required++) {
        loopback *pair = ready_pair();
        EVP_PKEY_free(config_of(pair, LK_CLIENT)->settings.key);
        config_of(pair, LK_CLIENT)->settings.key = NULL;
        loopback_establish(pair);
        ask(pair, required ? LK_CLIENT_REQUIRED : LK_CLIENT_OPTIONAL);
        cr_assert_eq(answer(pair), required ? LK_ERROR_CERTIFICATE_MISSING : LK_OK);
        cr_assert_str_eq(pair->side[LK_SERVER].alerts, required ? "certificate_required " : "");
        cr_assert_eq(certificates_seen(pair), 0);
        if (!required)
            both_ways(pair);
        loopback_free(pair);
    }
}

Test(post_handshake, who_was_known_and_shows_nothing_more_stays_who_it_was)
{
    loopback *pair = ready_pair();
    cr_assert_eq(lk_config_ask_client_certificate(config_of(pair, LK_SERVER), LK_CLIENT_REQUIRED), LK_OK);
    loopback_establish(pair);
    cr_assert_eq(certificates_seen(pair), 1);
    EVP_PKEY_free(config_of(pair, LK_CLIENT)->settings.key);
    config_of(pair, LK_CLIENT)->settings.key = NULL;
    ask(pair, LK_CLIENT_OPTIONAL);
    cr_assert_eq(answer(pair), LK_OK);
    cr_assert_eq(certificates_seen(pair), 1);
    loopback_free(pair);
}

Test(post_handshake, who_it_is_counts_once_it_is_proven)
{
    loopback *pair = ready_pair();
    cr_assert_eq(lk_config_ask_client_certificate(config_of(pair, LK_SERVER), LK_CLIENT_REQUIRED), LK_OK);
    loopback_establish(pair);
    size_t length = 0;
    const uint8_t *first = lk_connection_peer_certificate(connection_of(pair, LK_SERVER), 0, &length);
    uint8_t before[2048];
    cr_assert_lt(length, sizeof before);
    memcpy(before, first, length);
    identify(pair, pair->certificates, "another");
    ask(pair, LK_CLIENT_REQUIRED);
    cr_assert_eq(answer(pair), LK_OK);
    size_t other_length = 0;
    const uint8_t *other = lk_connection_peer_certificate(connection_of(pair, LK_SERVER), 0, &other_length);
    cr_assert(other && (other_length != length || memcmp(other, before, length) != 0), "the new one");
    cr_assert_eq(certificates_seen(pair), 1);
    loopback_free(pair);
}

/* Another authority with the name of the one that is trusted. */
Test(post_handshake, an_impostor_is_refused)
{
    loopback *pair = ready_pair();
    certificates *impostor = certificates_new();
    identify(pair, impostor, "client");
    loopback_establish(pair);
    ask(pair, LK_CLIENT_OPTIONAL);
    cr_assert_eq(answer(pair), LK_ERROR_CERTIFICATE_UNTRUSTED);
    cr_assert_str_eq(pair->side[LK_SERVER].alerts, "unknown_ca ");
    certificates_free(impostor);
    loopback_free(pair);
}

Test(post_handshake, a_proof_by_another_key_is_refused)
{
    loopback *pair = ready_pair();
    loopback_establish(pair);
    EVP_PKEY_free(config_of(pair, LK_CLIENT)->settings.key);
    config_of(pair, LK_CLIENT)->settings.key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    ask(pair, LK_CLIENT_OPTIONAL);
    cr_assert_eq(answer(pair), LK_ERROR_BAD_SIGNATURE);
    cr_assert_str_eq(pair->side[LK_SERVER].alerts, "decrypt_error ");
    loopback_free(pair);
}

/* Section 4.4.4: the Finished is made with the client's traffic secret, and over all that was said. */
Test(post_handshake, a_finished_of_another_key_or_transcript_is_refused)
{
    for (int fault = 0; fault < 2; fault++) {
        loopback *pair = ready_pair();
        loopback_establish(pair);
        lk_post_handshake *later = &handshake_of(pair, LK_SERVER)->later;
        if (fault == 0)
            later->finished_key[0] ^= 1;
        else
            cr_assert_eq(lk_transcript_add(&later->concluded, (const uint8_t *)"x", 1), LK_OK);
        ask(pair, LK_CLIENT_OPTIONAL);
        cr_assert_eq(answer(pair), fault == 0 ? LK_ERROR_BAD_FINISHED : LK_ERROR_BAD_SIGNATURE);
        cr_assert_str_eq(pair->side[LK_SERVER].alerts, "decrypt_error ");
        loopback_free(pair);
    }
}

Test(post_handshake, an_answer_to_another_request_is_refused)
{
    loopback *pair = ready_pair();
    loopback_establish(pair);
    ask(pair, LK_CLIENT_OPTIONAL);
    handshake_of(pair, LK_SERVER)->later.context[3] ^= 1;
    cr_assert_eq(answer(pair), LK_ERROR_ILLEGAL_PARAMETER);
    cr_assert_str_eq(pair->side[LK_SERVER].alerts, "illegal_parameter ");
    loopback_free(pair);
}

/* "A client that receives a CertificateRequest message without having sent the "post_handshake_auth" extension MUST
 * send an "unexpected_message" fatal alert." */
Test(post_handshake, a_client_that_has_not_offered_it_is_not_asked_and_does_not_answer)
{
    loopback *pair = ready_pair();
    lk_config_set_post_handshake_authentication(config_of(pair, LK_CLIENT), false);
    loopback_establish(pair);
    lk_connection *server = connection_of(pair, LK_SERVER);
    cr_assert_eq(lk_connection_authenticate_client(server, LK_CLIENT_OPTIONAL), LK_ERROR_WRONG_STATE);
    static const uint8_t request[] = {13, 0, 0, 12, 1, 'x', 0, 8, 0, 13, 0, 4, 0, 2, 4, 3};
    size_t taken = 0;
    cr_assert_eq(lk_record_layer_write(server->layer, LK_CONTENT_HANDSHAKE, request, sizeof request, &taken), LK_OK);
    loopback_move(pair);
    cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_UNEXPECTED_MESSAGE);
    cr_assert_str_eq(pair->side[LK_CLIENT].alerts, "unexpected_message ");
    loopback_free(pair);
}

Test(post_handshake, a_server_that_is_not_ready_for_it_cannot_ask)
{
    loopback *pair = ready_pair();
    lk_config_set_post_handshake_authentication(config_of(pair, LK_SERVER), false);
    loopback_connect(pair, "localhost");
    lk_connection *server = connection_of(pair, LK_SERVER);
    cr_expect_eq(lk_connection_authenticate_client(server, LK_CLIENT_OPTIONAL), LK_ERROR_WRONG_STATE, "too early");
    loopback_establish(pair);
    cr_expect_eq(lk_connection_authenticate_client(server, LK_CLIENT_OPTIONAL), LK_ERROR_WRONG_STATE);
    cr_expect_eq(lk_connection_authenticate_client(server, LK_CLIENT_UNKNOWN), LK_ERROR_INVALID_ARGUMENT);
    cr_expect_eq(lk_connection_authenticate_client(connection_of(pair, LK_CLIENT), LK_CLIENT_OPTIONAL),
                 LK_ERROR_WRONG_STATE, "a client");
    both_ways(pair);
    loopback_free(pair);
}

Test(post_handshake, tls_1_2_has_none)
{
    loopback *pair = ready_pair();
    cr_assert_eq(lk_config_set_versions(config_of(pair, LK_SERVER), LK_VERSION_TLS1_2, LK_VERSION_TLS1_2), LK_OK);
    loopback_establish(pair);
    cr_assert_eq(lk_connection_authenticate_client(connection_of(pair, LK_SERVER), LK_CLIENT_OPTIONAL),
                 LK_ERROR_WRONG_STATE);
    both_ways(pair);
    loopback_free(pair);
}

Test(post_handshake, a_client_that_is_asked_without_end_gives_up)
{
    loopback *pair = ready_pair();
    loopback_establish(pair);
    lk_error error = LK_OK;
    int rounds = 0;
    for (; !error && rounds < 100; rounds++) {
        ask(pair, LK_CLIENT_OPTIONAL);
        loopback_move(pair);
        error = read_of(pair, LK_CLIENT);
        error = error == LK_ERROR_WANT_READ ? LK_OK : error;
        loopback_move(pair);
        (void)read_of(pair, LK_SERVER);
    }
    cr_assert_eq(error, LK_ERROR_TOO_MANY_EMPTY);
    cr_assert_gt(rounds, 10);
    loopback_free(pair);
}

/* A key that is elsewhere signs here too, and nothing is read before it has. */

static uint8_t to_sign[512];
static size_t to_sign_length;

static lk_error sign_later(void *context, lk_connection *connection, const lk_signature_request *request,
                           uint8_t *signature, size_t *length)
{
    (void)context, (void)connection, (void)signature, (void)length;
    cr_assert_leq(request->length, sizeof to_sign);
    memcpy(to_sign, request->data, request->length);
    to_sign_length = request->length;
    return LK_ERROR_WANT_KEY;
}

Test(post_handshake, a_signature_may_come_later)
{
    loopback *pair = ready_pair();
    lk_config *config = config_of(pair, LK_CLIENT);
    certificate_request request = {.key = "EC", .purpose = "clientAuth"};
    certificate_files files = certificates_issue(pair->certificates, "held", &request);
    cr_assert_eq(lk_config_use_certificate_files(config, files.chain, files.key), LK_OK);
    EVP_PKEY *key = config->settings.key;
    cr_assert(EVP_PKEY_up_ref(key));
    cr_assert_eq(lk_config_use_signer(config, files.chain, sign_later, NULL), LK_OK);
    loopback_establish(pair);
    lk_connection *client = connection_of(pair, LK_CLIENT), *server = connection_of(pair, LK_SERVER);
    ask(pair, LK_CLIENT_REQUIRED);
    cr_assert_eq(lk_handshake_update_key(handshake_of(pair, LK_SERVER)), LK_OK);
    size_t taken = 0;
    cr_assert_eq(lk_connection_write(server, "behind", 6, &taken), LK_OK);
    loopback_move(pair);
    cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_WANT_KEY);
    cr_assert_eq(lk_connection_handshake(client), LK_ERROR_WANT_KEY);
    cr_assert_eq(lk_connection_write(client, "x", 1, &taken), LK_ERROR_WANT_KEY);
    uint8_t signature[LK_SIGNATURE_BYTES_MAX];
    size_t length = sizeof signature;
    cr_assert_eq(lk_signature_sign(lk_signature_find(0x0403), key, to_sign, to_sign_length, signature, &length), LK_OK);
    cr_assert_eq(lk_connection_give_signature(client, signature, length), LK_OK);
    cr_assert_eq(read_of(pair, LK_CLIENT), LK_OK, "what waited behind the request");
    lk_connection_consume(client, 6);
    loopback_move(pair);
    cr_assert_eq(lk_connection_handshake(server), LK_OK, "%s", lk_connection_diagnosis(server));
    cr_assert_eq(certificates_seen(pair), 1);
    both_ways(pair);
    EVP_PKEY_free(key);
    loopback_free(pair);
}
