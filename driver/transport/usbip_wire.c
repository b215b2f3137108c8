/* SPDX-License-Identifier: Apache-2.0 */
#include "transport/usbip_wire.h"

#include <string.h>

enum {
    VERSION = 0x0111,
    REQUEST = 0x8000, /* of operation codes */
    PATH_BYTES = 256,
    CMD_SUBMIT = 1,
    CMD_UNLINK = 2,
    DIRECTION_IN = 0x80, /* of an endpoint's address */
    ENDPOINT_NUMBER = 0x0f,
    LINUX_EPIPE = -32,
    LINUX_ENOENT = -2,
    LINUX_EOVERFLOW = -75,
    LINUX_ECONNRESET = -104
};

void lk_usbip_operation_request(lk_writer *writer, lk_usbip_operation_code code, const char *busid)
{
    lk_writer_u16(writer, VERSION);
    lk_writer_u16(writer, (uint16_t)(REQUEST | (unsigned)code));
    lk_writer_u32(writer, 0);
    if (busid) {
        size_t length = strnlen(busid, LK_URI_BUSID_MAX - 1);
        lk_writer_bytes(writer, busid, length);
        lk_writer_zeros(writer, LK_URI_BUSID_MAX - length);
    }
}

lk_error lk_usbip_operation_reply(lk_reader *reader, lk_usbip_operation_code code, uint32_t *status)
{
    uint16_t version = lk_reader_u16(reader);
    uint16_t answered = lk_reader_u16(reader);
    *status = lk_reader_u32(reader);
    return reader->failed || version != VERSION || answered != code ? LK_ERROR_DEVICE_PROTOCOL : LK_OK;
}

lk_error lk_usbip_remote_read(lk_reader *reader, lk_usbip_remote *remote)
{
    lk_reader_bytes(reader, PATH_BYTES);
    lk_reader_copy(reader, remote->busid, sizeof remote->busid);
    uint32_t bus = lk_reader_u32(reader);
    uint32_t device = lk_reader_u32(reader);
    lk_reader_u32(reader); /* speed */
    remote->vendor = lk_reader_u16(reader);
    remote->product = lk_reader_u16(reader);
    lk_reader_bytes(reader, 2 + 3 + 2); /* release, class codes, configurations */
    remote->interfaces = lk_reader_u8(reader);
    remote->number = bus << 16 | (device & 0xffff);
    if (reader->failed || remote->busid[sizeof remote->busid - 1] != '\0')
        return LK_ERROR_DEVICE_PROTOCOL;
    return LK_OK;
}

static void header_write(lk_writer *writer, uint32_t command, const lk_usbip_request *request)
{
    lk_writer_u32(writer, command);
    lk_writer_u32(writer, request->sequence);
    lk_writer_u32(writer, request->device);
    lk_writer_u32(writer, (request->endpoint & DIRECTION_IN) != 0);
    lk_writer_u32(writer, request->endpoint & ENDPOINT_NUMBER);
}

void lk_usbip_submit_write(lk_writer *writer, const lk_usbip_request *request)
{
    header_write(writer, CMD_SUBMIT, request);
    lk_writer_u32(writer, 0); /* flags */
    lk_writer_u32(writer, request->length);
    lk_writer_zeros(writer, 12); /* start frame, packets, interval: isochronous and interrupt transfers */
    lk_writer_bytes(writer, request->setup, sizeof request->setup);
}

void lk_usbip_unlink_write(lk_writer *writer, const lk_usbip_request *request, uint32_t victim)
{
    header_write(writer, CMD_UNLINK, request);
    lk_writer_u32(writer, victim);
    lk_writer_zeros(writer, 24);
}

lk_error lk_usbip_reply_read(lk_reader *reader, lk_usbip_reply *reply)
{
    uint32_t kind = lk_reader_u32(reader);
    reply->sequence = lk_reader_u32(reader);
    lk_reader_bytes(reader, 12); /* device, direction, endpoint: servers leave them 0 */
    reply->status = (int32_t)lk_reader_u32(reader);
    reply->actual = kind == LK_USBIP_SUBMITTED ? lk_reader_u32(reader) : 0;
    reply->kind = kind == LK_USBIP_SUBMITTED ? LK_USBIP_SUBMITTED : LK_USBIP_UNLINKED;
    if (reader->failed || (kind != LK_USBIP_SUBMITTED && kind != LK_USBIP_UNLINKED))
        return LK_ERROR_DEVICE_PROTOCOL;
    return LK_OK;
}

lk_error lk_usbip_status_error(int32_t status)
{
    switch (status) {
    case 0:
        return LK_OK;
    case LINUX_EPIPE:
        return LK_ERROR_DEVICE_STALLED;
    case LINUX_ENOENT:
    case LINUX_ECONNRESET:
        return LK_ERROR_TIMED_OUT;
    case LINUX_EOVERFLOW:
        return LK_ERROR_DEVICE_PROTOCOL;
    default:
        return LK_ERROR_DEVICE_LOST;
    }
}
