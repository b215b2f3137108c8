/* SPDX-License-Identifier: Apache-2.0 */
/* One connection as the runner drives it: handshake, then everything that comes goes back with its bits turned round.
 */
#include "bogo/shim.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 512, WAIT_MAX = 20000 /* ms */, LONGEST_WRITE = 32769, EXPORT_MAX = 1024 };

static const char greeting[] = "hello";

typedef struct conversation {
    shim_state *shim;
    const shim_flags *flags;
    lk_connection *connection;
    int socket;
    size_t chunk;   /* bytes that go through the socket at once, each way */
    bool held_back; /* nothing more is sent for now */
    bool ended;     /* the peer sends no more */
} conversation;

/* Carries bytes both ways, waiting until some can be. False when the socket is broken or nothing comes. */
static bool carry(conversation *exchange, bool wait)
{
    size_t length = 0, room = 0;
    const uint8_t *output = lk_connection_output(exchange->connection, &length);
    uint8_t *input = lk_connection_input(exchange->connection, &room);
    struct pollfd descriptor = {.fd = exchange->socket};
    if (length > 0 && !exchange->held_back)
        descriptor.events |= POLLOUT;
    if (room > 0 && !exchange->ended && wait)
        descriptor.events |= POLLIN;
    if (descriptor.events == 0)
        return !wait || exchange->ended;
    if (poll(&descriptor, 1, WAIT_MAX) <= 0)
        return false;
    if (descriptor.revents & POLLOUT) {
        ssize_t sent = send(exchange->socket, output, length < exchange->chunk ? length : exchange->chunk,
                            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN)
            return false;
        lk_connection_sent(exchange->connection, sent > 0 ? (size_t)sent : 0);
    }
    if (descriptor.revents & (POLLIN | POLLHUP | POLLERR)) {
        ssize_t got = recv(exchange->socket, input, room < exchange->chunk ? room : exchange->chunk, MSG_DONTWAIT);
        if (got > 0)
            lk_connection_received(exchange->connection, (size_t)got);
        else if (got == 0 || errno != EAGAIN)
            exchange->ended = true;
        if (exchange->ended)
            lk_connection_received_end(exchange->connection);
    }
    return true;
}

static bool flush(conversation *exchange)
{
    size_t length = 0;
    while (lk_connection_output(exchange->connection, &length) && length > 0)
        if (!carry(exchange, false))
            return false;
    return true;
}

/* True when the call that returned this is to be made again, after bytes were carried. */
static bool goes_on(conversation *exchange, lk_error error)
{
    return (error == LK_ERROR_WANT_READ || error == LK_ERROR_WANT_WRITE) && carry(exchange, true);
}

static lk_error shake_hands(conversation *exchange)
{
    lk_error error = LK_OK;
    do
        error = lk_connection_handshake(exchange->connection);
    while (goes_on(exchange, error));
    return error;
}

static lk_error write_all(conversation *exchange, const uint8_t *data, size_t length)
{
    lk_error error = LK_OK;
    while (length > 0) {
        size_t taken = 0;
        error = lk_connection_write(exchange->connection, data, length, &taken);
        data += taken;
        length -= taken;
        if (error && !goes_on(exchange, error))
            return error;
    }
    return flush(exchange) ? LK_OK : LK_ERROR_INPUT_OUTPUT;
}

static lk_error read_some(conversation *exchange, uint8_t *data, size_t capacity, size_t *got)
{
    const uint8_t *seen = NULL;
    size_t length = 0;
    lk_error error = LK_OK;
    do
        error = exchange->flags->peek_then_read ? lk_connection_peek(exchange->connection, &seen, &length)
                                                : lk_connection_read(exchange->connection, data, capacity, got);
    while (goes_on(exchange, error));
    if (error || !exchange->flags->peek_then_read)
        return error;
    error = lk_connection_read(exchange->connection, data, capacity, got);
    if (!error && memcmp(data, seen, *got) != 0) {
        (void)fprintf(stderr, "what was read is not what was seen before\n");
        return LK_ERROR_INPUT_OUTPUT;
    }
    return error;
}

/* A write of which one byte gets through, so that reading goes on with the rest of it waiting. */
static lk_error write_a_byte(conversation *exchange)
{
    size_t taken = 0, length = 0;
    lk_error error = lk_connection_write(exchange->connection, greeting, strlen(greeting), &taken);
    if (error || taken != strlen(greeting))
        return error ? error : LK_ERROR_INPUT_OUTPUT;
    const uint8_t *output = lk_connection_output(exchange->connection, &length);
    if (length == 0 || send(exchange->socket, output, 1, MSG_NOSIGNAL) != 1)
        return LK_ERROR_INPUT_OUTPUT;
    lk_connection_sent(exchange->connection, 1);
    exchange->held_back = true;
    return LK_OK;
}

static lk_error write_in_many_sizes(conversation *exchange)
{
    static const size_t sizes[] = {0, 1, 255, 256, 257, 16383, 16384, 16385, 32767, 32768, LONGEST_WRITE};
    static uint8_t data[LONGEST_WRITE];
    lk_error error = LK_OK;
    memset(data, 0x42, sizeof data);
    for (size_t i = 0; !error && i < sizeof sizes / sizeof sizes[0]; i++)
        error = write_all(exchange, data, sizes[i]);
    return error;
}

/* An exporter of no use to anybody, which only has to work, or to say that it does not. */
static lk_error try_exporter(conversation *exchange)
{
    uint8_t material[1];
    lk_error error = lk_connection_export(exchange->connection, "label", NULL, 0, material, sizeof material);
    if (error)
        (void)fprintf(stderr, "failed to export keying material\n");
    return error;
}

/* Says what the runner derives too. */
static lk_error write_exported(conversation *exchange)
{
    const shim_flags *flags = exchange->flags;
    uint8_t material[EXPORT_MAX];
    size_t length = (size_t)flags->export_keying_material;
    const char *context = flags->use_export_context ? flags->export_context : NULL;
    if (length > sizeof material)
        return LK_ERROR_INVALID_ARGUMENT;
    lk_error error = lk_connection_export(exchange->connection, flags->export_label, (const uint8_t *)context,
                                          context ? strlen(context) : 0, material, length);
    if (error)
        (void)fprintf(stderr, "failed to export keying material\n");
    return error ? error : write_all(exchange, material, length);
}

static lk_error write_binding(conversation *exchange)
{
    uint8_t binding[LK_CHANNEL_BINDING_BYTES];
    size_t length = 0;
    lk_error error = lk_connection_channel_binding(exchange->connection, LK_BINDING_TLS_UNIQUE, binding, &length);
    if (error)
        (void)fprintf(stderr, "failed to get tls-unique\n");
    return error ? error : write_all(exchange, binding, length);
}

static lk_error write_first(conversation *exchange)
{
    lk_error error = LK_OK;
    if (exchange->flags->export_keying_material > 0)
        error = write_exported(exchange);
    if (!error && exchange->flags->tls_unique)
        error = write_binding(exchange);
    if (error)
        return error;
    if (exchange->flags->read_with_unfinished_write)
        return write_a_byte(exchange);
    if (exchange->flags->shim_writes_first)
        return write_all(exchange, (const uint8_t *)greeting, strlen(greeting));
    return LK_OK;
}

/* Until the peer has said everything: CLOSED, or TRUNCATED when it did not say so. */
static lk_error echo(conversation *exchange)
{
    uint8_t data[64 * 1024];
    size_t size = exchange->flags->read_size > 0 ? (size_t)exchange->flags->read_size : READ_SIZE, got = 0;
    lk_error error = size <= sizeof data ? LK_OK : LK_ERROR_INVALID_ARGUMENT;
    while (!error) {
        if (exchange->flags->use_exporter_between_reads)
            error = try_exporter(exchange);
        if (!error)
            error = read_some(exchange, data, size, &got);
        if (error)
            break;
        if (!lk_connection_established(exchange->connection)) {
            (void)fprintf(stderr, "data came before the handshake was complete\n");
            return LK_ERROR_WRONG_STATE;
        }
        for (size_t i = 0; i < got; i++)
            data[i] ^= 0xff;
        exchange->held_back = false;
        error = write_all(exchange, data, got);
    }
    return error;
}

/* Says goodbye, and, where it was this side that began, waits for the answer. */
static lk_error take_leave(conversation *exchange, bool first)
{
    uint8_t data[READ_SIZE];
    size_t got = 0;
    lk_error error = lk_connection_close(exchange->connection);
    if (!error && !flush(exchange))
        error = LK_ERROR_INPUT_OUTPUT;
    if (error || !first)
        return error;
    error = read_some(exchange, data, sizeof data, &got);
    if (!error)
        (void)fprintf(stderr, "application data on shutdown\n");
    return error == LK_ERROR_CLOSED ? LK_OK : error ? error : LK_ERROR_UNEXPECTED_MESSAGE;
}

static lk_error talk(conversation *exchange)
{
    const shim_flags *flags = exchange->flags;
    lk_error error = LK_OK;
    if (flags->write_different_record_sizes)
        error = write_in_many_sizes(exchange);
    else
        error = write_first(exchange);
    if (!error && !flags->shim_shuts_down && !flags->write_different_record_sizes)
        error = echo(exchange);
    bool over = error == LK_ERROR_CLOSED || (error == LK_ERROR_TRUNCATED && !flags->check_close_notify);
    if (over)
        error = LK_OK;
    if (error || !flags->check_close_notify)
        return error;
    bool session_came = exchange->shim->session_came; /* what comes after goodbye does not count */
    error = take_leave(exchange, flags->shim_shuts_down);
    exchange->shim->session_came = session_came;
    return error;
}

static int run(conversation *exchange, bool resumes)
{
    const shim_flags *flags = exchange->flags;
    lk_error error = LK_OK;
    int status = SHIM_OK;
    if (!flags->implicit_handshake) {
        error = shake_hands(exchange);
        if (!error && !flush(exchange))
            error = LK_ERROR_INPUT_OUTPUT;
        if (!error && !shim_meets_expectations(exchange->shim, flags, resumes, exchange->connection))
            status = SHIM_FAILED;
        if (!error && (flags->handshake_twice || flags->no_op_extra_handshake))
            error = lk_connection_handshake(exchange->connection);
    }
    if (!error && !status)
        error = talk(exchange);
    if (error) {
        (void)flush(exchange);
        shim_report(exchange->connection, error);
        status = SHIM_FAILED;
    }
    if (!status && !shim_ended_as_expected(exchange->shim, flags, exchange->connection))
        status = SHIM_FAILED;
    return status;
}

/* Lets the runner read everything, alerts too, before the socket goes. */
static void drain(int socket)
{
    char byte[READ_SIZE];
    struct pollfd descriptor = {.fd = socket, .events = POLLIN};
    (void)shutdown(socket, SHUT_WR);
    while (poll(&descriptor, 1, WAIT_MAX) > 0 && recv(socket, byte, sizeof byte, 0) > 0)
        ;
}

int shim_exchange(shim_state *shim, const shim_flags *flags, bool resumes, int socket)
{
    conversation exchange = {.shim = shim, .flags = flags, .socket = socket, .chunk = flags->async ? 1 : LONGEST_WRITE};
    lk_role role = flags->server ? LK_SERVER : LK_CLIENT;
    lk_error error = lk_connection_new(shim->config, role, flags->host_name, &exchange.connection);
    shim_forget(shim);
    if (!error && resumes && !flags->server)
        error = lk_connection_resume(exchange.connection, shim->session, shim->session_length);
    int status = SHIM_FAILED;
    if (error)
        shim_report(NULL, error);
    else
        status = run(&exchange, resumes);
    lk_connection_free(exchange.connection);
    drain(socket);
    return status;
}
