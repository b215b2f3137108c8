/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A USB/IP client for tests, one message at a time: it can send what no driver would. Every wait is bounded, and a wait
 * that fails fails the test. It knows the protocol from its description, not from the server's code.
 */
#ifndef LK_TESTS_SIM_PEER_H
#define LK_TESTS_SIM_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PEER_VERSION = 0x0111,
    PEER_IMPORT = 0x8003,
    PEER_DEVICES = 0x8005,
    PEER_EINVAL = -22,
    PEER_EPIPE = -32,
    PEER_EPROTO = -71,
    PEER_EOVERFLOW = -75,
    PEER_ECONNRESET = -104,
    PEER_ZERO_PACKET = 0x40,
    PEER_WAIT = 20000 /* milliseconds that anything may take */
};

typedef struct test_peer {
    int socket;
    uint32_t device; /* bus << 16 | device, from the import */
} test_peer;

/* A SUBMIT. */
typedef struct peer_transfer {
    uint32_t number;
    uint8_t endpoint; /* number and direction, as bEndpointAddress */
    uint32_t flags;
    uint32_t length;
    uint8_t setup[8];
    const uint8_t *data; /* OUT: length bytes */
} peer_transfer;

typedef struct peer_reply {
    uint32_t command; /* 3 to a SUBMIT, 4 to an UNLINK */
    uint32_t number;
    int32_t status;
    uint32_t actual;
    uint8_t data[65536];
} peer_reply;

test_peer peer_connect(uint16_t port);
void peer_close(test_peer *peer);

void peer_send(test_peer *peer, const void *bytes, size_t length);

/** Receives exactly that many bytes. */
void peer_receive(test_peer *peer, void *bytes, size_t length);

/** Nothing comes within that many milliseconds. */
bool peer_is_silent(test_peer *peer, int milliseconds);

/** The other side ends the connection, and sends nothing before. */
bool peer_is_ended(test_peer *peer);

/** The 8 bytes that every operation begins with. */
void peer_operation(test_peer *peer, uint16_t version, uint16_t code);

/** The same in a reply. @return its status. */
uint32_t peer_operation_reply(test_peer *peer, uint16_t code);

/** Asks for a device. @return the status; the device's bytes of a success are read. */
uint32_t peer_import(test_peer *peer, const char *bus_id);

/** connect, import, once whoever had the device has gone, and set its configuration. */
test_peer peer_attach(uint16_t port);

void peer_submit(test_peer *peer, const peer_transfer *transfer);
void peer_unlink(test_peer *peer, uint32_t number, uint32_t unlink_number);

/** The next reply; in says whether data follows a reply to SUBMIT. */
void peer_reply_read(test_peer *peer, bool in, peer_reply *reply);

/** A control request and its reply. */
void peer_control(test_peer *peer, uint32_t number, const uint8_t setup[8], peer_reply *reply);

#endif
