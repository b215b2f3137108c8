/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/stack.h"

#include <latchkey/latchkey.h>

#include <stdlib.h>
#include <string.h>

struct lk_stack_side {
    lk_connection *connection;
    const uint8_t *input;
    size_t left;
};

static struct {
    lk_config *configs[2]; /* by role */
    uint8_t *session;
    size_t session_length;
} ours;

static void keep_first(void *context, const lk_connection *connection, const uint8_t *session, size_t length)
{
    (void)context, (void)connection;
    if (ours.session || !session || !(ours.session = malloc(length)))
        return;
    memcpy(ours.session, session, length);
    ours.session_length = length;
}

static bool set_up(const lk_stack_form *form)
{
    bool good = true;
    for (int role = 0; role < 2 && good; role++) {
        lk_config *config = ours.configs[role] = lk_config_new();
        good = config && lk_config_set_versions(config, LK_VERSION_TLS1_3, LK_VERSION_TLS1_3) == LK_OK &&
               lk_config_set_suites(config, form->suite) == LK_OK && lk_config_set_groups(config, "X25519") == LK_OK;
    }
    if (good && form->resumed)
        lk_config_set_session_keeper(ours.configs[LK_STACK_CLIENT], keep_first, NULL);
    return good && lk_config_trust_file(ours.configs[LK_STACK_CLIENT], form->certificate) == LK_OK &&
           lk_config_use_certificate_files(ours.configs[LK_STACK_SERVER], form->certificate, form->key) == LK_OK;
}

static void tear_down(void)
{
    for (int role = 0; role < 2; role++)
        lk_config_free(ours.configs[role]);
    free(ours.session);
    memset(&ours, 0, sizeof ours);
}

static void end(lk_stack_side *side)
{
    if (side)
        lk_connection_free(side->connection);
    free(side);
}

static lk_stack_side *begin(lk_stack_role role)
{
    lk_stack_side *side = calloc(1, sizeof *side);
    bool client = role == LK_STACK_CLIENT;
    bool good = side && lk_connection_new(ours.configs[role], client ? LK_CLIENT : LK_SERVER,
                                          client ? "localhost" : NULL, &side->connection) == LK_OK;
    if (good && client && ours.session)
        good = lk_connection_resume(side->connection, ours.session, ours.session_length) == LK_OK;
    if (good)
        return side;
    end(side);
    return NULL;
}

/* Moves what there is of the input into the connection. */
static bool feed(lk_stack_side *side)
{
    size_t room = 0;
    uint8_t *memory = lk_connection_input(side->connection, &room);
    size_t step = side->left < room ? side->left : room;
    if (step == 0)
        return false;
    memcpy(memory, side->input, step);
    lk_connection_received(side->connection, step);
    side->input += step;
    side->left -= step;
    return true;
}

static bool handshake(lk_stack_side *side, bool *done)
{
    lk_error error = lk_connection_handshake(side->connection);
    while (error == LK_ERROR_WANT_READ && feed(side))
        error = lk_connection_handshake(side->connection);
    *done = error == LK_OK;
    return *done || error == LK_ERROR_WANT_READ || error == LK_ERROR_WANT_WRITE;
}

static size_t output(lk_stack_side *side, uint8_t *to)
{
    size_t length = 0, total = 0;
    const uint8_t *bytes = lk_connection_output(side->connection, &length);
    for (; length > 0; bytes = lk_connection_output(side->connection, &length)) {
        if (to)
            memcpy(to + total, bytes, length);
        total += length;
        lk_connection_sent(side->connection, length);
    }
    return total;
}

static void input(lk_stack_side *side, const uint8_t *bytes, size_t length)
{
    side->input = bytes;
    side->left = length;
}

static void rest(lk_stack_side *side)
{
    lk_connection_release_buffers(side->connection);
}

static bool write_record(lk_stack_side *side, const uint8_t *data, size_t length)
{
    size_t taken = 0;
    return lk_connection_write(side->connection, data, length, &taken) == LK_OK && taken == length;
}

static size_t read_all(lk_stack_side *side, uint8_t *data, size_t capacity)
{
    size_t total = 0;
    for (;;) {
        size_t got = 0;
        lk_error error = lk_connection_read(side->connection, data, capacity, &got);
        total += got;
        if (error && (error != LK_ERROR_WANT_READ || !feed(side)))
            return total;
    }
}

const lk_stack lk_stack_ours = {.name = "ours",
                                .set_up = set_up,
                                .tear_down = tear_down,
                                .begin = begin,
                                .end = end,
                                .handshake = handshake,
                                .output = output,
                                .input = input,
                                .rest = rest,
                                .write = write_record,
                                .read = read_all};
