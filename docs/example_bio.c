/* SPDX-License-Identifier: Apache-2.0 */
/* example_bio HOST:PORT ROOTS.pem: prints what https://HOST:PORT/ answers; what talks is code for OpenSSL's BIO. */
#include <latchkey/bio.h>
#include <latchkey/latchkey.h>

#include <openssl/bio.h>
#include <stdio.h>
#include <string.h>

static void fetch(BIO *chain)
{
    char answer[16384];
    int length = 0;
    BIO_puts(chain, "GET / HTTP/1.0\r\n\r\n"); /* the handshake goes by itself */
    if (BIO_flush(chain) == 1)
        while ((length = BIO_read(chain, answer, sizeof answer)) > 0)
            fwrite(answer, 1, (size_t)length, stdout);
}

int main(int count, char **arguments)
{
    char host[256] = "";
    BIO *tls = NULL;
    lk_connection *connection = NULL;
    lk_config *config = lk_config_new();
    BIO_METHOD *method = lk_bio_method_new();
    lk_error error = config && method && count == 3 ? LK_OK : LK_ERROR_INVALID_ARGUMENT;
    if (!error)
        (void)snprintf(host, sizeof host, "%.*s", (int)strcspn(arguments[1], ":"), arguments[1]);
    error = error ? error : lk_config_trust_file(config, arguments[2]); /* without it: the system's roots */
    error = error ? error : lk_connection_new(config, LK_CLIENT, host, &connection);
    if (!error && (tls = lk_bio_new(method, connection))) {
        fetch(BIO_push(tls, BIO_new_connect(arguments[1])));
        error = lk_bio_error(tls);
    }
    fprintf(stderr, "%s\n", lk_error_sentence(error)); /* "the peer has closed ...": nothing is missing */
    BIO_free_all(tls);
    lk_connection_free(connection);
    lk_config_free(config);
    BIO_meth_free(method);
    return error != LK_ERROR_CLOSED;
}
