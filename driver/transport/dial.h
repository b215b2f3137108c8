/* SPDX-License-Identifier: Apache-2.0 */
/* TCP to a server, bounded in time: what happens before a USB/IP connection belongs to an event loop. */
#ifndef LK_TRANSPORT_DIAL_H
#define LK_TRANSPORT_DIAL_H

#include <latchkey/error.h>

#include <stddef.h>
#include <stdint.h>

/** A time of the monotonic clock in ms, so many ms from now. */
int64_t lk_dial_deadline(int timeout);

/**
 * Connects: a non-blocking socket without delays (TCP_NODELAY). diagnosis: never NULL.
 * @return ADDRESS_UNRESOLVED, CONNECTION_REFUSED, TIMED_OUT, INPUT_OUTPUT.
 */
lk_error lk_dial(const char *host, uint16_t port, int64_t deadline, int *connected, char *diagnosis);

/** Sends all of it. @return TIMED_OUT, DEVICE_LOST (the server has gone). */
lk_error lk_dial_write(int connected, const uint8_t *data, size_t length, int64_t deadline);

/** Receives exactly so much. @return TIMED_OUT, DEVICE_LOST. */
lk_error lk_dial_read(int connected, uint8_t *data, size_t length, int64_t deadline);

#endif
