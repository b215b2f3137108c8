/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/relay.h"
#include "tools/files.h"

#include <latchkey/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 65536, POLLED = 3, ECHO_WAITING_MAX = 16 * 1024 * 1024 };

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

/* What came and has not been sent back. */
typedef struct lk_echo {
    lk_session *session;
    uint8_t *bytes;
    size_t start, end, capacity;
} lk_echo;

/* Room for a chunk more. */
static bool echo_make_room(lk_echo *echo)
{
    if (echo->start == echo->end)
        echo->start = echo->end = 0;
    if (echo->capacity - echo->end >= CHUNK)
        return true;
    if (echo->start > 0)
        memmove(echo->bytes, echo->bytes + echo->start, echo->end - echo->start);
    echo->end -= echo->start;
    echo->start = 0;
    if (echo->capacity - echo->end >= CHUNK)
        return true;
    uint8_t *larger = realloc(echo->bytes, echo->capacity + CHUNK);
    if (!larger)
        return false;
    echo->bytes = larger;
    echo->capacity += CHUNK;
    return true;
}

static lk_error echo_send(lk_echo *echo, bool *moved)
{
    lk_session *session = echo->session;
    size_t taken = 0;
    lk_error error = LK_OK;
    while (!error && echo->start < echo->end) {
        error = lk_connection_write(session->connection, echo->bytes + echo->start, echo->end - echo->start, &taken);
        echo->start += taken;
        session->sent += taken;
        *moved |= taken > 0;
    }
    return is_wait(error) ? LK_OK : error;
}

/*
 * Reads when all has been sent back. In a renegotiation nothing can be sent before it is over, and it is not over
 * before what the peer sent in between has been read: then that waits here, up to a limit, beyond which the peer only
 * wants to fill our memory.
 */
static lk_error echo_receive(lk_echo *echo, bool *moved)
{
    lk_session *session = echo->session;
    size_t waiting = echo->end - echo->start, got = 0;
    if (waiting > 0 && !lk_connection_renegotiating(session->connection))
        return LK_OK;
    if (waiting > ECHO_WAITING_MAX)
        return lk_session_fail(session, LK_ERROR_TOO_MANY_EMPTY,
                               "the peer sends data without end, and does not go on with its handshake");
    if (!echo_make_room(echo))
        return LK_ERROR_NO_MEMORY;
    lk_error error = lk_connection_read(session->connection, echo->bytes + echo->end, echo->capacity - echo->end, &got);
    echo->end += got;
    session->received += got;
    *moved |= got > 0;
    return is_wait(error) ? LK_OK : error;
}

lk_error lk_relay_echo(lk_session *session)
{
    lk_echo echo = {.session = session};
    lk_error error = LK_OK;
    while (!error) {
        bool moved = false;
        error = echo_send(&echo, &moved);
        if (!error)
            error = echo_receive(&echo, &moved);
        if (!error && !moved)
            error = lk_socket_step(session->connection, session->socket, session->setup->options->timeout);
    }
    free(echo.bytes);
    if (error == LK_ERROR_CLOSED)
        error = lk_socket_close(session->connection, session->socket, lk_options_timeout(session->setup->options));
    return error;
}
