/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/side.h"

#include "connection/clear_engine.h"
#include "fuzz/identity.h"
#include "fuzz/randomness.h"

#include <stdlib.h>
#include <string.h>

enum { STREAM_OF_KEYS = 99, READS_MAX = 64 };

static void must(bool good)
{
    if (!good)
        abort();
}

static void forget(void *context, const lk_connection *connection, const uint8_t *session, size_t length)
{
    (void)context, (void)connection, (void)session, (void)length;
}

static void limit_versions(lk_config *config, unsigned form)
{
    uint16_t lowest = 0x0300, highest = (form & SIDE_VERSIONS) % 3 == 0 ? LK_VERSION_TLS1_3 : LK_VERSION_TLS1_2;
    if ((form & SIDE_VERSIONS) >= 2)
        lowest = highest;
    while (lk_config_set_versions(config, lowest, highest) != LK_OK && lowest < highest)
        lowest++; /* what this library does not speak */
}

static lk_config *make(lk_role role, unsigned form)
{
    /* Nobody is judged by the system's roots here, and reading them takes seconds under the sanitizers. */
    must(setenv("SSL_CERT_FILE", "/dev/null", 1) == 0 && setenv("SSL_CERT_DIR", "/nowhere", 1) == 0);
    fuzz_randomness_start(STREAM_OF_KEYS);
    lk_config *config = lk_config_new();
    must(config);
    limit_versions(config, form);
    lk_config_trust_anyone(config);
    must(lk_config_set_alpn(config, "h2,http/1.1") == LK_OK);
    if (form & SIDE_CLEAR)
        must(lk_config_set_engine(config, clear_engine_new(), LK_ENGINE_REQUIRE_DEVICE, NULL) == LK_OK);
    if (role == LK_SERVER || (form & SIDE_CERTIFICATES))
        fuzz_identity_use(config);
    if (role == LK_SERVER && (form & SIDE_CERTIFICATES))
        must(lk_config_ask_client_certificate(config, LK_CLIENT_OPTIONAL) == LK_OK);
    if (role == LK_CLIENT)
        lk_config_set_session_keeper(config, forget, NULL);
    return config;
}

const lk_config *fuzz_side_config(lk_role role, unsigned form)
{
    static lk_config *made[2][SIDE_FORMS];
    form %= SIDE_FORMS;
    if (!made[role][form])
        made[role][form] = make(role, form);
    return made[role][form];
}

size_t fuzz_side_chunk(unsigned form)
{
    static const size_t chunks[] = {0, 1, 7, 300};
    return chunks[(form & SIDE_CHUNK) / (SIDE_FORMS)];
}

/* Everything that an application does: it shakes hands, reads, answers what it read, and sends what waits. */
static lk_error use(lk_connection *connection)
{
    const uint8_t *data = NULL;
    size_t length = 0, taken = 0;
    lk_error error = lk_connection_handshake(connection);
    for (int i = 0; !error && i < READS_MAX; i++) {
        error = lk_connection_peek(connection, &data, &length);
        must(error || length > 0);
        if (!error) {
            (void)lk_connection_write(connection, data, length < 16 ? length : 16, &taken);
            lk_connection_consume(connection, length);
        }
    }
    while (lk_connection_output(connection, &length) && length > 0)
        lk_connection_sent(connection, length);
    return error;
}

void fuzz_side_run(lk_role role, const uint8_t *data, size_t size)
{
    lk_connection *connection = NULL;
    lk_error error = LK_OK;
    if (size == 0)
        return;
    unsigned form = data[0];
    const lk_config *config = fuzz_side_config(role, form);
    fuzz_randomness_start(role);
    must(lk_connection_new(config, role, role == LK_CLIENT ? "localhost" : NULL, &connection) == LK_OK);
    error = use(connection);
    for (data++, size--; size > 0;) {
        size_t room = 0, step = fuzz_side_chunk(form) > 0 ? fuzz_side_chunk(form) : size;
        uint8_t *input = lk_connection_input(connection, &room);
        step = step < size ? step : size;
        step = step < room ? step : room;
        if (step == 0)
            break; /* it listens no more */
        memcpy(input, data, step);
        lk_connection_received(connection, step);
        data += step;
        size -= step;
        error = use(connection);
    }
    lk_connection_received_end(connection);
    error = use(connection);
    must(error != LK_OK && lk_connection_diagnosis(connection)[0] != '\0');
    lk_connection_free(connection);
}
