/* SPDX-License-Identifier: Apache-2.0 */
/* wolfSSL as a peer. */
#include "peer.h"

#include <wolfssl/options.h>

#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/dh.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 1 << 15, WHY_MAX = 256 };

static WOLFSSL_CTX *context;
static WOLFSSL *connection;
static WOLFSSL_SESSION *session;
static const peer_options *chosen;

void peer_list(void)
{
    static char list[LIST_MAX];
    if (wolfSSL_get_ciphers_iana(list, sizeof list) != WOLFSSL_SUCCESS)
        peer_fail("suites", "too many");
    for (char *name = strtok(list, ":"); name; name = strtok(NULL, ":"))
        puts(name);
}

static WOLFSSL_METHOD *method(const peer_options *options)
{
    if (strcmp(options->version, "1.3") == 0)
        return options->server ? wolfTLSv1_3_server_method() : wolfTLSv1_3_client_method();
    if (strcmp(options->version, "1.2") == 0)
        return options->server ? wolfTLSv1_2_server_method() : wolfTLSv1_2_client_method();
    if (strcmp(options->version, "1.1") == 0)
        return options->server ? wolfTLSv1_1_server_method() : wolfTLSv1_1_client_method();
    peer_fail("version", options->version);
}

static void check(const char *what, int status)
{
    if (status != WOLFSSL_SUCCESS)
        peer_fail(what, "refused");
}

static unsigned give_psk(char *identity, unsigned room, unsigned char *key)
{
    (void)snprintf(identity, room, "%s", chosen->identity);
    memcpy(key, chosen->psk, chosen->psk_length);
    return (unsigned)chosen->psk_length;
}

static unsigned client_psk(WOLFSSL *ssl, const char *hint, char *identity, unsigned identity_room, unsigned char *key,
                           unsigned key_room)
{
    (void)ssl;
    (void)hint;
    return key_room < chosen->psk_length ? 0 : give_psk(identity, identity_room, key);
}

static unsigned server_psk(WOLFSSL *ssl, const char *identity, unsigned char *key, unsigned key_room)
{
    char own[WHY_MAX];
    (void)ssl;
    if (key_room < chosen->psk_length || strcmp(identity, chosen->identity) != 0)
        return 0;
    return give_psk(own, sizeof own, key);
}

static void set_identity(const peer_options *options)
{
    if (options->certificate) {
        check(options->certificate, wolfSSL_CTX_use_certificate_chain_file(context, options->certificate));
        check(options->key, wolfSSL_CTX_use_PrivateKey_file(context, options->key, WOLFSSL_FILETYPE_PEM));
    }
    check(options->ca, wolfSSL_CTX_load_verify_locations(context, options->ca, NULL));
    bool verifies = options->server ? options->ask : options->psk_length == 0;
    wolfSSL_CTX_set_verify(
        context, verifies ? WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT : WOLFSSL_VERIFY_NONE, NULL);
    if (options->psk_length > 0 && options->server)
        wolfSSL_CTX_set_psk_server_callback(context, server_psk);
    else if (options->psk_length > 0)
        wolfSSL_CTX_set_psk_client_callback(context, client_psk);
}

void peer_set_up(const peer_options *options)
{
    chosen = options;
    check("wolfSSL", wolfSSL_Init());
    context = wolfSSL_CTX_new(method(options));
    if (!context)
        peer_fail("context", options->version);
    check(options->suite, wolfSSL_CTX_set_cipher_list(context, options->suite));
    set_identity(options);
    if (options->server) {
        const DhParams *group = wc_Dh_ffdhe2048_Get();
        check("group", wolfSSL_CTX_SetTmpDH(context, group->p, (int)group->p_len, group->g, (int)group->g_len));
        if (!options->tickets)
            (void)wolfSSL_CTX_NoTicketTLSv12(context);
    } else if (options->tickets) {
        check("tickets", wolfSSL_CTX_UseSessionTicket(context));
    }
}

static bool good(const char *what, int status)
{
    char why[WHY_MAX];
    if (status > 0)
        return true;
    int error = wolfSSL_get_error(connection, status);
    fprintf(stderr, "%s: %s\n", what, wolfSSL_ERR_error_string((unsigned long)error, why));
    return false;
}

bool peer_handshake(int socket, bool again)
{
    connection = wolfSSL_new(context);
    if (!connection)
        peer_fail("connection", "not to be had");
    check("socket", wolfSSL_set_fd(connection, socket));
    if (chosen->server)
        return good("handshake", wolfSSL_accept(connection));
    if (chosen->psk_length == 0)
        check("name", wolfSSL_check_domain_name(connection, "localhost"));
    check("name", wolfSSL_UseSNI(connection, WOLFSSL_SNI_HOST_NAME, "localhost", (unsigned short)strlen("localhost")));
    if (again)
        check("session", wolfSSL_set_session(connection, session));
    return good("handshake", wolfSSL_connect(connection));
}

long peer_read(uint8_t *to, size_t room)
{
    int got = wolfSSL_read(connection, to, (int)room);
    if (got <= 0 && wolfSSL_get_error(connection, got) == WOLFSSL_ERROR_ZERO_RETURN)
        return 0;
    return good("read", got) ? got : -1;
}

bool peer_write(const uint8_t *from, size_t length)
{
    return good("write", wolfSSL_write(connection, from, (int)length));
}

void peer_close(void)
{
    if (!chosen->server && !session)
        session = wolfSSL_get1_session(connection); /* by now a ticket of TLS 1.3 has come */
    (void)wolfSSL_shutdown(connection);
    wolfSSL_free(connection);
    connection = NULL;
}
