/* SPDX-License-Identifier: Apache-2.0 */
/* The board behind an FT601, frame by frame (docs/protocol.md, "Behind an FT601"), with a chip that pauses at random.
 */
#include "rtl/usb/ft601_fixture.h"

#include "rtl/usb/fixture.h"
#include "transport/ft601_frames.h"

#include <criterion/criterion.h>
#include <string.h>

enum { READ_BYTES = 4096, NOPS = 300, TAG = 0x12345678, NO_REQUEST = 0x55, FIRST = 7 };

/* Completion bytes that came, in order. */
typedef struct heard {
    uint8_t bytes[NOPS * COMPLETION_BYTES];
    size_t length;
} heard;

static size_t hear(void *context, const uint8_t *data, size_t length)
{
    heard *all = context;
    cr_assert_leq(length, sizeof all->bytes - all->length);
    memcpy(all->bytes + all->length, data, length);
    all->length += length;
    return length;
}

static lk_board *board;
static uint8_t sent[LK_FRAME_IDLE_WORDS * LK_FRAME_HEADER_BYTES + 4096];
static lk_writer writer;
static lk_urb out;
static heard completions;
static lk_frame_reader frames;

static void begin(void)
{
    board = ft601_power_up();
    lk_ft601_chip_of(board)->out_pauses = 10;
    lk_ft601_chip_of(board)->in_pauses = 10;
    writer = lk_writer_into(sent, sizeof sent);
    completions.length = 0;
    frames = (lk_frame_reader){.completions = hear, .context = &completions};
}

static void end(void)
{
    ft601_end(board);
}

TestSuite(ft601, .init = begin, .fini = end);

static void send(void)
{
    cr_assert_not(writer.failed);
    ft601_begin_out(board, &out, sent, writer.length);
}

static void add_nops(uint32_t first, unsigned count)
{
    static uint8_t bytes[NOPS * NOP_BYTES];
    size_t length = fixture_nops(bytes, sizeof bytes, first, count);
    lk_frame_commands(&writer, length);
    lk_writer_bytes(&writer, bytes, length);
}

/* Reads and takes apart until so many completion bytes have come and the reply, when one is waited for. */
static void read_until(size_t bytes)
{
    static uint8_t data[READ_BYTES];
    while (completions.length < bytes || frames.reply) {
        size_t taken, length = ft601_read(board, data, sizeof data);
        cr_assert_gt(length, 0, "%zu of %zu bytes of completions, and no more", completions.length, bytes);
        cr_assert_eq(lk_frame_read(&frames, data, length, &taken), LK_OK);
        cr_assert_eq(taken, length);
    }
    cr_assert_eq(completions.length, bytes);
}

Test(ft601, commands_come_back_as_completions_in_order)
{
    add_nops(FIRST, 100);
    add_nops(FIRST + 100, 1);
    lk_frame_idle(&writer, 3);
    send();
    read_until((size_t)101 * COMPLETION_BYTES);
    cr_expect(fixture_completes(completions.bytes, completions.length, FIRST, 101));
}

Test(ft601, a_host_that_reads_late_loses_nothing)
{
    static uint8_t bytes[NOPS * NOP_BYTES];
    static uint8_t all[sizeof bytes + LK_FRAME_HEADER_BYTES];
    size_t length = fixture_nops(bytes, sizeof bytes, FIRST, NOPS);
    lk_writer large = lk_writer_into(all, sizeof all);
    lk_frame_commands(&large, length);
    lk_writer_bytes(&large, bytes, length);
    ft601_begin_out(board, &out, all, large.length);
    for (int i = 0; i < 50; i++)
        lk_board_run(board, 1000);
    read_until((size_t)NOPS * COMPLETION_BYTES);
    cr_expect(fixture_completes(completions.bytes, completions.length, FIRST, NOPS));
}

static lk_frame_reply request(uint8_t code, uint8_t count, uint8_t first, uint8_t *data, size_t capacity)
{
    lk_frame_reply reply = {.tag = TAG, .data = data, .capacity = capacity};
    lk_frame_request(&writer, code, count, first, TAG);
    send();
    frames.reply = &reply;
    read_until(0);
    return reply;
}

Test(ft601, facts_are_read_by_a_request)
{
    uint8_t data[8];
    lk_frame_reply reply = request(LK_REQUEST_READ_FACTS, 2, LK_FACT_MAGIC, data, sizeof data);
    cr_expect_not(reply.refused);
    cr_assert_eq(reply.length, sizeof data);
    cr_expect_arr_eq(data, "LCKY", 4);
    cr_expect_eq(data[6], LK_PROTOCOL_MAJOR);
}

Test(ft601, a_reply_that_fills_a_packet_ends_the_read)
{
    static uint8_t data[126 * 4];
    lk_frame_reply reply = request(LK_REQUEST_READ_FACTS, 126, 0, data, sizeof data);
    cr_expect_eq(reply.length, sizeof data, "with header and tag that is a packet of 512 bytes");
}

Test(ft601, the_longest_reply)
{
    static uint8_t data[LK_FRAME_FACTS_MAX * 4];
    lk_frame_reply reply = request(LK_REQUEST_READ_FACTS, LK_FRAME_FACTS_MAX, 0, data, sizeof data);
    cr_expect_eq(reply.length, sizeof data);
}

Test(ft601, a_reply_that_fits_no_frame_is_refused)
{
    lk_frame_reply reply = request(LK_REQUEST_READ_FACTS, LK_FRAME_FACTS_MAX + 1, 0, NULL, 0);
    cr_expect(reply.refused);
}

Test(ft601, a_request_that_does_not_exist_is_refused)
{
    cr_expect(request(NO_REQUEST, 0, 0, NULL, 0).refused);
}

Test(ft601, a_reply_comes_behind_the_completions_of_what_was_sent_before)
{
    lk_frame_reply reply = {.tag = TAG};
    add_nops(FIRST, 40);
    lk_frame_request(&writer, LK_REQUEST_STREAM_RESET, 0, 0, TAG);
    add_nops(FIRST + 50, 2);
    send();
    frames.reply = &reply;
    reply.alone = true;
    while (frames.reply) {
        static uint8_t data[READ_BYTES];
        size_t taken, length = ft601_read(board, data, sizeof data);
        cr_assert_gt(length, 0);
        cr_assert_eq(lk_frame_read(&frames, data, length, &taken), LK_OK);
    }
    read_until((size_t)2 * COMPLETION_BYTES);
    cr_expect(fixture_completes(completions.bytes, completions.length, FIRST + 50, 2));
}

/* A host that was killed in the midst of the longest frame; and words that begin no frame. */
static void recovers_behind(void)
{
    lk_frame_reply reply = {.tag = TAG, .alone = true};
    lk_frame_idle(&writer, LK_FRAME_IDLE_WORDS);
    lk_frame_request(&writer, LK_REQUEST_STREAM_RESET, 0, 0, TAG);
    add_nops(FIRST, 3);
    send();
    frames.reply = &reply;
    while (frames.reply) {
        static uint8_t data[READ_BYTES];
        size_t taken, length = ft601_read(board, data, sizeof data);
        cr_assert_gt(length, 0);
        cr_assert_eq(lk_frame_read(&frames, data, length, &taken), LK_OK);
    }
    read_until((size_t)3 * COMPLETION_BYTES);
    cr_expect(fixture_completes(completions.bytes, completions.length, FIRST, 3));
}

Test(ft601, idle_frames_bring_it_back_from_the_midst_of_a_frame)
{
    lk_frame_commands(&writer, (size_t)LK_FRAME_OUT_WORDS_MAX * 4);
    lk_writer_zeros(&writer, 8);
    recovers_behind();
}

Test(ft601, idle_frames_bring_it_back_from_words_that_begin_no_frame)
{
    lk_writer_u32_little(&writer, 0xDEADBEEF);
    lk_frame_commands(&writer, 8);
    lk_writer_zeros(&writer, 8);
    recovers_behind();
}

Test(ft601, idle_frames_bring_it_back_from_the_midst_of_a_request)
{
    lk_frame_request(&writer, LK_REQUEST_READ_FACTS, 3, 0, TAG + 1);
    writer.length -= 4;
    recovers_behind();
}

Test(ft601, a_frame_that_is_too_long_is_no_frame)
{
    lk_writer_u8(&writer, LK_FRAME_MAGIC);
    lk_writer_u8(&writer, LK_FRAME_COMMANDS);
    lk_writer_u16_little(&writer, LK_FRAME_OUT_WORDS_MAX + 1);
    lk_frame_idle(&writer, 1);
    add_nops(FIRST, 1);
    send();
    read_until(COMPLETION_BYTES);
    cr_expect(fixture_completes(completions.bytes, completions.length, FIRST, 1));
}
