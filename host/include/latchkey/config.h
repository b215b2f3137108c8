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
 * The range of protocol versions (LK_VERSION_*), both ends included. TLS 1.0 and TLS 1.1 need suites besides: those with
 * CBC and HMAC-SHA1 have to be named (lk_config_set_suites()).
 * @return INVALID_ARGUMENT for a version that this library does not speak, or an empty range.
 */
lk_error lk_config_set_versions(lk_config *config, uint16_t lowest, uint16_t highest);

/**
 * The suites to offer or accept, in order of preference, as a colon-separated list of IANA names
 * ("TLS_AES_128_GCM_SHA256") or OpenSSL's spelling ("ECDHE-RSA-AES128-GCM-SHA256"). By default all that encrypt and
 * authenticate in one (AEAD); those with CBC and a separate MAC are offered and accepted only when this list names
 * them.
 * @return INVALID_ARGUMENT for a name that is not known; the diagnosis names it.
 */
lk_error lk_config_set_suites(lk_config *config, const char *list);

/**
 * The certificate chain (PEM, leaf first) and private key (PEM, unencrypted) of this side.
 * @return FILE_UNREADABLE, FILE_MALFORMED, KEY_MISMATCH.
 */
lk_error lk_config_use_certificate_files(lk_config *config, const char *chain_path, const char *key_path);

/** Trust the roots in a PEM file instead of the system's. @return FILE_UNREADABLE, FILE_MALFORMED, NO_MEMORY. */
lk_error lk_config_trust_file(lk_config *config, const char *path);

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
 * For servers: for how many seconds a session may be gone on with after it began or was renewed (default: 7200), by
 * tickets that the server seals under keys that it makes itself, changes after so long, and erases after twice as long.
 * 0: never. A session ends 7 days after its peers proved who they are. Whoever gets hold of a key can read what TLS 1.2
 * sessions said that began or went on with its tickets; TLS 1.3 exchanges fresh keys each time.
 * @return INVALID_ARGUMENT above 604800, NO_MEMORY, CRYPTO.
 */
lk_error lk_config_set_session_lifetime(lk_config *config, uint32_t seconds);

/**
 * For clients: calls a function with each session that a server lets be gone on with, for lk_connection_resume(). The
 * bytes hold secrets: whoever has them is taken for this client; they are borrowed for the length of the call. Use each
 * but once, so that nobody can tell from it who comes again (RFC 8446 appendix C.4). Without this function clients ask
 * for no sessions.
 */
typedef struct lk_connection lk_connection;
typedef void lk_session_keeper(void *context, const lk_connection *connection, const uint8_t *session, size_t length);
void lk_config_set_session_keeper(lk_config *config, lk_session_keeper *keeper, void *context);

/** Do not verify the peer's certificate. For tests alone: it gives up what TLS is for. */
void lk_config_trust_anyone(lk_config *config);

/**
 * The ALPN protocols (RFC 7301), in order of preference, comma-separated ("h2,http/1.1").
 * @return INVALID_ARGUMENT for an empty or over-long name.
 */
lk_error lk_config_set_alpn(lk_config *config, const char *protocols);

/**
 * Who makes the records. The engine is borrowed and must outlive every connection; NULL only with LK_ENGINE_SOFTWARE,
 * or with LK_ENGINE_AUTO to say that none is attached. reason: why (for LK_ENGINE_AUTO without an engine); copied, may
 * be NULL.
 */
lk_error lk_config_set_engine(lk_config *config, lk_engine *engine, lk_engine_policy policy, const char *reason);

/** Calls an observer for each record, message, alert and key change of each connection (latchkey/event.h). */
void lk_config_set_observer(lk_config *config, lk_observer *observer, void *context);

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
