/* SPDX-License-Identifier: Apache-2.0 */
/* The sentence that tells a person why a device could not be opened, and what to do. */
#ifndef LK_TRANSPORT_DIAGNOSIS_H
#define LK_TRANSPORT_DIAGNOSIS_H

#include <latchkey/error.h>

/** Writes the sentence into LK_DEVICE_DIAGNOSIS_MAX bytes, unless diagnosis is NULL. @return error, so that a caller
 * can end with it. */
__attribute__((format(printf, 3, 4))) lk_error lk_diagnose(char *diagnosis, lk_error error, const char *format, ...);

#endif
