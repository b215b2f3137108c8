/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decisions about secrets without branches: a mask is all ones for yes, zero for no. Numbers are below 2^31. The empty
 * assembly hides where a mask comes from, so that the compiler does not turn it back into a branch.
 */
#ifndef LK_RECORD_CONSTANT_TIME_H
#define LK_RECORD_CONSTANT_TIME_H

#include <stdint.h>

static inline uint32_t lk_mask_hidden(uint32_t mask)
{
    __asm__("" : "+r"(mask));
    return mask;
}

/** a < b */
static inline uint32_t lk_mask_less(uint32_t a, uint32_t b)
{
    return lk_mask_hidden(0 - ((a - b) >> 31));
}

/** a == b */
static inline uint32_t lk_mask_equal(uint32_t a, uint32_t b)
{
    return lk_mask_less(a ^ b, 1);
}

static inline uint32_t lk_mask_select(uint32_t mask, uint32_t yes, uint32_t no)
{
    return (mask & yes) | (~mask & no);
}

#endif
