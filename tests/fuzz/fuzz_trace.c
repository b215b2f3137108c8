/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A capture, pcapng or pcap, as `latchkey trace` reads it: blocks, packets, TCP, and the TLS connections in it, opened
 * with the secrets that it holds.
 */
#include "fuzz/target.h"
#include "tools/captured.h"
#include "tools/streams.h"

#include <stdlib.h>
#include <string.h>

static long read_input(void *context, uint8_t *bytes, size_t capacity)
{
    lk_reader *input = context;
    size_t step = input->left < capacity ? input->left : capacity;
    if (step > 0)
        memcpy(bytes, lk_reader_bytes(input, step), step);
    return (long)step;
}

/* Shows it to nobody. */
static FILE *nowhere(void)
{
    static FILE *stream;
    if (!stream)
        stream = fopen("/dev/null", "w");
    if (!stream)
        abort();
    return stream;
}

static void take(lk_streams *streams, lk_watch_keys *keys, const lk_captured_item *item)
{
    lk_segment segment;
    if (item->kind == LK_CAPTURED_SECRETS)
        (void)lk_watch_keys_add(keys, (const char *)item->bytes.next, item->bytes.left);
    else if (lk_packet_parse(item->link, item->bytes, &segment) == LK_PACKET_SEGMENT)
        (void)lk_streams_take(streams, &segment);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lk_reader input = lk_reader_over(data, size);
    lk_watch_keys *keys = NULL;
    lk_trace trace;
    lk_streams streams;
    lk_captured captured;
    if (lk_watch_keys_new(&keys) != LK_OK)
        abort();
    lk_trace_begin_captured(&trace, nowhere());
    lk_streams_open(&streams, keys, &trace);
    lk_captured_open(&captured, read_input, &input);
    lk_captured_item item = lk_captured_next(&captured);
    for (; item.kind == LK_CAPTURED_PACKET || item.kind == LK_CAPTURED_SECRETS; item = lk_captured_next(&captured))
        take(&streams, keys, &item);
    if (item.kind == LK_CAPTURED_FAULT && captured.fault[0] == '\0')
        abort(); /* what is wrong must be said */
    lk_streams_close(&streams);
    lk_captured_close(&captured);
    lk_watch_keys_free(keys);
    return 0;
}
