/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record engine with as many lanes as it was built with, many slots in turn, AES-128-GCM in TLS 1.3, no back
 * pressure: bytes a cycle in steady state. Simulated, so exact. tests/bench/lanes runs it for one lane to four.
 */
#include "base/reader.h"
#include "bench/report.h"
#include "protocol/command.h"
#include "record/record.h"
#include "rtl/record/engine_port.h"

#include <stdio.h>
#include <stdlib.h>

enum { SLOTS = 16, ROUND = 12, ROUNDS = 4, ROUNDS_QUICK = 2, STREAM_BYTES = 2 << 20, TEXT_MAX = 96 };

static const uint16_t sizes[] = {256, 1024, 4096, 16384};
static uint8_t plaintext[LK_RECORD_PLAINTEXT_MAX];

typedef struct lanes_bench {
    engine_port port;
    lk_engine *software; /* makes the records to open */
    lk_direction *peers[SLOTS];
    lk_direction_kind kind;
    uint64_t sequence;
    lk_writer commands;
} lanes_bench;

static lk_direction_parameters parameters_of(lk_direction_kind kind, uint16_t slot)
{
    return (lk_direction_parameters){.kind = kind,
                                     .version = LK_TLS1_3,
                                     .cipher = lk_cipher_find(LK_CIPHER_AES_128_GCM),
                                     .key = {1, 2, 3, (uint8_t)slot},
                                     .iv = {9, 10, 11, (uint8_t)slot}};
}

static bool exchange(lanes_bench *bench, size_t completions)
{
    bool moved = !bench->commands.failed &&
                 engine_port_exchange(&bench->port, bench->commands.start, bench->commands.length, completions);
    bench->commands.length = 0;
    lk_reader reader = lk_reader_over(bench->port.output, bench->port.output_length);
    while (moved && reader.left > 0) {
        lk_reader_u16(&reader);
        moved = lk_reader_u8(&reader) == LK_STATUS_OK && !reader.failed;
        lk_reader_bytes(&reader, LK_COMPLETION_HEADER_BYTES - 7);
        lk_reader_bytes(&reader, ((size_t)lk_reader_u32_little(&reader) + 3) / 4 * 4);
    }
    if (!moved) {
        fprintf(stderr, "the engine stopped answering, or refused a command\n");
    }
    return moved;
}

static bool add_record(lanes_bench *bench, uint16_t slot, uint16_t length, uint64_t sequence)
{
    static uint8_t record[LK_RECORD_MAX];
    lk_command command = {.opcode = bench->kind == LK_SEAL ? LK_OPCODE_SEAL : LK_OPCODE_OPEN,
                          .content_type = bench->kind == LK_SEAL ? LK_CONTENT_APPLICATION_DATA : 0,
                          .slot = slot,
                          .length = length,
                          .sequence = sequence};
    if (bench->kind == LK_OPEN) {
        lk_operation operation = {.input = plaintext,
                                  .input_length = length,
                                  .output = record,
                                  .output_capacity = sizeof record,
                                  .sequence = sequence,
                                  .content_type = LK_CONTENT_APPLICATION_DATA};
        lk_operation *operations[] = {&operation};
        size_t accepted = 0;
        if (lk_direction_submit(bench->peers[slot], operations, 1, &accepted) != LK_OK || operation.status != LK_OK) {
            return false;
        }
        command.length = (uint16_t)operation.output_length;
    }
    lk_command_write(&bench->commands, &command, bench->kind == LK_SEAL ? plaintext : record);
    return true;
}

/* Two runs, one longer by some rounds: their difference is free of how a run begins and ends. A round is a multiple of
 * any number of lanes. */
static bool measure(lanes_bench *bench, uint16_t slots, uint16_t length, unsigned rounds, double *cycles)
{
    uint64_t taken[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        unsigned count = ROUND * (1 + (i ? rounds : 0));
        for (unsigned n = 0; n < count; n++) {
            if (!add_record(bench, (uint16_t)(n % slots), length, bench->sequence++)) {
                return false;
            }
        }
        if (!exchange(bench, count)) {
            return false;
        }
        taken[i] = bench->port.last_word;
    }
    *cycles = (double)(taken[1] - taken[0]) / (ROUND * rounds);
    return true;
}

static bool load(lanes_bench *bench)
{
    engine_port_stream_reset(&bench->port);
    for (uint16_t slot = 0; slot < SLOTS; slot++) {
        lk_direction_parameters parameters = parameters_of(bench->kind, slot);
        lk_command_write_load(&bench->commands, (lk_command){.slot = slot}, &parameters);
        parameters.kind = LK_SEAL;
        if (!bench->peers[slot] && lk_engine_open(bench->software, &parameters, &bench->peers[slot]) != LK_OK) {
            return false;
        }
    }
    return exchange(bench, SLOTS);
}

static bool measure_kind(lanes_bench *bench, lk_report *report, unsigned lanes, unsigned rounds)
{
    const char *what = bench->kind == LK_SEAL ? "seal" : "open";
    for (unsigned one = 0; one < 2; one++) {
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            char name[TEXT_MAX], note[TEXT_MAX];
            double cycles = 0;
            if (!measure(bench, one ? 1 : SLOTS, sizes[i], rounds, &cycles)) {
                return false;
            }
            snprintf(name, sizeof name, "lanes.%u.%s.%s.%u.bytes_per_cycle", lanes, what, one ? "one_slot" : "slots",
                     sizes[i]);
            snprintf(note, sizeof note, "%.2f cycles a record, %s", cycles,
                     one ? "one slot" : "16 slots in turn, a key each time");
            lk_report_add(report, name, sizes[i] / cycles, "bytes/cycle", note);
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    lk_bench_options options;
    int status = EXIT_FAILURE;
    if (!lk_bench_options_parse(argc, argv, &options, &status)) {
        return status;
    }
    lanes_bench bench = {.kind = LK_SEAL};
    uint8_t *memory = malloc(STREAM_BYTES);
    bench.commands = lk_writer_into(memory, memory ? STREAM_BYTES : 0);
    bool good =
        memory && engine_port_open(&bench.port, STREAM_BYTES) && lk_engine_software_new(&bench.software) == LK_OK;
    unsigned lanes = good ? (unsigned)(uint32_t)engine_port_fact(&bench.port, LK_FACT_LANES) : 0;
    char title[TEXT_MAX];
    snprintf(title, sizeof title, "Record engine with %u lane%s, AES-128-GCM, TLS 1.3 (exact: simulated cycles)", lanes,
             lanes == 1 ? "" : "s");
    lk_report *report = lk_report_new(title);
    for (int kind = 0; report && good && kind < 2; kind++) {
        bench.kind = kind ? LK_OPEN : LK_SEAL;
        good = load(&bench) && measure_kind(&bench, report, lanes, options.quick ? ROUNDS_QUICK : ROUNDS);
    }
    status = good && report && lk_report_finish(report, options.json) ? EXIT_SUCCESS : EXIT_FAILURE;
    for (int i = 0; i < SLOTS; i++) {
        lk_direction_close(bench.peers[i]);
    }
    lk_engine_free(bench.software);
    engine_port_close(&bench.port);
    free(memory);
    lk_report_free(report);
    return status;
}
