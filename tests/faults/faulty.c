/* SPDX-License-Identifier: Apache-2.0 */
#include "faults/faulty.h"

#include "faults/bend.h"
#include "sim/transport/transport.h"
#include "transport/diagnosis.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum {
    IN_HOPS = 4,
    OUT_HOPS = 16,
    HOPS = IN_HOPS + OUT_HOPS,
    IN_BYTES = 65536,
    OUTER_MAX = 16,
    SLOW_ROUNDS = 40,
    SET_CONFIGURATION = 9,
    VENDOR_OUT = 0x40,
    VENDOR_IN = 0xc0,
    TIMEOUT = 5000 /* ms of control requests of our own */
};

/* A transfer between this and the board. */
typedef struct faulty_hop {
    lk_transfer inner;
    byte_queue bytes;   /* OUT: what goes */
    lk_transfer *outer; /* OUT: whose it is */
    bool used;
} faulty_hop;

typedef struct faulty_board {
    lk_transport base;
    lk_transport *inner;
    fault *fault;
    faulty_counts counts;
    faulty_hop hops[HOPS]; /* those of IN first */
    unsigned oldest_in;
    lk_transfer *waiting[OUTER_MAX]; /* IN transfers of the driver, in order */
    size_t waiting_count;
    lk_transfer *ending[OUTER_MAX]; /* OUT transfers that have gone, and are not yet said to */
    size_t ending_count;
    bend streams;
    bool gone;   /* the board is not there any more */
    bool silent; /* nothing moves any more */
    bool pieces; /* completions come word by word */
    int slow;    /* so many rounds nothing ends */
} faulty_board;

static fault *prepared;
static faulty_counts last_counts;
static lk_transport *board; /* powered, and free for the next opening */
static lk_transport *used;  /* powered, and behind the transport that is open */

void faulty_prepare(fault *strikes)
{
    prepared = strikes;
}

faulty_counts faulty_last_counts(void)
{
    return last_counts;
}

uint32_t faulty_live_slots(void)
{
    uint8_t word[4] = {0xff, 0xff, 0xff, 0xff};
    if (used)
        (void)used->methods->control(used, VENDOR_IN, LK_REQUEST_READ_FACTS, 0, LK_FACT_LIVE_SLOTS, word, sizeof word,
                                     NULL, TIMEOUT);
    return word[0] | (uint32_t)word[1] << 8 | (uint32_t)word[2] << 16 | (uint32_t)word[3] << 24;
}

void faulty_power_off(void)
{
    if (board)
        board->methods->close(board);
    board = NULL;
}

static faulty_board *faulty_of(lk_transport *transport)
{
    return (faulty_board *)transport;
}

/* One more event of a place. @return the kind of the fault that strikes now, or FAULT_KINDS. */
static fault_kind come_by(faulty_board *faulty, fault_place place)
{
    fault *strikes = faulty->fault;
    uint32_t count = faulty->counts.of[place]++;
    if (strikes->struck || fault_place_of(strikes->kind) != place || count < strikes->at)
        return FAULT_KINDS;
    strikes->struck = true;
    strikes->promise = FAULT_SAME;
    return strikes->kind;
}

static void transfer_end(lk_transfer *transfer, lk_error status, size_t actual)
{
    transfer->status = status;
    transfer->actual = actual;
    transfer->in_flight = false;
    transfer->done = true;
}

static lk_transfer *queue_take(lk_transfer **queue, size_t *count)
{
    lk_transfer *first = queue[0];
    memmove(queue, queue + 1, --*count * sizeof *queue);
    return first;
}

/* What a host's kernel, or another program, may do behind our back. */
static void bus_reset(const faulty_board *faulty)
{
    uint16_t configuration = (uint16_t)(faulty->fault->detail % 3);
    if (configuration == 2)
        (void)faulty->inner->methods->control(faulty->inner, VENDOR_OUT, LK_REQUEST_STREAM_RESET, 0, 0, NULL, 0, NULL,
                                              TIMEOUT);
    else
        (void)faulty->inner->methods->control(faulty->inner, 0, SET_CONFIGURATION, configuration, 0, NULL, 0, NULL,
                                              TIMEOUT);
}

/* Control requests */

static lk_error faulty_control(lk_transport *transport, uint8_t request_type, uint8_t request, uint16_t value,
                               uint16_t index, uint8_t *data, uint16_t length, size_t *actual, int timeout)
{
    faulty_board *faulty = faulty_of(transport);
    size_t moved = 0;
    if (actual)
        *actual = 0;
    if (faulty->gone)
        return LK_ERROR_DEVICE_LOST;
    if (faulty->silent)
        return LK_ERROR_TIMED_OUT;
    fault_kind kind = come_by(faulty, FAULT_CONTROL);
    if (kind == FAULT_CONTROL_STALL)
        return LK_ERROR_DEVICE_STALLED;
    if (kind == FAULT_CONTROL_TIMED_OUT)
        return LK_ERROR_TIMED_OUT;
    if (kind == FAULT_CONTROL_LOST) {
        faulty->gone = true;
        return LK_ERROR_DEVICE_LOST;
    }
    lk_error error = faulty->inner->methods->control(faulty->inner, request_type, request, value, index, data, length,
                                                     &moved, timeout);
    if (kind == FAULT_CONTROL_FLIP && moved > 0)
        data[faulty->fault->detail / 8 % moved] ^= (uint8_t)(1u << faulty->fault->detail % 8);
    if (kind == FAULT_CONTROL_SHORT && moved > 0)
        moved = faulty->fault->detail % moved;
    if (kind == FAULT_CONTROL_OVERLONG)
        moved = length + 1 + faulty->fault->detail % 65536;
    if (actual)
        *actual = moved;
    return error;
}

/* OUT */

static faulty_hop *hop_free(faulty_board *faulty)
{
    for (unsigned i = IN_HOPS; i < HOPS; i++)
        if (!faulty->hops[i].used)
            return &faulty->hops[i];
    return NULL;
}

static lk_error submit_out(faulty_board *faulty, lk_transfer *transfer)
{
    faulty_hop *hop = hop_free(faulty);
    fault_kind kind = come_by(faulty, FAULT_SUBMIT);
    if (kind == FAULT_SUBMIT_LOST) {
        faulty->gone = true;
        return LK_ERROR_DEVICE_LOST;
    }
    if (!hop || kind == FAULT_SUBMIT_REFUSED)
        return LK_ERROR_NO_MEMORY;
    if (kind == FAULT_SUBMIT_RESET)
        bus_reset(faulty);
    byte_queue_drop(&hop->bytes, byte_queue_length(&hop->bytes));
    byte_queue_add(&hop->bytes, NULL, 0); /* there is a front, also when nothing goes */
    bend_commands(&faulty->streams, transfer->data, transfer->length, &hop->bytes);
    hop->inner = (lk_transfer){.endpoint = transfer->endpoint,
                               .data = byte_queue_front(&hop->bytes),
                               .length = byte_queue_length(&hop->bytes)};
    hop->outer = transfer;
    lk_error error = faulty->inner->methods->submit(faulty->inner, &hop->inner);
    hop->used = error == LK_OK;
    return error;
}

static void out_ended(faulty_board *faulty, faulty_hop *hop)
{
    lk_transfer *transfer = hop->outer;
    lk_error status = hop->inner.status;
    size_t actual = hop->inner.actual == hop->inner.length ? transfer->length : hop->inner.actual;
    hop->used = false;
    switch (come_by(faulty, FAULT_OUT)) {
    case FAULT_OUT_LOST:
        faulty->gone = true;
        return;
    case FAULT_OUT_SILENCE:
        faulty->silent = true;
        return;
    case FAULT_OUT_STALL:
        status = LK_ERROR_DEVICE_STALLED;
        break;
    case FAULT_OUT_TIMED_OUT:
        status = LK_ERROR_TIMED_OUT;
        break;
    case FAULT_OUT_SHORT:
        actual = faulty->fault->detail % transfer->length;
        break;
    case FAULT_OUT_OVERLONG:
        actual = transfer->length + 1 + faulty->fault->detail % 65536;
        break;
    case FAULT_OUT_SLOW:
        faulty->slow = SLOW_ROUNDS;
        break;
    case FAULT_OUT_RESET:
        bus_reset(faulty);
        break;
    default:
        break;
    }
    transfer->status = status;
    transfer->actual = actual;
    faulty->ending[faulty->ending_count++] = transfer;
}

/* IN */

static void post(const faulty_board *faulty, faulty_hop *hop)
{
    hop->inner.endpoint = LK_ENDPOINT_IN;
    hop->inner.length = IN_BYTES;
    hop->used = faulty->inner->methods->submit(faulty->inner, &hop->inner) == LK_OK;
}

/* Ends the transfer that waits longest, when there is one. */
static void in_end(faulty_board *faulty, lk_error status, size_t actual)
{
    if (faulty->waiting_count > 0)
        transfer_end(queue_take(faulty->waiting, &faulty->waiting_count), status, actual);
}

static void in_ended(faulty_board *faulty, faulty_hop *hop)
{
    size_t actual = hop->inner.actual;
    switch (come_by(faulty, FAULT_IN)) {
    case FAULT_IN_LOST:
        faulty->gone = true;
        actual = 0;
        break;
    case FAULT_IN_SILENCE:
        faulty->silent = true;
        actual = 0;
        break;
    case FAULT_IN_STALL:
        in_end(faulty, LK_ERROR_DEVICE_STALLED, 0);
        break;
    case FAULT_IN_TIMED_OUT:
        in_end(faulty, LK_ERROR_TIMED_OUT, 0);
        break;
    case FAULT_IN_OVERLONG:
        in_end(faulty, LK_OK, LK_ENDPOINT_IN + (size_t)IN_BYTES + faulty->fault->detail % 65536);
        break;
    case FAULT_IN_EMPTY:
        in_end(faulty, LK_OK, 0);
        break;
    case FAULT_IN_PIECES:
        faulty->pieces = true;
        break;
    case FAULT_IN_SLOW:
        faulty->slow = SLOW_ROUNDS;
        break;
    case FAULT_IN_RESET:
        bus_reset(faulty);
        break;
    default:
        break;
    }
    bend_completions(&faulty->streams, hop->inner.data, actual);
    if (hop->inner.status) /* the board does so of itself after a reset */
        in_end(faulty, hop->inner.status, 0);
    else
        post(faulty, hop);
}

/* Gives the driver what there is for it. @return whether anything. */
static bool deliver(faulty_board *faulty)
{
    byte_queue *ready = &faulty->streams.ready;
    bool any = faulty->ending_count > 0;
    while (faulty->ending_count > 0) {
        lk_transfer *transfer = queue_take(faulty->ending, &faulty->ending_count);
        transfer_end(transfer, transfer->status, transfer->actual);
    }
    while (faulty->waiting_count > 0 && byte_queue_length(ready) > 0) {
        lk_transfer *transfer = queue_take(faulty->waiting, &faulty->waiting_count);
        size_t most = faulty->pieces ? 1 + faulty->fault->detail % 300 : transfer->length;
        size_t length = byte_queue_length(ready) < most ? byte_queue_length(ready) : most;
        memcpy(transfer->data, byte_queue_front(ready), length);
        byte_queue_drop(ready, length);
        transfer_end(transfer, LK_OK, length);
        any = true;
    }
    return any;
}

static lk_error faulty_submit(lk_transport *transport, lk_transfer *transfer)
{
    faulty_board *faulty = faulty_of(transport);
    bool in = (transfer->endpoint & 0x80) != 0;
    if (faulty->gone)
        return LK_ERROR_DEVICE_LOST;
    if (in && faulty->waiting_count == OUTER_MAX)
        return LK_ERROR_NO_MEMORY;
    if (in)
        faulty->waiting[faulty->waiting_count++] = transfer;
    lk_error error = in || faulty->silent ? LK_OK : submit_out(faulty, transfer);
    transfer->in_flight = error == LK_OK;
    transfer->done = false;
    transfer->actual = 0;
    return error;
}

static void faulty_cancel(lk_transport *transport, lk_transfer *transfer)
{
    (void)transport, (void)transfer; /* the link cancels nothing: it closes */
}

/* Ends everything there is. */
static lk_error lose(faulty_board *faulty)
{
    while (faulty->waiting_count > 0)
        in_end(faulty, LK_ERROR_DEVICE_LOST, 0);
    for (unsigned i = IN_HOPS; i < HOPS; i++) {
        faulty_hop *hop = &faulty->hops[i];
        if (hop->used && hop->outer && hop->outer->in_flight)
            transfer_end(hop->outer, LK_ERROR_DEVICE_LOST, 0);
        hop->outer = NULL;
    }
    return LK_ERROR_DEVICE_LOST;
}

static void collect(faulty_board *faulty)
{
    for (; faulty->hops[faulty->oldest_in].used && faulty->hops[faulty->oldest_in].inner.done;
         faulty->oldest_in = (faulty->oldest_in + 1) % IN_HOPS) {
        faulty_hop *hop = &faulty->hops[faulty->oldest_in];
        hop->used = false;
        if (!faulty->gone && !faulty->silent)
            in_ended(faulty, hop);
    }
    for (unsigned i = IN_HOPS; i < HOPS; i++) {
        faulty_hop *hop = &faulty->hops[i];
        if (hop->used && hop->inner.done && !faulty->gone && !faulty->silent)
            out_ended(faulty, hop);
    }
}

static lk_error faulty_progress(lk_transport *transport, int timeout)
{
    faulty_board *faulty = faulty_of(transport);
    fault_kind kind = come_by(faulty, FAULT_PROGRESS);
    if (kind == FAULT_UNPLUGGED)
        faulty->gone = true;
    else if (kind == FAULT_HUNG)
        faulty->silent = true;
    else if (kind == FAULT_RESET)
        bus_reset(faulty);
    if (faulty->gone)
        return lose(faulty);
    if (faulty->silent || faulty->slow > 0) {
        faulty->slow -= faulty->slow > 0;
        poll(NULL, 0, timeout > 0 && faulty->silent ? timeout : 0);
        return LK_OK;
    }
    bool any = deliver(faulty);
    lk_error error = faulty->inner->methods->progress(faulty->inner, any ? 0 : timeout);
    collect(faulty);
    if (faulty->slow == 0 && !faulty->silent && !faulty->gone)
        (void)deliver(faulty);
    return faulty->gone ? lose(faulty) : error;
}

static int faulty_descriptor(const lk_transport *transport)
{
    const lk_transport *inner = ((const faulty_board *)transport)->inner;
    return inner->methods->descriptor(inner);
}

static void faulty_close(lk_transport *transport)
{
    faulty_board *faulty = faulty_of(transport);
    for (unsigned i = 0; i < HOPS; i++)
        if (faulty->hops[i].used && !faulty->hops[i].inner.done)
            faulty->inner->methods->cancel(faulty->inner, &faulty->hops[i].inner);
    (void)faulty->inner->methods->progress(faulty->inner, 0);
    for (unsigned i = 0; i < HOPS; i++) {
        free(i < IN_HOPS ? faulty->hops[i].inner.data : NULL);
        byte_queue_free(&faulty->hops[i].bytes);
    }
    faulty->counts.of[FAULT_COMMAND] = faulty->streams.commands;
    faulty->counts.of[FAULT_COMPLETION] = faulty->streams.completions;
    last_counts = faulty->counts;
    bend_release(&faulty->streams);
    board = faulty->inner;
    used = NULL;
    free(faulty);
}

static const lk_transport_methods methods = {
    .scheme = "faulty",
    .control = faulty_control,
    .submit = faulty_submit,
    .cancel = faulty_cancel,
    .progress = faulty_progress,
    .descriptor = faulty_descriptor,
    .close = faulty_close,
};

/* The board, powered up or as the last one left it, with the configuration set. */
static lk_error board_open(lk_uri *uri, int timeout, lk_transport **inner, char *diagnosis)
{
    lk_error error = LK_OK;
    *inner = board;
    if (!board)
        return lk_transport_sim.open(uri, timeout, inner, diagnosis);
    board = NULL;
    error = (*inner)->methods->control(*inner, 0, SET_CONFIGURATION, 1, 0, NULL, 0, NULL, timeout);
    if (error)
        (*inner)->methods->close(*inner);
    return error;
}

static lk_error faulty_open(lk_uri *uri, int timeout, lk_transport **transport, char *diagnosis)
{
    faulty_board *made = calloc(1, sizeof *made);
    if (!made || !prepared)
        abort();
    lk_error error = board_open(uri, timeout, &made->inner, diagnosis);
    if (error) {
        free(made);
        return lk_diagnose(diagnosis, error, "the board behind the faults does not come up");
    }
    made->base.methods = &methods;
    made->fault = prepared;
    bend_init(&made->streams, prepared);
    for (unsigned i = 0; i < IN_HOPS; i++) {
        made->hops[i].inner.data = malloc(IN_BYTES);
        if (!made->hops[i].inner.data)
            abort();
        post(made, &made->hops[i]);
    }
    used = made->inner;
    *transport = &made->base;
    return LK_OK;
}

static lk_error faulty_list(const lk_uri *uri, int timeout, lk_transport_found *found, void *context, char *diagnosis)
{
    return lk_transport_sim.list(uri, timeout, found, context, diagnosis);
}

const lk_transport_scheme faulty_transport = {.scheme = "faulty", .open = faulty_open, .list = faulty_list};
