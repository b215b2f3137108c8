/* SPDX-License-Identifier: Apache-2.0 */
/* example HOST PORT ROOTS.pem: prints what https://HOST:PORT/ answers. */
#include <latchkey/latchkey.h>
#include <stdio.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    static const char request[] = "GET / HTTP/1.0\r\n\r\n";
    enum { TIMEOUT = 10000 }; /* milliseconds */
    char answer[16384];
    size_t length;
    int socket = -1;
    lk_connection *connection = NULL;
    lk_config *config = lk_config_new();
    lk_error error = config && count == 4 ? LK_OK : LK_ERROR_INVALID_ARGUMENT;
    error = error ? error : lk_config_trust_file(config, arguments[3]); /* without it: the system's roots */
    error = error ? error : lk_connection_new(config, LK_CLIENT, arguments[1], &connection);
    error = error ? error : lk_socket_connect(arguments[1], arguments[2], TIMEOUT, &socket);
    error = error ? error : lk_socket_handshake(connection, socket, TIMEOUT);
    error = error ? error : lk_socket_write(connection, socket, request, sizeof request - 1, TIMEOUT);
    while (!error && !(error = lk_socket_read(connection, socket, answer, sizeof answer, &length, TIMEOUT)))
        fwrite(answer, 1, length, stdout);
    fprintf(stderr, "%s\n", lk_error_sentence(error)); /* "the peer has closed ...": nothing is missing */
    lk_connection_free(connection);
    lk_config_free(config);
    close(socket);
    return error != LK_ERROR_CLOSED;
}
