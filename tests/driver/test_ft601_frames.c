/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of a board behind an FT601, taken apart: cut anywhere, and as no board of ours makes them. */
#include "transport/ft601_frames.h"

#include <criterion/criterion.h>
#include <string.h>

enum { TAG = 0x01020304, BYTES = 64 };

/* Takes completions until it has enough of them. */
typedef struct taker {
    uint8_t bytes[BYTES];
    size_t length, most;
} taker;

static size_t take(void *context, const uint8_t *data, size_t length)
{
    taker *all = context;
    size_t count = length < all->most - all->length ? length : all->most - all->length;
    memcpy(all->bytes + all->length, data, count);
    all->length += count;
    return count;
}

static taker completions;
static uint8_t fact[4];
static lk_frame_reply reply;
static lk_frame_reader reader;

static void begin(void)
{
    completions = (taker){.most = BYTES};
    reply = (lk_frame_reply){.tag = TAG, .data = fact, .capacity = sizeof fact};
    reader = (lk_frame_reader){.completions = take, .context = &completions, .reply = &reply};
}

TestSuite(ft601_frames, .init = begin);

static lk_error read_all(const uint8_t *data, size_t length)
{
    size_t taken;
    lk_error error = lk_frame_read(&reader, data, length, &taken);
    cr_assert(error || taken == length);
    return error;
}

static const uint8_t good[] = {
    0xF6, 0, 0, 0,                            /* idle */
    0xF6, 3, 2, 0, 1, 2,  3,  4,  5, 6, 7, 8, /* completions */
    0xF6, 4, 2, 0, 4, 3,  2,  1,  9, 8, 7, 6, /* reply: tag, a fact */
    0xF6, 3, 1, 0, 9, 10, 11, 12,             /* completions */
};

Test(ft601_frames, may_be_cut_anywhere)
{
    for (size_t cut = 0; cut <= sizeof good; cut++) {
        begin();
        cr_assert_eq(read_all(good, cut), LK_OK);
        cr_assert_eq(read_all(good + cut, sizeof good - cut), LK_OK);
        cr_assert_eq(completions.length, 12);
        for (uint8_t i = 0; i < 12; i++)
            cr_assert_eq(completions.bytes[i], i + 1);
        cr_assert(reply.done && !reply.refused);
        cr_assert_eq(reply.length, 4);
        cr_assert_arr_eq(fact, good + 24, 4);
    }
}

Test(ft601_frames, wait_where_completions_are_not_taken)
{
    size_t taken;
    completions.most = 3;
    cr_assert_eq(lk_frame_read(&reader, good, sizeof good, &taken), LK_OK);
    cr_assert_eq(taken, 11);
    completions.most = BYTES;
    cr_assert_eq(read_all(good + taken, sizeof good - taken), LK_OK);
    cr_assert_eq(completions.length, 12);
}

Test(ft601_frames, a_reply_alone_is_found_behind_anything)
{
    static const uint8_t bytes[] = {0xF6, 4, 1, 0, 4, 3, 0xF6, 4, 1, 0, 4, 3, 2, 1, 0xF6, 3, 1, 0, 1, 2, 3, 4};
    reply.alone = true;
    for (size_t i = 0; i < sizeof bytes; i++)
        cr_assert_eq(read_all(bytes + i, 1), LK_OK);
    cr_expect(reply.done);
    cr_expect_eq(completions.length, 4, "what is behind it is taken apart again");
}

static void expect_protocol_error(const uint8_t *data, size_t length)
{
    cr_expect_eq(read_all(data, length), LK_ERROR_DEVICE_PROTOCOL, "%02x %02x %02x %02x", data[0], data[1], data[2],
                 data[3]);
    begin();
}

Test(ft601_frames, refuses_what_no_board_says)
{
    expect_protocol_error((const uint8_t[]){0xF7, 3, 1, 0}, 4);
    expect_protocol_error((const uint8_t[]){0xF6, 1, 1, 0}, 4); /* commands come from hosts */
    expect_protocol_error((const uint8_t[]){0xF6, 6, 1, 0}, 4);
    expect_protocol_error((const uint8_t[]){0xF6, 0, 1, 0}, 4); /* idle frames have no words */
    expect_protocol_error((const uint8_t[]){0xF6, 3, 0, 0}, 4);
    expect_protocol_error((const uint8_t[]){0xF6, 3, 0, 1}, 4);             /* 256 words */
    expect_protocol_error((const uint8_t[]){0xF6, 4, 1, 0, 4, 3, 2, 2}, 8); /* to another request */
    expect_protocol_error((const uint8_t[]){0xF6, 4, 3, 0, 4, 3, 2, 1, 1, 1, 1, 1, 2, 2, 2, 2}, 16); /* too many */
    reader.reply = NULL;
    expect_protocol_error((const uint8_t[]){0xF6, 4, 1, 0, 4, 3, 2, 1}, 8);
}

Test(ft601_frames, drops_the_rest_of_a_reply_that_nobody_waits_for_any_more)
{
    enum { HALF = 26 }; /* in the midst of the fact word */
    cr_assert_eq(read_all(good, HALF), LK_OK);
    reader.reply = NULL;
    cr_assert_eq(read_all(good + HALF, sizeof good - HALF), LK_OK);
    cr_expect_eq(completions.length, 12);
    cr_expect_not(reply.done);
}

Test(ft601_frames, tells_of_a_refusal)
{
    static const uint8_t bytes[] = {0xF6, 5, 1, 0, 4, 3, 2, 1};
    cr_assert_eq(read_all(bytes, sizeof bytes), LK_OK);
    cr_expect(reply.done && reply.refused);
}
