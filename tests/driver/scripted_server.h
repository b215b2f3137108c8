/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A USB/IP server that does what the test wants: it lists and hands over one board, answers control requests from fixed
 * data, and takes bulk transfers without ever answering a command; and on request it vanishes, lies, refuses or keeps
 * silent.
 */
#ifndef LK_TESTS_DRIVER_SCRIPTED_SERVER_H
#define LK_TESTS_DRIVER_SCRIPTED_SERVER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SERVER_NEVER = -1, SERVER_PENDING_MAX = 32 };

typedef struct scripted_server {
    /* set by the test before the start */
    long vanish_after;      /* bytes sent over all connections, then the socket closes; or SERVER_NEVER */
    long change_at;         /* the byte, counted as above, that is sent changed; or SERVER_NEVER */
    uint8_t change;         /* what it is XORed with */
    uint32_t import_status; /* of the reply to an import */
    uint16_t product;       /* of the device */
    uint32_t devices;       /* how many the list has */
    int silent_request;     /* bRequest of the vendor request that gets no answer until the next one; or SERVER_NEVER */
    uint32_t exaggerate;    /* added to each actual_length */
    /* the server's */
    int listener;
    uint16_t port;
    pthread_t thread;
    long sent;
    uint32_t late; /* sequence number of the request that was passed over */
    uint32_t pending[SERVER_PENDING_MAX];
    size_t pending_count;
} scripted_server;

/** Defaults: a good server with one board. */
void scripted_server_init(scripted_server *server);
void scripted_server_start(scripted_server *server);

/** Ends it; its connections must be closed by now, or it must have vanished. */
void scripted_server_stop(scripted_server *server);

#endif
