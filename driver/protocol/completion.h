/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Completions: what comes from bulk IN, a byte stream cut anywhere. The device is not trusted: every field is checked
 * here for what any host can know, and by the receiver for what only it knows (which tags are in flight).
 */
#ifndef LK_PROTOCOL_COMPLETION_H
#define LK_PROTOCOL_COMPLETION_H

#include "base/reader.h"
#include "protocol/protocol.h"

#include <stddef.h>

typedef struct lk_completion {
    uint8_t opcode;
    uint8_t status;
    uint8_t content_type; /* of OPEN that succeeded, else 0 */
    uint16_t slot;
    uint16_t generation;
    uint32_t tag;
    uint16_t length; /* of the payload in bytes, before it was padded to whole words */
} lk_completion;

/**
 * Parses a header of LK_COMPLETION_HEADER_BYTES.
 * @return DEVICE_PROTOCOL: a wrong magic byte, an unknown status, a payload where none may be or one that is too long.
 */
lk_error lk_completion_parse(lk_reader *reader, lk_completion *completion);

/** Who takes the completions of a stream. An error from either ends the stream for good. */
typedef struct lk_completion_receiver {
    /** A header has come; the payload will only be waited for when this is content with it. */
    lk_error (*expect)(void *context, const lk_completion *completion);
    /** The completion is whole. payload: completion->length bytes, borrowed for the call. */
    lk_error (*deliver)(void *context, const lk_completion *completion, const uint8_t *payload);
    void *context;
} lk_completion_receiver;

/* Puts completions together that span transfers. No memory of its own beyond the longest record. */
typedef struct lk_completion_stream {
    lk_completion completion; /* valid when the header is whole */
    size_t header_have;
    size_t payload_have;
    uint8_t header[LK_COMPLETION_HEADER_BYTES];
    uint8_t payload[LK_RECORD_BYTES_MAX + 3]; /* and its padding */
} lk_completion_stream;

/** Begins a stream, or begins it anew after STREAM_RESET. Wipes what it held. */
void lk_completion_stream_reset(lk_completion_stream *stream);

/** Takes the next bytes. @return the first error of parsing or of the receiver. */
lk_error lk_completion_stream_feed(lk_completion_stream *stream, const uint8_t *data, size_t length,
                                   const lk_completion_receiver *receiver);

#endif
