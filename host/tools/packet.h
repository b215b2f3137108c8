/* SPDX-License-Identifier: Apache-2.0 */
/* Packets of a capture, down to TCP: Ethernet, Linux cooked captures, loopback and raw IP; IPv4 and IPv6. */
#ifndef LK_TOOLS_PACKET_H
#define LK_TOOLS_PACKET_H

#include "base/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LK_PACKET_ADDRESS_MAX = 16 };

/** One end of a connection. */
typedef struct lk_packet_end {
    uint8_t address[LK_PACKET_ADDRESS_MAX];
    uint16_t port;
} lk_packet_end;

/** A TCP segment. */
typedef struct lk_segment {
    bool six; /* the addresses are those of IPv6 */
    lk_packet_end source, target;
    uint32_t sequence;
    bool begins, ends, resets, acknowledges; /* SYN, FIN, RST, ACK */
    lk_reader payload;                       /* as far as it was captured */
    size_t missing;                          /* bytes of the payload that were not */
} lk_segment;

typedef enum lk_packet_kind {
    LK_PACKET_SEGMENT,
    LK_PACKET_OTHER,    /* no TCP */
    LK_PACKET_FRAGMENT, /* a part of an IP packet, which is not put together here */
    LK_PACKET_MALFORMED,
    LK_PACKET_UNKNOWN_LINK
} lk_packet_kind;

/** Reads a packet as far as it was captured; its headers say how long it was. segment is filled in for
 * LK_PACKET_SEGMENT. */
lk_packet_kind lk_packet_parse(uint16_t link, lk_reader packet, lk_segment *segment);

#endif
