/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messages of USB/IP as a client writes and reads them (Linux, Documentation/usb/usbip_protocol.rst). Integers are
 * in network order; error numbers are Linux's on every host.
 */
#ifndef LK_TRANSPORT_USBIP_WIRE_H
#define LK_TRANSPORT_USBIP_WIRE_H

#include "base/reader.h"
#include "base/writer.h"
#include "transport/uri.h"

enum {
    LK_USBIP_OPERATION_BYTES = 8,
    LK_USBIP_DEVICE_BYTES = 312,
    LK_USBIP_INTERFACE_BYTES = 4,
    LK_USBIP_COMMAND_BYTES = 48,
    LK_USBIP_IMPORT_BYTES = LK_USBIP_OPERATION_BYTES + LK_URI_BUSID_MAX
};

typedef enum lk_usbip_operation_code { LK_USBIP_IMPORT = 3, LK_USBIP_DEVICES = 5 } lk_usbip_operation_code;

/** What a server says of a device. */
typedef struct lk_usbip_remote {
    char busid[LK_URI_BUSID_MAX];
    uint32_t number; /* bus << 16 | device: names the device in commands */
    uint16_t vendor;
    uint16_t product;
    uint8_t interfaces;
} lk_usbip_remote;

/** What a command asks: a transfer, whole. */
typedef struct lk_usbip_request {
    uint32_t sequence;
    uint32_t device;
    uint8_t endpoint; /* bEndpointAddress */
    uint32_t length;
    uint8_t setup[8]; /* endpoint 0 alone, else zeros */
} lk_usbip_request;

typedef enum lk_usbip_reply_kind { LK_USBIP_SUBMITTED = 3, LK_USBIP_UNLINKED = 4 } lk_usbip_reply_kind;

typedef struct lk_usbip_reply {
    lk_usbip_reply_kind kind;
    uint32_t sequence;
    int32_t status;  /* 0 or a negative error number of Linux */
    uint32_t actual; /* SUBMITTED alone */
} lk_usbip_reply;

/** A request for the list (busid NULL) or for a device, which is at most LK_USBIP_IMPORT_BYTES long. */
void lk_usbip_operation_request(lk_writer *writer, lk_usbip_operation_code code, const char *busid);

/** The head of a reply to it. *status: 0 or why the server refuses. @return DEVICE_PROTOCOL: it answers something else.
 */
lk_error lk_usbip_operation_reply(lk_reader *reader, lk_usbip_operation_code code, uint32_t *status);

/** A device of LK_USBIP_DEVICE_BYTES. @return DEVICE_PROTOCOL: a bus id without end. */
lk_error lk_usbip_remote_read(lk_reader *reader, lk_usbip_remote *remote);

/** CMD_SUBMIT, without the data of an OUT transfer. */
void lk_usbip_submit_write(lk_writer *writer, const lk_usbip_request *request);

/** CMD_UNLINK: takes back the request with the number victim. */
void lk_usbip_unlink_write(lk_writer *writer, const lk_usbip_request *request, uint32_t victim);

/** The head of a reply. @return DEVICE_PROTOCOL: no reply there is. */
lk_error lk_usbip_reply_read(lk_reader *reader, lk_usbip_reply *reply);

/** The host's error for a status of a reply. */
lk_error lk_usbip_status_error(int32_t status);

#endif
