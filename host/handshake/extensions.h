/* SPDX-License-Identifier: Apache-2.0 */
/* Hello extensions (RFC 8446 section 4.2) as rows of a table: where each may stand, who sends it, how it reads. */
#ifndef LK_HANDSHAKE_EXTENSIONS_H
#define LK_HANDSHAKE_EXTENSIONS_H

#include "handshake/machine.h"

/* Where a block of extensions stands, as bits. */
typedef enum lk_place {
    LK_IN_CLIENT_HELLO = 1,
    LK_IN_SERVER_HELLO_1_2 = 2,
    LK_IN_SERVER_HELLO_1_3 = 4,
    LK_IN_HELLO_RETRY_REQUEST = 8,
    LK_IN_ENCRYPTED_EXTENSIONS = 16,
    LK_IN_CERTIFICATE = 32,
    LK_IN_CERTIFICATE_REQUEST = 64,
    LK_IN_NEW_SESSION_TICKET = 128
} lk_place;

/* ExtensionType, IANA. */
enum {
    LK_EXTENSION_SERVER_NAME = 0,
    LK_EXTENSION_MAX_FRAGMENT_LENGTH = 1,
    LK_EXTENSION_STATUS_REQUEST = 5,
    LK_EXTENSION_SUPPORTED_GROUPS = 10,
    LK_EXTENSION_EC_POINT_FORMATS = 11,
    LK_EXTENSION_SIGNATURE_ALGORITHMS = 13,
    LK_EXTENSION_ALPN = 16,
    LK_EXTENSION_ENCRYPT_THEN_MAC = 22,
    LK_EXTENSION_EXTENDED_MASTER_SECRET = 23,
    LK_EXTENSION_RECORD_SIZE_LIMIT = 28,
    LK_EXTENSION_SESSION_TICKET = 35,
    LK_EXTENSION_PRE_SHARED_KEY = 41,
    LK_EXTENSION_EARLY_DATA = 42,
    LK_EXTENSION_POST_HANDSHAKE_AUTH = 49,
    LK_EXTENSION_SUPPORTED_VERSIONS = 43,
    LK_EXTENSION_COOKIE = 44,
    LK_EXTENSION_PSK_KEY_EXCHANGE_MODES = 45,
    LK_EXTENSION_CERTIFICATE_AUTHORITIES = 47,
    LK_EXTENSION_KEY_SHARE = 51,
    LK_EXTENSION_RENEGOTIATION_INFO = 0xff01
};

/** Counts an extension as offered that a ClientHello signals in another way. */
void lk_extensions_offer(lk_handshake *handshake, uint16_t type);

/** Writes the block, its length in front; in a ServerHello up to TLS 1.2 nothing where it would be empty. */
void lk_extensions_compose(lk_handshake *handshake, lk_place place, lk_writer *writer);

/**
 * Parses the content of a block. Unknown ones are ignored in what may hold them, and refused in an answer.
 * @return DECODE, ILLEGAL_PARAMETER (twice the same, not here, or what its parser says), UNSUPPORTED_EXTENSION.
 */
lk_error lk_extensions_parse(lk_handshake *handshake, lk_place place, lk_reader *block);

/** True when the block parsed last had that extension. */
bool lk_extensions_seen(const lk_handshake *handshake, uint16_t type);

/** The content of an extension in a block, without a look at the others. False when it is not there. */
bool lk_extensions_find(lk_reader block, uint16_t type, lk_reader *content);

#endif
