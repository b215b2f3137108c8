/* SPDX-License-Identifier: Apache-2.0 */
/* A board behind its server in a thread of this process, at a port of the kernel's choice. */
#ifndef LK_TESTS_SIM_SERVED_H
#define LK_TESTS_SIM_SERVED_H

#include "sim/server/server.h"

#include <pthread.h>

typedef struct served_board {
    lk_board *board;
    lk_server *server;
    pthread_t thread;
    int stop;
    uint16_t port;
    char fault[160]; /* the last report about a client; read it after served_stop() */
} served_board;

void served_start(served_board *served, lk_board_phy phy);

/** Ends the server; what it has counted is in statistics, unless that is NULL. */
void served_stop(served_board *served, lk_server_statistics *statistics);

#endif
