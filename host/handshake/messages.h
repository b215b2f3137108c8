/* SPDX-License-Identifier: Apache-2.0 */
/* The messages: for each, the function that composes its body and the one that parses it, in a file of its own. */
#ifndef LK_HANDSHAKE_MESSAGES_H
#define LK_HANDSHAKE_MESSAGES_H

#include "handshake/machine.h"

lk_message_compose lk_client_hello_compose, lk_server_hello_compose, lk_hello_retry_request_compose,
    lk_encrypted_extensions_compose, lk_certificate_request_compose, lk_certificate_compose,
    lk_certificate_verify_compose, lk_finished_compose, lk_server_key_exchange_compose, lk_client_key_exchange_compose,
    lk_server_hello_done_compose, lk_new_session_ticket_compose, lk_key_update_compose, lk_hello_request_compose,
    lk_certificate_status_compose;

lk_message_parse lk_client_hello_parse, lk_client_hello_again, lk_client_hello_refuse, lk_server_hello_parse,
    lk_hello_retry_request_parse, lk_encrypted_extensions_parse, lk_certificate_request_parse, lk_certificate_parse,
    lk_certificate_verify_parse, lk_finished_parse, lk_server_key_exchange_parse, lk_client_key_exchange_parse,
    lk_server_hello_done_parse, lk_new_session_ticket_parse, lk_key_update_parse, lk_certificate_status_parse,
    lk_hello_request_parse;

/** The HelloRequest has gone. */
lk_error lk_hello_request_sent(lk_handshake *handshake);

/** What follows when a client of SSL 3.0 says that it has no certificate. @return CERTIFICATE_MISSING. */
lk_error lk_certificate_none(lk_handshake *handshake);

/** True for the random that makes a ServerHello a HelloRetryRequest. The reader stands over the body. */
bool lk_hello_retry_request_is(lk_reader body);

#endif
