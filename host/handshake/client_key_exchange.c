/* SPDX-License-Identifier: Apache-2.0 */
/* ClientKeyExchange of an ECDHE suite in TLS 1.2: RFC 8422 section 5.7. */
#include "handshake/messages.h"

static void mean(lk_handshake *handshake)
{
    lk_handshake_mean(handshake, "client's share of %s", handshake->group->title);
}

lk_error lk_client_key_exchange_compose(lk_handshake *handshake, lk_writer *body)
{
    EVP_PKEY_free(handshake->key_pair);
    handshake->key_pair = NULL;
    lk_error error = lk_key_exchange_new(handshake->group, &handshake->key_pair);
    if (error)
        return error;
    lk_writer_vector point = lk_writer_begin(body, 1);
    uint8_t *room = lk_writer_reserve(body, handshake->group->public_length);
    lk_writer_end(body, point);
    mean(handshake);
    return room ? lk_key_exchange_public(handshake->group, handshake->key_pair, room) : LK_ERROR_CRYPTO;
}

lk_error lk_client_key_exchange_parse(lk_handshake *handshake, lk_reader *body)
{
    lk_reader point = lk_reader_vector8(body);
    mean(handshake);
    if (!lk_reader_finished(body))
        return LK_ERROR_DECODE;
    if (point.left != handshake->group->public_length)
        return LK_ERROR_BAD_KEY_SHARE;
    lk_reader_copy(&point, handshake->peer_public, point.left);
    return LK_OK;
}
