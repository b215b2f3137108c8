/* SPDX-License-Identifier: Apache-2.0 */
/* Authentication of a client after the handshake: RFC 8446 section 4.6.2. */
#ifndef LK_HANDSHAKE_POST_HANDSHAKE_H
#define LK_HANDSHAKE_POST_HANDSHAKE_H

#include "handshake/machine.h"

/** Behind the client's Finished: keeps the transcript that later ones go on from. @return NO_MEMORY, CRYPTO. */
lk_error lk_post_handshake_conclude(lk_handshake *handshake);

/** The client's traffic secret is put to use: keeps the key of a Finished that is sent under it. @return CRYPTO. */
lk_error lk_post_handshake_key(lk_handshake *handshake, const uint8_t *secret);

/** True where a request may be sent, or may come. */
bool lk_post_handshake_possible(const lk_handshake *handshake);

/** Server: a request is to be sent. */
bool lk_post_handshake_wanted(const lk_handshake *handshake);

/** Server: a request has gone, and the answer is to come. */
bool lk_post_handshake_awaited(const lk_handshake *handshake);

/** Server: the request is made; what comes next of the client may be the answer. */
void lk_post_handshake_ask(lk_handshake *handshake);

/** Client: a request has come, with that context. @return NO_MEMORY, CRYPTO, TOO_MANY_EMPTY. */
lk_error lk_post_handshake_asked(lk_handshake *handshake, const lk_reader *context);

/** Server: the certificate comes. What the client was before is set aside. @return ILLEGAL_PARAMETER for a context that
 * is not the request's. */
lk_error lk_post_handshake_answered(lk_handshake *handshake, const lk_reader *context);

/** Behind the client's Finished: erases what is needed no more. */
void lk_post_handshake_finish(lk_handshake *handshake);

/** Erases everything. */
void lk_post_handshake_clear(lk_handshake *handshake);

#endif
