/* SPDX-License-Identifier: Apache-2.0 */
/* Promises of the design that must hold through driver, USB and RTL together; the tests carry their numbers. */
#include "sim/pair.h"
#include "sim/program.h"
#include "sim/served.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { UNTOUCHED = 0xa7, LENGTH = 77 };

static const uint8_t key[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
static const uint8_t iv[12] = {21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32};

static uint8_t plaintext[LK_RECORD_PLAINTEXT_MAX];
static uint8_t output[PAIR_BATCH][LK_RECORD_MAX];

static size_t seal_in_software(engine_pair *pair, uint16_t version, uint8_t *record)
{
    lk_direction *direction = NULL;
    lk_direction_parameters parameters = pair_parameters(LK_SEAL, version, key, iv, 5);
    cr_assert_eq(lk_engine_open(pair->software, &parameters, &direction), LK_OK);
    pair_random_bytes(plaintext, LENGTH);
    lk_operation operation = {.input = plaintext,
                              .input_length = LENGTH,
                              .output = record,
                              .output_capacity = LK_RECORD_MAX,
                              .sequence = 5,
                              .content_type = 23};
    pair_run(pair->software, direction, &operation, 1);
    cr_assert_eq(operation.status, LK_OK);
    lk_direction_close(direction);
    return operation.output_length;
}

static bool is_untouched(const uint8_t *bytes, size_t length)
{
    size_t i = 0;
    while (i < length && bytes[i] == UNTOUCHED)
        i++;
    return i == length;
}

/* Opens copies of a record with one bit flipped in each: bits first, first + step, ... below end. @return how many. */
static size_t flip_bits(engine_pair *pair, lk_direction *direction, const uint8_t *record, size_t length, size_t first,
                        size_t end, size_t step)
{
    static uint8_t flipped[PAIR_BATCH][LK_RECORD_MAX];
    size_t flips = 0;
    for (size_t bit = first; bit < end;) {
        lk_operation operations[PAIR_BATCH];
        size_t count = 0;
        for (; count < PAIR_BATCH && bit < end; bit += step, count++) {
            memcpy(flipped[count], record, length);
            flipped[count][bit / 8] ^= (uint8_t)(1u << bit % 8);
            memset(output[count], UNTOUCHED, length);
            operations[count] = (lk_operation){.input = flipped[count],
                                               .input_length = length,
                                               .output = output[count],
                                               .output_capacity = LK_RECORD_MAX,
                                               .sequence = 5};
        }
        pair_run(pair->board, direction, operations, count);
        for (size_t i = 0; i < count; i++) {
            cr_assert_eq(operations[i].status, LK_ERROR_BAD_RECORD_MAC, "%s", lk_error_name(operations[i].status));
            cr_assert_eq(operations[i].output_length, 0);
            cr_assert(is_untouched(output[i], length), "a byte of plaintext left the board");
        }
        flips += count;
    }
    return flips;
}

static void assert_p1(const char *uri)
{
    engine_pair pair;
    pair_open(&pair, uri);
    uint64_t flips = 0;
    for (int i = 0; i < 2; i++) {
        uint16_t version = i ? LK_TLS1_2 : LK_TLS1_3;
        static uint8_t record[LK_RECORD_MAX];
        size_t length = seal_in_software(&pair, version, record);
        lk_direction *direction = NULL;
        lk_direction_parameters parameters = pair_parameters(LK_OPEN, version, key, iv, 5);
        cr_assert_eq(lk_engine_open(pair.board, &parameters, &direction), LK_OK);
        size_t body = LK_RECORD_HEADER_LENGTH * 8, tag = (length - 16) * 8;
        flips += flip_bits(&pair, direction, record, length, tag, length * 8, 1);
        flips += flip_bits(&pair, direction, record, length, body, tag, 7); /* a sample */
        flips += flip_bits(&pair, direction, record, length, 0, 3 * 8, 1);  /* type and version in the header */
        lk_operation operation = {.input = record,
                                  .input_length = length,
                                  .output = output[0],
                                  .output_capacity = LK_RECORD_MAX,
                                  .sequence = 5};
        pair_run(pair.board, direction, &operation, 1);
        cr_assert_eq(operation.status, LK_OK, "the record itself is as good as before");
        cr_assert_eq(memcmp(output[0], plaintext, LENGTH), 0);
        lk_direction_close(direction);
    }
    lk_device_statistics statistics;
    cr_assert_eq(lk_device_statistics_get(pair.device, &statistics), LK_OK);
    cr_assert_eq(statistics.authentication_failures, flips, "each was refused by the board itself");
    pair_close(&pair);
}

Test(promises, p1_no_flipped_bit_lets_plaintext_out)
{
    assert_p1("sim:direct");
}

Test(promises, p1_at_the_pins_no_flipped_bit_lets_plaintext_out)
{
    assert_p1("sim:ulpi");
}

static lk_error seal_on_board(engine_pair *pair, lk_direction *direction, uint64_t sequence)
{
    lk_operation operation = {.input = plaintext,
                              .input_length = 20,
                              .output = output[0],
                              .output_capacity = LK_RECORD_MAX,
                              .sequence = sequence,
                              .content_type = 23};
    pair_run(pair->board, direction, &operation, 1);
    return operation.status;
}

Test(promises, p2_the_board_seals_no_sequence_number_twice)
{
    engine_pair pair;
    lk_direction *direction = NULL;
    pair_open(&pair, "sim:direct");
    lk_direction_parameters parameters = pair_parameters(LK_SEAL, LK_TLS1_3, key, iv, 100);
    cr_assert_eq(lk_engine_open(pair.board, &parameters, &direction), LK_OK);
    cr_assert_eq(seal_on_board(&pair, direction, 99), LK_ERROR_SEQUENCE_REUSED);
    cr_assert_eq(seal_on_board(&pair, direction, 100), LK_OK);
    cr_assert_eq(seal_on_board(&pair, direction, 100), LK_ERROR_SEQUENCE_REUSED);
    cr_assert_eq(seal_on_board(&pair, direction, 105), LK_OK, "numbers may be left out");
    cr_assert_eq(seal_on_board(&pair, direction, 104), LK_ERROR_SEQUENCE_REUSED);
    cr_assert_eq(seal_on_board(&pair, direction, UINT64_MAX), LK_ERROR_SEQUENCE_EXHAUSTED);
    cr_assert_eq(seal_on_board(&pair, direction, 106), LK_OK, "the direction goes on");
    lk_direction_close(direction);
    pair_close(&pair);
}

/* Submits as much as the engine takes, and lets the server die in the middle of it. */
static void lose_server(const char *phy)
{
    test_program board;
    engine_pair pair;
    char uri[64];
    lk_direction *direction = NULL;
    lk_operation operations[PAIR_BATCH], *pointers[PAIR_BATCH];
    size_t accepted = 0;
    program_start(&board, (const char *const[]){"--listen", "127.0.0.1:0", "--phy", phy, "--quiet", NULL});
    program_ready(&board);
    snprintf(uri, sizeof uri, "usbip:127.0.0.1:%u", board.port);
    pair_open(&pair, uri);
    lk_direction_parameters parameters = pair_parameters(LK_SEAL, LK_TLS1_3, key, iv, 0);
    cr_assert_eq(lk_engine_open(pair.board, &parameters, &direction), LK_OK);
    for (size_t i = 0; i < PAIR_BATCH; i++) {
        operations[i] = (lk_operation){.input = plaintext,
                                       .input_length = LK_RECORD_PLAINTEXT_MAX,
                                       .output = output[i],
                                       .output_capacity = LK_RECORD_MAX,
                                       .sequence = i,
                                       .content_type = 23};
        pointers[i] = &operations[i];
    }
    cr_assert_eq(lk_direction_submit(direction, pointers, PAIR_BATCH, &accepted), LK_OK);
    cr_assert_eq(accepted, PAIR_BATCH);
    lk_engine_progress(pair.board, 1);
    kill(board.process, SIGKILL);
    for (int i = 0; i < 1000 && operations[PAIR_BATCH - 1].state != LK_OPERATION_DONE; i++)
        lk_engine_progress(pair.board, 10);
    for (size_t i = 0; i < PAIR_BATCH; i++) {
        cr_assert_eq(operations[i].state, LK_OPERATION_DONE);
        cr_assert(operations[i].status == LK_OK || operations[i].status == LK_ERROR_DEVICE_LOST, "%s",
                  lk_error_name(operations[i].status));
    }
    cr_assert_eq(operations[PAIR_BATCH - 1].status, LK_ERROR_DEVICE_LOST);
    cr_assert_eq(lk_direction_submit(direction, pointers, 1, &accepted), LK_ERROR_DEVICE_LOST);
    lk_direction_close(direction);
    cr_assert_eq(lk_engine_open(pair.board, &parameters, &direction), LK_ERROR_DEVICE_LOST);
    pair_close(&pair);
    program_end(&board);
}

Test(promises, p4_a_server_that_is_killed_loses_the_device_and_says_so)
{
    lose_server("direct");
}

Test(promises, p4_at_the_pins_a_server_that_is_killed_loses_the_device_and_says_so)
{
    lose_server("ulpi");
}

Test(promises, p4_a_server_that_ends_in_order_loses_the_device_too)
{
    served_board board;
    engine_pair pair;
    char uri[64];
    lk_direction *direction = NULL;
    served_start(&board, LK_PHY_DIRECT);
    snprintf(uri, sizeof uri, "usbip:127.0.0.1:%u", board.port);
    pair_open(&pair, uri);
    lk_direction_parameters parameters = pair_parameters(LK_SEAL, LK_TLS1_3, key, iv, 0);
    cr_assert_eq(lk_engine_open(pair.board, &parameters, &direction), LK_OK);
    cr_assert_eq(seal_on_board(&pair, direction, 0), LK_OK);
    served_stop(&board, NULL);
    lk_operation operation = {.input = plaintext,
                              .input_length = 20,
                              .output = output[0],
                              .output_capacity = LK_RECORD_MAX,
                              .sequence = 1,
                              .content_type = 23};
    lk_operation *pointer = &operation;
    size_t accepted = 0;
    lk_error error = lk_direction_submit(direction, &pointer, 1, &accepted);
    for (int i = 0; i < 1000 && !error && operation.state != LK_OPERATION_DONE; i++)
        lk_engine_progress(pair.board, 10);
    cr_assert_eq(error ? error : operation.status, LK_ERROR_DEVICE_LOST);
    lk_direction_close(direction);
    pair_close(&pair);
}
