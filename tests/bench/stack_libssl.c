/* SPDX-License-Identifier: Apache-2.0 */
/* libssl of the same OpenSSL, with BIOs that cost it as little as may be, and reading ahead. */
#include "bench/stack.h"

#include <openssl/ssl.h>

#include <stdlib.h>
#include <string.h>

enum { OUTPUT_MAX = 1 << 17 };

struct lk_stack_side {
    SSL *ssl;
    const uint8_t *input;
    size_t left;
    bool drops; /* what there is for the wire */
    size_t length;
    uint8_t *output; /* where it is not dropped: taken before another side of that role goes on */
};

static struct {
    SSL_CTX *contexts[2];
    SSL_SESSION *session;
    BIO_METHOD *method;
} theirs;

static uint8_t outputs[2][OUTPUT_MAX];

static int wire_write(BIO *bio, const char *bytes, int length)
{
    lk_stack_side *side = BIO_get_data(bio);
    if (!side->drops) {
        if (side->length + (size_t)length > OUTPUT_MAX)
            return -1;
        memcpy(side->output + side->length, bytes, (size_t)length);
    }
    side->length += (size_t)length;
    return length;
}

static int wire_read(BIO *bio, char *bytes, int length)
{
    lk_stack_side *side = BIO_get_data(bio);
    size_t step = side->left < (size_t)length ? side->left : (size_t)length;
    BIO_clear_retry_flags(bio);
    if (step == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    memcpy(bytes, side->input, step);
    side->input += step;
    side->left -= step;
    return (int)step;
}

static long wire_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static int keep_first(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl;
    if (theirs.session)
        return 0;
    theirs.session = session;
    return 1; /* it is ours now */
}

static bool set_up_method(void)
{
    theirs.method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wire");
    return theirs.method && BIO_meth_set_write(theirs.method, wire_write) == 1 &&
           BIO_meth_set_read(theirs.method, wire_read) == 1 && BIO_meth_set_ctrl(theirs.method, wire_control) == 1;
}

static bool set_up(const lk_stack_form *form)
{
    bool good = set_up_method();
    for (int role = 0; role < 2 && good; role++) {
        bool client = role == LK_STACK_CLIENT;
        SSL_CTX *context = theirs.contexts[role] = SSL_CTX_new(client ? TLS_client_method() : TLS_server_method());
        good = context && SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
               SSL_CTX_set_ciphersuites(context, form->suite) == 1 && SSL_CTX_set1_groups_list(context, "X25519") == 1;
        if (good)
            SSL_CTX_set_read_ahead(context, 1);
    }
    if (!good)
        return false;
    SSL_CTX *client = theirs.contexts[LK_STACK_CLIENT], *server = theirs.contexts[LK_STACK_SERVER];
    SSL_CTX_set_verify(client, SSL_VERIFY_PEER, NULL);
    if (form->resumed) {
        SSL_CTX_set_session_cache_mode(client, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(client, keep_first);
    }
    return SSL_CTX_set_num_tickets(server, 1) == 1 && /* as ours */
           SSL_CTX_load_verify_locations(client, form->certificate, NULL) == 1 &&
           SSL_CTX_use_certificate_chain_file(server, form->certificate) == 1 &&
           SSL_CTX_use_PrivateKey_file(server, form->key, SSL_FILETYPE_PEM) == 1;
}

static void tear_down(void)
{
    SSL_SESSION_free(theirs.session);
    for (int role = 0; role < 2; role++)
        SSL_CTX_free(theirs.contexts[role]);
    BIO_meth_free(theirs.method);
    memset(&theirs, 0, sizeof theirs);
}

static void end(lk_stack_side *side)
{
    if (side)
        SSL_free(side->ssl);
    free(side);
}

static bool prepare_client(SSL *ssl)
{
    SSL_set_connect_state(ssl);
    return SSL_set1_host(ssl, "localhost") == 1 && SSL_set_tlsext_host_name(ssl, "localhost") == 1 &&
           (!theirs.session || SSL_set_session(ssl, theirs.session) == 1);
}

static lk_stack_side *begin(lk_stack_role role)
{
    lk_stack_side *side = calloc(1, sizeof *side);
    if (!side)
        return NULL;
    side->ssl = SSL_new(theirs.contexts[role]);
    side->output = outputs[role];
    BIO *bio = BIO_new(theirs.method);
    if (!side->ssl || !bio) {
        BIO_free(bio);
        end(side);
        return NULL;
    }
    BIO_set_data(bio, side);
    BIO_set_init(bio, 1);
    SSL_set_bio(side->ssl, bio, bio);
    if (role == LK_STACK_SERVER)
        SSL_set_accept_state(side->ssl);
    else if (!prepare_client(side->ssl)) {
        end(side);
        return NULL;
    }
    return side;
}

static bool handshake(lk_stack_side *side, bool *done)
{
    int result = SSL_do_handshake(side->ssl);
    *done = result == 1;
    return *done || SSL_get_error(side->ssl, result) == SSL_ERROR_WANT_READ;
}

static size_t output(lk_stack_side *side, uint8_t *to)
{
    size_t length = side->length;
    if (to && !side->drops)
        memcpy(to, side->output, length);
    side->drops = !to; /* from now on, as the caller is going on */
    side->length = 0;
    return length;
}

static void input(lk_stack_side *side, const uint8_t *bytes, size_t length)
{
    side->input = bytes;
    side->left = length;
}

static void rest(lk_stack_side *side)
{
    (void)SSL_free_buffers(side->ssl);
}

static bool write_record(lk_stack_side *side, const uint8_t *data, size_t length)
{
    return SSL_write(side->ssl, data, (int)length) == (int)length;
}

static size_t read_all(lk_stack_side *side, uint8_t *data, size_t capacity)
{
    size_t total = 0;
    for (;;) {
        int got = SSL_read(side->ssl, data, (int)capacity);
        if (got <= 0)
            return total;
        total += (size_t)got;
    }
}

const lk_stack lk_stack_libssl = {.name = "libssl",
                                  .set_up = set_up,
                                  .tear_down = tear_down,
                                  .begin = begin,
                                  .end = end,
                                  .handshake = handshake,
                                  .output = output,
                                  .input = input,
                                  .rest = rest,
                                  .write = write_record,
                                  .read = read_all};
