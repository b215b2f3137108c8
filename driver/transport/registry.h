/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transports by the scheme of their URIs. usb:, usbip: and ft601: are built in; the simulated board inside this
 * process (sim:) lives in a library of its own, and whoever links it registers it, so that liblatchkey-device never
 * depends on the simulation.
 */
#ifndef LK_TRANSPORT_REGISTRY_H
#define LK_TRANSPORT_REGISTRY_H

#include "transport/transport.h"
#include "transport/uri.h"

/**
 * Opens the way to one device. On return the device is configured (configuration 1 is set, its interface is ours) and
 * nothing is in flight. Blocks no longer than timeout ms. diagnosis: never NULL; LK_DEVICE_DIAGNOSIS_MAX bytes for a
 * sentence on failure.
 * @return DEVICE_URI, DEVICE_NOT_FOUND, DEVICE_BUSY, DEVICE_PERMISSION, DEVICE_UNAVAILABLE, TIMED_OUT, ...
 */
typedef lk_error lk_transport_open(lk_uri *uri, int timeout, lk_transport **transport, char *diagnosis);

/** One device that a URI may mean. uri opens this very device again; error says why it cannot be opened, where that is
 * known. */
typedef void lk_transport_found(void *context, const char *uri, lk_error error);

/** Calls found for each device of our vendor and product that the URI may mean. diagnosis as above. */
typedef lk_error lk_transport_list(const lk_uri *uri, int timeout, lk_transport_found *found, void *context,
                                   char *diagnosis);

typedef struct lk_transport_scheme {
    const char *scheme; /* "sim" */
    lk_transport_open *open;
    lk_transport_list *list;
} lk_transport_scheme;

/**
 * Adds a scheme, or does nothing when that very row is known. The row is borrowed for good. Not for use from several
 * threads.
 * @return INVALID_ARGUMENT (another row has that scheme), NO_MEMORY (the table of eight is full).
 */
lk_error lk_transport_register(const lk_transport_scheme *scheme);

/** The row of a scheme, or NULL. */
const lk_transport_scheme *lk_transport_find(const char *scheme);

/* The ones built in. */
extern const lk_transport_scheme lk_transport_usb;
extern const lk_transport_scheme lk_transport_usbip;
extern const lk_transport_scheme lk_transport_ft601;

#endif
