/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers that a seed repeats, and lengths as records have them. */
#ifndef LK_TESTS_RANDOM_SOURCE_H
#define LK_TESTS_RANDOM_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct random_source {
    uint64_t state;
} random_source;

/** Any seed will do, 0 too. */
random_source random_from(uint64_t seed);

/** 0 to limit - 1; limit is not 0. */
uint32_t random_below(random_source *source, uint32_t limit);

/** True once in so many calls. */
bool random_once_in(random_source *source, uint32_t calls);

void random_fill(random_source *source, uint8_t *bytes, size_t length);

/** Of a plaintext, at most LK_RECORD_PLAINTEXT_MAX: the edges of words and blocks, short ones, and now and then a long
 * one. */
size_t random_length(random_source *source);

/** Small and large ones alike. */
uint64_t random_sequence(random_source *source);

#endif
