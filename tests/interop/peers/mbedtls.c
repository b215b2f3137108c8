/* SPDX-License-Identifier: Apache-2.0 */
/* mbedTLS 2.28 as a peer. */
#include "peer.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cache.h>
#include <mbedtls/ssl_ticket.h>

#include <stdio.h>
#include <string.h>

enum { SUITE_NAME_MAX = 96, LIFETIME = 3600 };

static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context random_bytes;
static mbedtls_ssl_config config;
static mbedtls_ssl_context connection;
static mbedtls_ssl_session session;
static mbedtls_ssl_cache_context cache;
static mbedtls_ssl_ticket_context tickets;
static mbedtls_x509_crt own, ca;
static mbedtls_pk_context key;
static mbedtls_net_context wire;
static int suites[2];
static bool is_server, without_name;

static void check(const char *what, int status)
{
    char why[128];
    if (status == 0)
        return;
    mbedtls_strerror(status, why, sizeof why);
    peer_fail(what, why);
}

/* IANA's name has "_" where mbedTLS writes "-". */
static void rewrite(const char *from, char from_character, char to_character, char name[SUITE_NAME_MAX])
{
    size_t i = 0;
    for (; from[i] && i < SUITE_NAME_MAX - 1; i++)
        name[i] = from[i] == from_character ? to_character : from[i];
    name[i] = '\0';
}

void peer_list(void)
{
    for (const int *suite = mbedtls_ssl_list_ciphersuites(); *suite; suite++) {
        char name[SUITE_NAME_MAX];
        rewrite(mbedtls_ssl_get_ciphersuite_name(*suite), '-', '_', name);
        puts(name);
    }
}

static int minor_version(const char *text)
{
    static const char *const versions[] = {"ssl3", "1.0", "1.1", "1.2"};
    for (int i = 0; i < 4; i++)
        if (strcmp(versions[i], text) == 0)
            return i;
    peer_fail("version", text);
}

static void set_identity(const peer_options *options)
{
    if (options->certificate) {
        check(options->certificate, mbedtls_x509_crt_parse_file(&own, options->certificate));
        check(options->key, mbedtls_pk_parse_keyfile(&key, options->key, NULL));
        check("certificate", mbedtls_ssl_conf_own_cert(&config, &own, &key));
    }
    if (options->ca)
        check(options->ca, mbedtls_x509_crt_parse_file(&ca, options->ca));
    mbedtls_ssl_conf_ca_chain(&config, &ca, NULL);
    if (options->psk_length > 0)
        check("psk", mbedtls_ssl_conf_psk(&config, options->psk, options->psk_length,
                                          (const unsigned char *)options->identity, strlen(options->identity)));
}

static void set_sessions(const peer_options *options)
{
    if (!options->server) {
        mbedtls_ssl_conf_session_tickets(&config, options->tickets ? MBEDTLS_SSL_SESSION_TICKETS_ENABLED
                                                                   : MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
        return;
    }
    mbedtls_ssl_cache_init(&cache);
    if (!options->tickets) {
        mbedtls_ssl_conf_session_cache(&config, &cache, mbedtls_ssl_cache_get, mbedtls_ssl_cache_set);
        return;
    }
    mbedtls_ssl_ticket_init(&tickets);
    check("tickets", mbedtls_ssl_ticket_setup(&tickets, mbedtls_ctr_drbg_random, &random_bytes,
                                              MBEDTLS_CIPHER_AES_256_GCM, LIFETIME));
    mbedtls_ssl_conf_session_tickets_cb(&config, mbedtls_ssl_ticket_write, mbedtls_ssl_ticket_parse, &tickets);
}

void peer_set_up(const peer_options *options)
{
    char name[SUITE_NAME_MAX];
    is_server = options->server;
    without_name = options->psk_length > 0;
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&random_bytes);
    mbedtls_ssl_config_init(&config);
    mbedtls_ssl_init(&connection);
    mbedtls_ssl_session_init(&session);
    mbedtls_x509_crt_init(&own);
    mbedtls_x509_crt_init(&ca);
    mbedtls_pk_init(&key);
    check("random bytes", mbedtls_ctr_drbg_seed(&random_bytes, mbedtls_entropy_func, &entropy, NULL, 0));
    check("defaults", mbedtls_ssl_config_defaults(&config, is_server ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT,
                                                  MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT));
    mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &random_bytes);
    rewrite(options->suite, '_', '-', name);
    suites[0] = mbedtls_ssl_get_ciphersuite_id(name);
    mbedtls_ssl_conf_ciphersuites(&config, suites);
    int minor = minor_version(options->version);
    mbedtls_ssl_conf_min_version(&config, MBEDTLS_SSL_MAJOR_VERSION_3, minor);
    mbedtls_ssl_conf_max_version(&config, MBEDTLS_SSL_MAJOR_VERSION_3, minor);
    mbedtls_ssl_conf_authmode(&config,
                              !is_server || options->ask ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_NONE);
    mbedtls_ssl_conf_renegotiation(&config, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
    set_identity(options);
    set_sessions(options);
    check("connection", mbedtls_ssl_setup(&connection, &config));
}

static bool waits(int status)
{
    return status == MBEDTLS_ERR_SSL_WANT_READ || status == MBEDTLS_ERR_SSL_WANT_WRITE;
}

/* Says what went wrong, and goes on: a server serves the next client. */
static bool good(const char *what, int status)
{
    char why[128];
    if (status >= 0)
        return true;
    mbedtls_strerror(status, why, sizeof why);
    fprintf(stderr, "%s: %s\n", what, why);
    return false;
}

bool peer_handshake(int socket, bool again)
{
    wire.fd = socket;
    check("connection", mbedtls_ssl_session_reset(&connection));
    mbedtls_ssl_set_bio(&connection, &wire, mbedtls_net_send, mbedtls_net_recv, NULL);
    if (!is_server)
        check("name", mbedtls_ssl_set_hostname(&connection, without_name ? NULL : "localhost"));
    if (again)
        check("session", mbedtls_ssl_set_session(&connection, &session));
    int status;
    do
        status = mbedtls_ssl_handshake(&connection);
    while (waits(status));
    if (!good("handshake", status))
        return false;
    if (!is_server && !again)
        check("session", mbedtls_ssl_get_session(&connection, &session));
    return true;
}

long peer_read(uint8_t *to, size_t room)
{
    int got;
    do
        got = mbedtls_ssl_read(&connection, to, room);
    while (waits(got));
    if (got == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
        return 0;
    return good("read", got) ? got : -1;
}

bool peer_write(const uint8_t *from, size_t length)
{
    while (length > 0) {
        int put = mbedtls_ssl_write(&connection, from, length);
        if (waits(put))
            continue;
        if (!good("write", put))
            return false;
        from += put;
        length -= (size_t)put;
    }
    return true;
}

void peer_close(void)
{
    (void)mbedtls_ssl_close_notify(&connection);
}
