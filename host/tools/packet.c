/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/packet.h"

#include <string.h>

/* LINKTYPE_*, tcpdump.org/linktypes.html. */
enum {
    LINK_LOOPBACK = 0,
    LINK_ETHERNET = 1,
    LINK_RAW_OLD = 12,
    LINK_RAW = 101,
    LINK_LOOP = 108,
    LINK_COOKED = 113,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_COOKED_2 = 276
};

enum { ETHER_IPV4 = 0x0800, ETHER_IPV6 = 0x86dd, ETHER_VLAN = 0x8100, ETHER_SERVICE_VLAN = 0x88a8, TAGS_MAX = 4 };
enum { ADDRESSES = 12, FAMILY_LENGTH = 4, COOKED_LENGTH = 14, COOKED_2_REST = 18 };

/* Protocol numbers of IP. */
enum { HOP_BY_HOP = 0, TCP = 6, ROUTING = 43, FRAGMENT = 44, AUTHENTICATION = 51, DESTINATION = 60, HEADERS_MAX = 8 };
enum { FRAGMENT_MASK = 0x3fff /* more fragments, and the offset */, FRAGMENT_MASK_SIX = 0xfff9 };
enum { FLAG_FIN = 1, FLAG_SYN = 2, FLAG_RESET = 4, FLAG_ACKNOWLEDGE = 16, TCP_HEADER = 20 };

/* The payload of IP: no longer than its header says, so that the filling of a short Ethernet frame does not count. */
static lk_reader cut(lk_reader packet, size_t length, size_t *missing)
{
    if (packet.left >= length) {
        *missing = 0;
        packet.left = length;
    } else {
        *missing = length - packet.left;
    }
    return packet;
}

static lk_packet_kind parse_tcp(lk_reader packet, size_t missing, lk_segment *segment)
{
    segment->source.port = lk_reader_u16(&packet);
    segment->target.port = lk_reader_u16(&packet);
    segment->sequence = lk_reader_u32(&packet);
    (void)lk_reader_u32(&packet);
    size_t header = (size_t)(lk_reader_u8(&packet) >> 4) * 4;
    uint8_t flags = lk_reader_u8(&packet);
    (void)lk_reader_bytes(&packet, TCP_HEADER - 14);
    if (header < TCP_HEADER)
        return LK_PACKET_MALFORMED;
    (void)lk_reader_bytes(&packet, header - TCP_HEADER);
    if (packet.failed)
        return LK_PACKET_MALFORMED;
    segment->begins = flags & FLAG_SYN;
    segment->ends = flags & FLAG_FIN;
    segment->resets = flags & FLAG_RESET;
    segment->acknowledges = flags & FLAG_ACKNOWLEDGE;
    segment->payload = packet;
    segment->missing = missing;
    return LK_PACKET_SEGMENT;
}

/* RFC 791 section 3.1 */
static lk_packet_kind parse_four(lk_reader packet, lk_segment *segment)
{
    size_t missing = 0, header = (size_t)(lk_reader_u8(&packet) & 15) * 4;
    (void)lk_reader_u8(&packet);
    size_t total = lk_reader_u16(&packet);
    (void)lk_reader_u16(&packet);
    uint16_t fragment = lk_reader_u16(&packet);
    (void)lk_reader_u8(&packet);
    uint8_t protocol = lk_reader_u8(&packet);
    (void)lk_reader_u16(&packet);
    lk_reader_copy(&packet, segment->source.address, 4);
    lk_reader_copy(&packet, segment->target.address, 4);
    (void)lk_reader_bytes(&packet, header >= 20 ? header - 20 : packet.left + 1);
    /* a network card that cuts segments itself leaves the length at 0 */
    if (total == 0)
        total = header + packet.left;
    if (packet.failed || total < header)
        return LK_PACKET_MALFORMED;
    if (protocol != TCP)
        return LK_PACKET_OTHER;
    if (fragment & FRAGMENT_MASK)
        return LK_PACKET_FRAGMENT;
    packet = cut(packet, total - header, &missing);
    return parse_tcp(packet, missing, segment);
}

/* RFC 8200 section 4: passes over the headers in front of TCP. */
static lk_packet_kind skip_headers(lk_reader *packet, uint8_t *protocol)
{
    for (int i = 0; i < HEADERS_MAX && *protocol != TCP; i++) {
        uint8_t this = *protocol;
        bool known =
            this == HOP_BY_HOP || this == ROUTING || this == FRAGMENT || this == AUTHENTICATION || this == DESTINATION;
        if (!known)
            return LK_PACKET_OTHER;
        *protocol = lk_reader_u8(packet);
        size_t length = lk_reader_u8(packet);
        uint16_t offset = lk_reader_u16(packet);
        length = this == FRAGMENT ? 8 : this == AUTHENTICATION ? (length + 2) * 4 : (length + 1) * 8;
        (void)lk_reader_bytes(packet, length - 4);
        if (packet->failed)
            return LK_PACKET_MALFORMED;
        if (this == FRAGMENT && offset & FRAGMENT_MASK_SIX)
            return LK_PACKET_FRAGMENT;
    }
    return *protocol == TCP ? LK_PACKET_SEGMENT : LK_PACKET_OTHER;
}

static lk_packet_kind parse_six(lk_reader packet, lk_segment *segment)
{
    size_t missing = 0;
    (void)lk_reader_u32(&packet);
    size_t length = lk_reader_u16(&packet);
    uint8_t protocol = lk_reader_u8(&packet);
    (void)lk_reader_u8(&packet);
    lk_reader_copy(&packet, segment->source.address, 16);
    lk_reader_copy(&packet, segment->target.address, 16);
    if (packet.failed)
        return LK_PACKET_MALFORMED;
    segment->six = true;
    packet = cut(packet, length > 0 ? length : packet.left, &missing);
    lk_packet_kind kind = skip_headers(&packet, &protocol);
    return kind == LK_PACKET_SEGMENT ? parse_tcp(packet, missing, segment) : kind;
}

static lk_packet_kind parse_ip(lk_reader packet, lk_segment *segment)
{
    unsigned version = packet.left > 0 ? packet.next[0] >> 4 : 0;
    if (version == 4)
        return parse_four(packet, segment);
    return version == 6 ? parse_six(packet, segment) : LK_PACKET_MALFORMED;
}

static lk_packet_kind parse_ether_type(lk_reader packet, uint16_t type, lk_segment *segment)
{
    for (int tags = 0; tags < TAGS_MAX && (type == ETHER_VLAN || type == ETHER_SERVICE_VLAN); tags++) {
        (void)lk_reader_u16(&packet);
        type = lk_reader_u16(&packet);
    }
    if (packet.failed)
        return LK_PACKET_MALFORMED;
    return type == ETHER_IPV4 || type == ETHER_IPV6 ? parse_ip(packet, segment) : LK_PACKET_OTHER;
}

lk_packet_kind lk_packet_parse(uint16_t link, lk_reader packet, lk_segment *segment)
{
    uint16_t type;
    *segment = (lk_segment){0};
    switch (link) {
    case LINK_RAW:
    case LINK_RAW_OLD:
    case LINK_IPV4:
    case LINK_IPV6:
        return parse_ip(packet, segment);
    case LINK_LOOPBACK: /* an address family in somebody's byte order, which the version of IP says again */
    case LINK_LOOP:
        (void)lk_reader_bytes(&packet, FAMILY_LENGTH);
        return packet.failed ? LK_PACKET_MALFORMED : parse_ip(packet, segment);
    case LINK_ETHERNET:
        (void)lk_reader_bytes(&packet, ADDRESSES);
        break;
    case LINK_COOKED:
        (void)lk_reader_bytes(&packet, COOKED_LENGTH);
        break;
    case LINK_COOKED_2: /* the protocol comes first */
        type = lk_reader_u16(&packet);
        (void)lk_reader_bytes(&packet, COOKED_2_REST);
        return parse_ether_type(packet, type, segment);
    default:
        return LK_PACKET_UNKNOWN_LINK;
    }
    type = lk_reader_u16(&packet);
    return parse_ether_type(packet, type, segment);
}
