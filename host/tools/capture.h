/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes over the wire, as a capture that Wireshark reads and decrypts: the bytes of each connection in TCP segments
 * made for it, between the addresses of its socket, and the secrets.
 */
#ifndef LK_TOOLS_CAPTURE_H
#define LK_TOOLS_CAPTURE_H

#include <latchkey/connection.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { LK_CAPTURE_ADDRESS_MAX = 16 };

/** An end of a connection. */
typedef struct lk_capture_end {
    uint8_t address[LK_CAPTURE_ADDRESS_MAX];
    uint16_t port;
    uint32_t sequence; /* of the next byte that it sends */
} lk_capture_end;

typedef struct lk_capture {
    FILE *file;             /* NULL: nothing is captured */
    bool six;               /* the present connection's addresses are those of IPv6 */
    bool open;              /* it has begun */
    lk_capture_end ends[2]; /* of the present connection: ours, theirs */
    /* Packets wait here until the secrets that open them stand in the file: until the handshake is complete. */
    uint8_t *waiting;
    size_t waiting_length, waiting_capacity;
    bool failed; /* writing failed, and it was said */
} lk_capture;

/** Begins a file. @return an exit status; what goes wrong is reported. */
int lk_capture_open(lk_capture *capture, const char *path);

/** Ends the file. */
void lk_capture_close(lk_capture *capture);

/** A connection over a connected socket begins, and ends. Without a file they do nothing. */
void lk_capture_begin(lk_capture *capture, int socket, bool server);
void lk_capture_end_connection(lk_capture *capture);

/** An lk_wire_tap whose context is the capture. */
void lk_capture_tap(void *context, const lk_connection *connection, bool sent, const uint8_t *bytes, size_t length);

/** A line of the key log. */
void lk_capture_secret(lk_capture *capture, const char *line);

#endif
