/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key exchanges up to TLS 1.2 as constant rows: what a ServerKeyExchange and a ClientKeyExchange hold in each, and
 * the premaster secret that both sides come to (RFC 5246 sections 7.4.3, 7.4.7 and 8.1, RFC 8422, RFC 4279).
 */
#ifndef LK_HANDSHAKE_EXCHANGE_H
#define LK_HANDSHAKE_EXCHANGE_H

#include "handshake/machine.h"

enum {
    LK_DH_BYTES_MAX = 1024,             /* a prime of 8192 bits: longer ones cost a client more than they give */
    LK_PREMASTER_MAX = LK_DH_BYTES_MAX, /* the longest premaster secret */
    LK_RSA_PREMASTER = 48,              /* RFC 5246 section 7.4.7.1 */
    LK_EXCHANGE_MESSAGE_MAX = 3 * (2 + LK_DH_BYTES_MAX) /* the parameters of a ServerKeyExchange */
};

typedef struct lk_exchange_row {
    lk_exchange exchange;
    bool announced; /* the server sends a ServerKeyExchange */
    /** Server, before its hello: makes a key pair. NULL where there is nothing to make. */
    lk_error (*begin)(lk_handshake *handshake);
    /** ServerKeyExchange, without the signature. */
    lk_error (*compose_server)(lk_handshake *handshake, lk_writer *body);
    lk_error (*parse_server)(lk_handshake *handshake, lk_reader *body);
    /** ClientKeyExchange. */
    lk_error (*compose_client)(lk_handshake *handshake, lk_writer *body);
    lk_error (*parse_client)(lk_handshake *handshake, lk_reader *body);
    /** The premaster secret; out has room for LK_PREMASTER_MAX bytes. */
    lk_error (*premaster)(lk_handshake *handshake, uint8_t *out, size_t *length);
} lk_exchange_row;

extern const lk_exchange_row lk_exchange_ecdhe, lk_exchange_dhe, lk_exchange_rsa, lk_exchange_psk;

/** The row of the suite that was agreed on. */
const lk_exchange_row *lk_exchange_of(const lk_handshake *handshake);

/** True when the suite proves the server by a certificate. */
bool lk_exchange_certified(const lk_suite *suite);

/** True when the server's parameters are signed. */
bool lk_exchange_signed(const lk_suite *suite);

/** True when a server of those settings has a key for that suite: one that is elsewhere signs, from TLS 1.2 on, and
 * decrypts nothing. */
bool lk_exchange_keyed(const lk_handshake_settings *settings, const lk_suite *suite, uint16_t version);

/** Why this server cannot do the suite with the client whose hello came, or OK. */
lk_error lk_exchange_possible(const lk_handshake *handshake, const lk_suite *suite);

/** Server, suite and offer known: the group of the exchange, or NULL. */
const lk_group *lk_exchange_group(const lk_handshake *handshake, const lk_suite *suite);

#endif
