/* SPDX-License-Identifier: Apache-2.0 */
/* What an attacker, or a broken wire, makes of a record. */
#ifndef LK_TESTS_DAMAGE_H
#define LK_TESTS_DAMAGE_H

#include "rtl/record/random_source.h"

/* A record as it is handed to the engine, in a buffer with room for DAMAGE_ROOM bytes. */
typedef struct damaged_record {
    uint8_t *bytes;
    size_t length;
    uint64_t sequence; /* as the command will say it */
    size_t tag_length;
} damaged_record;

enum { DAMAGE_ROOM = 20000 };

typedef enum damage {
    DAMAGE_BIT,          /* one bit of the fragment */
    DAMAGE_TAG,          /* one byte of the tag, or of what stands in its place */
    DAMAGE_TRUNCATED,    /* cut off, and the header says so */
    DAMAGE_CUT,          /* cut off, and the header does not say so */
    DAMAGE_LENGTHENED,   /* bytes behind it, and the header says so */
    DAMAGE_LENGTH_FIELD, /* another number there */
    DAMAGE_HEADER,       /* another type or version */
    DAMAGE_SEQUENCE,     /* the right record at the wrong time */
    DAMAGE_NOISE,        /* a header, and noise behind it */
    DAMAGES
} damage;

void damage_record(damage what, damaged_record *record, random_source *source);

#endif
