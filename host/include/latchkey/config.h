/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration: made once, filled in, then shared by any number of connections, and not changed any more while one of
 * them lives. Several threads may make connections from one configuration at the same time.
 */
#ifndef LATCHKEY_CONFIG_H
#define LATCHKEY_CONFIG_H

#include <latchkey/engine.h>
#include <latchkey/error.h>
#include <latchkey/event.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LK_VERSION_SSL3   0x0300
#define LK_VERSION_TLS1_0 0x0301
#define LK_VERSION_TLS1_1 0x0302
#define LK_VERSION_TLS1_2 0x0303
#define LK_VERSION_TLS1_3 0x0304

typedef struct lk_config lk_config;

/**
 * A configuration with safe defaults: TLS 1.2 and 1.3, software engine, peers of a client verified against the system's
 * roots. Free it with lk_config_free() after its last connection.
 * @return NULL when memory is short.
 */
lk_config *lk_config_new(void);

/** Frees a configuration and erases its private key. NULL is allowed. */
void lk_config_free(lk_config *config);

/** What the last failed call on this configuration complains of, with file names and causes. Never NULL. */
const char *lk_config_diagnosis(const lk_config *config);

/**
 * The range of protocol versions (LK_VERSION_*), both ends included. Those before TLS 1.2 need suites besides: such as
 * have CBC and a MAC of SHA-1 have to be named (lk_config_set_suites()). docs/security.md says what they cost.
 * @return INVALID_ARGUMENT for a version that this library does not speak, or an empty range.
 */
lk_error lk_config_set_versions(lk_config *config, uint16_t lowest, uint16_t highest);

/**
 * The suites to offer or accept, in order of preference, as a colon-separated list of IANA names
 * ("TLS_AES_128_GCM_SHA256") or OpenSSL's spelling ("ECDHE-RSA-AES128-GCM-SHA256"). By default all that encrypt and
 * authenticate in one (AEAD), with a fresh key exchange (ECDHE) and certificates; all others are offered and accepted
 * only when this list names them: those with CBC and a separate MAC, with RSA or DHE as key exchange, with a pre-shared
 * key (which lk_config_set_psk() gives), anonymous ones, those with 3DES or RC4, and those that do not encrypt (NULL).
 * @return INVALID_ARGUMENT for a name that is not known, ENGINE_UNSUPPORTED for a cipher that libcrypto does not have
 * (RC4 is in its provider "legacy", which is loaded for this configuration alone); the diagnosis names it.
 */
lk_error lk_config_set_suites(lk_config *config, const char *list);

/** For servers: takes the first suite of the client's list that this side has, and not the first of its own. */
void lk_config_prefer_client_suites(lk_config *config, bool wanted);

/**
 * The parameters of a server's own for DHE up to TLS 1.2, from a PEM file (DH PARAMETERS). They are for clients that
 * name no groups of RFC 7919; to others, and where no file is given, the server takes one of those.
 * @return FILE_UNREADABLE, FILE_MALFORMED, WEAK_PARAMETERS (fewer bits than lk_config_set_dh_minimum() says).
 */
lk_error lk_config_use_dh_parameters_file(lk_config *config, const char *path);

/** The least bits of a DH prime (default: 2048). A server with less is refused (WEAK_PARAMETERS). @return
 * INVALID_ARGUMENT below 512 or above 8192. */
lk_error lk_config_set_dh_minimum(lk_config *config, unsigned bits);

/**
 * The key that suites with PSK prove both sides by (RFC 4279), and the name by which a client tells which one it means:
 * at most 128 bytes. Both are copied. For TLS 1.3 lk_config_set_psk_hash() must be called too. The key has 1 to 64
 * bytes and must be as hard to guess as any: who hears a handshake can try keys at leisure, so a password will not do.
 * @return INVALID_ARGUMENT.
 */
lk_error lk_config_set_psk(lk_config *config, const char *identity, const uint8_t *key, size_t length);

/**
 * Uses the key of lk_config_set_psk() in TLS 1.3 too (RFC 8446 section 4.2.11, psk_dhe_ke), with a hash that both sides
 * must agree on beforehand: "SHA256", which is meant where nothing is said, or "SHA384". NULL: not in TLS 1.3
 * (default). A client offers it in its hello, where everybody can read the identity, unless it offers a session; a
 * server that knows it takes it, with a fresh key exchange and without certificates; otherwise there is a handshake
 * with certificates, as ever. A server that demands certificates of its clients does not take it. One without a
 * certificate of its own is reached by those who have the key alone (PSK_UNKNOWN for others). No sessions come of it.
 * Who can guess the key can be either side; what was said before stays secret.
 * @return INVALID_ARGUMENT for another hash.
 */
lk_error lk_config_set_psk_hash(lk_config *config, const char *hash);

/**
 * The groups to exchange keys in, in order of preference, as a colon-separated list of the RFCs' names ("x25519",
 * "secp256r1") or OpenSSL's spelling ("X25519", "P-256"). By default all of this library. Clients send a share of the
 * first in TLS 1.3: a server that takes another asks for it, which costs a round trip.
 * @return INVALID_ARGUMENT for a name that is not known; the diagnosis names it.
 */
lk_error lk_config_set_groups(lk_config *config, const char *list);

/**
 * The certificate chain (PEM, leaf first) and private key (PEM, unencrypted) of this side.
 * @return FILE_UNREADABLE, FILE_MALFORMED, KEY_MISMATCH.
 */
lk_error lk_config_use_certificate_files(lk_config *config, const char *chain_path, const char *key_path);

/**
 * Certificate chain and private key of this side from a PKCS#12 file (RFC 7292), in the place of
 * lk_config_use_certificate_files(). passphrase: of the file, which it is not kept beyond the call; NULL: none. From
 * the file's other certificates those are sent along that lead from this one to a root. Files with the encryption of
 * the last century (RC2) cannot be opened.
 * @return FILE_UNREADABLE, FILE_MALFORMED (also for a wrong passphrase), NO_MEMORY.
 */
lk_error lk_config_use_pkcs12_file(lk_config *config, const char *path, const char *passphrase);

typedef struct lk_connection lk_connection;

/** A signature that a handshake needs. Everything in it is borrowed for the length of the call. */
typedef struct lk_signature_request {
    uint16_t scheme;     /* SignatureScheme (RFC 8446 section 4.2.3): 0x0403, ... */
    const char *name;    /* as that section writes it: "ecdsa_secp256r1_sha256", ... */
    const uint8_t *data; /* what is signed: the message itself, which the scheme hashes */
    size_t length;       /* of data, in bytes */
} lk_signature_request;

/** The longest signature, in bytes. */
#define LK_SIGNATURE_BYTES_MAX 2048

/**
 * Signs for a connection, whose certificate's private key it has. It is called in the thread of the connection, within
 * one of its calls, and must touch it only to ask what was agreed. signature has room for *length bytes
 * (LK_SIGNATURE_BYTES_MAX), and *length is to say how many it has: for ECDSA the DER of RFC 3279 section 2.2.3, as
 * everywhere in TLS.
 * @return OK when it has signed; WANT_KEY when that takes its time: then it copies what is to be signed, and
 * lk_connection_give_signature() brings the signature; or any other error, upon which the handshake ends with
 * KEY_REFUSED.
 */
typedef lk_error lk_key_signer(void *context, lk_connection *connection, const lk_signature_request *request,
                               uint8_t *signature, size_t *length);

/**
 * Has a function sign, so that the private key can be in a token, an HSM or another process: in the place of
 * lk_config_use_certificate_files(). The chain (PEM, leaf first) says what the key is. context is borrowed, and must
 * live as long as the configuration. Such a key signs in TLS 1.2 and 1.3, as server and as client; older versions, and
 * suites whose exchange decrypts with the server's key (TLS_RSA_WITH_...), are not spoken by a server that has no
 * other.
 * @return INVALID_ARGUMENT without a function, FILE_UNREADABLE, FILE_MALFORMED.
 */
lk_error lk_config_use_signer(lk_config *config, const char *chain_path, lk_key_signer *signer, void *context);

/** Trust the roots in a PEM file instead of the system's. @return FILE_UNREADABLE, FILE_MALFORMED, NO_MEMORY. */
lk_error lk_config_trust_file(lk_config *config, const char *path);

/**
 * Pins public keys: of the certificates that lead from the peer's own to a root, that one included, one must have one
 * of these keys, or the peer is not taken (CERTIFICATE_UNPINNED; the diagnosis says which key it has). So an authority
 * that errs, or is made to, gives nobody else the peer's name. list: "sha256//BASE64;sha256//BASE64", of the SHA-256 of
 * each SubjectPublicKeyInfo (RFC 7469 section 2.4), as curl writes it; pin a second key, whose private half lies in a
 * safe, before the first one is lost. At most 32. With lk_config_trust_anyone() the peer's own certificate must have
 * such a key: then no authority is needed. NULL: none (default).
 * @return INVALID_ARGUMENT.
 */
lk_error lk_config_pin_keys(lk_config *config, const char *list);

/**
 * Certificate revocation lists (RFC 5280 section 5; PEM, one or more in the file): a peer's certificate that stands in
 * one is not taken (CERTIFICATE_REVOKED), nor is one whose issuer has no list here that is valid now
 * (REVOCATION_UNKNOWN). whole_chain: the same for each certificate on the way to the root. Lists are good for some
 * days; a new configuration takes new ones. In the place of those before; NULL: none (default).
 * @return FILE_UNREADABLE, FILE_MALFORMED, NO_MEMORY.
 */
lk_error lk_config_use_crl_file(lk_config *config, const char *path, bool whole_chain);

/**
 * The most certificates between the peer's own and a root: 0 for one that a root has issued itself (default: as many as
 * a chain may have, 32). More is CERTIFICATE_UNTRUSTED.
 * @return INVALID_ARGUMENT above 32.
 */
lk_error lk_config_set_verify_depth(lk_config *config, unsigned depth);

/** A certificate in DER. */
typedef struct lk_der {
    const uint8_t *bytes; /* borrowed */
    size_t length;        /* in bytes */
} lk_der;

/** What was found out about a peer's certificates. Everything in it is borrowed for the length of the call. */
typedef struct lk_certificate_verdict {
    lk_error error;     /* OK, or why they are not taken: CERTIFICATE_..., REVOCATION_UNKNOWN */
    const char *reason; /* for a person, with its particulars; "" for OK */
    int depth;          /* which certificate on the way to the root it is about, 0 for the peer's own; -1: none */
    const lk_der *certificates; /* as they came, the peer's own first */
    size_t count;               /* of certificates */
} lk_certificate_verdict;

/**
 * Has the last word about a peer's certificates: sees the verdict, and answers what is to count. It is called in the
 * thread of the connection, within one of its calls, and must touch it only to ask what was agreed; once a handshake,
 * and for a session that is gone on with again.
 * @return OK to take them, whatever the verdict says; otherwise why not: the verdict's own error, another about
 * certificates, or anything else, which is CERTIFICATE_REJECTED.
 */
typedef lk_error lk_certificate_judge(void *context, const lk_connection *connection,
                                      const lk_certificate_verdict *verdict);

/** Asks a function about each peer's certificates. NULL: nobody (default). That the peer has the private key is
 * verified in any case. */
void lk_config_set_certificate_judge(lk_config *config, lk_certificate_judge *judge, void *context);

/**
 * For servers: the OCSP response (RFC 6960, DER) to send to clients that ask whether the certificate is revoked:
 * `openssl ocsp -respout FILE` fetches one. It is good for some days; a new configuration takes a new one. NULL: none
 * (default).
 * @return FILE_UNREADABLE, FILE_MALFORMED (also one that only says that there is no answer), NO_MEMORY.
 */
lk_error lk_config_use_ocsp_file(lk_config *config, const char *path);

/** Whether a client asks the server for an OCSP response, and what it makes of it. */
typedef enum lk_stapling {
    LK_STAPLING_OFF,     /* does not ask (default) */
    LK_STAPLING_CHECKED, /* one that comes must be good */
    LK_STAPLING_REQUIRED /* one must come, and be good (STATUS_MISSING, STATUS_INVALID, CERTIFICATE_REVOKED) */
} lk_stapling;

/**
 * For clients: OCSP stapling (RFC 6066 section 8). A response is good when an authority of the certificate has signed
 * it, it is about this certificate and valid now, give or take 5 minutes, and says that it is not revoked.
 * @return INVALID_ARGUMENT for a policy that does not exist.
 */
lk_error lk_config_set_stapling(lk_config *config, lk_stapling policy);

/** What a server wants to know of its clients. */
typedef enum lk_client_policy {
    LK_CLIENT_UNKNOWN,  /* asks for no certificate (default) */
    LK_CLIENT_OPTIONAL, /* asks; a client may have none, but one that it gives must be good */
    LK_CLIENT_REQUIRED  /* asks; without a certificate the handshake fails (CERTIFICATE_MISSING) */
} lk_client_policy;

/**
 * For servers: whether to ask clients for a certificate (RFC 8446 section 4.3.2, RFC 5246 section 7.4.4). It must be
 * fit for TLS clients and lead to a root of lk_config_trust_file(), which must be called too: that some authority of
 * the system's knows a client says nothing. The names of these roots are sent along, as a hint which certificate is
 * wanted. What the client gave stands in lk_connection_peer_certificate().
 *
 * Clients answer such a server with the certificate of lk_config_use_certificate_files(), where they have one that fits
 * the server's algorithms and authorities, and otherwise with none.
 * @return INVALID_ARGUMENT for a policy that does not exist.
 */
lk_error lk_config_ask_client_certificate(lk_config *config, lk_client_policy policy);

/**
 * Whether a client can be asked for its certificate after the handshake too, in TLS 1.3 (RFC 8446 section 4.6.2;
 * default: no). A client says so in its hello, and then answers requests of the server whenever they come, with the
 * certificate of its configuration or with none. For a server it is the leave to ask, by
 * lk_connection_authenticate_client(). Connections that can do it keep some 500 bytes more.
 */
void lk_config_set_post_handshake_authentication(lk_config *config, bool wanted);

/**
 * For clients: asks the server for records of at most 512, 1024, 2048 or 4096 bytes of plaintext, both ways (RFC 6066
 * section 4). 0: does not ask (default). Servers of ours do as they are asked. lk_config_set_record_size_limit() is
 * what newer servers know.
 * @return INVALID_ARGUMENT for another length.
 */
lk_error lk_config_set_max_fragment(lk_config *config, size_t length);

/**
 * The longest plaintext, in bytes, that a protected record of the peer may have (RFC 8449): 64 to 16384. A client asks
 * for it; a server says it to clients that ask. 0: whatever may come (default). Records to a peer that says its own
 * limit are cut accordingly in any case.
 * @return INVALID_ARGUMENT for another length.
 */
lk_error lk_config_set_record_size_limit(lk_config *config, size_t length);

/**
 * Hides how long what this side says is (RFC 8446 section 5.4): each protected record of TLS 1.3, be it data, a
 * handshake message or an alert, is padded until it carries a multiple of so many bytes, or as many as a record may.
 * What that costs is bandwidth; how many records there are, and when, it does not hide. 0: no padding (default). Before
 * TLS 1.3 there is none to be had. It takes the place of lk_config_set_padding_policy().
 * @return INVALID_ARGUMENT above 16384.
 */
lk_error lk_config_set_padding(lk_config *config, size_t multiple);

/**
 * Answers how many bytes of padding a record gets that carries length bytes of a content type (21 alert, 22 handshake,
 * 23 application data): at most most, and more counts as that. Called for each protected record of TLS 1.3, in the
 * thread of its connection, which it must not touch. The peer sees the record's length, and can find the padding's end
 * in time that depends on it.
 */
typedef size_t lk_padding_policy(void *context, uint8_t content_type, size_t length, size_t most);

/** Pads records of TLS 1.3 as a function says, and not to a multiple. NULL: no padding. */
void lk_config_set_padding_policy(lk_config *config, lk_padding_policy *policy, void *context);

/**
 * Takes records of up to 65,535 bytes from old peers, which no version allows: under a key without AEAD (CBC, NULL),
 * and with the software engine alone (lk_connection_new() answers ENGINE_UNSUPPORTED where a device is wished for). A
 * connection needs 64 KiB more memory then.
 */
void lk_config_accept_overlong_records(lk_config *config);

/**
 * For clients: says that this connection tries a lower version than an earlier one that failed (TLS_FALLBACK_SCSV, RFC
 * 7507), so that a server which knows better refuses: then someone is in the way. Our own client never falls back.
 */
void lk_config_set_fallback(lk_config *config, bool fallen_back);

/** Whether the handshake may be done again on a connection, up to TLS 1.2. */
typedef enum lk_renegotiation {
    LK_RENEGOTIATION_OFF,       /* no: whoever asks is told no_renegotiation (default) */
    LK_RENEGOTIATION_SAME_PEER, /* yes, but the peer's certificate stays the same */
    LK_RENEGOTIATION_ANY_PEER   /* yes, and the peer may be someone else afterwards */
} lk_renegotiation;

/**
 * Lets this side take part in renegotiation (RFC 5246 section 7.4.1.1) when the peer asks, and ask for it by
 * lk_connection_renegotiate(). It must be bound to the connection by RFC 5746, whatever is set here. SAME_PEER: a
 * certificate that differs from the one before ends the connection (CERTIFICATE_CHANGED), so that what an application
 * has found out about its peer stays true; a client that had none may show one.
 * @return INVALID_ARGUMENT for a policy that does not exist.
 */
lk_error lk_config_set_renegotiation(lk_config *config, lk_renegotiation policy);

/**
 * For servers: for how many seconds a session may be gone on with after it began or was renewed (default: 7200). 0:
 * never. Clients that take a ticket get one, which the server seals under keys that it makes itself, changes after so
 * long, and erases after twice as long; to others, up to TLS 1.2, it gives an id, and keeps the session itself. A
 * session ends 7 days after its peers proved who they are. Whoever gets hold of a key can read what TLS 1.2 sessions
 * said that began or went on with its tickets; TLS 1.3 exchanges fresh keys each time. For clients: for how long a
 * session with an id is offered, as its server does not say how long it keeps it.
 * @return INVALID_ARGUMENT above 604800, NO_MEMORY, CRYPTO.
 */
lk_error lk_config_set_session_lifetime(lk_config *config, uint32_t seconds);

/**
 * Whether a server gives tickets, and a client takes them (default: both). Without them sessions up to TLS 1.2 are gone
 * on with by their id alone, and those of TLS 1.3 not at all.
 */
void lk_config_set_tickets(lk_config *config, bool wanted);

/**
 * For servers: how many sessions with an id are kept in memory (default: 1024), for all connections of this
 * configuration in all threads; the oldest goes first. 0: none. It takes the place of lk_config_set_session_store().
 * @return NO_MEMORY.
 */
lk_error lk_config_set_session_cache(lk_config *config, size_t capacity);

/** The longest session id (RFC 5246 section 7.4.1.2); a server of ours gives such ones, and random. */
#define LK_SESSION_ID_BYTES 32

/** The longest session that a server gives to a store. */
#define LK_SESSION_BYTES_MAX 16384

/**
 * Where a server keeps sessions by their ids, when it is not in its own memory: one for several processes, for example.
 * The functions are called by all connections of the configuration, in their threads. A session's bytes hold secrets.
 */
typedef struct lk_session_store {
    void *context; /* handed to the functions */
    /** Keeps a session for lifetime seconds. A store may forget it earlier; then there is a full handshake. */
    void (*store)(void *context, const uint8_t *id, size_t id_length, const uint8_t *session, size_t length,
                  uint32_t lifetime);
    /** Copies a session. @return its length, or 0 when there is none, it is over, or it does not fit. */
    size_t (*find)(void *context, const uint8_t *id, size_t id_length, uint8_t *session, size_t capacity);
    /** Forgets a session: its connection ended with a fatal alert (RFC 5246 section 7.2.2). */
    void (*remove)(void *context, const uint8_t *id, size_t id_length);
} lk_session_store;

/** Keeps a server's sessions there; store is copied. @return INVALID_ARGUMENT where a function is missing. */
lk_error lk_config_set_session_store(lk_config *config, const lk_session_store *store);

/**
 * Goes on with sessions of TLS 1.0 to 1.2 that have no extended master secret, too. RFC 7627 section 5.4 says what that
 * costs: someone in the middle can make two sessions have the same secret, and splice what comes after a resumption.
 * Sessions of SSL 3.0, which cannot do better, need no such leave.
 */
void lk_config_allow_legacy_resumption(lk_config *config);

/**
 * For clients: calls a function with each session that a server lets be gone on with, for lk_connection_resume(). The
 * bytes hold secrets: whoever has them is taken for this client; they are borrowed for the length of the call. Use each
 * but once, so that nobody can tell from it who comes again (RFC 8446 appendix C.4). Without this function clients ask
 * for no sessions. session NULL and length 0: the connection ended with a fatal alert, and the sessions that it gave or
 * went on with must be forgotten (RFC 5246 section 7.2.2, RFC 8446 section 6.2).
 */
typedef void lk_session_keeper(void *context, const lk_connection *connection, const uint8_t *session, size_t length);
void lk_config_set_session_keeper(lk_config *config, lk_session_keeper *keeper, void *context);

/**
 * Lets lk_connection_export() work up to TLS 1.2 too. What it derives from is the master secret there, which traffic
 * keys come from as well: a connection keeps it in memory then, and otherwise erases it after the handshake. In TLS 1.3
 * exports have a secret of their own, which tells nothing of the traffic, and need no leave.
 */
void lk_config_keep_export_secret(lk_config *config);

/** Do not verify the peer's certificate. For tests alone: it gives up what TLS is for. */
void lk_config_trust_anyone(lk_config *config);

/**
 * The ALPN protocols (RFC 7301), in order of preference, comma-separated ("h2,http/1.1").
 * @return INVALID_ARGUMENT for an empty or over-long name.
 */
lk_error lk_config_set_alpn(lk_config *config, const char *protocols);

/**
 * Who makes the records. The engine is borrowed and must outlive every connection; NULL only with LK_ENGINE_SOFTWARE,
 * or with LK_ENGINE_AUTO or LK_ENGINE_PREFER_DEVICE to say that none is attached. reason: why (without an engine);
 * copied, may be NULL. With LK_ENGINE_AUTO both engines are measured now, which takes a slow device a quarter of a
 * second or a little more. No connection of the configuration may be open.
 */
lk_error lk_config_set_engine(lk_config *config, lk_engine *engine, lk_engine_policy policy, const char *reason);

/** Calls an observer for each record, message, alert and key change of each connection (latchkey/event.h). */
void lk_config_set_observer(lk_config *config, lk_observer *observer, void *context);

/**
 * Calls a function with the bytes of the wire as they come and go, sent by this side or received: for captures. They
 * are borrowed for the length of the call, which must not touch the connection but to ask it what was agreed.
 */
typedef void lk_wire_tap(void *context, const lk_connection *connection, bool sent, const uint8_t *bytes,
                         size_t length);
void lk_config_set_wire_tap(lk_config *config, lk_wire_tap *tap, void *context);

/**
 * Calls a function with each secret, in a line of the SSLKEYLOGFILE format without its newline. For debugging: whoever
 * has these lines reads the traffic.
 */
typedef void lk_key_log(void *context, const char *line);
void lk_config_set_key_log(lk_config *config, lk_key_log *log, void *context);

#ifdef __cplusplus
}
#endif

#endif
