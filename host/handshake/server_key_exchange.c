/* SPDX-License-Identifier: Apache-2.0 */
/* ServerKeyExchange of an ECDHE suite in TLS 1.2: RFC 8422 section 5.4. */
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
    uint8_t signature[LK_SIGNATURE_MAX];
    size_t length = sizeof signature;
    lk_writer writer = lk_writer_into(parameters, sizeof parameters);
    lk_error error = compose_parameters(handshake, &writer);
    if (!error) {
        size_t content_length = signed_content(handshake, parameters, writer.length, content);
        error =
            lk_signature_sign(handshake->scheme, handshake->settings->key, content, content_length, signature, &length);
    }
    if (error)
        return error;
    lk_writer_bytes(body, parameters, writer.length);
    lk_writer_u16(body, handshake->scheme->number);
    lk_writer_vector vector = lk_writer_begin(body, 2);
    lk_writer_bytes(body, signature, length);
    lk_writer_end(body, vector);
    mean(handshake);
    return LK_OK;
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

static lk_error take_scheme(lk_handshake *handshake, uint16_t number, const EVP_PKEY *key)
{
    handshake->scheme = lk_signature_find(number);
    /* RFC 5246 section 7.4.3: the algorithm "MUST be a pair listed in that extension" and "compatible with the key in
     * the server's end-entity certificate"; the suite says which kind of key that is. */
    if (!handshake->scheme || !lk_signature_fits(handshake->scheme, handshake->version, key) ||
        lk_signature_authentication(key) != handshake->suite->authentication)
        return LK_ERROR_ILLEGAL_PARAMETER;
    /* RFC 8422 section 5.3: "the public key in the server's certificate MUST respect the client's choice of elliptic
     * curves". */
    if (!lk_group_offered(handshake->settings->groups, handshake->settings->group_count, key))
        return lk_handshake_fail(handshake, LK_ERROR_ILLEGAL_PARAMETER,
                                 "the server's certificate is on a curve that was not offered");
    /* RFC 5246 section 7.4.2: where the server signs, "the digitalSignature bit MUST be set if the key usage extension
     * is present". */
    return lk_certificate_chain_signs(&handshake->peer_chain) ? LK_OK : LK_ERROR_CERTIFICATE_UNSUITABLE;
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
    uint16_t number = lk_reader_u16(body);
    lk_reader signature = lk_reader_vector16(body);
    if (!lk_reader_finished(body))
        return LK_ERROR_DECODE;
    error = take_scheme(handshake, number, key);
    if (error)
        return error;
    mean(handshake);
    size_t length = signed_content(handshake, parameters, parameters_length, content);
    return lk_signature_verify(handshake->scheme, key, content, length, signature.next, signature.left);
}
