/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets: wiped so that the compiler cannot leave it out, compared in constant time. */
#ifndef LK_BASE_SECRET_H
#define LK_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/** Overwrites memory with zeros, also where the compiler thinks nobody will read it again. */
void lk_secret_wipe(void *secret, size_t length);

/** Equality whose time depends on the length alone. */
bool lk_secret_equal(const void *a, const void *b, size_t length);

#endif
