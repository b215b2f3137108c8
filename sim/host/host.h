/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A USB 2.0 host controller in front of the pins: it takes requests, makes transactions of them, and keeps what a
 * host keeps for each endpoint. Tests reach under it here.
 */
#ifndef LK_SIM_HOST_HOST_H
#define LK_SIM_HOST_HOST_H

#include "sim/board.h"
#include "sim/host/bus.h"
#include "sim/host/transaction.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { LK_HOST_CONTROL_PACKET = 64, LK_HOST_BULK_PACKET_HIGH = 512, LK_HOST_BULK_PACKET_FULL = 64 };

/** Counts since power-up. */
typedef struct lk_host_counts {
    uint64_t transactions;
    uint64_t out_packets; /* bulk data packets that the device took */
    uint64_t out_bytes;
    uint64_t in_packets;
    uint64_t in_bytes;
    uint64_t naks;
    uint64_t nyets;
    uint64_t pings;
    uint64_t errors;       /* transactions without a good answer */
    uint64_t repetitions;  /* IN packets dropped because the toggle said that they were there already */
    unsigned most_packets; /* bulk data packets in one microframe or frame, at most */
} lk_host_counts;

/** Chooses a fault for the next transaction. Called for each one; transaction->fault is LK_FAULT_NONE before. */
typedef lk_fault (*lk_host_fault_hook)(void *context, const lk_transaction *transaction);

/** The functions below take a board made with LK_PHY_ULPI or LK_PHY_FULL_SPEED, and no other. */

/** The bus of that board. */
lk_bus *lk_host_bus(lk_board *board);

const lk_host_counts *lk_host_counts_of(lk_board *board);

/** Makes every transaction of requests ask hook for a fault; NULL ends that. */
void lk_host_set_fault_hook(lk_board *board, lk_host_fault_hook hook, void *context);

/** One transaction that belongs to no request, at the device's address, once there is time for it before the next SOF.
 */
void lk_host_transact(lk_board *board, lk_transaction *transaction);

/** The address that the host uses now: what the last SET_ADDRESS request said, 0 after a reset. */
uint8_t lk_host_address(const lk_board *board);

/** The toggle that the host expects or sends next at a bulk endpoint. */
uint8_t lk_host_toggle(const lk_board *board, uint8_t endpoint);
void lk_host_set_toggle(lk_board *board, uint8_t endpoint, uint8_t toggle);

/** A board with a ULPI PHY whose host knows full speed alone. Else as lk_board_new(). */
lk_board *lk_host_full_speed_board(const char *trace, const char **error);

#ifdef __cplusplus
}
#endif

#endif
