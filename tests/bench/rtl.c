/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record engine alone, at its stream ports, with no back pressure: cycles a record in steady state, in which
 * commands follow each other without a gap. Simulated, so exact: the same in every run. With several lanes it is the
 * fast configuration (bench_fast), and cycles are those of its link.
 */
#include "base/reader.h"
#include "bench/report.h"
#include "protocol/command.h"
#include "record/record.h"
#include "rtl/record/engine_port.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    SIZES = 5,
    AEADS = 3,
    CIPHERS = 5,
    RECORDS = 40,
    RECORDS_QUICK = 8,
    RECORDS_OF_LANES = 36, /* as many for each lane, of two to four */
    RECORDS_OF_LANES_QUICK = 12,
    HERTZ = 1000000,
    SLOT_SEAL = 0,
    SLOT_OPEN = 1,
    STREAM_BYTES = 1 << 20,
    TEXT_MAX = 96,
    OVERHEAD_MAX = 60, /* cycles a record with an AEAD may pay beyond its data and its tag */
    TAG = 16,
    AES_BLOCK = 16,
    AES_BLOCK_CYCLES = 17, /* of lk_aes_cbc */
    HASH_BLOCK = 64,
    MAC_HEADER = 13,
    HASH_PADDING = 9 /* at least */
};

static const uint16_t sizes[SIZES] = {64, 256, 1024, 4096, 16384};
static const struct {
    lk_cipher_id id;
    const char *name;
    unsigned mac, hash_cycles; /* bytes; of a block (rtl/crypto) */
} ciphers[CIPHERS] = {{LK_CIPHER_AES_128_GCM, "aes128gcm", 0, 0},
                      {LK_CIPHER_AES_256_GCM, "aes256gcm", 0, 0},
                      {LK_CIPHER_CHACHA20_POLY1305, "chacha20poly1305", 0, 0},
                      {LK_CIPHER_AES_128_CBC_SHA, "aes128cbc_sha1", 20, 81},
                      {LK_CIPHER_AES_128_CBC_SHA256, "aes128cbc_sha256", 32, 65}};
static uint8_t plaintext[LK_IV_MAX + LK_RECORD_PLAINTEXT_MAX]; /* an IV may stand in front */

typedef struct engine_bench {
    engine_port port;
    lk_engine *software; /* makes the records to open */
    uint16_t version;
    int cipher; /* of ciphers */
    bool encrypt_then_mac;
    unsigned records;
    unsigned lanes;
    uint32_t megahertz; /* of the engine */
    lk_writer commands;
    lk_report *report;
} engine_bench;

static bool exchange(engine_bench *bench, size_t completions)
{
    bool moved = !bench->commands.failed &&
                 engine_port_exchange(&bench->port, bench->commands.start, bench->commands.length, completions);
    bench->commands.length = 0;
    if (!moved) {
        fprintf(stderr, "the engine stopped answering\n");
    }
    return moved;
}

static lk_direction_parameters parameters_of(const engine_bench *bench, lk_direction_kind kind)
{
    return (lk_direction_parameters){.kind = kind,
                                     .version = bench->version,
                                     .cipher = lk_cipher_find(ciphers[bench->cipher].id),
                                     .encrypt_then_mac = bench->encrypt_then_mac,
                                     .key = {1, 2, 3, 4, 5, 6, 7, 8},
                                     .iv = {9, 10, 11, 12}};
}

/* Commands for count records of one length; opening takes records that the software engine has made. */
static bool add_records(engine_bench *bench, lk_direction_kind kind, lk_direction *peer, uint16_t length,
                        unsigned count, uint64_t sequence)
{
    static uint8_t record[LK_RECORD_CBC_MAX];
    size_t iv = bench->cipher < AEADS ? 0 : LK_IV_MAX;
    for (unsigned i = 0; i < count; i++) {
        lk_command command = {.opcode = kind == LK_SEAL ? LK_OPCODE_SEAL : LK_OPCODE_OPEN,
                              .content_type = kind == LK_SEAL ? LK_CONTENT_APPLICATION_DATA : 0,
                              .slot = kind == LK_SEAL ? SLOT_SEAL : SLOT_OPEN,
                              .length = (uint16_t)(length + iv),
                              .sequence = sequence + i};
        if (kind == LK_OPEN) {
            lk_operation operation = {.input = plaintext,
                                      .input_length = length,
                                      .output = record,
                                      .output_capacity = sizeof record,
                                      .sequence = command.sequence,
                                      .content_type = LK_CONTENT_APPLICATION_DATA};
            lk_operation *operations[] = {&operation};
            size_t accepted = 0;
            if (lk_direction_submit(peer, operations, 1, &accepted) != LK_OK || operation.status != LK_OK) {
                return false;
            }
            command.length = (uint16_t)operation.output_length;
        }
        lk_command_write(&bench->commands, &command, kind == LK_SEAL ? plaintext : record);
    }
    return true;
}

static bool all_ok(const engine_bench *bench)
{
    lk_reader reader = lk_reader_over(bench->port.output, bench->port.output_length);
    while (reader.left > 0 && !reader.failed) {
        lk_reader_u8(&reader);
        lk_reader_u8(&reader);
        if (lk_reader_u8(&reader) != LK_STATUS_OK) {
            return false;
        }
        lk_reader_bytes(&reader, LK_COMPLETION_HEADER_BYTES - 7);
        size_t length = lk_reader_u32_little(&reader);
        lk_reader_bytes(&reader, (length + 3) / 4 * 4);
    }
    return !reader.failed;
}

/*
 * Two runs, one longer by that many records: their difference is free of how a run begins and ends. One record before
 * them brings the direction's key into the lane.
 */
static bool measure(engine_bench *bench, lk_direction_kind kind, lk_direction *peer, uint16_t length, double *cycles)
{
    static uint64_t sequence;
    uint64_t taken[3] = {0, 0, 0};
    const unsigned counts[3] = {1, 2, 2 + bench->records};
    for (int i = 0; i < 3; i++) {
        if (!add_records(bench, kind, peer, length, counts[i], sequence) || !exchange(bench, counts[i])) {
            return false;
        }
        if (!all_ok(bench)) {
            fprintf(stderr, "a record failed\n");
            return false;
        }
        sequence += counts[i];
        taken[i] = bench->port.last_word;
    }
    *cycles = (double)(taken[2] - taken[1]) / bench->records;
    return true;
}

/*
 * What the data of a record and its tag or MAC take by themselves. An AEAD takes a byte a cycle. With a MAC it is the
 * compressions of the hash; or AES-CBC, when that is slower, and behind it the compressions that only the end of the
 * data allows, unless the record is verified while the next is decrypted; and then the bytes of MAC and padding.
 */
static double needed_cycles(const engine_bench *bench, lk_direction_kind kind, uint16_t length)
{
    if (bench->cipher < AEADS) {
        return length + TAG;
    }
    unsigned mac = ciphers[bench->cipher].mac, step = ciphers[bench->cipher].hash_cycles;
    unsigned inside = bench->encrypt_then_mac ? 0 : mac;
    unsigned encrypted = ((length + inside) / AES_BLOCK + 1) * AES_BLOCK;
    unsigned covered = MAC_HEADER + (bench->encrypt_then_mac ? LK_IV_MAX + encrypted : length);
    unsigned blocks = (covered + HASH_PADDING + HASH_BLOCK - 1) / HASH_BLOCK + 1;
    bool overlaps = kind == LK_OPEN && !bench->encrypt_then_mac;
    double hash = (double)blocks * step;
    double cipher = (double)(bench->encrypt_then_mac ? encrypted : length) / AES_BLOCK * AES_BLOCK_CYCLES +
                    (overlaps ? 0 : (double)(blocks - covered / HASH_BLOCK) * step);
    return (hash > cipher ? hash : cipher) + (bench->encrypt_then_mac ? mac : encrypted - length);
}

/* Adds the overhead of a record; an AEAD's may not be more than what was promised. */
static bool add_overhead(engine_bench *bench, lk_direction_kind kind, const char *name, double cycles, uint16_t length)
{
    double overhead = cycles - needed_cycles(bench, kind, length);
    lk_report_add(bench->report, name, overhead, "cycles/record",
                  bench->cipher < AEADS ? "cycles beyond data and tag" : "cycles beyond data, MAC and padding");
    if (bench->cipher < AEADS && overhead > OVERHEAD_MAX) {
        fprintf(stderr, "%s is %.2f, more than %d\n", name, overhead, OVERHEAD_MAX);
        return false;
    }
    return true;
}

static bool measure_sizes(engine_bench *bench, lk_direction_kind kind, lk_direction *peer, const char *prefix)
{
    const char *what = kind == LK_SEAL ? "seal" : "open", *cipher = ciphers[bench->cipher].name;
    for (int i = 0; i < SIZES; i++) {
        char name[TEXT_MAX], note[TEXT_MAX];
        double cycles = 0;
        if (!measure(bench, kind, peer, sizes[i], &cycles)) {
            return false;
        }
        snprintf(name, sizeof name, "rtl.%s%s.%s.%u.bytes_per_cycle", prefix, what, cipher, sizes[i]);
        if (bench->lanes > 1) {
            snprintf(note, sizeof note, "%.2f cycles of a 100 MHz link a record; %u lanes at %u MHz", cycles,
                     bench->lanes, bench->megahertz);
        } else {
            snprintf(note, sizeof note, "%.2f cycles a record", cycles);
        }
        lk_report_add(bench->report, name, sizes[i] / cycles, "bytes/cycle", note);
        if (bench->lanes == 1) {
            snprintf(name, sizeof name, "rtl.%s%s.%s.%u.overhead", prefix, what, cipher, sizes[i]);
            if (!add_overhead(bench, kind, name, cycles, sizes[i])) {
                return false;
            }
        }
    }
    return true;
}

/* Loads both directions of a version with a cipher, and measures them. */
static bool measure_pair(engine_bench *bench, const char *prefix)
{
    engine_port_stream_reset(&bench->port);
    lk_direction_parameters sealing = parameters_of(bench, LK_SEAL), opening = parameters_of(bench, LK_OPEN);
    lk_command_write_load(&bench->commands, (lk_command){.slot = SLOT_SEAL}, &sealing);
    lk_command_write_load(&bench->commands, (lk_command){.slot = SLOT_OPEN}, &opening);
    lk_direction *peer = NULL;
    bool good = exchange(bench, 2) && all_ok(bench) && lk_engine_open(bench->software, &sealing, &peer) == LK_OK &&
                measure_sizes(bench, LK_SEAL, peer, prefix) && measure_sizes(bench, LK_OPEN, peer, prefix);
    lk_direction_close(peer);
    return good;
}

static bool measure_aeads(engine_bench *bench, uint16_t version, const char *prefix)
{
    bool good = true;
    bench->version = version;
    for (bench->cipher = 0; good && bench->cipher < AEADS; bench->cipher++) {
        good = measure_pair(bench, prefix);
    }
    return good;
}

static bool measure_cbc(engine_bench *bench, bool encrypt_then_mac, const char *prefix)
{
    bool good = true;
    bench->version = LK_TLS1_2;
    bench->encrypt_then_mac = encrypt_then_mac;
    for (bench->cipher = AEADS; good && bench->cipher < CIPHERS; bench->cipher++) {
        good = measure_pair(bench, prefix);
    }
    bench->encrypt_then_mac = false;
    return good;
}

int main(int argc, char **argv)
{
    lk_bench_options options;
    int status = EXIT_FAILURE;
    if (!lk_bench_options_parse(argc, argv, &options, &status)) {
        return status;
    }
    engine_bench bench = {0};
    uint8_t *memory = malloc(STREAM_BYTES);
    bench.commands = lk_writer_into(memory, memory ? STREAM_BYTES : 0);
    bool good =
        memory && engine_port_open(&bench.port, STREAM_BYTES) && lk_engine_software_new(&bench.software) == LK_OK;
    if (good) {
        bench.lanes = (unsigned)(uint32_t)engine_port_fact(&bench.port, LK_FACT_LANES);
        bench.megahertz = (uint32_t)engine_port_fact(&bench.port, LK_FACT_CLOCK_HERTZ) / HERTZ;
    }
    bool fast = bench.lanes > 1;
    bench.records =
        fast ? (options.quick ? RECORDS_OF_LANES_QUICK : RECORDS_OF_LANES) : (options.quick ? RECORDS_QUICK : RECORDS);
    bench.report =
        lk_report_new(fast ? "Record engine, fast configuration, at a link of 100 MHz (exact: simulated cycles)"
                           : "Record engine, one lane, GHASH 8 bits a cycle (exact: simulated cycles)");
    good = good && bench.report && measure_aeads(&bench, LK_TLS1_3, fast ? "fast." : "") &&
           (fast || (measure_aeads(&bench, LK_TLS1_2, "tls1_2.") && measure_cbc(&bench, false, "") &&
                     measure_cbc(&bench, true, "encrypt_then_mac.")));
    status = good && lk_report_finish(bench.report, options.json) ? EXIT_SUCCESS : EXIT_FAILURE;
    lk_engine_free(bench.software);
    engine_port_close(&bench.port);
    free(memory);
    lk_report_free(bench.report);
    return status;
}
