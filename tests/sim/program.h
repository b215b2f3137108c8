/* SPDX-License-Identifier: Apache-2.0 */
/* The program latchkey-board as a process of a test: started, watched, ended by its own process id; every wait is
 * bounded. */
#ifndef LK_TESTS_SIM_PROGRAM_H
#define LK_TESTS_SIM_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct test_program {
    pid_t process;
    char folder[64];   /* of its own, removed at the end */
    char output[4096]; /* what it wrote to both streams, after program_wait() */
    char uri[320];     /* after program_ready() */
    uint16_t port;
    int status; /* exit status after program_wait(); -1 when a signal ended it */
} test_program;

/** Starts it with these options (up to a NULL) behind --uri-file. */
void program_start(test_program *program, const char *const *options);

/** Waits until it has written its URI. */
void program_ready(test_program *program);

/** Waits until it has ended, and reads its output. */
void program_wait(test_program *program);

/** Processor time that it has used so far, in seconds. */
double program_time(const test_program *program);

/** Ends it, if it still runs, and removes its folder. */
void program_end(test_program *program);

#endif
