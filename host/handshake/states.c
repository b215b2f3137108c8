/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handshake as a table. From the top, the first row of the present role, version and state whose condition holds is
 * the one that counts; where this side receives, it is the row of the message that came. No row: the message may not
 * come now. README.md draws it.
 */
#include "handshake/exchange.h"
#include "handshake/keys.h"
#include "handshake/messages.h"
#include "handshake/post_handshake.h"
#include "handshake/renegotiation.h"
#include "handshake/resume.h"

static bool retry_needed(const lk_handshake *handshake)
{
    return !handshake->retried && !(handshake->offer.shares & lk_group_bit(handshake->group));
}

/* RFC 8446 appendix D.4: change_cipher_spec goes once, and only to a client that asked by a session id. */
static bool compatible(const lk_handshake *handshake)
{
    return !handshake->compatibility_sent && handshake->session_id_length > 0;
}

/* Server: it wants to know who the client is. */
static bool client_wanted(const lk_handshake *handshake)
{
    return handshake->client_policy != LK_CLIENT_UNKNOWN && lk_exchange_certified(handshake->suite);
}

static bool certified(const lk_handshake *handshake)
{
    return lk_exchange_certified(handshake->suite);
}

static bool not_certified(const lk_handshake *handshake)
{
    return !lk_exchange_certified(handshake->suite);
}

/* The client has all that the exchange needs by the certificate, or beforehand. */
static bool not_announced(const lk_handshake *handshake)
{
    return !lk_exchange_of(handshake)->announced;
}

/* A CertificateRequest comes at once where no ServerKeyExchange does. */
static bool request_skips_exchange(const lk_handshake *handshake)
{
    return not_announced(handshake) && certified(handshake);
}

/* The server may say more than it has to: RFC 4279 section 2. */
static bool hint_possible(const lk_handshake *handshake)
{
    return lk_exchange_of(handshake)->parse_server;
}

static bool certificate_asked(const lk_handshake *handshake)
{
    return handshake->certificate_asked;
}

/* Client of SSL 3.0: asked for what it has not. */
static bool certificate_lacking(const lk_handshake *handshake)
{
    return handshake->certificate_asked && !handshake->client_scheme;
}

static bool certificate_not_asked(const lk_handshake *handshake)
{
    return !handshake->certificate_asked;
}

/* Client: the certificate that it gave must be proven. */
static bool proof_owed(const lk_handshake *handshake)
{
    return handshake->client_scheme;
}

/* Server: the client gave no certificate. */
static bool client_unknown(const lk_handshake *handshake)
{
    return handshake->peer_chain.count == 0;
}

static bool resumed(const lk_handshake *handshake)
{
    return handshake->resumed;
}

/* TLS 1.2: the ServerHello said that there would be a ticket, or not. */
static bool ticket_promised(const lk_handshake *handshake)
{
    return handshake->ticket_promised;
}

static bool ticket_not_promised(const lk_handshake *handshake)
{
    return !handshake->ticket_promised;
}

static bool update_wanted(const lk_handshake *handshake)
{
    return handshake->update_wanted;
}

/* Client: the version may turn out to be one that has a HelloRequest. */
static bool perhaps_classic(const lk_handshake *handshake)
{
    return handshake->version == 0 && handshake->lowest_version < LK_TLS1_3;
}

/* TLS 1.2: the ServerHello said that there might be an OCSP response. */
static bool status_promised(const lk_handshake *handshake)
{
    return handshake->status_promised;
}

static bool renegotiation_wanted(const lk_handshake *handshake)
{
    return handshake->renegotiation_wanted;
}

#define SEND(role, version, from, message, compose, when, then, next)                                                  \
    {                                                                                                                  \
        LK_##role, version, LK_STATE_##from, LK_SENDS, LK_##message, LK_STATE_##next, compose, NULL, when, then        \
    }
#define RECEIVE_WHEN(role, version, from, message, parse, when, then, next)                                            \
    {                                                                                                                  \
        LK_##role, version, LK_STATE_##from, LK_RECEIVES, LK_##message, LK_STATE_##next, NULL, parse, when, then       \
    }
#define RECEIVE(role, version, from, message, parse, then, next)                                                       \
    RECEIVE_WHEN(role, version, from, message, parse, NULL, then, next)
#define PASS_WHEN(role, version, from, when, then, next)                                                               \
    {                                                                                                                  \
        LK_##role, version, LK_STATE_##from, LK_PASSES, LK_HELLO_REQUEST, LK_STATE_##next, NULL, NULL, when, then      \
    }
#define PASS(role, version, from, then, next) PASS_WHEN(role, version, from, NULL, then, next)

/* clang-format off */
static const lk_row rows[] = {
    /* Client, until the version is known. */
    SEND(CLIENT, 0, START, CLIENT_HELLO, lk_client_hello_compose, NULL, NULL, SERVER_HELLO),
    RECEIVE_WHEN(CLIENT, 0, SERVER_HELLO, HELLO_REQUEST, lk_hello_request_parse, perhaps_classic, NULL, SERVER_HELLO),
    RECEIVE(CLIENT, 0, SERVER_HELLO, HELLO_RETRY_REQUEST, lk_hello_retry_request_parse, NULL, RETRY),
    RECEIVE(CLIENT, 0, SERVER_HELLO, SERVER_HELLO, lk_server_hello_parse, NULL, NEGOTIATED),
    SEND(CLIENT, LK_TLS1_3, RETRY, CHANGE_CIPHER_SPEC, NULL, compatible, NULL, RETRY),
    SEND(CLIENT, LK_TLS1_3, RETRY, CLIENT_HELLO, lk_client_hello_compose, NULL, NULL, SERVER_HELLO),

    /* Client, TLS 1.3. */
    PASS(CLIENT, LK_TLS1_3, NEGOTIATED, lk_keys_handshake_client, CLIENT_CHANGE_CIPHER_SPEC),
    SEND(CLIENT, LK_TLS1_3, CLIENT_CHANGE_CIPHER_SPEC, CHANGE_CIPHER_SPEC, NULL, compatible, NULL, CLIENT_CHANGE_CIPHER_SPEC),
    PASS(CLIENT, LK_TLS1_3, CLIENT_CHANGE_CIPHER_SPEC, lk_keys_handshake_write, EXTENSIONS),
    RECEIVE(CLIENT, LK_TLS1_3, EXTENSIONS, ENCRYPTED_EXTENSIONS, lk_encrypted_extensions_parse, NULL, CERTIFICATE),
    PASS_WHEN(CLIENT, LK_TLS1_3, CERTIFICATE, resumed, NULL, SERVER_FINISHED),
    RECEIVE(CLIENT, LK_TLS1_3, CERTIFICATE, CERTIFICATE_REQUEST, lk_certificate_request_parse, NULL, CERTIFICATE_ASKED),
    RECEIVE(CLIENT, LK_TLS1_3, CERTIFICATE, CERTIFICATE, lk_certificate_parse, NULL, CERTIFICATE_VERIFY),
    RECEIVE(CLIENT, LK_TLS1_3, CERTIFICATE_ASKED, CERTIFICATE, lk_certificate_parse, NULL, CERTIFICATE_VERIFY),
    RECEIVE(CLIENT, LK_TLS1_3, CERTIFICATE_VERIFY, CERTIFICATE_VERIFY, lk_certificate_verify_parse, NULL, SERVER_FINISHED),
    RECEIVE(CLIENT, LK_TLS1_3, SERVER_FINISHED, FINISHED, lk_finished_parse, lk_keys_application_client, CLIENT_CERTIFICATE),
    SEND(CLIENT, LK_TLS1_3, CLIENT_CERTIFICATE, CERTIFICATE, lk_certificate_compose, certificate_asked, NULL, CLIENT_CERTIFICATE_VERIFY),
    PASS(CLIENT, LK_TLS1_3, CLIENT_CERTIFICATE, NULL, CLIENT_FINISHED),
    SEND(CLIENT, LK_TLS1_3, CLIENT_CERTIFICATE_VERIFY, CERTIFICATE_VERIFY, lk_certificate_verify_compose, proof_owed, NULL, CLIENT_FINISHED),
    PASS(CLIENT, LK_TLS1_3, CLIENT_CERTIFICATE_VERIFY, NULL, CLIENT_FINISHED),
    SEND(CLIENT, LK_TLS1_3, CLIENT_FINISHED, FINISHED, lk_finished_compose, NULL, lk_resume_finished_client, ESTABLISHED),
    RECEIVE(CLIENT, LK_TLS1_3, ESTABLISHED, NEW_SESSION_TICKET, lk_new_session_ticket_parse, NULL, ESTABLISHED),
    RECEIVE(CLIENT, LK_TLS1_3, ESTABLISHED, KEY_UPDATE, lk_key_update_parse, lk_keys_update_read, ESTABLISHED),
    SEND(CLIENT, LK_TLS1_3, ESTABLISHED, KEY_UPDATE, lk_key_update_compose, update_wanted, lk_keys_update_write, ESTABLISHED),
    RECEIVE_WHEN(CLIENT, LK_TLS1_3, ESTABLISHED, CERTIFICATE_REQUEST, lk_certificate_request_parse, lk_post_handshake_possible, NULL, LATER_CERTIFICATE),
    SEND(CLIENT, LK_TLS1_3, LATER_CERTIFICATE, CERTIFICATE, lk_certificate_compose, NULL, NULL, LATER_CERTIFICATE_VERIFY),
    SEND(CLIENT, LK_TLS1_3, LATER_CERTIFICATE_VERIFY, CERTIFICATE_VERIFY, lk_certificate_verify_compose, proof_owed, NULL, LATER_FINISHED),
    PASS(CLIENT, LK_TLS1_3, LATER_CERTIFICATE_VERIFY, NULL, LATER_FINISHED),
    SEND(CLIENT, LK_TLS1_3, LATER_FINISHED, FINISHED, lk_finished_compose, NULL, NULL, ESTABLISHED),

    /* Client, TLS 1.2. */
    PASS_WHEN(CLIENT, LK_TLS1_2, NEGOTIATED, resumed, lk_keys_session, TICKET),
    PASS(CLIENT, LK_TLS1_2, NEGOTIATED, NULL, CERTIFICATE),
    PASS_WHEN(CLIENT, LK_TLS1_2, CERTIFICATE, not_certified, lk_renegotiation_check_peer, SERVER_KEY_EXCHANGE),
    RECEIVE(CLIENT, LK_TLS1_2, CERTIFICATE, CERTIFICATE, lk_certificate_parse, NULL, SERVER_KEY_EXCHANGE),
    RECEIVE_WHEN(CLIENT, LK_TLS1_2, SERVER_KEY_EXCHANGE, CERTIFICATE_STATUS, lk_certificate_status_parse, status_promised, NULL, SERVER_KEY_EXCHANGE),
    RECEIVE_WHEN(CLIENT, LK_TLS1_2, SERVER_KEY_EXCHANGE, SERVER_KEY_EXCHANGE, lk_server_key_exchange_parse, hint_possible, NULL, SERVER_HELLO_DONE),
    RECEIVE_WHEN(CLIENT, LK_TLS1_2, SERVER_KEY_EXCHANGE, CERTIFICATE_REQUEST, lk_certificate_request_parse, request_skips_exchange, NULL, SERVER_HELLO_DONE_ASKED),
    RECEIVE_WHEN(CLIENT, LK_TLS1_2, SERVER_KEY_EXCHANGE, SERVER_HELLO_DONE, lk_server_hello_done_parse, not_announced, NULL, CLIENT_CERTIFICATE),
    RECEIVE_WHEN(CLIENT, LK_TLS1_2, SERVER_HELLO_DONE, CERTIFICATE_REQUEST, lk_certificate_request_parse, certified, NULL, SERVER_HELLO_DONE_ASKED),
    RECEIVE(CLIENT, LK_TLS1_2, SERVER_HELLO_DONE, SERVER_HELLO_DONE, lk_server_hello_done_parse, NULL, CLIENT_CERTIFICATE),
    RECEIVE(CLIENT, LK_TLS1_2, SERVER_HELLO_DONE_ASKED, SERVER_HELLO_DONE, lk_server_hello_done_parse, NULL, CLIENT_CERTIFICATE),
    SEND(CLIENT, LK_SSL3, CLIENT_CERTIFICATE, NO_CERTIFICATE, NULL, certificate_lacking, NULL, CLIENT_KEY_EXCHANGE),
    SEND(CLIENT, LK_TLS1_2, CLIENT_CERTIFICATE, CERTIFICATE, lk_certificate_compose, certificate_asked, NULL, CLIENT_KEY_EXCHANGE),
    PASS(CLIENT, LK_TLS1_2, CLIENT_CERTIFICATE, NULL, CLIENT_KEY_EXCHANGE),
    SEND(CLIENT, LK_TLS1_2, CLIENT_KEY_EXCHANGE, CLIENT_KEY_EXCHANGE, lk_client_key_exchange_compose, NULL, lk_keys_master, CLIENT_CERTIFICATE_VERIFY),
    SEND(CLIENT, LK_TLS1_2, CLIENT_CERTIFICATE_VERIFY, CERTIFICATE_VERIFY, lk_certificate_verify_compose, proof_owed, NULL, CLIENT_CHANGE_CIPHER_SPEC),
    PASS(CLIENT, LK_TLS1_2, CLIENT_CERTIFICATE_VERIFY, NULL, CLIENT_CHANGE_CIPHER_SPEC),
    SEND(CLIENT, LK_TLS1_2, CLIENT_CHANGE_CIPHER_SPEC, CHANGE_CIPHER_SPEC, NULL, NULL, lk_keys_write, CLIENT_FINISHED),
    SEND(CLIENT, LK_TLS1_2, CLIENT_FINISHED, FINISHED, lk_finished_compose, resumed, lk_resume_keep_classic, ESTABLISHED),
    SEND(CLIENT, LK_TLS1_2, CLIENT_FINISHED, FINISHED, lk_finished_compose, NULL, NULL, TICKET),
    PASS_WHEN(CLIENT, LK_TLS1_2, TICKET, ticket_not_promised, NULL, SERVER_CHANGE_CIPHER_SPEC),
    RECEIVE(CLIENT, LK_TLS1_2, TICKET, NEW_SESSION_TICKET, lk_new_session_ticket_parse, NULL, SERVER_CHANGE_CIPHER_SPEC),
    RECEIVE(CLIENT, LK_TLS1_2, SERVER_CHANGE_CIPHER_SPEC, CHANGE_CIPHER_SPEC, NULL, lk_keys_read, SERVER_FINISHED),
    RECEIVE_WHEN(CLIENT, LK_TLS1_2, SERVER_FINISHED, FINISHED, lk_finished_parse, resumed, NULL, CLIENT_CHANGE_CIPHER_SPEC),
    RECEIVE(CLIENT, LK_TLS1_2, SERVER_FINISHED, FINISHED, lk_finished_parse, lk_resume_keep_classic, ESTABLISHED),
    RECEIVE(CLIENT, LK_TLS1_2, ANY, HELLO_REQUEST, lk_hello_request_parse, NULL, ANY),
    PASS_WHEN(CLIENT, LK_TLS1_2, ESTABLISHED, renegotiation_wanted, lk_renegotiation_begin, START),

    /* Server, until the version is known. */
    RECEIVE(SERVER, 0, START, CLIENT_HELLO, lk_client_hello_parse, NULL, SERVER_HELLO),

    /* Server, TLS 1.3. */
    SEND(SERVER, LK_TLS1_3, SERVER_HELLO, HELLO_RETRY_REQUEST, lk_hello_retry_request_compose, retry_needed, NULL, RETRY),
    SEND(SERVER, LK_TLS1_3, RETRY, CHANGE_CIPHER_SPEC, NULL, compatible, NULL, SECOND_CLIENT_HELLO),
    PASS(SERVER, LK_TLS1_3, RETRY, NULL, SECOND_CLIENT_HELLO),
    RECEIVE(SERVER, LK_TLS1_3, SECOND_CLIENT_HELLO, CLIENT_HELLO, lk_client_hello_parse, NULL, SERVER_HELLO),
    SEND(SERVER, LK_TLS1_3, SERVER_HELLO, SERVER_HELLO, lk_server_hello_compose, NULL, lk_keys_handshake_server, SERVER_CHANGE_CIPHER_SPEC),
    SEND(SERVER, LK_TLS1_3, SERVER_CHANGE_CIPHER_SPEC, CHANGE_CIPHER_SPEC, NULL, compatible, NULL, SERVER_CHANGE_CIPHER_SPEC),
    PASS(SERVER, LK_TLS1_3, SERVER_CHANGE_CIPHER_SPEC, lk_keys_handshake_write, EXTENSIONS),
    SEND(SERVER, LK_TLS1_3, EXTENSIONS, ENCRYPTED_EXTENSIONS, lk_encrypted_extensions_compose, NULL, NULL, CERTIFICATE_REQUEST),
    PASS_WHEN(SERVER, LK_TLS1_3, CERTIFICATE_REQUEST, resumed, NULL, SERVER_FINISHED),
    SEND(SERVER, LK_TLS1_3, CERTIFICATE_REQUEST, CERTIFICATE_REQUEST, lk_certificate_request_compose, client_wanted, NULL, CERTIFICATE),
    PASS(SERVER, LK_TLS1_3, CERTIFICATE_REQUEST, NULL, CERTIFICATE),
    SEND(SERVER, LK_TLS1_3, CERTIFICATE, CERTIFICATE, lk_certificate_compose, NULL, NULL, CERTIFICATE_VERIFY),
    SEND(SERVER, LK_TLS1_3, CERTIFICATE_VERIFY, CERTIFICATE_VERIFY, lk_certificate_verify_compose, NULL, NULL, SERVER_FINISHED),
    SEND(SERVER, LK_TLS1_3, SERVER_FINISHED, FINISHED, lk_finished_compose, NULL, lk_keys_application_server, CLIENT_CERTIFICATE),
    PASS_WHEN(SERVER, LK_TLS1_3, CLIENT_CERTIFICATE, certificate_not_asked, NULL, CLIENT_FINISHED),
    RECEIVE(SERVER, LK_TLS1_3, CLIENT_CERTIFICATE, CERTIFICATE, lk_certificate_parse, NULL, CLIENT_CERTIFICATE_VERIFY),
    PASS_WHEN(SERVER, LK_TLS1_3, CLIENT_CERTIFICATE_VERIFY, client_unknown, NULL, CLIENT_FINISHED),
    RECEIVE(SERVER, LK_TLS1_3, CLIENT_CERTIFICATE_VERIFY, CERTIFICATE_VERIFY, lk_certificate_verify_parse, NULL, CLIENT_FINISHED),
    RECEIVE(SERVER, LK_TLS1_3, CLIENT_FINISHED, FINISHED, lk_finished_parse, lk_resume_finished_server, TICKET),
    SEND(SERVER, LK_TLS1_3, TICKET, NEW_SESSION_TICKET, lk_new_session_ticket_compose, lk_resume_ticket_due, NULL, ESTABLISHED),
    PASS(SERVER, LK_TLS1_3, TICKET, NULL, ESTABLISHED),
    RECEIVE(SERVER, LK_TLS1_3, ESTABLISHED, KEY_UPDATE, lk_key_update_parse, lk_keys_update_read, ESTABLISHED),
    SEND(SERVER, LK_TLS1_3, ESTABLISHED, KEY_UPDATE, lk_key_update_compose, update_wanted, lk_keys_update_write, ESTABLISHED),
    SEND(SERVER, LK_TLS1_3, ESTABLISHED, CERTIFICATE_REQUEST, lk_certificate_request_compose, lk_post_handshake_wanted, NULL, ESTABLISHED),
    RECEIVE_WHEN(SERVER, LK_TLS1_3, ESTABLISHED, CERTIFICATE, lk_certificate_parse, lk_post_handshake_awaited, NULL, LATER_CERTIFICATE_VERIFY),
    PASS_WHEN(SERVER, LK_TLS1_3, LATER_CERTIFICATE_VERIFY, client_unknown, NULL, LATER_FINISHED),
    RECEIVE(SERVER, LK_TLS1_3, LATER_CERTIFICATE_VERIFY, CERTIFICATE_VERIFY, lk_certificate_verify_parse, NULL, LATER_FINISHED),
    RECEIVE(SERVER, LK_TLS1_3, LATER_FINISHED, FINISHED, lk_finished_parse, NULL, ESTABLISHED),

    /* Server, TLS 1.2. */
    SEND(SERVER, LK_TLS1_2, SERVER_HELLO, SERVER_HELLO, lk_server_hello_compose, NULL, NULL, CERTIFICATE),
    PASS_WHEN(SERVER, LK_TLS1_2, CERTIFICATE, resumed, lk_keys_session, SERVER_CHANGE_CIPHER_SPEC),
    PASS_WHEN(SERVER, LK_TLS1_2, CERTIFICATE, not_certified, lk_renegotiation_check_peer, SERVER_KEY_EXCHANGE),
    SEND(SERVER, LK_TLS1_2, CERTIFICATE, CERTIFICATE, lk_certificate_compose, NULL, NULL, CERTIFICATE_STATUS),
    SEND(SERVER, LK_TLS1_2, CERTIFICATE_STATUS, CERTIFICATE_STATUS, lk_certificate_status_compose, status_promised, NULL, SERVER_KEY_EXCHANGE),
    PASS(SERVER, LK_TLS1_2, CERTIFICATE_STATUS, NULL, SERVER_KEY_EXCHANGE),
    PASS_WHEN(SERVER, LK_TLS1_2, SERVER_KEY_EXCHANGE, not_announced, NULL, CERTIFICATE_REQUEST),
    SEND(SERVER, LK_TLS1_2, SERVER_KEY_EXCHANGE, SERVER_KEY_EXCHANGE, lk_server_key_exchange_compose, NULL, NULL, CERTIFICATE_REQUEST),
    SEND(SERVER, LK_TLS1_2, CERTIFICATE_REQUEST, CERTIFICATE_REQUEST, lk_certificate_request_compose, client_wanted, NULL, SERVER_HELLO_DONE),
    PASS(SERVER, LK_TLS1_2, CERTIFICATE_REQUEST, NULL, SERVER_HELLO_DONE),
    SEND(SERVER, LK_TLS1_2, SERVER_HELLO_DONE, SERVER_HELLO_DONE, lk_server_hello_done_compose, NULL, NULL, CLIENT_CERTIFICATE),
    RECEIVE_WHEN(SERVER, LK_SSL3, CLIENT_CERTIFICATE, NO_CERTIFICATE, NULL, certificate_asked, lk_certificate_none, CLIENT_KEY_EXCHANGE),
    PASS_WHEN(SERVER, LK_TLS1_2, CLIENT_CERTIFICATE, certificate_not_asked, NULL, CLIENT_KEY_EXCHANGE),
    RECEIVE(SERVER, LK_TLS1_2, CLIENT_CERTIFICATE, CERTIFICATE, lk_certificate_parse, NULL, CLIENT_KEY_EXCHANGE),
    RECEIVE(SERVER, LK_TLS1_2, CLIENT_KEY_EXCHANGE, CLIENT_KEY_EXCHANGE, lk_client_key_exchange_parse, lk_keys_master, CLIENT_CERTIFICATE_VERIFY),
    PASS_WHEN(SERVER, LK_TLS1_2, CLIENT_CERTIFICATE_VERIFY, client_unknown, NULL, CLIENT_CHANGE_CIPHER_SPEC),
    RECEIVE(SERVER, LK_TLS1_2, CLIENT_CERTIFICATE_VERIFY, CERTIFICATE_VERIFY, lk_certificate_verify_parse, NULL, CLIENT_CHANGE_CIPHER_SPEC),
    RECEIVE(SERVER, LK_TLS1_2, CLIENT_CHANGE_CIPHER_SPEC, CHANGE_CIPHER_SPEC, NULL, lk_keys_read, CLIENT_FINISHED),
    RECEIVE_WHEN(SERVER, LK_TLS1_2, CLIENT_FINISHED, FINISHED, lk_finished_parse, resumed, NULL, ESTABLISHED),
    RECEIVE(SERVER, LK_TLS1_2, CLIENT_FINISHED, FINISHED, lk_finished_parse, lk_session_id_keep, TICKET),
    SEND(SERVER, LK_TLS1_2, TICKET, NEW_SESSION_TICKET, lk_new_session_ticket_compose, ticket_promised, NULL, SERVER_CHANGE_CIPHER_SPEC),
    PASS(SERVER, LK_TLS1_2, TICKET, NULL, SERVER_CHANGE_CIPHER_SPEC),
    SEND(SERVER, LK_TLS1_2, SERVER_CHANGE_CIPHER_SPEC, CHANGE_CIPHER_SPEC, NULL, NULL, lk_keys_write, SERVER_FINISHED),
    SEND(SERVER, LK_TLS1_2, SERVER_FINISHED, FINISHED, lk_finished_compose, resumed, NULL, CLIENT_CHANGE_CIPHER_SPEC),
    SEND(SERVER, LK_TLS1_2, SERVER_FINISHED, FINISHED, lk_finished_compose, NULL, NULL, ESTABLISHED),
    SEND(SERVER, LK_TLS1_2, ESTABLISHED, HELLO_REQUEST, lk_hello_request_compose, renegotiation_wanted, lk_hello_request_sent, ESTABLISHED),
    RECEIVE_WHEN(SERVER, LK_TLS1_2, ESTABLISHED, CLIENT_HELLO, lk_client_hello_again, lk_renegotiation_possible, NULL, SERVER_HELLO),
    RECEIVE(SERVER, LK_TLS1_2, ESTABLISHED, CLIENT_HELLO, lk_client_hello_refuse, NULL, ESTABLISHED),
};
/* clang-format on */

const lk_row *lk_row_table(size_t *count)
{
    *count = sizeof rows / sizeof rows[0];
    return rows;
}
