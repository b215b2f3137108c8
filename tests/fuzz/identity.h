/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate for sides that are not verified. */
#ifndef LK_TESTS_FUZZ_IDENTITY_H
#define LK_TESTS_FUZZ_IDENTITY_H

#include <latchkey/config.h>

/** Gives a configuration a certificate that vouches for itself: P-256, the same key in each run. Restarts the random
 * bytes (fuzz/randomness.h). */
void fuzz_identity_use(lk_config *config);

#endif
