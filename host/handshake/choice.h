/* SPDX-License-Identifier: Apache-2.0 */
/* What a server chooses from a ClientHello: version, suite, group, signature scheme. */
#ifndef LK_HANDSHAKE_CHOICE_H
#define LK_HANDSHAKE_CHOICE_H

#include "handshake/machine.h"

/** What a ClientHello has outside its extensions. */
typedef struct lk_client_choices {
    uint16_t legacy_version;
    lk_reader suites;
    lk_reader compressions;
} lk_client_choices;

/* A cipher suite that is none: RFC 7507. */
enum { LK_FALLBACK_SCSV = 0x5600 };

/**
 * Chooses in this side's order of preference; group is not among offer.shares when a HelloRetryRequest must ask for
 * one.
 * Also whether an earlier session is gone on with.
 * @return PROTOCOL_VERSION, BAD_BINDER, NO_COMMON_SUITE, NO_COMMON_GROUP, NO_COMMON_SIGNATURE, MISSING_EXTENSION,
 * ILLEGAL_PARAMETER.
 */
lk_error lk_choose(lk_handshake *handshake, const lk_client_choices *choices);

#endif
