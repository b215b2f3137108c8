/* SPDX-License-Identifier: Apache-2.0 */
/* Messages may be cut into records and put together as a sender likes; what may not stand there at all is refused. */
#include "connection/loopback.h"

#include <criterion/criterion.h>
#include <string.h>

enum { HEADER = 5, HANDSHAKE = 22, CHANGE_CIPHER_SPEC = 20, SERVER_HELLO_DONE = 14, CLIENT_KEY_EXCHANGE = 16 };

/* Someone who frames anew what is not protected yet. */
typedef struct framer {
    bool keyed[2];                         /* change_cipher_spec of that sender has gone by */
    uint8_t held[2 * LOOPBACK_RECORD_MAX]; /* messages that wait to leave together */
    size_t held_length;
    size_t piece;  /* bytes of each record; 0: a flight in one */
    unsigned made; /* records that were framed anew */
} framer;

static void put_record(uint8_t *to, const uint8_t *bytes, size_t length)
{
    memcpy(to, (const uint8_t[]){HANDSHAKE, 3, 3, (uint8_t)(length >> 8), (uint8_t)length}, HEADER);
    memcpy(to + HEADER, bytes, length);
}

static void cut(framer *state, uint8_t *record, size_t *length)
{
    uint8_t body[LOOPBACK_RECORD_MAX];
    size_t left = *length - HEADER, at = 0;
    if (left * (HEADER + 1) > LOOPBACK_RECORD_MAX)
        return; /* too long for the buffer, in so many records */
    memcpy(body, record + HEADER, left);
    *length = 0;
    for (; left > 0; state->made++) {
        size_t piece = left < state->piece ? left : state->piece;
        put_record(record + *length, body + at, piece);
        *length += HEADER + piece;
        at += piece;
        left -= piece;
    }
}

static void join(framer *state, uint8_t *record, size_t *length)
{
    bool last = record[HEADER] == SERVER_HELLO_DONE;
    memcpy(state->held + state->held_length, record + HEADER, *length - HEADER);
    state->held_length += *length - HEADER;
    *length = 0;
    if (!last)
        return;
    cr_assert_leq(state->held_length + HEADER, LOOPBACK_RECORD_MAX);
    put_record(record, state->held, state->held_length);
    *length = HEADER + state->held_length;
    state->made++;
}

static void frame(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    framer *state = context;
    (void)number;
    state->keyed[sender] |= record[0] == CHANGE_CIPHER_SPEC;
    if (state->keyed[sender] || record[0] != HANDSHAKE)
        return;
    if (state->piece > 0)
        cut(state, record, length);
    else if (sender == LK_SERVER)
        join(state, record, length);
}

static loopback *classic_pair(loopback_alter *alter, void *context)
{
    loopback *pair = loopback_new("EC");
    lk_config_set_versions(pair->side[LK_CLIENT].config, LK_VERSION_TLS1_2, LK_VERSION_TLS1_2);
    pair->alter = alter;
    pair->alter_context = context;
    return pair;
}

static void talk(loopback *pair)
{
    loopback_transfer(pair, LK_CLIENT, (const uint8_t *)"hello", 5);
    loopback_transfer(pair, LK_SERVER, (const uint8_t *)"world", 5);
}

Test(framing, messages_that_are_cut_into_records_are_put_together)
{
    for (size_t piece = 1; piece < 80; piece += 13) {
        framer state = {.piece = piece};
        loopback *pair = classic_pair(frame, &state);
        loopback_establish(pair);
        cr_assert_gt(state.made, 10);
        talk(pair);
        loopback_free(pair);
    }
}

Test(framing, a_flight_in_one_record_is_taken_apart)
{
    framer state = {0};
    loopback *pair = classic_pair(frame, &state);
    loopback_establish(pair);
    cr_assert_eq(state.made, 1);
    talk(pair);
    loopback_free(pair);
}

/* Puts something in front of a record, or behind it. */
typedef struct intruder {
    lk_role sender;
    uint8_t before; /* the HandshakeType of the message whose record is meant */
    bool behind;
    uint8_t bytes[16];
    size_t length;
} intruder;

static void intrude(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length)
{
    const intruder *wanted = context;
    (void)number;
    if (sender != wanted->sender || record[0] != HANDSHAKE || record[HEADER] != wanted->before)
        return;
    if (!wanted->behind)
        memmove(record + wanted->length, record, *length);
    memcpy(wanted->behind ? record + *length : record, wanted->bytes, wanted->length);
    *length += wanted->length;
}

static void refused(intruder wanted, lk_error expected)
{
    loopback *pair = classic_pair(intrude, &wanted);
    lk_role judge = wanted.sender == LK_CLIENT ? LK_SERVER : LK_CLIENT;
    loopback_handshake(pair);
    cr_assert_eq(pair->side[judge].result, expected, "%s", lk_error_name(pair->side[judge].result));
    cr_assert_not(loopback_established(pair));
    loopback_free(pair);
}

/* Keys would change before they are agreed on: the weak ones of CVE-2014-0224. */
Test(framing, a_change_cipher_spec_that_comes_early_is_refused)
{
    static const uint8_t messages[] = {2, 11, 12};
    for (size_t i = 0; i < sizeof messages; i++)
        refused((intruder){LK_SERVER, messages[i], true, {CHANGE_CIPHER_SPEC, 3, 3, 0, 1, 1}, 6},
                LK_ERROR_UNEXPECTED_MESSAGE);
    refused((intruder){LK_CLIENT, CLIENT_KEY_EXCHANGE, false, {CHANGE_CIPHER_SPEC, 3, 3, 0, 1, 1}, 6},
            LK_ERROR_UNEXPECTED_MESSAGE);
}

Test(framing, a_change_cipher_spec_of_another_form_is_refused)
{
    refused((intruder){LK_CLIENT, CLIENT_KEY_EXCHANGE, true, {CHANGE_CIPHER_SPEC, 3, 3, 0, 1, 2}, 6},
            LK_ERROR_UNEXPECTED_MESSAGE);
    refused((intruder){LK_CLIENT, CLIENT_KEY_EXCHANGE, true, {CHANGE_CIPHER_SPEC, 3, 3, 0, 2, 1, 1}, 7},
            LK_ERROR_UNEXPECTED_MESSAGE);
}

/* A message that is begun under one key may not end under the next. */
Test(framing, a_message_does_not_span_a_change_of_keys)
{
    refused((intruder){LK_CLIENT, CLIENT_KEY_EXCHANGE, true, {HANDSHAKE, 3, 3, 0, 3, 20, 0, 0}, 8},
            LK_ERROR_UNEXPECTED_MESSAGE);
}

Test(framing, records_that_carry_nothing_are_refused_in_a_handshake)
{
    refused((intruder){LK_SERVER, 11, false, {HANDSHAKE, 3, 3, 0, 0}, 5}, LK_ERROR_UNEXPECTED_MESSAGE);
    refused((intruder){LK_CLIENT, CLIENT_KEY_EXCHANGE, false, {21, 3, 3, 0, 0}, 5}, LK_ERROR_UNEXPECTED_MESSAGE);
}

Test(framing, a_message_of_absurd_length_is_not_waited_for)
{
    refused((intruder){LK_SERVER, 11, false, {HANDSHAKE, 3, 3, 0, 4, 11, 0x10, 0, 0}, 9}, LK_ERROR_ILLEGAL_PARAMETER);
}

Test(framing, records_of_another_version_than_the_hellos_agree_on_are_refused)
{
    refused((intruder){LK_SERVER, 11, false, {HANDSHAKE, 3, 1, 0, 4, 0, 0, 0, 0}, 9}, LK_ERROR_RECORD_HEADER);
}

Test(framing, application_data_may_not_come_within_a_handshake)
{
    refused((intruder){LK_SERVER, 11, false, {23, 3, 3, 0, 1, 'x'}, 6}, LK_ERROR_UNEXPECTED_MESSAGE);
    refused((intruder){LK_CLIENT, CLIENT_KEY_EXCHANGE, false, {23, 3, 3, 0, 1, 'x'}, 6}, LK_ERROR_UNEXPECTED_MESSAGE);
}
