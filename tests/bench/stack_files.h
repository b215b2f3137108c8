/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate for localhost that is its own root, in files of a folder that goes again. */
#ifndef LK_BENCH_STACK_FILES_H
#define LK_BENCH_STACK_FILES_H

#include <stdbool.h>

enum { LK_STACK_PATH_MAX = 64 };

typedef struct lk_stack_files {
    char folder[LK_STACK_PATH_MAX], certificate[LK_STACK_PATH_MAX + 16], key[LK_STACK_PATH_MAX + 16];
} lk_stack_files;

/** Makes them; rsa: RSA of 2048 bits, otherwise ECDSA on P-256. */
bool lk_stack_files_make(lk_stack_files *files, bool rsa);

void lk_stack_files_remove(const lk_stack_files *files);

#endif
