/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The messages of USB/IP (Linux, Documentation/usb/usbip_protocol.rst) as the server reads and writes them. All
 * integers are in network order; error numbers are those of Linux, whatever this host's are.
 */
#ifndef LK_SIM_SERVER_WIRE_H
#define LK_SIM_SERVER_WIRE_H

#include "base/reader.h"
#include "base/writer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { USBIP_VERSION = 0x0111 };

/* Before an import: operations. */
enum {
    USBIP_OPERATION_LENGTH = 8,
    USBIP_BUS_ID_LENGTH = 32,
    USBIP_DEVICE_LENGTH = 312,
    USBIP_INTERFACE_LENGTH = 4,
    USBIP_REQUEST_IMPORT = 0x8003,
    USBIP_REQUEST_DEVICES = 0x8005,
    USBIP_REPLY_IMPORT = 0x0003,
    USBIP_REPLY_DEVICES = 0x0005
};

/* How an operation ended. */
typedef enum lk_usbip_status {
    USBIP_STATUS_OK = 0,
    USBIP_STATUS_BUSY = 2,
    USBIP_STATUS_NO_DEVICE = 4,
    USBIP_STATUS_ERROR = 5
} lk_usbip_status;

/* After an import: commands. */
enum {
    USBIP_COMMAND_LENGTH = 48,
    USBIP_SUBMIT = 1,
    USBIP_UNLINK = 2,
    USBIP_SUBMITTED = 3,
    USBIP_UNLINKED = 4,
    USBIP_DIRECTION_OUT = 0,
    USBIP_DIRECTION_IN = 1,
    USBIP_ZERO_PACKET = 0x40 /* of the transfer flags */
};

enum { USBIP_EINVAL = -22, USBIP_EPIPE = -32, USBIP_EPROTO = -71, USBIP_EOVERFLOW = -75, USBIP_ECONNRESET = -104 };

typedef struct lk_usbip_operation {
    uint16_t version;
    uint16_t code;
    uint32_t status;
} lk_usbip_operation;

/** What every command begins with, and the fields of SUBMIT and UNLINK; those of the other kind are zero. */
typedef struct lk_usbip_command {
    uint32_t command;
    uint32_t number; /* the sender's running number */
    uint32_t device; /* bus << 16 | device */
    uint32_t direction;
    uint32_t endpoint;
    /* SUBMIT */
    uint32_t flags;
    uint32_t length;
    uint32_t packets; /* isochronous; 0 or 0xffffffff otherwise */
    uint8_t setup[8];
    /* UNLINK */
    uint32_t unlink_number;
} lk_usbip_command;

/** What the device list and the reply to an import say of a device: from its descriptors. */
typedef struct lk_usbip_device {
    const char *path;
    const char *bus_id;
    uint32_t bus, device, speed;
    uint16_t vendor, product, release;
    uint8_t device_class, device_subclass, device_protocol;
    uint8_t configuration; /* the value of its only configuration */
    uint8_t configurations;
    uint8_t interfaces;
    uint8_t interface_class[8][3]; /* class, subclass, protocol of each */
} lk_usbip_device;

lk_usbip_operation lk_usbip_operation_read(lk_reader *reader);
void lk_usbip_operation_write(lk_writer *writer, uint16_t code, lk_usbip_status status);

/** Reads the 48 bytes of a SUBMIT or UNLINK. A command that is neither fails the reader. */
lk_usbip_command lk_usbip_command_read(lk_reader *reader);

/** Writes the 48 bytes of a reply; the data of an IN transfer follow it. */
void lk_usbip_submitted_write(lk_writer *writer, uint32_t number, int32_t status, uint32_t actual);
void lk_usbip_unlinked_write(lk_writer *writer, uint32_t number, int32_t status);

/** Writes the 312 bytes of a device; the list has its interfaces behind them, the reply to an import has not. */
void lk_usbip_device_write(lk_writer *writer, const lk_usbip_device *device);
void lk_usbip_interfaces_write(lk_writer *writer, const lk_usbip_device *device);

/**
 * Takes class codes, ids and the interfaces' classes out of the device's and the configuration's descriptors (USB 2.0
 * section 9.6).
 * @return false when they are malformed.
 */
bool lk_usbip_device_describe(lk_usbip_device *device, lk_reader descriptor, lk_reader configuration);

#endif
