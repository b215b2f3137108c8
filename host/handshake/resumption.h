/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a later handshake needs to go on with a session: RFC 8446 section 2.2, RFC 5077. A client keeps it as bytes
 * beside the ticket, the server that keeps nothing reads it out of the ticket.
 */
#ifndef LK_HANDSHAKE_RESUMPTION_H
#define LK_HANDSHAKE_RESUMPTION_H

#include <latchkey/config.h>

#include "base/reader.h"
#include "base/writer.h"
#include "handshake/certificate.h"
#include "handshake/prf.h"

/* RFC 8446 section 4.6.1: "Servers MUST NOT use any value greater than 604800 seconds (7 days)", and clients "MUST NOT
 * cache tickets for longer than 7 days, regardless of the ticket_lifetime". */
enum { LK_RESUMPTION_LIFETIME_MAX = 604800, LK_RESUMPTION_NAME_MAX = 255, LK_RESUMPTION_SECRET_MAX = 64 };

/** All zeros is an empty one. lk_resumption_clear() erases it. */
typedef struct lk_resumption {
    uint16_t version;
    const lk_suite *suite;
    uint8_t secret[LK_RESUMPTION_SECRET_MAX]; /* TLS 1.3: the pre-shared key; TLS 1.2: the master secret */
    size_t external_length;                   /* of an external pre-shared key, which is no session; 0: it is one */
    uint64_t born;                            /* when the peers proved who they are: ms since 1970 */
    uint64_t issued;                          /* when the ticket was made, or when it came: ms since 1970 */
    uint32_t lifetime;                        /* from then on, in s */
    uint32_t age_add;                         /* TLS 1.3, client */
    bool extended_master_secret;              /* up to TLS 1.2 */
    uint8_t max_fragment;                     /* up to TLS 1.2: as it was agreed on (RFC 6066 section 4) */
    char name[LK_RESUMPTION_NAME_MAX + 1];    /* of the server, as the client wanted it; "" without one */
    lk_certificate_chain chain;               /* of the peer */
    uint8_t id[LK_SESSION_ID_BYTES];          /* client, up to TLS 1.2: where there is no ticket */
    size_t id_length;
    uint8_t *ticket; /* client */
    size_t ticket_length;
} lk_resumption;

/** The length of its secret in bytes: an external key's own, or by version and suite. */
size_t lk_resumption_secret_length(const lk_resumption *resumption);

/** An upper bound of the bytes that lk_resumption_compose() writes. */
size_t lk_resumption_size(const lk_resumption *resumption);

void lk_resumption_compose(const lk_resumption *resumption, lk_writer *writer);

/** Reads what lk_resumption_compose() wrote, all of it. @return DECODE, NO_MEMORY; then resumption is empty. */
lk_error lk_resumption_parse(lk_resumption *resumption, lk_reader *reader);

/** True from its issue to the end of its lifetime, and no longer than LK_RESUMPTION_LIFETIME_MAX from its birth. */
bool lk_resumption_alive(const lk_resumption *resumption, uint64_t now);

/** Erases and frees what it holds and makes it empty. */
void lk_resumption_clear(lk_resumption *resumption);

/** ms since 1970. */
uint64_t lk_resumption_now(void);

#endif
