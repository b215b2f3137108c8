/* SPDX-License-Identifier: Apache-2.0 */
/* A tap hears every byte of the wire, both ways, once and in order. */
#include "connection/loopback.h"

#include <criterion/criterion.h>
#include <string.h>

enum { HEARD_MAX = 65536, WRITTEN = 20000 };

typedef struct heard {
    uint8_t bytes[2][HEARD_MAX]; /* by whether they were sent */
    size_t length[2];
} heard;

static void listen_in(void *context, const lk_connection *connection, bool sent, const uint8_t *bytes, size_t length)
{
    heard *to = context;
    cr_assert_not_null(connection);
    cr_assert_gt(length, 0);
    cr_assert_leq(to->length[sent] + length, HEARD_MAX);
    memcpy(to->bytes[sent] + to->length[sent], bytes, length);
    to->length[sent] += length;
}

static void run(uint16_t version, size_t chunk)
{
    static heard client, server;
    static uint8_t data[WRITTEN];
    client = server = (heard){0};
    loopback *pair = loopback_new("EC");
    pair->chunk = chunk;
    lk_config_set_versions(pair->side[LK_CLIENT].config, version, version);
    lk_config_set_wire_tap(pair->side[LK_CLIENT].config, listen_in, &client);
    lk_config_set_wire_tap(pair->side[LK_SERVER].config, listen_in, &server);
    loopback_establish(pair);
    loopback_transfer(pair, LK_CLIENT, data, sizeof data);
    loopback_transfer(pair, LK_SERVER, data, sizeof data);
    cr_assert_gt(client.length[true], WRITTEN);
    cr_assert_eq(client.length[true], server.length[false]);
    cr_assert_eq(client.length[false], server.length[true]);
    cr_assert_arr_eq(client.bytes[true], server.bytes[false], client.length[true]);
    cr_assert_arr_eq(client.bytes[false], server.bytes[true], client.length[false]);
    cr_assert_eq(client.bytes[true][0], 22, "a ClientHello comes first");
    loopback_free(pair);
}

Test(tap, hears_what_goes_and_what_comes)
{
    run(LK_VERSION_TLS1_2, 0);
    run(LK_VERSION_TLS1_3, 0);
}

Test(tap, hears_it_in_whatever_pieces_it_comes)
{
    run(LK_VERSION_TLS1_3, 13);
}
