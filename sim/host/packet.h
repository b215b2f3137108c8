/* SPDX-License-Identifier: Apache-2.0 */
/* Packets of USB 2.0 (clauses 8.3 and 8.4) as a host composes and checks them. */
#ifndef LK_SIM_HOST_PACKET_H
#define LK_SIM_HOST_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Packet identifiers (USB 2.0 table 8-1). */
typedef enum lk_pid {
    LK_PID_NONE = 0x0, /* reserved by USB: no packet */
    LK_PID_OUT = 0x1,
    LK_PID_ACK = 0x2,
    LK_PID_DATA0 = 0x3,
    LK_PID_PING = 0x4,
    LK_PID_SOF = 0x5,
    LK_PID_NYET = 0x6,
    LK_PID_IN = 0x9,
    LK_PID_NAK = 0xA,
    LK_PID_DATA1 = 0xB,
    LK_PID_SETUP = 0xD,
    LK_PID_STALL = 0xE
} lk_pid;

enum {
    LK_PACKET_DATA_MAX = 1024,
    LK_PACKET_BYTES_MAX = LK_PACKET_DATA_MAX + 8 /* room for babble, so that it can be told */
};

/** A whole packet, PID to CRC. */
typedef struct lk_packet {
    uint8_t bytes[LK_PACKET_BYTES_MAX];
    size_t length;
} lk_packet;

/** A token, or a start of frame when fields is the frame number. fields: address in the low 7 bits, endpoint above. */
void lk_packet_token(lk_packet *packet, lk_pid pid, uint16_t fields);

void lk_packet_handshake(lk_packet *packet, lk_pid pid);

/** A data packet. length is at most LK_PACKET_DATA_MAX. */
void lk_packet_data(lk_packet *packet, lk_pid pid, const uint8_t *data, size_t length);

/** @return the PID of a well-formed handshake or data packet: check bits, length and CRC16 are right. Else LK_PID_NONE.
 */
lk_pid lk_packet_check(const lk_packet *packet);

/** The payload of a data packet that passed the check. */
const uint8_t *lk_packet_payload(const lk_packet *packet, size_t *length);

/** True for DATA0 and DATA1. */
bool lk_pid_is_data(lk_pid pid);

#endif
