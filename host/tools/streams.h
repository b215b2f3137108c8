/* SPDX-License-Identifier: Apache-2.0 */
/* TCP connections of a capture: segments are put in order, and what each side sent is watched and shown. */
#ifndef LK_TOOLS_STREAMS_H
#define LK_TOOLS_STREAMS_H

#include "tools/packet.h"
#include "tools/trace.h"

#include <latchkey/watch.h>

/* Connections looked at side by side, and bytes of one direction that wait for others before them. */
enum { LK_STREAMS_MAX = 1024, LK_STREAMS_WAITING_MAX = 4 * 1024 * 1024 };

typedef struct lk_stream_connection lk_stream_connection;

typedef struct lk_streams {
    lk_watch_keys *keys;
    lk_trace *trace;
    lk_stream_connection *first; /* the newest */
    size_t count;                /* in the list */
    unsigned shown;              /* connections with TLS in them, so far */
    unsigned passed_over;        /* others with content */
} lk_streams;

/** Begins. Keys and trace are borrowed; the trace was begun by lk_trace_begin_captured(). */
void lk_streams_open(lk_streams *streams, lk_watch_keys *keys, lk_trace *trace);

/** The next segment. @return NO_MEMORY, CRYPTO. */
lk_error lk_streams_take(lk_streams *streams, const lk_segment *segment);

/** The capture ends: tells what is missing or came in part, and frees everything. */
void lk_streams_close(lk_streams *streams);

#endif
