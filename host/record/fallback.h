/* SPDX-License-Identifier: Apache-2.0 */
/* Reasons why a direction went to software, and what they follow from. */
#ifndef LK_RECORD_FALLBACK_H
#define LK_RECORD_FALLBACK_H

#include <latchkey/engine.h>
#include <latchkey/error.h>

/** The reason that an error of the preferred engine is; NONE for OK. */
lk_fallback lk_fallback_of(lk_error error);

#endif
