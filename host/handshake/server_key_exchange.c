/* SPDX-License-Identifier: Apache-2.0 */
/* ServerKeyExchange, up to TLS 1.2: RFC 5246 section 7.4.3, RFC 8422 section 5.4. What it holds is in exchange_*.c. */
#include "handshake/digitally_signed.h"
#include "handshake/exchange.h"
#include "handshake/messages.h"

#include <string.h>

enum { SIGNED_MAX = 2 * LK_RANDOM_LENGTH + LK_EXCHANGE_MESSAGE_MAX };

/* Adds to what the parameters mean. */
static void mean_signature(lk_handshake *handshake)
{
    size_t used = strlen(handshake->meaning);
    lk_writer writer = lk_writer_into((uint8_t *)handshake->meaning + used, sizeof handshake->meaning - used - 1);
    lk_writer_bytes(&writer, ", signed with ", strlen(", signed with "));
    lk_writer_bytes(&writer, handshake->scheme->title, strlen(handshake->scheme->title));
    handshake->meaning[used + writer.length] = '\0';
}

/* What is signed: "ClientHello.random", "ServerHello.random", the parameters. */
static size_t signed_content(const lk_handshake *handshake, const uint8_t *parameters, size_t length, uint8_t *out)
{
    lk_writer writer = lk_writer_into(out, SIGNED_MAX);
    lk_writer_bytes(&writer, handshake->client_random, LK_RANDOM_LENGTH);
    lk_writer_bytes(&writer, handshake->server_random, LK_RANDOM_LENGTH);
    lk_writer_bytes(&writer, parameters, length);
    return writer.failed ? 0 : writer.length;
}

lk_error lk_server_key_exchange_compose(lk_handshake *handshake, lk_writer *body)
{
    uint8_t content[SIGNED_MAX];
    uint8_t *parameters = lk_writer_reserve(body, 0);
    size_t before = body->length;
    lk_error error = lk_exchange_of(handshake)->compose_server(handshake, body);
    if (error || !lk_exchange_signed(handshake->suite))
        return error;
    size_t length = signed_content(handshake, parameters, body->length - before, content);
    mean_signature(handshake);
    return lk_signed_compose(handshake, handshake->scheme, content, length, body);
}

lk_error lk_server_key_exchange_parse(lk_handshake *handshake, lk_reader *body)
{
    uint8_t content[SIGNED_MAX];
    EVP_PKEY *key = lk_certificate_chain_key(&handshake->peer_chain);
    const uint8_t *parameters = body->next;
    size_t before = body->left;
    lk_error error = lk_exchange_of(handshake)->parse_server(handshake, body);
    if (error || !lk_exchange_signed(handshake->suite))
        return error;
    size_t parameters_length = before - body->left;
    lk_reader signature;
    /* RFC 5246 section 7.4.3: the algorithm "MUST be a pair listed in that extension" and "compatible with the key in
     * the server's end-entity certificate"; the suite says which kind of key that is. */
    error = lk_signed_parse(handshake, key, body, &handshake->scheme, &signature);
    if (!error && lk_signature_authentication(key) != handshake->suite->authentication)
        error = LK_ERROR_ILLEGAL_PARAMETER;
    /* RFC 8422 section 5.3: "the public key in the server's certificate MUST respect the client's choice of elliptic
     * curves". */
    if (!error && !lk_group_offered(handshake->settings->groups, handshake->settings->group_count, key))
        error = lk_handshake_fail(handshake, LK_ERROR_ILLEGAL_PARAMETER,
                                  "the server's certificate is on a curve that was not offered");
    if (error)
        return error;
    mean_signature(handshake);
    size_t length = signed_content(handshake, parameters, parameters_length, content);
    return length > 0 ? lk_signature_verify(handshake->scheme, key, content, length, signature.next, signature.left)
                      : LK_ERROR_ILLEGAL_PARAMETER;
}
