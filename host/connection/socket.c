/* SPDX-License-Identifier: Apache-2.0 */
/* A connection over a socket. Sockets are never waited for but in poll(). */
#include <latchkey/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    BACKLOG = 128,
    ALERT_TIMEOUT = 1000,         /* ms in which a last alert must have gone */
    ENGINE_WITHOUT_DESCRIPTOR = 1 /* ms between looks at an engine that cannot be polled */
};

/* A point in time by which something must be done; below 0: never. */
typedef struct deadline {
    long long at;
} deadline;

static long long now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (long long)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static deadline deadline_in(int timeout)
{
    return (deadline){timeout < 0 ? -1 : now_ms() + timeout};
}

static int deadline_left(deadline end)
{
    if (end.at < 0)
        return -1;
    long long left = end.at - now_ms();
    return left > 0 ? (int)left : 0;
}

static bool is_want(lk_error error)
{
    return error == LK_ERROR_WANT_READ || error == LK_ERROR_WANT_WRITE || error == LK_ERROR_WANT_ENGINE;
}

static lk_error resolve(const char *host, const char *port, int flags, struct addrinfo **addresses)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags};
    return getaddrinfo(host, port, &hints, addresses) == 0 ? LK_OK : LK_ERROR_ADDRESS_UNRESOLVED;
}

/* Waits until a connection that was begun stands. Returns the system's error number, 0 when it does. */
static int finish_connect(int made, deadline end)
{
    int fault = 0;
    socklen_t size = sizeof fault;
    struct pollfd wait = {.fd = made, .events = POLLOUT};
    int ready = poll(&wait, 1, deadline_left(end));
    if (ready == 0)
        return ETIMEDOUT;
    if (ready < 0 || getsockopt(made, SOL_SOCKET, SO_ERROR, &fault, &size) != 0)
        return errno;
    return fault;
}

static lk_error connect_error(int fault)
{
    if (fault == ECONNREFUSED)
        return LK_ERROR_CONNECTION_REFUSED;
    return fault == ETIMEDOUT ? LK_ERROR_TIMED_OUT : LK_ERROR_INPUT_OUTPUT;
}

static lk_error connect_one(const struct addrinfo *address, deadline end, int *connected)
{
    int flag = 1;
    int made = socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address->ai_protocol);
    if (made < 0)
        return LK_ERROR_INPUT_OUTPUT;
    int fault = connect(made, address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
    if (fault == EINPROGRESS)
        fault = finish_connect(made, end);
    if (fault) {
        close(made);
        return connect_error(fault);
    }
    (void)setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &flag, sizeof flag);
    *connected = made;
    return LK_OK;
}

lk_error lk_socket_connect(const char *host, const char *port, int timeout, int *connected)
{
    struct addrinfo *addresses = NULL;
    deadline end = deadline_in(timeout);
    lk_error error = resolve(host, port, 0, &addresses);
    *connected = -1;
    for (const struct addrinfo *each = addresses; each && *connected < 0; each = each->ai_next)
        error = connect_one(each, end, connected);
    if (addresses)
        freeaddrinfo(addresses);
    return error;
}

static lk_error listen_one(const struct addrinfo *address, int *listening)
{
    int flag = 1;
    int made = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, address->ai_protocol);
    if (made < 0)
        return LK_ERROR_INPUT_OUTPUT;
    (void)setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &flag, sizeof flag);
    if (bind(made, address->ai_addr, address->ai_addrlen) != 0 || listen(made, BACKLOG) != 0) {
        lk_error error = errno == EADDRINUSE ? LK_ERROR_ADDRESS_IN_USE : LK_ERROR_INPUT_OUTPUT;
        close(made);
        return error;
    }
    *listening = made;
    return LK_OK;
}

lk_error lk_socket_listen(const char *host, const char *port, int *listening)
{
    struct addrinfo *addresses = NULL;
    lk_error error = resolve(host, port, AI_PASSIVE, &addresses);
    *listening = -1;
    for (const struct addrinfo *each = addresses; each && *listening < 0; each = each->ai_next)
        error = listen_one(each, listening);
    if (addresses)
        freeaddrinfo(addresses);
    return error;
}

/* Each of these moves what can be moved at once, and says in *moved whether that was anything. */

static lk_error send_some(lk_connection *connection, int socket, bool *moved)
{
    size_t length = 0;
    const uint8_t *bytes = lk_connection_output(connection, &length);
    while (length > 0) {
        ssize_t sent = send(socket, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK ? LK_OK : LK_ERROR_INPUT_OUTPUT;
        *moved = true;
        lk_connection_sent(connection, (size_t)sent);
        bytes = lk_connection_output(connection, &length);
    }
    return LK_OK;
}

static lk_error receive_some(lk_connection *connection, int socket, bool *moved)
{
    size_t room = 0;
    uint8_t *memory = lk_connection_input(connection, &room);
    if (room == 0)
        return LK_OK;
    ssize_t got = recv(socket, memory, room, MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? LK_OK : LK_ERROR_INPUT_OUTPUT;
    *moved = true;
    if (got == 0)
        lk_connection_received_end(connection);
    else
        lk_connection_received(connection, (size_t)got);
    return LK_OK;
}

static lk_error move(lk_connection *connection, int socket, bool *moved)
{
    lk_error error = LK_OK;
    if (lk_connection_wants_engine(connection)) {
        error = lk_connection_progress(connection, 0);
        *moved |= error != LK_OK || !lk_connection_wants_engine(connection);
    }
    lk_error sending = send_some(connection, socket, moved);
    bool came = false;
    lk_error receiving = receive_some(connection, socket, &came);
    *moved |= came;
    /* A peer that reads no more may have said why: what came is looked at before the failure is. */
    if (came)
        return error;
    return error ? error : sending ? sending : receiving;
}

static int wait_for(lk_connection *connection, int socket, int timeout)
{
    size_t room = 0;
    size_t length = 0;
    struct pollfd waits[2] = {{.fd = socket}, {.fd = -1, .events = POLLIN}};
    (void)lk_connection_input(connection, &room);
    (void)lk_connection_output(connection, &length);
    waits[0].events = (short)((room > 0 ? POLLIN : 0) | (length > 0 ? POLLOUT : 0));
    if (lk_connection_wants_engine(connection)) {
        waits[1].fd = lk_connection_engine_descriptor(connection);
        if (waits[1].fd < 0 && (timeout < 0 || timeout > ENGINE_WITHOUT_DESCRIPTOR))
            timeout = ENGINE_WITHOUT_DESCRIPTOR;
    }
    return poll(waits, 2, timeout);
}

/* A peer that has gone may have left an alert behind, which says more than the system does: a TLS 1.3 server judges the
 * client's certificate when the client is already sending. */
static lk_error last_words(lk_connection *connection, lk_error error)
{
    const uint8_t *data = NULL;
    size_t length = 0;
    if (error != LK_ERROR_INPUT_OUTPUT)
        return error;
    return lk_connection_peek(connection, &data, &length) == LK_ERROR_PEER_ALERT ? LK_ERROR_PEER_ALERT : error;
}

lk_error lk_socket_step(lk_connection *connection, int socket, int timeout)
{
    bool moved = false;
    deadline end = deadline_in(timeout);
    lk_error error = move(connection, socket, &moved);
    while (!error && !moved) {
        int left = deadline_left(end);
        int ready = wait_for(connection, socket, left);
        if (ready < 0 && errno != EINTR)
            return LK_ERROR_INPUT_OUTPUT;
        error = move(connection, socket, &moved);
        if (!error && !moved && left == 0)
            return LK_ERROR_TIMED_OUT;
    }
    return last_words(connection, error);
}

/* Sends all that waits. */
static lk_error flush(lk_connection *connection, int socket, int timeout)
{
    lk_error error = LK_OK;
    size_t length = 0;
    for (;;) {
        (void)lk_connection_output(connection, &length);
        if (length == 0 && !lk_connection_wants_engine(connection))
            return LK_OK;
        error = lk_socket_step(connection, socket, timeout);
        if (error)
            return error;
    }
}

/* Gives the peer the alert that says why, if it still listens; or what went before a signature that is awaited. */
static lk_error give_up(lk_connection *connection, int socket, lk_error error)
{
    (void)flush(connection, socket, ALERT_TIMEOUT);
    return error;
}

/* A renegotiation that cannot go on before its owner has read what came. */
static bool must_read(const lk_connection *connection, lk_error error)
{
    return error == LK_ERROR_WANT_READ && lk_connection_pending(connection) > 0;
}

lk_error lk_socket_handshake(lk_connection *connection, int socket, int timeout)
{
    deadline end = deadline_in(timeout);
    lk_error error = lk_connection_handshake(connection);
    while (is_want(error) && !must_read(connection, error)) {
        lk_error step = lk_socket_step(connection, socket, deadline_left(end));
        if (step)
            return step;
        error = lk_connection_handshake(connection);
    }
    if (is_want(error))
        return error;
    return error ? give_up(connection, socket, error) : flush(connection, socket, deadline_left(end));
}

lk_error lk_socket_write(lk_connection *connection, int socket, const void *data, size_t length, int timeout)
{
    const uint8_t *next = data;
    while (length > 0) {
        size_t taken = 0;
        lk_error error = lk_connection_write(connection, next, length, &taken);
        next += taken;
        length -= taken;
        if (must_read(connection, error))
            return error;
        if (is_want(error))
            error = lk_socket_step(connection, socket, timeout);
        if (error)
            return give_up(connection, socket, error);
    }
    return flush(connection, socket, timeout);
}

lk_error lk_socket_read(lk_connection *connection, int socket, void *data, size_t capacity, size_t *got, int timeout)
{
    lk_error error = lk_connection_read(connection, data, capacity, got);
    while (is_want(error)) {
        lk_error step = lk_socket_step(connection, socket, timeout);
        if (step)
            return step;
        error = lk_connection_read(connection, data, capacity, got);
    }
    return error && error != LK_ERROR_CLOSED ? give_up(connection, socket, error) : error;
}

lk_error lk_socket_close(lk_connection *connection, int socket, int timeout)
{
    uint8_t discarded[4096];
    size_t got = 0;
    lk_error error = lk_connection_close(connection);
    if (!error)
        error = flush(connection, socket, timeout);
    while (!error)
        error = lk_socket_read(connection, socket, discarded, sizeof discarded, &got, timeout);
    return error == LK_ERROR_CLOSED ? LK_OK : error;
}
