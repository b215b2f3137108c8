/* SPDX-License-Identifier: Apache-2.0 */
/* The record layer over an engine that takes its time: order, bounds, buffers and keys. */
#include "record/layer.h"
#include "slow_engine.h"
#include "support.h"
#include "wire.h"

#include <criterion/criterion.h>

#include <string.h>

static const lk_cipher *cipher;
static lk_engine *engine;
static slow_settings *settings;
static wire_end *client, *server;
static uint8_t data[300000];

static void set_up(void)
{
    cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM);
    engine = slow_engine_new(&settings);
    client = wire_end_new(engine);
    server = wire_end_new(engine);
    support_fill(data, sizeof data, 1);
    lk_record_layer_set_version(client->layer, LK_TLS1_3, 0x0303);
    lk_record_layer_set_version(server->layer, LK_TLS1_3, 0x0303);
    wire_key(client, server, LK_TLS1_3, cipher, 1);
}

static void tear_down(void)
{
    wire_end_free(client);
    wire_end_free(server);
    cr_expect_eq(settings->directions, 0, "a key was left behind");
    lk_engine_free(engine);
}

TestSuite(slow, .init = set_up, .fini = tear_down);

static lk_error write_data(size_t offset, size_t length, size_t *taken)
{
    return lk_record_layer_write(client->layer, LK_CONTENT_APPLICATION_DATA, data + offset, length, taken);
}

/* Lets the client's engine finish everything, and gives all of the wire to the server in one piece, unread. */
static void feed_server(void)
{
    while (lk_record_layer_sealing(client->layer))
        cr_assert_eq(lk_record_layer_progress(client->layer, 10), LK_OK);
    size_t length;
    const uint8_t *bytes = lk_record_layer_output(client->layer, &length);
    wire_feed(server, bytes, length);
    lk_record_layer_sent(client->layer, length);
}

Test(slow, a_long_stream_arrives_with_several_records_in_work_each_way)
{
    wire_send(client, server, LK_CONTENT_APPLICATION_DATA, data, sizeof data);
    cr_assert_eq(server->length, sizeof data);
    cr_expect_arr_eq(server->content, data, sizeof data);
    cr_expect_eq(settings->most_waiting, 8);
    cr_expect_str_eq(server->facts[0].engine, slow_engine_name);
    cr_expect_eq(server->facts[0].slot, SLOW_ENGINE_SLOT);
}

Test(slow, records_of_application_data_are_opened_ahead)
{
    size_t taken;
    for (size_t i = 0; i < 7; i++)
        cr_assert_eq(write_data(i * 100, 100, &taken), LK_OK);
    feed_server();
    settings->most_waiting = 0;
    cr_assert_eq(wire_read(server), LK_ERROR_WANT_READ);
    cr_expect_eq(settings->most_waiting, 6, "all but the first, which might have been followed by a key change");
    cr_assert_eq(server->length, 700);
    cr_expect_arr_eq(server->content, data, 700);
}

Test(slow, the_callers_buffer_is_free_at_once)
{
    uint8_t own[5000];
    memcpy(own, data, sizeof own);
    size_t taken;
    cr_assert_eq(lk_record_layer_write(client->layer, LK_CONTENT_APPLICATION_DATA, own, sizeof own, &taken), LK_OK);
    cr_assert_eq(taken, sizeof own);
    memset(own, 0xCC, sizeof own);
    cr_assert_eq(wire_carry(client, server, SIZE_MAX), LK_ERROR_WANT_READ);
    cr_assert_eq(server->length, sizeof own);
    cr_expect_arr_eq(server->content, data, sizeof own);
}

Test(slow, nothing_goes_out_before_it_is_made_and_no_more_than_eight_are_in_work)
{
    size_t taken, length;
    for (size_t i = 0; i < 8; i++)
        cr_assert_eq(write_data(i, 1, &taken), LK_OK);
    cr_expect_eq(write_data(8, 1, &taken), LK_ERROR_WANT_ENGINE);
    cr_expect_eq(taken, 0);
    (void)lk_record_layer_output(client->layer, &length);
    cr_expect_eq(length, 0);
    cr_expect(lk_record_layer_sealing(client->layer));
    cr_assert_eq(lk_record_layer_progress(client->layer, 0), LK_OK);
    (void)lk_record_layer_output(client->layer, &length);
    cr_expect_eq(length, 5 + 1 + 1 + 16, "one was made");
    cr_expect_eq(write_data(8, 1, &taken), LK_OK);
}

Test(slow, a_message_that_does_not_fit_beside_what_is_in_work_is_not_taken_in_part)
{
    size_t taken;
    for (size_t i = 0; i < 6; i++)
        cr_assert_eq(write_data(i, 1, &taken), LK_OK);
    cr_expect_eq(lk_record_layer_write(client->layer, LK_CONTENT_HANDSHAKE, data, 3 * 16384, &taken),
                 LK_ERROR_WANT_ENGINE);
    cr_expect_eq(taken, 0);
    wire_send(client, server, LK_CONTENT_HANDSHAKE, data, 3 * 16384);
    cr_expect_eq(server->length, 6 + 3 * 16384);
}

Test(slow, a_busy_engine_gets_the_rest_later)
{
    settings->capacity = 3;
    wire_send(client, server, LK_CONTENT_APPLICATION_DATA, data, sizeof data);
    cr_assert_eq(server->length, sizeof data);
    cr_expect_arr_eq(server->content, data, sizeof data);
}

/* directions: how many are open while records of either key are in work. */
static void change_the_key_behind_records_in_work(size_t directions)
{
    lk_direction_parameters next = support_parameters(LK_SEAL, LK_TLS1_3, cipher, 2);
    size_t taken;
    cr_assert_eq(write_data(0, 100, &taken), LK_OK);
    cr_assert_eq(write_data(100, 100, &taken), LK_OK);
    cr_assert_eq(lk_record_layer_set_write(client->layer, &next), LK_OK);
    cr_assert_eq(write_data(200, 100, &taken), LK_OK);
    cr_expect_eq(settings->directions, directions);
    feed_server();
    cr_expect_eq(settings->directions, 2);
    cr_assert_eq(wire_read_one(server), LK_OK);
    cr_assert_eq(wire_read_one(server), LK_OK);
    next.kind = LK_OPEN;
    cr_assert_eq(lk_record_layer_set_read(server->layer, &next), LK_OK);
    cr_assert_eq(wire_read(server), LK_ERROR_WANT_READ);
    cr_assert_eq(server->length, 300);
    cr_expect_arr_eq(server->content, data, 300);
}

Test(slow, records_written_before_a_key_change_stay_under_the_old_key_which_is_erased_when_it_is_not_needed)
{
    change_the_key_behind_records_in_work(3);
}

Test(slow, an_engine_that_replaces_keys_needs_no_direction_more)
{
    settings->replaces = true;
    change_the_key_behind_records_in_work(2);
    cr_expect_eq(settings->replaced, 2);
}

Test(slow, a_key_is_not_replaced_in_front_of_records_that_the_engine_has_not_taken_yet)
{
    settings->replaces = true;
    settings->capacity = 1;
    change_the_key_behind_records_in_work(3);
    cr_expect_eq(settings->replaced, 1, "the reading one");
}

Test(slow, keys_that_seal_nothing_are_erased_at_once)
{
    size_t taken;
    cr_assert_eq(write_data(0, 100, &taken), LK_OK);
    for (uint8_t seed = 2; seed < 6; seed++) {
        lk_direction_parameters next = support_parameters(LK_SEAL, LK_TLS1_3, cipher, seed);
        cr_assert_eq(lk_record_layer_set_write(client->layer, &next), LK_OK);
        cr_expect_eq(settings->directions, 3, "the server's, the first, which has a record in work, and the last");
    }
    feed_server();
    cr_expect_eq(settings->directions, 2);
}

static void change_the_key_of_what_was_opened_ahead(void)
{
    lk_direction_parameters next = support_parameters(LK_SEAL, LK_TLS1_3, cipher, 2);
    size_t taken;
    cr_assert_eq(write_data(0, 10, &taken), LK_OK);
    cr_assert_eq(lk_record_layer_write(client->layer, LK_CONTENT_HANDSHAKE, data + 10, 5, &taken), LK_OK);
    cr_assert_eq(lk_record_layer_set_write(client->layer, &next), LK_OK);
    cr_assert_eq(write_data(15, 10, &taken), LK_OK);
    cr_assert_eq(write_data(25, 10, &taken), LK_OK);
    feed_server();
    settings->per_progress = 8;
    cr_assert_eq(wire_read_one(server), LK_OK);
    cr_assert_eq(wire_read_one(server), LK_OK);
    cr_assert_eq(server->last_type, LK_CONTENT_HANDSHAKE);
    cr_assert_geq(settings->finished, 8, "nothing was opened ahead: this test shows nothing");
    next.kind = LK_OPEN;
    cr_assert_eq(lk_record_layer_set_read(server->layer, &next), LK_OK);
    lk_error error = wire_read(server);
    cr_assert_eq(error, LK_ERROR_WANT_READ, "%s", lk_error_name(error));
    cr_assert_eq(server->length, 35);
    cr_expect_arr_eq(server->content, data, 35);
    cr_expect_eq(server->facts[2].sequence, 0);
}

Test(slow, what_was_opened_ahead_with_the_old_key_is_opened_again_with_the_new)
{
    change_the_key_of_what_was_opened_ahead();
}

Test(slow, it_is_the_same_when_the_engine_replaces_keys)
{
    settings->replaces = true;
    change_the_key_of_what_was_opened_ahead();
    cr_expect_eq(settings->replaced, 2);
}

Test(slow, a_malformed_record_behind_a_key_change_is_told_in_its_turn)
{
    lk_direction_parameters next = support_parameters(LK_SEAL, LK_TLS1_3, cipher, 2);
    size_t taken;
    cr_assert_eq(write_data(0, 10, &taken), LK_OK);
    cr_assert_eq(lk_record_layer_write(client->layer, LK_CONTENT_HANDSHAKE, data + 10, 5, &taken), LK_OK);
    cr_assert_eq(lk_record_layer_set_write(client->layer, &next), LK_OK);
    cr_assert_eq(write_data(15, 10, &taken), LK_OK);
    feed_server();
    wire_feed(server, (const uint8_t[]){23, 3, 3, 0xFF, 0xFF}, 5);
    cr_assert_eq(wire_read_one(server), LK_OK);
    cr_assert_eq(wire_read_one(server), LK_OK);
    next.kind = LK_OPEN;
    cr_assert_eq(lk_record_layer_set_read(server->layer, &next), LK_OK);
    cr_expect_eq(wire_read(server), LK_ERROR_RECORD_OVERFLOW);
    cr_expect_eq(server->length, 25);
}

Test(slow, a_malformed_record_is_told_after_the_good_ones_before_it)
{
    size_t taken;
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(write_data(i * 10, 10, &taken), LK_OK);
    feed_server();
    wire_feed(server, (const uint8_t[]){23, 3, 3, 0xFF, 0xFF}, 5);
    cr_expect_eq(wire_read(server), LK_ERROR_RECORD_OVERFLOW);
    cr_expect_eq(server->length, 30);
    cr_expect_eq(server->facts[3].status, LK_ERROR_RECORD_OVERFLOW);
}

Test(slow, unprotected_ccs_keeps_its_place)
{
    size_t taken;
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(write_data(i, 1, &taken), LK_OK);
        cr_assert_eq(
            lk_record_layer_write(client->layer, LK_CONTENT_CHANGE_CIPHER_SPEC, (const uint8_t[]){1}, 1, &taken),
            LK_OK);
    }
    size_t length;
    (void)lk_record_layer_output(client->layer, &length);
    cr_expect_eq(length, 0, "what is behind an unfinished record waits for it");
    cr_assert_eq(wire_carry(client, server, SIZE_MAX), LK_ERROR_WANT_READ);
    cr_assert_eq(server->length, 6);
    for (size_t i = 0; i < 6; i++)
        cr_expect_eq(server->facts[i].type, i % 2 ? 20 : 23);
}

Test(slow, an_engine_that_is_lost_is_an_error_both_ways)
{
    size_t taken;
    cr_assert_eq(write_data(0, 10, &taken), LK_OK);
    feed_server();
    lk_fragment fragment;
    cr_assert_eq(lk_record_layer_read(server->layer, &fragment), LK_ERROR_WANT_ENGINE);
    cr_assert_eq(write_data(10, 10, &taken), LK_OK);
    settings->dies_after = settings->finished;
    cr_expect_eq(lk_record_layer_progress(client->layer, 0), LK_ERROR_DEVICE_LOST);
    cr_expect_eq(write_data(0, 10, &taken), LK_ERROR_DEVICE_LOST);
    cr_expect_eq(lk_record_layer_read(server->layer, &fragment), LK_ERROR_DEVICE_LOST);
}

Test(slow, a_layer_may_be_freed_with_records_in_work)
{
    size_t taken;
    wire_send(client, server, LK_CONTENT_APPLICATION_DATA, data, 10);
    cr_assert_eq(write_data(0, 30000, &taken), LK_OK);
    feed_server();
    lk_fragment fragment;
    cr_assert_eq(lk_record_layer_read(server->layer, &fragment), LK_ERROR_WANT_ENGINE);
    lk_direction_parameters next = support_parameters(LK_SEAL, LK_TLS1_3, cipher, 2);
    cr_assert_eq(write_data(0, 30000, &taken), LK_OK);
    cr_assert_eq(lk_record_layer_set_write(client->layer, &next), LK_OK);
}

Test(slow, buffers_that_hold_nothing_are_given_back_and_come_again)
{
    for (int round = 0; round < 2; round++) {
        client->sent_length = server->length = 0;
        wire_send(client, server, LK_CONTENT_APPLICATION_DATA, data, sizeof data);
        cr_assert_eq(server->length, sizeof data);
        cr_assert_arr_eq(server->content, data, sizeof data);
        cr_assert(client->layer->write.plaintext && client->layer->write.output.first);
        cr_assert(server->layer->read.plaintext && server->layer->read.input.memory);
        lk_record_layer_release_buffers(client->layer);
        lk_record_layer_release_buffers(server->layer);
        cr_expect_null(client->layer->write.plaintext);
        cr_expect_null(client->layer->write.output.first);
        cr_expect_null(server->layer->read.plaintext);
        cr_expect_null(server->layer->read.input.memory);
    }
}

Test(slow, buffers_with_something_in_them_stay)
{
    size_t taken;
    cr_assert_eq(write_data(0, 1000, &taken), LK_OK);
    lk_record_layer_release_buffers(client->layer); /* a record is with the engine */
    while (lk_record_layer_sealing(client->layer))
        cr_assert_eq(lk_record_layer_progress(client->layer, 10), LK_OK);
    lk_record_layer_release_buffers(client->layer); /* it is made, and has not gone */
    size_t length;
    const uint8_t *bytes = lk_record_layer_output(client->layer, &length);
    wire_feed(server, bytes, 500);
    lk_record_layer_release_buffers(server->layer); /* half of it has come */
    wire_feed(server, bytes + 500, length - 500);
    lk_record_layer_sent(client->layer, length);
    lk_record_layer_release_buffers(server->layer); /* all of it, and it is not opened yet */
    cr_assert_eq(wire_carry(client, server, 0), LK_ERROR_WANT_READ);
    cr_assert_eq(server->length, 1000);
    cr_assert_arr_eq(server->content, data, 1000);
}
