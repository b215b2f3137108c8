/* SPDX-License-Identifier: Apache-2.0 */
/* ServerKeyExchange of an ECDHE suite up to TLS 1.2: RFC 8422 section 5.4. */
#include "handshake/digitally_signed.h"
#include "handshake/messages.h"

#include <string.h>

enum { NAMED_CURVE = 3, PARAMETERS_MAX = 4 + LK_PUBLIC_MAX, SIGNED_MAX = 2 * LK_RANDOM_LENGTH + PARAMETERS_MAX };

static void mean(lk_handshake *handshake)
{
    lk_handshake_mean(handshake, "server's share of %s, signed with %s", handshake->group->title,
                      handshake->scheme->title);
}

/* What is signed: "ClientHello.random", "ServerHello.random", ServerECDHParams. */
static size_t signed_content(const lk_handshake *handshake, const uint8_t *parameters, size_t length, uint8_t *out)
{
    lk_writer writer = lk_writer_into(out, SIGNED_MAX);
    lk_writer_bytes(&writer, handshake->client_random, LK_RANDOM_LENGTH);
    lk_writer_bytes(&writer, handshake->server_random, LK_RANDOM_LENGTH);
    lk_writer_bytes(&writer, parameters, length);
    return writer.length;
}

static lk_error compose_parameters(lk_handshake *handshake, lk_writer *writer)
{
    lk_writer_u8(writer, NAMED_CURVE);
    lk_writer_u16(writer, handshake->group->number);
    lk_writer_vector point = lk_writer_begin(writer, 1);
    uint8_t *room = lk_writer_reserve(writer, handshake->group->public_length);
    lk_writer_end(writer, point);
    return room ? lk_key_exchange_public(handshake->group, handshake->key_pair, room) : LK_ERROR_CRYPTO;
}

lk_error lk_server_key_exchange_compose(lk_handshake *handshake, lk_writer *body)
{
    uint8_t parameters[PARAMETERS_MAX];
    uint8_t content[SIGNED_MAX];
    lk_writer writer = lk_writer_into(parameters, sizeof parameters);
    lk_error error = compose_parameters(handshake, &writer);
    if (error)
        return error;
    lk_writer_bytes(body, parameters, writer.length);
    size_t content_length = signed_content(handshake, parameters, writer.length, content);
    mean(handshake);
    return lk_signed_compose(handshake, handshake->scheme, content, content_length, body);
}

static const lk_group *offered_group(const lk_handshake *handshake, uint16_t number)
{
    for (size_t i = 0; i < handshake->settings->group_count; i++)
        if (handshake->settings->groups[i]->number == number)
            return handshake->settings->groups[i];
    return NULL;
}

static lk_error take_parameters(lk_handshake *handshake, lk_reader *body)
{
    uint8_t type = lk_reader_u8(body);
    uint16_t number = lk_reader_u16(body);
    lk_reader point = lk_reader_vector8(body);
    if (body->failed)
        return LK_ERROR_DECODE;
    handshake->group = offered_group(handshake, number);
    if (type != NAMED_CURVE || !handshake->group)
        return lk_handshake_fail(handshake, LK_ERROR_ILLEGAL_PARAMETER,
                                 "the server picks a group that was not offered");
    if (point.left != handshake->group->public_length)
        return LK_ERROR_BAD_KEY_SHARE;
    lk_reader_copy(&point, handshake->peer_public, point.left);
    return LK_OK;
}

lk_error lk_server_key_exchange_parse(lk_handshake *handshake, lk_reader *body)
{
    uint8_t content[SIGNED_MAX];
    EVP_PKEY *key = lk_certificate_chain_key(&handshake->peer_chain);
    const uint8_t *parameters = body->next;
    size_t before = body->left;
    lk_error error = take_parameters(handshake, body);
    if (error)
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
    mean(handshake);
    size_t length = signed_content(handshake, parameters, parameters_length, content);
    return lk_signature_verify(handshake->scheme, key, content, length, signature.next, signature.left);
}
