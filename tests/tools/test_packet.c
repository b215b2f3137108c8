/* SPDX-License-Identifier: Apache-2.0 */
/* Packets are read down to TCP, whatever they are wrapped in; each header that is cut is malformed, and none is
 * overrun. */
#include "tests/tools/segments.h"
#include "tools/packet.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { PACKET = 256, RAW = 101, ETHERNET = 1, COOKED = 113, COOKED_2 = 276, LOOPBACK = 0 };

/* Parses a copy that ends where its memory does, so that a sanitizer sees a byte too many. */
static lk_packet_kind parse(uint16_t link, const uint8_t *bytes, size_t length, lk_segment *segment, uint8_t *payload)
{
    uint8_t *copy = malloc(length > 0 ? length : 1);
    memcpy(copy, bytes, length);
    lk_packet_kind kind = lk_packet_parse(link, lk_reader_over(copy, length), segment);
    if (kind == LK_PACKET_SEGMENT && payload && segment->payload.left > 0)
        memcpy(payload, segment->payload.next, segment->payload.left);
    free(copy);
    return kind;
}

/* Bytes in front of an IP packet. */
static size_t wrap(const char *front, size_t front_length, uint8_t *packet)
{
    uint8_t inner[PACKET];
    size_t length = segment_write(inner, false, 7, SEGMENT_ACKNOWLEDGE, "hello", 5);
    memcpy(packet, front, front_length);
    memcpy(packet + front_length, inner, length);
    return front_length + length;
}

static void assert_wrapped(uint16_t link, const char *front, size_t front_length)
{
    uint8_t packet[PACKET], payload[PACKET];
    lk_segment segment;
    size_t length = wrap(front, front_length, packet);
    memset(packet + length, 0xee, 6); /* the filling of a short frame */
    cr_assert_eq(parse(link, packet, length + 6, &segment, payload), LK_PACKET_SEGMENT);
    cr_assert_eq(segment.payload.left, 5);
    cr_assert_arr_eq(payload, "hello", 5);
    cr_assert_eq(segment.source.port, 51200);
    cr_assert_eq(segment.target.port, 443);
    cr_assert_eq(segment.sequence, 7);
    cr_assert_not(segment.six);
    for (size_t cut = 0; cut < front_length + 40; cut++)
        cr_assert_eq(parse(link, packet, cut, &segment, NULL), LK_PACKET_MALFORMED, "cut at %zu", cut);
    cr_assert_eq(parse(link, packet, length - 2, &segment, NULL), LK_PACKET_SEGMENT);
    cr_assert_eq(segment.payload.left, 3);
    cr_assert_eq(segment.missing, 2, "what was not captured is known to be missing");
}

Test(packet, tcp_is_found_behind_every_kind_of_link)
{
    assert_wrapped(RAW, "", 0);
    assert_wrapped(LOOPBACK, "\2\0\0\0", 4);
    assert_wrapped(ETHERNET, "abcdefABCDEF\x08\0", 14);
    assert_wrapped(ETHERNET, "abcdefABCDEF\x81\0\0\5\x08\0", 18);
    assert_wrapped(ETHERNET, "abcdefABCDEF\x88\xa8\0\5\x81\0\0\6\x08\0", 22);
    assert_wrapped(COOKED, "\0\0\0\1\0\6abcdef\0\0\x08\0", 16);
    assert_wrapped(COOKED_2, "\x08\0\0\0\0\0\0\1\0\1\0\6abcdef\0\0", 20);
}

Test(packet, flags_are_told)
{
    uint8_t packet[PACKET];
    lk_segment segment;
    size_t length = segment_write(packet, true, 1, SEGMENT_SYN | SEGMENT_ACKNOWLEDGE, NULL, 0);
    cr_assert_eq(parse(RAW, packet, length, &segment, NULL), LK_PACKET_SEGMENT);
    cr_assert(segment.begins && segment.acknowledges && !segment.ends && !segment.resets);
    length = segment_write(packet, true, 1, SEGMENT_FIN | SEGMENT_RESET, NULL, 0);
    cr_assert_eq(parse(RAW, packet, length, &segment, NULL), LK_PACKET_SEGMENT);
    cr_assert(!segment.begins && !segment.acknowledges && segment.ends && segment.resets);
    cr_assert_eq(segment.source.port, 443);
}

/* An IPv6 packet with headers in front of TCP. */
static size_t write_six(uint8_t *packet, uint8_t next, const char *headers, size_t headers_length)
{
    uint8_t four[PACKET];
    size_t segment = segment_write(four, false, 9, SEGMENT_ACKNOWLEDGE, "hi", 2) - 20;
    memset(packet, 0, 40);
    packet[0] = 0x60;
    packet[5] = (uint8_t)(headers_length + segment);
    packet[6] = next;
    packet[23] = 1;
    packet[39] = 2;
    memcpy(packet + 40, headers, headers_length);
    memcpy(packet + 40 + headers_length, four + 20, segment);
    return 40 + headers_length + segment;
}

Test(packet, headers_of_ipv6_are_passed_over)
{
    static const struct {
        uint8_t next;
        const char *bytes;
        size_t length;
    } fronts[] = {{6, "", 0},
                  {0, "\6\0\0\0\0\0\0\0", 8},
                  {60, "\6\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16},
                  {44, "\6\0\0\0\0\0\0\1", 8}, /* the only fragment */
                  {51, "\6\1\0\0\0\0\0\0\0\0\0\0", 12},
                  {0, "\x2b\0\0\0\0\0\0\0\6\0\0\0\0\0\0\0", 16}};
    for (size_t i = 0; i < sizeof fronts / sizeof fronts[0]; i++) {
        uint8_t packet[PACKET], payload[PACKET];
        lk_segment segment;
        size_t length = write_six(packet, fronts[i].next, fronts[i].bytes, fronts[i].length);
        cr_assert_eq(parse(RAW, packet, length, &segment, payload), LK_PACKET_SEGMENT, "front %zu", i);
        cr_assert(segment.six);
        cr_assert_eq(segment.payload.left, 2);
        cr_assert_arr_eq(payload, "hi", 2);
        cr_assert_eq(segment.source.address[15], 1);
        cr_assert_eq(segment.target.address[15], 2);
        for (size_t cut = 1; cut < length - 2; cut++)
            cr_assert_eq(parse(RAW, packet, cut, &segment, NULL), LK_PACKET_MALFORMED, "front %zu, cut at %zu", i, cut);
    }
}

Test(packet, other_protocols_fragments_and_unknown_links_are_told_apart)
{
    uint8_t packet[PACKET];
    lk_segment segment;
    size_t length = segment_write(packet, false, 7, 0, "x", 1);
    cr_assert_eq(parse(147, packet, length, &segment, NULL), LK_PACKET_UNKNOWN_LINK);
    packet[6] = 0x20; /* more fragments */
    cr_assert_eq(parse(RAW, packet, length, &segment, NULL), LK_PACKET_FRAGMENT);
    packet[6] = 0x40; /* don't fragment */
    cr_assert_eq(parse(RAW, packet, length, &segment, NULL), LK_PACKET_SEGMENT);
    packet[9] = 17;
    cr_assert_eq(parse(RAW, packet, length, &segment, NULL), LK_PACKET_OTHER);
    length = write_six(packet, 44, "\6\0\0\1\0\0\0\1", 8);
    cr_assert_eq(parse(RAW, packet, length, &segment, NULL), LK_PACKET_FRAGMENT);
    length = write_six(packet, 17, "", 0);
    cr_assert_eq(parse(RAW, packet, length, &segment, NULL), LK_PACKET_OTHER);
}

Test(packet, header_lengths_that_cannot_be_are_malformed)
{
    uint8_t packet[PACKET];
    lk_segment segment;
    size_t length = segment_write(packet, false, 7, 0, "x", 1);
    packet[0] = 0x44;
    cr_assert_eq(parse(RAW, packet, length, &segment, NULL), LK_PACKET_MALFORMED);
    packet[0] = 0x45;
    packet[3] = 19;
    cr_assert_eq(parse(RAW, packet, length, &segment, NULL), LK_PACKET_MALFORMED);
    packet[3] = (uint8_t)length;
    packet[32] = 0x40;
    cr_assert_eq(parse(RAW, packet, length, &segment, NULL), LK_PACKET_MALFORMED);
    packet[32] = 0xf0; /* options beyond the end */
    cr_assert_eq(parse(RAW, packet, length, &segment, NULL), LK_PACKET_MALFORMED);
}
