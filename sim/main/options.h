/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of latchkey-board. */
#ifndef LK_SIM_MAIN_OPTIONS_H
#define LK_SIM_MAIN_OPTIONS_H

#include "sim/board.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct lk_board_options {
    char host[256];
    char port[8];
    lk_board_phy phy;
    const char *trace;      /* or NULL */
    const char *capture;    /* or NULL */
    const char *uri_file;   /* or NULL */
    uint32_t fail_selftest; /* bit map of ciphers */
    bool quiet;
} lk_board_options;

/** Reads the arguments; ends the process after --help, --version, or with a sentence about what is wrong. */
void lk_board_options_parse(int count, char **arguments, lk_board_options *options);

#endif
