/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way to one USB device: control requests, bulk transfers in flight, loss. Three implementations: libusb
 * (libusb.c), a USB/IP client (usbip.c), and the simulated board inside this process (sim/transport/, for tests).
 */
#ifndef LK_TRANSPORT_TRANSPORT_H
#define LK_TRANSPORT_TRANSPORT_H

#include <latchkey/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A bulk transfer. The owner keeps it and its memory in place from submit until done. */
typedef struct lk_transfer {
    /* set by the owner */
    uint8_t endpoint; /* bEndpointAddress */
    uint8_t *data;
    size_t length;
    /* set by the transport */
    bool in_flight;
    bool done;
    lk_error status; /* OK, DEVICE_STALLED, DEVICE_LOST, TIMED_OUT (cancelled) */
    size_t actual;   /* bytes that moved, whatever the status */
    void *implementation;
} lk_transfer;

typedef struct lk_transport lk_transport;

typedef struct lk_transport_methods {
    const char *scheme; /* of its URIs */

    /** A control request on endpoint 0; blocks no longer than timeout ms. *actual may be NULL. */
    lk_error (*control)(lk_transport *transport, uint8_t request_type, uint8_t request, uint16_t value, uint16_t index,
                        uint8_t *data, uint16_t length, size_t *actual, int timeout);

    /** Queues a transfer. Transfers of one endpoint run in order. */
    lk_error (*submit)(lk_transport *transport, lk_transfer *transfer);

    /** Asks for an early end; the transfer still ends through progress(), with what had moved. */
    void (*cancel)(lk_transport *transport, lk_transfer *transfer);

    /** Moves I/O on and marks transfers done. Waits no longer than timeout ms (0: not at all) for something to happen.
     */
    lk_error (*progress)(lk_transport *transport, int timeout);

    /** Readable when progress() has something to do. */
    int (*descriptor)(const lk_transport *transport);

    /** Ends everything in flight and closes. */
    void (*close)(lk_transport *transport);
} lk_transport_methods;

struct lk_transport {
    const lk_transport_methods *methods;
};

#endif
