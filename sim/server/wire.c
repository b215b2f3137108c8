/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/server/wire.h"

#include <string.h>

enum { PATH_LENGTH = 256, DESCRIPTOR_DEVICE = 1, DESCRIPTOR_CONFIGURATION = 2, DESCRIPTOR_INTERFACE = 4 };

lk_usbip_operation lk_usbip_operation_read(lk_reader *reader)
{
    lk_usbip_operation operation;
    operation.version = lk_reader_u16(reader);
    operation.code = lk_reader_u16(reader);
    operation.status = lk_reader_u32(reader);
    return operation;
}

void lk_usbip_operation_write(lk_writer *writer, uint16_t code, lk_usbip_status status)
{
    lk_writer_u16(writer, USBIP_VERSION);
    lk_writer_u16(writer, code);
    lk_writer_u32(writer, status);
}

lk_usbip_command lk_usbip_command_read(lk_reader *reader)
{
    lk_usbip_command command = {0};
    command.command = lk_reader_u32(reader);
    command.number = lk_reader_u32(reader);
    command.device = lk_reader_u32(reader);
    command.direction = lk_reader_u32(reader);
    command.endpoint = lk_reader_u32(reader);
    switch (command.command) {
    case USBIP_SUBMIT:
        command.flags = lk_reader_u32(reader);
        command.length = lk_reader_u32(reader);
        lk_reader_u32(reader); /* start frame: isochronous */
        command.packets = lk_reader_u32(reader);
        lk_reader_u32(reader); /* interval: periodic endpoints */
        lk_reader_copy(reader, command.setup, sizeof command.setup);
        break;
    case USBIP_UNLINK:
        command.unlink_number = lk_reader_u32(reader);
        lk_reader_bytes(reader, 24);
        break;
    default:
        reader->failed = true;
    }
    return command;
}

static void write_reply(lk_writer *writer, uint32_t command, uint32_t number)
{
    lk_writer_u32(writer, command);
    lk_writer_u32(writer, number);
    lk_writer_zeros(writer, 12); /* device, direction, endpoint: zero in replies */
}

void lk_usbip_submitted_write(lk_writer *writer, uint32_t number, int32_t status, uint32_t actual)
{
    write_reply(writer, USBIP_SUBMITTED, number);
    lk_writer_u32(writer, (uint32_t)status);
    lk_writer_u32(writer, actual);
    lk_writer_zeros(writer, 20); /* start frame, packets, errors: isochronous; padding */
}

void lk_usbip_unlinked_write(lk_writer *writer, uint32_t number, int32_t status)
{
    write_reply(writer, USBIP_UNLINKED, number);
    lk_writer_u32(writer, (uint32_t)status);
    lk_writer_zeros(writer, 24);
}

static void write_text(lk_writer *writer, const char *text, size_t length)
{
    size_t used = strnlen(text, length - 1);
    lk_writer_bytes(writer, text, used);
    lk_writer_zeros(writer, length - used);
}

void lk_usbip_device_write(lk_writer *writer, const lk_usbip_device *device)
{
    write_text(writer, device->path, PATH_LENGTH);
    write_text(writer, device->bus_id, USBIP_BUS_ID_LENGTH);
    lk_writer_u32(writer, device->bus);
    lk_writer_u32(writer, device->device);
    lk_writer_u32(writer, device->speed);
    lk_writer_u16(writer, device->vendor);
    lk_writer_u16(writer, device->product);
    lk_writer_u16(writer, device->release);
    lk_writer_u8(writer, device->device_class);
    lk_writer_u8(writer, device->device_subclass);
    lk_writer_u8(writer, device->device_protocol);
    lk_writer_u8(writer, device->configuration);
    lk_writer_u8(writer, device->configurations);
    lk_writer_u8(writer, device->interfaces);
}

void lk_usbip_interfaces_write(lk_writer *writer, const lk_usbip_device *device)
{
    for (size_t i = 0; i < device->interfaces; i++) {
        lk_writer_bytes(writer, device->interface_class[i], 3);
        lk_writer_u8(writer, 0);
    }
}

static bool describe_device(lk_usbip_device *device, lk_reader *reader)
{
    lk_reader_u8(reader); /* bLength */
    if (lk_reader_u8(reader) != DESCRIPTOR_DEVICE)
        return false;
    lk_reader_u16_little(reader); /* bcdUSB */
    device->device_class = lk_reader_u8(reader);
    device->device_subclass = lk_reader_u8(reader);
    device->device_protocol = lk_reader_u8(reader);
    lk_reader_u8(reader); /* bMaxPacketSize0 */
    device->vendor = lk_reader_u16_little(reader);
    device->product = lk_reader_u16_little(reader);
    device->release = lk_reader_u16_little(reader);
    lk_reader_bytes(reader, 3); /* string indices */
    device->configurations = lk_reader_u8(reader);
    return lk_reader_finished(reader);
}

/* bInterfaceNumber, alternate setting, endpoints, then the class codes of the first setting of each interface. */
static bool describe_interface(lk_usbip_device *device, lk_reader body)
{
    uint8_t number = lk_reader_u8(&body);
    uint8_t alternate = lk_reader_u8(&body);
    lk_reader_u8(&body);
    uint8_t class_codes[3];
    lk_reader_copy(&body, class_codes, sizeof class_codes);
    if (body.failed || number >= device->interfaces)
        return false;
    if (alternate == 0)
        memcpy(device->interface_class[number], class_codes, sizeof class_codes);
    return true;
}

bool lk_usbip_device_describe(lk_usbip_device *device, lk_reader descriptor, lk_reader configuration)
{
    if (!describe_device(device, &descriptor))
        return false;
    lk_reader_u8(&configuration);
    uint8_t type = lk_reader_u8(&configuration);
    lk_reader_u16_little(&configuration); /* wTotalLength */
    device->interfaces = lk_reader_u8(&configuration);
    device->configuration = lk_reader_u8(&configuration);
    lk_reader_bytes(&configuration, 3); /* string index, attributes, power */
    if (type != DESCRIPTOR_CONFIGURATION || device->interfaces > sizeof device->interface_class / 3)
        return false;
    while (!configuration.failed && configuration.left > 0) {
        uint8_t length = lk_reader_u8(&configuration);
        type = lk_reader_u8(&configuration);
        size_t rest = length >= 2 ? (size_t)length - 2 : SIZE_MAX;
        const uint8_t *bytes = lk_reader_bytes(&configuration, rest);
        if (bytes && type == DESCRIPTOR_INTERFACE && !describe_interface(device, lk_reader_over(bytes, rest)))
            return false;
    }
    return !configuration.failed;
}
