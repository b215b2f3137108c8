/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One socket, transfers in both directions at once. What is to be sent stands in a queue of requests; what comes is a
 * reply's head, then the data of an IN transfer straight into its memory. Once the stream is broken, everything in
 * flight ends with DEVICE_LOST.
 */
#include "transport/usbip.h"

#include "transport/dial.h"
#include "transport/usbip_wire.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* The driver has 12 bulk transfers at most, one control request, and control requests that were given up. */
enum { REQUESTS_MAX = 32, DISCARD_BYTES = 4096 };

typedef enum request_state { REQUEST_FREE, REQUEST_WRITING, REQUEST_SENT } request_state;

typedef struct usbip_request {
    request_state state;
    lk_usbip_request wire;
    lk_transfer *transfer; /* NULL: given up; its reply is still to come */
    bool cancel;           /* UNLINK is wanted */
    bool unlinking;        /* the head below is UNLINK's */
    uint32_t unlink_sequence;
    uint8_t head[LK_USBIP_COMMAND_BYTES];
    size_t sent; /* of head and data */
    size_t data; /* that follow the head */
    bool queued;
    struct usbip_request *next; /* in the queue to the socket */
} usbip_request;

typedef struct usbip_transport {
    lk_transport base;
    int connected;
    int epoll;
    bool watching_output;
    uint32_t device;
    uint32_t sequence;
    lk_error lost;
    bool finished; /* a transfer has ended in this progress() */
    usbip_request requests[REQUESTS_MAX];
    usbip_request *first, *last; /* what waits for the socket */
    uint8_t head[LK_USBIP_COMMAND_BYTES];
    size_t head_have;
    lk_usbip_reply reply; /* valid when the head is whole */
    usbip_request *receiving;
    size_t received;
} usbip_transport;

static bool is_in(const usbip_request *request)
{
    return (request->wire.endpoint & 0x80) != 0;
}

/* Requests */

static void request_end(usbip_transport *usbip, usbip_request *request, lk_error status, size_t actual)
{
    lk_transfer *transfer = request->transfer;
    request->state = REQUEST_FREE;
    request->transfer = NULL;
    usbip->finished = true;
    if (!transfer)
        return;
    transfer->status = status;
    transfer->actual = actual;
    transfer->in_flight = false;
    transfer->done = true;
}

static void usbip_lose(usbip_transport *usbip, lk_error reason)
{
    if (usbip->lost)
        return;
    usbip->lost = reason;
    epoll_ctl(usbip->epoll, EPOLL_CTL_DEL, usbip->connected, NULL);
    usbip->first = usbip->last = NULL;
    for (size_t i = 0; i < REQUESTS_MAX; i++) {
        usbip_request *request = &usbip->requests[i];
        size_t actual = request == usbip->receiving ? usbip->received : 0;
        if (request->state != REQUEST_FREE)
            request_end(usbip, request, LK_ERROR_DEVICE_LOST, actual);
    }
}

static void request_enqueue(usbip_transport *usbip, usbip_request *request)
{
    request->next = NULL;
    request->sent = 0;
    request->queued = true;
    if (usbip->last)
        usbip->last->next = request;
    else
        usbip->first = request;
    usbip->last = request;
}

static void request_dequeue(usbip_transport *usbip, usbip_request *request)
{
    usbip_request *before = NULL;
    for (usbip_request *at = usbip->first; at && at != request; at = at->next)
        before = at;
    if (before)
        before->next = request->next;
    else
        usbip->first = request->next;
    if (usbip->last == request)
        usbip->last = before;
    request->queued = false;
}

static usbip_request *request_find_free(usbip_transport *usbip)
{
    for (size_t i = 0; i < REQUESTS_MAX; i++)
        if (usbip->requests[i].state == REQUEST_FREE)
            return &usbip->requests[i];
    return NULL;
}

/* The request of a reply: a number must be in flight to be answered. */
static usbip_request *request_find(usbip_transport *usbip, const lk_usbip_reply *reply)
{
    for (size_t i = 0; i < REQUESTS_MAX; i++) {
        usbip_request *request = &usbip->requests[i];
        if (request->state != REQUEST_SENT)
            continue;
        if (reply->kind == LK_USBIP_SUBMITTED && request->wire.sequence == reply->sequence)
            return request;
        if (reply->kind == LK_USBIP_UNLINKED && request->unlinking && request->unlink_sequence == reply->sequence)
            return request;
    }
    return NULL;
}

static lk_error request_submit(usbip_transport *usbip, lk_transfer *transfer, const uint8_t *setup, uint8_t endpoint)
{
    usbip_request *request = usbip->lost ? NULL : request_find_free(usbip);
    if (!request)
        return usbip->lost ? LK_ERROR_DEVICE_LOST : LK_ERROR_ENGINE_BUSY;
    memset(request, 0, sizeof *request);
    request->state = REQUEST_WRITING;
    request->transfer = transfer;
    request->wire = (lk_usbip_request){.sequence = ++usbip->sequence,
                                       .device = usbip->device,
                                       .endpoint = endpoint,
                                       .length = (uint32_t)transfer->length};
    if (setup)
        memcpy(request->wire.setup, setup, sizeof request->wire.setup);
    request->data = is_in(request) ? 0 : transfer->length;
    lk_writer writer = lk_writer_into(request->head, sizeof request->head);
    lk_usbip_submit_write(&writer, &request->wire);
    transfer->in_flight = true;
    transfer->done = false;
    transfer->actual = 0;
    request_enqueue(usbip, request);
    return LK_OK;
}

static void request_unlink(usbip_transport *usbip, usbip_request *request)
{
    lk_usbip_request wire = request->wire;
    request->cancel = false;
    request->unlinking = true;
    request->unlink_sequence = wire.sequence = ++usbip->sequence;
    request->data = 0;
    lk_writer writer = lk_writer_into(request->head, sizeof request->head);
    lk_usbip_unlink_write(&writer, &wire, request->wire.sequence);
    request_enqueue(usbip, request);
}

/* Output */

/* Sends what the socket takes of one request. @return whether it took all. */
static bool request_write(usbip_transport *usbip, usbip_request *request)
{
    size_t head_sent = request->sent < sizeof request->head ? request->sent : sizeof request->head;
    size_t data_sent = request->sent - head_sent;
    struct iovec parts[2] = {{request->head + head_sent, sizeof request->head - head_sent}, {NULL, 0}};
    if (request->data > data_sent)
        parts[1] = (struct iovec){request->transfer->data + data_sent, request->data - data_sent};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t sent = sendmsg(usbip->connected, &message, MSG_NOSIGNAL);
    if (sent < 0) {
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
            usbip_lose(usbip, LK_ERROR_DEVICE_LOST);
        return false;
    }
    request->sent += (size_t)sent;
    return request->sent == sizeof request->head + request->data;
}

static void usbip_write(usbip_transport *usbip)
{
    while (!usbip->lost && usbip->first) {
        usbip_request *request = usbip->first;
        if (!request_write(usbip, request))
            break;
        request_dequeue(usbip, request);
        if (request->state == REQUEST_WRITING)
            request->state = REQUEST_SENT;
        if (request->cancel)
            request_unlink(usbip, request);
    }
    bool waiting = usbip->first != NULL;
    if (!usbip->lost && waiting != usbip->watching_output) {
        struct epoll_event event = {.events = EPOLLIN | (waiting ? EPOLLOUT : 0u)};
        epoll_ctl(usbip->epoll, EPOLL_CTL_MOD, usbip->connected, &event);
        usbip->watching_output = waiting;
    }
}

/* Input */

/* Receives up to length bytes. @return how many; 0 when there are none now, or no more ever (lost). */
static size_t usbip_receive(usbip_transport *usbip, uint8_t *to, size_t length)
{
    ssize_t received = recv(usbip->connected, to, length, 0);
    if (received > 0)
        return (size_t)received;
    if (received == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
        usbip_lose(usbip, LK_ERROR_DEVICE_LOST);
    return 0;
}

/* A reply's head is whole: finds its request, and checks what it claims. */
static lk_error reply_begin(usbip_transport *usbip)
{
    lk_reader reader = lk_reader_over(usbip->head, sizeof usbip->head);
    lk_error error = lk_usbip_reply_read(&reader, &usbip->reply);
    if (error)
        return error;
    usbip->receiving = request_find(usbip, &usbip->reply);
    usbip->received = 0;
    if (!usbip->receiving)
        /* UNLINK crosses the reply it wanted to prevent: its own reply then finds nothing. */
        return usbip->reply.kind == LK_USBIP_UNLINKED && usbip->reply.sequence <= usbip->sequence
                   ? LK_OK
                   : LK_ERROR_DEVICE_PROTOCOL;
    return usbip->reply.actual <= usbip->receiving->wire.length ? LK_OK : LK_ERROR_DEVICE_PROTOCOL;
}

static void reply_end(usbip_transport *usbip)
{
    usbip_request *request = usbip->receiving;
    usbip->head_have = 0;
    usbip->receiving = NULL;
    if (!request)
        return;
    lk_error status = lk_usbip_status_error(usbip->reply.status);
    if (usbip->reply.kind == LK_USBIP_UNLINKED)
        status = LK_ERROR_TIMED_OUT;
    if (request->queued && request->sent > 0) {
        /* Its UNLINK is half out: the rest of it must follow before the row is free. */
        if (request->transfer) {
            lk_transfer *transfer = request->transfer;
            request->transfer = NULL;
            transfer->status = status;
            transfer->actual = usbip->reply.actual;
            transfer->in_flight = false;
            transfer->done = true;
            usbip->finished = true;
        }
        return;
    }
    if (request->queued)
        request_dequeue(usbip, request);
    request_end(usbip, request, status, usbip->reply.actual);
}

/* The data of an IN transfer, into its memory; what belongs to a request that was given up is thrown away. @return
 * progress. */
static bool reply_receive(usbip_transport *usbip)
{
    uint8_t discarded[DISCARD_BYTES];
    size_t left = usbip->reply.actual - usbip->received;
    lk_transfer *transfer = usbip->receiving->transfer;
    size_t most = transfer || left < sizeof discarded ? left : sizeof discarded;
    size_t received = usbip_receive(usbip, transfer ? transfer->data + usbip->received : discarded, most);
    usbip->received += received;
    return received > 0;
}

static void usbip_read(usbip_transport *usbip)
{
    bool moved = true;
    while (!usbip->lost && moved) {
        if (usbip->head_have < sizeof usbip->head) {
            size_t received =
                usbip_receive(usbip, usbip->head + usbip->head_have, sizeof usbip->head - usbip->head_have);
            usbip->head_have += received;
            moved = received > 0;
            if (usbip->lost || usbip->head_have < sizeof usbip->head)
                continue;
            lk_error error = reply_begin(usbip);
            if (error) {
                usbip_lose(usbip, error);
                return;
            }
        }
        bool data = usbip->receiving && is_in(usbip->receiving) && usbip->received < usbip->reply.actual;
        if (data)
            moved = reply_receive(usbip);
        if (!usbip->lost && (!data || usbip->received == usbip->reply.actual))
            reply_end(usbip);
    }
}

/* Methods */

static usbip_transport *usbip_of(lk_transport *transport)
{
    return (usbip_transport *)transport;
}

static lk_error usbip_progress(lk_transport *transport, int timeout)
{
    usbip_transport *usbip = usbip_of(transport);
    usbip->finished = false;
    usbip_write(usbip);
    usbip_read(usbip);
    if (!usbip->lost && !usbip->finished && timeout > 0) {
        struct pollfd waited = {.fd = usbip->connected, .events = (short)(POLLIN | (usbip->first ? POLLOUT : 0))};
        if (poll(&waited, 1, timeout) > 0) {
            usbip_write(usbip);
            usbip_read(usbip);
        }
    }
    return usbip->lost;
}

static lk_error usbip_submit(lk_transport *transport, lk_transfer *transfer)
{
    usbip_transport *usbip = usbip_of(transport);
    lk_error error = request_submit(usbip, transfer, NULL, transfer->endpoint);
    if (!error)
        usbip_write(usbip);
    return error;
}

static void request_cancel(usbip_transport *usbip, usbip_request *request)
{
    if (request->state == REQUEST_WRITING && request->sent == 0) {
        request_dequeue(usbip, request);
        request_end(usbip, request, LK_ERROR_TIMED_OUT, 0);
    } else if (request->state == REQUEST_WRITING) {
        request->cancel = true;
    } else if (!request->unlinking) {
        request_unlink(usbip, request);
    }
}

static usbip_request *request_of(usbip_transport *usbip, const lk_transfer *transfer)
{
    for (size_t i = 0; i < REQUESTS_MAX; i++)
        if (usbip->requests[i].state != REQUEST_FREE && usbip->requests[i].transfer == transfer)
            return &usbip->requests[i];
    return NULL;
}

static void usbip_cancel(lk_transport *transport, lk_transfer *transfer)
{
    usbip_transport *usbip = usbip_of(transport);
    usbip_request *request = request_of(usbip, transfer);
    if (!request || usbip->lost)
        return;
    request_cancel(usbip, request);
    usbip_write(usbip);
}

/* A control request got no answer in time: its memory goes back to the caller, its reply will be thrown away. */
static void control_give_up(usbip_transport *usbip, lk_transfer *transfer)
{
    usbip_request *request = request_of(usbip, transfer);
    if (!request)
        return;
    if (request->state == REQUEST_WRITING && request->sent > 0) {
        usbip_lose(usbip, LK_ERROR_TIMED_OUT); /* half sent: the stream cannot be saved without its memory */
        return;
    }
    request_cancel(usbip, request);
    request->transfer = NULL;
    usbip_write(usbip);
}

static lk_error usbip_control(lk_transport *transport, uint8_t request_type, uint8_t request, uint16_t value,
                              uint16_t index, uint8_t *data, uint16_t length, size_t *actual, int timeout)
{
    usbip_transport *usbip = usbip_of(transport);
    lk_transfer transfer = {.data = data, .length = length};
    uint8_t setup[8];
    lk_writer writer = lk_writer_into(setup, sizeof setup);
    lk_writer_u8(&writer, request_type);
    lk_writer_u8(&writer, request);
    lk_writer_u16_little(&writer, value);
    lk_writer_u16_little(&writer, index);
    lk_writer_u16_little(&writer, length);
    if (actual)
        *actual = 0;
    lk_error error = request_submit(usbip, &transfer, setup, request_type & 0x80);
    if (error)
        return error;
    int64_t deadline = lk_dial_deadline(timeout);
    while (!transfer.done) {
        int64_t left = deadline - lk_dial_deadline(0);
        if (left <= 0) {
            control_give_up(usbip, &transfer);
            return LK_ERROR_TIMED_OUT;
        }
        usbip_progress(transport, (int)left);
    }
    if (actual)
        *actual = transfer.actual;
    return transfer.status;
}

static int usbip_descriptor(const lk_transport *transport)
{
    return ((const usbip_transport *)transport)->epoll;
}

static void usbip_close(lk_transport *transport)
{
    usbip_transport *usbip = usbip_of(transport);
    usbip_lose(usbip, LK_ERROR_DEVICE_LOST);
    close(usbip->epoll);
    close(usbip->connected);
    free(usbip);
}

static const lk_transport_methods usbip_methods = {
    .scheme = "usbip",
    .control = usbip_control,
    .submit = usbip_submit,
    .cancel = usbip_cancel,
    .progress = usbip_progress,
    .descriptor = usbip_descriptor,
    .close = usbip_close,
};

lk_error lk_usbip_transport_new(int connected, uint32_t device, lk_transport **transport)
{
    struct epoll_event event = {.events = EPOLLIN};
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    usbip_transport *usbip = calloc(1, sizeof *usbip);
    if (!usbip || epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, connected, &event) != 0) {
        if (epoll >= 0)
            close(epoll);
        close(connected);
        lk_error error = usbip ? LK_ERROR_INPUT_OUTPUT : LK_ERROR_NO_MEMORY;
        free(usbip);
        return error;
    }
    usbip->base.methods = &usbip_methods;
    usbip->connected = connected;
    usbip->epoll = epoll;
    usbip->device = device;
    *transport = &usbip->base;
    return LK_OK;
}
