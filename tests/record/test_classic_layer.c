/* SPDX-License-Identifier: Apache-2.0 */
/* The record layer with CBC, RC4 and NULL: the headers, lengths and splits of SSL 3.0 to TLS 1.2. */
#include "classic_reference.h"
#include "slow_engine.h"
#include "support.h"
#include "wire.h"

#include <criterion/criterion.h>

#include <string.h>

static lk_engine *engine;
static wire_end *client, *server;
static uint8_t data[100000], record[LK_RECORD_CBC_MAX + 1000];
static const uint8_t iv[LK_IV_MAX] = "sixteen bytes IV";

static void set_up(void)
{
    engine = support_software();
    support_fill(data, sizeof data, 1);
}

static void tear_down(void)
{
    lk_engine_free(engine);
}

TestSuite(classic_layer, .init = set_up, .fini = tear_down);

static void connect_with(lk_engine *by, uint16_t version, lk_cipher_id cipher, bool encrypt_then_mac)
{
    client = wire_end_new(by);
    server = wire_end_new(by);
    lk_record_layer_set_version(client->layer, version, version);
    lk_record_layer_set_version(server->layer, version, version);
    wire_key_in_order(client, server, version, lk_cipher_find(cipher), encrypt_then_mac, 1);
}

static void disconnect(void)
{
    wire_end_free(client);
    wire_end_free(server);
}

static void carry_a_stream(lk_engine *by, uint16_t version, lk_cipher_id cipher, bool encrypt_then_mac)
{
    connect_with(by, version, cipher, encrypt_then_mac);
    wire_send(client, server, LK_CONTENT_HANDSHAKE, data, 16);
    for (size_t at = 16; at < sizeof data;) {
        size_t part = sizeof data - at < 30011 ? sizeof data - at : 30011;
        wire_send(client, server, LK_CONTENT_APPLICATION_DATA, data + at, part);
        at += part;
    }
    cr_assert_eq(server->length, sizeof data);
    cr_assert_arr_eq(server->content, data, sizeof data);
    cr_assert_eq(client->fact_count, server->fact_count);
    for (size_t i = 0; i < client->fact_count; i++) {
        cr_assert_eq(client->facts[i].wire_version, version);
        cr_assert_eq(server->facts[i].wire_version, version);
        cr_assert_eq(client->facts[i].sequence, i);
        cr_assert_eq(client->facts[i].wire_length, server->facts[i].wire_length);
        cr_assert_eq(client->facts[i].wire_length,
                     lk_record_length(version, lk_cipher_find(cipher), encrypt_then_mac, client->facts[i].length, 0));
    }
    disconnect();
}

static void carry_every_form(lk_engine *by)
{
    for (uint16_t version = LK_SSL3; version <= LK_TLS1_2; version++)
        for (lk_cipher_id id = LK_CIPHER_AES_128_CBC_SHA; lk_cipher_find(id); id++) {
            bool two_orders = version >= LK_TLS1_0 && lk_cipher_find(id)->kind == LK_KIND_CBC;
            if (lk_engine_supports(engine, version, lk_cipher_find(id)))
                for (int order = 0; order < (two_orders ? 2 : 1); order++)
                    carry_a_stream(by, version, id, order == 1);
        }
}

Test(classic_layer, every_version_cipher_and_order_carries_a_stream)
{
    carry_every_form(engine);
}

Test(classic_layer, an_engine_that_takes_its_time_carries_the_same)
{
    slow_settings *settings;
    lk_engine *slow = slow_engine_new(&settings);
    settings->per_progress = 3;
    carry_every_form(slow);
    lk_engine_free(slow);
}

/* BEAST */

static void expect_split(uint16_t version, lk_cipher_id cipher)
{
    connect_with(engine, version, cipher, false);
    wire_send(client, server, LK_CONTENT_APPLICATION_DATA, data, 100);
    wire_send(client, server, LK_CONTENT_APPLICATION_DATA, data + 100, 1);
    wire_send(client, server, LK_CONTENT_APPLICATION_DATA, data + 101, 40000);
    wire_send(client, server, LK_CONTENT_HANDSHAKE, data, 50);
    static const size_t lengths[] = {1, 99, 1, 1, 16384, 16384, 7231, 50};
    cr_assert_eq(client->fact_count, sizeof lengths / sizeof lengths[0]);
    for (size_t i = 0; i < client->fact_count; i++)
        cr_expect_eq(client->facts[i].length, lengths[i], "record %zu", i);
    cr_expect_arr_eq(server->content, data, 40101);
    disconnect();
}

Test(classic_layer, up_to_tls_1_0_cbc_sends_one_byte_ahead_of_what_an_application_writes)
{
    for (uint16_t version = LK_SSL3; version <= LK_TLS1_0; version++) {
        expect_split(version, LK_CIPHER_AES_128_CBC_SHA);
        expect_split(version, LK_CIPHER_3DES_EDE_CBC_SHA);
    }
}

static void expect_no_split(uint16_t version, lk_cipher_id cipher)
{
    connect_with(engine, version, cipher, false);
    wire_send(client, server, LK_CONTENT_APPLICATION_DATA, data, 100);
    cr_expect_eq(client->fact_count, 1, "%s, %s", lk_version_title(version), lk_cipher_find(cipher)->title);
    disconnect();
}

Test(classic_layer, nothing_else_is_split)
{
    expect_no_split(LK_SSL3, LK_CIPHER_NULL_SHA);
    expect_no_split(LK_TLS1_0, LK_CIPHER_NULL_SHA);
    if (lk_engine_supports(engine, LK_TLS1_0, lk_cipher_find(LK_CIPHER_RC4_128_SHA)))
        expect_no_split(LK_TLS1_0, LK_CIPHER_RC4_128_SHA);
    expect_no_split(LK_TLS1_1, LK_CIPHER_AES_128_CBC_SHA);
    expect_no_split(LK_TLS1_2, LK_CIPHER_AES_128_CBC_SHA);
    expect_no_split(LK_TLS1_2, LK_CIPHER_AES_128_GCM);
}

Test(classic_layer, each_record_has_an_iv_of_its_own)
{
    enum { RECORDS = 50, LENGTH = 5 + 16 + 48 };
    connect_with(engine, LK_TLS1_1, LK_CIPHER_AES_128_CBC_SHA, false);
    for (int i = 0; i < RECORDS; i++)
        wire_send(client, server, LK_CONTENT_APPLICATION_DATA, data, 20);
    cr_assert_eq(client->sent_length, RECORDS * LENGTH);
    for (size_t a = 0; a < RECORDS; a++)
        for (size_t b = 0; b < a; b++)
            cr_assert_neq(memcmp(client->sent + a * LENGTH + 5, client->sent + b * LENGTH + 5, 16), 0);
    disconnect();
}

/* Headers and lengths. */

static lk_error read_record(uint16_t version, int padding, size_t length)
{
    lk_direction_parameters parameters =
        support_parameters(LK_OPEN, version, lk_cipher_find(LK_CIPHER_AES_256_CBC_SHA384), 1);
    classic_record description = {.content_type = LK_CONTENT_APPLICATION_DATA,
                                  .plaintext = data,
                                  .length = length,
                                  .iv = version == LK_TLS1_0 ? parameters.iv : iv,
                                  .padding = padding};
    wire_feed(server, record, classic_reference(&parameters, &description, record));
    return wire_read(server);
}

static void longest_record(lk_engine *by)
{
    for (uint16_t version = LK_TLS1_0; version <= LK_TLS1_2; version++) {
        connect_with(by, version, LK_CIPHER_AES_256_CBC_SHA384, false);
        cr_assert_eq(read_record(version, 255, 16384), LK_ERROR_WANT_READ);
        cr_assert_eq(server->length, 16384);
        cr_assert_arr_eq(server->content, data, 16384);
        cr_assert_eq(server->facts[0].wire_length, (version == LK_TLS1_0 ? 0 : 16) + 5u + 16384 + 48 + 256);
        disconnect();
    }
}

Test(classic_layer, takes_the_longest_record_with_the_longest_padding)
{
    longest_record(engine);
    slow_settings *settings;
    lk_engine *slow = slow_engine_new(&settings);
    longest_record(slow);
    lk_engine_free(slow);
}

static lk_error read_header(lk_cipher_id cipher, uint16_t version, uint16_t wire_version, uint16_t length)
{
    connect_with(engine, version, cipher, false);
    uint8_t header[5] = {23, (uint8_t)(wire_version >> 8), (uint8_t)wire_version, (uint8_t)(length >> 8),
                         (uint8_t)length};
    wire_feed(server, header, sizeof header);
    lk_error error = wire_read(server);
    disconnect();
    return error;
}

Test(classic_layer, refuses_a_record_by_its_header_alone_when_its_version_or_length_cannot_be)
{
    for (uint16_t version = LK_SSL3; version <= LK_TLS1_2; version++) {
        for (uint16_t other = LK_SSL3; other <= LK_TLS1_3; other++)
            cr_expect_eq(read_header(LK_CIPHER_AES_128_CBC_SHA, version, other, 64),
                         other == version ? LK_ERROR_WANT_READ : LK_ERROR_RECORD_HEADER);
        uint16_t longest = LK_RECORD_CBC_MAX - 5;
        cr_expect_eq(read_header(LK_CIPHER_AES_128_CBC_SHA, version, version, longest), LK_ERROR_WANT_READ);
        cr_expect_eq(read_header(LK_CIPHER_AES_128_CBC_SHA, version, version, longest + 1), LK_ERROR_RECORD_OVERFLOW);
        cr_expect_eq(read_header(LK_CIPHER_NULL_SHA, version, version, 16384 + 257), LK_ERROR_RECORD_OVERFLOW);
    }
    cr_expect_eq(read_header(LK_CIPHER_AES_128_GCM, LK_TLS1_2, LK_TLS1_2, 16384 + 257), LK_ERROR_RECORD_OVERFLOW);
}

/* Sweet32 */
Test(classic_layer, P2_a_key_of_3des_seals_no_more_than_half_the_blocks_that_begin_to_repeat)
{
    connect_with(engine, LK_TLS1_1, LK_CIPHER_3DES_EDE_CBC_SHA, false);
    lk_direction_parameters parameters =
        support_parameters(LK_SEAL, LK_TLS1_1, lk_cipher_find(LK_CIPHER_3DES_EDE_CBC_SHA), 1);
    parameters.first_sequence = LK_RECORD_LIMIT_3DES - 1;
    cr_assert_eq(lk_record_layer_set_write(client->layer, &parameters), LK_OK);
    size_t taken;
    cr_expect_eq(lk_record_layer_write(client->layer, LK_CONTENT_APPLICATION_DATA, data, 1, &taken), LK_OK);
    cr_expect_eq(lk_record_layer_write(client->layer, LK_CONTENT_APPLICATION_DATA, data, 1, &taken),
                 LK_ERROR_SEQUENCE_EXHAUSTED);
    disconnect();
}

Test(classic_layer, a_forged_record_ends_reading_for_good)
{
    connect_with(engine, LK_TLS1_2, LK_CIPHER_AES_256_CBC_SHA384, false);
    lk_direction_parameters parameters =
        support_parameters(LK_OPEN, LK_TLS1_2, lk_cipher_find(LK_CIPHER_AES_256_CBC_SHA384), 1);
    classic_record description = {.content_type = LK_CONTENT_APPLICATION_DATA,
                                  .plaintext = data,
                                  .length = 100,
                                  .iv = iv,
                                  .padding = CLASSIC_SHORTEST,
                                  .wrong_padding = 1,
                                  .padding_place = 1};
    wire_feed(server, record, classic_reference(&parameters, &description, record));
    cr_expect_eq(wire_read(server), LK_ERROR_BAD_RECORD_MAC);
    cr_expect_eq(read_record(LK_TLS1_2, CLASSIC_SHORTEST, 10), LK_ERROR_BAD_RECORD_MAC);
    cr_expect_eq(server->length, 0);
    disconnect();
}

Test(classic_layer, a_record_too_short_for_its_iv_is_named)
{
    connect_with(engine, LK_TLS1_2, LK_CIPHER_AES_128_CBC_SHA, false);
    uint8_t short_record[5 + 15] = {23, 3, 3, 0, 15};
    wire_feed(server, short_record, sizeof short_record);
    cr_expect_eq(wire_read(server), LK_ERROR_RECORD_TOO_SHORT);
    disconnect();
}
