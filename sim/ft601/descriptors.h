/* SPDX-License-Identifier: Apache-2.0 */
/* What an FT601 says of itself on USB, in the mode that a Latchkey board needs: one channel, 245 FIFO. */
#ifndef LK_SIM_FT601_DESCRIPTORS_H
#define LK_SIM_FT601_DESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Answers a control request that reads (bit 7 of setup[0] is set).
 * @return its answer, and its length in *length; NULL: the chip refuses it.
 */
const uint8_t *lk_ft601_answer(const uint8_t setup[8], size_t *length);

/** True for a request without data that the chip takes. */
bool lk_ft601_accepts(const uint8_t setup[8]);

#endif
