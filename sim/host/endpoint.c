/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/host/endpoint.h"

enum { STRIKES = 3, DIRECTION_IN = 0x80, SETUP_BYTES = 8 };

static bool is_control(const lk_endpoint *endpoint)
{
    return (endpoint->number & 0x7F) == 0;
}

static bool data_is_in(const lk_endpoint *endpoint)
{
    return is_control(endpoint) ? (endpoint->queue.head->setup[0] & DIRECTION_IN) != 0
                                : (endpoint->number & DIRECTION_IN) != 0;
}

/* The status stage goes against the data, and inward when there are none (USB 2.0 clause 8.5.3). */
static bool is_in(const lk_endpoint *endpoint)
{
    if (is_control(endpoint) && endpoint->stage == LK_STAGE_STATUS)
        return !data_is_in(endpoint) || endpoint->queue.head->length == 0;
    return data_is_in(endpoint);
}

void lk_endpoint_restart(lk_endpoint *endpoint)
{
    endpoint->stage = LK_STAGE_SETUP;
    endpoint->strikes = 0;
    endpoint->retry_at = 0;
    if (is_control(endpoint))
        endpoint->ping = false;
}

static void prepare_setup(const lk_endpoint *endpoint, lk_transaction *transaction)
{
    transaction->token = LK_PID_SETUP;
    transaction->toggle = 0;
    transaction->data = endpoint->queue.head->setup;
    transaction->length = SETUP_BYTES;
}

void lk_endpoint_prepare(const lk_endpoint *endpoint, lk_transaction *transaction, size_t packet)
{
    const lk_urb *urb = endpoint->queue.head;
    size_t left = is_control(endpoint) && endpoint->stage == LK_STAGE_STATUS ? 0 : urb->length - urb->actual;
    *transaction = (lk_transaction){.endpoint = endpoint->number & 0x0F, .toggle = endpoint->toggle};
    if (is_control(endpoint) && endpoint->stage == LK_STAGE_SETUP) {
        prepare_setup(endpoint, transaction);
    } else if (is_in(endpoint)) {
        transaction->token = LK_PID_IN;
        transaction->room = left > 0 ? urb->data + urb->actual : NULL;
        transaction->capacity = left < packet ? left : packet;
    } else if (endpoint->ping) {
        transaction->token = LK_PID_PING;
    } else {
        transaction->token = LK_PID_OUT;
        transaction->data = left > 0 ? urb->data + urb->actual : NULL;
        transaction->length = left < packet ? left : packet;
    }
}

/* @return true when the stage or transfer is complete after a packet of that many bytes. */
static bool advance(lk_endpoint *endpoint, size_t moved, size_t packet)
{
    lk_urb *urb = endpoint->queue.head;
    urb->actual += (uint32_t)moved;
    endpoint->toggle ^= 1;
    if (moved < packet)
        return true;
    return urb->actual == urb->length && (is_in(endpoint) || !urb->zero_packet);
}

/* A control request goes to its next stage; status is DATA1 (clause 8.5.3). @return true when there is none. */
static bool next_stage(lk_endpoint *endpoint)
{
    lk_stage before = endpoint->stage;
    endpoint->toggle = 1;
    endpoint->stage = before == LK_STAGE_SETUP && endpoint->queue.head->length > 0 ? LK_STAGE_DATA : LK_STAGE_STATUS;
    return before == LK_STAGE_STATUS;
}

static bool conclude_in(lk_endpoint *endpoint, const lk_transaction *transaction, size_t packet, lk_host_counts *counts,
                        lk_urb_status *status)
{
    if (transaction->babble) {
        *status = LK_URB_OVERFLOW;
        return true;
    }
    if ((transaction->answer == LK_PID_DATA1) != endpoint->toggle) {
        counts->repetitions++;
        return false;
    }
    if (is_control(endpoint)) {
        if (endpoint->stage == LK_STAGE_STATUS)
            return next_stage(endpoint);
        return advance(endpoint, transaction->moved, packet) && next_stage(endpoint);
    }
    counts->in_packets++;
    counts->in_bytes += transaction->moved;
    return advance(endpoint, transaction->moved, packet);
}

static bool conclude_out(lk_endpoint *endpoint, const lk_transaction *transaction, size_t packet,
                         lk_host_counts *counts)
{
    if (is_control(endpoint)) {
        if (endpoint->stage != LK_STAGE_DATA)
            return next_stage(endpoint);
        return advance(endpoint, transaction->length, packet) && next_stage(endpoint);
    }
    counts->out_packets++;
    counts->out_bytes += transaction->length;
    return advance(endpoint, transaction->length, packet);
}

static bool conclude_nothing(lk_endpoint *endpoint, const lk_transaction *transaction, bool high_speed,
                             lk_host_counts *counts, lk_urb_status *status)
{
    counts->errors++;
    endpoint->ping = high_speed && (transaction->token == LK_PID_OUT || transaction->token == LK_PID_PING);
    *status = LK_URB_PROTOCOL;
    return ++endpoint->strikes == STRIKES;
}

bool lk_endpoint_conclude(lk_endpoint *endpoint, const lk_transaction *transaction, size_t packet, bool high_speed,
                          lk_host_counts *counts, lk_urb_status *status)
{
    bool out = transaction->token != LK_PID_IN;
    *status = LK_URB_OK;
    counts->pings += transaction->token == LK_PID_PING;
    if (lk_pid_is_data(transaction->answer) ? out : transaction->answer == LK_PID_ACK && !out)
        return conclude_nothing(endpoint, transaction, high_speed, counts, status);
    if (transaction->answer != LK_PID_NONE)
        endpoint->strikes = 0;
    switch (transaction->answer) {
    case LK_PID_STALL:
        endpoint->ping = false;
        *status = LK_URB_STALL;
        return true;
    case LK_PID_NAK:
        counts->naks++;
        endpoint->ping = high_speed && out && transaction->token != LK_PID_SETUP;
        return false;
    case LK_PID_NYET:
        counts->nyets++;
        endpoint->ping = true;
        return conclude_out(endpoint, transaction, packet, counts);
    case LK_PID_ACK:
        endpoint->ping = false;
        return transaction->token != LK_PID_PING && conclude_out(endpoint, transaction, packet, counts);
    case LK_PID_DATA0:
    case LK_PID_DATA1:
        return conclude_in(endpoint, transaction, packet, counts, status);
    default:
        return conclude_nothing(endpoint, transaction, high_speed, counts, status);
    }
}
