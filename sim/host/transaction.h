/* SPDX-License-Identifier: Apache-2.0 */
/* One transaction on the bus (USB 2.0 clause 8.5): token, data, handshake; with one fault in it where a test wants one.
 */
#ifndef LK_SIM_HOST_TRANSACTION_H
#define LK_SIM_HOST_TRANSACTION_H

#include "sim/host/bus.h"

/** What goes wrong in a transaction. */
typedef enum lk_fault {
    LK_FAULT_NONE,
    LK_FAULT_TOKEN_CRC,     /* the device gets a token with a bad CRC5 */
    LK_FAULT_TOKEN_PID,     /* or with check bits that do not fit its PID */
    LK_FAULT_DATA_CRC,      /* the device gets data with a bad CRC16 */
    LK_FAULT_DATA_LOST,     /* it gets the token and no data */
    LK_FAULT_DATA_TORN,     /* the PHY reports an error within the data */
    LK_FAULT_DATA_TOGGLE,   /* the data have the other toggle */
    LK_FAULT_ANSWER_LOST,   /* the host does not understand the device's data or handshake */
    LK_FAULT_HANDSHAKE_LOST /* the host takes the device's data, and its ACK gets lost */
} lk_fault;

typedef struct lk_transaction {
    /* set by the caller */
    lk_pid token; /* OUT, SETUP, IN or PING */
    uint8_t address;
    uint8_t endpoint;
    uint8_t toggle;      /* OUT and SETUP: of the data */
    const uint8_t *data; /* OUT and SETUP */
    size_t length;
    uint8_t *room; /* IN */
    size_t capacity;
    lk_fault fault;
    /* the result */
    lk_pid answer; /* of the device; LK_PID_NONE when there was none that could be understood */
    size_t moved;  /* IN: bytes of the packet; not stored when over capacity */
    bool babble;   /* IN: the packet was over capacity; it was not acknowledged */
} lk_transaction;

void lk_transaction_run(lk_bus *bus, lk_transaction *transaction);

#endif
