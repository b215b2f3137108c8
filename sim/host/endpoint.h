/* SPDX-License-Identifier: Apache-2.0 */
/* What the host keeps for an endpoint, and how a transaction's result moves its first request on. */
#ifndef LK_SIM_HOST_ENDPOINT_H
#define LK_SIM_HOST_ENDPOINT_H

#include "sim/host/host.h"
#include "sim/host/transaction.h"
#include "sim/urb_queue.h"

typedef enum lk_stage { LK_STAGE_SETUP, LK_STAGE_DATA, LK_STAGE_STATUS } lk_stage;

typedef struct lk_endpoint {
    uint8_t number; /* bEndpointAddress */
    lk_urb_queue queue;
    uint8_t toggle;
    bool ping;         /* high-speed OUT: ask before the next packet (USB 2.0 clause 8.5.1) */
    unsigned strikes;  /* transactions without an answer, in a row */
    uint64_t retry_at; /* after a NAK: not before this cycle */
    lk_stage stage;    /* of a control request */
} lk_endpoint;

/** Composes the next transaction of the first request. packet: the endpoint's largest packet. */
void lk_endpoint_prepare(const lk_endpoint *endpoint, lk_transaction *transaction, size_t packet);

/** Takes its result. @return true when the first request has ended; *status says how. */
bool lk_endpoint_conclude(lk_endpoint *endpoint, const lk_transaction *transaction, size_t packet, bool high_speed,
                          lk_host_counts *counts, lk_urb_status *status);

/** Forgets what had begun of the first request: at its end, and when it is taken back. */
void lk_endpoint_restart(lk_endpoint *endpoint);

#endif
