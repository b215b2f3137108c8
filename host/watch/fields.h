/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handshake messages, read out field by field for a person: what stands in them, by name, whoever sent it. Nothing is
 * judged here, and nothing that a message must keep to itself (a ticket, the identity of a session) is told but for its
 * length.
 */
#ifndef LK_WATCH_FIELDS_H
#define LK_WATCH_FIELDS_H

#include "base/reader.h"
#include "suite/suite.h"

/* The longest text of one field; lists are wrapped before they reach it. */
enum { LK_FIELD_TEXT_MAX = 320 };

/** What must be known of a connection to read its messages. */
typedef struct lk_field_context {
    uint16_t version;      /* agreed on; 0 before that */
    const lk_suite *suite; /* agreed on; NULL before that */
} lk_field_context;

/** Is told of one field; both texts are borrowed. An empty name goes on with the field before. */
typedef void lk_field_teller(void *context, const char *name, const char *text);

/** Tells the fields of a message. body: without the header of four bytes. What cannot be read is told as "malformed".
 */
void lk_fields_tell(lk_field_context context, uint8_t type, lk_reader body, lk_field_teller *teller,
                    void *teller_context);

/** The name of a message's type as the RFCs have it, a ServerHello that is a HelloRetryRequest by that name. */
const char *lk_fields_message_name(uint8_t type, lk_reader body);

#endif
