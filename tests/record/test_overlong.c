/* SPDX-License-Identifier: Apache-2.0 */
/* Records of old peers that are longer than they may be are refused, unless they are to be taken: then all of them are.
 */
#include "classic_reference.h"
#include "slow_engine.h"
#include "support.h"
#include "wire.h"

#include <criterion/criterion.h>

enum { LONGEST = 65535 - 16 - 48 - 256 /* of plaintext, with IV, MAC and padding whatever they are */ };

static lk_engine *engine;
static uint8_t data[65536], record[LK_RECORD_OVERLONG_MAX];
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

TestSuite(overlong, .init = set_up, .fini = tear_down);

static wire_end *reader_of(uint16_t version, lk_cipher_id cipher, bool taken)
{
    wire_end *reader = wire_end_new(engine);
    lk_direction_parameters parameters = support_parameters(LK_OPEN, version, lk_cipher_find(cipher), 1);
    if (taken)
        cr_assert_eq(lk_record_layer_accept_overlong(reader->layer), LK_OK);
    lk_record_layer_set_version(reader->layer, version, version);
    cr_assert_eq(lk_record_layer_set_read(reader->layer, &parameters), LK_OK);
    return reader;
}

static size_t make(uint16_t version, lk_cipher_id cipher, uint64_t sequence, size_t length, uint8_t wrong_mac)
{
    lk_direction_parameters parameters = support_parameters(LK_OPEN, version, lk_cipher_find(cipher), 1);
    classic_record description = {.content_type = LK_CONTENT_APPLICATION_DATA,
                                  .sequence = parameters.first_sequence + sequence,
                                  .plaintext = data,
                                  .length = length,
                                  .iv = version < LK_TLS1_1 ? parameters.iv : iv,
                                  .padding = CLASSIC_SHORTEST,
                                  .wrong_mac = wrong_mac};
    return classic_reference(&parameters, &description, record);
}

/* Gives the record a bit at a time, as far as there is room. */
static lk_error feed(wire_end *reader, size_t length)
{
    lk_error error = LK_ERROR_WANT_READ;
    for (size_t at = 0; at < length && error == LK_ERROR_WANT_READ;) {
        size_t part = length - at < 10000 ? length - at : 10000;
        wire_feed(reader, record + at, part);
        at += part;
        error = wire_read(reader);
    }
    return error;
}

static const lk_cipher_id ciphers[] = {LK_CIPHER_AES_128_CBC_SHA, LK_CIPHER_AES_256_CBC_SHA384, LK_CIPHER_NULL_SHA,
                                       LK_CIPHER_3DES_EDE_CBC_SHA};
static const size_t lengths[] = {16385, 18433, 40000, LONGEST};

#define FOR_EACH_CASE(version, c, l)                                                                                   \
    for (uint16_t version = LK_TLS1_1; version <= LK_TLS1_2; version++)                                                \
        for (size_t c = 0; c < sizeof ciphers / sizeof ciphers[0]; c++)                                                \
            for (size_t l = 0; l < sizeof lengths / sizeof lengths[0]; l++)

Test(overlong, such_records_overflow)
{
    FOR_EACH_CASE(version, c, l)
    {
        wire_end *reader = reader_of(version, ciphers[c], false);
        cr_assert_eq(feed(reader, make(version, ciphers[c], 0, lengths[l], 0)), LK_ERROR_RECORD_OVERFLOW);
        wire_end_free(reader);
    }
}

Test(overlong, such_records_are_taken_where_they_are_to_be_one_after_the_other)
{
    FOR_EACH_CASE(version, c, l)
    {
        wire_end *reader = reader_of(version, ciphers[c], true);
        for (uint64_t sequence = 0; sequence < 5; sequence++) {
            reader->length = 0;
            lk_error error = feed(reader, make(version, ciphers[c], sequence, lengths[l], 0));
            cr_assert_eq(error, LK_ERROR_WANT_READ, "%s, %zu bytes, record %lu", lk_error_name(error), lengths[l],
                         (unsigned long)sequence);
            cr_assert_eq(reader->length, lengths[l]);
            cr_assert_arr_eq(reader->content, data, lengths[l]);
        }
        wire_end_free(reader);
    }
}

Test(overlong, P1_a_forged_one_gives_nothing)
{
    FOR_EACH_CASE(version, c, l)
    {
        wire_end *reader = reader_of(version, ciphers[c], true);
        cr_assert_eq(feed(reader, make(version, ciphers[c], 0, lengths[l], 1)), LK_ERROR_BAD_RECORD_MAC);
        cr_assert_eq(reader->length, 0);
        wire_end_free(reader);
    }
}

/* An old peer has no AEAD, and there the rule stands. */
Test(overlong, aead_and_records_without_a_key_stay_as_they_are)
{
    static const uint8_t header[] = {23, 3, 3, 0x50, 0}, plain[] = {22, 3, 3, 0x50, 0};
    wire_end *reader = reader_of(LK_TLS1_2, LK_CIPHER_AES_128_GCM, true);
    wire_feed(reader, header, sizeof header);
    cr_assert_eq(wire_read(reader), LK_ERROR_RECORD_OVERFLOW);
    wire_end_free(reader);
    reader = wire_end_new(engine);
    cr_assert_eq(lk_record_layer_accept_overlong(reader->layer), LK_OK);
    wire_feed(reader, plain, sizeof plain);
    cr_assert_eq(wire_read(reader), LK_ERROR_RECORD_OVERFLOW);
    wire_end_free(reader);
}

Test(overlong, an_engine_that_takes_its_time_has_no_room_for_them)
{
    slow_settings *settings;
    lk_engine *slow = slow_engine_new(&settings);
    wire_end *reader = wire_end_new(slow);
    cr_assert_eq(lk_record_layer_accept_overlong(reader->layer), LK_ERROR_ENGINE_UNSUPPORTED);
    wire_end_free(reader);
    lk_engine_free(slow);
}
