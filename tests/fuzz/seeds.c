/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes the first inputs of the fuzzers of client, server and messages: `seeds FOLDER` has a client and a server talk
 * in every form, each in a process and with random bytes of its own, and writes what each heard into FOLDER/client and
 * FOLDER/server. A fuzzer that plays such an input gets as far as the connection did.
 */
#include "fuzz/randomness.h"
#include "fuzz/side.h"
#include "handshake/machine.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAIT = 500 /* ms without a byte: all is said */, HEARD_MAX = 1 << 16, PATH_LENGTH = 4096 };

static void must(bool good)
{
    if (!good)
        abort();
}

/* Does what fuzz_side_run() does, with a peer that answers. */
static void use(lk_connection *connection, int socket, bool *said)
{
    const uint8_t *data = NULL;
    size_t length = 0, taken = 0;
    lk_error error = lk_connection_handshake(connection);
    if (!error && !*said)
        *said = lk_connection_write(connection, "a few words", 11, &taken) == LK_OK;
    while (!error && (error = lk_connection_peek(connection, &data, &length)) == LK_OK)
        lk_connection_consume(connection, length);
    while ((data = lk_connection_output(connection, &length)) && length > 0) {
        must(send(socket, data, length, MSG_NOSIGNAL) == (ssize_t)length);
        lk_connection_sent(connection, length);
    }
}

static size_t talk(lk_role role, unsigned form, int socket, uint8_t *heard)
{
    lk_connection *connection = NULL;
    const lk_config *config = fuzz_side_config(role, form);
    struct pollfd descriptor = {.fd = socket, .events = POLLIN};
    size_t length = 0, room = 0;
    bool said = false;
    fuzz_randomness_start(role);
    must(lk_connection_new(config, role, role == LK_CLIENT ? "localhost" : NULL, &connection) == LK_OK);
    use(connection, socket, &said);
    while (poll(&descriptor, 1, WAIT) > 0) {
        uint8_t *input = lk_connection_input(connection, &room);
        ssize_t got = recv(socket, input, room, 0);
        if (got <= 0 || length + (size_t)got > HEARD_MAX)
            break;
        memcpy(heard + length, input, (size_t)got);
        length += (size_t)got;
        lk_connection_received(connection, (size_t)got);
        use(connection, socket, &said);
    }
    must(lk_connection_established(connection));
    lk_connection_free(connection);
    return length;
}

/* The place of the row that takes a message, among those that fuzz_message.c counts; -1 where there is none. */
static int row_of(lk_role role, uint16_t version, uint8_t message)
{
    size_t count = 0;
    int place = 0;
    const lk_row *rows = lk_row_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].way != LK_RECEIVES || !rows[i].parse)
            continue;
        if (rows[i].role == role && (rows[i].version == 0 || rows[i].version == version) &&
            rows[i].message == (lk_message)message)
            return place;
        place++;
    }
    return -1;
}

/* Each handshake message of a record's content becomes an input of the fuzzer of messages. */
static void keep_messages(lk_role role, unsigned form, lk_reader content, const char *folder)
{
    enum { OFFERS_AND_BOUND = 192 };
    uint16_t version = (form & SIDE_VERSIONS) == 3 ? LK_TLS1_3 : LK_TLS1_2;
    while (content.left > 0) {
        uint8_t type = lk_reader_u8(&content);
        lk_reader body = lk_reader_vector24(&content);
        int row = row_of(role, version, type);
        char path[PATH_LENGTH];
        if (content.failed)
            return; /* the rest is in the next record */
        (void)snprintf(path, sizeof path, "%s/message/%s-%x-%02u", folder, role == LK_CLIENT ? "client" : "server",
                       version, type);
        FILE *file = row >= 0 ? fopen(path, "wb") : NULL;
        if (!file)
            continue;
        must(fputc(row, file) == row && fputc(version - LK_TLS1_0, file) >= 0 && fputc(OFFERS_AND_BOUND, file) >= 0 &&
             fwrite(body.next, 1, body.left, file) == body.left && fclose(file) == 0);
    }
}

/* The records of a form that hides nothing. */
static void split(lk_role role, unsigned form, const uint8_t *heard, size_t length, const char *folder)
{
    enum { TAG = 16 };
    lk_reader reader = lk_reader_over(heard, length);
    while (reader.left > 0) {
        uint8_t type = lk_reader_u8(&reader);
        (void)lk_reader_u16(&reader);
        lk_reader content = lk_reader_vector16(&reader);
        if (reader.failed || content.left == 0)
            return;
        bool inner = type == LK_CONTENT_APPLICATION_DATA && content.left > TAG &&
                     content.next[content.left - TAG - 1] == LK_CONTENT_HANDSHAKE;
        if (inner)
            content = lk_reader_over(content.next, content.left - TAG - 1);
        if (inner || type == LK_CONTENT_HANDSHAKE)
            keep_messages(role, form, content, folder);
    }
}

static void run(lk_role role, unsigned form, int socket, const char *folder)
{
    static uint8_t heard[HEARD_MAX];
    char path[PATH_LENGTH];
    size_t length = talk(role, form, socket, heard);
    (void)snprintf(path, sizeof path, "%s/%s/form%02u", folder, role == LK_CLIENT ? "client" : "server", form);
    FILE *file = fopen(path, "wb");
    if ((form & SIDE_CLEAR) && (form & SIDE_VERSIONS) >= 2)
        split(role, form, heard, length, folder);
    must(file && fputc((int)form, file) == (int)form && fwrite(heard, 1, length, file) == length && fclose(file) == 0);
}

int main(int count, char **arguments)
{
    int pair[2], status = 0;
    if (count != 2) {
        (void)fputs("Usage: seeds FOLDER (with the folders client, server and message in it)\n", stderr);
        return EXIT_FAILURE;
    }
    for (unsigned form = 0; form < SIDE_FORMS; form++) {
        must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
        pid_t child = fork();
        must(child >= 0);
        if (child == 0) {
            (void)close(pair[0]);
            run(LK_SERVER, form, pair[1], arguments[1]);
            _exit(EXIT_SUCCESS);
        }
        (void)close(pair[1]);
        run(LK_CLIENT, form, pair[0], arguments[1]);
        (void)close(pair[0]);
        must(waitpid(child, &status, 0) == child && status == 0);
    }
    return EXIT_SUCCESS;
}
