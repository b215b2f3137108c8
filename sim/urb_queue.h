/* SPDX-License-Identifier: Apache-2.0 */
/* The requests that wait at one endpoint, first come first served, linked through lk_urb.next. */
#ifndef LK_SIM_URB_QUEUE_H
#define LK_SIM_URB_QUEUE_H

#include "sim/board.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lk_urb_queue {
    lk_urb *head; /* the one that moves now; NULL when none waits */
    lk_urb *tail;
} lk_urb_queue;

/** Appends a request and makes it "not done, nothing moved". */
void lk_urb_queue_append(lk_urb_queue *queue, lk_urb *urb);

/** Takes the head off and marks it done. There must be one. */
void lk_urb_queue_finish(lk_urb_queue *queue, lk_urb_status status);

/** Takes a request off, wherever it stands, without marking it. @return false when it is not in this queue. */
bool lk_urb_queue_remove(lk_urb_queue *queue, const lk_urb *urb);

#ifdef __cplusplus
}
#endif

#endif
