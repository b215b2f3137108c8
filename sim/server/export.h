/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one device of the server, and what a host controller's hub driver does for a device before anyone else may talk
 * to it: reset, address, descriptors.
 */
#ifndef LK_SIM_SERVER_EXPORT_H
#define LK_SIM_SERVER_EXPORT_H

#include "sim/board.h"
#include "sim/server/wire.h"

#include <stdbool.h>
#include <stdint.h>

struct lk_session;

typedef struct lk_export {
    lk_board *board;
    lk_usbip_device device;
    struct lk_session *holder;    /* who has imported it, or NULL */
    uint64_t bytes_out, bytes_in; /* of sessions that have ended */
    uint64_t clients;             /* how often it was imported */
} lk_export;

/** Gives the board an address and reads its descriptors. @return false when it does not answer, or with something
 * malformed. */
bool lk_export_begin(lk_export *exported, lk_board *board);

/** A bus reset, so that nothing of a client is left, and the address again. */
void lk_export_reset(lk_export *exported);

#endif
