/* SPDX-License-Identifier: Apache-2.0 */
/* A connection does what code written to OpenSSL's BIO expects of one. */
#include "connection/inside.h"
#include "connection/loopback.h"
#include "record/slow_engine.h"

#include <latchkey/bio.h>

#include <criterion/criterion.h>
#include <openssl/bio.h>
#include <string.h>

enum { LENGTH = 100000, ROUNDS_MAX = 100000 };

/* Both ends of a pair as BIOs, with so many bytes of room between them. */
typedef struct ends {
    loopback *pair;
    BIO_METHOD *method;
    BIO *bio[2], *wire[2]; /* by lk_role */
} ends;

static ends ends_over(loopback *pair, size_t room)
{
    ends both = {.pair = pair, .method = lk_bio_method_new()};
    cr_assert_not_null(both.method);
    loopback_connect(pair, "localhost");
    cr_assert_eq(BIO_new_bio_pair(&both.wire[LK_CLIENT], room, &both.wire[LK_SERVER], room), 1);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        both.bio[role] = lk_bio_new(both.method, pair->side[role].connection);
        cr_assert_not_null(both.bio[role]);
        BIO_push(both.bio[role], both.wire[role]);
    }
    return both;
}

static void ends_free(ends *both)
{
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        BIO_free_all(both->bio[role]);
    loopback_free(both->pair);
    BIO_meth_free(both->method);
}

/* A side that is done reads on, as applications do: a ticket may come, which must not stand in the other's way. */
static void listen_on(BIO *bio)
{
    char byte;
    cr_assert_eq(BIO_read(bio, &byte, 1), -1);
    cr_assert(BIO_should_retry(bio));
}

static void shake_hands(ends *both)
{
    long done[2] = {0, 0};
    for (int round = 0; done[LK_CLIENT] != 1 || done[LK_SERVER] != 1; round++) {
        cr_assert_lt(round, ROUNDS_MAX, "the handshake stands still");
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
            done[role] = BIO_do_handshake(both->bio[role]);
            cr_assert(done[role] == 1 || BIO_should_retry(both->bio[role]), "%s",
                      lk_error_name(lk_bio_error(both->bio[role])));
            if (done[role] == 1)
                listen_on(both->bio[role]);
        }
    }
}

static void transfer(ends *both, lk_role sender, const char *data, int length)
{
    BIO *from = both->bio[sender], *to = both->bio[sender == LK_CLIENT ? LK_SERVER : LK_CLIENT];
    static char got[LENGTH];
    int sent = 0, received = 0;
    for (int round = 0; received < length; round++) {
        cr_assert_lt(round, ROUNDS_MAX, "the transfer stands still");
        int taken = sent < length ? BIO_write(from, data + sent, length - sent) : (int)BIO_flush(from);
        cr_assert(taken > 0 || BIO_should_retry(from));
        if (sent < length && taken > 0)
            sent += taken;
        int read = BIO_read(to, got + received, (int)sizeof got - received);
        cr_assert(read > 0 || BIO_should_retry(to));
        received += read > 0 ? read : 0;
    }
    cr_assert_eq(received, length);
    cr_assert_arr_eq(got, data, (size_t)length);
}

static void both_ways(ends *both)
{
    static char text[LENGTH];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i * 7 + i / 256);
    transfer(both, LK_CLIENT, text, LENGTH);
    transfer(both, LK_SERVER, text, LENGTH);
}

Test(bio, bytes_go_both_ways_through_wires_of_any_width)
{
    static const size_t rooms[] = {1, 100, 20000, 200000};
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        ends both = ends_over(loopback_new("EC"), rooms[i]);
        shake_hands(&both);
        if (rooms[i] > 1) /* one byte at a time takes its time */
            both_ways(&both);
        ends_free(&both);
    }
}

Test(bio, reading_and_writing_shake_hands_by_themselves)
{
    ends both = ends_over(loopback_new("EC"), 20000);
    both_ways(&both);
    cr_assert(lk_connection_established(lk_bio_connection(both.bio[LK_CLIENT])));
    ends_free(&both);
}

Test(bio, an_engine_that_takes_its_time_is_waited_for)
{
    slow_settings *settings = NULL;
    lk_engine *engine = slow_engine_new(&settings);
    loopback *pair = loopback_new("EC");
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
        cr_assert_eq(lk_config_set_engine(pair->side[role].config, engine, LK_ENGINE_REQUIRE_DEVICE, NULL), LK_OK);
    ends both = ends_over(pair, 20000);
    shake_hands(&both);
    both_ways(&both);
    ends_free(&both);
    lk_engine_free(engine);
}

Test(bio, what_cannot_go_on_says_what_it_waits_for)
{
    char byte;
    ends both = ends_over(loopback_new("EC"), 20000);
    cr_assert_eq(BIO_read(both.bio[LK_SERVER], &byte, 1), -1);
    cr_assert(BIO_should_retry(both.bio[LK_SERVER]));
    cr_assert(BIO_should_read(both.bio[LK_SERVER]));
    cr_assert_eq(lk_bio_error(both.bio[LK_SERVER]), LK_ERROR_WANT_READ);
    cr_assert_not(BIO_eof(both.bio[LK_SERVER]));
    ends_free(&both);
    both = ends_over(loopback_new("EC"), 1);
    cr_assert_leq(BIO_do_handshake(both.bio[LK_CLIENT]), 0);
    cr_assert(BIO_should_write(both.bio[LK_CLIENT]));
    cr_assert_gt(BIO_wpending(both.bio[LK_CLIENT]), 0);
    ends_free(&both);
}

Test(bio, lines_come_by_a_buffer_in_front)
{
    char line[100];
    ends both = ends_over(loopback_new("EC"), 20000);
    shake_hands(&both);
    cr_assert_eq(BIO_puts(both.bio[LK_SERVER], "first\nsecond\n"), 13);
    cr_assert_eq(BIO_flush(both.bio[LK_SERVER]), 1);
    BIO *lines = BIO_push(BIO_new(BIO_f_buffer()), both.bio[LK_CLIENT]);
    cr_assert_eq(BIO_gets(lines, line, sizeof line), 6);
    cr_assert_str_eq(line, "first\n");
    cr_assert_eq(BIO_gets(lines, line, sizeof line), 7);
    cr_assert_str_eq(line, "second\n");
    BIO_pop(lines);
    BIO_free(lines);
    ends_free(&both);
}

Test(bio, pending_counts_what_was_opened_and_not_read)
{
    char byte;
    ends both = ends_over(loopback_new("EC"), 20000);
    shake_hands(&both);
    cr_assert_eq(BIO_write(both.bio[LK_SERVER], "four", 4), 4);
    cr_assert_eq(BIO_read(both.bio[LK_CLIENT], &byte, 1), 1);
    cr_assert_eq(BIO_pending(both.bio[LK_CLIENT]), 3);
    ends_free(&both);
}

Test(bio, a_close_notify_is_the_end)
{
    char byte;
    ends both = ends_over(loopback_new("EC"), 20000);
    shake_hands(&both);
    cr_assert_eq(lk_connection_close(lk_bio_connection(both.bio[LK_SERVER])), LK_OK);
    cr_assert_eq(BIO_flush(both.bio[LK_SERVER]), 1);
    cr_assert_eq(BIO_read(both.bio[LK_CLIENT], &byte, 1), 0);
    cr_assert_not(BIO_should_retry(both.bio[LK_CLIENT]));
    cr_assert_eq(BIO_eof(both.bio[LK_CLIENT]), 1);
    cr_assert_eq(lk_bio_error(both.bio[LK_CLIENT]), LK_ERROR_CLOSED);
    ends_free(&both);
}

Test(bio, an_end_without_one_is_none)
{
    char byte;
    ends both = ends_over(loopback_new("EC"), 20000);
    shake_hands(&both);
    cr_assert_eq(BIO_shutdown_wr(both.wire[LK_SERVER]), 1);
    cr_assert_eq(BIO_read(both.bio[LK_CLIENT], &byte, 1), -1);
    cr_assert_not(BIO_should_retry(both.bio[LK_CLIENT]));
    cr_assert_not(BIO_eof(both.bio[LK_CLIENT]));
    cr_assert_eq(lk_bio_error(both.bio[LK_CLIENT]), LK_ERROR_TRUNCATED);
    ends_free(&both);
}

Test(bio, a_failure_tells_its_name_and_sends_its_alert)
{
    long done = 0;
    loopback *pair = loopback_new("EC");
    cr_assert_eq(lk_config_set_versions(pair->side[LK_SERVER].config, LK_VERSION_TLS1_2, LK_VERSION_TLS1_2), LK_OK);
    cr_assert_eq(lk_config_set_versions(pair->side[LK_CLIENT].config, LK_VERSION_TLS1_3, LK_VERSION_TLS1_3), LK_OK);
    ends both = ends_over(pair, 20000);
    for (int round = 0; round < 4; round++)
        for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++)
            done = BIO_do_handshake(both.bio[role]);
    cr_assert_eq(done, -1);
    cr_assert_eq(lk_bio_error(both.bio[LK_SERVER]), LK_ERROR_PROTOCOL_VERSION);
    cr_assert_eq(lk_bio_error(both.bio[LK_CLIENT]), LK_ERROR_PEER_ALERT);
    ends_free(&both);
}

Test(bio, without_a_next_one_there_is_nothing)
{
    char byte = 0;
    loopback *pair = loopback_new("EC");
    BIO_METHOD *method = lk_bio_method_new();
    loopback_connect(pair, "localhost");
    BIO *bio = lk_bio_new(method, pair->side[LK_CLIENT].connection);
    cr_assert_eq(BIO_write(bio, "x", 1), -1);
    cr_assert_eq(BIO_read(bio, &byte, 1), -1);
    cr_assert_not(BIO_should_retry(bio));
    cr_assert_eq(lk_bio_error(bio), LK_ERROR_INPUT_OUTPUT);
    BIO_free(bio);
    BIO *bare = BIO_new(method);
    cr_assert_null(lk_bio_connection(bare));
    cr_assert_eq(BIO_pending(bare), 0);
    BIO_free(bare);
    loopback_free(pair);
    BIO_meth_free(method);
}

Test(bio, close_frees_the_connection_too)
{
    loopback *pair = loopback_new("EC");
    ends both = ends_over(pair, 20000);
    shake_hands(&both);
    cr_assert_eq(BIO_get_close(both.bio[LK_CLIENT]), BIO_NOCLOSE);
    cr_assert_eq(BIO_set_close(both.bio[LK_CLIENT], BIO_CLOSE), 1);
    pair->side[LK_CLIENT].connection = NULL; /* it is the BIO's now: a sanitizer would tell */
    ends_free(&both);
}
