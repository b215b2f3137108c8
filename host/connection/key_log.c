/* SPDX-License-Identifier: Apache-2.0 */
/* The key log: a label, the client's random and a secret in hexadecimal (draft-ietf-tls-keylogfile). */
#include "connection/inside.h"

#include "base/secret.h"

#include <stdio.h>
#include <string.h>

/* "CLIENT_HANDSHAKE_TRAFFIC_SECRET", 32 and 48 bytes in hexadecimal, two spaces. */
enum { LINE_MAX_LENGTH = 256, RANDOM_LENGTH = 32 };

static size_t put_hexadecimal(char *line, size_t at, const uint8_t *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < length && at + 2 < LINE_MAX_LENGTH; i++) {
        line[at++] = digits[bytes[i] >> 4];
        line[at++] = digits[bytes[i] & 15];
    }
    line[at] = '\0';
    return at;
}

void lk_connection_log_secret(void *context, const char *label, const uint8_t *client_random, const uint8_t *secret,
                              size_t length)
{
    const lk_connection *connection = context;
    char line[LINE_MAX_LENGTH];
    if (!connection->config->key_log)
        return;
    size_t at = (size_t)snprintf(line, sizeof line, "%s ", label);
    at = put_hexadecimal(line, at, client_random, RANDOM_LENGTH);
    line[at++] = ' ';
    put_hexadecimal(line, at, secret, length);
    connection->config->key_log(connection->config->key_log_context, line);
    lk_secret_wipe(line, sizeof line);
}
