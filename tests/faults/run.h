/* SPDX-License-Identifier: Apache-2.0 */
/* One run: a connection over a board that a fault strikes, beside the same connection without a board. */
#ifndef LK_TESTS_FAULTS_RUN_H
#define LK_TESTS_FAULTS_RUN_H

#include "faults/faulty.h"
#include "faults/talk.h"

enum { RUN_COMPLAINT_MAX = 400 };

typedef struct run_settings {
    const char *uri; /* faulty:direct, faulty:ulpi */
    int timeout;     /* ms until a silent board counts as lost */
} run_settings;

typedef struct fault_run {
    /* What it is. */
    uint64_t script; /* the seed of the connection */
    fault fault;
    bool required; /* the board is required: its loss ends the connection */
    /* What it has shown. */
    bool opened;    /* the board could be opened */
    bool fell_back; /* a direction went from the board to software */
    bool complete;  /* both streams arrived whole */
    uint64_t device_records;
    faulty_counts counts;
    char complaint[RUN_COMPLAINT_MAX]; /* what promise was broken; "" when none was */
} fault_run;

/** Runs it. @return true when the fault's promise was kept. */
bool run_once(const run_settings *settings, fault_run *run);

/** A run without any fault, for the counts of its script's events. */
fault_run run_without_fault(const run_settings *settings, uint64_t script);

#endif
