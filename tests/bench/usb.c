/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records through the simulated boards: cycles at the ULPI pins against what a high-speed bus can carry at most, cycles
 * at D+ and D- against a full-speed bus, and how fast the simulations run. Cycles are exact; simulation speed processor
 * time; depends on the machine.
 */
#include "bench/report.h"

#include "base/reader.h"
#include "base/writer.h"
#include "driver/protocol/protocol.h"
#include "sim/board.h"
#include "sim/host/host.h"
#include "suite/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    RECORDS = 100,
    RECORDS_QUICK = 10,
    RECORDS_FULL_SPEED = 12, /* a fortieth of the speed */
    RECORDS_FULL_SPEED_QUICK = 3,
    FRAME = 48000, /* cycles */
    RECORD = 16384,
    PADDING_MAX = 16384, /* plaintext, type and padding are at most 16385 bytes */
    VERSION_TLS_1_3 = 4,
    APPLICATION_DATA = 23,
    EMPTY_SLOT = 99,
    SLOT_SEAL = 0,
    SLOT_OPEN = 1,
    STEP = 100000,
    PATIENCE = 1000 /* steps without progress */
};

/* 13 packets of 512 bytes in a microframe (USB 2.0 table 5-10). */
static const double BUS_LIMIT = 13.0 * 512 / LK_BUS_MICROFRAME;

/* 19 packets of 64 bytes in a frame (table 5-9). */
static const double BUS_LIMIT_FULL_SPEED = 19.0 * 64 / FRAME;

typedef struct lk_buffers {
    uint8_t *out;
    uint8_t *in;
    size_t capacity; /* of each */
} lk_buffers;

typedef struct lk_result {
    bool good;
    uint64_t cycles;
    uint64_t bytes; /* of bulk data, both ways */
    double seconds;
} lk_result;

/* Processor time: other work of the machine does not count. */
static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Waits for a request with nothing else under way. */
static bool finish(lk_board *board, lk_urb *urb)
{
    for (int i = 0; i < PATIENCE && !urb->done; i++)
        lk_board_run(board, STEP);
    if (urb->done)
        return urb->status == LK_URB_OK;
    lk_board_unlink(board, urb);
    return false;
}

static bool control(lk_board *board, uint8_t request, uint8_t value)
{
    lk_urb urb = {.setup = {0, request, value}};
    lk_board_submit(board, &urb);
    return finish(board, &urb);
}

/* Moves out_length bytes out while taking in_length bytes. */
static lk_result move(lk_board *board, const lk_buffers *buffers, size_t out_length, size_t in_length)
{
    lk_result result = {.cycles = lk_board_cycles(board), .bytes = out_length + in_length, .seconds = seconds_now()};
    lk_urb out = {.endpoint = LK_ENDPOINT_OUT, .data = buffers->out, .length = (uint32_t)out_length};
    lk_urb in = {.endpoint = LK_ENDPOINT_IN, .done = true};
    size_t have = 0;
    bool good = true;
    lk_board_submit(board, &out);
    for (int i = 0; i < PATIENCE && good && (have < in_length || !out.done); i++) {
        if (in.done && have < in_length) {
            in.data = buffers->in + have;
            in.length = (uint32_t)(buffers->capacity - have);
            lk_board_submit(board, &in);
        }
        if (lk_board_run(board, STEP))
            i = 0;
        have += in.done ? in.actual : 0;
        good = out.status == LK_URB_OK && in.status == LK_URB_OK;
        in.actual = in.done ? 0 : in.actual;
    }
    result.good = good && out.done && have == in_length;
    if (!out.done)
        lk_board_unlink(board, &out);
    if (!in.done)
        lk_board_unlink(board, &in);
    result.cycles = lk_board_cycles(board) - result.cycles;
    result.seconds = seconds_now() - result.seconds;
    return result;
}

static void header(lk_writer *writer, lk_opcode opcode, uint8_t type, uint16_t slot, size_t length, uint64_t sequence)
{
    lk_writer_u8(writer, LK_COMMAND_MAGIC);
    lk_writer_u8(writer, (uint8_t)opcode);
    lk_writer_u8(writer, 0);
    lk_writer_u8(writer, type);
    lk_writer_u32_little(writer, slot);
    lk_writer_u32_little(writer, (uint32_t)sequence); /* tag */
    lk_writer_u32_little(writer, (uint32_t)length);
    lk_writer_u32_little(writer, (uint32_t)sequence);
    lk_writer_u32_little(writer, (uint32_t)(sequence >> 32));
}

static size_t padded(size_t length)
{
    return (length + 3) & ~(size_t)3;
}

static bool load(lk_board *board, const lk_buffers *buffers, uint16_t slot, uint8_t direction)
{
    lk_writer writer = lk_writer_into(buffers->out, buffers->capacity);
    header(&writer, LK_OPCODE_SLOT_LOAD, 0, slot, LK_LOAD_PAYLOAD_BYTES, 0);
    lk_writer_u8(&writer, direction);
    lk_writer_u8(&writer, VERSION_TLS_1_3);
    lk_writer_u8(&writer, LK_CIPHER_AES_128_GCM);
    lk_writer_zeros(&writer, LK_LOAD_PAYLOAD_BYTES - 3);
    lk_result result = move(board, buffers, writer.length, LK_COMPLETION_HEADER_BYTES);
    return result.good && buffers->in[2] == LK_STATUS_OK;
}

/* A board that is configured, with a slot to seal and one to open. */
static lk_board *prepare(lk_board_phy phy, const lk_buffers *buffers)
{
    const char *error = "";
    lk_board *board = lk_board_new(phy, NULL, &error);
    if (!board)
        fprintf(stderr, "no board: %s\n", error);
    else if (!control(board, 9, 1) || !load(board, buffers, SLOT_SEAL, LK_DIRECTION_SEAL) ||
             !load(board, buffers, SLOT_OPEN, LK_DIRECTION_OPEN)) {
        fprintf(stderr, "the board takes no configuration or no key\n");
        lk_board_free(board);
        board = NULL;
    }
    return board;
}

/* Bytes of a completion with a record of that many bytes of inner plaintext, type and padding not counted. */
static size_t sealed_bytes(size_t inner)
{
    return LK_COMPLETION_HEADER_BYTES + padded(5 + inner + 1 + 16);
}

/* SEAL commands into one slot. padding: the plaintext is empty and the record is padding alone. */
static lk_result seal(lk_board *board, const lk_buffers *buffers, uint16_t slot, unsigned count, uint64_t sequence,
                      bool padding)
{
    lk_writer writer = lk_writer_into(buffers->out, buffers->capacity);
    for (unsigned i = 0; i < count; i++) {
        size_t lengths = padding ? (size_t)PADDING_MAX << 16 : RECORD;
        header(&writer, LK_OPCODE_SEAL, APPLICATION_DATA, slot, lengths, sequence + i);
        uint8_t *plaintext = padding ? NULL : lk_writer_reserve(&writer, RECORD);
        if (plaintext)
            memset(plaintext, (int)(i + 1), RECORD);
    }
    size_t answer = slot == EMPTY_SLOT ? LK_COMPLETION_HEADER_BYTES : sealed_bytes(RECORD);
    return move(board, buffers, writer.length, count * answer);
}

/* OPEN commands for the records that lie in buffers->in. */
static lk_result open_records(lk_board *board, const lk_buffers *buffers, unsigned count)
{
    lk_writer writer = lk_writer_into(buffers->out, buffers->capacity);
    lk_reader reader = lk_reader_over(buffers->in, count * sealed_bytes(RECORD));
    for (unsigned i = 0; i < count; i++) {
        size_t length = RECORD + 5 + 1 + 16;
        lk_reader_bytes(&reader, LK_COMPLETION_HEADER_BYTES);
        const uint8_t *record = lk_reader_bytes(&reader, padded(length));
        header(&writer, LK_OPCODE_OPEN, 0, SLOT_OPEN, length, i);
        if (record)
            lk_writer_bytes(&writer, record, padded(length));
    }
    lk_result result = move(board, buffers, writer.length, count * (size_t)(LK_COMPLETION_HEADER_BYTES + RECORD));
    lk_reader opened = lk_reader_over(buffers->in, count * (size_t)(LK_COMPLETION_HEADER_BYTES + RECORD));
    for (unsigned i = 0; i < count && result.good; i++) {
        const uint8_t *head = lk_reader_bytes(&opened, LK_COMPLETION_HEADER_BYTES);
        const uint8_t *plaintext = lk_reader_bytes(&opened, RECORD);
        result.good = head && plaintext && head[2] == LK_STATUS_OK && plaintext[0] == (uint8_t)(i + 1) &&
                      plaintext[RECORD - 1] == (uint8_t)(i + 1);
    }
    return result;
}

static bool add_share_of(double limit, lk_report *report, const char *name, const lk_result *result, const char *note)
{
    if (!result->good)
        return false;
    lk_report_add(report, name, (double)result->bytes / (double)result->cycles / limit, "ratio", note);
    return true;
}

static bool add_share(lk_report *report, const char *name, const lk_result *result, const char *note)
{
    return add_share_of(BUS_LIMIT, report, name, result, note);
}

static bool measure_pins(lk_report *report, const lk_buffers *buffers, unsigned count)
{
    lk_board *board = prepare(LK_PHY_ULPI, buffers);
    if (!board)
        return false;
    const lk_host_counts *counts = lk_host_counts_of(board);
    lk_result out = seal(board, buffers, EMPTY_SLOT, count, 0, false);
    lk_result in = seal(board, buffers, SLOT_SEAL, count, 0, true);
    uint64_t packets = counts->in_packets + counts->out_packets;
    lk_result sealing = seal(board, buffers, SLOT_SEAL, count, count, false);
    packets = counts->in_packets + counts->out_packets - packets;
    lk_board_free(board);
    board = prepare(LK_PHY_ULPI, buffers);
    lk_result again = {0}, opening = {0};
    if (board) {
        again = seal(board, buffers, SLOT_SEAL, count, 0, false);
        opening = open_records(board, buffers, count);
    }
    lk_board_free(board);

    bool good =
        add_share(report, "usb.ulpi.out.bus_share", &out,
                  "16 KiB commands that the engine refuses and skips; a waiting IN request is asked in between");
    good = add_share(report, "usb.ulpi.in.bus_share", &in,
                     "AES-128-GCM records made of padding: short commands, 16 KiB back") &&
           good;
    good = add_share(report, "usb.ulpi.mixed.bus_share", &sealing, "AES-128-GCM, 16 KiB sealed: bytes of both ways") &&
           good;
    good = add_share(report, "usb.ulpi.mixed_open.bus_share", &opening,
                     "AES-128-GCM, 16 KiB opened: bytes of both ways") &&
           good;
    if (!good || !again.good)
        return false;
    lk_report_add(report, "usb.ulpi.mixed.packets_per_microframe",
                  (double)packets * LK_BUS_MICROFRAME / (double)sealing.cycles, "packets", "sealing; 13 is the limit");
    lk_report_add(report, "usb.ulpi.seal.aes128gcm.16384.bytes_per_cycle",
                  (double)count * RECORD / (double)sealing.cycles, "bytes/cycle", "plaintext");
    lk_report_add(report, "usb.ulpi.open.aes128gcm.16384.bytes_per_cycle",
                  (double)count * RECORD / (double)opening.cycles, "bytes/cycle", "plaintext");
    lk_report_add(report, "usb.ulpi.seal.aes128gcm.16384.cycles_for_100_records",
                  100.0 * (double)sealing.cycles / (double)count, "cycles", "at the pins, 60 MHz");
    lk_report_add(report, "usb.ulpi.open.aes128gcm.16384.cycles_for_100_records",
                  100.0 * (double)opening.cycles / (double)count, "cycles", "at the pins, 60 MHz");
    lk_report_add(report, "sim.ulpi.cycles_per_second", (double)sealing.cycles / sealing.seconds, "cycles/s",
                  "while sealing; processor time; depends on the machine");
    return true;
}

static bool measure_full_speed(lk_report *report, const lk_buffers *buffers, unsigned count)
{
    lk_board *board = prepare(LK_PHY_FULL_SPEED, buffers);
    if (!board)
        return false;
    const lk_host_counts *counts = lk_host_counts_of(board);
    lk_result out = seal(board, buffers, EMPTY_SLOT, count, 0, false);
    lk_result in = seal(board, buffers, SLOT_SEAL, count, 0, true);
    uint64_t packets = counts->in_packets + counts->out_packets;
    lk_result sealing = seal(board, buffers, SLOT_SEAL, count, count, false);
    packets = counts->in_packets + counts->out_packets - packets;
    unsigned most = counts->most_packets;
    lk_board_free(board);
    const double limit = BUS_LIMIT_FULL_SPEED;
    if (!add_share_of(limit, report, "usb.full_speed.out.bus_share", &out, "as usb.ulpi.out, at D+ and D-") ||
        !add_share_of(limit, report, "usb.full_speed.in.bus_share", &in, "as usb.ulpi.in, at D+ and D-") ||
        !add_share_of(limit, report, "usb.full_speed.mixed.bus_share", &sealing, "AES-128-GCM, 16 KiB sealed"))
        return false;
    lk_report_add(report, "usb.full_speed.mixed.packets_per_frame", (double)packets * FRAME / (double)sealing.cycles,
                  "packets", "sealing; 19 is the limit");
    lk_report_add(report, "usb.full_speed.most_packets_per_frame", most, "packets", "in the fullest frame");
    lk_report_add(report, "sim.full_speed.cycles_per_second", (double)sealing.cycles / sealing.seconds, "cycles/s",
                  "while sealing; processor time; depends on the machine");
    return true;
}

static bool measure_direct(lk_report *report, const lk_buffers *buffers, unsigned count)
{
    lk_board *board = prepare(LK_PHY_DIRECT, buffers);
    lk_result sealing = board ? seal(board, buffers, SLOT_SEAL, count, 0, false) : (lk_result){0};
    lk_board_free(board);
    if (!sealing.good)
        return false;
    lk_report_add(report, "sim.direct.cycles_per_second", (double)sealing.cycles / sealing.seconds, "cycles/s",
                  "while sealing; processor time; depends on the machine");
    lk_report_add(report, "sim.direct.bytes_per_second", (double)count * RECORD / sealing.seconds, "bytes/s",
                  "plaintext sealed; processor time; depends on the machine");
    return true;
}

int main(int argc, char **argv)
{
    lk_bench_options options;
    int status = EXIT_FAILURE;
    if (!lk_bench_options_parse(argc, argv, &options, &status))
        return status;
    unsigned count = options.quick ? RECORDS_QUICK : RECORDS;
    size_t capacity = (size_t)(count + 1) * (RECORD + 1024);
    lk_buffers buffers = {.out = malloc(capacity), .in = malloc(capacity), .capacity = capacity};
    lk_report *report = lk_report_new("USB: the boards at the pins of their buses");
    bool good = buffers.out && buffers.in && report && measure_pins(report, &buffers, count) &&
                measure_full_speed(report, &buffers, options.quick ? RECORDS_FULL_SPEED_QUICK : RECORDS_FULL_SPEED) &&
                measure_direct(report, &buffers, count);
    if (good)
        good = lk_report_finish(report, options.json);
    else
        fprintf(stderr, "the board did not do what it was asked to\n");
    lk_report_free(report);
    free(buffers.in);
    free(buffers.out);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
