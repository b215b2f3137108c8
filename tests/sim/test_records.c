/* SPDX-License-Identifier: Apache-2.0 */
/* Every record that the board makes or opens, through the real driver, equals the software engine's, byte for byte. */
#include "record/rfc8448_records.h"
#include "sim/pair.h"
#include "sim/served.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { RECORDS_PER_KEY = 5 * PAIR_BATCH };

/* Each cipher of the board, and each way to protect a record. */
static const struct {
    uint16_t version;
    lk_cipher_id cipher;
    bool encrypt_then_mac;
} protections[] = {{LK_TLS1_3, LK_CIPHER_AES_128_GCM, false},        {LK_TLS1_2, LK_CIPHER_AES_128_GCM, false},
                   {LK_TLS1_2, LK_CIPHER_AES_128_CBC_SHA, false},    {LK_TLS1_3, LK_CIPHER_AES_256_GCM, false},
                   {LK_TLS1_0, LK_CIPHER_AES_256_CBC_SHA, false},    {LK_TLS1_2, LK_CIPHER_AES_256_GCM, false},
                   {LK_TLS1_2, LK_CIPHER_AES_128_CBC_SHA256, true},  {LK_TLS1_3, LK_CIPHER_CHACHA20_POLY1305, false},
                   {LK_SSL3, LK_CIPHER_AES_128_CBC_SHA, false},      {LK_TLS1_2, LK_CIPHER_CHACHA20_POLY1305, false},
                   {LK_TLS1_1, LK_CIPHER_AES_256_CBC_SHA256, false}, {LK_TLS1_0, LK_CIPHER_AES_128_CBC_SHA, true},
                   {LK_TLS1_2, LK_CIPHER_NULL_SHA256, false}};
enum { PROTECTIONS = sizeof protections / sizeof protections[0] };

static uint8_t plaintext[PAIR_BATCH][LK_RECORD_PLAINTEXT_MAX];
static uint8_t board_record[PAIR_BATCH][LK_RECORD_CBC_MAX], software_record[PAIR_BATCH][LK_RECORD_CBC_MAX];
static uint8_t board_plaintext[PAIR_BATCH][LK_RECORD_CBC_MAX], software_plaintext[PAIR_BATCH][LK_RECORD_CBC_MAX];

/* Edges and small records more often than large ones, which take the simulation most of its time. */
static size_t random_length(void)
{
    static const size_t edges[] = {0,  1,  2,   3,   4,   11,  12,  15,  16,  17,  31,  32,  33,  47,  48,   49,  63,
                                   64, 65, 127, 128, 255, 256, 257, 483, 484, 499, 500, 511, 512, 513, 1023, 1024};
    uint32_t kind = pair_random() % 200;
    if (kind < 1)
        return LK_RECORD_PLAINTEXT_MAX - pair_random() % 3;
    if (kind < 3)
        return pair_random() % (LK_RECORD_PLAINTEXT_MAX + 1);
    if (kind < 60)
        return edges[pair_random() % (sizeof edges / sizeof edges[0])];
    return pair_random() % (kind < 140 ? 100 : 1500);
}

static uint16_t random_padding(uint16_t version, size_t length)
{
    size_t room = LK_RECORD_PLAINTEXT_MAX - length;
    if (version != LK_TLS1_3 || pair_random() % 3 != 0)
        return 0;
    return (uint16_t)(room < 40 ? room : pair_random() % 40);
}

static lk_operation make(const uint8_t *input, size_t length, uint8_t *output, uint64_t sequence)
{
    return (lk_operation){.input = input,
                          .input_length = length,
                          .output = output,
                          .output_capacity = LK_RECORD_CBC_MAX,
                          .sequence = sequence};
}

static void assert_same(const lk_operation *board, const lk_operation *software)
{
    cr_assert_eq(board->status, software->status, "%s, %s", lk_error_name(board->status),
                 lk_error_name(software->status));
    cr_assert_str_eq(board->engine, "device");
    cr_assert_str_eq(software->engine, "software");
    cr_assert_eq(board->content_type, software->content_type);
    cr_assert_eq(board->output_length, software->output_length);
    cr_assert_eq(memcmp(board->output, software->output, board->output_length), 0);
}

/* Seals a batch on both, opens what came of it on both. */
static void compare_batch(engine_pair *pair, pair_direction *seal, pair_direction *open, uint16_t version,
                          uint64_t sequence)
{
    lk_operation board[PAIR_BATCH], software[PAIR_BATCH];
    for (size_t i = 0; i < PAIR_BATCH; i++) {
        size_t length = random_length();
        pair_random_bytes(plaintext[i], length);
        board[i] = make(plaintext[i], length, board_record[i], sequence + i);
        board[i].content_type = (uint8_t)(21 + pair_random() % 3);
        board[i].padding = random_padding(version, length);
        pair_random_bytes(board[i].iv, sizeof board[i].iv);
        software[i] = board[i];
        software[i].output = software_record[i];
    }
    pair_run(pair->board, seal->board, board, PAIR_BATCH);
    pair_run(pair->software, seal->software, software, PAIR_BATCH);
    lk_operation board_open[PAIR_BATCH], software_open[PAIR_BATCH];
    for (size_t i = 0; i < PAIR_BATCH; i++) {
        assert_same(&board[i], &software[i]);
        cr_assert_eq(board[i].status, LK_OK, "%s", lk_error_name(board[i].status));
        board_open[i] = make(software_record[i], software[i].output_length, board_plaintext[i], sequence + i);
        software_open[i] = make(software_record[i], software[i].output_length, software_plaintext[i], sequence + i);
    }
    pair_run(pair->board, open->board, board_open, PAIR_BATCH);
    pair_run(pair->software, open->software, software_open, PAIR_BATCH);
    for (size_t i = 0; i < PAIR_BATCH; i++) {
        assert_same(&board_open[i], &software_open[i]);
        cr_assert_eq(board_open[i].status, LK_OK);
        cr_assert_eq(board_open[i].content_type, board[i].content_type);
        cr_assert_eq(board_open[i].output_length, board[i].input_length);
        cr_assert_eq(memcmp(board_plaintext[i], plaintext[i], board[i].input_length), 0);
    }
}

static lk_direction_parameters random_parameters(size_t protection, uint64_t sequence)
{
    lk_direction_parameters parameters = {.kind = LK_SEAL,
                                          .version = protections[protection].version,
                                          .cipher = lk_cipher_find(protections[protection].cipher),
                                          .encrypt_then_mac = protections[protection].encrypt_then_mac,
                                          .first_sequence = sequence};
    pair_random_bytes(parameters.key, parameters.cipher->key_length);
    pair_random_bytes(parameters.iv, lk_record_iv_length(parameters.version, parameters.cipher));
    pair_random_bytes(parameters.mac_key, parameters.cipher->mac_key_length);
    return parameters;
}

/* count records sealed and opened, with a new key every RECORDS_PER_KEY, the versions and ciphers in turn. */
static void compare_records(const char *uri, size_t count)
{
    engine_pair pair;
    lk_device_statistics statistics;
    size_t made = 0;
    pair_open(&pair, uri);
    for (uint32_t keys = 0; made < count; keys++) {
        uint64_t sequence = keys / PROTECTIONS % 2 == 0 ? 0 : (uint64_t)pair_random() << 31 | pair_random();
        lk_direction_parameters parameters = random_parameters(keys % PROTECTIONS, sequence);
        uint16_t version = parameters.version;
        pair_direction seal = pair_direction_open(&pair, &parameters);
        parameters.kind = LK_OPEN;
        pair_direction open = pair_direction_open(&pair, &parameters);
        for (size_t i = 0; i < RECORDS_PER_KEY && made < count; i += PAIR_BATCH, made += PAIR_BATCH)
            compare_batch(&pair, &seal, &open, version, sequence + i);
        pair_direction_close(&seal);
        pair_direction_close(&open);
    }
    cr_assert_eq(lk_device_statistics_get(pair.device, &statistics), LK_OK);
    cr_assert_eq(statistics.sealed_records, made, "the board itself has counted them");
    cr_assert_eq(statistics.opened_records, made);
    pair_close(&pair);
}

Test(records, ten_thousand_random_records_equal_those_of_software)
{
    compare_records("sim:direct", 10000);
}

Test(records, random_records_over_usbip_and_the_pins_equal_those_of_software)
{
    served_board board;
    char uri[64];
    served_start(&board, LK_PHY_ULPI);
    snprintf(uri, sizeof uri, "usbip:127.0.0.1:%u/1-1", board.port);
    compare_records(uri, 400);
    served_stop(&board, NULL);
}

Test(records, the_longest_records_pass)
{
    engine_pair pair;
    pair_open(&pair, "sim:direct");
    pair_random_bytes(plaintext[0], LK_RECORD_PLAINTEXT_MAX);
    for (size_t i = 0; i < PROTECTIONS; i++) {
        lk_direction_parameters parameters = random_parameters(i, 7);
        pair_direction seal = pair_direction_open(&pair, &parameters);
        parameters.kind = LK_OPEN;
        pair_direction open = pair_direction_open(&pair, &parameters);
        lk_operation board = make(plaintext[0], LK_RECORD_PLAINTEXT_MAX, board_record[0], 7), software = board;
        board.content_type = software.content_type = 23;
        software.output = software_record[0];
        pair_run(pair.board, seal.board, &board, 1);
        pair_run(pair.software, seal.software, &software, 1);
        assert_same(&board, &software);
        cr_assert_eq(board.status, LK_OK);
        lk_operation opened = make(board_record[0], board.output_length, board_plaintext[0], 7);
        pair_run(pair.board, open.board, &opened, 1);
        cr_assert_eq(opened.status, LK_OK);
        cr_assert_eq(opened.output_length, LK_RECORD_PLAINTEXT_MAX);
        cr_assert_eq(memcmp(board_plaintext[0], plaintext[0], LK_RECORD_PLAINTEXT_MAX), 0);
        pair_direction_close(&seal);
        pair_direction_close(&open);
    }
    pair_close(&pair);
}

static void replay_trace(const char *uri)
{
    engine_pair pair;
    pair_open(&pair, uri);
    for (size_t i = 0; i < sizeof rfc8448_records / sizeof rfc8448_records[0]; i++) {
        const lk_trace_record *trace = &rfc8448_records[i];
        lk_direction_parameters parameters =
            pair_parameters(LK_SEAL, LK_TLS1_3, trace->key, trace->iv, trace->sequence);
        pair_direction seal = pair_direction_open(&pair, &parameters);
        parameters.kind = LK_OPEN;
        pair_direction open = pair_direction_open(&pair, &parameters);
        lk_operation sealed = make(trace->plaintext, trace->plaintext_length, board_record[0], trace->sequence);
        sealed.content_type = trace->content_type;
        pair_run(pair.board, seal.board, &sealed, 1);
        cr_assert_eq(sealed.output_length, trace->record_length, "%s", trace->title);
        cr_assert_eq(memcmp(board_record[0], trace->record, trace->record_length), 0, "%s", trace->title);
        lk_operation opened = make(trace->record, trace->record_length, board_plaintext[0], trace->sequence);
        pair_run(pair.board, open.board, &opened, 1);
        cr_assert_eq(opened.status, LK_OK, "%s", trace->title);
        cr_assert_eq(opened.content_type, trace->content_type);
        cr_assert_eq(opened.output_length, trace->plaintext_length);
        cr_assert_eq(memcmp(board_plaintext[0], trace->plaintext, trace->plaintext_length), 0, "%s", trace->title);
        pair_direction_close(&seal);
        pair_direction_close(&open);
    }
    pair_close(&pair);
}

Test(records, the_records_of_rfc8448_come_from_the_board)
{
    replay_trace("sim:direct");
}

Test(records, at_the_pins_the_records_of_rfc8448_come_from_the_board)
{
    replay_trace("sim:ulpi");
}
