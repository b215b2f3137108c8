/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands behind sim/board.h: one implementation for each way into the board. board.c makes one by the phy asked
 * for and calls through its methods; each method keeps the promises of the function of the same name in board.h.
 */
#ifndef LK_SIM_BOARD_BACKEND_H
#define LK_SIM_BOARD_BACKEND_H

#include "sim/board.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lk_board_backend {
    const char *name; /* "ulpi", "full-speed", "direct", "ft601" */

    /** Ends everything, closes the trace file, frees the model. URBs still queued are forgotten, not touched. */
    void (*free)(lk_board *board);

    void (*submit)(lk_board *board, lk_urb *urb);
    void (*unlink)(lk_board *board, lk_urb *urb);
    bool (*run)(lk_board *board, uint64_t cycles);
    bool (*active)(const lk_board *board);
    uint64_t (*cycles)(const lk_board *board);
    bool (*is_high_speed)(const lk_board *board);
    void (*bus_reset)(lk_board *board);
    bool (*capture)(lk_board *board, FILE *file); /* NULL: this way has no packets */
} lk_board_backend;

/* What every board begins with; each implementation puts its own state (its lk_model_* handle first) behind it. */
struct lk_board {
    const lk_board_backend *backend;
};

/** At the ULPI pins: a PHY and a host controller (sim/host/). Owns its lk_model_virtual. Arguments and result as
 * lk_board_new(). */
lk_board *lk_board_ulpi_new(const char *trace, const char **error);

/** At D+ and D- of a board without a PHY (sim/host/). Owns its lk_model_full_speed. Arguments and result as
 * lk_board_new(). */
lk_board *lk_board_full_speed_new(const char *trace, const char **error);

/** At the endpoints' ports (sim/direct.c). Owns its lk_model_direct. Arguments and result as lk_board_new(). */
lk_board *lk_board_direct_new(const char *trace, const char **error);

/** Behind an FT601 (sim/ft601/). Owns its lk_model_ft601. Arguments and result as lk_board_new(). */
lk_board *lk_board_ft601_new(const char *trace, const char **error);

#ifdef __cplusplus
}
#endif

#endif
