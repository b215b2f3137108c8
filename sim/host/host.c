/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/host/host.h"

#include "sim/board_backend.h"
#include "sim/host/endpoint.h"

#include <stdlib.h>

enum {
    ENDPOINTS = 31,       /* endpoint 0, and 15 each way */
    NAK_PAUSE = 200,      /* cycles before an endpoint that has NAKed is asked again */
    QUIET_LIMIT = 100000, /* cycles of NAKs alone, after which time may stand still */
    DIRECTION_IN = 0x80,
    REQUEST_CLEAR_FEATURE = 1,
    REQUEST_SET_ADDRESS = 5,
    REQUEST_SET_CONFIGURATION = 9,
    REQUEST_SET_INTERFACE = 11,
    TO_ENDPOINT = 2,
    STANDARD = 0x60 /* the bits of bmRequestType that are zero in a standard request */
};

typedef struct lk_host {
    lk_board board;
    lk_bus bus;
    uint8_t address;
    lk_endpoint endpoints[ENDPOINTS]; /* 0; OUT 1 to 15; IN 1 to 15 */
    unsigned turn;                    /* the endpoint served last */
    unsigned waiting;                 /* requests at all endpoints */
    unsigned waiting_in;              /* of those, bulk IN */
    uint64_t moved_at;                /* the cycle of the last event other than a NAK */
    bool finished;                    /* a request has ended since lk_board_run() began */
    lk_host_fault_hook fault_hook;
    void *fault_context;
    lk_host_counts counts;
    uint64_t frame;   /* that packets are counted in */
    unsigned packets; /* in it */
} lk_host;

static uint64_t now(const lk_host *host)
{
    return host->bus.phy.cycle;
}

static lk_endpoint *endpoint_of(lk_host *host, uint8_t number)
{
    unsigned index = number & 0x0F;
    return &host->endpoints[(number & DIRECTION_IN) && index > 0 ? index + 15 : index];
}

static bool is_bulk_in(const lk_endpoint *endpoint)
{
    return (endpoint->number & DIRECTION_IN) != 0;
}

static size_t packet_of(const lk_host *host, const lk_endpoint *endpoint)
{
    if ((endpoint->number & 0x7F) == 0)
        return LK_HOST_CONTROL_PACKET;
    return host->bus.high_speed ? LK_HOST_BULK_PACKET_HIGH : LK_HOST_BULK_PACKET_FULL;
}

static void count_waiting(lk_host *host, const lk_endpoint *endpoint, int by)
{
    host->waiting += (unsigned)by;
    if (is_bulk_in(endpoint))
        host->waiting_in += (unsigned)by;
}

/* Toggles start again where the device starts them again (USB 2.0 clauses 9.1.1.5 and 9.4.5). */
static void follow_request(lk_host *host, const lk_urb *urb)
{
    if (urb->setup[0] & STANDARD)
        return;
    uint8_t request = urb->setup[1];
    if (request == REQUEST_SET_ADDRESS)
        host->address = urb->setup[2] & 0x7F;
    else if (request == REQUEST_SET_CONFIGURATION || request == REQUEST_SET_INTERFACE)
        for (unsigned i = 1; i < ENDPOINTS; i++)
            host->endpoints[i].toggle = 0;
    else if (request == REQUEST_CLEAR_FEATURE && urb->setup[0] == TO_ENDPOINT && (urb->setup[4] & 0x0F))
        endpoint_of(host, urb->setup[4])->toggle = 0;
}

static void finish(lk_host *host, lk_endpoint *endpoint, lk_urb_status status)
{
    lk_urb *urb = endpoint->queue.head;
    lk_urb_queue_finish(&endpoint->queue, status);
    lk_endpoint_restart(endpoint);
    count_waiting(host, endpoint, -1);
    if (endpoint->number == 0 && status == LK_URB_OK)
        follow_request(host, urb);
    host->finished = true;
}

/* Counts bulk packets by frame, for the most that fitted into one. */
static void count_packets(lk_host *host, uint64_t moved)
{
    if (host->frame != host->bus.frames) {
        host->frame = host->bus.frames;
        host->packets = 0;
    }
    host->packets += (unsigned)moved;
    if (host->packets > host->counts.most_packets)
        host->counts.most_packets = host->packets;
}

static void serve(lk_host *host, lk_endpoint *endpoint, lk_transaction *transaction)
{
    size_t packet = packet_of(host, endpoint);
    uint64_t before = host->counts.in_packets + host->counts.out_packets;
    lk_urb_status status;
    transaction->address = host->address;
    if (host->fault_hook)
        transaction->fault = host->fault_hook(host->fault_context, transaction);
    lk_transaction_run(&host->bus, transaction);
    host->counts.transactions++;
    bool over = lk_endpoint_conclude(endpoint, transaction, packet, host->bus.high_speed, &host->counts, &status);
    count_packets(host, host->counts.in_packets + host->counts.out_packets - before);
    if (transaction->answer == LK_PID_NAK)
        endpoint->retry_at = now(host) + NAK_PAUSE;
    else
        host->moved_at = now(host);
    if (over)
        finish(host, endpoint, status);
}

/* @return the next endpoint whose turn it is, or NULL when none may be asked now. */
static lk_endpoint *choose(lk_host *host)
{
    for (unsigned i = 1; i <= ENDPOINTS; i++) {
        unsigned index = (host->turn + i) % ENDPOINTS;
        lk_endpoint *endpoint = &host->endpoints[index];
        if (endpoint->queue.head && endpoint->retry_at <= now(host)) {
            host->turn = index;
            return endpoint;
        }
    }
    return NULL;
}

static void step(lk_host *host)
{
    lk_endpoint *endpoint = host->waiting > 0 ? choose(host) : NULL;
    lk_transaction transaction;
    if (!endpoint) {
        lk_bus_idle(&host->bus, 8);
        return;
    }
    lk_endpoint_prepare(endpoint, &transaction, packet_of(host, endpoint));
    if (lk_bus_has_time(&host->bus, transaction.length + transaction.capacity))
        serve(host, endpoint, &transaction);
    else
        lk_bus_idle(&host->bus, 8);
}

static bool host_active(const lk_board *board)
{
    const lk_host *self = (const lk_host *)board;
    return self->waiting > self->waiting_in || (self->waiting > 0 && now(self) - self->moved_at < QUIET_LIMIT);
}

static bool host_run(lk_board *board, uint64_t cycles)
{
    lk_host *self = (lk_host *)board;
    uint64_t end = now(self) + cycles;
    self->finished = false;
    while (now(self) < end && !self->finished) {
        if (self->waiting > 0 && !host_active(board))
            return false;
        step(self);
    }
    return self->finished;
}

static void host_submit(lk_board *board, lk_urb *urb)
{
    lk_host *self = (lk_host *)board;
    lk_endpoint *endpoint = endpoint_of(self, urb->endpoint);
    lk_urb_queue_append(&endpoint->queue, urb);
    count_waiting(self, endpoint, 1);
    self->moved_at = now(self);
}

static void host_unlink(lk_board *board, lk_urb *urb)
{
    lk_host *self = (lk_host *)board;
    lk_endpoint *endpoint = endpoint_of(self, urb->endpoint);
    bool first = endpoint->queue.head == urb;
    if (!lk_urb_queue_remove(&endpoint->queue, urb))
        return;
    if (first)
        lk_endpoint_restart(endpoint);
    count_waiting(self, endpoint, -1);
    urb->status = LK_URB_UNLINKED;
    urb->done = true;
}

static uint64_t host_cycles(const lk_board *board)
{
    return now((const lk_host *)board);
}

static bool host_is_high_speed(const lk_board *board)
{
    return ((const lk_host *)board)->bus.high_speed;
}

static void host_bus_reset(lk_board *board)
{
    lk_host *self = (lk_host *)board;
    lk_bus_reset(&self->bus);
    self->address = 0;
    self->moved_at = now(self);
    for (unsigned i = 0; i < ENDPOINTS; i++) {
        lk_endpoint_restart(&self->endpoints[i]);
        self->endpoints[i].toggle = 0;
        self->endpoints[i].ping = false;
    }
}

static bool host_capture(lk_board *board, FILE *file)
{
    ((lk_host *)board)->bus.phy.capture = file;
    return true;
}

static void host_free(lk_board *board)
{
    lk_host *self = (lk_host *)board;
    lk_phy_end(&self->bus.phy);
    free(self);
}

#define BACKEND(title)                                                                                                 \
    {                                                                                                                  \
        .name = (title), .free = host_free, .submit = host_submit, .unlink = host_unlink, .run = host_run,             \
        .active = host_active, .cycles = host_cycles, .is_high_speed = host_is_high_speed,                             \
        .bus_reset = host_bus_reset, .capture = host_capture                                                           \
    }
static const lk_board_backend ulpi = BACKEND("ulpi");
static const lk_board_backend full_speed = BACKEND("full-speed");

static const char *no_model(const char *trace)
{
    return trace ? "the trace file cannot be written; check its path and permissions" : "out of memory";
}

/* A host whose phy has its model; it frees both when the board does not come up. */
static lk_board *power_up(lk_host *self, const lk_board_backend *backend, bool full_speed_only, const char **error)
{
    self->board.backend = backend;
    for (unsigned i = 0; i < ENDPOINTS; i++)
        self->endpoints[i].number = (uint8_t)(i <= 15 ? i : DIRECTION_IN | (i - 15));
    if (!lk_bus_attach(&self->bus, full_speed_only)) {
        host_free(&self->board);
        *error = "the board does not come up: no pull-up on the bus after reset";
        return NULL;
    }
    return &self->board;
}

static lk_board *at_ulpi(const char *trace, bool full_speed_only, const char **error)
{
    lk_host *self = calloc(1, sizeof *self);
    lk_model_virtual *model = self ? lk_model_virtual_new(trace) : NULL;
    if (!model) {
        free(self);
        *error = no_model(trace);
        return NULL;
    }
    lk_phy_at_ulpi(&self->bus.phy, model);
    return power_up(self, &ulpi, full_speed_only, error);
}

lk_board *lk_board_ulpi_new(const char *trace, const char **error)
{
    return at_ulpi(trace, false, error);
}

lk_board *lk_host_full_speed_board(const char *trace, const char **error)
{
    return at_ulpi(trace, true, error);
}

lk_board *lk_board_full_speed_new(const char *trace, const char **error)
{
    lk_host *self = calloc(1, sizeof *self);
    lk_model_full_speed *model = self ? lk_model_full_speed_new(trace) : NULL;
    if (!model) {
        free(self);
        *error = no_model(trace);
        return NULL;
    }
    lk_phy_at_line(&self->bus.phy, model);
    return power_up(self, &full_speed, true, error);
}

lk_bus *lk_host_bus(lk_board *board)
{
    return &((lk_host *)board)->bus;
}

const lk_host_counts *lk_host_counts_of(lk_board *board)
{
    return &((lk_host *)board)->counts;
}

void lk_host_set_fault_hook(lk_board *board, lk_host_fault_hook hook, void *context)
{
    lk_host *self = (lk_host *)board;
    self->fault_hook = hook;
    self->fault_context = context;
}

void lk_host_transact(lk_board *board, lk_transaction *transaction)
{
    lk_host *self = (lk_host *)board;
    while (!lk_bus_has_time(&self->bus, transaction->length + transaction->capacity))
        lk_bus_idle(&self->bus, 8);
    lk_transaction_run(&self->bus, transaction);
}

uint8_t lk_host_address(const lk_board *board)
{
    return ((const lk_host *)board)->address;
}

uint8_t lk_host_toggle(const lk_board *board, uint8_t endpoint)
{
    return endpoint_of((lk_host *)board, endpoint)->toggle;
}

void lk_host_set_toggle(lk_board *board, uint8_t endpoint, uint8_t toggle)
{
    endpoint_of((lk_host *)board, endpoint)->toggle = toggle;
}
