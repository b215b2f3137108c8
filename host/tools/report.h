/* SPDX-License-Identifier: Apache-2.0 */
/* What the command says when something goes wrong: one line on standard error, and an exit status. */
#ifndef LK_TOOLS_REPORT_H
#define LK_TOOLS_REPORT_H

#include <latchkey/error.h>

#include <stddef.h>
#include <stdio.h>

/** Exit statuses, as `latchkey --help` documents them. */
enum { LK_EXIT_OK = 0, LK_EXIT_FAILURE = 1, LK_EXIT_USAGE = 2 };

/** One line on standard error, "latchkey: " in front. Control characters in it are made harmless. */
void lk_report(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * One line for an error: what was being done, its particulars (or, when those are empty, the error's own sentence) and
 * its name.
 * @return LK_EXIT_FAILURE, to be returned by the caller.
 */
int lk_report_error(const char *doing, lk_error error, const char *particulars);

/**
 * Copies text that may come from a peer or a device to where a terminal will show it: whatever is not printable ASCII
 * becomes
 * '?', so that nobody sends escape sequences to the terminal. Cuts what does not fit; always ends with a zero byte.
 */
void lk_text_sanitize(char *to, size_t capacity, const char *from);

#endif
