/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/host/packet.h"

#include "base/reader.h"
#include "base/writer.h"

#include <assert.h>

enum { DATA_OVERHEAD = 3, CRC16_RESIDUE = 0xB001 };

/* x^5 + x^2 + 1 over the 11 bits of a token, lowest first (USB 2.0 clause 8.3.5.1). */
static uint16_t crc5(uint16_t fields)
{
    uint16_t crc = 0x1F;
    for (unsigned bit = 0; bit < 11; bit++)
        crc = (uint16_t)(crc >> 1 ^ (((crc ^ fields >> bit) & 1) ? 0x14 : 0));
    return crc ^ 0x1F;
}

/* x^16 + x^15 + x^2 + 1 (clause 8.3.5.2). */
static uint16_t crc16(const uint8_t *bytes, size_t length)
{
    static const uint16_t nibbles[16] = {0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
                                         0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400};
    uint16_t crc = 0xFFFF;
    for (size_t i = 0; i < length; i++) {
        crc = (uint16_t)(crc >> 4 ^ nibbles[(crc ^ bytes[i]) & 15]);
        crc = (uint16_t)(crc >> 4 ^ nibbles[(crc ^ bytes[i] >> 4) & 15]);
    }
    return crc;
}

static lk_writer begin(lk_packet *packet, lk_pid pid)
{
    lk_writer writer = lk_writer_into(packet->bytes, sizeof packet->bytes);
    lk_writer_u8(&writer, (uint8_t)((~pid & 15) << 4 | pid));
    return writer;
}

static void end(lk_packet *packet, const lk_writer *writer)
{
    assert(!writer->failed);
    packet->length = writer->length;
}

void lk_packet_token(lk_packet *packet, lk_pid pid, uint16_t fields)
{
    lk_writer writer = begin(packet, pid);
    lk_writer_u16_little(&writer, (uint16_t)(crc5(fields) << 11 | (fields & 0x7FF)));
    end(packet, &writer);
}

void lk_packet_handshake(lk_packet *packet, lk_pid pid)
{
    lk_writer writer = begin(packet, pid);
    end(packet, &writer);
}

void lk_packet_data(lk_packet *packet, lk_pid pid, const uint8_t *data, size_t length)
{
    lk_writer writer = begin(packet, pid);
    lk_writer_bytes(&writer, data, length);
    lk_writer_u16_little(&writer, (uint16_t)~crc16(data, length));
    end(packet, &writer);
}

lk_pid lk_packet_check(const lk_packet *packet)
{
    lk_reader reader = lk_reader_over(packet->bytes, packet->length);
    uint8_t first = lk_reader_u8(&reader);
    lk_pid pid = first & 15;
    if (reader.failed || (first >> 4 ^ pid) != 15)
        return LK_PID_NONE;
    if (lk_pid_is_data(pid))
        return reader.left >= 2 && crc16(reader.next, reader.left) == CRC16_RESIDUE ? pid : LK_PID_NONE;
    return (pid & 3) == 2 && lk_reader_finished(&reader) ? pid : LK_PID_NONE;
}

const uint8_t *lk_packet_payload(const lk_packet *packet, size_t *length)
{
    *length = packet->length - DATA_OVERHEAD;
    return packet->bytes + 1;
}

bool lk_pid_is_data(lk_pid pid)
{
    return pid == LK_PID_DATA0 || pid == LK_PID_DATA1;
}
