/* SPDX-License-Identifier: Apache-2.0 */
/* A connection as a filter BIO: bytes of the wire are carried between it and the next BIO whenever a call needs it. */
#include <latchkey/bio.h>

#include "connection/inside.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

typedef struct bio_state {
    lk_connection *connection;
    lk_error error; /* what the last call came to */
} bio_state;

static bio_state *state_of(BIO *bio)
{
    return BIO_get_data(bio);
}

/* The next BIO does not go on: the caller may try again where it says so. Returns what it came to. */
static lk_error blocked(BIO *bio, lk_error want)
{
    BIO_copy_next_retry(bio);
    return BIO_should_retry(bio) ? want : LK_ERROR_INPUT_OUTPUT;
}

/* An engine works, and nobody else is waited for meanwhile. Its driver knows when one has taken too long. */
static lk_error await_engine(lk_connection *connection)
{
    enum { ROUND = 1000 /* ms */ };
    return lk_connection_progress(connection, ROUND);
}

/* Gives the next BIO what waits for the wire; all: what an engine still works on, too. @return WANT_WRITE,
 * INPUT_OUTPUT. */
static lk_error send_output(BIO *bio, bool all)
{
    lk_connection *connection = state_of(bio)->connection;
    size_t length = 0;
    lk_error error = LK_OK;
    while (!error) {
        const uint8_t *bytes = lk_connection_output(connection, &length);
        if (length == 0 && (!all || !lk_record_layer_sealing(connection->layer)))
            return LK_OK;
        if (length == 0) {
            error = await_engine(connection);
            continue;
        }
        int sent = BIO_write(BIO_next(bio), bytes, length < INT_MAX ? (int)length : INT_MAX);
        if (sent <= 0)
            return blocked(bio, LK_ERROR_WANT_WRITE);
        lk_connection_sent(connection, (size_t)sent);
    }
    return error;
}

/* Takes what the next BIO has. @return WANT_READ, INPUT_OUTPUT. */
static lk_error take_input(BIO *bio)
{
    lk_connection *connection = state_of(bio)->connection;
    size_t room = 0;
    uint8_t *input = lk_connection_input(connection, &room);
    if (!input || room == 0)
        return LK_ERROR_INPUT_OUTPUT; /* what it wants is not there to be had */
    int got = BIO_read(BIO_next(bio), input, room < INT_MAX ? (int)room : INT_MAX);
    if (got > 0)
        lk_connection_received(connection, (size_t)got);
    else if (got < 0 || BIO_should_retry(BIO_next(bio)))
        return blocked(bio, LK_ERROR_WANT_READ);
    else
        lk_connection_received_end(connection);
    return LK_OK;
}

/* The next BIO takes nothing more: as long as it gives, both sides cannot come to wait for each other to read. Then the
 * caller may wait for either. */
static lk_error take_meanwhile(BIO *bio)
{
    size_t room = 0;
    uint8_t *input = lk_connection_input(state_of(bio)->connection, &room);
    int got = input && room > 0 ? BIO_read(BIO_next(bio), input, room < INT_MAX ? (int)room : INT_MAX) : 0;
    if (got > 0) {
        lk_connection_received(state_of(bio)->connection, (size_t)got);
        BIO_clear_retry_flags(bio);
        return LK_OK;
    }
    if (got < 0 && BIO_should_read(BIO_next(bio)))
        BIO_set_flags(bio, BIO_FLAGS_READ);
    return LK_ERROR_WANT_WRITE;
}

/* Does what a connection wants, so that it can go on. @return what there is to tell where it cannot. */
static lk_error satisfy(BIO *bio, lk_error want)
{
    /* who waits for the peer has to let it hear everything first */
    lk_error error = send_output(bio, want == LK_ERROR_WANT_READ || want == LK_OK);
    if (error == LK_ERROR_WANT_WRITE)
        return take_meanwhile(bio);
    if (error)
        return error;
    switch (want) {
    case LK_ERROR_WANT_READ:
        return take_input(bio);
    case LK_ERROR_WANT_ENGINE:
        return await_engine(state_of(bio)->connection);
    case LK_ERROR_WANT_KEY:
        BIO_set_retry_special(bio); /* what is to be done then, this BIO does not know */
        return want;
    default:
        return LK_OK; /* what waited for the wire has gone */
    }
}

/* Makes ready for a call; false for a BIO that is none of ours, or that has no next one. */
static bool begin(BIO *bio)
{
    bio_state *state = state_of(bio);
    BIO_clear_retry_flags(bio);
    if (state && !BIO_next(bio))
        state->error = LK_ERROR_INPUT_OUTPUT;
    return state && BIO_next(bio);
}

/* What a call returns that has nothing to give. */
static int nothing(bio_state *state, lk_error error)
{
    state->error = error;
    return error == LK_ERROR_CLOSED ? 0 : -1;
}

static int bio_read(BIO *bio, char *data, int length)
{
    bio_state *state = state_of(bio);
    size_t got = 0;
    if (!begin(bio) || !data || length <= 0)
        return -1;
    for (;;) {
        lk_error error = lk_connection_read(state->connection, data, (size_t)length, &got);
        if (!error)
            break;
        if (lk_error_is_want(error))
            error = satisfy(bio, error);
        else
            (void)send_output(bio, true); /* an alert */
        if (error)
            return nothing(state, error);
    }
    state->error = LK_OK;
    return (int)got;
}

static int bio_write(BIO *bio, const char *data, int length)
{
    bio_state *state = state_of(bio);
    size_t taken = 0;
    if (!begin(bio) || !data || length <= 0)
        return -1;
    for (;;) {
        lk_error error = lk_connection_write(state->connection, data, (size_t)length, &taken);
        if (!error)
            break;
        if (lk_error_is_want(error))
            error = satisfy(bio, error);
        else
            (void)send_output(bio, true);
        if (error)
            return nothing(state, error);
    }
    state->error = send_output(bio, false); /* what does not go now goes with the next call: it is taken */
    BIO_clear_retry_flags(bio);
    return (int)taken;
}

static int bio_puts(BIO *bio, const char *text)
{
    size_t length = strlen(text);
    return bio_write(bio, text, length < INT_MAX ? (int)length : INT_MAX);
}

static long handshake(BIO *bio)
{
    bio_state *state = state_of(bio);
    if (!begin(bio))
        return -1;
    for (;;) {
        lk_error error = lk_connection_handshake(state->connection);
        bool done = !error;
        if (done)
            error = send_output(bio, true);
        else if (lk_error_is_want(error))
            error = satisfy(bio, error);
        else
            (void)send_output(bio, true);
        state->error = error;
        if (error || done)
            return error ? -1 : 1;
    }
}

/* All that was written has gone, through the next BIO too. */
static long flush(BIO *bio)
{
    bio_state *state = state_of(bio);
    if (!begin(bio))
        return -1;
    state->error = send_output(bio, true);
    if (state->error)
        return -1;
    long done = BIO_flush(BIO_next(bio));
    BIO_copy_next_retry(bio);
    return done;
}

static long waiting(const bio_state *state)
{
    size_t length = 0;
    (void)lk_connection_output(state->connection, &length);
    return length < LONG_MAX ? (long)length : LONG_MAX;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
    const bio_state *state = state_of(bio);
    if (!state)
        return 0;
    switch (command) {
    case BIO_C_DO_STATE_MACHINE:
        return handshake(bio);
    case BIO_CTRL_FLUSH:
        return flush(bio);
    case BIO_CTRL_PENDING:
        return (long)lk_connection_pending(state->connection);
    case BIO_CTRL_WPENDING:
        return waiting(state);
    case BIO_CTRL_EOF:
        return state->error == LK_ERROR_CLOSED;
    case BIO_CTRL_GET_CLOSE:
        return BIO_get_shutdown(bio);
    case BIO_CTRL_SET_CLOSE:
        BIO_set_shutdown(bio, (int)number);
        return 1;
    case BIO_CTRL_PUSH:
    case BIO_CTRL_POP:
    case BIO_CTRL_DUP:
    case BIO_CTRL_RESET:
        return 0;
    default:
        return BIO_next(bio) ? BIO_ctrl(BIO_next(bio), command, number, pointer) : 0;
    }
}

static int bio_create(BIO *bio)
{
    BIO_set_shutdown(bio, BIO_NOCLOSE);
    return 1;
}

static int bio_destroy(BIO *bio)
{
    bio_state *state = state_of(bio);
    if (state && BIO_get_shutdown(bio))
        lk_connection_free(state->connection);
    free(state);
    BIO_set_data(bio, NULL);
    BIO_set_init(bio, 0);
    return 1;
}

BIO_METHOD *lk_bio_method_new(void)
{
    int number = BIO_get_new_index();
    BIO_METHOD *method = number > 0 ? BIO_meth_new(number | BIO_TYPE_FILTER, "latchkey") : NULL;
    if (method && BIO_meth_set_read(method, bio_read) == 1 && BIO_meth_set_write(method, bio_write) == 1 &&
        BIO_meth_set_puts(method, bio_puts) == 1 && BIO_meth_set_ctrl(method, bio_ctrl) == 1 &&
        BIO_meth_set_create(method, bio_create) == 1 && BIO_meth_set_destroy(method, bio_destroy) == 1)
        return method;
    BIO_meth_free(method);
    return NULL;
}

BIO *lk_bio_new(const BIO_METHOD *method, lk_connection *connection)
{
    bio_state *state = calloc(1, sizeof *state);
    BIO *bio = state ? BIO_new(method) : NULL;
    if (!bio) {
        free(state);
        return NULL;
    }
    state->connection = connection;
    BIO_set_data(bio, state);
    BIO_set_init(bio, 1);
    return bio;
}

lk_connection *lk_bio_connection(BIO *bio)
{
    const bio_state *state = state_of(bio);
    return state ? state->connection : NULL;
}

lk_error lk_bio_error(BIO *bio)
{
    const bio_state *state = state_of(bio);
    return state ? state->error : LK_ERROR_INVALID_ARGUMENT;
}
