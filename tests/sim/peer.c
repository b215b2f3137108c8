/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/peer.h"

#include "base/reader.h"
#include "base/writer.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    COMMAND_LENGTH = 48,
    DEVICE_LENGTH = 312,
    BUS_ID_LENGTH = 32,
    SUBMIT = 1,
    UNLINK = 2,
    SUBMITTED = 3,
    STATUS_BUSY = 2
};

test_peer peer_connect(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    test_peer peer = {.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    cr_assert(peer.socket >= 0);
    int on = 1;
    setsockopt(peer.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    cr_assert_eq(connect(peer.socket, (struct sockaddr *)&address, sizeof address), 0);
    return peer;
}

void peer_close(test_peer *peer)
{
    close(peer->socket);
    peer->socket = -1;
}

void peer_send(test_peer *peer, const void *bytes, size_t length)
{
    const uint8_t *next = bytes;
    while (length > 0) {
        ssize_t put = send(peer->socket, next, length, MSG_NOSIGNAL);
        cr_assert(put > 0, "the server has ended the connection");
        next += put;
        length -= (size_t)put;
    }
}

static bool is_readable(const test_peer *peer, int milliseconds)
{
    struct pollfd polled = {peer->socket, POLLIN, 0};
    return poll(&polled, 1, milliseconds) == 1;
}

void peer_receive(test_peer *peer, void *bytes, size_t length)
{
    uint8_t *next = bytes;
    while (length > 0) {
        cr_assert(is_readable(peer, PEER_WAIT), "no answer came in time");
        ssize_t got = recv(peer->socket, next, length, 0);
        cr_assert(got > 0, "the server has ended the connection");
        next += got;
        length -= (size_t)got;
    }
}

bool peer_is_silent(test_peer *peer, int milliseconds)
{
    return !is_readable(peer, milliseconds);
}

bool peer_is_ended(test_peer *peer)
{
    uint8_t byte;
    return is_readable(peer, PEER_WAIT) && recv(peer->socket, &byte, 1, 0) <= 0;
}

void peer_operation(test_peer *peer, uint16_t version, uint16_t code)
{
    uint8_t bytes[8];
    lk_writer writer = lk_writer_into(bytes, sizeof bytes);
    lk_writer_u16(&writer, version);
    lk_writer_u16(&writer, code);
    lk_writer_u32(&writer, 0);
    peer_send(peer, bytes, writer.length);
}

uint32_t peer_operation_reply(test_peer *peer, uint16_t code)
{
    uint8_t bytes[8];
    peer_receive(peer, bytes, sizeof bytes);
    lk_reader reader = lk_reader_over(bytes, sizeof bytes);
    cr_assert_eq(lk_reader_u16(&reader), PEER_VERSION);
    cr_assert_eq(lk_reader_u16(&reader), code);
    return lk_reader_u32(&reader);
}

uint32_t peer_import(test_peer *peer, const char *bus_id)
{
    char padded[BUS_ID_LENGTH + 1] = {0};
    strncpy(padded, bus_id, BUS_ID_LENGTH);
    peer_operation(peer, PEER_VERSION, PEER_IMPORT);
    peer_send(peer, padded, BUS_ID_LENGTH);
    uint32_t status = peer_operation_reply(peer, PEER_IMPORT & 0x7fff);
    if (status != 0)
        return status;
    uint8_t device[DEVICE_LENGTH];
    peer_receive(peer, device, sizeof device);
    lk_reader reader = lk_reader_over(device + 288, 8);
    uint32_t bus = lk_reader_u32(&reader);
    peer->device = bus << 16 | lk_reader_u32(&reader);
    return status;
}

test_peer peer_attach(uint16_t port)
{
    static const uint8_t set_configuration[8] = {0, 9, 1};
    test_peer peer = peer_connect(port);
    uint32_t status = STATUS_BUSY;
    for (int i = 0; status == STATUS_BUSY && i < PEER_WAIT; i++) {
        status = peer_import(&peer, "1-1");
        if (status == STATUS_BUSY)
            poll(NULL, 0, 1);
    }
    cr_assert_eq(status, 0);
    static peer_reply reply;
    peer_control(&peer, 0x10000000, set_configuration, &reply);
    cr_assert_eq(reply.status, 0);
    return peer;
}

static bool transfer_is_in(const peer_transfer *transfer)
{
    return ((transfer->endpoint ? transfer->endpoint : transfer->setup[0]) & 0x80) != 0;
}

static lk_writer begin_command(uint8_t *bytes, const test_peer *peer, uint32_t command, uint32_t number)
{
    lk_writer writer = lk_writer_into(bytes, COMMAND_LENGTH);
    lk_writer_u32(&writer, command);
    lk_writer_u32(&writer, number);
    lk_writer_u32(&writer, peer->device);
    return writer;
}

void peer_submit(test_peer *peer, const peer_transfer *transfer)
{
    uint8_t bytes[COMMAND_LENGTH];
    bool in = transfer_is_in(transfer);
    lk_writer writer = begin_command(bytes, peer, SUBMIT, transfer->number);
    lk_writer_u32(&writer, in);
    lk_writer_u32(&writer, transfer->endpoint & 0x0f);
    lk_writer_u32(&writer, transfer->flags);
    lk_writer_u32(&writer, transfer->length);
    lk_writer_zeros(&writer, 12);
    lk_writer_bytes(&writer, transfer->setup, sizeof transfer->setup);
    peer_send(peer, bytes, writer.length);
    if (!in)
        peer_send(peer, transfer->data, transfer->length);
}

void peer_unlink(test_peer *peer, uint32_t number, uint32_t unlink_number)
{
    uint8_t bytes[COMMAND_LENGTH];
    lk_writer writer = begin_command(bytes, peer, UNLINK, number);
    lk_writer_zeros(&writer, 8);
    lk_writer_u32(&writer, unlink_number);
    lk_writer_zeros(&writer, 24);
    peer_send(peer, bytes, writer.length);
}

void peer_reply_read(test_peer *peer, bool in, peer_reply *reply)
{
    uint8_t bytes[COMMAND_LENGTH];
    peer_receive(peer, bytes, sizeof bytes);
    lk_reader reader = lk_reader_over(bytes, sizeof bytes);
    reply->command = lk_reader_u32(&reader);
    reply->number = lk_reader_u32(&reader);
    lk_reader_bytes(&reader, 12);
    reply->status = (int32_t)lk_reader_u32(&reader);
    reply->actual = reply->command == SUBMITTED ? lk_reader_u32(&reader) : 0;
    if (!in || reply->command != SUBMITTED)
        return;
    cr_assert(reply->actual <= sizeof reply->data);
    peer_receive(peer, reply->data, reply->actual);
}

void peer_control(test_peer *peer, uint32_t number, const uint8_t setup[8], peer_reply *reply)
{
    peer_transfer transfer = {.number = number, .length = (uint32_t)setup[6] | (uint32_t)setup[7] << 8};
    memcpy(transfer.setup, setup, sizeof transfer.setup);
    peer_submit(peer, &transfer);
    peer_reply_read(peer, transfer_is_in(&transfer), reply);
    cr_assert_eq(reply->command, 3);
    cr_assert_eq(reply->number, number);
}
