/* SPDX-License-Identifier: Apache-2.0 */
/* A device's name: scheme, colon, and what the scheme makes of the rest. */
#ifndef LK_TRANSPORT_URI_H
#define LK_TRANSPORT_URI_H

#include <latchkey/device.h>
#include <latchkey/error.h>

#include <stdint.h>

enum { LK_URI_SCHEME_MAX = 16, LK_URI_BUSID_MAX = 32, LK_USBIP_PORT = 3240 };

typedef struct lk_uri {
    char scheme[LK_URI_SCHEME_MAX];  /* "usb", "usbip", "sim" */
    char rest[LK_DEVICE_TEXT_MAX];   /* all behind the first colon */
    char serial[LK_DEVICE_TEXT_MAX]; /* usb: the serial asked for, or empty */
    char host[LK_DEVICE_TEXT_MAX];   /* usbip: name or address, without the brackets of an IPv6 address */
    uint16_t port;                   /* usbip */
    char busid[LK_URI_BUSID_MAX];    /* usbip: the device asked for, or empty */
} lk_uri;

/**
 * Takes a device's name apart. Schemes other than usb and usbip keep their rest as it is, for the transport to judge.
 * diagnosis: LK_DEVICE_DIAGNOSIS_MAX bytes for a sentence that names the fault; may be NULL.
 * @return DEVICE_URI.
 */
lk_error lk_uri_parse(const char *text, lk_uri *uri, char *diagnosis);

/** Writes a device's name as lk_uri_parse() takes it, into LK_DEVICE_TEXT_MAX bytes; cut off when it is longer. */
void lk_uri_format(const lk_uri *uri, char *text);

#endif
