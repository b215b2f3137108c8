/* SPDX-License-Identifier: Apache-2.0 */
/* example_epoll PORT CHAIN.pem KEY.pem: sends back what comes, to a thousand clients at once, in one thread. */
#include <latchkey/latchkey.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct client {
    lk_connection *connection;
    int socket;
} client;

static int events;

static void leave(client *who)
{
    lk_connection_free(who->connection);
    close(who->socket); /* and out of epoll's sight */
    free(who);
}

/* Epoll tells of writing only while there is something to write. */
static void watch(client *who, int how)
{
    size_t length;
    (void)lk_connection_output(who->connection, &length);
    struct epoll_event event = {.events = EPOLLIN | (length > 0 ? EPOLLOUT : 0u), .data.ptr = who};
    if (epoll_ctl(events, how, who->socket, &event) != 0)
        leave(who);
}

static void welcome(const lk_config *config, int listening)
{
    client *who = calloc(1, sizeof *who);
    int socket = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (!who || socket < 0 || lk_connection_new(config, LK_SERVER, NULL, &who->connection) != LK_OK) {
        free(who);
        if (socket >= 0)
            close(socket);
        return;
    }
    who->socket = socket;
    watch(who, EPOLL_CTL_ADD);
}

/* What came is written back as far as there is room for it: the rest stays where it is, and is seen again. */
static lk_error echo(lk_connection *connection)
{
    const uint8_t *data;
    size_t length, taken;
    for (;;) {
        lk_error error = lk_connection_peek(connection, &data, &length);
        error = error ? error : lk_connection_write(connection, data, length, &taken);
        if (error)
            return error;
        lk_connection_consume(connection, taken);
    }
}

/* Whether the connection goes on. */
static int serve(client *who)
{
    bool moved = true;
    for (lk_error error = LK_OK; moved && error != LK_ERROR_TIMED_OUT;) {
        error = lk_socket_step(who->connection, who->socket, 0); /* TIMED_OUT: nothing to be done now */
        if (error && error != LK_ERROR_TIMED_OUT)
            return 0;
        lk_error said = echo(who->connection);
        if (said == LK_ERROR_CLOSED)
            (void)lk_connection_close(who->connection);
        moved = said == LK_ERROR_WANT_READ || said == LK_ERROR_WANT_WRITE;
        if (!moved)
            (void)lk_socket_step(who->connection, who->socket, 0); /* close_notify, or the alert that says why */
    }
    if (moved)
        lk_connection_release_buffers(who->connection); /* until the client says something again */
    return moved;
}

int main(int count, char **arguments)
{
    struct epoll_event ready[64];
    int listening = -1;
    lk_config *config = lk_config_new();
    lk_error error = config && count == 4 ? LK_OK : LK_ERROR_INVALID_ARGUMENT;
    error = error ? error : lk_config_use_certificate_files(config, arguments[2], arguments[3]);
    error = error ? error : lk_socket_listen("localhost", arguments[1], &listening);
    if (error) {
        fprintf(stderr, "%s\n", lk_error_sentence(error));
        return 1;
    }
    events = epoll_create1(EPOLL_CLOEXEC);
    (void)epoll_ctl(events, EPOLL_CTL_ADD, listening, &(struct epoll_event){.events = EPOLLIN, .data.ptr = NULL});
    for (;;) {
        int number = epoll_wait(events, ready, sizeof ready / sizeof ready[0], -1);
        for (int i = 0; i < number; i++) {
            client *who = ready[i].data.ptr;
            if (!who)
                welcome(config, listening);
            else if (serve(who))
                watch(who, EPOLL_CTL_MOD);
            else
                leave(who);
        }
    }
}
