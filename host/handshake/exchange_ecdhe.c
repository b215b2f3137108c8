/* SPDX-License-Identifier: Apache-2.0 */
/* ECDHE: RFC 8422 sections 5.4 and 5.7. */
#include "handshake/exchange.h"

enum { NAMED_CURVE = 3 };

static lk_error begin(lk_handshake *handshake)
{
    return lk_key_exchange_new(handshake->group, &handshake->key_pair);
}

static lk_error compose_point(const lk_handshake *handshake, lk_writer *body)
{
    lk_writer_vector point = lk_writer_begin(body, 1);
    uint8_t *room = lk_writer_reserve(body, handshake->group->public_length);
    lk_writer_end(body, point);
    return room ? lk_key_exchange_public(handshake->group, handshake->key_pair, room) : LK_ERROR_CRYPTO;
}

static lk_error take_point(lk_handshake *handshake, lk_reader *point)
{
    if (point->left != handshake->group->public_length)
        return LK_ERROR_BAD_KEY_SHARE;
    lk_reader_copy(point, handshake->peer_public, point->left);
    return LK_OK;
}

static lk_error compose_server(lk_handshake *handshake, lk_writer *body)
{
    lk_writer_u8(body, NAMED_CURVE);
    lk_writer_u16(body, handshake->group->number);
    lk_handshake_mean(handshake, "server's share of %s", handshake->group->title);
    return compose_point(handshake, body);
}

static const lk_group *offered_group(const lk_handshake *handshake, uint16_t number)
{
    const lk_handshake_settings *settings = handshake->settings;
    for (size_t i = 0; i < settings->group_count; i++)
        if (settings->groups[i]->number == number && settings->groups[i]->exchange == LK_EXCHANGE_ECDHE)
            return settings->groups[i];
    return NULL;
}

static lk_error parse_server(lk_handshake *handshake, lk_reader *body)
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
    lk_handshake_mean(handshake, "server's share of %s", handshake->group->title);
    return take_point(handshake, &point);
}

static lk_error compose_client(lk_handshake *handshake, lk_writer *body)
{
    EVP_PKEY_free(handshake->key_pair);
    handshake->key_pair = NULL;
    lk_error error = lk_key_exchange_new(handshake->group, &handshake->key_pair);
    lk_handshake_mean(handshake, "client's share of %s", handshake->group->title);
    return error ? error : compose_point(handshake, body);
}

static lk_error parse_client(lk_handshake *handshake, lk_reader *body)
{
    lk_reader point = lk_reader_vector8(body);
    lk_handshake_mean(handshake, "client's share of %s", handshake->group->title);
    return lk_reader_finished(body) ? take_point(handshake, &point) : LK_ERROR_DECODE;
}

static lk_error premaster(lk_handshake *handshake, uint8_t *out, size_t *length)
{
    const lk_group *group = handshake->group;
    *length = group->shared_length;
    return lk_key_exchange_derive(group, handshake->key_pair, handshake->peer_public, group->public_length, out);
}

const lk_exchange_row lk_exchange_ecdhe = {.exchange = LK_EXCHANGE_ECDHE,
                                           .announced = true,
                                           .begin = begin,
                                           .compose_server = compose_server,
                                           .parse_server = parse_server,
                                           .compose_client = compose_client,
                                           .parse_client = parse_client,
                                           .premaster = premaster};
