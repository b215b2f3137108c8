/* SPDX-License-Identifier: Apache-2.0 */
/* What each fuzzer is to libFuzzer, and to replay.c. */
#ifndef LK_TESTS_FUZZ_TARGET_H
#define LK_TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

/** Tries one input. It returns 0; what goes wrong aborts, or is seen by a sanitizer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
