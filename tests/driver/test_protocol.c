/* SPDX-License-Identifier: Apache-2.0 */
/* Commands are composed, and completions parsed, byte for byte as docs/protocol.md has them. */
#include "adversary.h"
#include "protocol/command.h"
#include "protocol/completion.h"
#include "protocol/facts.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

Test(command, is_six_words_little_endian_and_a_padded_payload)
{
    static const uint8_t wanted[] = {0x4c, 0x10, 0x00, 0x17, 0x34, 0x12, 0x78, 0x56, 0xef, 0xbe, 0xad,
                                     0xde, 0x05, 0x00, 0x02, 0x01, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33,
                                     0x22, 0x11, 'h',  'e',  'l',  'l',  'o',  0,    0,    0};
    uint8_t bytes[64];
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_command command = {.opcode = LK_OPCODE_SEAL,
                          .content_type = 23,
                          .slot = 0x1234,
                          .generation = 0x5678,
                          .tag = 0xdeadbeef,
                          .length = 5,
                          .padding = 0x0102,
                          .sequence = 0x1122334455667788};
    lk_command_write(&writer, &command, (const uint8_t *)"hello");
    cr_assert_eq(writer.length, sizeof wanted);
    cr_assert_eq(writer.length, lk_command_size(5));
    cr_assert_arr_eq(bytes, wanted, sizeof wanted);
}

Test(command, load_carries_key_and_iv_with_zeros_behind)
{
    uint8_t bytes[LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES];
    lk_direction_parameters parameters = {
        .kind = LK_OPEN, .version = LK_TLS1_3, .cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM), .first_sequence = 9};
    memset(parameters.key, 0xaa, sizeof parameters.key);
    memset(parameters.iv, 0xbb, sizeof parameters.iv);
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_command_write_load(&writer, (lk_command){.slot = 3, .generation = 4, .tag = 5}, &parameters);
    cr_assert_not(writer.failed);
    cr_assert_eq(writer.length, sizeof bytes);
    cr_assert_eq(bytes[1], LK_OPCODE_SLOT_LOAD);
    cr_assert_eq(bytes[12], LK_LOAD_PAYLOAD_BYTES);
    cr_assert_eq(bytes[16], 9);
    static const uint8_t head[8] = {LK_DIRECTION_OPEN, 4, LK_CIPHER_AES_128_GCM, 0, 0, 0, 0, 0};
    const uint8_t *payload = bytes + LK_COMMAND_HEADER_BYTES;
    cr_assert_arr_eq(payload, head, sizeof head);
    for (size_t i = 0; i < 32; i++)
        cr_assert_eq(payload[8 + i], i < 16 ? 0xaa : 0, "key byte %zu", i);
    for (size_t i = 0; i < 16; i++)
        cr_assert_eq(payload[40 + i], i < 12 ? 0xbb : 0, "IV byte %zu", i);
}

Test(command, load_of_tls_1_2_carries_four_bytes_of_salt)
{
    uint8_t bytes[LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES];
    lk_direction_parameters parameters = {
        .kind = LK_SEAL, .version = LK_TLS1_2, .cipher = lk_cipher_find(LK_CIPHER_AES_256_GCM)};
    memset(parameters.key, 0xaa, sizeof parameters.key);
    memset(parameters.iv, 0xbb, sizeof parameters.iv);
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_command_write_load(&writer, (lk_command){0}, &parameters);
    const uint8_t *payload = bytes + LK_COMMAND_HEADER_BYTES;
    cr_assert_eq(payload[0], LK_DIRECTION_SEAL);
    cr_assert_eq(payload[1], 3);
    cr_assert_eq(payload[8 + 31], 0xaa);
    cr_assert_eq(payload[40 + 3], 0xbb);
    cr_assert_eq(payload[40 + 4], 0);
}

Test(command, load_of_cbc_carries_the_mac_key_the_flag_and_up_to_tls_1_0_an_iv)
{
    enum { KEY = 8, IV = 40, MAC_KEY = 56 };
    for (uint16_t version = LK_TLS1_0; version <= LK_TLS1_2; version++) {
        uint8_t bytes[LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES];
        lk_writer writer = lk_writer_into(bytes, sizeof bytes);
        lk_direction_parameters parameters = {.kind = LK_OPEN,
                                              .version = version,
                                              .cipher = lk_cipher_find(LK_CIPHER_AES_256_CBC_SHA),
                                              .encrypt_then_mac = version != LK_TLS1_1};
        memset(parameters.key, 0xaa, sizeof parameters.key);
        memset(parameters.iv, 0xbb, sizeof parameters.iv);
        memset(parameters.mac_key, 0xcc, sizeof parameters.mac_key);
        lk_command_write_load(&writer, (lk_command){0}, &parameters);
        cr_assert_eq(writer.length, sizeof bytes);
        const uint8_t *payload = bytes + LK_COMMAND_HEADER_BYTES;
        cr_assert_eq(payload[1], version & 0xff);
        cr_assert_eq(payload[3], version == LK_TLS1_1 ? 0 : LK_LOAD_ENCRYPT_THEN_MAC);
        for (size_t i = 0; i < 32; i++) {
            cr_assert_eq(payload[KEY + i], 0xaa);
            cr_assert_eq(payload[MAC_KEY + i], i < 20 ? 0xcc : 0, "byte %zu of the MAC key", i);
        }
        for (size_t i = 0; i < 16; i++)
            cr_assert_eq(payload[IV + i], version == LK_TLS1_0 ? 0xbb : 0, "byte %zu of the IV", i);
    }
}

Test(command, load_of_chacha20_poly1305_carries_twelve_bytes_of_iv_in_tls_1_2_too)
{
    uint8_t bytes[LK_COMMAND_HEADER_BYTES + LK_LOAD_PAYLOAD_BYTES];
    lk_direction_parameters parameters = {
        .kind = LK_SEAL, .version = LK_TLS1_2, .cipher = lk_cipher_find(LK_CIPHER_CHACHA20_POLY1305)};
    memset(parameters.iv, 0xbb, sizeof parameters.iv);
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_command_write_load(&writer, (lk_command){0}, &parameters);
    const uint8_t *payload = bytes + LK_COMMAND_HEADER_BYTES;
    cr_assert_eq(payload[2], LK_CIPHER_CHACHA20_POLY1305);
    for (size_t i = 0; i < 16; i++)
        cr_assert_eq(payload[40 + i], i < 12 ? 0xbb : 0, "IV byte %zu", i);
}

static lk_error parse(const uint8_t bytes[LK_COMPLETION_HEADER_BYTES], lk_completion *completion)
{
    lk_reader reader = lk_reader_over(bytes, LK_COMPLETION_HEADER_BYTES);
    return lk_completion_parse(&reader, completion);
}

Test(completion, is_four_words_little_endian)
{
    static const uint8_t bytes[] = {0x6c, 0x11, 0x00, 0x16, 0x34, 0x12, 0x78, 0x56,
                                    0xef, 0xbe, 0xad, 0xde, 0x00, 0x40, 0x00, 0x00};
    lk_completion completion;
    cr_assert_eq(parse(bytes, &completion), LK_OK);
    cr_assert_eq(completion.opcode, LK_OPCODE_OPEN);
    cr_assert_eq(completion.content_type, 22);
    cr_assert_eq(completion.slot, 0x1234);
    cr_assert_eq(completion.generation, 0x5678);
    cr_assert_eq(completion.tag, 0xdeadbeef);
    cr_assert_eq(completion.length, 16384);
}

static void refuses(size_t offset, uint8_t value, const char *what)
{
    uint8_t bytes[] = {0x6c, LK_OPCODE_OPEN, 0, 23, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0};
    lk_completion completion;
    cr_assert_eq(parse(bytes, &completion), LK_OK);
    bytes[offset] = value;
    cr_assert_eq(parse(bytes, &completion), LK_ERROR_DEVICE_PROTOCOL, "%s", what);
}

Test(completion, P6_a_header_that_no_device_may_send_is_refused)
{
    refuses(0, 0x4c, "the magic byte of commands");
    refuses(1, LK_OPCODE_NOP, "a payload behind NOP");
    refuses(2, LK_STATUS_BAD_RECORD_MAC, "P1: a payload behind a wrong tag");
    refuses(2, 0x7f, "an unknown status");
    refuses(13, 0xff, "a payload longer than any record");
    refuses(14, 1, "a reserved field");
}

Test(completion, P6_a_content_type_belongs_to_opened_records_alone)
{
    static const uint8_t bytes[] = {0x6c, LK_OPCODE_SEAL, 0, 23, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0};
    lk_completion completion;
    cr_assert_eq(parse(bytes, &completion), LK_ERROR_DEVICE_PROTOCOL);
}

typedef struct collected {
    size_t expected, delivered;
    lk_completion last;
    uint8_t payload[64];
    lk_error refuse;
} collected;

static lk_error collect_expect(void *context, const lk_completion *completion)
{
    collected *all = context;
    all->expected++;
    all->last = *completion;
    return all->refuse;
}

static lk_error collect_deliver(void *context, const lk_completion *completion, const uint8_t *payload)
{
    collected *all = context;
    all->delivered++;
    cr_assert_leq(completion->length, sizeof all->payload);
    memcpy(all->payload, payload, completion->length);
    return LK_OK;
}

static const uint8_t three_completions[] = {
    0x6c, LK_OPCODE_NOP,  0,    0,  0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,                                   /* */
    0x6c, LK_OPCODE_OPEN, 0,    23, 0, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 'h', 'e', 'l', 'l', 'o', 0, 0, 0, /* */
    0x6c, LK_OPCODE_SEAL, 0x0f, 0,  0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0};

Test(completion_stream, is_the_same_wherever_it_is_cut)
{
    static lk_completion_stream stream;
    for (size_t first = 0; first <= sizeof three_completions; first++) {
        for (size_t second = first; second <= sizeof three_completions; second++) {
            collected all = {0};
            lk_completion_receiver receiver = {collect_expect, collect_deliver, &all};
            lk_completion_stream_reset(&stream);
            cr_assert_eq(lk_completion_stream_feed(&stream, three_completions, first, &receiver), LK_OK);
            cr_assert_eq(lk_completion_stream_feed(&stream, three_completions + first, second - first, &receiver),
                         LK_OK);
            cr_assert_eq(lk_completion_stream_feed(&stream, three_completions + second,
                                                   sizeof three_completions - second, &receiver),
                         LK_OK);
            cr_assert_eq(all.delivered, 3);
            cr_assert_eq(all.last.tag, 3);
            cr_assert_arr_eq(all.payload, "hello", 5);
        }
    }
}

Test(completion_stream, P6_waits_for_no_payload_that_the_receiver_refuses)
{
    static lk_completion_stream stream;
    collected all = {.refuse = LK_ERROR_DEVICE_PROTOCOL};
    lk_completion_receiver receiver = {collect_expect, collect_deliver, &all};
    cr_assert_eq(lk_completion_stream_feed(&stream, three_completions, 16, &receiver), LK_ERROR_DEVICE_PROTOCOL);
    cr_assert_eq(all.delivered, 0);
}

Test(completion_stream, P6_padding_that_is_not_zero_is_refused)
{
    static lk_completion_stream stream;
    uint8_t bytes[sizeof three_completions];
    collected all = {0};
    lk_completion_receiver receiver = {collect_expect, collect_deliver, &all};
    memcpy(bytes, three_completions, sizeof bytes);
    bytes[16 + 16 + 5] = 1;
    cr_assert_eq(lk_completion_stream_feed(&stream, bytes, sizeof bytes, &receiver), LK_ERROR_DEVICE_PROTOCOL);
    cr_assert_eq(all.delivered, 1);
}

Test(completion_stream, P6_takes_any_bytes_without_harm)
{
    static lk_completion_stream stream;
    srand(1);
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[80];
        collected all = {0};
        lk_completion_receiver receiver = {collect_expect, collect_deliver, &all};
        memcpy(bytes, three_completions, sizeof three_completions);
        for (size_t i = sizeof three_completions; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)rand();
        for (int change = rand() % 4; change >= 0; change--)
            bytes[(size_t)rand() % sizeof bytes] = (uint8_t)rand();
        bytes[16 + 13] = bytes[40 + 13] = bytes[13] = 0; /* payloads that the test can hold */
        for (size_t i = 0; i < 3; i++)
            bytes[(size_t[]){12, 28, 52}[i]] &= 0x3f;
        lk_completion_stream_reset(&stream);
        size_t cut = (size_t)rand() % sizeof bytes;
        if (lk_completion_stream_feed(&stream, bytes, cut, &receiver) == LK_OK)
            lk_completion_stream_feed(&stream, bytes + cut, sizeof bytes - cut, &receiver);
        cr_assert_leq(all.delivered, all.expected);
    }
}

Test(status, each_has_its_error_and_its_name)
{
    cr_assert_eq(lk_status_error(LK_STATUS_OK), LK_OK);
    cr_assert_eq(lk_status_error(LK_STATUS_STALE_GENERATION), LK_ERROR_ENGINE_STALE);
    cr_assert_eq(lk_status_error(LK_STATUS_BAD_RECORD_MAC), LK_ERROR_BAD_RECORD_MAC);
    cr_assert_eq(lk_status_error(LK_STATUS_UNKNOWN_OPCODE), LK_ERROR_DEVICE_PROTOCOL);
    cr_assert_eq(lk_status_error(0xee), LK_ERROR_DEVICE_PROTOCOL);
    cr_assert_str_eq(lk_status_name(LK_STATUS_SLOT_EMPTY), "SLOT_EMPTY");
    cr_assert_str_eq(lk_status_name(0xee), "unknown");
}

static lk_error facts_with(size_t word, uint32_t value, size_t length, lk_device_information *information,
                           char *diagnosis)
{
    uint32_t words[LK_FACTS_INFORMATION_WORDS] = {
        LK_FACT_MAGIC_VALUE, LK_PROTOCOL_MAJOR << 16 | 2, 77, 60000000, 256, 1, LK_RECORD_BYTES_MAX, 3, 24};
    uint8_t bytes[sizeof words];
    words[word] = value;
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    for (size_t i = 0; i < LK_FACTS_INFORMATION_WORDS; i++)
        lk_writer_u32_little(&writer, words[i]);
    lk_reader reader = lk_reader_over(bytes, length);
    memset(information, 0, sizeof *information);
    return lk_facts_information(&reader, information, diagnosis);
}

Test(facts, are_read_word_by_word)
{
    lk_device_information information;
    cr_assert_eq(facts_with(LK_FACT_BUILD, 0x12345678, 40, &information, NULL), LK_OK);
    cr_assert_eq(information.protocol_version, LK_PROTOCOL_MAJOR << 16 | 2);
    cr_assert_eq(information.build, 0x12345678);
    cr_assert_eq(information.clock_hertz, 60000000);
    cr_assert_eq(information.slots, 256);
    cr_assert_eq(information.record_max, LK_RECORD_BYTES_MAX);
    cr_assert_eq(information.ciphers, 3);
    cr_assert_eq(information.versions, 24);
    cr_assert_eq(information.health, 0);
}

Test(facts, of_a_device_that_this_host_cannot_use_are_refused_with_a_reason)
{
    static const struct {
        size_t word;
        uint32_t value;
        const char *sentence;
    } cases[] = {{LK_FACT_MAGIC, 0x594b434d, "does not answer as a record engine"},
                 {LK_FACT_PROTOCOL_VERSION, (LK_PROTOCOL_MAJOR + 1) << 16, "update the library"},
                 {LK_FACT_PROTOCOL_VERSION, 0, "update the bitstream"},
                 {LK_FACT_SLOTS, 0, "0 session slots"},
                 {LK_FACT_SLOTS, 65537, "65537 session slots"},
                 {LK_FACT_RECORD_MAX, 4096, "4096 bytes at most"}};
    lk_device_information information;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char diagnosis[LK_DEVICE_DIAGNOSIS_MAX] = "";
        cr_assert_eq(facts_with(cases[i].word, cases[i].value, 40, &information, diagnosis),
                     LK_ERROR_DEVICE_INCOMPATIBLE);
        cr_assert_not_null(strstr(diagnosis, cases[i].sentence), "%s", diagnosis);
    }
}

Test(facts, that_are_cut_short_are_refused)
{
    lk_device_information information;
    for (size_t length = 0; length < 40; length++)
        cr_assert_eq(facts_with(LK_FACT_HEALTH, 0, length, &information, NULL), LK_ERROR_DEVICE_PROTOCOL);
}

Test(facts, statistics_are_pairs_low_word_first)
{
    uint8_t bytes[LK_FACTS_STATISTICS_WORDS * 4];
    lk_device_statistics statistics;
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    for (uint32_t i = 0; i < LK_FACTS_STATISTICS_WORDS; i++)
        lk_writer_u32_little(&writer, i);
    lk_reader reader = lk_reader_over(bytes, sizeof bytes);
    cr_assert_eq(lk_facts_statistics(&reader, &statistics), LK_OK);
    cr_assert_eq(statistics.cycles, UINT64_C(1) << 32);
    cr_assert_eq(statistics.live_slots, UINT64_C(21) << 32 | 20);
    reader = lk_reader_over(bytes, sizeof bytes - 1);
    cr_assert_eq(lk_facts_statistics(&reader, &statistics), LK_ERROR_DEVICE_PROTOCOL);
}
