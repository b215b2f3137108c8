/* SPDX-License-Identifier: Apache-2.0 */
/* The transport over an interface that libusb has claimed; libusb_open.c finds the board. */
#ifndef LK_TRANSPORT_LIBUSB_H
#define LK_TRANSPORT_LIBUSB_H

#include "transport/transport.h"

#include <libusb.h>

/** Takes over context and handle, also when it fails; interface 0 is claimed. @return NO_MEMORY, INPUT_OUTPUT. */
lk_error lk_libusb_transport_new(libusb_context *context, libusb_device_handle *handle, lk_transport **transport);

/** The host's error for one of libusb's. */
lk_error lk_libusb_error(int code);

/** The host's error for how a transfer ended. */
lk_error lk_libusb_transfer_error(enum libusb_transfer_status status);

#endif
