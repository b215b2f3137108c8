/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames between a host and a board behind an FT601 (docs/protocol.md, "Behind an FT601"): writing them, and taking
 * the bytes from the board apart, as they come.
 */
#ifndef LK_TRANSPORT_FT601_FRAMES_H
#define LK_TRANSPORT_FT601_FRAMES_H

#include "base/writer.h"
#include "protocol/protocol.h"

#include <latchkey/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LK_FRAME_HEADER_BYTES = 4,
    LK_FRAME_REQUEST_BYTES = 12,                      /* with its header */
    LK_FRAME_FACTS_MAX = LK_FRAME_IN_WORDS_MAX - 1,   /* words of one reply */
    LK_FRAME_IDLE_WORDS = LK_FRAME_OUT_WORDS_MAX + 2, /* that bring a board back to the beginning of a frame */
    LK_FRAME_REPLY_START_BYTES = 8                    /* header and tag */
};

/** The header of a frame of command bytes, a multiple of four, at most 4 * FRAME_OUT_WORDS_MAX. */
void lk_frame_commands(lk_writer *writer, size_t length);

/** A vendor request. count: fact words that it reads, from the word `first` on. */
void lk_frame_request(lk_writer *writer, uint8_t request, uint8_t count, uint8_t first, uint32_t tag);

/** Idle frames. */
void lk_frame_idle(lk_writer *writer, size_t count);

/** What a request is answered with. */
typedef struct lk_frame_reply {
    uint32_t tag;    /* of the request */
    bool alone;      /* it is looked for in bytes of any kind, and what is before it is dropped */
    uint8_t *data;   /* fact words go there */
    size_t capacity; /* bytes of data */
    size_t length;   /* that came */
    bool done;
    bool refused;
} lk_frame_reply;

/** Takes completion bytes. @return how many it took; fewer than length: the rest must be offered again. */
typedef size_t lk_frame_completions(void *context, const uint8_t *data, size_t length);

typedef struct lk_frame_reader {
    lk_frame_completions *completions;
    void *context;
    lk_frame_reply *reply;                     /* that is waited for; NULL: none */
    uint8_t start[LK_FRAME_REPLY_START_BYTES]; /* the last bytes, while a reply is looked for alone; else a header */
    size_t started;                            /* bytes of it */
    uint8_t kind;                              /* of the frame that has begun */
    size_t left;                               /* bytes of it that have not come */
} lk_frame_reader;

/**
 * Takes bytes apart. *taken: how many; fewer than length when completions were not taken.
 * @return DEVICE_PROTOCOL: no board says so.
 */
lk_error lk_frame_read(lk_frame_reader *reader, const uint8_t *data, size_t length, size_t *taken);

#endif
