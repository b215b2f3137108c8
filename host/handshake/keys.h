/* SPDX-License-Identifier: Apache-2.0 */
/* Key changes: what follows a message in the table of states. */
#ifndef LK_HANDSHAKE_KEYS_H
#define LK_HANDSHAKE_KEYS_H

#include "handshake/machine.h"

/* TLS 1.3. The key exchange, to the handshake secret. A server does it before its ServerHello, so that a share that is
 * no good is refused while both sides still speak in the clear; a client as a part of lk_keys_handshake_client(). */
lk_error lk_keys_exchange(lk_handshake *handshake);
/* TLS 1.3. From the key exchange to handshake secrets; the client changes its reading key, the server both. */
lk_error lk_keys_handshake_client(lk_handshake *handshake);
lk_error lk_keys_handshake_server(lk_handshake *handshake);
/* The client's writing key, behind its change_cipher_spec. */
lk_error lk_keys_handshake_write(lk_handshake *handshake);
/* From the server's Finished to application secrets; that side changes the key that its Finished ends. */
lk_error lk_keys_application_client(lk_handshake *handshake);
lk_error lk_keys_application_server(lk_handshake *handshake);
/* The other direction, behind the client's Finished. */
lk_error lk_keys_application_write(lk_handshake *handshake);
lk_error lk_keys_application_read(lk_handshake *handshake);
/* After a KeyUpdate that came, or that went. */
lk_error lk_keys_update_read(lk_handshake *handshake);
lk_error lk_keys_update_write(lk_handshake *handshake);

/* Up to TLS 1.2. Master secret and keys, behind ClientKeyExchange; then each direction behind its change_cipher_spec.
 */
lk_error lk_keys_master(lk_handshake *handshake);
/* The keys alone, where a session has the master secret already. */
lk_error lk_keys_session(lk_handshake *handshake);
lk_error lk_keys_write(lk_handshake *handshake);
lk_error lk_keys_read(lk_handshake *handshake);

/** Erases every secret that an established connection does not need any more. */
void lk_keys_forget(lk_handshake *handshake);

#endif
