/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handshake of one connection: a table of states (states.c) that says which message goes or comes next, and what
 * key change follows. It writes to a record layer, is fed the fragments that came, and reads nothing by itself.
 */
#ifndef LK_HANDSHAKE_HANDSHAKE_H
#define LK_HANDSHAKE_HANDSHAKE_H

#include <latchkey/connection.h>

#include "base/reader.h"
#include "handshake/authorities.h"
#include "handshake/certificate.h"
#include "handshake/digest.h"
#include "handshake/key_exchange.h"
#include "handshake/signature.h"
#include "handshake/tickets.h"
#include "record/record.h"

enum { LK_SUITES_MAX = 96, LK_ALPN_MAX = 512, LK_NAME_MAX = 255 };

/* Bytes: RFC 4279 section 5.3 has every implementation take 128 of the one and 64 of the other. */
enum { LK_PSK_IDENTITY_MAX = 128, LK_PSK_MAX = 64 };

/** A key that both sides know already (RFC 4279, RFC 8446); length 0: none. */
typedef struct lk_psk {
    char identity[LK_PSK_IDENTITY_MAX];
    size_t identity_length;
    uint8_t key[LK_PSK_MAX];
    size_t length;
    bool external; /* for TLS 1.3 too, with this hash (RFC 8446 section 4.2.11) */
    lk_hash hash;
} lk_psk;

/** Bytes that are owned. */
typedef struct lk_bytes {
    uint8_t *bytes;
    size_t length;
} lk_bytes;

/** What a side brings to its handshakes. Filled in by a configuration, shared by its connections, not changed
 * meanwhile. */
typedef struct lk_handshake_settings {
    uint16_t lowest_version, highest_version;
    const lk_suite *suites[LK_SUITES_MAX]; /* in order of preference */
    size_t suite_count;
    const lk_group *groups[LK_GROUP_MAX]; /* in order of preference; a client sends a share of the first */
    size_t group_count;
    bool client_preference;  /* server: the first suite of the client's that this side has, too */
    int dh_minimum;          /* client: the shortest prime of a DHE server, in bits */
    EVP_PKEY *dh_parameters; /* server: its own for DHE, or NULL */
    lk_psk psk;
    lk_certificate_chain chain; /* of this side */
    EVP_PKEY *key;              /* that belongs to it, or NULL */
    X509_STORE *roots;          /* that the peer's chain must lead to */
    lk_chain_rules rules;       /* that it must follow besides */
    bool signs_elsewhere;       /* key is the public half: the observer has signatures made */
    bool trust_anyone;
    bool judged;                    /* the observer has the last word about the peer's chain */
    lk_client_policy client_policy; /* server: whether it asks clients for a certificate */
    lk_authorities authorities;     /* the names of roots; empty where they are the system's, or too many */
    uint8_t alpn[LK_ALPN_MAX];      /* ProtocolName vectors (RFC 7301), as ClientHello has them */
    size_t alpn_length;
    uint32_t session_lifetime; /* s; 0: no session is gone on with */
    lk_tickets *tickets;       /* server: what seals its tickets; NULL: it gives none */
    bool uses_tickets;         /* server: it gives them; client: it asks for them */
    lk_session_store sessions; /* server: where those with an id are; no functions: nowhere */
    bool keeps_sessions;       /* client: the observer is told of sessions that can be gone on with */
    bool legacy_resumption;    /* sessions without the extended master secret too */
    lk_renegotiation renegotiation;
    lk_bytes ocsp;              /* server: the response that it staples; empty: none */
    lk_stapling stapling;       /* client */
    uint8_t max_fragment;       /* client: MaxFragmentLength (RFC 6066) that it asks for; 0: none */
    uint16_t record_size_limit; /* bytes of plaintext that it takes in a record (RFC 8449); 0: all there may be */
    bool post_handshake;        /* client: it can be asked for its certificate later; server: it may ask */
    bool keeps_export_secret;   /* up to TLS 1.2: the master secret stays, to export from */
    bool fallback;              /* client: it has tried a higher version before */
    bool keys_on_device;        /* nothing stays that the keys in use follow from: TLS 1.3 alone */
    const lk_engine *required;  /* the engine that must be able to do what is agreed; NULL when any may */
} lk_handshake_settings;

/** Who is told what happens. Every function must be there. */
typedef struct lk_handshake_observer {
    void *context;
    /* body: of the message, borrowed */
    void (*message)(void *context, bool sent, uint8_t type, const char *name, lk_reader body, const char *meaning);
    void (*alert)(void *context, bool sent, bool fatal, int description, const char *meaning);
    void (*keys)(void *context, bool sent, const char *meaning);
    /* A secret under its label in the SSLKEYLOGFILE format; client_random has 32 bytes. */
    void (*secret)(void *context, const char *label, const uint8_t *client_random, const uint8_t *secret,
                   size_t length);
    /* A session that lk_handshake_resume() takes, secrets in it, or NULL: those of this connection must be forgotten.
     * Called where settings say keeps_sessions. */
    void (*session)(void *context, const uint8_t *session, size_t length);
    /* Has data signed, where settings say signs_elsewhere; signature has room for LK_SIGNATURE_MAX. WANT_KEY: it comes
     * later, by lk_handshake_give_signature(). */
    lk_error (*sign)(void *context, const lk_signature_scheme *scheme, const uint8_t *data, size_t length,
                     uint8_t *signature, size_t *signature_length);
    /* Where settings say judged: what is made of a verdict about the peer's chain, OK or why it is not taken. */
    lk_error (*judge)(void *context, const lk_chain_verdict *verdict, const char *diagnosis,
                      const lk_certificate_chain *chain);
} lk_handshake_observer;

typedef struct lk_handshake lk_handshake;

/**
 * A handshake that is about to begin. Settings and layer are borrowed. host: the name or address of the server, without
 * a final dot; NULL for a server, or for a client that trusts anyone.
 * @return INVALID_ARGUMENT when settings leave no suite for any version, ENGINE_UNSUPPORTED when the required engine
 * has none of them, NO_MEMORY.
 */
lk_error lk_handshake_new(const lk_handshake_settings *settings, lk_role role, const char *host, lk_record_layer *layer,
                          const lk_handshake_observer *observer, lk_handshake **handshake);

/**
 * Client, before anything is sent: offers to go on with a session. One that is over, or that is not for this server or
 * these settings (its certificate is verified again), is left out.
 * @return INVALID_ARGUMENT for what is no session, WRONG_STATE, NO_MEMORY.
 */
lk_error lk_handshake_resume(lk_handshake *handshake, const uint8_t *session, size_t length);

/** True when this handshake goes on with a session. */
bool lk_handshake_resumed(const lk_handshake *handshake);

/** The connection has failed: the session that it began or went on with is none any more, on either side. */
void lk_handshake_forget_session(lk_handshake *handshake);

/** Erases all secrets: nothing is sent or taken in any more. */
void lk_handshake_abandon(lk_handshake *handshake);

/** Frees it, and erases all secrets. NULL is allowed. */
void lk_handshake_free(lk_handshake *handshake);

/**
 * Sends and takes in messages as far as it goes.
 * @return OK once the handshake is complete and nothing is left to do; WANT_READ; WANT_WRITE or WANT_ENGINE while the
 * record layer has no room for a message; WANT_KEY while a signature is awaited; or what is wrong.
 */
lk_error lk_handshake_run(lk_handshake *handshake);

/**
 * Gives the signature that the observer's sign() promised; it is copied. NULL: there is none.
 * @return WRONG_STATE where none is awaited, INVALID_ARGUMENT for a length that none has, NO_MEMORY, KEY_REFUSED for
 * NULL.
 */
lk_error lk_handshake_give_signature(lk_handshake *handshake, const uint8_t *signature, size_t length);

/**
 * Server: asks the client for its certificate, the handshake being complete. What lk_handshake_run() returns, or
 * WRONG_STATE where that is not possible, or not yet again.
 */
lk_error lk_handshake_authenticate_client(lk_handshake *handshake, lk_client_policy policy);

/** True from that call on, until the client has answered. */
bool lk_handshake_authenticating(const lk_handshake *handshake);

/** Copies a fragment of type handshake for the next lk_handshake_run(). @return NO_MEMORY, ILLEGAL_PARAMETER (too
 * long). */
lk_error lk_handshake_take(lk_handshake *handshake, const uint8_t *data, size_t length);

/** Takes in a change_cipher_spec. @return UNEXPECTED_MESSAGE and its like. */
lk_error lk_handshake_change_cipher_spec(lk_handshake *handshake, const uint8_t *data, size_t length);

/**
 * Takes in the warning no_certificate, by which a client of SSL 3.0 says that it has none; *awaited: it was asked.
 * @return CERTIFICATE_MISSING where the server demands one.
 */
lk_error lk_handshake_no_certificate(lk_handshake *handshake, bool *awaited);

/**
 * Changes the key of this side; TLS 1.3 alone. What lk_handshake_run() returns: with WANT_WRITE or WANT_ENGINE it goes
 * on there.
 * @return WRONG_STATE for another version or before it is complete.
 */
lk_error lk_handshake_update_key(lk_handshake *handshake);

/**
 * Up to TLS 1.2: asks for a new handshake: a client begins it, a server requests it. What lk_handshake_run() returns.
 * @return WRONG_STATE where the settings, the version or the first handshake do not allow it, or before it is complete.
 */
lk_error lk_handshake_renegotiate(lk_handshake *handshake);

/** True from the first message of a new handshake to its last. Meanwhile what was agreed before still counts. */
bool lk_handshake_renegotiating(const lk_handshake *handshake);

/** The peer has sent no_renegotiation. @return true where that ended a new handshake: all is as it was before. */
bool lk_handshake_refused(lk_handshake *handshake);

/** Server: whether clients are asked for a certificate, from the next handshake on. @return WRONG_STATE within one. */
lk_error lk_handshake_ask_client(lk_handshake *handshake, lk_client_policy policy);

/** True when application data may come now. */
bool lk_handshake_takes_data(const lk_handshake *handshake);

/** True when it is complete (and stays so in a renegotiation), and true while a message has come in part. */
bool lk_handshake_established(const lk_handshake *handshake);
bool lk_handshake_in_message(const lk_handshake *handshake);

/** Tells it that application data came: what counts messages that carry none begins anew. */
void lk_handshake_data_came(lk_handshake *handshake);

/** Tells it that application data went: the next request to change the key is to be answered again. */
void lk_handshake_data_went(lk_handshake *handshake);

/** What was agreed; 0 or NULL before it is known. */
uint16_t lk_handshake_version(const lk_handshake *handshake);
const lk_suite *lk_handshake_suite(const lk_handshake *handshake);

/** The suite that messages are about: in a renegotiation the new one, as soon as it is known. */
const lk_suite *lk_handshake_suite_at_hand(const lk_handshake *handshake);
const lk_group *lk_handshake_group(const lk_handshake *handshake);
const char *lk_handshake_alpn(const lk_handshake *handshake);
const char *lk_handshake_server_name(const lk_handshake *handshake);
const lk_certificate_chain *lk_handshake_peer_chain(const lk_handshake *handshake);

/** Client: the OCSP response that the server stapled; empty without one. */
const lk_bytes *lk_handshake_status(const lk_handshake *handshake);

/** The particulars of the last failure, "" when there are none. */
const char *lk_handshake_diagnosis(const lk_handshake *handshake);

#endif
