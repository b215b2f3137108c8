/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One TLS connection, without any I/O inside: bytes of the wire in, bytes for the wire out, plaintext on the other
 * side. No call blocks. A connection belongs to one thread at a time.
 */
#ifndef LATCHKEY_CONNECTION_H
#define LATCHKEY_CONNECTION_H

#include <latchkey/config.h>
#include <latchkey/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum lk_role { LK_CLIENT, LK_SERVER } lk_role;

typedef struct lk_connection lk_connection;

/**
 * A new connection. The configuration is borrowed.
 * host: for a client, the DNS name or IP address that the certificate must bear, and that a name is announced by (SNI).
 * NULL is allowed where the configuration trusts anyone. Ignored for a server.
 * @return INVALID_ARGUMENT (a server without a certificate for any of its suites, as all but those with a pre-shared
 * key and anonymous ones need; one that asks clients for theirs without roots of its own to judge them by; a client
 * without a host that does not trust anyone; no suite left for the versions), NO_MEMORY, ENGINE_UNSUPPORTED (a required
 * device does not have what the configuration asks).
 */
lk_error lk_connection_new(const lk_config *config, lk_role role, const char *host, lk_connection **connection);

/**
 * For clients, before the first step of the handshake: offers to go on with a session that
 * lk_config_set_session_keeper() gave. That spares both sides certificates and signatures; the peer's certificates are
 * those of the session, and are verified again here. A session that is over, or is for another host, version or suite,
 * or whose certificate does not hold any more, is left out, and a server need not take it: then there is a full
 * handshake.
 * @return INVALID_ARGUMENT for what is no session, WRONG_STATE (a server, or too late), NO_MEMORY.
 */
lk_error lk_connection_resume(lk_connection *connection, const void *session, size_t length);

/** Frees a connection and erases its keys, on the device too. Sends nothing. NULL is allowed. */
void lk_connection_free(lk_connection *connection);

/**
 * Moves the handshake on as far as it goes.
 * @return OK once it is complete; WANT_READ, WANT_WRITE or WANT_ENGINE; WANT_KEY while lk_config_use_signer()'s
 * function owes a signature; or what ended the connection (an alert may then be waiting among the bytes for the
 * wire). In a renegotiation, WANT_READ while lk_connection_pending() tells of
 * plaintext: that must be read first.
 */
lk_error lk_connection_handshake(lk_connection *connection);

/**
 * Gives the signature that a function of lk_config_use_signer() did not give at once, in the thread of the connection:
 * a call on that answered WANT_KEY, and is to be made again behind this one. It is copied. What the connection had to
 * send before is among its bytes for the wire and need not wait. A signature that the certificate's key does not
 * verify is not sent (KEY_REFUSED, in that call). signature NULL: there will be none, which ends the connection.
 * @return WRONG_STATE where no signature is awaited, INVALID_ARGUMENT for a length of 0 or above
 * LK_SIGNATURE_BYTES_MAX, NO_MEMORY, KEY_REFUSED for NULL, or what has ended the connection before.
 */
lk_error lk_connection_give_signature(lk_connection *connection, const uint8_t *signature, size_t length);

/**
 * Asks for a new handshake under the present keys, up to TLS 1.2: new keys both ways, and on a server by
 * lk_connection_ask_client_certificate() perhaps the client's certificate. A client begins it, and sends no more data
 * until it is over; a server sends a HelloRequest, which a client may refuse or ignore. It goes on in
 * lk_connection_read(), lk_connection_write() and lk_connection_handshake(); data of the peer that comes meanwhile is
 * read as ever. What was agreed before is told until the new handshake is complete. Where the peer refuses, all stays
 * as it was.
 * @return OK when it is asked for or complete; WANT_READ, WANT_WRITE or WANT_ENGINE; WRONG_STATE before the first
 * handshake is complete, with TLS 1.3, without leave of lk_config_set_renegotiation(), or where the peer does not know
 * RFC 5746; or what ended the connection.
 */
lk_error lk_connection_renegotiate(lk_connection *connection);

/** True from the first message of a renegotiation to its last; on a client from lk_connection_renegotiate() on. */
bool lk_connection_renegotiating(const lk_connection *connection);

/**
 * For servers: whether this connection asks its client for a certificate, from the next handshake on: before the first
 * one, or between two. See lk_config_ask_client_certificate().
 * @return INVALID_ARGUMENT, also without roots of the configuration's own; WRONG_STATE for a client, or within a
 * handshake.
 */
lk_error lk_connection_ask_client_certificate(lk_connection *connection, lk_client_policy policy);

/**
 * For servers, in TLS 1.3, once the handshake is complete: asks the client for a certificate (RFC 8446 section 4.6.2),
 * for example when it wants what not everybody may have. As in lk_config_ask_client_certificate(), one that is given
 * must be good, and with REQUIRED one must be given, or the connection ends. The answer comes when the client likes, in
 * lk_connection_read() or, for who wants to wait for it, lk_connection_handshake(); data goes both ways meanwhile, and
 * lk_connection_peer_certificate() tells who the client was before. One who was known, and now shows nothing, stays who
 * he was. Sessions that were given before know nothing of it.
 * @return OK when it is asked for; WRONG_STATE (not a server of TLS 1.3 with a complete handshake, an answer is still
 * to come, or either side lacks lk_config_set_post_handshake_authentication()); INVALID_ARGUMENT for LK_CLIENT_UNKNOWN
 * or without roots of the configuration's own; or what ended the connection.
 */
lk_error lk_connection_authenticate_client(lk_connection *connection, lk_client_policy policy);

/** For a server: true from lk_connection_authenticate_client() until the client has answered. */
bool lk_connection_authenticating(const lk_connection *connection);

/** Bytes of plaintext that have come and were not read yet. */
size_t lk_connection_pending(const lk_connection *connection);

/**
 * Takes plaintext to send. *taken says how much was taken, possibly less than length; the buffer is free again at once.
 * @return OK when some was taken; WANT_READ, WANT_WRITE or WANT_ENGINE when none could be (in a renegotiation as
 * lk_connection_handshake()); or what ended the connection.
 */
lk_error lk_connection_write(lk_connection *connection, const void *data, size_t length, size_t *taken);

/**
 * Gives received plaintext. *got says how much.
 * @return OK with at least one byte; WANT_READ, WANT_WRITE or WANT_ENGINE; CLOSED after the peer's close_notify; or
 * what ended the connection.
 */
lk_error lk_connection_read(lk_connection *connection, void *data, size_t capacity, size_t *got);

/**
 * Like lk_connection_read() without a copy: the bytes are borrowed until lk_connection_consume() says how many were
 * used.
 */
lk_error lk_connection_peek(lk_connection *connection, const uint8_t **data, size_t *length);
void lk_connection_consume(lk_connection *connection, size_t length);

/** Sends close_notify behind everything written. Reading goes on until the peer's own. Calling it again does nothing.
 */
lk_error lk_connection_close(lk_connection *connection);

/* The wire. */

/** Room for bytes from the wire: read a socket into it, then say how much came. Room 0: plaintext must be read first.
 */
uint8_t *lk_connection_input(lk_connection *connection, size_t *room);
void lk_connection_received(lk_connection *connection, size_t length);

/** The peer's stream has ended. Without a close_notify before, reading now gives TRUNCATED, not CLOSED. */
void lk_connection_received_end(lk_connection *connection);

/** Bytes for the wire, borrowed until lk_connection_sent() says how many went. Length 0: none at the moment. */
const uint8_t *lk_connection_output(lk_connection *connection, size_t *length);
void lk_connection_sent(lk_connection *connection, size_t length);

/**
 * Gives the memory of buffers back that hold nothing: some 130 KiB, with a device 600. What comes or goes next takes it
 * anew. For a connection on which nothing is expected for a while, as a server has by the thousand. Room that
 * lk_connection_input() has given, and that nothing was received into, is gone with it.
 */
void lk_connection_release_buffers(lk_connection *connection);

/* The engine. */

/** True when records are with an engine: poll lk_connection_engine_descriptor(), then lk_connection_progress(). */
bool lk_connection_wants_engine(const lk_connection *connection);

/** A descriptor to poll for input, or -1 when the engine always finishes at once. Shared by all connections of an
 * engine. */
int lk_connection_engine_descriptor(const lk_connection *connection);

/** Takes in what the engine has finished; waits for it no longer than timeout milliseconds (0: not at all). */
lk_error lk_connection_progress(lk_connection *connection, int timeout);

/* What was agreed; valid once the handshake is complete. */

/** 0x0303 or 0x0304; 0 before it is known. */
uint16_t lk_connection_version(const lk_connection *connection);
/** The suite's IANA name, or NULL before it is known. */
const char *lk_connection_suite(const lk_connection *connection);
/** The key exchange group's name ("x25519"), or NULL. */
const char *lk_connection_group(const lk_connection *connection);
/** The ALPN protocol, or NULL when none was agreed. */
const char *lk_connection_alpn(const lk_connection *connection);
/** For a server: the name that the client asked for (SNI), or NULL. */
const char *lk_connection_server_name(const lk_connection *connection);
/** The peer's certificates, leaf first, each in DER; NULL past the last. For a server: those of a client that was asked
 * (lk_config_ask_client_certificate()) and has one. Borrowed. */
const uint8_t *lk_connection_peer_certificate(const lk_connection *connection, size_t index, size_t *length);

/** For a client: the OCSP response (DER) that the server sent with its certificate, or NULL. Borrowed. */
const uint8_t *lk_connection_ocsp_response(const lk_connection *connection, size_t *length);

/** The longest label of an export, in characters. */
#define LK_EXPORT_LABEL_MAX 240

/**
 * Key material for another protocol that both sides can derive and nobody else (RFC 5705, RFC 8446 section 7.5): length
 * bytes, 1 to 8160, under a label that says what for (of at most LK_EXPORT_LABEL_MAX characters, with "EXPORTER-" in
 * front where it is registered, "EXPERIMENTAL" where it is not), and in a context that both agree on. context NULL and
 * length 0: none, which in TLS 1.3 is the same as an empty one, and before is not. Up to TLS 1.2, label and context are
 * together at most 900 bytes, and lk_config_keep_export_secret() must have been called.
 *
 * Renegotiation changes what comes out, once it is complete; key updates do not.
 * @return EXPORT_UNSOUND (up to TLS 1.2, where the peer does not know the extended master secret, RFC 7627: someone in
 * the middle could have the same material), INVALID_ARGUMENT (also for labels that TLS itself derives by), WRONG_STATE
 * (before the handshake is complete, after a failure, or without the secret), CRYPTO.
 */
lk_error lk_connection_export(const lk_connection *connection, const char *label, const uint8_t *context,
                              size_t context_length, uint8_t *out, size_t length);

/** What a protocol above TLS binds its own authentication to, so that nobody in the middle can pass it on. */
typedef enum lk_channel_binding {
    LK_BINDING_TLS_EXPORTER, /* "tls-exporter", RFC 9266: for TLS 1.3; before as lk_connection_export() allows */
    LK_BINDING_TLS_UNIQUE    /* "tls-unique", RFC 5929: TLS 1.0 to 1.2 */
} lk_channel_binding;

#define LK_CHANNEL_BINDING_BYTES 32

/**
 * The channel binding of this connection, which is no secret. out has room for LK_CHANNEL_BINDING_BYTES; *length says
 * how many it has.
 * @return BINDING_UNDEFINED (tls-unique in TLS 1.3 and SSL 3.0; tls-exporter where renegotiation is allowed, up to TLS
 * 1.2), EXPORT_UNSOUND (either without the extended master secret), and what lk_connection_export() returns.
 */
lk_error lk_connection_channel_binding(const lk_connection *connection, lk_channel_binding kind, uint8_t *out,
                                       size_t *length);

/** The longest plaintext of a record, in bytes, that this side sends, or takes: 16384 unless less was agreed on, or
 * more is taken (lk_config_accept_overlong_records()). */
size_t lk_connection_record_limit(const lk_connection *connection, bool sent);

/** True when the connection goes on with an earlier session. */
bool lk_connection_resumed(const lk_connection *connection);

/** True when the handshake is complete. */
bool lk_connection_established(const lk_connection *connection);

/** What ended the connection in one sentence with its particulars: a file, a name, an alert. Never NULL. */
const char *lk_connection_diagnosis(const lk_connection *connection);

/** An alert that was exchanged. */
typedef struct lk_alert_report {
    bool sent;            /* by this side; otherwise by the peer */
    bool fatal;           /* its level: fatal, otherwise a warning */
    int description;      /* LK_ALERT_* */
    const char *name;     /* as the RFCs write it */
    const char *sentence; /* what its sender complains of */
} lk_alert_report;

/** The last alert either way, close_notify and warnings included. @return false when there was none. */
bool lk_connection_last_alert(const lk_connection *connection, lk_alert_report *alert);

/* Statistics (P7). */

/** What went one way. */
typedef struct lk_direction_statistics {
    uint64_t records;          /* protected records */
    uint64_t bytes;            /* plaintext in them */
    uint64_t device_records;   /* of these, made or opened by a device */
    uint64_t device_bytes;     /* plaintext in them */
    uint64_t software_records; /* made or opened by libcrypto */
    uint64_t software_bytes;   /* plaintext in them */
    uint64_t plain_records;    /* records before there were keys */
} lk_direction_statistics;

/** What a connection has done, and where. */
typedef struct lk_connection_statistics {
    lk_direction_statistics sent;     /* to the peer */
    lk_direction_statistics received; /* from the peer */
    uint64_t fallbacks;               /* directions that went from a device to software */
    uint64_t retries;                 /* records that a device left undone, and software made */
    lk_fallback fallback;             /* why the last one went, or why there is no device at all */
    const char *fallback_reason; /* why software makes records although a device was wished for (no device at all, or of
                                    the last fall back); "" when there is no reason; lives as long as the connection */
} lk_connection_statistics;

/** What the connection has done so far. */
void lk_connection_statistics_get(const lk_connection *connection, lk_connection_statistics *statistics);

#ifdef __cplusplus
}
#endif

#endif
