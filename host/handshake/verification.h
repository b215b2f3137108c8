/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the peer is who it says: what the settings demand of its certificates, and what the application makes of it.
 */
#ifndef LK_HANDSHAKE_VERIFICATION_H
#define LK_HANDSHAKE_VERIFICATION_H

#include "handshake/machine.h"

/** Judges the peer's chain. diagnosis says why it is not taken. @return CERTIFICATE_*, REVOCATION_UNKNOWN, NO_MEMORY,
 * CRYPTO. */
lk_error lk_verification_judge(const lk_handshake *handshake, const lk_certificate_chain *chain, char *diagnosis,
                               size_t size);

#endif
