/* SPDX-License-Identifier: Apache-2.0 */
/* Packets made for tests. */
#ifndef LK_TESTS_TOOLS_SEGMENTS_H
#define LK_TESTS_TOOLS_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SEGMENT_FIN = 1, SEGMENT_SYN = 2, SEGMENT_RESET = 4, SEGMENT_ACKNOWLEDGE = 16 };

/** Writes an IPv4 packet (10.0.0.1 to 10.0.0.2, or the way back) with a TCP segment. Returns its length. */
size_t segment_write(uint8_t *packet, bool back, uint32_t sequence, unsigned flags, const void *data, size_t length);

#endif
