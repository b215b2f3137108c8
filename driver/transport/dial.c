/* SPDX-License-Identifier: Apache-2.0 */
#include "transport/dial.h"

#include "transport/diagnosis.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t lk_dial_deadline(int timeout)
{
    return now_ms() + timeout;
}

/* Waits until the socket is ready. */
static lk_error wait_for(int connected, short events, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline - now_ms();
        struct pollfd waited = {.fd = connected, .events = events};
        int ready = left > 0 ? poll(&waited, 1, (int)left) : 0;
        if (ready > 0)
            return LK_OK;
        if (ready == 0)
            return LK_ERROR_TIMED_OUT;
        if (errno != EINTR)
            return LK_ERROR_DEVICE_LOST;
    }
}

/* One address of the host. */
static lk_error dial_address(const struct addrinfo *address, int64_t deadline, int *connected)
{
    int one = 1;
    int fault = 0;
    socklen_t size = sizeof fault;
    int opened = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, address->ai_protocol);
    if (opened < 0)
        return LK_ERROR_INPUT_OUTPUT;
    lk_error error = LK_OK;
    if (connect(opened, address->ai_addr, address->ai_addrlen) != 0) {
        fault = errno;
        if (fault == EINPROGRESS) {
            error = wait_for(opened, POLLOUT, deadline);
            if (!error && getsockopt(opened, SOL_SOCKET, SO_ERROR, &fault, &size) != 0)
                fault = errno;
        }
    }
    if (!error && fault != 0)
        error = fault == ECONNREFUSED ? LK_ERROR_CONNECTION_REFUSED : LK_ERROR_INPUT_OUTPUT;
    if (error) {
        close(opened);
        return error;
    }
    setsockopt(opened, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    *connected = opened;
    return LK_OK;
}

lk_error lk_dial(const char *host, uint16_t port, int64_t deadline, int *connected, char *diagnosis)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *addresses = NULL;
    char service[8];
    snprintf(service, sizeof service, "%u", (unsigned)port);
    int fault = getaddrinfo(host, service, &hints, &addresses);
    if (fault != 0)
        return lk_diagnose(diagnosis, LK_ERROR_ADDRESS_UNRESOLVED, "%s: %s", host, gai_strerror(fault));
    lk_error error = LK_ERROR_ADDRESS_UNRESOLVED;
    for (const struct addrinfo *address = addresses; address; address = address->ai_next) {
        error = dial_address(address, deadline, connected);
        if (!error)
            break;
    }
    freeaddrinfo(addresses);
    if (error == LK_ERROR_CONNECTION_REFUSED)
        lk_diagnose(diagnosis, error, "nothing listens at %s port %u; is the USB/IP server running?", host,
                    (unsigned)port);
    else if (error)
        lk_diagnose(diagnosis, error, "no connection to %s port %u: %s", host, (unsigned)port,
                    lk_error_sentence(error));
    return error;
}

static lk_error again(int connected, short events, int64_t deadline)
{
    if (errno == EINTR)
        return LK_OK;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return wait_for(connected, events, deadline);
    return LK_ERROR_DEVICE_LOST;
}

lk_error lk_dial_write(int connected, const uint8_t *data, size_t length, int64_t deadline)
{
    lk_error error = LK_OK;
    while (!error && length > 0) {
        ssize_t sent = send(connected, data, length, MSG_NOSIGNAL);
        if (sent < 0) {
            error = again(connected, POLLOUT, deadline);
            continue;
        }
        data += sent;
        length -= (size_t)sent;
    }
    return error;
}

lk_error lk_dial_read(int connected, uint8_t *data, size_t length, int64_t deadline)
{
    lk_error error = LK_OK;
    while (!error && length > 0) {
        ssize_t received = recv(connected, data, length, 0);
        if (received == 0)
            return LK_ERROR_DEVICE_LOST;
        if (received < 0) {
            error = again(connected, POLLIN, deadline);
            continue;
        }
        data += received;
        length -= (size_t)received;
    }
    return error;
}
