/* SPDX-License-Identifier: Apache-2.0 */
/* The shim's main(): connects to the runner as often as it is told to. */
#include "bogo/shim.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Which flag was not known, for who counts them: a line in the file that the environment names. */
static int unimplemented(const char *flag)
{
    const char *path = getenv("LATCHKEY_BOGO_UNIMPLEMENTED");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (file) {
        (void)fprintf(file, "%s\n", flag);
        (void)fclose(file);
    }
    return SHIM_UNIMPLEMENTED;
}

static int connect_by(int family, const void *address, socklen_t length)
{
    int made = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), at_once = 1;
    (void)setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    if (made >= 0 && connect(made, address, length) == 0)
        return made;
    if (made >= 0)
        (void)close(made);
    return -1;
}

/* Runners that do not number their shims listen on IPv6 where they can, and do not say so. */
static int connect_to(const shim_flags *flags)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)flags->port)};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)flags->port)};
    int made = -1;
    six.sin6_addr = in6addr_loopback;
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (flags->ipv6 || !flags->shim_id)
        made = connect_by(AF_INET6, &six, sizeof six);
    if (made < 0 && !flags->ipv6)
        made = connect_by(AF_INET, &four, sizeof four);
    if (made < 0)
        perror("connect");
    return made;
}

/* The runner tells its shims apart by a number, little-endian. */
static bool introduce(int socket, const char *id)
{
    uint8_t bytes[8];
    if (!id)
        return true;
    unsigned long long number = strtoull(id, NULL, 10);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(number >> 8 * i);
    return send(socket, bytes, sizeof bytes, MSG_NOSIGNAL) == (ssize_t)sizeof bytes;
}

static int run_connection(shim_state *shim, const shim_flags *flags, bool resumes)
{
    int status = shim_configure(shim, flags);
    if (status)
        return status == SHIM_UNIMPLEMENTED ? unimplemented("a flag's value") : status;
    if (resumes && !flags->server && !shim->session) {
        (void)fprintf(stderr, "there is no session to go on with\n");
        return SHIM_FAILED;
    }
    int socket = connect_to(flags);
    if (socket < 0)
        return SHIM_FAILED;
    status = introduce(socket, flags->shim_id) ? shim_exchange(shim, flags, resumes, socket) : SHIM_FAILED;
    (void)close(socket);
    return status;
}

int main(int count, char **arguments)
{
    shim_command command = {0};
    shim_state shim = {.config = lk_config_new()};
    const char *unknown = shim_flags_parse(&command, count, arguments);
    int status = SHIM_OK;
    (void)signal(SIGPIPE, SIG_IGN);
    if (command.asks_for_handshaker)
        (void)puts("No");
    else if (!shim.config)
        status = SHIM_FAILED;
    else if (unknown)
        status = unimplemented(unknown);
    else
        for (int i = 0; !status && i <= command.initial.resume_count; i++)
            status = run_connection(&shim, i == 0 ? &command.initial : &command.resumed, i > 0);
    lk_config_free(shim.config);
    free(shim.session);
    (void)fprintf(stderr, "--- DONE ---\n"); /* what stands behind it comes from a sanitizer */
    return status;
}
