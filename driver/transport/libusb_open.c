/* SPDX-License-Identifier: Apache-2.0 */
/* usb: and ft601: URIs: finds boards on this machine's USB. */
#include "protocol/protocol.h"
#include "transport/diagnosis.h"
#include "transport/ft601.h"
#include "transport/libusb.h"
#include "transport/registry.h"

#include <string.h>

enum { CONFIGURATION = 1 };

/* What is looked for: boards with USB of their own, or FT601 chips, which may also be in something else: only who says
 * ft601: means a board. */
typedef struct board_kind {
    uint16_t vendor, product;
    int interfaces; /* from 0 on */
} board_kind;

static const board_kind own = {LK_VENDOR_ID, LK_PRODUCT_ID, 1};
static const board_kind behind_ft601 = {LK_FT601_VENDOR_ID, LK_FT601_PRODUCT_ID, 2};

static bool is_kind(const board_kind *kind, libusb_device *device, struct libusb_device_descriptor *descriptor)
{
    return libusb_get_device_descriptor(device, descriptor) == 0 && descriptor->idVendor == kind->vendor &&
           descriptor->idProduct == kind->product;
}

static lk_error serial_read(libusb_device_handle *handle, const struct libusb_device_descriptor *descriptor,
                            char serial[LK_DEVICE_TEXT_MAX])
{
    serial[0] = '\0';
    if (descriptor->iSerialNumber == 0)
        return LK_OK;
    int length = libusb_get_string_descriptor_ascii(handle, descriptor->iSerialNumber, (unsigned char *)serial,
                                                    LK_DEVICE_TEXT_MAX);
    return length < 0 ? lk_libusb_error(length) : LK_OK;
}

/* Opens a board when its serial is the one asked for (any, when that is empty). @return DEVICE_NOT_FOUND: it is
 * another. */
static lk_error board_open(libusb_device *device, const struct libusb_device_descriptor *descriptor, const char *wanted,
                           libusb_device_handle **handle)
{
    char serial[LK_DEVICE_TEXT_MAX];
    lk_error error = lk_libusb_error(libusb_open(device, handle));
    if (error)
        return error;
    if (wanted[0] != '\0') {
        error = serial_read(*handle, descriptor, serial);
        if (!error && strcmp(serial, wanted) != 0)
            error = LK_ERROR_DEVICE_NOT_FOUND;
    }
    if (error)
        libusb_close(*handle);
    return error;
}

/* The first board that fits. Why one could not be asked is the result when none fits. */
static lk_error board_find(const board_kind *kind, libusb_context *context, const char *serial,
                           libusb_device_handle **handle)
{
    libusb_device **devices = NULL;
    ssize_t count = libusb_get_device_list(context, &devices);
    if (count < 0)
        return lk_libusb_error((int)count);
    lk_error result = LK_ERROR_DEVICE_NOT_FOUND;
    for (ssize_t i = 0; i < count; i++) {
        struct libusb_device_descriptor descriptor;
        if (!is_kind(kind, devices[i], &descriptor))
            continue;
        lk_error error = board_open(devices[i], &descriptor, serial, handle);
        if (error != LK_ERROR_DEVICE_NOT_FOUND)
            result = error;
        if (!error)
            break;
    }
    libusb_free_device_list(devices, 1);
    return result;
}

static lk_error board_claim(const board_kind *kind, libusb_device_handle *handle)
{
    int configuration = 0;
    libusb_set_auto_detach_kernel_driver(handle, 1);
    lk_error error = lk_libusb_error(libusb_get_configuration(handle, &configuration));
    if (!error && configuration != CONFIGURATION)
        error = lk_libusb_error(libusb_set_configuration(handle, CONFIGURATION));
    for (int number = 0; !error && number < kind->interfaces; number++)
        error = lk_libusb_error(libusb_claim_interface(handle, number));
    return error;
}

static lk_error explain(const board_kind *kind, const lk_uri *uri, lk_error error, char *diagnosis)
{
    switch (error) {
    case LK_ERROR_DEVICE_NOT_FOUND:
        return lk_diagnose(diagnosis, error, "no board%s%s is plugged in, or this machine has no USB",
                           uri->serial[0] ? " with the serial number " : "", uri->serial);
    case LK_ERROR_DEVICE_PERMISSION:
        return lk_diagnose(diagnosis, error, "no permission for the USB device %04x:%04x; %s", kind->vendor,
                           kind->product, "let a udev rule give it to your group, or run as root");
    case LK_ERROR_DEVICE_BUSY:
        return lk_diagnose(diagnosis, error, "another program has claimed the board; stop it first");
    default:
        return lk_diagnose(diagnosis, error, "the board cannot be opened: %s", lk_error_sentence(error));
    }
}

static lk_error context_open(libusb_context **context, char *diagnosis)
{
    int code = libusb_init(context);
    if (code == 0)
        return LK_OK;
    return lk_diagnose(diagnosis, LK_ERROR_DEVICE_UNAVAILABLE, "USB cannot be used on this machine: %s",
                       libusb_strerror((enum libusb_error)code));
}

static lk_error open_kind(const board_kind *kind, lk_uri *uri, lk_transport **transport, char *diagnosis)
{
    libusb_context *context = NULL;
    libusb_device_handle *handle = NULL;
    lk_error error = context_open(&context, diagnosis);
    if (error)
        return error;
    error = board_find(kind, context, uri->serial, &handle);
    if (!error) {
        error = board_claim(kind, handle);
        if (error)
            libusb_close(handle);
    }
    if (error) {
        libusb_exit(context);
        return explain(kind, uri, error, diagnosis);
    }
    error = lk_libusb_transport_new(context, handle, transport);
    return error ? explain(kind, uri, error, diagnosis) : LK_OK;
}

static lk_error usb_open(lk_uri *uri, int timeout, lk_transport **transport, char *diagnosis)
{
    (void)timeout; /* the kernel has enumerated the board already: nothing here waits for long */
    return open_kind(&own, uri, transport, diagnosis);
}

static lk_error ft601_open(lk_uri *uri, int timeout, lk_transport **transport, char *diagnosis)
{
    lk_error error = open_kind(&behind_ft601, uri, transport, diagnosis);
    return error ? error : lk_ft601_transport_new(*transport, timeout, transport, diagnosis);
}

/* Tells of one board, by its serial where that can be read. */
static void board_tell(libusb_device *device, const struct libusb_device_descriptor *descriptor, const lk_uri *asked,
                       lk_transport_found *found, void *context)
{
    libusb_device_handle *handle = NULL;
    lk_uri uri = {.serial = ""};
    memcpy(uri.scheme, asked->scheme, sizeof uri.scheme);
    char text[LK_DEVICE_TEXT_MAX];
    lk_error error = lk_libusb_error(libusb_open(device, &handle));
    if (!error) {
        error = serial_read(handle, descriptor, uri.serial);
        libusb_close(handle);
    }
    if (asked->serial[0] != '\0' && !error && strcmp(asked->serial, uri.serial) != 0)
        return;
    lk_uri_format(&uri, text);
    found(context, text, error);
}

static lk_error list_kind(const board_kind *kind, const lk_uri *uri, lk_transport_found *found, void *context,
                          char *diagnosis)
{
    libusb_context *usb = NULL;
    libusb_device **devices = NULL;
    lk_error error = context_open(&usb, diagnosis);
    if (error)
        return error;
    ssize_t count = libusb_get_device_list(usb, &devices);
    for (ssize_t i = 0; i < count; i++) {
        struct libusb_device_descriptor descriptor;
        if (is_kind(kind, devices[i], &descriptor))
            board_tell(devices[i], &descriptor, uri, found, context);
    }
    if (count >= 0)
        libusb_free_device_list(devices, 1);
    libusb_exit(usb);
    return count >= 0 ? LK_OK : explain(kind, uri, lk_libusb_error((int)count), diagnosis);
}

static lk_error usb_list(const lk_uri *uri, int timeout, lk_transport_found *found, void *context, char *diagnosis)
{
    (void)timeout;
    return list_kind(&own, uri, found, context, diagnosis);
}

static lk_error ft601_list(const lk_uri *uri, int timeout, lk_transport_found *found, void *context, char *diagnosis)
{
    (void)timeout;
    return list_kind(&behind_ft601, uri, found, context, diagnosis);
}

const lk_transport_scheme lk_transport_usb = {"usb", usb_open, usb_list};
const lk_transport_scheme lk_transport_ft601 = {"ft601", ft601_open, ft601_list};
