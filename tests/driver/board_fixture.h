/* SPDX-License-Identifier: Apache-2.0 */
/* A device on the Verilated board, the software engine beside it, and pairs of directions with the same key. */
#ifndef LK_TESTS_DRIVER_BOARD_FIXTURE_H
#define LK_TESTS_DRIVER_BOARD_FIXTURE_H

#include "record/engine.h"

#include <latchkey/device.h>

enum { BOARD_DEVICE, BOARD_SOFTWARE, BOARD_ENGINES };

typedef struct board_fixture {
    lk_device *device;
    lk_engine *engines[BOARD_ENGINES];
} board_fixture;

/** One direction, open in both engines. */
typedef struct board_pair {
    lk_direction_parameters parameters;
    lk_direction *directions[BOARD_ENGINES];
} board_pair;

/** Opens the device that must be there. */
void board_fixture_init(board_fixture *board, const char *uri);
void board_fixture_release(board_fixture *board);

/** Opens a pair with a key made of the seed. */
void board_pair_open(board_fixture *board, lk_direction_kind kind, uint16_t version, unsigned seed, board_pair *pair);
void board_pair_close(board_pair *pair);

/** Submits an operation and waits until it is done; the test fails when that takes long. */
void board_run(board_fixture *board, lk_direction *direction, lk_operation *operation);

/** Waits until an operation is done, in the device. */
void board_wait(board_fixture *board, const lk_operation *operation);

#endif
