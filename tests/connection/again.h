/* SPDX-License-Identifier: Apache-2.0 */
/* Two sides that renegotiate: what the tests of it have in common. */
#ifndef LK_TESTS_CONNECTION_AGAIN_H
#define LK_TESTS_CONNECTION_AGAIN_H

#include "connection/loopback.h"

enum { AGAIN_DATA_MAX = 65536 };

/** What a side has read. */
typedef struct again_data {
    uint8_t bytes[AGAIN_DATA_MAX];
    size_t length;
} again_data;

/** A TLS 1.2 pair with that policy on both sides, established. */
loopback *again_pair(lk_renegotiation policy);

/** Moves both sides on until nothing moves any more, and keeps what they read; result of each side: of its reading. */
void again_pump(loopback *pair, again_data *client, again_data *server);

/** Renegotiates from one side on, and checks that both are done, under keys that are new and the same. */
void again_renegotiate(loopback *pair, lk_role who);

/** Some bytes both ways. */
void again_talk(loopback *pair);

#endif
