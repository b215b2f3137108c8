/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/urb_queue.h"

void lk_urb_queue_append(lk_urb_queue *queue, lk_urb *urb)
{
    urb->done = false;
    urb->status = LK_URB_OK;
    urb->actual = 0;
    urb->next = NULL;
    if (queue->tail)
        queue->tail->next = urb;
    else
        queue->head = urb;
    queue->tail = urb;
}

void lk_urb_queue_finish(lk_urb_queue *queue, lk_urb_status status)
{
    lk_urb *urb = queue->head;
    queue->head = urb->next;
    if (!queue->head)
        queue->tail = NULL;
    urb->next = NULL;
    urb->status = status;
    urb->done = true;
}

bool lk_urb_queue_remove(lk_urb_queue *queue, const lk_urb *urb)
{
    lk_urb *before = NULL;
    for (lk_urb *here = queue->head; here; before = here, here = here->next) {
        if (here != urb)
            continue;
        if (before)
            before->next = here->next;
        else
            queue->head = here->next;
        if (queue->tail == here)
            queue->tail = before;
        here->next = NULL;
        return true;
    }
    return false;
}
