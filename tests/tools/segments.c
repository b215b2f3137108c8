/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/tools/segments.h"

#include <string.h>

enum { IP_HEADER = 20, TCP_HEADER = 20 };

size_t segment_write(uint8_t *packet, bool back, uint32_t sequence, unsigned flags, const void *data, size_t length)
{
    const uint8_t addresses[2][4] = {{10, 0, 0, 1}, {10, 0, 0, 2}};
    const uint8_t ports[2][2] = {{200, 0}, {1, 187}};
    uint8_t *segment = packet + IP_HEADER;
    size_t total = IP_HEADER + TCP_HEADER + length;
    memset(packet, 0, IP_HEADER + TCP_HEADER);
    packet[0] = 0x45;
    packet[2] = (uint8_t)(total >> 8);
    packet[3] = (uint8_t)total;
    packet[9] = 6;
    memcpy(packet + 12, addresses[back], 4);
    memcpy(packet + 16, addresses[!back], 4);
    memcpy(segment, ports[back], 2);
    memcpy(segment + 2, ports[!back], 2);
    for (int i = 0; i < 4; i++)
        segment[4 + i] = (uint8_t)(sequence >> (24 - 8 * i));
    segment[12] = TCP_HEADER / 4 << 4;
    segment[13] = (uint8_t)flags;
    if (length > 0)
        memcpy(segment + TCP_HEADER, data, length);
    return total;
}
