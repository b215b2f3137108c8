/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Going on with an earlier session: TLS 1.3 by a pre-shared key with a fresh key exchange (psk_dhe_ke, RFC 8446 section
 * 2.2), TLS 1.2 by a ticket (RFC 5077) and only with the extended master secret (RFC 7627 section 5.3). No early data.
 */
#ifndef LK_HANDSHAKE_RESUME_H
#define LK_HANDSHAKE_RESUME_H

#include "handshake/machine.h"

/* The client. */

/** True when the hello at hand offers a session of that version. */
bool lk_resume_offers(const lk_handshake *handshake, uint16_t version);

/** Fills in the binder of a composed ClientHello that offers a pre-shared key, header included. @return CRYPTO. */
lk_error lk_resume_bind(lk_handshake *handshake, uint8_t *message, size_t length);

/** A server of TLS 1.3 has taken the pre-shared key, which fits its suite. */
void lk_resume_accepted_1_3(lk_handshake *handshake);

/** A server of TLS 1.2 has echoed the session id. @return ILLEGAL_PARAMETER where the session is another one. */
lk_error lk_resume_accepted_1_2(lk_handshake *handshake);

/** Gives the session of a ticket to whoever keeps it. secret: see lk_resumption. @return NO_MEMORY. */
lk_error lk_resume_keep(lk_handshake *handshake, const lk_resumption *ticket, const uint8_t *secret);

/** The end of a full TLS 1.2 handshake: keeps the session of the ticket that came in it. */
lk_error lk_resume_keep_1_2(lk_handshake *handshake);

/* The server. */

/** Opens the tickets of a ClientHello, and takes the first one that holds. @return what a hello must not have. */
lk_error lk_resume_find(lk_handshake *handshake);

/** Forgets the session that was found. */
void lk_resume_drop(lk_handshake *handshake);

/** Goes on with the session that was found; TLS 1.3: if its binder is right. @return BAD_BINDER, CRYPTO. */
lk_error lk_resume_accept(lk_handshake *handshake);

/** True when the client takes a ticket and there is one to give. */
bool lk_resume_ticket_due(const lk_handshake *handshake);

/** What a ticket is to hold; chain borrowed. secret: see lk_resumption. */
void lk_resume_state(const lk_handshake *handshake, const uint8_t *secret, lk_resumption *state);

/* Both. */

/** The client's Finished is through: the resumption secret, then the last application key. */
lk_error lk_resume_finished_client(lk_handshake *handshake);
lk_error lk_resume_finished_server(lk_handshake *handshake);

/** The pre-shared key of a ticket (RFC 8446 section 4.6.1); out receives the hash's length. @return CRYPTO. */
lk_error lk_resume_key(const lk_handshake *handshake, const uint8_t *nonce, size_t length, uint8_t *out);

#endif
