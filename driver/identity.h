/* SPDX-License-Identifier: Apache-2.0 */
/* Who a USB device says it is: its device descriptor and strings (USB 2.0 section 9.6). */
#ifndef LK_DRIVER_IDENTITY_H
#define LK_DRIVER_IDENTITY_H

#include "base/reader.h"
#include "transport/transport.h"

#include <latchkey/device.h>

typedef struct lk_identity {
    char product[LK_DEVICE_TEXT_MAX];
    char serial[LK_DEVICE_TEXT_MAX];
} lk_identity;

/**
 * Asks the device. A device without strings has empty ones. Blocks no longer than timeout ms for each of up to four
 * requests.
 * @return DEVICE_NOT_FOUND (it is no board of ours), DEVICE_PROTOCOL, or what the transport says.
 */
lk_error lk_identity_read(lk_transport *transport, int timeout, lk_identity *identity);

/** A string descriptor as text; what is not printable ASCII becomes '?', so that a device cannot drive a terminal. */
lk_error lk_identity_string(lk_reader *descriptor, char text[LK_DEVICE_TEXT_MAX]);

#endif
