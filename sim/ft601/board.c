/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/ft601/board.h"

#include "base/reader.h"
#include "sim/board_backend.h"
#include "sim/ft601/descriptors.h"
#include "sim/urb_queue.h"

#include <stdlib.h>
#include <string.h>

enum {
    SESSION = 0x01,
    NOTIFICATIONS = 0x81,
    DATA_OUT = 0x02,
    DATA_IN = 0x82,
    SESSION_COMMAND_BYTES = 20,
    COMMAND_READ = 1,
    IN = 0x80,
    QUIET_CYCLES_MAX = 200000 /* nothing moved for so long, and nothing will */
};

typedef struct ft601_board {
    lk_board board;
    lk_ft601_chip chip;
    lk_urb_queue control, session, notifications, out, in;
    uint32_t leave; /* bytes that the transfer at the head of `in` may bring; 0: none was asked for */
    uint64_t moved; /* the cycle in which something moved last */
    uint64_t words; /* that had moved then */
    bool finished;  /* a request was finished in this cycle */
} ft601_board;

static uint64_t now(const ft601_board *board)
{
    return lk_model_ft601_cycles(board->chip.model);
}

static void finish(ft601_board *board, lk_urb_queue *queue, lk_urb_status status)
{
    lk_urb_queue_finish(queue, status);
    board->finished = true;
    board->moved = now(board);
}

static void serve_control(ft601_board *board)
{
    lk_urb *urb = board->control.head;
    const uint8_t *answer = NULL;
    size_t length = 0;
    if (!urb)
        return;
    if (urb->setup[0] & IN) {
        answer = lk_ft601_answer(urb->setup, &length);
        urb->actual = (uint32_t)(length < urb->length ? length : urb->length);
        if (answer && urb->actual > 0)
            memcpy(urb->data, answer, urb->actual);
    }
    finish(board, &board->control, answer || lk_ft601_accepts(urb->setup) ? LK_URB_OK : LK_URB_STALL);
}

/* A command of twenty bytes: a number, the pipe, what to do, two zeros, a length, eight zeros. */
static void serve_session(ft601_board *board)
{
    lk_urb *urb = board->session.head;
    if (!urb || board->leave > 0)
        return;
    lk_reader reader = lk_reader_over(urb->data, urb->length);
    lk_reader_u32_little(&reader);
    uint8_t pipe = lk_reader_u8(&reader);
    uint8_t command = lk_reader_u8(&reader);
    uint16_t zero = lk_reader_u16_little(&reader);
    uint32_t length = lk_reader_u32_little(&reader);
    bool known = urb->length == SESSION_COMMAND_BYTES && pipe == DATA_IN && command == COMMAND_READ && zero == 0;
    if (known)
        board->leave = length;
    urb->actual = known ? urb->length : 0;
    finish(board, &board->session, known ? LK_URB_OK : LK_URB_STALL);
}

static void serve_out(ft601_board *board)
{
    lk_urb *urb = board->out.head;
    if (!urb)
        return;
    urb->actual += (uint32_t)lk_ft601_chip_put(&board->chip, urb->data + urb->actual, urb->length - urb->actual);
    if (urb->actual == urb->length)
        finish(board, &board->out, LK_URB_OK);
}

static void serve_in(ft601_board *board)
{
    lk_urb *urb = board->in.head;
    size_t length;
    if (!urb || board->leave == 0)
        return;
    uint32_t most = urb->length < board->leave ? urb->length : board->leave;
    if (!lk_ft601_chip_take(&board->chip, urb->data + urb->actual, most - urb->actual, &length))
        return;
    urb->actual += (uint32_t)length;
    if (urb->actual < most && length == LK_FT601_PACKET_BYTES)
        return;
    board->leave = 0;
    finish(board, &board->in, LK_URB_OK);
}

static void pass_cycle(ft601_board *board)
{
    serve_control(board);
    serve_session(board);
    serve_out(board);
    serve_in(board);
    lk_ft601_chip_cycle(&board->chip);
    uint64_t words = board->chip.out_words + board->chip.in_words;
    if (words != board->words)
        board->moved = now(board);
    board->words = words;
}

static bool waits(const ft601_board *board)
{
    return board->session.head || board->out.head || board->in.head;
}

static bool ft601_active(const lk_board *base)
{
    const ft601_board *board = (const ft601_board *)base;
    return board->control.head || (waits(board) && now(board) - board->moved < QUIET_CYCLES_MAX);
}

static bool ft601_run(lk_board *base, uint64_t cycles)
{
    ft601_board *board = (ft601_board *)base;
    uint64_t end = now(board) + cycles;
    board->finished = false;
    while (now(board) < end && !board->finished) {
        if (waits(board) && !ft601_active(base))
            return false;
        pass_cycle(board);
    }
    return board->finished;
}

static lk_urb_queue *queue_of(ft601_board *board, const lk_urb *urb)
{
    switch (urb->endpoint) {
    case 0x00:
        return &board->control;
    case SESSION:
        return &board->session;
    case NOTIFICATIONS:
        return &board->notifications;
    case DATA_OUT:
        return &board->out;
    case DATA_IN:
        return &board->in;
    default:
        return NULL;
    }
}

static void ft601_submit(lk_board *base, lk_urb *urb)
{
    ft601_board *board = (ft601_board *)base;
    lk_urb_queue *queue = queue_of(board, urb);
    board->moved = now(board);
    if (queue) {
        lk_urb_queue_append(queue, urb);
        return;
    }
    urb->actual = 0; /* no endpoint, no answer */
    urb->status = LK_URB_PROTOCOL;
    urb->done = true;
}

static void ft601_unlink(lk_board *base, lk_urb *urb)
{
    ft601_board *board = (ft601_board *)base;
    lk_urb_queue *queue = queue_of(board, urb);
    if (!queue || !lk_urb_queue_remove(queue, urb))
        return;
    urb->status = LK_URB_UNLINKED;
    urb->done = true;
}

static uint64_t ft601_cycles(const lk_board *base)
{
    return now((const ft601_board *)base);
}

static bool ft601_is_high_speed(const lk_board *board)
{
    (void)board;
    return true;
}

/* The chip has no wire that would tell the board of it. */
static void ft601_bus_reset(lk_board *base)
{
    ft601_board *board = (ft601_board *)base;
    board->leave = 0;
}

static void ft601_free(lk_board *base)
{
    ft601_board *board = (ft601_board *)base;
    lk_ft601_chip_end(&board->chip);
    free(board);
}

static const lk_board_backend backend = {
    .name = "ft601",
    .free = ft601_free,
    .submit = ft601_submit,
    .unlink = ft601_unlink,
    .run = ft601_run,
    .active = ft601_active,
    .cycles = ft601_cycles,
    .is_high_speed = ft601_is_high_speed,
    .bus_reset = ft601_bus_reset,
};

lk_board *lk_board_ft601_new(const char *trace, const char **error)
{
    ft601_board *board = calloc(1, sizeof *board);
    lk_model_ft601 *model = board ? lk_model_ft601_new(trace) : NULL;
    if (!model) {
        free(board);
        *error = trace ? "the trace file cannot be written; check its path and permissions" : "out of memory";
        return NULL;
    }
    board->board.backend = &backend;
    lk_ft601_chip_begin(&board->chip, model);
    return &board->board;
}

lk_ft601_chip *lk_ft601_chip_of(lk_board *board)
{
    return &((ft601_board *)board)->chip;
}
