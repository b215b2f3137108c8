/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/server/session.h"

#include "sim/server/commands.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Replies beyond this wait for the client to read, before more of it is listened to. */
enum { BACKLOG_BYTES = 32 << 20, READS_AT_ONCE = 64 };

/* What the bytes that are being collected will be. */
typedef enum expectation { EXPECT_OPERATION, EXPECT_BUS_ID, EXPECT_COMMAND, EXPECT_PAYLOAD } expectation;

struct lk_session {
    int socket;
    lk_export *exported;
    expectation expected;
    uint8_t head[USBIP_COMMAND_LENGTH]; /* an operation, a bus id or a command while it is incomplete */
    uint8_t *to;                        /* where the next bytes go: head, or an OUT transfer's own memory */
    size_t wanted, have;
    lk_message *incoming; /* an OUT transfer whose payload is not complete */
    lk_message_queue replies;
    bool closing; /* no more is read; when the replies are out, it is over */
    const char *fault;
    lk_commands commands;
};

static void expect(lk_session *session, expectation expected, uint8_t *to, size_t wanted)
{
    session->expected = expected;
    session->to = to;
    session->wanted = wanted;
    session->have = 0;
}

lk_session *lk_session_new(int socket, lk_export *exported)
{
    lk_session *session = calloc(1, sizeof *session);
    if (!session) {
        close(socket);
        return NULL;
    }
    session->socket = socket;
    session->exported = exported;
    expect(session, EXPECT_OPERATION, session->head, USBIP_OPERATION_LENGTH);
    return session;
}

static bool is_holder(const lk_session *session)
{
    return session->exported->holder == session;
}

void lk_session_free(lk_session *session)
{
    if (is_holder(session)) {
        lk_commands_abandon(&session->commands);
        session->exported->bytes_out += session->commands.bytes_out;
        session->exported->bytes_in += session->commands.bytes_in;
        session->exported->holder = NULL;
        lk_export_reset(session->exported);
    }
    lk_message_queue_clear(&session->replies);
    free(session->incoming);
    close(session->socket);
    free(session);
}

int lk_session_socket(const lk_session *session)
{
    return session->socket;
}

short lk_session_events(const lk_session *session)
{
    bool listens = !session->closing && session->replies.bytes < BACKLOG_BYTES;
    return (short)((listens ? POLLIN : 0) | (session->replies.head ? POLLOUT : 0));
}

const char *lk_session_fault(const lk_session *session)
{
    return session->fault;
}

void lk_session_bytes(const lk_session *session, uint64_t *out, uint64_t *in)
{
    *out = session->commands.bytes_out;
    *in = session->commands.bytes_in;
}

/* Answers an operation; device is NULL where none is told of, and the list of devices has their interfaces too. */
static void reply_operation(lk_session *session, uint16_t code, lk_usbip_status status, const lk_usbip_device *device)
{
    size_t room = USBIP_OPERATION_LENGTH + 4 + USBIP_DEVICE_LENGTH + 8 * USBIP_INTERFACE_LENGTH;
    lk_message *message = lk_message_new(room);
    if (!message) {
        session->closing = true;
        return;
    }
    lk_writer writer = lk_writer_into(message->bytes, room);
    lk_usbip_operation_write(&writer, code, status);
    if (device && code == USBIP_REPLY_DEVICES)
        lk_writer_u32(&writer, 1); /* the number of devices */
    if (device)
        lk_usbip_device_write(&writer, device);
    if (device && code == USBIP_REPLY_DEVICES)
        lk_usbip_interfaces_write(&writer, device);
    message->length = writer.length;
    lk_message_queue_append(&session->replies, message);
}

static void refuse(lk_session *session, uint16_t code, const char *fault)
{
    reply_operation(session, code & 0x7fff, USBIP_STATUS_ERROR, NULL);
    session->fault = fault;
    session->closing = true;
}

static void handle_operation(lk_session *session)
{
    lk_reader reader = lk_reader_over(session->head, USBIP_OPERATION_LENGTH);
    lk_usbip_operation operation = lk_usbip_operation_read(&reader);
    expect(session, EXPECT_OPERATION, session->head, USBIP_OPERATION_LENGTH);
    if (operation.version != USBIP_VERSION)
        refuse(session, operation.code, "it speaks another version of USB/IP than 1.1.1");
    else if (operation.code == USBIP_REQUEST_DEVICES)
        reply_operation(session, USBIP_REPLY_DEVICES, USBIP_STATUS_OK, &session->exported->device);
    else if (operation.code == USBIP_REQUEST_IMPORT)
        expect(session, EXPECT_BUS_ID, session->head, USBIP_BUS_ID_LENGTH);
    else
        refuse(session, operation.code, "it asked for an operation that this server does not have");
}

static bool names_the_device(const lk_session *session)
{
    const char *bus_id = session->exported->device.bus_id;
    size_t length = strlen(bus_id) + 1; /* a bus id that is not ended does not match */
    return memcmp(session->head, bus_id, length) == 0;
}

static void handle_import(lk_session *session)
{
    lk_export *exported = session->exported;
    expect(session, EXPECT_OPERATION, session->head, USBIP_OPERATION_LENGTH);
    if (!names_the_device(session)) {
        reply_operation(session, USBIP_REPLY_IMPORT, USBIP_STATUS_NO_DEVICE, NULL);
    } else if (exported->holder) {
        reply_operation(session, USBIP_REPLY_IMPORT, USBIP_STATUS_BUSY, NULL);
    } else {
        uint32_t device = exported->device.bus << 16 | exported->device.device;
        exported->holder = session;
        exported->clients++;
        lk_commands_init(&session->commands, exported->board, device, &session->replies);
        reply_operation(session, USBIP_REPLY_IMPORT, USBIP_STATUS_OK, &exported->device);
        expect(session, EXPECT_COMMAND, session->head, USBIP_COMMAND_LENGTH);
    }
}

/* @return NULL, or what was wrong with the command. */
static const char *handle_command(lk_session *session)
{
    lk_reader reader = lk_reader_over(session->head, USBIP_COMMAND_LENGTH);
    lk_usbip_command command = lk_usbip_command_read(&reader);
    expect(session, EXPECT_COMMAND, session->head, USBIP_COMMAND_LENGTH);
    if (reader.failed)
        return "it sent something that is no USB/IP command";
    if (command.command == USBIP_UNLINK)
        return lk_commands_unlink(&session->commands, &command);
    lk_message *message = NULL;
    size_t payload = 0;
    const char *fault = lk_commands_begin(&session->commands, &command, &message, &payload);
    if (fault)
        return fault;
    if (payload == 0)
        return lk_commands_submit(&session->commands, message);
    session->incoming = message;
    expect(session, EXPECT_PAYLOAD, message->urb.data, payload);
    return NULL;
}

static const char *handle_payload(lk_session *session)
{
    lk_message *message = session->incoming;
    session->incoming = NULL;
    expect(session, EXPECT_COMMAND, session->head, USBIP_COMMAND_LENGTH);
    return lk_commands_submit(&session->commands, message);
}

/* What was expected is complete. */
static void handle_complete(lk_session *session)
{
    const char *fault = NULL;
    switch (session->expected) {
    case EXPECT_OPERATION:
        handle_operation(session);
        break;
    case EXPECT_BUS_ID:
        handle_import(session);
        break;
    case EXPECT_COMMAND:
        fault = handle_command(session);
        break;
    case EXPECT_PAYLOAD:
        fault = handle_payload(session);
        break;
    }
    if (fault) {
        session->fault = fault;
        session->closing = true;
    }
}

/* @return false when the client has gone. */
static bool read_some(lk_session *session)
{
    for (int i = 0; i < READS_AT_ONCE && !session->closing; i++) {
        ssize_t got = recv(session->socket, session->to + session->have, session->wanted - session->have, 0);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
            return true;
        if (got <= 0)
            return false;
        session->have += (size_t)got;
        if (session->have == session->wanted)
            handle_complete(session);
    }
    return true;
}

/* @return false when the client has gone. */
static bool write_some(lk_session *session)
{
    while (session->replies.head) {
        lk_message *message = session->replies.head;
        ssize_t put =
            send(session->socket, message->bytes + message->sent, message->length - message->sent, MSG_NOSIGNAL);
        if (put < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
            return true;
        if (put < 0)
            return false;
        message->sent += (size_t)put;
        if (message->sent == message->length) {
            lk_message_queue_remove(&session->replies, message);
            free(message);
        }
    }
    return true;
}

static bool write_and_go_on(lk_session *session)
{
    return write_some(session) && !(session->closing && !session->replies.head);
}

bool lk_session_handle(lk_session *session, short events)
{
    if ((events & POLLIN) && !session->closing && !read_some(session))
        return false;
    if ((events & (POLLERR | POLLHUP)) && !(events & POLLIN))
        return false;
    return write_and_go_on(session);
}

bool lk_session_collect(lk_session *session)
{
    if (is_holder(session) && !lk_commands_collect(&session->commands))
        return true;
    return write_and_go_on(session);
}
