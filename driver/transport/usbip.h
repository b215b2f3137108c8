/* SPDX-License-Identifier: Apache-2.0 */
/* The transport over a USB/IP connection whose device has been imported; usbip_open.c makes such connections. */
#ifndef LK_TRANSPORT_USBIP_H
#define LK_TRANSPORT_USBIP_H

#include "transport/transport.h"

/** Takes over the socket, also when it fails. device: bus << 16 | device. @return NO_MEMORY, INPUT_OUTPUT. */
lk_error lk_usbip_transport_new(int connected, uint32_t device, lk_transport **transport);

#endif
