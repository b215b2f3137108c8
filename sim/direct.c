/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way in at the endpoints' ports: control requests, words of commands, words of completions. No packet, toggle or
 * handshake is made, but transfers end where packets would end them, so that a host sees the same as at the pins.
 */
#include "sim/board_backend.h"
#include "sim/model/model.h"
#include "sim/urb_queue.h"

#include <stdlib.h>
#include <string.h>

enum {
    PACKET_BYTES = 512, /* bulk, high speed */
    FLUSH_CYCLES = 64,  /* a completion has ended, and no other began for so long: the packet goes as it is */
    RESET_CYCLES = 4,
    CONTROL_CYCLES_MAX = 6000000, /* a tenth of a second: a request that takes longer has failed */
    QUIET_CYCLES_MAX = 100000     /* no record takes as long: nothing moved for so long, and nothing will */
};

typedef enum control_state { CONTROL_IDLE, CONTROL_SETUP, CONTROL_DATA, CONTROL_STATUS } control_state;

/* What the IN endpoint has gathered for its next packet, whether a request waits for it or not. */
typedef struct in_packet {
    uint8_t bytes[PACKET_BYTES];
    uint32_t length;
    uint32_t quiet; /* cycles since the last word */
    bool ended;     /* that word was the last of a completion, and no short packet has told so */
} in_packet;

typedef struct direct {
    lk_board board;
    lk_model_direct *model;
    lk_model_direct_pins *pins;
    lk_urb_queue control, out, in;
    control_state control_state;
    uint64_t control_began;
    in_packet packet;
    uint64_t moved; /* the cycle in which something moved last */
    bool finished;  /* a request was finished in this cycle */
} direct;

static uint64_t now(const direct *board)
{
    return lk_model_direct_cycles(board->model);
}

static void finish(direct *board, lk_urb_queue *queue, lk_urb_status status)
{
    lk_urb_queue_finish(queue, status);
    board->finished = true;
    board->moved = now(board);
}

/* A bulk endpoint answers only in the configured state; one that is halted answers STALL. @return true when the head
 * goes on. */
static bool endpoint_answers(direct *board, lk_urb_queue *queue, bool halted)
{
    if (queue->head && !board->pins->configured)
        finish(board, queue, LK_URB_PROTOCOL);
    else if (queue->head && halted)
        finish(board, queue, LK_URB_STALL);
    else
        return queue->head != NULL;
    return false;
}

/* The next four bytes of a transfer, the first one lowest; zeros behind its end. */
static uint32_t next_word(const lk_urb *urb)
{
    uint32_t word = 0;
    for (uint32_t i = 0; i < 4 && urb->actual + i < urb->length; i++)
        word |= (uint32_t)urb->data[urb->actual + i] << (8 * i);
    return word;
}

static void offer_out(direct *board)
{
    board->pins->out_valid = 0;
    if (!endpoint_answers(board, &board->out, board->pins->out_halted))
        return;
    if (board->out.head->actual == board->out.head->length) {
        finish(board, &board->out, LK_URB_OK);
        return;
    }
    board->pins->out_valid = 1;
    board->pins->out_data = next_word(board->out.head);
}

static void take_out(direct *board)
{
    lk_urb *urb = board->out.head;
    uint32_t rest = urb->length - urb->actual;
    urb->actual += rest < 4 ? rest : 4;
    board->moved = now(board);
    if (urb->actual == urb->length)
        finish(board, &board->out, LK_URB_OK);
}

static void packet_add(in_packet *packet, uint32_t word, bool last)
{
    for (unsigned i = 0; i < 4; i++)
        packet->bytes[packet->length++] = (uint8_t)(word >> (8 * i));
    packet->ended = last;
    packet->quiet = 0;
}

static bool packet_is_ready(const in_packet *packet)
{
    return packet->length == PACKET_BYTES || (packet->ended && packet->quiet >= FLUSH_CYCLES);
}

/* Hands the packet to the request that waits: a full one may be followed by more, any other ends the transfer. */
static void deliver_packet(direct *board)
{
    in_packet *packet = &board->packet;
    lk_urb *urb = board->in.head;
    uint32_t room = urb->length - urb->actual;
    bool is_short = packet->length < PACKET_BYTES;
    bool babble = packet->length > room;
    uint32_t length = babble ? room : packet->length;
    if (length > 0)
        memcpy(urb->data + urb->actual, packet->bytes, length);
    urb->actual += length;
    packet->length = 0;
    packet->ended = packet->ended && !is_short;
    board->moved = now(board);
    if (babble)
        finish(board, &board->in, LK_URB_OVERFLOW);
    else if (is_short || urb->actual == urb->length)
        finish(board, &board->in, LK_URB_OK);
}

static void begin_control(direct *board)
{
    uint64_t setup = 0;
    for (unsigned i = 0; i < 8; i++)
        setup |= (uint64_t)board->control.head->setup[i] << (8 * i);
    board->pins->setup_packet = setup;
    board->pins->setup_valid = 1;
    board->control_state = CONTROL_SETUP;
    board->control_began = now(board);
}

static void end_control(direct *board, lk_urb_status status)
{
    board->control_state = CONTROL_IDLE;
    finish(board, &board->control, status);
}

/* Sets the ports of the control endpoint for the coming cycle. */
static void offer_control(direct *board)
{
    lk_model_direct_pins *pins = board->pins;
    lk_urb *urb = board->control.head;
    pins->setup_valid = 0;
    pins->control_in_ready = 0;
    pins->status_done = 0;
    if (!urb)
        return;
    if (board->control_state == CONTROL_IDLE)
        begin_control(board);
    else if (board->control_state == CONTROL_DATA)
        pins->control_in_ready = urb->actual < urb->length;
    else if (board->control_state == CONTROL_STATUS)
        pins->status_done = 1;
}

/* Looks at the ports of the control endpoint after the cycle. */
static void follow_control(direct *board)
{
    const lk_model_direct_pins *pins = board->pins;
    switch (board->control_state) {
    case CONTROL_IDLE:
        break;
    case CONTROL_SETUP:
        board->control_state = CONTROL_DATA;
        break;
    case CONTROL_DATA:
        if (pins->control_stall)
            end_control(board, LK_URB_STALL);
        else if (pins->control_done)
            board->control_state = CONTROL_STATUS;
        else if (pins->control_in_valid && board->control.head->actual == board->control.head->length)
            end_control(board, LK_URB_OVERFLOW);
        else if (now(board) - board->control_began > CONTROL_CYCLES_MAX)
            end_control(board, LK_URB_PROTOCOL);
        break;
    case CONTROL_STATUS:
        end_control(board, LK_URB_OK);
        break;
    }
}

static void drop_packet(direct *board)
{
    board->packet.length = 0;
    board->packet.ended = false;
}

/* One cycle: all ports are offered what waits for them; what both sides agreed on has moved. */
static void pass_cycle(direct *board)
{
    lk_model_direct_pins *pins = board->pins;
    in_packet *packet = &board->packet;
    offer_control(board);
    offer_out(board);
    pins->in_ready = packet->length < PACKET_BYTES && !packet_is_ready(packet);

    bool out_moves = pins->out_valid && pins->out_ready;
    bool in_moves = pins->in_valid && pins->in_ready;
    bool control_moves = pins->control_in_valid && pins->control_in_ready;
    uint32_t word = pins->in_data;
    bool last = pins->in_last != 0;
    uint8_t byte = pins->control_in_data;
    lk_model_direct_step(board->model);

    packet->quiet++;
    if (in_moves) {
        packet_add(packet, word, last);
        board->moved = now(board);
    }
    if (out_moves)
        take_out(board);
    if (control_moves)
        board->control.head->data[board->control.head->actual++] = byte;
    follow_control(board);
    if (pins->stream_reset)
        drop_packet(board);
    if (endpoint_answers(board, &board->in, pins->in_halted) && packet_is_ready(packet))
        deliver_packet(board);
}

static bool direct_active(const lk_board *base)
{
    const direct *board = (const direct *)base;
    bool waits = board->out.head || board->in.head;
    return board->control.head || (waits && now(board) - board->moved < QUIET_CYCLES_MAX);
}

static bool direct_run(lk_board *base, uint64_t cycles)
{
    direct *board = (direct *)base;
    uint64_t end = now(board) + cycles;
    board->finished = false;
    while (now(board) < end && !board->finished) {
        if ((board->out.head || board->in.head) && !direct_active(base))
            return false;
        pass_cycle(board);
    }
    return board->finished;
}

static lk_urb_queue *queue_of(direct *board, const lk_urb *urb)
{
    switch (urb->endpoint) {
    case 0x00:
        return &board->control;
    case 0x01:
        return &board->out;
    case 0x81:
        return &board->in;
    default:
        return NULL;
    }
}

static void direct_submit(lk_board *base, lk_urb *urb)
{
    direct *board = (direct *)base;
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

static void direct_unlink(lk_board *base, lk_urb *urb)
{
    direct *board = (direct *)base;
    lk_urb_queue *queue = queue_of(board, urb);
    if (queue == &board->control && board->control.head == urb)
        board->control_state = CONTROL_IDLE; /* the next SETUP ends what it had begun */
    if (!queue || !lk_urb_queue_remove(queue, urb))
        return;
    urb->status = LK_URB_UNLINKED;
    urb->done = true;
}

static uint64_t direct_cycles(const lk_board *base)
{
    return now((const direct *)base);
}

static bool direct_is_high_speed(const lk_board *board)
{
    (void)board;
    return true;
}

static void direct_bus_reset(lk_board *base)
{
    direct *board = (direct *)base;
    board->pins->out_valid = 0;
    board->pins->in_ready = 0;
    board->pins->setup_valid = 0;
    board->pins->status_done = 0;
    board->pins->control_in_ready = 0;
    board->control_state = CONTROL_IDLE;
    board->pins->bus_reset = 1;
    lk_model_direct_step(board->model);
    board->pins->bus_reset = 0;
    lk_model_direct_step(board->model); /* the engine sees the reset of its streams */
    drop_packet(board);
}

static void direct_free(lk_board *base)
{
    direct *board = (direct *)base;
    lk_model_direct_free(board->model);
    free(board);
}

static const lk_board_backend backend = {
    .name = "direct",
    .free = direct_free,
    .submit = direct_submit,
    .unlink = direct_unlink,
    .run = direct_run,
    .active = direct_active,
    .cycles = direct_cycles,
    .is_high_speed = direct_is_high_speed,
    .bus_reset = direct_bus_reset,
};

lk_board *lk_board_direct_new(const char *trace, const char **error)
{
    direct *board = calloc(1, sizeof *board);
    lk_model_direct *model = board ? lk_model_direct_new(trace) : NULL;
    if (!model) {
        free(board);
        *error = trace ? "the trace file cannot be written; check its path and permissions" : "out of memory";
        return NULL;
    }
    board->board.backend = &backend;
    board->model = model;
    board->pins = lk_model_direct_pins_of(model);
    board->pins->reset = 1;
    for (int i = 0; i < RESET_CYCLES; i++)
        lk_model_direct_step(model);
    board->pins->reset = 0;
    lk_model_direct_step(model);
    return &board->board;
}
