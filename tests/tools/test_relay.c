/* SPDX-License-Identifier: Apache-2.0 */
/* The echo gives back every byte, also those that come while a renegotiation is under way. */
#include "connection/inside.h"
#include "connection/loopback.h"
#include "tools/relay.h"

#include <criterion/criterion.h>
#include <latchkey/socket.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TIMEOUT = 10000, PART = 5000, PARTS = 12, DATA = PART * PARTS };

typedef struct server {
    lk_options options;
    lk_setup setup;
    lk_session session;
    lk_error result;
} server;

static void *serve(void *context)
{
    server *side = context;
    side->result = lk_socket_handshake(side->session.connection, side->session.socket, TIMEOUT);
    if (!side->result)
        side->result = lk_relay_echo(&side->session);
    return NULL;
}

static uint8_t data[DATA];

typedef struct echoed {
    loopback *pair;
    server server;
    pthread_t thread;
    lk_connection *client;
    int sockets[2];
} echoed;

static echoed *begin(void)
{
    echoed *made = calloc(1, sizeof *made);
    cr_assert_not_null(made);
    made->pair = loopback_new("EC");
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        lk_config *config = made->pair->side[role].config;
        cr_assert_eq(lk_config_set_versions(config, LK_VERSION_TLS1_2, LK_VERSION_TLS1_2), LK_OK);
        cr_assert_eq(lk_config_set_renegotiation(config, LK_RENEGOTIATION_SAME_PEER), LK_OK);
    }
    loopback_connect(made->pair, "localhost");
    made->client = made->pair->side[LK_CLIENT].connection;
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, made->sockets), 0);
    made->server.options.timeout = TIMEOUT;
    made->server.setup.options = &made->server.options;
    made->server.session = (lk_session){.setup = &made->server.setup,
                                        .connection = made->pair->side[LK_SERVER].connection,
                                        .socket = made->sockets[LK_SERVER]};
    cr_assert_eq(pthread_create(&made->thread, NULL, serve, &made->server), 0);
    cr_assert_eq(lk_socket_handshake(made->client, made->sockets[LK_CLIENT], TIMEOUT), LK_OK);
    for (size_t i = 0; i < DATA; i++)
        data[i] = (uint8_t)(i * 13 + i / 257);
    return made;
}

static void read_back(echoed *made, size_t length)
{
    static uint8_t back[DATA];
    size_t total = 0, got = 0;
    while (total < length) {
        lk_error error =
            lk_socket_read(made->client, made->sockets[LK_CLIENT], back + total, length - total, &got, TIMEOUT);
        cr_assert_eq(error, LK_OK, "%s after %zu bytes; the server: %s", lk_error_name(error), total,
                     lk_error_name(made->server.result));
        total += got;
    }
    cr_assert_arr_eq(back, data, length);
}

static void finish(echoed *made)
{
    cr_assert_eq(lk_socket_close(made->client, made->sockets[LK_CLIENT], TIMEOUT), LK_OK);
    cr_assert_eq(pthread_join(made->thread, NULL), 0);
    cr_assert_eq(made->server.result, LK_OK, "%s: %s", lk_error_name(made->server.result),
                 lk_connection_diagnosis(made->server.session.connection));
    cr_assert_eq(made->server.session.received, made->server.session.sent);
    close(made->sockets[LK_CLIENT]);
    close(made->sockets[LK_SERVER]);
    loopback_free(made->pair);
    free(made);
}

Test(relay, an_echo_gives_back_what_came)
{
    echoed *made = begin();
    cr_assert_eq(lk_socket_write(made->client, made->sockets[LK_CLIENT], data, DATA, TIMEOUT), LK_OK);
    read_back(made, DATA);
    finish(made);
}

/* A client that goes on talking behind its ClientHello, as it may (RFC 5246 section 6.2.1: types may be interleaved),
 * and as ours does not: its record layer is given the data. */
Test(relay, an_echo_gives_back_what_came_within_a_renegotiation)
{
    echoed *made = begin();
    lk_error error = lk_connection_renegotiate(made->client);
    cr_assert(error == LK_ERROR_WANT_READ || error == LK_ERROR_WANT_WRITE, "%s", lk_error_name(error));
    for (size_t part = 0; part < PARTS; part++) {
        size_t taken = 0;
        error =
            lk_record_layer_write(made->client->layer, LK_CONTENT_APPLICATION_DATA, data + part * PART, PART, &taken);
        cr_assert_eq(error, LK_OK);
        cr_assert_eq(taken, PART);
    }
    cr_assert_eq(lk_socket_handshake(made->client, made->sockets[LK_CLIENT], TIMEOUT), LK_OK);
    read_back(made, DATA);
    cr_assert_not(lk_connection_renegotiating(made->client));
    finish(made);
}
