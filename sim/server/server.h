/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The USB/IP server: a board for whoever connects, one client at a time (others may list). One thread: the board's time
 * passes between two looks at the sockets, and only while a request needs it.
 */
#ifndef LK_SIM_SERVER_SERVER_H
#define LK_SIM_SERVER_SERVER_H

#include <latchkey/error.h>

#include "sim/board.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lk_server lk_server;

/** What has passed since the server was made. */
typedef struct lk_server_statistics {
    uint64_t clients;             /* imports */
    uint64_t bytes_out, bytes_in; /* payload of transfers, seen from the host */
} lk_server_statistics;

/** Called with a sentence about a client whose connection was ended for what it had sent. */
typedef void lk_server_report(void *context, const char *sentence);

/**
 * Listens on host and port (0: a port of the kernel's choice) and reads the board's descriptors. The board is borrowed.
 * @return ADDRESS_UNRESOLVED, ADDRESS_IN_USE, INPUT_OUTPUT (errno says more), DEVICE_PROTOCOL (descriptors), NO_MEMORY.
 */
lk_error lk_server_new(lk_board *board, const char *host, const char *port, lk_server **server);

/** Ends all sessions and closes. NULL is allowed. */
void lk_server_free(lk_server *server);

/** Where to send reports; NULL for nowhere (the state at the start). */
void lk_server_set_report(lk_server *server, lk_server_report *report, void *context);

/** The port it listens on. */
uint16_t lk_server_port(const lk_server *server);

/** The bus id of the board, for clients to import. */
const char *lk_server_bus_id(const lk_server *server);

/** Serves until the descriptor stop is readable. @return OK, or INPUT_OUTPUT with errno when poll() fails. */
lk_error lk_server_run(lk_server *server, int stop);

void lk_server_statistics_get(const lk_server *server, lk_server_statistics *statistics);

#ifdef __cplusplus
}
#endif

#endif
