/* SPDX-License-Identifier: Apache-2.0 */
/* crowd PORT ROOTS.pem NUMBER: that many connections to an echo at once; each says its number, and hears it back. */
#include <latchkey/latchkey.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMEOUT = 60000, TEXT = 16 };

typedef struct member {
    lk_connection *connection;
    int socket;
} member;

static lk_error join(const lk_config *config, const char *port, member *one)
{
    lk_error error = lk_connection_new(config, LK_CLIENT, "localhost", &one->connection);
    error = error ? error : lk_socket_connect("localhost", port, TIMEOUT, &one->socket);
    error = error ? error : lk_socket_handshake(one->connection, one->socket, TIMEOUT);
    if (!error)
        lk_connection_release_buffers(one->connection);
    return error;
}

static lk_error talk(member *one, int number)
{
    char said[TEXT] = "", heard[TEXT] = "";
    size_t total = 0;
    snprintf(said, sizeof said, "%d", number);
    lk_error error = lk_socket_write(one->connection, one->socket, said, sizeof said, TIMEOUT);
    while (!error && total < sizeof heard) {
        size_t got = 0;
        error = lk_socket_read(one->connection, one->socket, heard + total, sizeof heard - total, &got, TIMEOUT);
        total += got;
    }
    return error ? error : memcmp(said, heard, sizeof said) == 0 ? LK_OK : LK_ERROR_INPUT_OUTPUT;
}

int main(int count, char **arguments)
{
    int number = count == 4 ? atoi(arguments[3]) : 0;
    member *all = calloc((size_t)number + 1, sizeof *all);
    lk_config *config = lk_config_new();
    lk_error error =
        config && all && number > 0 ? lk_config_trust_file(config, arguments[2]) : LK_ERROR_INVALID_ARGUMENT;
    for (int i = 0; i < number && !error; i++)
        error = join(config, arguments[1], &all[i]);
    for (int i = number - 1; i >= 0 && !error; i--)
        error = talk(&all[i], i);
    for (int i = 0; i < number && !error; i++)
        error = lk_socket_close(all[i].connection, all[i].socket, TIMEOUT);
    for (int i = 0; i < number; i++) {
        lk_connection_free(all[i].connection);
        if (all[i].socket > 0)
            close(all[i].socket);
    }
    fprintf(stderr, "%s\n", lk_error_sentence(error));
    lk_config_free(config);
    free(all);
    return error != LK_OK;
}
