/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A new handshake under the keys of the present one, up to TLS 1.2 (RFC 5246 section 7.4.1.1), and only where both are
 * bound to each other (RFC 5746). No session is gone on with in it.
 */
#ifndef LK_HANDSHAKE_RENEGOTIATION_H
#define LK_HANDSHAKE_RENEGOTIATION_H

#include "handshake/machine.h"

/** True when settings and the first handshake let this side take part in another one. */
bool lk_renegotiation_possible(const lk_handshake *handshake);

/** Sets aside what was agreed, and makes ready for a new ClientHello. @return NO_MEMORY. */
lk_error lk_renegotiation_begin(lk_handshake *handshake);

/** The new handshake is complete: what was set aside is forgotten. */
void lk_renegotiation_finish(lk_handshake *handshake);

/** Takes back what was set aside: the peer will have no other handshake. */
void lk_renegotiation_undo(lk_handshake *handshake);

/** Keeps the verify_data of a Finished for the next renegotiation_info. */
void lk_renegotiation_keep(lk_handshake *handshake, lk_role sender, const uint8_t *verify_data, size_t length);

/** Writes the renegotiated_connection that a side sends: of the client, or of both. */
void lk_renegotiation_compose(const lk_handshake *handshake, lk_role sender, lk_writer *writer);

/** Compares what a side sent. @return RENEGOTIATION_INSECURE. */
lk_error lk_renegotiation_check(lk_handshake *handshake, lk_role sender, lk_reader connection);

/** What a hello of a renegotiation must agree with beyond that: the extended master secret. */
lk_error lk_renegotiation_check_hello(lk_handshake *handshake, bool extended_master_secret);

/** Whether the peer may be who it is now. @return CERTIFICATE_CHANGED. */
lk_error lk_renegotiation_check_peer(lk_handshake *handshake);

#endif
