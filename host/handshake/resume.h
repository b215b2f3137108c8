/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Going on with an earlier session: TLS 1.3 by a pre-shared key with a fresh key exchange (psk_dhe_ke, RFC 8446 section
 * 2.2), older ones by a ticket (RFC 5077) or a session id. No early data.
 */
#ifndef LK_HANDSHAKE_RESUME_H
#define LK_HANDSHAKE_RESUME_H

#include "handshake/machine.h"

/* The client. */

/** True when the hello at hand offers a session of TLS 1.3, or of an earlier version. */
bool lk_resume_offers_1_3(const lk_handshake *handshake);
bool lk_resume_offers_classic(const lk_handshake *handshake);

/** Before the first hello: offers the external pre-shared key of the settings, if there is one. @return NO_MEMORY. */
lk_error lk_resume_offer_external(lk_handshake *handshake);

/** Whether a ticket of TLS 1.3 is of use: one that comes of an external pre-shared key is not, as that serves as well.
 */
bool lk_resume_keeps_tickets(const lk_handshake *handshake);

/** Fills in the binder of a composed ClientHello that offers a pre-shared key, header included. @return CRYPTO. */
lk_error lk_resume_bind(lk_handshake *handshake, uint8_t *message, size_t length);

/** A server of TLS 1.3 has taken the pre-shared key, which fits its suite. */
void lk_resume_accepted_1_3(lk_handshake *handshake);

/** A server before TLS 1.3 has echoed the session id. @return ILLEGAL_PARAMETER where the session is another one. */
lk_error lk_resume_accepted_classic(lk_handshake *handshake);

/** Gives the session of a ticket to whoever keeps it. secret: see lk_resumption. @return NO_MEMORY. */
lk_error lk_resume_keep(lk_handshake *handshake, const lk_resumption *ticket, const uint8_t *secret);

/** The end of a full handshake before TLS 1.3: keeps the session, by the ticket that came in it, or else by its id. */
lk_error lk_resume_keep_classic(lk_handshake *handshake);

/* The server. */

/** Opens the tickets of a ClientHello, and takes the first one that holds, or looks for the session of its id.
 * @return what a hello must not have. */
lk_error lk_resume_find(lk_handshake *handshake);

/** Takes a session out of its bytes, if it is one to go on with here and now. @return NO_MEMORY. */
lk_error lk_resume_take_state(lk_handshake *handshake, const uint8_t *bytes, size_t length);

/** Up to TLS 1.2, by what the hellos have: whether the session that begins may be gone on with (RFC 7627). */
bool lk_resume_allowed(const lk_handshake *handshake);

/** Looks for the session of the client's id. @return NO_MEMORY. */
lk_error lk_session_id_find(lk_handshake *handshake);

/** The id of the ServerHello: a new one, or none, where no session is gone on with. @return CRYPTO. */
lk_error lk_session_id_choose(lk_handshake *handshake);

/** The client's Finished was right: the session can be asked for by its id from now on. */
lk_error lk_session_id_keep(lk_handshake *handshake);

/** Forgets the session that was found. */
void lk_resume_drop(lk_handshake *handshake);

/** Goes on with the session that was found; TLS 1.3: if its binder is right. @return BAD_BINDER, CRYPTO. */
lk_error lk_resume_accept(lk_handshake *handshake);

/** True when the settings let this server give tickets, and take them back. */
bool lk_resume_gives_tickets(const lk_handshake *handshake);

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
