/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/host/transaction.h"

#include <string.h>

static void send_token(lk_bus *bus, const lk_transaction *transaction)
{
    lk_packet packet;
    lk_packet_token(&packet, transaction->token, (uint16_t)(transaction->endpoint << 7 | transaction->address));
    if (transaction->fault == LK_FAULT_TOKEN_CRC)
        packet.bytes[2] ^= 0x80;
    else if (transaction->fault == LK_FAULT_TOKEN_PID)
        packet.bytes[0] ^= 0x10;
    lk_bus_send(bus, &packet, false);
}

static void send_data(lk_bus *bus, const lk_transaction *transaction)
{
    if (transaction->fault == LK_FAULT_DATA_LOST)
        return;
    uint8_t toggle = transaction->toggle ^ (transaction->fault == LK_FAULT_DATA_TOGGLE);
    lk_packet packet;
    lk_packet_data(&packet, toggle ? LK_PID_DATA1 : LK_PID_DATA0, transaction->data, transaction->length);
    if (transaction->fault == LK_FAULT_DATA_CRC)
        packet.bytes[packet.length - 1] ^= 0x01;
    lk_bus_send(bus, &packet, transaction->fault == LK_FAULT_DATA_TORN);
}

static void take_data(lk_bus *bus, lk_transaction *transaction)
{
    const uint8_t *payload = lk_packet_payload(&bus->phy.in, &transaction->moved);
    transaction->babble = transaction->moved > transaction->capacity;
    if (transaction->babble)
        return;
    if (transaction->moved > 0)
        memcpy(transaction->room, payload, transaction->moved);
    if (transaction->fault == LK_FAULT_HANDSHAKE_LOST)
        return;
    lk_packet ack;
    lk_packet_handshake(&ack, LK_PID_ACK);
    lk_bus_send(bus, &ack, false);
}

void lk_transaction_run(lk_bus *bus, lk_transaction *transaction)
{
    transaction->moved = 0;
    transaction->babble = false;
    send_token(bus, transaction);
    if (transaction->token == LK_PID_OUT || transaction->token == LK_PID_SETUP)
        send_data(bus, transaction);
    transaction->answer = lk_bus_receive(bus);
    if (transaction->fault == LK_FAULT_ANSWER_LOST)
        transaction->answer = LK_PID_NONE;
    if (lk_pid_is_data(transaction->answer))
        take_data(bus, transaction);
}
