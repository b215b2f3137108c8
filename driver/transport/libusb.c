/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libusb's asynchronous transfers. All its descriptors are gathered in one epoll descriptor; bulk transfers have no
 * time-out of their own, because the link above watches for signs of life.
 */
#include "transport/libusb.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { ROWS_MAX = 32, CLOSE_ROUNDS = 50, CLOSE_ROUND_MS = 100 };

struct usb_transport;

/* A transfer of ours and libusb's for it, which is kept from one submission to the next. */
typedef struct usb_row {
    struct usb_transport *usb;
    lk_transfer *transfer;
    struct libusb_transfer *inner;
} usb_row;

typedef struct usb_transport {
    lk_transport base;
    libusb_context *context;
    libusb_device_handle *handle;
    int epoll;
    int finished; /* a transfer has ended in this progress() */
    lk_error lost;
    usb_row rows[ROWS_MAX];
    size_t row_count;
} usb_transport;

lk_error lk_libusb_error(int code)
{
    switch (code) {
    case LIBUSB_SUCCESS:
    case LIBUSB_ERROR_INTERRUPTED:
        return LK_OK;
    case LIBUSB_ERROR_NO_DEVICE:
    case LIBUSB_ERROR_IO:
        return LK_ERROR_DEVICE_LOST;
    case LIBUSB_ERROR_NOT_FOUND:
        return LK_ERROR_DEVICE_NOT_FOUND;
    case LIBUSB_ERROR_ACCESS:
        return LK_ERROR_DEVICE_PERMISSION;
    case LIBUSB_ERROR_BUSY:
        return LK_ERROR_DEVICE_BUSY;
    case LIBUSB_ERROR_TIMEOUT:
        return LK_ERROR_TIMED_OUT;
    case LIBUSB_ERROR_OVERFLOW:
        return LK_ERROR_DEVICE_PROTOCOL;
    case LIBUSB_ERROR_PIPE:
        return LK_ERROR_DEVICE_STALLED;
    case LIBUSB_ERROR_NO_MEM:
        return LK_ERROR_NO_MEMORY;
    case LIBUSB_ERROR_NOT_SUPPORTED:
        return LK_ERROR_DEVICE_UNAVAILABLE;
    default:
        return LK_ERROR_INPUT_OUTPUT;
    }
}

lk_error lk_libusb_transfer_error(enum libusb_transfer_status status)
{
    switch (status) {
    case LIBUSB_TRANSFER_COMPLETED:
        return LK_OK;
    case LIBUSB_TRANSFER_TIMED_OUT:
    case LIBUSB_TRANSFER_CANCELLED:
        return LK_ERROR_TIMED_OUT;
    case LIBUSB_TRANSFER_STALL:
        return LK_ERROR_DEVICE_STALLED;
    case LIBUSB_TRANSFER_OVERFLOW:
        return LK_ERROR_DEVICE_PROTOCOL;
    default:
        return LK_ERROR_DEVICE_LOST;
    }
}

static usb_transport *usb_of(lk_transport *transport)
{
    return (usb_transport *)transport;
}

/* Transfers */

static void LIBUSB_CALL transfer_ended(struct libusb_transfer *inner)
{
    usb_row *row = inner->user_data;
    lk_transfer *transfer = row->transfer;
    transfer->status = lk_libusb_transfer_error(inner->status);
    transfer->actual = inner->actual_length > 0 ? (size_t)inner->actual_length : 0;
    transfer->in_flight = false;
    transfer->done = true;
    row->usb->finished = 1;
    if (transfer->status == LK_ERROR_DEVICE_LOST)
        row->usb->lost = LK_ERROR_DEVICE_LOST;
}

/* The row of a transfer: the one it had before, or a new one. */
static usb_row *row_find(usb_transport *usb, lk_transfer *transfer)
{
    for (size_t i = 0; i < usb->row_count; i++)
        if (usb->rows[i].transfer == transfer)
            return &usb->rows[i];
    if (usb->row_count == ROWS_MAX)
        return NULL;
    usb_row *row = &usb->rows[usb->row_count];
    *row = (usb_row){.usb = usb, .transfer = transfer, .inner = libusb_alloc_transfer(0)};
    if (!row->inner)
        return NULL;
    usb->row_count++;
    return row;
}

static lk_error usb_submit(lk_transport *transport, lk_transfer *transfer)
{
    usb_transport *usb = usb_of(transport);
    if (usb->lost)
        return usb->lost;
    usb_row *row = row_find(usb, transfer);
    if (!row || transfer->length > INT32_MAX)
        return LK_ERROR_NO_MEMORY;
    libusb_fill_bulk_transfer(row->inner, usb->handle, transfer->endpoint, transfer->data, (int)transfer->length,
                              transfer_ended, row, 0);
    transfer->done = false;
    transfer->actual = 0;
    lk_error error = lk_libusb_error(libusb_submit_transfer(row->inner));
    transfer->in_flight = error == LK_OK;
    return error;
}

static void usb_cancel(lk_transport *transport, lk_transfer *transfer)
{
    usb_row *row = transfer->in_flight ? row_find(usb_of(transport), transfer) : NULL;
    if (row)
        libusb_cancel_transfer(row->inner); /* the callback tells the result */
}

static lk_error usb_control(lk_transport *transport, uint8_t request_type, uint8_t request, uint16_t value,
                            uint16_t index, uint8_t *data, uint16_t length, size_t *actual, int timeout)
{
    usb_transport *usb = usb_of(transport);
    if (actual)
        *actual = 0;
    /* libusb takes 0 for "no time-out" */
    int moved = libusb_control_transfer(usb->handle, request_type, request, value, index, data, length,
                                        timeout > 0 ? (unsigned)timeout : 1u);
    if (moved < 0)
        return lk_libusb_error(moved);
    if (actual)
        *actual = (size_t)moved;
    return LK_OK;
}

static lk_error usb_progress(lk_transport *transport, int timeout)
{
    usb_transport *usb = usb_of(transport);
    struct timeval wait = {.tv_sec = timeout / 1000, .tv_usec = timeout % 1000 * 1000L};
    usb->finished = 0;
    lk_error error = lk_libusb_error(libusb_handle_events_timeout_completed(usb->context, &wait, &usb->finished));
    return usb->lost ? usb->lost : error;
}

static int usb_descriptor(const lk_transport *transport)
{
    return ((const usb_transport *)transport)->epoll;
}

/* Descriptors */

static void LIBUSB_CALL descriptor_added(int descriptor, short events, void *context)
{
    usb_transport *usb = context;
    /* poll's and epoll's bits for in and out are the same on Linux, where epoll is */
    struct epoll_event event = {.events = (uint32_t)(unsigned short)events, .data.fd = descriptor};
    if (epoll_ctl(usb->epoll, EPOLL_CTL_ADD, descriptor, &event) != 0)
        usb->lost = LK_ERROR_INPUT_OUTPUT;
}

static void LIBUSB_CALL descriptor_removed(int descriptor, void *context)
{
    usb_transport *usb = context;
    epoll_ctl(usb->epoll, EPOLL_CTL_DEL, descriptor, NULL);
}

static lk_error descriptors_gather(usb_transport *usb)
{
    const struct libusb_pollfd **descriptors = libusb_get_pollfds(usb->context);
    if (!descriptors)
        return LK_ERROR_INPUT_OUTPUT;
    for (size_t i = 0; descriptors[i]; i++)
        descriptor_added(descriptors[i]->fd, descriptors[i]->events, usb);
    libusb_free_pollfds(descriptors);
    libusb_set_pollfd_notifiers(usb->context, descriptor_added, descriptor_removed, usb);
    return usb->lost;
}

/* The end */

static bool any_in_flight(const usb_transport *usb)
{
    for (size_t i = 0; i < usb->row_count; i++)
        if (usb->rows[i].transfer->in_flight)
            return true;
    return false;
}

/* Takes everything back. @return false when the kernel does not give all of it back in time. */
static bool transfers_drain(usb_transport *usb)
{
    for (size_t i = 0; i < usb->row_count; i++)
        usb_cancel(&usb->base, usb->rows[i].transfer);
    for (int round = 0; round < CLOSE_ROUNDS && any_in_flight(usb); round++)
        usb_progress(&usb->base, CLOSE_ROUND_MS);
    return !any_in_flight(usb);
}

static void usb_release(usb_transport *usb)
{
    libusb_set_pollfd_notifiers(usb->context, NULL, NULL, NULL);
    for (size_t i = 0; i < usb->row_count; i++)
        libusb_free_transfer(usb->rows[i].inner);
    libusb_release_interface(usb->handle, 0);
    libusb_close(usb->handle);
    libusb_exit(usb->context);
    if (usb->epoll >= 0)
        close(usb->epoll);
    free(usb);
}

static void usb_close(lk_transport *transport)
{
    usb_transport *usb = usb_of(transport);
    if (transfers_drain(usb)) /* otherwise all is leaked on purpose: libusb still holds it, and would write to it */
        usb_release(usb);
}

static const lk_transport_methods usb_methods = {
    .scheme = "usb",
    .control = usb_control,
    .submit = usb_submit,
    .cancel = usb_cancel,
    .progress = usb_progress,
    .descriptor = usb_descriptor,
    .close = usb_close,
};

lk_error lk_libusb_transport_new(libusb_context *context, libusb_device_handle *handle, lk_transport **transport)
{
    usb_transport *usb = calloc(1, sizeof *usb);
    if (!usb) {
        libusb_close(handle);
        libusb_exit(context);
        return LK_ERROR_NO_MEMORY;
    }
    usb->base.methods = &usb_methods;
    usb->context = context;
    usb->handle = handle;
    usb->epoll = epoll_create1(EPOLL_CLOEXEC);
    lk_error error = usb->epoll < 0 ? LK_ERROR_INPUT_OUTPUT : descriptors_gather(usb);
    if (error) {
        usb_release(usb);
        return error;
    }
    *transport = &usb->base;
    return LK_OK;
}
