/* SPDX-License-Identifier: Apache-2.0 */
/* TLS 1.3 keys change when asked for, when the peer asks, and by themselves at their limit; and no byte is lost over
 * it. */
#include "connection/inside.h"
#include "connection/loopback.h"
#include "handshake/keys.h"
#include "record/layer.h"

#include <criterion/criterion.h>
#include <string.h>

static loopback *established(void)
{
    loopback *pair = loopback_new("EC");
    loopback_establish(pair);
    return pair;
}

static void both_ways(loopback *pair)
{
    loopback_transfer(pair, LK_CLIENT, (const uint8_t *)"one way", 7);
    loopback_transfer(pair, LK_SERVER, (const uint8_t *)"and back", 8);
}

static lk_record_layer *layer_of(loopback *pair, lk_role role)
{
    return pair->side[role].connection->layer;
}

/* A KeyUpdate that this library would not send by itself. */
static void send_update(loopback *pair, lk_role role, const uint8_t *bytes, size_t length)
{
    size_t taken = 0;
    cr_assert_eq(lk_record_layer_write(layer_of(pair, role), LK_CONTENT_HANDSHAKE, bytes, length, &taken), LK_OK);
    cr_assert_eq(lk_keys_update_write(pair->side[role].connection->handshake), LK_OK);
    loopback_move(pair);
}

static lk_error read_of(loopback *pair, lk_role role)
{
    const uint8_t *data = NULL;
    size_t length = 0;
    return lk_connection_peek(pair->side[role].connection, &data, &length);
}

Test(key_update, each_side_may_change_its_key_again_and_again)
{
    loopback *pair = established();
    for (int i = 0; i < 5; i++)
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
            cr_assert_eq(lk_handshake_update_key(pair->side[role].connection->handshake), LK_OK);
            both_ways(pair);
        }
    cr_assert_eq(layer_of(pair, LK_CLIENT)->write.epoch, 2 + 5);
    cr_assert_eq(layer_of(pair, LK_SERVER)->read.epoch, 2 + 5);
    loopback_free(pair);
}

Test(key_update, a_request_is_answered_before_more_data)
{
    static const uint8_t request[] = {24, 0, 0, 1, 1};
    loopback *pair = established();
    send_update(pair, LK_SERVER, request, sizeof request);
    cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_WANT_READ);
    cr_assert_eq(layer_of(pair, LK_CLIENT)->read.epoch, 3);
    cr_assert_eq(layer_of(pair, LK_CLIENT)->write.epoch, 3, "it was not answered");
    both_ways(pair);
    cr_assert_eq(layer_of(pair, LK_SERVER)->read.epoch, 3);
    loopback_free(pair);
}

Test(key_update, requests_in_a_row_are_answered_once_and_after_data_again)
{
    static const uint8_t request[] = {24, 0, 0, 1, 1};
    loopback *pair = established();
    for (unsigned answers = 1; answers <= 2; answers++) {
        for (int i = 0; i < 5; i++) {
            send_update(pair, LK_SERVER, request, sizeof request);
            cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_WANT_READ);
        }
        cr_assert_eq(layer_of(pair, LK_CLIENT)->write.epoch, 2 + answers);
        both_ways(pair);
    }
    cr_assert_eq(layer_of(pair, LK_SERVER)->read.epoch, 2 + 2);
    loopback_free(pair);
}

Test(key_update, a_key_at_its_limit_is_changed_by_itself)
{
    enum { SOFT = 4, HARD = 12, TIMES = 40 };
    loopback *pair = loopback_new("EC");
    loopback_connect(pair, "localhost");
    lk_record_layer_set_key_limits(layer_of(pair, LK_CLIENT), SOFT, HARD);
    loopback_establish(pair);
    for (int i = 0; i < TIMES; i++) {
        both_ways(pair);
        cr_assert_leq(layer_of(pair, LK_CLIENT)->write.sequence, SOFT + 2);
    }
    cr_assert_geq(layer_of(pair, LK_CLIENT)->write.epoch, 2 + TIMES / (SOFT + 2));
    cr_assert_eq(layer_of(pair, LK_SERVER)->read.epoch, layer_of(pair, LK_CLIENT)->write.epoch);
    cr_assert_eq(layer_of(pair, LK_SERVER)->write.epoch, 2, "its keys have no such limit");
    loopback_free(pair);
}

Test(key_update, tls_1_2_at_its_limit_ends_with_a_named_error)
{
    size_t taken = 0;
    loopback *pair = loopback_new("EC");
    lk_config_set_versions(pair->side[LK_CLIENT].config, LK_VERSION_TLS1_2, LK_VERSION_TLS1_2);
    loopback_establish(pair);
    layer_of(pair, LK_CLIENT)->write.sequence = LK_RECORD_LIMIT_GCM;
    cr_assert_eq(lk_connection_write(pair->side[LK_CLIENT].connection, "x", 1, &taken), LK_ERROR_SEQUENCE_EXHAUSTED);
    cr_assert_eq(lk_handshake_update_key(pair->side[LK_SERVER].connection->handshake), LK_ERROR_WRONG_STATE);
    loopback_free(pair);
}

Test(key_update, another_value_is_an_illegal_parameter)
{
    static const uint8_t strange[] = {24, 0, 0, 1, 2};
    loopback *pair = established();
    send_update(pair, LK_SERVER, strange, sizeof strange);
    cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_ILLEGAL_PARAMETER);
    loopback_free(pair);
}

Test(key_update, more_in_the_record_that_changes_the_key_is_unexpected)
{
    static const uint8_t two[] = {24, 0, 0, 1, 0, 24, 0, 0, 1, 0};
    loopback *pair = established();
    send_update(pair, LK_SERVER, two, sizeof two);
    cr_assert_eq(read_of(pair, LK_CLIENT), LK_ERROR_UNEXPECTED_MESSAGE);
    loopback_free(pair);
}

Test(key_update, a_flood_of_them_is_stopped)
{
    static const uint8_t update[] = {24, 0, 0, 1, 0};
    loopback *pair = established();
    lk_error error = LK_ERROR_WANT_READ;
    int count = 0;
    for (; error == LK_ERROR_WANT_READ && count < 100; count++) {
        send_update(pair, LK_SERVER, update, sizeof update);
        error = read_of(pair, LK_CLIENT);
    }
    cr_assert_eq(error, LK_ERROR_TOO_MANY_EMPTY);
    cr_assert_gt(count, 30);
    loopback_free(pair);
}
