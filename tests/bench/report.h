/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every benchmark ends with: a table for people on standard output and, with --json FILE, an array of
 * {"name", "value", "unit", "note"} for programs. Figures come out in the order in which they were added.
 */
#ifndef LK_BENCH_REPORT_H
#define LK_BENCH_REPORT_H

#include <stdbool.h>

/** The options that all benchmarks share. */
typedef struct lk_bench_options {
    const char *json; /* the file to write, or NULL */
    bool quick;       /* fewer repetitions: seconds instead of minutes */
} lk_bench_options;

/**
 * Reads --json FILE, --quick and --help. Returns false when the program must end now, with *status as its exit status:
 * after --help, or after an option that does not exist (explained on standard error).
 */
bool lk_bench_options_parse(int argc, char **argv, lk_bench_options *options, int *status);

typedef struct lk_report lk_report;

/** An empty report; the title heads the table. NULL when memory is short. */
lk_report *lk_report_new(const char *title);

/** NULL is allowed. */
void lk_report_free(lk_report *report);

/**
 * Adds one figure. note says how it was got or what limits it, and may be "". A figure that does not fit in memory or
 * is not a number makes lk_report_finish() fail: nothing is dropped in silence.
 */
void lk_report_add(lk_report *report, const char *name, double value, const char *unit, const char *note);

/** Prints the table, and writes the file when json is not NULL. False, with a sentence on standard error, when that
 * failed. */
bool lk_report_finish(lk_report *report, const char *json);

#endif
