/* SPDX-License-Identifier: Apache-2.0 */
/*
 * example_mutual HOST PORT ROOTS.pem CHAIN.pem KEY.pem: fetches / twice, and shows a certificate to a server that asks.
 * The second time it goes on with the session of the first, which spares both sides certificates and signatures.
 */
#include <latchkey/latchkey.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TIMEOUT = 10000 /* milliseconds */ };

/* The latest session. Who has it is taken for this client, as with a key. */
typedef struct kept {
    uint8_t session[LK_SESSION_BYTES_MAX];
    size_t length;
} kept;

static void keep(void *context, const lk_connection *connection, const uint8_t *session, size_t length)
{
    kept *latest = context;
    (void)connection;
    latest->length = length <= sizeof latest->session ? length : 0;
    if (latest->length > 0)
        memcpy(latest->session, session, length);
}

static lk_error fetch(const lk_config *config, char **arguments, kept *latest)
{
    static const char request[] = "GET / HTTP/1.0\r\n\r\n";
    char answer[16384];
    size_t length;
    int socket = -1;
    lk_connection *connection = NULL;
    lk_error error = lk_connection_new(config, LK_CLIENT, arguments[1], &connection);
    if (!error && latest->length > 0) {
        error = lk_connection_resume(connection, latest->session, latest->length);
        latest->length = 0; /* once, so that nobody can tell who comes again */
    }
    error = error ? error : lk_socket_connect(arguments[1], arguments[2], TIMEOUT, &socket);
    error = error ? error : lk_socket_handshake(connection, socket, TIMEOUT);
    if (!error)
        fprintf(stderr, "%s, %s\n", lk_connection_suite(connection),
                lk_connection_resumed(connection) ? "with the session of before" : "with certificates");
    error = error ? error : lk_socket_write(connection, socket, request, sizeof request - 1, TIMEOUT);
    while (!error && !(error = lk_socket_read(connection, socket, answer, sizeof answer, &length, TIMEOUT)))
        fwrite(answer, 1, length, stdout);
    if (error != LK_ERROR_CLOSED)
        fprintf(stderr, "%s\n", connection ? lk_connection_diagnosis(connection) : lk_error_sentence(error));
    lk_connection_free(connection);
    close(socket);
    return error == LK_ERROR_CLOSED ? LK_OK : error;
}

int main(int count, char **arguments)
{
    static kept latest;
    lk_config *config = lk_config_new();
    lk_error error = config && count == 6 ? LK_OK : LK_ERROR_INVALID_ARGUMENT;
    error = error ? error : lk_config_trust_file(config, arguments[3]);
    error = error ? error : lk_config_use_certificate_files(config, arguments[4], arguments[5]);
    if (!error)
        lk_config_set_session_keeper(config, keep, &latest);
    for (int times = 0; !error && times < 2; times++)
        error = fetch(config, arguments, &latest);
    if (error)
        fprintf(stderr, "%s\n", lk_error_sentence(error));
    lk_config_free(config);
    memset(&latest, 0, sizeof latest);
    return error != LK_OK;
}
