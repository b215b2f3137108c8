/* SPDX-License-Identifier: Apache-2.0 */
/* A client and a server of ours that talk through memory, with someone in the middle who may alter each record. */
#ifndef LK_TESTS_CONNECTION_LOOPBACK_H
#define LK_TESTS_CONNECTION_LOOPBACK_H

#include <latchkey/latchkey.h>

#include "connection/certificates.h"

enum { LOOPBACK_RECORD_MAX = 17000, LOOPBACK_LOG_MAX = 4096 };

typedef struct loopback loopback;

/**
 * Alters a record on its way: in place, its length too; length 0 drops it. number counts the records of that sender
 * from 0.
 */
typedef void loopback_alter(void *context, lk_role sender, unsigned number, uint8_t *record, size_t *length);

typedef struct loopback_side {
    lk_config *config;
    lk_connection *connection;
    lk_error result; /* of its handshake, or of what it did last */
    unsigned records;
    char key_log[LOOPBACK_LOG_MAX]; /* lines */
    char alerts[256];               /* names of the alerts it sent, each with a blank behind */
} loopback_side;

struct loopback {
    certificates *certificates;
    loopback_side side[2]; /* by lk_role */
    size_t chunk;          /* bytes that are fed at once; 0: all there are */
    loopback_alter *alter;
    void *alter_context;
};

/** Two configurations: the server with a good certificate of that kind ("RSA", "EC", ...), the client that trusts its
 * root. */
loopback *loopback_new(const char *key);
void loopback_free(loopback *pair);

/** The connections, made from the configurations when they are first needed; host "localhost". */
void loopback_connect(loopback *pair, const char *host);

/** Drops the connections: what comes next begins anew, from the same configurations. */
void loopback_again(loopback *pair);

/** Carries what waits on both sides until nothing moves. Returns whether anything did. */
bool loopback_move(loopback *pair);

/** Both handshakes as far as they go; side[].result says how far. */
void loopback_handshake(loopback *pair);

/** True when both handshakes are complete. */
bool loopback_established(const loopback *pair);

/** Handshake that must succeed. */
void loopback_establish(loopback *pair);

/** Sends bytes from one side to the other and checks that they arrive, all and in order. */
void loopback_transfer(loopback *pair, lk_role sender, const uint8_t *data, size_t length);

/** Waits for records that are with an engine. */
void loopback_progress(loopback *pair);

#endif
