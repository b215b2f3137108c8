/* SPDX-License-Identifier: Apache-2.0 */
/* usbip: URIs: asks a server for its devices, and imports one. */
#include "protocol/protocol.h"
#include "transport/diagnosis.h"
#include "transport/dial.h"
#include "transport/ft601.h"
#include "transport/registry.h"
#include "transport/usbip.h"
#include "transport/usbip_wire.h"

#include <string.h>
#include <unistd.h>

enum {
    DEVICES_MAX = 4096, /* that a server may list */
    STATUS_FAILED = 1,  /* of operations */
    STATUS_BUSY = 2,
    STATUS_NO_DEVICE = 4,
    SET_CONFIGURATION = 9
};

/* Sends an operation and takes the head of its reply. */
static lk_error operate(int connected, lk_usbip_operation_code code, const char *busid, int64_t deadline,
                        uint32_t *status)
{
    uint8_t request[LK_USBIP_IMPORT_BYTES];
    uint8_t reply[LK_USBIP_OPERATION_BYTES];
    lk_writer writer = lk_writer_into(request, sizeof request);
    lk_usbip_operation_request(&writer, code, busid);
    lk_error error = lk_dial_write(connected, request, writer.length, deadline);
    if (!error)
        error = lk_dial_read(connected, reply, sizeof reply, deadline);
    lk_reader reader = lk_reader_over(reply, sizeof reply);
    return error ? error : lk_usbip_operation_reply(&reader, code, status);
}

static lk_error remote_receive(int connected, int64_t deadline, lk_usbip_remote *remote)
{
    uint8_t data[LK_USBIP_DEVICE_BYTES];
    lk_error error = lk_dial_read(connected, data, sizeof data, deadline);
    lk_reader reader = lk_reader_over(data, sizeof data);
    return error ? error : lk_usbip_remote_read(&reader, remote);
}

static bool is_ours(const lk_usbip_remote *remote)
{
    return remote->vendor == LK_VENDOR_ID && remote->product == LK_PRODUCT_ID;
}

/* Such a chip may be in anything: only who names it means a board. */
static bool is_ft601(const lk_usbip_remote *remote)
{
    return remote->vendor == LK_FT601_VENDOR_ID && remote->product == LK_FT601_PRODUCT_ID;
}

typedef void remote_found(void *context, const lk_usbip_remote *remote);

/* Calls found for each board of ours in the list that is coming in. */
static lk_error devices_receive(int connected, int64_t deadline, remote_found *found, void *context)
{
    uint8_t data[UINT8_MAX * LK_USBIP_INTERFACE_BYTES];
    lk_error error = lk_dial_read(connected, data, sizeof(uint32_t), deadline);
    lk_reader reader = lk_reader_over(data, sizeof(uint32_t));
    uint32_t count = error ? 0 : lk_reader_u32(&reader);
    if (count > DEVICES_MAX)
        return LK_ERROR_DEVICE_PROTOCOL;
    for (uint32_t i = 0; !error && i < count; i++) {
        lk_usbip_remote remote;
        error = remote_receive(connected, deadline, &remote);
        if (!error)
            error = lk_dial_read(connected, data, (size_t)remote.interfaces * LK_USBIP_INTERFACE_BYTES, deadline);
        if (!error && is_ours(&remote))
            found(context, &remote);
    }
    return error;
}

static lk_error devices_list(const lk_uri *uri, int64_t deadline, remote_found *found, void *context, char *diagnosis)
{
    int connected = -1;
    uint32_t status = 0;
    lk_error error = lk_dial(uri->host, uri->port, deadline, &connected, diagnosis);
    if (error)
        return error;
    error = operate(connected, LK_USBIP_DEVICES, NULL, deadline, &status);
    if (!error && status != 0)
        error = LK_ERROR_DEVICE_PROTOCOL;
    if (!error)
        error = devices_receive(connected, deadline, found, context);
    close(connected);
    if (error)
        lk_diagnose(diagnosis, error, "%s port %u does not list its devices as a USB/IP server does: %s", uri->host,
                    (unsigned)uri->port, lk_error_sentence(error));
    return error;
}

typedef struct choice {
    size_t count;
    char busid[LK_URI_BUSID_MAX];
} choice;

static void choice_add(void *context, const lk_usbip_remote *remote)
{
    choice *chosen = context;
    if (chosen->count++ == 0)
        memcpy(chosen->busid, remote->busid, sizeof chosen->busid);
}

/* Fills in the bus id where the URI has none and there is but one board. */
static lk_error busid_choose(lk_uri *uri, int64_t deadline, char *diagnosis)
{
    choice chosen = {.count = 0};
    if (uri->busid[0] != '\0')
        return LK_OK;
    lk_error error = devices_list(uri, deadline, choice_add, &chosen, diagnosis);
    if (error)
        return error;
    if (chosen.count == 0)
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_NOT_FOUND, "the server at %s port %u has no board of ours",
                           uri->host, (unsigned)uri->port);
    if (chosen.count > 1)
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_URI, "the server has %zu boards; name one: usbip:%s:%u/%s",
                           chosen.count, uri->host, (unsigned)uri->port, chosen.busid);
    memcpy(uri->busid, chosen.busid, sizeof uri->busid);
    return LK_OK;
}

static lk_error import_refused(const lk_uri *uri, uint32_t status, char *diagnosis)
{
    switch (status) {
    case STATUS_BUSY:
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_BUSY, "another client of the server holds the device %s",
                           uri->busid);
    case STATUS_FAILED:
    case STATUS_NO_DEVICE:
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_NOT_FOUND, "the server has no device %s to give", uri->busid);
    default:
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_PROTOCOL, "the server refuses the device %s with status %u",
                           uri->busid, (unsigned)status);
    }
}

/* Imports the device on a new connection. */
static lk_error import(const lk_uri *uri, int connected, int64_t deadline, lk_usbip_remote *remote, char *diagnosis)
{
    uint32_t status = 0;
    lk_error error = operate(connected, LK_USBIP_IMPORT, uri->busid, deadline, &status);
    if (!error && status != 0)
        return import_refused(uri, status, diagnosis);
    if (!error)
        error = remote_receive(connected, deadline, remote);
    if (error)
        return lk_diagnose(diagnosis, error, "%s port %u does not hand over %s as a USB/IP server does: %s", uri->host,
                           (unsigned)uri->port, uri->busid, lk_error_sentence(error));
    if (!is_ours(remote) && !is_ft601(remote))
        return lk_diagnose(diagnosis, LK_ERROR_DEVICE_NOT_FOUND, "the device %s (%04x:%04x) is no board of ours",
                           uri->busid, remote->vendor, remote->product);
    return LK_OK;
}

static lk_error usbip_open(lk_uri *uri, int timeout, lk_transport **transport, char *diagnosis)
{
    int64_t deadline = lk_dial_deadline(timeout);
    lk_usbip_remote remote = {.number = 0};
    int connected = -1;
    lk_error error = busid_choose(uri, deadline, diagnosis);
    if (!error)
        error = lk_dial(uri->host, uri->port, deadline, &connected, diagnosis);
    if (error)
        return error;
    error = import(uri, connected, deadline, &remote, diagnosis);
    if (error) {
        close(connected);
        return error;
    }
    error = lk_usbip_transport_new(connected, remote.number, transport);
    if (error)
        return lk_diagnose(diagnosis, error, "%s", lk_error_sentence(error));
    int64_t left = deadline - lk_dial_deadline(0);
    error =
        (*transport)->methods->control(*transport, 0, SET_CONFIGURATION, 1, 0, NULL, 0, NULL, left > 0 ? (int)left : 0);
    if (error) {
        (*transport)->methods->close(*transport);
        *transport = NULL;
        return lk_diagnose(diagnosis, error, "the device %s does not take its configuration: %s", uri->busid,
                           lk_error_sentence(error));
    }
    if (is_ft601(&remote))
        return lk_ft601_transport_new(*transport, left > 0 ? (int)left : 0, transport, diagnosis);
    return LK_OK;
}

typedef struct listing {
    const lk_uri *uri;
    lk_transport_found *found;
    void *context;
} listing;

static void listing_add(void *context, const lk_usbip_remote *remote)
{
    const listing *list = context;
    lk_uri uri = *list->uri;
    char text[LK_DEVICE_TEXT_MAX];
    if (uri.busid[0] != '\0' && strcmp(uri.busid, remote->busid) != 0)
        return;
    memcpy(uri.busid, remote->busid, sizeof uri.busid);
    lk_uri_format(&uri, text);
    list->found(list->context, text, LK_OK);
}

static lk_error usbip_list(const lk_uri *uri, int timeout, lk_transport_found *found, void *context, char *diagnosis)
{
    listing list = {uri, found, context};
    return devices_list(uri, lk_dial_deadline(timeout), listing_add, &list, diagnosis);
}

const lk_transport_scheme lk_transport_usbip = {"usbip", usbip_open, usbip_list};
