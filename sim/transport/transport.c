/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/transport/transport.h"

#include "sim/board.h"
#include "transport/diagnosis.h"
#include "transport/ft601.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { SLICE_CYCLES = 4096 };

/* A transfer while the board has it. */
typedef struct sim_flight {
    lk_urb urb;
    lk_transfer *transfer;
    struct sim_flight *next;
} sim_flight;

typedef struct simulated {
    lk_transport transport;
    lk_board *board;
    sim_flight *first, *last; /* in flight, in order of submission */
    sim_flight *spare;
    int event;      /* readable while there is work */
    bool signalled; /* it is readable now */
} simulated;

static int64_t milliseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static lk_error error_of(lk_urb_status status)
{
    switch (status) {
    case LK_URB_OK:
        return LK_OK;
    case LK_URB_STALL:
        return LK_ERROR_DEVICE_STALLED;
    case LK_URB_UNLINKED:
        return LK_ERROR_TIMED_OUT;
    case LK_URB_PROTOCOL:
    case LK_URB_OVERFLOW:
        break;
    }
    return LK_ERROR_DEVICE_PROTOCOL;
}

static bool has_work(const simulated *sim)
{
    for (const sim_flight *flight = sim->first; flight; flight = flight->next) {
        if (flight->urb.done)
            return true;
    }
    return lk_board_active(sim->board);
}

/* Makes the descriptor say whether progress() has something to do. */
static void signal_work(simulated *sim)
{
    bool work = has_work(sim);
    uint64_t count = 1;
    if (work && !sim->signalled)
        sim->signalled = write(sim->event, &count, sizeof count) == (ssize_t)sizeof count;
    else if (!work && sim->signalled)
        sim->signalled = read(sim->event, &count, sizeof count) != (ssize_t)sizeof count;
}

/* Gives the transfers back that the board has done. @return true when there was one. */
static bool collect(simulated *sim)
{
    bool any = false;
    sim_flight *before = NULL;
    sim_flight *next;
    for (sim_flight *here = sim->first; here; here = next) {
        next = here->next;
        if (!here->urb.done) {
            before = here;
            continue;
        }
        *(before ? &before->next : &sim->first) = next;
        if (!next)
            sim->last = before;
        here->transfer->status = error_of(here->urb.status);
        here->transfer->actual = here->urb.actual;
        here->transfer->in_flight = false;
        here->transfer->done = true;
        here->transfer->implementation = NULL;
        here->next = sim->spare;
        sim->spare = here;
        any = true;
    }
    return any;
}

static lk_error sim_control(lk_transport *transport, uint8_t request_type, uint8_t request, uint16_t value,
                            uint16_t index, uint8_t *data, uint16_t length, size_t *actual, int timeout)
{
    simulated *sim = (simulated *)transport;
    lk_urb urb = {.setup = {request_type, request, (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)index,
                            (uint8_t)(index >> 8), (uint8_t)length, (uint8_t)(length >> 8)},
                  .data = data,
                  .length = length};
    int64_t end = milliseconds() + timeout;
    lk_board_submit(sim->board, &urb);
    while (!urb.done && milliseconds() < end)
        lk_board_run(sim->board, SLICE_CYCLES);
    lk_board_unlink(sim->board, &urb);
    signal_work(sim);
    if (actual)
        *actual = urb.actual;
    return error_of(urb.status);
}

static lk_error sim_submit(lk_transport *transport, lk_transfer *transfer)
{
    simulated *sim = (simulated *)transport;
    if (transfer->length > UINT32_MAX)
        return LK_ERROR_INVALID_ARGUMENT;
    sim_flight *flight = sim->spare;
    if (flight)
        sim->spare = flight->next;
    else if (!(flight = malloc(sizeof *flight)))
        return LK_ERROR_NO_MEMORY;
    *flight = (struct sim_flight){.transfer = transfer};
    flight->urb.endpoint = transfer->endpoint;
    flight->urb.data = transfer->data;
    flight->urb.length = (uint32_t)transfer->length;
    if (sim->first)
        sim->last->next = flight;
    else
        sim->first = flight;
    sim->last = flight;
    transfer->in_flight = true;
    transfer->done = false;
    transfer->status = LK_OK;
    transfer->actual = 0;
    transfer->implementation = flight;
    lk_board_submit(sim->board, &flight->urb);
    signal_work(sim);
    return LK_OK;
}

static void sim_cancel(lk_transport *transport, lk_transfer *transfer)
{
    simulated *sim = (simulated *)transport;
    sim_flight *flight = transfer->implementation;
    if (!flight)
        return;
    lk_board_unlink(sim->board, &flight->urb);
    signal_work(sim);
}

static lk_error sim_progress(lk_transport *transport, int timeout)
{
    simulated *sim = (simulated *)transport;
    int64_t end = timeout > 0 ? milliseconds() + timeout : 0;
    bool any = collect(sim);
    bool first = true;
    while (!any && lk_board_active(sim->board) && (first || milliseconds() < end)) {
        lk_board_run(sim->board, SLICE_CYCLES);
        any = collect(sim);
        first = false;
    }
    if (!any && timeout > 0 && !lk_board_active(sim->board)) {
        int64_t left = end - milliseconds();
        poll(NULL, 0, left > 0 ? (int)left : 0); /* nothing can happen: the time goes by as it does elsewhere */
    }
    signal_work(sim);
    return LK_OK;
}

static int sim_descriptor(const lk_transport *transport)
{
    return ((const simulated *)transport)->event;
}

static void free_flights(sim_flight *flight)
{
    while (flight) {
        struct sim_flight *next = flight->next;
        free(flight);
        flight = next;
    }
}

static void sim_close(lk_transport *transport)
{
    simulated *sim = (simulated *)transport;
    for (sim_flight *flight = sim->first; flight; flight = flight->next)
        lk_board_unlink(sim->board, &flight->urb);
    collect(sim);
    free_flights(sim->spare);
    lk_board_free(sim->board);
    if (sim->event >= 0)
        close(sim->event);
    free(sim);
}

static const lk_transport_methods methods = {
    .scheme = "sim",
    .control = sim_control,
    .submit = sim_submit,
    .cancel = sim_cancel,
    .progress = sim_progress,
    .descriptor = sim_descriptor,
    .close = sim_close,
};

static const char *const ways[] = {
    [LK_PHY_ULPI] = "ulpi", [LK_PHY_FULL_SPEED] = "full-speed", [LK_PHY_DIRECT] = "direct", [LK_PHY_FT601] = "ft601"};

static bool phy_of(const lk_uri *uri, lk_board_phy *phy)
{
    *phy = LK_PHY_DIRECT;
    if (uri->rest[0] == '\0')
        return true;
    for (size_t way = 0; way < sizeof ways / sizeof *ways; way++) {
        if (strcmp(uri->rest, ways[way]) == 0) {
            *phy = (lk_board_phy)way;
            return true;
        }
    }
    return false;
}

static lk_error refuse(const lk_uri *uri, char *diagnosis)
{
    return lk_diagnose(diagnosis, LK_ERROR_DEVICE_URI,
                       "sim:%s means nothing; write sim:direct, sim:ulpi, sim:full-speed or sim:ft601", uri->rest);
}

static lk_error sim_open(lk_uri *uri, int timeout, lk_transport **transport, char *diagnosis)
{
    lk_board_phy phy;
    if (!phy_of(uri, &phy))
        return refuse(uri, diagnosis);
    simulated *sim = calloc(1, sizeof *sim);
    if (!sim)
        return lk_diagnose(diagnosis, LK_ERROR_NO_MEMORY, "there is no memory for a simulated board");
    const char *reason = "";
    sim->transport.methods = &methods;
    sim->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    sim->board = lk_board_new(phy, NULL, &reason);
    lk_error error = LK_ERROR_INPUT_OUTPUT;
    if (!sim->board)
        lk_diagnose(diagnosis, error, "the simulated board did not start: %s", reason);
    else if (sim->event < 0)
        lk_diagnose(diagnosis, error, "no event descriptor; raise the limit of open files");
    else if ((error = sim_control(&sim->transport, 0x00, 9, 1, 0, NULL, 0, NULL, timeout)) != LK_OK)
        lk_diagnose(diagnosis, error, "the simulated board did not take its configuration");
    if (error) {
        sim_close(&sim->transport);
        return error;
    }
    snprintf(uri->rest, sizeof uri->rest, "%s", ways[phy]);
    *transport = &sim->transport;
    return phy == LK_PHY_FT601 ? lk_ft601_transport_new(&sim->transport, timeout, transport, diagnosis) : LK_OK;
}

static lk_error sim_list(const lk_uri *uri, int timeout, lk_transport_found *found, void *context, char *diagnosis)
{
    (void)timeout;
    lk_board_phy phy;
    if (!phy_of(uri, &phy))
        return refuse(uri, diagnosis);
    char name[32];
    snprintf(name, sizeof name, "sim:%s", ways[phy]);
    found(context, name, LK_OK);
    return LK_OK;
}

const lk_transport_scheme lk_transport_sim = {.scheme = "sim", .open = sim_open, .list = sim_list};
