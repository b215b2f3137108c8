/* SPDX-License-Identifier: Apache-2.0 */
/* The driver on the RTL through an FT601: frames, the chip's own commands, the FIFO bus, and a clock of the engine's
 * own. */
#include "board_fixture.h"
#include "engine.h"
#include "record/record.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

enum { RECORDS = 40, ROOM = LK_RECORD_MAX };

static board_fixture board;

static void begin(void)
{
    board_fixture_init(&board, "sim:ft601");
}

static void end(void)
{
    board_fixture_release(&board);
}

TestSuite(board_ft601, .init = begin, .fini = end, .timeout = 100);

Test(board_ft601, says_what_it_is)
{
    const lk_device_information *information = lk_device_information_get(board.device);
    cr_expect_str_eq(information->uri, "sim:ft601");
    cr_expect_str_eq(information->product, "FT601", "the descriptors are the chip's");
    cr_expect_neq(information->ciphers & 1u << LK_CIPHER_AES_128_GCM, 0);
    cr_expect_eq(information->health, 0);
}

Test(board_ft601, tests_itself)
{
    lk_device_selftest result;
    cr_assert_eq(lk_device_selftest_run(board.device, &result), LK_OK);
    cr_expect_eq(result.ran, lk_device_information_get(board.device)->ciphers);
    cr_expect_eq(result.failed, 0);
}

static lk_operation operation_on(const uint8_t *input, size_t length, uint8_t *output, uint64_t sequence)
{
    return (lk_operation){.input = input,
                          .input_length = length,
                          .output = output,
                          .output_capacity = ROOM,
                          .sequence = sequence,
                          .content_type = LK_CONTENT_APPLICATION_DATA};
}

Test(board_ft601, seals_what_software_seals_and_opens_it_again)
{
    static uint8_t plaintext[16384], records[BOARD_ENGINES][ROOM], opened[ROOM];
    board_pair seal, open;
    unsigned seed = 1;
    board_pair_open(&board, LK_SEAL, LK_TLS1_3, 7, &seal);
    board_pair_open(&board, LK_OPEN, LK_TLS1_3, 7, &open);
    for (uint64_t i = 0; i < RECORDS; i++) {
        size_t length = i == 0 ? sizeof plaintext : (size_t)rand_r(&seed) % 2000;
        for (size_t byte = 0; byte < length; byte++)
            plaintext[byte] = (uint8_t)rand_r(&seed);
        lk_operation sealed[BOARD_ENGINES];
        for (size_t engine = 0; engine < BOARD_ENGINES; engine++) {
            sealed[engine] = operation_on(plaintext, length, records[engine], i);
            board_run(&board, seal.directions[engine], &sealed[engine]);
            cr_assert_eq(sealed[engine].status, LK_OK);
        }
        cr_assert_eq(sealed[0].output_length, sealed[1].output_length);
        cr_assert_arr_eq(records[0], records[1], sealed[0].output_length);
        lk_operation back = operation_on(records[0], sealed[0].output_length, opened, i);
        board_run(&board, open.directions[BOARD_DEVICE], &back);
        cr_assert_eq(back.status, LK_OK);
        cr_assert_eq(back.output_length, length);
        cr_assert_arr_eq(opened, plaintext, length);
    }
    board_pair_close(&seal);
    board_pair_close(&open);
}

Test(board_ft601, a_record_whose_tag_is_wrong_is_refused)
{
    static uint8_t record[ROOM], opened[ROOM];
    board_pair seal, open;
    board_pair_open(&board, LK_SEAL, LK_TLS1_3, 9, &seal);
    board_pair_open(&board, LK_OPEN, LK_TLS1_3, 9, &open);
    lk_operation sealed = operation_on((const uint8_t *)"secret", 6, record, 0);
    board_run(&board, seal.directions[BOARD_DEVICE], &sealed);
    cr_assert_eq(sealed.status, LK_OK);
    record[sealed.output_length - 1] ^= 1;
    lk_operation back = operation_on(record, sealed.output_length, opened, 0);
    board_run(&board, open.directions[BOARD_DEVICE], &back);
    cr_expect_eq(back.status, LK_ERROR_BAD_RECORD_MAC);
    board_pair_close(&seal);
    board_pair_close(&open);
}

/* Requests travel among commands: the counters are read while records are in work. */
Test(board_ft601, facts_are_read_while_records_are_made)
{
    static uint8_t plaintext[16384], records[RECORDS][ROOM];
    lk_operation operations[RECORDS], *list[RECORDS];
    board_pair seal;
    size_t accepted = 0;
    board_pair_open(&board, LK_SEAL, LK_TLS1_3, 3, &seal);
    for (size_t i = 0; i < RECORDS; i++) {
        operations[i] = operation_on(plaintext, sizeof plaintext, records[i], i);
        list[i] = &operations[i];
    }
    lk_error error = lk_direction_submit(seal.directions[BOARD_DEVICE], list, RECORDS, &accepted);
    cr_assert(error == LK_OK || error == LK_ERROR_ENGINE_BUSY);
    cr_assert_gt(accepted, 3);
    lk_device_statistics statistics;
    cr_assert_eq(lk_device_statistics_get(board.device, &statistics), LK_OK);
    cr_expect_lt(statistics.sealed_records, accepted, "this is no test when all were done before");
    for (size_t i = 0; i < accepted; i++) {
        board_wait(&board, &operations[i]);
        cr_assert_eq(operations[i].status, LK_OK);
    }
    cr_assert_eq(lk_device_statistics_get(board.device, &statistics), LK_OK);
    cr_expect_eq(statistics.sealed_records, accepted);
    board_pair_close(&seal);
}
