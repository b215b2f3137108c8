/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/relay.h"
#include "tools/files.h"

#include <latchkey/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 65536, ECHO_MAX = 1 << 22, POLLED = 3 };

typedef struct lk_relay {
    lk_session *session;
    int input, output;
    bool input_ended;  /* and close_notify is under way */
    size_t start, end; /* what of the chunk waits to be sent */
    uint8_t chunk[CHUNK];
} lk_relay;

static bool is_wait(lk_error error)
{
    return error == LK_ERROR_WANT_READ || error == LK_ERROR_WANT_WRITE || error == LK_ERROR_WANT_ENGINE;
}

static lk_error send_chunk(lk_relay *relay)
{
    lk_session *session = relay->session;
    while (relay->start < relay->end) {
        size_t taken = 0;
        lk_error error =
            lk_connection_write(session->connection, relay->chunk + relay->start, relay->end - relay->start, &taken);
        if (error)
            return is_wait(error) ? LK_OK : error;
        relay->start += taken;
        session->sent += taken;
    }
    return LK_OK;
}

static lk_error read_input(lk_relay *relay)
{
    ssize_t got = read(relay->input, relay->chunk, sizeof relay->chunk);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return LK_OK;
    if (got < 0)
        return lk_session_fail(relay->session, LK_ERROR_INPUT_OUTPUT, "the input cannot be read: %s", strerror(errno));
    relay->start = 0;
    relay->end = (size_t)got;
    relay->input_ended = got == 0;
    return relay->input_ended ? lk_connection_close(relay->session->connection) : LK_OK;
}

static lk_error receive(lk_relay *relay)
{
    lk_session *session = relay->session;
    for (;;) {
        const uint8_t *data;
        size_t length = 0;
        lk_error error = lk_connection_peek(session->connection, &data, &length);
        if (error)
            return is_wait(error) ? LK_OK : error;
        if (lk_file_write(relay->output, data, length))
            return lk_session_fail(session, LK_ERROR_INPUT_OUTPUT, "the output cannot be written: %s", strerror(errno));
        lk_connection_consume(session->connection, length);
        session->received += length;
    }
}

/* Waits for whatever can go on: input when the chunk is empty, the socket, the engine. */
static lk_error wait_for_something(lk_relay *relay, bool *input_ready)
{
    const lk_session *session = relay->session;
    struct pollfd polled[POLLED] = {{.fd = -1}, {.fd = session->socket}, {.fd = -1}};
    size_t room, waiting;
    int ready;

    if (!relay->input_ended && relay->start == relay->end)
        polled[0] = (struct pollfd){.fd = relay->input, .events = POLLIN};
    (void)lk_connection_input(session->connection, &room);
    (void)lk_connection_output(session->connection, &waiting);
    polled[1].events = (short)((room > 0 ? POLLIN : 0) | (waiting > 0 ? POLLOUT : 0));
    if (lk_connection_wants_engine(session->connection))
        polled[2] = (struct pollfd){.fd = lk_connection_engine_descriptor(session->connection), .events = POLLIN};
    ready = poll(polled, POLLED, session->setup->options->timeout);
    if (ready < 0 && errno != EINTR)
        return LK_ERROR_INPUT_OUTPUT;
    if (ready == 0)
        return LK_ERROR_TIMED_OUT;
    *input_ready = ready > 0 && polled[0].revents != 0;
    return LK_OK;
}

static lk_error turn(lk_relay *relay)
{
    lk_session *session = relay->session;
    bool input_ready = false;
    lk_error error = send_chunk(relay);
    if (!error)
        error = receive(relay);
    if (!error)
        error = wait_for_something(relay, &input_ready);
    if (!error && input_ready)
        error = read_input(relay);
    if (!error)
        error = send_chunk(relay);
    if (!error) {
        error = lk_socket_step(session->connection, session->socket, 0);
        if (error == LK_ERROR_TIMED_OUT)
            error = LK_OK; /* nothing moved this time: the next poll waits */
    }
    return error;
}

lk_error lk_relay_run(lk_session *session, int input, int output)
{
    lk_error error = LK_OK;
    lk_relay *state = calloc(1, sizeof *state);
    if (!state)
        return LK_ERROR_NO_MEMORY;
    state->session = session;
    state->input = input;
    state->output = output;
    while (!error)
        error = turn(state);
    free(state);
    if (error == LK_ERROR_CLOSED)
        error = lk_socket_close(session->connection, session->socket, lk_options_timeout(session->setup->options));
    return error;
}

/* What came and was not sent back yet. It is more than a chunk only in a renegotiation, when nothing may be sent. */
typedef struct lk_echo {
    size_t start, end;
    uint8_t bytes[ECHO_MAX];
} lk_echo;

/* Sends what there is, as far as that goes without waiting for the peer's next record. */
static lk_error echo_send(lk_session *session, lk_echo *echo)
{
    while (echo->start < echo->end) {
        size_t taken = 0;
        lk_error error =
            lk_connection_write(session->connection, echo->bytes + echo->start, echo->end - echo->start, &taken);
        echo->start += taken;
        session->sent += taken;
        if (error == LK_ERROR_WANT_READ && lk_connection_pending(session->connection) > 0)
            return LK_OK; /* the peer's handshake message stands behind bytes that must be read first */
        if (is_wait(error))
            error = lk_socket_step(session->connection, session->socket, session->setup->options->timeout);
        if (error)
            return error;
    }
    echo->start = echo->end = 0;
    return LK_OK;
}

static lk_error echo_receive(lk_session *session, lk_echo *echo)
{
    size_t got = 0, room = sizeof echo->bytes - echo->end;
    if (room == 0)
        return lk_session_fail(session, LK_ERROR_WANT_READ, "the peer sends %zu bytes into a renegotiation",
                               sizeof echo->bytes - echo->start);
    lk_error error = lk_socket_read(session->connection, session->socket, echo->bytes + echo->end,
                                    room < CHUNK ? room : CHUNK, &got, session->setup->options->timeout);
    echo->end += got;
    session->received += got;
    return error;
}

lk_error lk_relay_echo(lk_session *session)
{
    lk_error error = LK_OK;
    lk_echo *echo = malloc(sizeof *echo);
    if (!echo)
        return LK_ERROR_NO_MEMORY;
    echo->start = echo->end = 0;
    while (!error) {
        error = echo_receive(session, echo);
        if (!error)
            error = echo_send(session, echo);
    }
    free(echo);
    if (error == LK_ERROR_CLOSED)
        error = lk_socket_close(session->connection, session->socket, lk_options_timeout(session->setup->options));
    return error;
}
