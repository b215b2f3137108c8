/* SPDX-License-Identifier: Apache-2.0 */
#include "identity.h"

#include "protocol/protocol.h"

enum {
    REQUEST_TYPE_IN = 0x80, /* standard, device to host */
    GET_DESCRIPTOR = 6,
    DESCRIPTOR_DEVICE = 1,
    DESCRIPTOR_STRING = 3,
    DEVICE_DESCRIPTOR_BYTES = 18,
    STRING_DESCRIPTOR_MAX = 255,
    ENGLISH = 0x0409
};

static lk_error descriptor_get(lk_transport *transport, int timeout, uint8_t type, uint8_t index, uint16_t language,
                               uint8_t *data, uint16_t length, size_t *actual)
{
    return transport->methods->control(transport, REQUEST_TYPE_IN, GET_DESCRIPTOR, (uint16_t)(type << 8 | index),
                                       language, data, length, actual, timeout);
}

lk_error lk_identity_string(lk_reader *descriptor, char text[LK_DEVICE_TEXT_MAX])
{
    size_t present = descriptor->left;
    size_t length = lk_reader_u8(descriptor);
    uint8_t type = lk_reader_u8(descriptor);
    size_t count = 0;
    text[0] = '\0';
    if (descriptor->failed || type != DESCRIPTOR_STRING || length != present || length % 2 != 0)
        return LK_ERROR_DEVICE_PROTOCOL;
    while (descriptor->left > 0 && count < LK_DEVICE_TEXT_MAX - 1) {
        uint16_t character = lk_reader_u16_little(descriptor);
        text[count++] = (char)(character >= 0x20 && character < 0x7f ? character : '?');
    }
    text[count] = '\0';
    return LK_OK;
}

static lk_error string_read(lk_transport *transport, int timeout, uint8_t index, char *text)
{
    uint8_t data[STRING_DESCRIPTOR_MAX];
    size_t actual = 0;
    text[0] = '\0';
    if (index == 0)
        return LK_OK;
    lk_error error = descriptor_get(transport, timeout, DESCRIPTOR_STRING, index, ENGLISH, data, sizeof data, &actual);
    if (error)
        return error;
    lk_reader reader = lk_reader_over(data, actual <= sizeof data ? actual : 0);
    return lk_identity_string(&reader, text);
}

lk_error lk_identity_read(lk_transport *transport, int timeout, lk_identity *identity)
{
    uint8_t data[DEVICE_DESCRIPTOR_BYTES];
    size_t actual = 0;
    lk_error error = descriptor_get(transport, timeout, DESCRIPTOR_DEVICE, 0, 0, data, sizeof data, &actual);
    if (error)
        return error;
    lk_reader reader = lk_reader_over(data, actual <= sizeof data ? actual : 0);
    uint8_t length = lk_reader_u8(&reader);
    uint8_t type = lk_reader_u8(&reader);
    lk_reader_bytes(&reader, 6); /* USB release, class, packet size */
    uint16_t vendor = lk_reader_u16_little(&reader);
    uint16_t product = lk_reader_u16_little(&reader);
    lk_reader_bytes(&reader, 3); /* device release, manufacturer */
    uint8_t product_index = lk_reader_u8(&reader);
    uint8_t serial_index = lk_reader_u8(&reader);
    if (reader.failed || length != DEVICE_DESCRIPTOR_BYTES || type != DESCRIPTOR_DEVICE)
        return LK_ERROR_DEVICE_PROTOCOL;
    bool ours = vendor == LK_VENDOR_ID && product == LK_PRODUCT_ID;
    bool behind_ft601 = vendor == LK_FT601_VENDOR_ID && product == LK_FT601_PRODUCT_ID;
    if (!ours && !behind_ft601)
        return LK_ERROR_DEVICE_NOT_FOUND;
    error = string_read(transport, timeout, product_index, identity->product);
    return error ? error : string_read(transport, timeout, serial_index, identity->serial);
}
