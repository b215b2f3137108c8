/* SPDX-License-Identifier: Apache-2.0 */
/* The same random bytes in each run, by libcrypto's own generator for tests: an input does the same thing every time.
 */
#ifndef LK_TESTS_FUZZ_RANDOMNESS_H
#define LK_TESTS_FUZZ_RANDOMNESS_H

/** From here on libcrypto's random bytes are those of a stream, from its start. Call it once before libcrypto is used.
 */
void fuzz_randomness_start(unsigned stream);

#endif
