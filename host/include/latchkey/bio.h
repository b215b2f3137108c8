/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection as a BIO of libcrypto, so that code written to OpenSSL's BIO speaks TLS through this library: plaintext
 * is read from it and written to it, and the bytes of the wire go through the next BIO of the chain, whatever that is
 * (BIO_push(): a socket, a pair, memory). Apart from <latchkey/latchkey.h>, which needs nothing of OpenSSL.
 *
 * What OpenSSL's own TLS BIO does, this one does: BIO_read(), BIO_write(), BIO_puts(), BIO_do_handshake(),
 * BIO_flush(), BIO_pending(), BIO_wpending(), BIO_eof(), BIO_get_close() and BIO_set_close(), and BIO_should_retry()
 * where the next BIO does not block. For lines, push it behind BIO_f_buffer().
 */
#ifndef LATCHKEY_BIO_H
#define LATCHKEY_BIO_H

#include <latchkey/connection.h>

#include <openssl/bio.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The method of such BIOs: one for the whole program is enough (libcrypto has numbers for about 120 of all kinds), for
 * any number of them and in all threads. The caller's, to be freed with BIO_meth_free() after the last of them.
 * @return NULL when memory or numbers are short.
 */
BIO_METHOD *lk_bio_method_new(void);

/**
 * A filter BIO over a connection, which BIO_free() frees too after BIO_set_close(bio, BIO_CLOSE), and otherwise leaves
 * alone (BIO_NOCLOSE, as at first). Freeing sends nothing: lk_connection_close() and BIO_flush() say close_notify.
 *
 * A call that cannot go on because the next BIO cannot returns as that does, with its reason to retry. For a record
 * engine that takes its time it waits, as long as that takes. BIO_read() returns 0 after the peer's close_notify
 * (BIO_eof() is true then), and -1 without a reason to retry for a failure: lk_bio_error() tells which, TRUNCATED where
 * the stream ended without a close_notify.
 * @return NULL when memory is short.
 */
BIO *lk_bio_new(const BIO_METHOD *method, lk_connection *connection);

/** The connection of a BIO of lk_bio_new(), NULL for any other of the same method. Borrowed. */
lk_connection *lk_bio_connection(BIO *bio);

/** What the last call on it came to: OK, a WANT_..., CLOSED, INPUT_OUTPUT (the next BIO failed, or there is none), or
 * what ended the connection. */
lk_error lk_bio_error(BIO *bio);

#ifdef __cplusplus
}
#endif

#endif
