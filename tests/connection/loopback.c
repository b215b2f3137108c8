/* SPDX-License-Identifier: Apache-2.0 */
#include "connection/loopback.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS_MAX = 100000 };

static void log_key(void *context, const char *line)
{
    loopback_side *side = context;
    size_t used = strlen(side->key_log);
    snprintf(side->key_log + used, sizeof side->key_log - used, "%s\n", line);
}

static void observe(void *context, const lk_event *event)
{
    loopback_side *side = context;
    size_t used = strlen(side->alerts);
    if (event->kind == LK_EVENT_ALERT && event->sent)
        snprintf(side->alerts + used, sizeof side->alerts - used, "%s ", event->name);
}

loopback *loopback_new(const char *key)
{
    loopback *pair = calloc(1, sizeof *pair);
    cr_assert_not_null(pair);
    pair->certificates = certificates_new();
    certificate_files files = certificates_issue(pair->certificates, "server", &(certificate_request){.key = key});
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        pair->side[role].config = lk_config_new();
        cr_assert_not_null(pair->side[role].config);
        lk_config_set_key_log(pair->side[role].config, log_key, &pair->side[role]);
        lk_config_set_observer(pair->side[role].config, observe, &pair->side[role]);
    }
    cr_assert_eq(lk_config_trust_file(pair->side[LK_CLIENT].config, pair->certificates->root), LK_OK);
    cr_assert_eq(lk_config_use_certificate_files(pair->side[LK_SERVER].config, files.chain, files.key), LK_OK);
    return pair;
}

void loopback_free(loopback *pair)
{
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        lk_connection_free(pair->side[role].connection);
        lk_config_free(pair->side[role].config);
    }
    certificates_free(pair->certificates);
    free(pair);
}

void loopback_again(loopback *pair)
{
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        loopback_side *side = &pair->side[role];
        lk_connection_free(side->connection);
        side->connection = NULL;
        side->result = LK_OK;
        side->records = 0;
        side->key_log[0] = side->alerts[0] = '\0';
    }
}

void loopback_connect(loopback *pair, const char *host)
{
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        loopback_side *side = &pair->side[role];
        if (!side->connection)
            cr_assert_eq(lk_connection_new(side->config, role, role == LK_CLIENT ? host : NULL, &side->connection),
                         LK_OK);
    }
}

/* Gives bytes to a connection a chunk at a time, as far as it has room; the handshake makes room. */
static void feed(loopback *pair, loopback_side *to, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        size_t room = 0;
        uint8_t *memory = lk_connection_input(to->connection, &room);
        size_t step = pair->chunk > 0 && pair->chunk < length ? pair->chunk : length;
        if (step > room)
            step = room;
        if (step == 0)
            return; /* it has stopped listening */
        memcpy(memory, bytes, step);
        lk_connection_received(to->connection, step);
        bytes += step;
        length -= step;
        if (!lk_connection_established(to->connection))
            to->result = lk_connection_handshake(to->connection);
    }
}

/* Carries whole records from one side to the other, by way of who alters them. */
static bool carry(loopback *pair, lk_role sender)
{
    uint8_t record[LOOPBACK_RECORD_MAX];
    loopback_side *from = &pair->side[sender];
    loopback_side *to = &pair->side[sender == LK_CLIENT ? LK_SERVER : LK_CLIENT];
    size_t waiting = 0;
    bool moved = false;
    const uint8_t *bytes = lk_connection_output(from->connection, &waiting);
    while (waiting > 0) {
        size_t length = 5 + ((size_t)bytes[3] << 8 | bytes[4]);
        cr_assert_leq(length, waiting, "the output ends within a record");
        size_t room = 0;
        (void)lk_connection_input(to->connection, &room);
        if (room < length && to->result == LK_OK && lk_connection_established(to->connection))
            return moved; /* plaintext must be read first */
        memcpy(record, bytes, length);
        lk_connection_sent(from->connection, length);
        if (pair->alter)
            pair->alter(pair->alter_context, sender, from->records, record, &length);
        from->records++;
        feed(pair, to, record, length);
        moved = true;
        bytes = lk_connection_output(from->connection, &waiting);
    }
    return moved;
}

void loopback_progress(loopback *pair)
{
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        if (lk_connection_wants_engine(pair->side[role].connection))
            (void)lk_connection_progress(pair->side[role].connection, 0);
}

bool loopback_move(loopback *pair)
{
    loopback_progress(pair);
    bool there = carry(pair, LK_CLIENT);
    bool back = carry(pair, LK_SERVER);
    return there || back;
}

static bool wants_engine(const loopback *pair)
{
    return lk_connection_wants_engine(pair->side[LK_CLIENT].connection) ||
           lk_connection_wants_engine(pair->side[LK_SERVER].connection);
}

void loopback_handshake(loopback *pair)
{
    bool waiting = true;
    loopback_connect(pair, "localhost");
    for (int round = 0; waiting; round++) {
        cr_assert_lt(round, ROUNDS_MAX, "the handshake stands still");
        waiting = false;
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
            pair->side[role].result = lk_connection_handshake(pair->side[role].connection);
            waiting |= pair->side[role].result == LK_ERROR_WANT_ENGINE;
        }
        waiting |= loopback_move(pair) || wants_engine(pair);
    }
}

bool loopback_established(const loopback *pair)
{
    return pair->side[LK_CLIENT].result == LK_OK && pair->side[LK_SERVER].result == LK_OK &&
           lk_connection_established(pair->side[LK_CLIENT].connection) &&
           lk_connection_established(pair->side[LK_SERVER].connection);
}

void loopback_establish(loopback *pair)
{
    loopback_handshake(pair);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        cr_assert_eq(pair->side[role].result, LK_OK, "%s: %s", role == LK_CLIENT ? "client" : "server",
                     lk_connection_diagnosis(pair->side[role].connection));
    cr_assert(loopback_established(pair));
}

static bool is_want(lk_error error)
{
    return error == LK_ERROR_WANT_READ || error == LK_ERROR_WANT_WRITE || error == LK_ERROR_WANT_ENGINE;
}

static size_t receive(lk_connection *connection, const uint8_t *expected, size_t left)
{
    size_t total = 0;
    for (;;) {
        const uint8_t *got = NULL;
        size_t length = 0;
        lk_error error = lk_connection_peek(connection, &got, &length);
        if (is_want(error))
            return total;
        cr_assert_eq(error, LK_OK, "%s", lk_connection_diagnosis(connection));
        cr_assert_leq(length, left - total, "more arrived than was sent");
        cr_assert_arr_eq(got, expected + total, length, "other bytes arrived than were sent");
        lk_connection_consume(connection, length);
        total += length;
    }
}

void loopback_transfer(loopback *pair, lk_role sender, const uint8_t *data, size_t length)
{
    lk_connection *from = pair->side[sender].connection;
    lk_connection *to = pair->side[sender == LK_CLIENT ? LK_SERVER : LK_CLIENT].connection;
    size_t sent = 0, received = 0;
    while (received < length) {
        size_t taken = 0;
        lk_error error = lk_connection_write(from, data + sent, length - sent, &taken);
        cr_assert(error == LK_OK || is_want(error), "%s", lk_connection_diagnosis(from));
        sent += taken;
        bool moved = loopback_move(pair);
        size_t got = receive(to, data + received, length - received);
        received += got;
        cr_assert(taken > 0 || moved || got > 0 || wants_engine(pair), "the transfer stands still");
    }
}
