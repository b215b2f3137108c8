/* SPDX-License-Identifier: Apache-2.0 */
/* The driver on the RTL: what the board makes equals what software makes, and what it refuses has a name. */
#include "board_fixture.h"
#include "engine.h"
#include "protocol/command.h"
#include "record/record.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

/* Records of each version: sealed, compared, opened again. */
enum { BATCH = 24, RECORDS = 2520 };

static board_fixture board;

static void begin(void)
{
    board_fixture_init(&board, "sim:direct");
}

static void end(void)
{
    board_fixture_release(&board);
}

TestSuite(board, .init = begin, .fini = end, .timeout = 280);

Test(board, says_what_it_is)
{
    const lk_device_information *information = lk_device_information_get(board.device);
    cr_assert_str_eq(information->uri, "sim:direct");
    cr_assert_eq(information->protocol_version >> 16, LK_PROTOCOL_MAJOR);
    cr_assert_geq(information->slots, 256);
    cr_assert_neq(information->ciphers & 1u << LK_CIPHER_AES_128_GCM, 0);
    cr_assert_neq(information->versions & lk_version_bit(LK_TLS1_2), 0);
    cr_assert_neq(information->versions & lk_version_bit(LK_TLS1_3), 0);
    cr_assert_eq(information->health, 0);
    cr_assert_neq(information->product[0], '\0');
    cr_assert_neq(information->serial[0], '\0');
}

Test(board, tests_itself_when_nobody_uses_it)
{
    const lk_device_information *information = lk_device_information_get(board.device);
    lk_device_selftest result;
    cr_assert_eq(lk_device_selftest_run(board.device, &result), LK_OK);
    cr_assert_eq(result.ran, information->ciphers);
    cr_assert_eq(result.failed, 0);
    cr_assert_eq(result.ciphers, information->ciphers);

    board_pair pair;
    board_pair_open(&board, LK_SEAL, LK_TLS1_3, 1, &pair);
    cr_assert_eq(lk_device_selftest_run(board.device, &result), LK_ERROR_ENGINE_BUSY);
    uint8_t plaintext[5] = "still", record[64];
    lk_operation operation = {.input = plaintext,
                              .input_length = sizeof plaintext,
                              .output = record,
                              .output_capacity = sizeof record,
                              .content_type = LK_CONTENT_APPLICATION_DATA};
    board_run(&board, pair.directions[BOARD_DEVICE], &operation);
    cr_assert_eq(operation.status, LK_OK, "the refusal has changed nothing");
    board_pair_close(&pair);
}

static size_t random_length(unsigned *seed)
{
    static const size_t edges[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 255, 256, 1023, 1024};
    unsigned kind = (unsigned)rand_r(seed) % 64;
    if (kind == 0)
        return 16384 - (size_t)rand_r(seed) % 18;
    if (kind < 4)
        return (size_t)rand_r(seed) % 16385;
    return edges[(size_t)rand_r(seed) % (sizeof edges / sizeof edges[0])];
}

/* Short, or with the plaintext up to the limit. */
static uint16_t random_padding(size_t length, unsigned *seed)
{
    size_t room = LK_RECORD_PLAINTEXT_MAX - length;
    size_t wanted = rand_r(seed) % 32 == 0 ? room : (size_t)rand_r(seed) % 40;
    return (uint16_t)(wanted < room ? wanted : room);
}

typedef struct batch {
    lk_operation seal[BOARD_ENGINES][BATCH];
    lk_operation open[BATCH];
    uint8_t plaintext[BATCH][LK_RECORD_PLAINTEXT_MAX];
    uint8_t sealed[BOARD_ENGINES][BATCH][LK_RECORD_MAX];
    uint8_t opened[BATCH][LK_RECORD_MAX];
} batch;

static batch records;

static void batch_prepare(uint16_t version, uint64_t sequence, unsigned *seed)
{
    for (size_t i = 0; i < BATCH; i++) {
        size_t length = random_length(seed);
        uint16_t padding = 0;
        uint8_t type = (uint8_t)(20 + rand_r(seed) % 4);
        for (size_t at = 0; at < length; at++)
            records.plaintext[i][at] = (uint8_t)rand_r(seed);
        if (version == LK_TLS1_3 && rand_r(seed) % 4 == 0)
            padding = random_padding(length, seed);
        for (size_t engine = 0; engine < BOARD_ENGINES; engine++)
            records.seal[engine][i] = (lk_operation){.input = records.plaintext[i],
                                                     .input_length = length,
                                                     .output = records.sealed[engine][i],
                                                     .output_capacity = LK_RECORD_MAX,
                                                     .sequence = sequence + i,
                                                     .content_type = type,
                                                     .padding = padding};
    }
}

/* Submits all of a batch, as fast as the engine takes them, and waits for all. */
static void batch_run(lk_direction *direction, lk_operation *operations)
{
    size_t submitted = 0;
    while (submitted < BATCH) {
        lk_operation *rest[BATCH];
        size_t accepted;
        for (size_t i = submitted; i < BATCH; i++)
            rest[i - submitted] = &operations[i];
        lk_error error = lk_direction_submit(direction, rest, BATCH - submitted, &accepted);
        cr_assert(error == LK_OK || error == LK_ERROR_ENGINE_BUSY);
        submitted += accepted;
        lk_engine_progress(direction->engine, 10);
    }
    for (size_t i = 0; i < BATCH; i++)
        board_wait(&board, &operations[i]);
}

static void batch_compare(void)
{
    for (size_t i = 0; i < BATCH; i++) {
        const lk_operation *device = &records.seal[BOARD_DEVICE][i];
        const lk_operation *software = &records.seal[BOARD_SOFTWARE][i];
        cr_assert_eq(device->status, LK_OK);
        cr_assert_eq(device->output_length, software->output_length);
        cr_assert_arr_eq(device->output, software->output, device->output_length);
        cr_assert_eq(records.open[i].status, LK_OK);
        cr_assert_eq(records.open[i].content_type, software->content_type);
        cr_assert_eq(records.open[i].output_length, software->input_length);
        cr_assert_eq(memcmp(records.open[i].output, software->input, software->input_length), 0);
    }
}

/* Half of them are opened in place. */
static void batch_prepare_open(uint16_t version)
{
    size_t offset = LK_RECORD_HEADER_LENGTH + (version == LK_TLS1_2 ? 8 : 0);
    for (size_t i = 0; i < BATCH; i++) {
        lk_operation *sealed = &records.seal[BOARD_DEVICE][i];
        bool in_place = i % 2 == 0;
        if (in_place)
            memcpy(records.opened[i], sealed->output, sealed->output_length);
        records.open[i] = (lk_operation){.input = in_place ? records.opened[i] : sealed->output,
                                         .input_length = sealed->output_length,
                                         .output = in_place ? records.opened[i] + offset : records.opened[i],
                                         .output_capacity = LK_RECORD_MAX - offset,
                                         .sequence = sealed->sequence};
    }
}

static void random_records(uint16_t version, unsigned seed)
{
    board_pair seal, open;
    board_pair_open(&board, LK_SEAL, version, seed, &seal);
    board_pair_open(&board, LK_OPEN, version, seed, &open);
    for (uint64_t sequence = 0; sequence < RECORDS; sequence += BATCH) {
        batch_prepare(version, sequence, &seed);
        for (size_t engine = 0; engine < BOARD_ENGINES; engine++)
            batch_run(seal.directions[engine], records.seal[engine]);
        batch_prepare_open(version);
        batch_run(open.directions[BOARD_DEVICE], records.open);
        batch_compare();
    }
    board_pair_close(&seal);
    board_pair_close(&open);
}

Test(board, seals_and_opens_random_tls_1_3_records_as_software_does)
{
    random_records(LK_TLS1_3, 13);
}

Test(board, seals_and_opens_random_tls_1_2_records_as_software_does)
{
    random_records(LK_TLS1_2, 12);
}

Test(board, counts_what_it_does)
{
    lk_device_statistics statistics;
    board_pair seal;
    uint8_t input[100] = {0};
    uint8_t output[200];
    lk_operation operation = {.input = input,
                              .input_length = sizeof input,
                              .output = output,
                              .output_capacity = sizeof output,
                              .content_type = 23};
    board_pair_open(&board, LK_SEAL, LK_TLS1_3, 1, &seal);
    board_run(&board, seal.directions[BOARD_DEVICE], &operation);
    cr_assert_eq(lk_device_statistics_get(board.device, &statistics), LK_OK);
    cr_assert_eq(statistics.sealed_records, 1);
    cr_assert_eq(statistics.sealed_bytes, 100);
    cr_assert_eq(statistics.opened_records, 0);
    cr_assert_eq(statistics.commands, 2);
    cr_assert_eq(statistics.live_slots, 1);
    cr_assert_gt(statistics.cycles, statistics.busy_cycles);
    board_pair_close(&seal);
}

Test(board, P2_seals_no_sequence_number_twice)
{
    static const uint64_t sequences[] = {5, 5, 4, 6, UINT64_MAX - 1, UINT64_MAX - 1, UINT64_MAX, 7};
    board_pair seal;
    uint8_t input[1] = {0};
    board_pair_open(&board, LK_SEAL, LK_TLS1_2, 2, &seal);
    for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
        uint8_t output[BOARD_ENGINES][64];
        lk_operation operations[BOARD_ENGINES];
        for (size_t engine = 0; engine < BOARD_ENGINES; engine++) {
            operations[engine] = (lk_operation){.input = input,
                                                .input_length = 1,
                                                .output = output[engine],
                                                .output_capacity = 64,
                                                .content_type = 23,
                                                .sequence = sequences[i]};
            board_run(&board, seal.directions[engine], &operations[engine]);
        }
        cr_assert_eq(operations[0].status, operations[1].status, "sequence number %zu: %s and %s", i,
                     lk_error_name(operations[0].status), lk_error_name(operations[1].status));
        cr_assert_eq(operations[0].output_length, operations[1].output_length);
    }
    board_pair_close(&seal);
}

/* Opens a record in both engines and compares how that ends; the device's output is as it was unless both succeed. */
static lk_error both_open(board_pair *open, const uint8_t *record, size_t length, uint64_t sequence)
{
    static uint8_t output[BOARD_ENGINES][LK_RECORD_MAX];
    lk_operation operations[BOARD_ENGINES];
    memset(output, 0xee, sizeof output);
    for (size_t engine = 0; engine < BOARD_ENGINES; engine++) {
        operations[engine] = (lk_operation){.input = record,
                                            .input_length = length,
                                            .output = output[engine],
                                            .output_capacity = LK_RECORD_MAX,
                                            .sequence = sequence};
        board_run(&board, open->directions[engine], &operations[engine]);
    }
    cr_assert_eq(operations[0].status, operations[1].status, "length %zu: %s and %s", length,
                 lk_error_name(operations[0].status), lk_error_name(operations[1].status));
    cr_assert_eq(operations[0].output_length, operations[1].output_length);
    for (size_t i = 0; operations[0].status && i < LK_RECORD_MAX; i++)
        cr_assert_eq(output[BOARD_DEVICE][i], 0xee, "P1: no byte of plaintext");
    return operations[0].status;
}

static size_t record_with(uint8_t *record, size_t fragment)
{
    static const uint8_t head[3] = {23, 3, 3};
    memset(record, 0x77, LK_RECORD_HEADER_LENGTH + fragment);
    memcpy(record, head, sizeof head);
    record[3] = (uint8_t)(fragment >> 8);
    record[4] = (uint8_t)fragment;
    return LK_RECORD_HEADER_LENGTH + fragment;
}

static void records_of_wrong_lengths(uint16_t version, const size_t *lengths, const lk_error *errors, size_t count)
{
    static uint8_t record[LK_RECORD_MAX + 64];
    board_pair open;
    board_pair_open(&board, LK_OPEN, version, 3, &open);
    for (size_t i = 0; i < count; i++) {
        size_t length = record_with(record, lengths[i]);
        cr_assert_eq(both_open(&open, record, length, i), errors[i], "a fragment of %zu bytes", lengths[i]);
    }
    cr_assert_eq(both_open(&open, record, record_with(record, 100), UINT64_MAX), LK_ERROR_SEQUENCE_EXHAUSTED);
    cr_assert_eq(both_open(&open, record, 4, 0), LK_ERROR_INVALID_ARGUMENT);
    record_with(record, 100);
    cr_assert_eq(both_open(&open, record, 104, 0), LK_ERROR_INVALID_ARGUMENT, "the header says 100");
    board_pair_close(&open);
}

Test(board, names_the_fault_of_a_record_of_the_wrong_length)
{
    static const size_t lengths_1_3[] = {0, 1, 16, 17, 16401, 16402, 16640, 16641};
    static const lk_error errors_1_3[] = {
        LK_ERROR_RECORD_TOO_SHORT, LK_ERROR_RECORD_TOO_SHORT, LK_ERROR_RECORD_TOO_SHORT, LK_ERROR_BAD_RECORD_MAC,
        LK_ERROR_BAD_RECORD_MAC,   LK_ERROR_RECORD_OVERFLOW,  LK_ERROR_RECORD_OVERFLOW,  LK_ERROR_RECORD_OVERFLOW};
    static const size_t lengths_1_2[] = {0, 23, 24, 16408, 16409};
    static const lk_error errors_1_2[] = {LK_ERROR_RECORD_TOO_SHORT, LK_ERROR_RECORD_TOO_SHORT, LK_ERROR_BAD_RECORD_MAC,
                                          LK_ERROR_BAD_RECORD_MAC, LK_ERROR_RECORD_OVERFLOW};
    records_of_wrong_lengths(LK_TLS1_3, lengths_1_3, errors_1_3, 8);
    records_of_wrong_lengths(LK_TLS1_2, lengths_1_2, errors_1_2, 5);
}

Test(board, P1_gives_no_byte_of_a_changed_record_and_goes_on)
{
    board_pair seal, open;
    uint8_t input[40];
    uint8_t record[80];
    memset(input, 'p', sizeof input);
    board_pair_open(&board, LK_SEAL, LK_TLS1_3, 4, &seal);
    board_pair_open(&board, LK_OPEN, LK_TLS1_3, 4, &open);
    lk_operation operation = {.input = input,
                              .input_length = sizeof input,
                              .output = record,
                              .output_capacity = sizeof record,
                              .content_type = 23};
    board_run(&board, seal.directions[BOARD_SOFTWARE], &operation);
    for (size_t bit = 0; bit < operation.output_length * 8; bit += bit < 8 * (operation.output_length - 16) ? 7 : 1) {
        if (bit / 8 == 3 || bit / 8 == 4)
            continue; /* the length: another fault, tested above */
        record[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_assert_eq(both_open(&open, record, operation.output_length, 0), LK_ERROR_BAD_RECORD_MAC, "bit %zu", bit);
        record[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    cr_assert_eq(both_open(&open, record, operation.output_length, 0), LK_OK);
    board_pair_close(&seal);
    board_pair_close(&open);
}

Test(board, every_slot_can_be_open_at_once_and_each_keeps_its_key)
{
    size_t slots = lk_device_information_get(board.device)->slots;
    board_pair *pairs = calloc(slots, sizeof *pairs);
    lk_direction *another;
    cr_assert_not_null(pairs);
    for (size_t i = 0; i < slots; i++)
        board_pair_open(&board, LK_SEAL, LK_TLS1_3, (unsigned)i + 100, &pairs[i]);
    cr_assert_eq(lk_engine_open(board.engines[BOARD_DEVICE], &pairs[0].parameters, &another), LK_ERROR_ENGINE_FULL);
    for (size_t i = 0; i < slots; i += 17) {
        uint8_t input[8] = {0};
        uint8_t output[BOARD_ENGINES][64];
        for (size_t engine = 0; engine < BOARD_ENGINES; engine++) {
            lk_operation operation = {
                .input = input, .input_length = 8, .output = output[engine], .output_capacity = 64, .content_type = 23};
            board_run(&board, pairs[i].directions[engine], &operation);
            cr_assert_eq(operation.status, LK_OK);
        }
        cr_assert_arr_eq(output[0], output[1], 5 + 8 + 17, "slot %zu", i);
    }
    for (size_t i = 0; i < slots; i++)
        board_pair_close(&pairs[i]);
    lk_error error = LK_ERROR_ENGINE_FULL;
    for (int i = 0; i < 100 && error == LK_ERROR_ENGINE_FULL; i++) {
        lk_engine_progress(board.engines[BOARD_DEVICE], 10);
        error = lk_engine_open(board.engines[BOARD_DEVICE], &pairs[0].parameters, &another);
    }
    cr_assert_eq(error, LK_OK, "closed slots can be used again");
    lk_direction_close(another);
    free(pairs);
}

Test(board, a_command_of_a_stale_generation_is_refused_by_name)
{
    board_pair seal;
    uint8_t input[1] = {0};
    uint8_t output[64];
    lk_operation operation = {
        .input = input, .input_length = 1, .output = output, .output_capacity = sizeof output, .content_type = 23};
    board_pair_open(&board, LK_SEAL, LK_TLS1_3, 6, &seal);
    board_run(&board, seal.directions[BOARD_DEVICE], &operation);
    cr_assert_eq(operation.status, LK_OK);
    lk_slot *slot = (lk_slot *)seal.directions[BOARD_DEVICE];
    slot->generation--; /* as an earlier owner would name it */
    operation.sequence = 1;
    board_run(&board, seal.directions[BOARD_DEVICE], &operation);
    cr_assert_eq(operation.status, LK_ERROR_ENGINE_STALE);
    cr_assert_eq(operation.output_length, 0);
    slot->generation++;
    board_run(&board, seal.directions[BOARD_DEVICE], &operation);
    cr_assert_eq(operation.status, LK_OK, "the slot is as it was");
    board_pair_close(&seal);
}
