/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Captures, read: pcapng (draft-ietf-opsawg-pcapng) with the secrets that may be in it, and classic pcap. libpcap would
 * read the packets of both, but leaves out the blocks of secrets, and reads no file that is still being written; what
 * it would save is the fifty lines of blocks below.
 */
#ifndef LK_TOOLS_CAPTURED_H
#define LK_TOOLS_CAPTURED_H

#include "base/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More is taken for a fault: packets and blocks of secrets are shorter by far. */
enum { LK_CAPTURED_BLOCK_MAX = 16 * 1024 * 1024, LK_CAPTURED_INTERFACES_MAX = 64, LK_CAPTURED_FAULT_MAX = 128 };

/** Where the bytes come from: fills in up to capacity, and returns how many; 0 at the end, -1 when they cannot be read.
 */
typedef long lk_captured_source(void *context, uint8_t *bytes, size_t capacity);

/** What packets of an interface are. */
typedef struct lk_captured_interface {
    uint16_t link;       /* LINKTYPE_* of tcpdump.org */
    uint64_t per_second; /* units of its times */
} lk_captured_interface;

typedef enum lk_captured_kind {
    LK_CAPTURED_PACKET,
    LK_CAPTURED_SECRETS, /* text of a key log */
    LK_CAPTURED_END,
    LK_CAPTURED_FAULT /* lk_captured.fault says it; there is no more */
} lk_captured_kind;

/** What comes next in a capture; bytes are borrowed until the next is asked for. */
typedef struct lk_captured_item {
    lk_captured_kind kind;
    uint16_t link;
    double seconds;  /* since 1970 */
    lk_reader bytes; /* of the packet as far as it was captured, or of the text */
} lk_captured_item;

typedef struct lk_captured {
    lk_captured_source *source;
    void *context;
    bool begun, newer; /* pcapng */
    bool little;       /* the order of bytes in numbers */
    bool ended;
    lk_captured_interface interfaces[LK_CAPTURED_INTERFACES_MAX]; /* classic pcap: the first alone */
    size_t interface_count;
    uint8_t *memory; /* of the block at hand */
    size_t capacity;
    char fault[LK_CAPTURED_FAULT_MAX];
} lk_captured;

/** Begins. Nothing is read yet. */
void lk_captured_open(lk_captured *captured, lk_captured_source *source, void *context);

/** Erases and frees the memory. */
void lk_captured_close(lk_captured *captured);

/** The next packet or secrets; other blocks are passed over. */
lk_captured_item lk_captured_next(lk_captured *captured);

#endif
