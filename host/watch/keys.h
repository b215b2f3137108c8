/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets of a key log, found by their label and the random of the client that they belong to. */
#ifndef LK_WATCH_KEYS_H
#define LK_WATCH_KEYS_H

#include <latchkey/watch.h>

#include "handshake/digest.h"
#include "handshake/prf.h"

/** Copies a secret of that length into secret. False when there is none. */
bool lk_watch_keys_find(lk_watch_keys *keys, const char *label, const uint8_t *client_random, size_t length,
                        uint8_t *secret);

#endif
