/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records through the FIFO bus of an FT601: 32 bits at 100 MHz that go one way at a time, the engine at 70 MHz with as
 * many lanes as it was built with. The share is that of the bus's cycles in which a word moves, in steady state, with a
 * host that gives and takes at once. Simulated, so exact. tests/bench/ft601 runs it for one lane to four.
 */
#include "base/reader.h"
#include "bench/report.h"
#include "protocol/command.h"
#include "record/record.h"
#include "sim/ft601/board.h"
#include "transport/ft601_frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROUND = 12, /* records: as many for each lane */
    ROUNDS = 3,
    ROUNDS_QUICK = 1,
    RECORD = 16384,
    AEADS = 3,
    CIPHERS = 5,
    STREAM_BYTES = 2 << 20,
    READ_BYTES = 65536,
    SESSION = 0x01, /* the chip's endpoints */
    DATA_OUT = 0x02,
    DATA_IN = 0x82,
    SESSION_COMMAND_BYTES = 20,
    SESSION_READ = 1,
    SLOT_SEAL = 0,
    SLOT_OPEN = 1,
    LINK_MEGAHERTZ = 100,
    STEP = 100000,
    TEXT_MAX = 96
};

static const struct {
    lk_cipher_id id;
    const char *name;
} ciphers[CIPHERS] = {{LK_CIPHER_AES_128_GCM, "aes128gcm"},
                      {LK_CIPHER_AES_256_GCM, "aes256gcm"},
                      {LK_CIPHER_CHACHA20_POLY1305, "chacha20poly1305"},
                      {LK_CIPHER_AES_128_CBC_SHA, "aes128cbc_sha1"},
                      {LK_CIPHER_AES_128_CBC_SHA256, "aes128cbc_sha256"}};
static uint8_t plaintext[LK_IV_MAX + RECORD]; /* an IV may stand in front */

/* Bytes of the two streams, without frames and in them. */
typedef struct stream {
    uint8_t *bytes;
    size_t length;
} stream;

typedef struct ft601_bench {
    lk_board *board;
    lk_ft601_chip *chip;
    lk_engine *software; /* makes the records to open */
    lk_writer commands;
    stream framed, completions;
    lk_frame_reader frames;
    int cipher;
    uint64_t sequence;
    lk_report *report;
} ft601_bench;

static size_t take(void *context, const uint8_t *data, size_t length)
{
    stream *completions = context;
    if (length > STREAM_BYTES - completions->length)
        return 0;
    memcpy(completions->bytes + completions->length, data, length);
    completions->length += length;
    return length;
}

/* Puts the commands in frames. */
static bool frame(ft601_bench *bench)
{
    lk_writer writer = lk_writer_into(bench->framed.bytes, STREAM_BYTES);
    const size_t most = (size_t)LK_FRAME_OUT_WORDS_MAX * 4;
    for (size_t at = 0; at < bench->commands.length; at += most) {
        size_t left = bench->commands.length - at;
        size_t length = left < most ? left : most;
        lk_frame_commands(&writer, length);
        lk_writer_bytes(&writer, bench->commands.start + at, length);
    }
    bench->framed.length = writer.length;
    return !writer.failed && !bench->commands.failed;
}

/* One read, by the chip's rules. */
static bool read_once(ft601_bench *bench)
{
    static uint8_t data[READ_BYTES];
    uint8_t bytes[SESSION_COMMAND_BYTES];
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    size_t taken = 0;
    lk_writer_u32_little(&writer, 0);
    lk_writer_u8(&writer, DATA_IN);
    lk_writer_u8(&writer, SESSION_READ);
    lk_writer_zeros(&writer, 2);
    lk_writer_u32_little(&writer, READ_BYTES);
    lk_writer_zeros(&writer, 8);
    lk_urb command = {.endpoint = SESSION, .data = bytes, .length = sizeof bytes};
    lk_urb in = {.endpoint = DATA_IN, .data = data, .length = sizeof data};
    lk_board_submit(bench->board, &command);
    lk_board_submit(bench->board, &in);
    while (!in.done && (lk_board_run(bench->board, STEP) || lk_board_active(bench->board))) {
    }
    lk_board_unlink(bench->board, &command);
    lk_board_unlink(bench->board, &in);
    return lk_frame_read(&bench->frames, data, in.actual, &taken) == LK_OK && in.actual > 0 && taken == in.actual;
}

/* The completions that have come, all good. @return how many; -1: one is not. */
static long completions_count(const ft601_bench *bench)
{
    lk_reader reader = lk_reader_over(bench->completions.bytes, bench->completions.length);
    long count = 0;
    while (reader.left >= LK_COMPLETION_HEADER_BYTES) {
        lk_reader_u16(&reader);
        if (lk_reader_u8(&reader) != LK_STATUS_OK)
            return -1;
        lk_reader_bytes(&reader, LK_COMPLETION_HEADER_BYTES - 7);
        size_t length = ((size_t)lk_reader_u32_little(&reader) + 3) / 4 * 4;
        if (length > reader.left)
            break;
        lk_reader_bytes(&reader, length);
        count++;
    }
    return count;
}

/* Sends the commands and reads until so many completions have come. */
static bool exchange(ft601_bench *bench, long wanted)
{
    bool good = frame(bench);
    lk_urb out = {.endpoint = DATA_OUT, .data = bench->framed.bytes, .length = (uint32_t)bench->framed.length};
    long have = 0;
    bench->completions.length = 0;
    bench->commands.length = 0;
    lk_board_submit(bench->board, &out);
    while (good && have >= 0 && have < wanted) {
        good = read_once(bench);
        have = completions_count(bench);
    }
    lk_board_unlink(bench->board, &out);
    if (good && have == wanted && out.status == LK_URB_OK)
        return true;
    fprintf(stderr, "the board stopped answering, or refused a command\n");
    return false;
}

static lk_direction_parameters parameters_of(const ft601_bench *bench, lk_direction_kind kind)
{
    return (lk_direction_parameters){.kind = kind,
                                     .version = bench->cipher < AEADS ? LK_TLS1_3 : LK_TLS1_2,
                                     .cipher = lk_cipher_find(ciphers[bench->cipher].id),
                                     .key = {1, 2, 3, 4, 5, 6, 7, 8},
                                     .iv = {9, 10, 11, 12}};
}

static bool load(ft601_bench *bench)
{
    for (int kind = 0; kind < 2; kind++) {
        lk_direction_parameters parameters = parameters_of(bench, kind ? LK_OPEN : LK_SEAL);
        lk_command_write_load(&bench->commands, (lk_command){.slot = kind ? SLOT_OPEN : SLOT_SEAL}, &parameters);
    }
    return exchange(bench, 2);
}

static bool unload(ft601_bench *bench)
{
    lk_command command = {.opcode = LK_OPCODE_SLOT_DELETE_ALL};
    lk_command_write(&bench->commands, &command, NULL);
    return exchange(bench, 1);
}

static bool add_record(ft601_bench *bench, lk_direction *peer)
{
    static uint8_t record[LK_RECORD_CBC_MAX];
    size_t iv = bench->cipher < AEADS ? 0 : LK_IV_MAX;
    lk_command command = {.opcode = peer ? LK_OPCODE_OPEN : LK_OPCODE_SEAL,
                          .content_type = peer ? 0 : LK_CONTENT_APPLICATION_DATA,
                          .slot = peer ? SLOT_OPEN : SLOT_SEAL,
                          .length = (uint16_t)(RECORD + iv),
                          .sequence = bench->sequence++};
    if (peer) {
        lk_operation operation = {.input = plaintext,
                                  .input_length = RECORD,
                                  .output = record,
                                  .output_capacity = sizeof record,
                                  .sequence = command.sequence,
                                  .content_type = LK_CONTENT_APPLICATION_DATA};
        lk_operation *operations[] = {&operation};
        size_t accepted = 0;
        if (lk_direction_submit(peer, operations, 1, &accepted) != LK_OK || operation.status != LK_OK)
            return false;
        command.length = (uint16_t)operation.output_length;
    }
    lk_command_write(&bench->commands, &command, peer ? record : plaintext);
    return true;
}

/* Two runs, one longer by some rounds: their difference is free of how a run begins and ends. peer: makes records to
 * open; NULL: records are sealed. */
static bool measure(ft601_bench *bench, lk_direction *peer, unsigned rounds, double *cycles, double *share)
{
    uint64_t taken[2], moved[2];
    for (int i = 0; i < 2; i++) {
        long count = ROUND * (i ? 1 + (long)rounds : 1);
        for (long n = 0; n < count; n++)
            if (!add_record(bench, peer))
                return false;
        taken[i] = lk_board_cycles(bench->board);
        moved[i] = bench->chip->in_bus;
        if (!exchange(bench, count))
            return false;
        taken[i] = lk_board_cycles(bench->board) - taken[i];
        moved[i] = bench->chip->in_bus - moved[i];
    }
    *cycles = (double)(taken[1] - taken[0]) / (ROUND * rounds);
    *share = (double)(moved[1] - moved[0]) / (double)(taken[1] - taken[0]);
    return true;
}

static bool measure_kind(ft601_bench *bench, lk_direction_kind kind, unsigned lanes, unsigned rounds)
{
    const char *what = kind == LK_SEAL ? "seal" : "open";
    char name[TEXT_MAX], note[TEXT_MAX];
    double cycles = 0, share = 0;
    lk_direction *peer = NULL;
    lk_direction_parameters parameters = parameters_of(bench, LK_SEAL);
    bool good = kind == LK_SEAL || lk_engine_open(bench->software, &parameters, &peer) == LK_OK;
    bench->sequence = 0;
    good = good && load(bench) && measure(bench, peer, rounds, &cycles, &share) && unload(bench);
    if (good) {
        snprintf(name, sizeof name, "ft601.%u.%s.%s.bus_share", lanes, what, ciphers[bench->cipher].name);
        snprintf(note, sizeof note, "%.0f cycles a record of 16 KiB, %u lane%s at 70 MHz", cycles, lanes,
                 lanes == 1 ? "" : "s");
        lk_report_add(bench->report, name, share, "", note);
        snprintf(name, sizeof name, "ft601.%u.%s.%s.mb_per_second", lanes, what, ciphers[bench->cipher].name);
        lk_report_add(bench->report, name, RECORD / cycles * LINK_MEGAHERTZ, "MB/s", "plaintext");
    }
    lk_direction_close(peer);
    return good;
}

static bool lanes_read(ft601_bench *bench, unsigned *lanes)
{
    uint8_t data[4] = {0};
    lk_frame_reply reply = {.tag = 1, .data = data, .capacity = sizeof data};
    lk_writer writer = lk_writer_into(bench->framed.bytes, STREAM_BYTES);
    lk_frame_request(&writer, LK_REQUEST_READ_FACTS, 1, LK_FACT_LANES, reply.tag);
    lk_urb out = {.endpoint = DATA_OUT, .data = bench->framed.bytes, .length = (uint32_t)writer.length};
    bench->frames.reply = &reply;
    lk_board_submit(bench->board, &out);
    bool good = true;
    while (good && !reply.done)
        good = read_once(bench);
    lk_board_unlink(bench->board, &out);
    *lanes = data[0];
    return good;
}

static bool start(ft601_bench *bench)
{
    const char *error = "";
    uint8_t *commands = malloc(STREAM_BYTES);
    bench->commands = lk_writer_into(commands, commands ? STREAM_BYTES : 0);
    bench->framed.bytes = malloc(STREAM_BYTES);
    bench->completions.bytes = malloc(STREAM_BYTES);
    bench->frames = (lk_frame_reader){.completions = take, .context = &bench->completions};
    bench->board = lk_board_new(LK_PHY_FT601, NULL, &error);
    if (!commands || !bench->framed.bytes || !bench->completions.bytes || !bench->board)
        return false;
    bench->chip = lk_ft601_chip_of(bench->board);
    return lk_engine_software_new(&bench->software) == LK_OK;
}

int main(int argc, char **argv)
{
    lk_bench_options options;
    int status = EXIT_FAILURE;
    if (!lk_bench_options_parse(argc, argv, &options, &status))
        return status;
    ft601_bench bench = {.cipher = 0};
    unsigned lanes = 0;
    char title[TEXT_MAX];
    bool good = start(&bench) && lanes_read(&bench, &lanes);
    snprintf(title, sizeof title, "FIFO bus of an FT601, engine with %u lane%s (exact: simulated cycles)", lanes,
             lanes == 1 ? "" : "s");
    bench.report = lk_report_new(title);
    for (; bench.report && good && bench.cipher < CIPHERS; bench.cipher++)
        for (int kind = 0; good && kind < 2; kind++)
            good = measure_kind(&bench, kind ? LK_OPEN : LK_SEAL, lanes, options.quick ? ROUNDS_QUICK : ROUNDS);
    if (good && bench.chip->violations > 0)
        fprintf(stderr, "the board broke a rule of the bus %u times\n", bench.chip->violations);
    good = good && bench.chip->violations == 0;
    status = good && bench.report && lk_report_finish(bench.report, options.json) ? EXIT_SUCCESS : EXIT_FAILURE;
    lk_engine_free(bench.software);
    lk_board_free(bench.board);
    free(bench.commands.start);
    free(bench.framed.bytes);
    free(bench.completions.bytes);
    lk_report_free(bench.report);
    return status;
}
