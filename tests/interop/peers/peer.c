/* SPDX-License-Identifier: Apache-2.0 */
#include "peer.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK = 16384, PAGE_MAX = 1 << 24 };

_Noreturn void peer_fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

static bool take(const char *argument, const char *name, const char **value)
{
    size_t length = strlen(name);
    if (strncmp(argument, name, length) != 0 || argument[length] != '=')
        return false;
    *value = argument + length + 1;
    return true;
}

static void read_psk(peer_options *options, const char *digits)
{
    for (; digits[0] && digits[1] && options->psk_length < PEER_PSK_MAX; digits += 2) {
        char byte[] = {digits[0], digits[1], '\0'};
        options->psk[options->psk_length++] = (uint8_t)strtoul(byte, NULL, 16);
    }
}

static peer_options parse(int count, char **arguments)
{
    peer_options options = {.server = strcmp(arguments[1], "server") == 0, .port = atoi(arguments[2])};
    for (int i = 3; i < count; i++) {
        const char *argument = arguments[i], *value = NULL;
        bool known = take(argument, "version", &options.version) || take(argument, "suite", &options.suite) ||
                     take(argument, "certificate", &options.certificate) || take(argument, "key", &options.key) ||
                     take(argument, "ca", &options.ca) || take(argument, "identity", &options.identity) ||
                     take(argument, "file", &options.file);
        if (known)
            continue;
        if (take(argument, "psk", &value))
            read_psk(&options, value);
        else if (take(argument, "ask", &value))
            options.ask = *value == '1';
        else if (take(argument, "tickets", &value))
            options.tickets = *value == '1';
        else if (take(argument, "twice", &value))
            options.twice = *value == '1';
        else
            peer_fail(argument, "no such option");
    }
    return options;
}

static int loopback(int port, bool server)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1, made = socket(AF_INET, SOCK_STREAM, 0);
    if (made < 0)
        peer_fail("socket", "not to be had");
    (void)setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (server && (bind(made, (struct sockaddr *)&address, sizeof address) != 0 || listen(made, 5) != 0))
        peer_fail("port", "taken");
    if (!server && connect(made, (struct sockaddr *)&address, sizeof address) != 0)
        peer_fail("port", "nobody listens");
    return made;
}

static void echo(void)
{
    static uint8_t chunk[CHUNK];
    for (;;) {
        long got = peer_read(chunk, sizeof chunk);
        if (got <= 0 || !peer_write(chunk, (size_t)got))
            return;
    }
}

static void serve(const peer_options *options)
{
    int listener = loopback(options->port, true);
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0)
            peer_fail("accept", "failed");
        if (peer_handshake(connection, false))
            echo();
        peer_close();
        (void)close(connection);
    }
}

/* A part goes out, and the same part is taken back: neither side ever waits for the other to read. */
static bool talk(const uint8_t *page, size_t length)
{
    static uint8_t back[CHUNK];
    for (size_t at = 0; at < length;) {
        size_t part = length - at < CHUNK ? length - at : CHUNK;
        if (!peer_write(page + at, part))
            return false;
        for (size_t come = 0; come < part;) {
            long got = peer_read(back + come, part - come);
            if (got <= 0)
                return false;
            come += (size_t)got;
        }
        if (memcmp(back, page + at, part) != 0)
            peer_fail("echo", "other bytes came back");
        at += part;
    }
    return true;
}

static void visit(const peer_options *options, const uint8_t *page, size_t length, bool again)
{
    int connection = loopback(options->port, false);
    if (!peer_handshake(connection, again) || !talk(page, length))
        peer_fail("connection", "it did not last");
    peer_close();
    (void)close(connection);
}

static void connect_to_it(const peer_options *options)
{
    static uint8_t page[PAGE_MAX];
    FILE *file = fopen(options->file, "rb");
    size_t length = file ? fread(page, 1, sizeof page, file) : 0;
    if (!file)
        peer_fail(options->file, "unreadable");
    (void)fclose(file);
    visit(options, page, length, false);
    if (options->twice)
        visit(options, page, length, true);
}

int main(int count, char **arguments)
{
    (void)signal(SIGPIPE, SIG_IGN);
    if (count == 2 && strcmp(arguments[1], "list") == 0) {
        peer_list();
        return EXIT_SUCCESS;
    }
    if (count < 3)
        peer_fail("usage", "list, or server|client PORT NAME=VALUE...");
    peer_options options = parse(count, arguments);
    peer_set_up(&options);
    if (options.server)
        serve(&options);
    connect_to_it(&options);
    return EXIT_SUCCESS;
}
