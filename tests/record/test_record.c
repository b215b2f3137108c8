/* SPDX-License-Identifier: Apache-2.0 */
/* The record layer over the software engine: what it takes, what it refuses, and what it tells. */
#include "support.h"
#include "wire.h"

#include <criterion/criterion.h>

#include <string.h>

static const lk_cipher *cipher; /* AES-128-GCM */
static lk_engine *engine;
static wire_end *client, *server;
static uint8_t data[300000], record[LK_RECORD_MAX + 1000];

static void set_up(void)
{
    cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM);
    engine = support_software();
    client = wire_end_new(engine);
    server = wire_end_new(engine);
    support_fill(data, sizeof data, 1);
}

static void tear_down(void)
{
    wire_end_free(client);
    wire_end_free(server);
    lk_engine_free(engine);
}

TestSuite(record, .init = set_up, .fini = tear_down);

static void protect(uint16_t version)
{
    lk_record_layer_set_version(client->layer, version, 0x0303);
    lk_record_layer_set_version(server->layer, version, 0x0303);
    wire_key(client, server, version, cipher, 1);
}

/* Feeds a record of that type, version and fragment to the server, and reads. */
static lk_error read_plain(uint8_t type, uint16_t version, const void *fragment, size_t length)
{
    record[0] = type;
    record[1] = (uint8_t)(version >> 8);
    record[2] = (uint8_t)version;
    record[3] = (uint8_t)(length >> 8);
    record[4] = (uint8_t)length;
    memcpy(record + 5, fragment, length);
    wire_feed(server, record, 5 + length);
    return wire_read(server);
}

/* Feeds a header alone. */
static lk_error read_header(uint8_t type, uint16_t version, uint16_t length)
{
    uint8_t header[5] = {type, (uint8_t)(version >> 8), (uint8_t)version, (uint8_t)(length >> 8), (uint8_t)length};
    wire_feed(server, header, sizeof header);
    return wire_read(server);
}

/* Has the server read a protected record that our own writing side would never make. */
static lk_error read_protected(uint16_t version, uint64_t sequence, uint8_t type, const void *content, size_t length)
{
    lk_direction_parameters parameters = support_parameters(LK_OPEN, version, cipher, 1);
    reference_record wanted = {.content_type = type, .sequence = sequence, .plaintext = content, .length = length};
    wire_feed(server, record, reference_seal(&parameters, &wanted, record));
    return wire_read(server);
}

Test(record, unprotected_handshake_messages_arrive_whole_and_in_order)
{
    wire_send(client, server, LK_CONTENT_HANDSHAKE, data, 517);
    cr_expect_eq(server->length, 517);
    cr_expect_arr_eq(server->content, data, 517);
    cr_expect_eq(server->last_type, LK_CONTENT_HANDSHAKE);
    cr_expect_eq(client->facts[0].wire_version, 0x0301, "a first flight says 0x0301");
    cr_expect_null(client->facts[0].engine);
    lk_record_layer_set_version(client->layer, LK_TLS1_3, 0x0303);
    wire_send(client, server, LK_CONTENT_HANDSHAKE, data, 10);
    cr_expect_eq(client->facts[1].wire_version, 0x0303);
}

Test(record, a_long_message_becomes_records_of_at_most_2_to_the_14_bytes)
{
    wire_send(client, server, LK_CONTENT_HANDSHAKE, data, 3 * 16384 + 5);
    cr_expect_eq(server->length, 3 * 16384 + 5);
    cr_expect_arr_eq(server->content, data, server->length);
    cr_assert_eq(client->fact_count, 4);
    cr_expect_eq(client->facts[0].length, 16384);
    cr_expect_eq(client->facts[3].length, 5);
    size_t taken;
    cr_expect_eq(
        lk_record_layer_write(client->layer, LK_CONTENT_HANDSHAKE, data, LK_RECORD_WRITE_WHOLE_MAX + 1, &taken),
        LK_ERROR_INVALID_ARGUMENT);
    wire_send(client, server, LK_CONTENT_HANDSHAKE, data, LK_RECORD_WRITE_WHOLE_MAX);
}

Test(record, streams_are_the_same_whatever_the_pieces_they_come_in)
{
    /* 17000 leaves a part of a record at the end of the input buffer, which must then move to its start. */
    static const size_t pieces[] = {1, 2, 3, 5, 7, 100, 16385, 17000, 70000};
    for (size_t v = LK_TLS1_2; v <= LK_TLS1_3; v++) {
        protect((uint16_t)v);
        for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
            server->length = 0;
            size_t length = pieces[i] < 100 ? 3000 : 63000;
            for (size_t at = 0; at < length; at += 1000)
                wire_write(client, server, LK_CONTENT_APPLICATION_DATA, data + at, 1000);
            cr_assert_eq(server->length, 0, "the pieces are not those of this test");
            cr_assert_eq(wire_carry(client, server, pieces[i]), LK_ERROR_WANT_READ);
            cr_assert_eq(server->length, length, "in pieces of %zu", pieces[i]);
            cr_assert_arr_eq(server->content, data, length);
        }
    }
}

Test(record, every_cipher_and_version_carries_a_stream)
{
    for (uint16_t version = LK_TLS1_2; version <= LK_TLS1_3; version++)
        for (unsigned id = 0; lk_cipher_find(id); id++) {
            if (lk_cipher_find(id)->kind != LK_KIND_AEAD)
                continue;
            cipher = lk_cipher_find(id);
            server->length = 0;
            protect(version);
            wire_send(client, server, LK_CONTENT_APPLICATION_DATA, data, sizeof data);
            cr_assert_eq(server->length, sizeof data);
            cr_assert_arr_eq(server->content, data, sizeof data);
        }
}

Test(record, keys_change_between_records_in_both_directions)
{
    protect(LK_TLS1_3);
    for (uint8_t i = 0; i < 10; i++) {
        wire_send(client, server, LK_CONTENT_HANDSHAKE, data + i, 5);
        wire_key(client, server, LK_TLS1_3, cipher, (uint8_t)(i + 2));
    }
    wire_send(client, server, LK_CONTENT_APPLICATION_DATA, data, 5);
    cr_assert_eq(server->length, 55);
    cr_expect_eq(server->facts[10].epoch, 11);
    cr_expect_eq(server->facts[10].sequence, 0);
}

Test(record, records_that_came_with_the_last_of_the_old_key_are_opened_with_the_new)
{
    protect(LK_TLS1_3);
    size_t taken;
    lk_direction_parameters next = support_parameters(LK_SEAL, LK_TLS1_3, cipher, 9);
    lk_record_layer_write(client->layer, LK_CONTENT_HANDSHAKE, data, 10, &taken);
    cr_assert_eq(lk_record_layer_set_write(client->layer, &next), LK_OK);
    lk_record_layer_write(client->layer, LK_CONTENT_APPLICATION_DATA, data + 10, 20, &taken);
    size_t length;
    const uint8_t *bytes = lk_record_layer_output(client->layer, &length);
    wire_feed(server, bytes, length); /* both in one piece */
    cr_assert_eq(wire_read_one(server), LK_OK);
    next.kind = LK_OPEN;
    cr_assert_eq(lk_record_layer_set_read(server->layer, &next), LK_OK);
    cr_assert_eq(wire_read(server), LK_ERROR_WANT_READ);
    cr_assert_eq(server->length, 30);
    cr_expect_arr_eq(server->content, data, 30);
}

Test(record, a_key_change_inside_a_record_is_refused)
{
    protect(LK_TLS1_3);
    size_t taken, length;
    lk_record_layer_write(client->layer, LK_CONTENT_HANDSHAKE, data, 10, &taken);
    const uint8_t *bytes = lk_record_layer_output(client->layer, &length);
    wire_feed(server, bytes, length);
    lk_fragment fragment;
    cr_assert_eq(lk_record_layer_read(server->layer, &fragment), LK_OK);
    cr_expect_eq(lk_record_layer_read(server->layer, &fragment), LK_ERROR_WRONG_STATE, "one fragment at a time");
    lk_direction_parameters next = support_parameters(LK_OPEN, LK_TLS1_3, cipher, 2);
    cr_expect_eq(lk_record_layer_set_read(server->layer, &next), LK_ERROR_UNEXPECTED_MESSAGE);
    lk_record_layer_release(server->layer);
    cr_expect_eq(lk_record_layer_set_read(server->layer, &next), LK_OK);
}

/* Change cipher spec in TLS 1.3 */

Test(record, tls_1_3_ccs_is_unprotected_and_comes_up_between_protected_records)
{
    protect(LK_TLS1_3);
    wire_send(client, server, LK_CONTENT_APPLICATION_DATA, "a", 1);
    wire_send(client, server, LK_CONTENT_CHANGE_CIPHER_SPEC, "\1", 1);
    cr_expect_eq(server->last_type, LK_CONTENT_CHANGE_CIPHER_SPEC);
    cr_expect_eq(server->facts[1].outer_type, 20);
    cr_expect_eq(server->facts[1].wire_length, 6);
    cr_expect_null(server->facts[1].engine);
    wire_send(client, server, LK_CONTENT_APPLICATION_DATA, "b", 1);
    cr_expect_eq(server->facts[2].sequence, 1, "CCS has no number of its own");
    cr_expect_eq(server->length, 3);
}

Test(record, tls_1_3_refuses_ccs_that_is_not_one_byte_01)
{
    protect(LK_TLS1_3);
    cr_expect_eq(read_plain(20, 0x0303, "\2", 1), LK_ERROR_UNEXPECTED_MESSAGE);
}

Test(record, tls_1_3_refuses_ccs_of_two_bytes)
{
    protect(LK_TLS1_3);
    cr_expect_eq(read_plain(20, 0x0303, "\1\1", 2), LK_ERROR_UNEXPECTED_MESSAGE);
}

Test(record, tls_1_3_refuses_protected_ccs)
{
    protect(LK_TLS1_3);
    cr_expect_eq(read_protected(LK_TLS1_3, 0, 20, "\1", 1), LK_ERROR_UNEXPECTED_MESSAGE);
}

Test(record, tls_1_3_refuses_an_inner_type_that_does_not_exist)
{
    protect(LK_TLS1_3);
    cr_expect_eq(read_protected(LK_TLS1_3, 0, 24, "x", 1), LK_ERROR_UNEXPECTED_MESSAGE);
}

Test(record, tls_1_3_takes_an_unprotected_alert_until_the_first_protected_record)
{
    protect(LK_TLS1_3);
    cr_expect_eq(read_plain(21, 0x0303, "\2\50", 2), LK_ERROR_WANT_READ);
    cr_expect_eq(server->last_type, LK_CONTENT_ALERT);
    cr_expect_eq(read_protected(LK_TLS1_3, 0, 22, "x", 1), LK_ERROR_WANT_READ);
    cr_expect_eq(read_plain(21, 0x0303, "\2\50", 2), LK_ERROR_UNEXPECTED_MESSAGE);
}

Test(record, tls_1_3_refuses_an_unprotected_handshake_message_under_a_key)
{
    protect(LK_TLS1_3);
    cr_expect_eq(read_plain(22, 0x0303, data, 4), LK_ERROR_UNEXPECTED_MESSAGE);
}

/* Headers */

Test(record, what_is_not_tls_is_refused_by_its_first_five_bytes)
{
    wire_feed(server, "GET / HTTP/1.1\r\n", 16);
    cr_expect_eq(wire_read(server), LK_ERROR_RECORD_HEADER);
    cr_expect_eq(wire_read(server), LK_ERROR_RECORD_HEADER, "an error stays");
    cr_expect_eq(server->fact_count, 1);
    cr_expect_eq(server->facts[0].status, LK_ERROR_RECORD_HEADER);
}

Test(record, any_3_x_is_taken_before_a_version_is_agreed)
{
    cr_expect_eq(read_plain(22, 0x0300, data, 4), LK_ERROR_WANT_READ);
    cr_expect_eq(read_plain(22, 0x0301, data, 4), LK_ERROR_WANT_READ);
    cr_expect_eq(read_plain(22, 0x03FF, data, 4), LK_ERROR_WANT_READ);
    cr_expect_eq(read_plain(22, 0x0403, data, 4), LK_ERROR_RECORD_HEADER);
}

Test(record, tls_1_2_refuses_another_version_once_it_is_agreed)
{
    lk_record_layer_set_version(server->layer, LK_TLS1_2, 0x0303);
    cr_expect_eq(read_plain(22, 0x0303, data, 4), LK_ERROR_WANT_READ);
    cr_expect_eq(read_plain(22, 0x0301, data, 4), LK_ERROR_RECORD_HEADER);
}

Test(record, tls_1_2_refuses_another_version_under_a_key)
{
    protect(LK_TLS1_2);
    cr_expect_eq(read_header(23, 0x0302, 100), LK_ERROR_RECORD_HEADER);
}

Test(record, tls_1_3_ignores_the_version_of_a_header)
{
    lk_record_layer_set_version(server->layer, LK_TLS1_3, 0x0303);
    cr_expect_eq(read_plain(22, 0x0301, data, 4), LK_ERROR_WANT_READ);
}

Test(record, application_data_without_a_key_is_refused_both_ways)
{
    size_t taken;
    cr_expect_eq(lk_record_layer_write(client->layer, LK_CONTENT_APPLICATION_DATA, data, 4, &taken),
                 LK_ERROR_WRONG_STATE);
    cr_expect_eq(read_plain(23, 0x0303, data, 4), LK_ERROR_UNEXPECTED_MESSAGE);
}

Test(record, an_unknown_type_is_refused)
{
    cr_expect_eq(read_header(24, 0x0303, 4), LK_ERROR_UNEXPECTED_MESSAGE);
}

Test(record, an_unprotected_record_holds_2_to_the_14_bytes)
{
    cr_expect_eq(read_plain(22, 0x0301, data, 16384), LK_ERROR_WANT_READ);
    cr_expect_eq(server->length, 16384);
    cr_expect_eq(read_header(22, 0x0301, 16385), LK_ERROR_RECORD_OVERFLOW);
}

Test(record, a_protected_record_of_tls_1_3_is_at_most_256_bytes_longer)
{
    protect(LK_TLS1_3);
    cr_expect_eq(read_header(23, 0x0303, 16384 + 257), LK_ERROR_RECORD_OVERFLOW);
}

Test(record, a_plaintext_over_2_to_the_14_bytes_is_an_overflow_in_either_version)
{
    protect(LK_TLS1_2);
    cr_expect_eq(read_protected(LK_TLS1_2, 0, 23, data, 16384), LK_ERROR_WANT_READ);
    cr_expect_eq(read_protected(LK_TLS1_2, 1, 23, data, 16385), LK_ERROR_RECORD_OVERFLOW);
}

Test(record, a_tls_1_3_plaintext_over_2_to_the_14_bytes_is_an_overflow)
{
    protect(LK_TLS1_3);
    cr_expect_eq(read_protected(LK_TLS1_3, 0, 23, data, 16384), LK_ERROR_WANT_READ);
    cr_expect_eq(read_protected(LK_TLS1_3, 1, 23, data, 16385), LK_ERROR_RECORD_OVERFLOW);
}

Test(record, a_protected_record_too_short_for_its_tag_is_named)
{
    protect(LK_TLS1_2);
    cr_expect_eq(read_plain(23, 0x0303, data, 7), LK_ERROR_RECORD_TOO_SHORT);
}

/* Empty records */

Test(record, empty_application_data_is_skipped_up_to_a_limit)
{
    protect(LK_TLS1_3);
    uint64_t sequence = 0;
    for (; sequence < 32; sequence++)
        cr_assert_eq(read_protected(LK_TLS1_3, sequence, 23, "", 0), LK_ERROR_WANT_READ);
    cr_assert_eq(read_protected(LK_TLS1_3, sequence++, 23, "x", 1), LK_ERROR_WANT_READ);
    cr_expect_eq(server->fragments, 1);
    for (int i = 0; i < 32; i++)
        cr_assert_eq(read_protected(LK_TLS1_3, sequence++, 23, "", 0), LK_ERROR_WANT_READ);
    cr_expect_eq(read_protected(LK_TLS1_3, sequence, 23, "", 0), LK_ERROR_TOO_MANY_EMPTY);
}

Test(record, empty_application_data_is_refused_where_none_may_come)
{
    protect(LK_TLS1_2);
    lk_record_layer_expect_data(server->layer, false);
    cr_expect_eq(read_protected(LK_TLS1_2, 0, LK_CONTENT_APPLICATION_DATA, "", 0), LK_ERROR_UNEXPECTED_MESSAGE);
}

Test(record, early_data_is_skipped_until_a_record_opens)
{
    protect(LK_TLS1_3);
    lk_record_layer_skip_early_data(server->layer);
    cr_expect_eq(read_plain(LK_CONTENT_APPLICATION_DATA, 0x0303, data, 4), LK_ERROR_WANT_READ, "too short");
    cr_expect_eq(read_plain(LK_CONTENT_APPLICATION_DATA, 0x0303, data, 400), LK_ERROR_WANT_READ, "another key");
    cr_expect_eq(read_plain(LK_CONTENT_CHANGE_CIPHER_SPEC, 0x0303, "\1", 1), LK_ERROR_WANT_READ);
    cr_expect_eq(read_plain(LK_CONTENT_APPLICATION_DATA, 0x0303, data, 400), LK_ERROR_WANT_READ);
    server->length = 0;
    wire_send(client, server, LK_CONTENT_HANDSHAKE, data, 36);
    cr_expect_eq(server->length, 36);
    cr_expect_arr_eq(server->content, data, 36);
    cr_expect_eq(read_plain(LK_CONTENT_APPLICATION_DATA, 0x0303, data, 400), LK_ERROR_BAD_RECORD_MAC);
}

Test(record, early_data_in_the_clear_is_skipped_until_something_else_comes)
{
    lk_record_layer_skip_early_data(server->layer);
    cr_expect_eq(read_plain(LK_CONTENT_APPLICATION_DATA, 0x0303, data, 400), LK_ERROR_WANT_READ);
    wire_send(client, server, LK_CONTENT_HANDSHAKE, data, 36);
    cr_expect_eq(server->length, 36);
    cr_expect_eq(read_plain(LK_CONTENT_APPLICATION_DATA, 0x0303, data, 400), LK_ERROR_UNEXPECTED_MESSAGE);
}

Test(record, no_more_than_2_to_the_14_bytes_of_early_data_are_skipped)
{
    protect(LK_TLS1_3);
    lk_record_layer_skip_early_data(server->layer);
    for (int i = 0; i < 4; i++)
        cr_expect_eq(read_plain(LK_CONTENT_APPLICATION_DATA, 0x0303, data, 4000), LK_ERROR_WANT_READ);
    cr_expect_eq(read_plain(LK_CONTENT_APPLICATION_DATA, 0x0303, data, 4000), LK_ERROR_BAD_RECORD_MAC);
}

Test(record, an_empty_handshake_record_is_refused)
{
    cr_expect_eq(read_plain(22, 0x0303, "", 0), LK_ERROR_UNEXPECTED_MESSAGE);
}

Test(record, an_empty_protected_alert_is_refused)
{
    protect(LK_TLS1_3);
    cr_expect_eq(read_protected(LK_TLS1_3, 0, 21, "", 0), LK_ERROR_UNEXPECTED_MESSAGE);
}

Test(record, writing_nothing_makes_no_record)
{
    protect(LK_TLS1_3);
    wire_send(client, server, LK_CONTENT_APPLICATION_DATA, data, 0);
    wire_send(client, server, LK_CONTENT_HANDSHAKE, data, 0);
    cr_expect_eq(client->fact_count, 0);
}

/* Faults */

Test(record, P1_a_forged_record_ends_reading_and_not_writing)
{
    protect(LK_TLS1_3);
    wire_key(server, client, LK_TLS1_3, cipher, 2);
    size_t taken, length;
    lk_record_layer_write(client->layer, LK_CONTENT_APPLICATION_DATA, data, 100, &taken);
    const uint8_t *bytes = lk_record_layer_output(client->layer, &length);
    memcpy(record, bytes, length);
    record[length - 1] ^= 0x80;
    wire_feed(server, record, length);
    cr_expect_eq(wire_read(server), LK_ERROR_BAD_RECORD_MAC);
    cr_expect_eq(server->length, 0);
    wire_feed(server, bytes, length);
    cr_expect_eq(wire_read(server), LK_ERROR_BAD_RECORD_MAC, "an error stays");
    wire_send(server, client, LK_CONTENT_ALERT, "\2\24", 2);
    cr_expect_eq(client->last_type, LK_CONTENT_ALERT);
}

Test(record, a_replayed_record_is_refused)
{
    protect(LK_TLS1_3);
    cr_expect_eq(read_protected(LK_TLS1_3, 0, 23, "once", 4), LK_ERROR_WANT_READ);
    cr_expect_eq(read_protected(LK_TLS1_3, 0, 23, "once", 4), LK_ERROR_BAD_RECORD_MAC);
}

/* Bounds */

Test(record, application_data_waits_until_the_wire_has_taken_some)
{
    protect(LK_TLS1_3);
    size_t taken, total = 0, length;
    lk_error error;
    while ((error = lk_record_layer_write(client->layer, LK_CONTENT_APPLICATION_DATA, data, sizeof data, &taken)) ==
           LK_OK) {
        cr_assert_gt(taken, 0);
        total += taken;
        cr_assert_lt(total, 1000000, "the output is not bounded");
    }
    cr_expect_eq(error, LK_ERROR_WANT_WRITE);
    cr_expect_eq(taken, 0);
    cr_expect_eq(lk_record_layer_write(client->layer, LK_CONTENT_ALERT, (const uint8_t[]){1, 0}, 2, &taken), LK_OK,
                 "an alert still has room");
    cr_assert_eq(wire_carry(client, server, SIZE_MAX), LK_ERROR_WANT_READ);
    cr_expect_eq(server->length, total + 2);
    (void)lk_record_layer_output(client->layer, &length);
    cr_expect_eq(length, 0);
    cr_expect_eq(lk_record_layer_write(client->layer, LK_CONTENT_APPLICATION_DATA, data, 5, &taken), LK_OK);
}

Test(record, messages_that_nobody_takes_off_the_wire_are_bounded_too)
{
    size_t taken, total = 0;
    lk_error error;
    while ((error = lk_record_layer_write(client->layer, LK_CONTENT_HANDSHAKE, data, 16384, &taken)) == LK_OK) {
        cr_assert_eq(taken, 16384);
        total += taken;
        cr_assert_lt(total, 1000000);
    }
    cr_expect_eq(error, LK_ERROR_WANT_WRITE);
    cr_expect_eq(taken, 0, "whole or not at all");
    size_t length;
    (void)lk_record_layer_output(client->layer, &length);
    lk_record_layer_sent(client->layer, length); /* room for a few records, not for eight */
    cr_expect_eq(lk_record_layer_write(client->layer, LK_CONTENT_HANDSHAKE, data, LK_RECORD_WRITE_WHOLE_MAX, &taken),
                 LK_ERROR_WANT_WRITE);
    cr_expect_eq(taken, 0, "whole or not at all");
    cr_expect_eq(lk_record_layer_write(client->layer, LK_CONTENT_HANDSHAKE, data, 4 * 16384, &taken), LK_OK);
}

Test(record, output_may_be_taken_in_any_pieces_and_asked_for_twice)
{
    wire_write(client, server, LK_CONTENT_HANDSHAKE, data, 10);
    size_t first, second;
    const uint8_t *a = lk_record_layer_output(client->layer, &first);
    const uint8_t *b = lk_record_layer_output(client->layer, &second);
    cr_expect_eq(a, b);
    cr_expect_eq(first, 15);
    cr_expect_eq(second, 15);
    lk_record_layer_sent(client->layer, 4);
    a = lk_record_layer_output(client->layer, &first);
    cr_expect_eq(first, 11);
    cr_expect_eq(a[0], 10, "the last byte of the header");
    lk_record_layer_sent(client->layer, 1000); /* more than there is */
    (void)lk_record_layer_output(client->layer, &first);
    cr_expect_eq(first, 0);
}

Test(record, P2_a_key_at_its_limit_wants_an_update_and_then_seals_no_more)
{
    lk_direction_parameters parameters = support_parameters(LK_SEAL, LK_TLS1_3, cipher, 1);
    cr_assert_eq(lk_record_layer_set_write(client->layer, &parameters), LK_OK);
    cr_expect_not(lk_record_layer_wants_update(client->layer));
    parameters.first_sequence = LK_RECORD_LIMIT_GCM - 2;
    cr_assert_eq(lk_record_layer_set_write(client->layer, &parameters), LK_OK);
    size_t taken;
    cr_expect_eq(lk_record_layer_write(client->layer, LK_CONTENT_APPLICATION_DATA, data, 1, &taken), LK_OK);
    cr_expect(lk_record_layer_wants_update(client->layer), "the engine has said so of that record");
    cr_expect_eq(lk_record_layer_write(client->layer, LK_CONTENT_HANDSHAKE, data, 16385, &taken),
                 LK_ERROR_SEQUENCE_EXHAUSTED, "whole or not at all");
    cr_expect_eq(lk_record_layer_write(client->layer, LK_CONTENT_APPLICATION_DATA, data, 20000, &taken), LK_OK);
    cr_expect_eq(taken, 16384);
    cr_expect_eq(lk_record_layer_write(client->layer, LK_CONTENT_APPLICATION_DATA, data, 1, &taken),
                 LK_ERROR_SEQUENCE_EXHAUSTED);
    parameters = support_parameters(LK_SEAL, LK_TLS1_3, cipher, 2);
    cr_assert_eq(lk_record_layer_set_write(client->layer, &parameters), LK_OK);
    cr_expect_eq(lk_record_layer_write(client->layer, LK_CONTENT_APPLICATION_DATA, data, 1, &taken), LK_OK,
                 "a new key goes on");
}

Test(record, P2_aes_ccm_has_a_lower_limit)
{
    lk_direction_parameters parameters =
        support_parameters(LK_SEAL, LK_TLS1_3, lk_cipher_find(LK_CIPHER_AES_128_CCM), 1);
    parameters.first_sequence = LK_RECORD_LIMIT_CCM - 1;
    cr_assert_eq(lk_record_layer_set_write(client->layer, &parameters), LK_OK);
    size_t taken;
    cr_expect_eq(lk_record_layer_write(client->layer, LK_CONTENT_APPLICATION_DATA, data, 1, &taken), LK_OK);
    cr_expect(lk_record_layer_wants_update(client->layer));
    cr_expect_eq(lk_record_layer_write(client->layer, LK_CONTENT_APPLICATION_DATA, data, 1, &taken),
                 LK_ERROR_SEQUENCE_EXHAUSTED);
}

Test(record, chacha20_poly1305_has_no_limit_below_that_of_the_sequence_number)
{
    lk_direction_parameters parameters =
        support_parameters(LK_SEAL, LK_TLS1_3, lk_cipher_find(LK_CIPHER_CHACHA20_POLY1305), 1);
    parameters.first_sequence = LK_RECORD_LIMIT_GCM;
    cr_assert_eq(lk_record_layer_set_write(client->layer, &parameters), LK_OK);
    cr_expect_not(lk_record_layer_wants_update(client->layer));
    parameters.first_sequence = UINT64_MAX;
    cr_assert_eq(lk_record_layer_set_write(client->layer, &parameters), LK_OK);
    size_t taken;
    cr_expect_eq(lk_record_layer_write(client->layer, LK_CONTENT_APPLICATION_DATA, data, 1, &taken),
                 LK_ERROR_SEQUENCE_EXHAUSTED);
}

Test(record, a_direction_of_the_wrong_kind_or_an_unknown_suite_is_refused)
{
    lk_direction_parameters parameters = support_parameters(LK_OPEN, LK_TLS1_3, cipher, 1);
    cr_expect_eq(lk_record_layer_set_write(client->layer, &parameters), LK_ERROR_INVALID_ARGUMENT);
    parameters.kind = LK_SEAL;
    cr_expect_eq(lk_record_layer_set_read(client->layer, &parameters), LK_ERROR_INVALID_ARGUMENT);
    parameters.version = LK_TLS1_0;
    cr_expect_eq(lk_record_layer_set_write(client->layer, &parameters), LK_ERROR_ENGINE_UNSUPPORTED);
}

/* What is told */

static void expect_same(const lk_record_fact *made, const lk_record_fact *read)
{
    cr_expect(made->sent);
    cr_expect_not(read->sent);
    cr_expect_eq(made->outer_type, read->outer_type);
    cr_expect_eq(made->type, read->type);
    cr_expect_eq(made->wire_version, read->wire_version);
    cr_expect_eq(made->sequence, read->sequence);
    cr_expect_eq(made->wire_length, read->wire_length);
    cr_expect_eq(made->length, read->length);
    cr_expect_eq(made->epoch, read->epoch);
    cr_expect_eq(made->slot, -1);
    cr_expect_eq(read->slot, -1);
    cr_expect_eq(made->status, LK_OK);
    cr_expect_eq(read->status, LK_OK);
}

Test(record, P7_every_record_is_told_at_both_ends_and_in_order)
{
    wire_send(client, server, LK_CONTENT_HANDSHAKE, data, 100);
    protect(LK_TLS1_3);
    wire_send(client, server, LK_CONTENT_HANDSHAKE, data, 36);
    wire_key(client, server, LK_TLS1_3, cipher, 5);
    wire_send(client, server, LK_CONTENT_APPLICATION_DATA, data, 100000);
    wire_send(client, server, LK_CONTENT_ALERT, "\1\0", 2);
    cr_assert_eq(client->fact_count, 10);
    cr_assert_eq(server->fact_count, 10);
    for (size_t i = 0; i < 10; i++)
        expect_same(&client->facts[i], &server->facts[i]);
    cr_expect_null(server->facts[0].engine);
    cr_expect_str_eq(server->facts[1].engine, "software");
    cr_expect_str_eq(client->facts[1].engine, "software");
    cr_expect_eq(server->facts[1].outer_type, 23);
    cr_expect_eq(server->facts[1].type, 22);
    cr_expect_eq(server->facts[1].epoch, 1);
    cr_expect_eq(server->facts[2].epoch, 2);
    cr_expect_eq(server->facts[9].sequence, 7);
    cr_expect_eq(server->facts[9].type, 21);
}
