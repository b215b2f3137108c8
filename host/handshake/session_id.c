/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions by id, up to TLS 1.2 (RFC 5246 sections 7.3 and 7.4.1.2): the server keeps the session and gives its id, the
 * client asks for it by that id.
 */
#include "base/secret.h"
#include "handshake/resume.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

static bool has_store(const lk_handshake *handshake)
{
    return handshake->settings->sessions.store && handshake->settings->session_lifetime > 0;
}

/* The server */

static void note_stored(lk_handshake *handshake)
{
    handshake->stored_id_length = handshake->session_id_length;
    memcpy(handshake->stored_id, handshake->session_id, handshake->session_id_length);
}

lk_error lk_session_id_find(lk_handshake *handshake)
{
    const lk_session_store *sessions = &handshake->settings->sessions;
    if (!has_store(handshake) || handshake->session_id_length == 0)
        return LK_OK;
    uint8_t *bytes = malloc(LK_SESSION_BYTES_MAX);
    if (!bytes)
        return LK_ERROR_NO_MEMORY;
    lk_error error = LK_OK;
    size_t length = sessions->find(sessions->context, handshake->session_id, handshake->session_id_length, bytes,
                                   LK_SESSION_BYTES_MAX);
    if (length > 0 && length <= LK_SESSION_BYTES_MAX)
        error = lk_resume_take_state(handshake, bytes, length);
    lk_secret_wipe(bytes, LK_SESSION_BYTES_MAX);
    free(bytes);
    return error;
}

lk_error lk_session_id_choose(lk_handshake *handshake)
{
    if (handshake->version >= LK_TLS1_3 || handshake->resumed) {
        if (handshake->version < LK_TLS1_3 && handshake->offer.ticket.left == 0)
            note_stored(handshake);
        return LK_OK; /* the client's own is echoed */
    }
    /* RFC 5246 section 7.4.1.3: "The server may return an empty session_id to indicate that the session will not be
     * cached and therefore cannot be resumed." */
    bool wanted =
        has_store(handshake) && !handshake->ticket_promised && !handshake->before && lk_resume_allowed(handshake);
    handshake->session_id_length = wanted ? LK_SESSION_ID_MAX : 0;
    return !wanted || RAND_bytes(handshake->session_id, LK_SESSION_ID_MAX) == 1 ? LK_OK : LK_ERROR_CRYPTO;
}

/* The whole handshake is verified: only now is there a session to go on with. */
lk_error lk_session_id_keep(lk_handshake *handshake)
{
    const lk_session_store *sessions = &handshake->settings->sessions;
    lk_resumption state;
    if (handshake->ticket_promised || handshake->session_id_length == 0 || !has_store(handshake))
        return LK_OK;
    lk_resume_state(handshake, handshake->master, &state);
    size_t capacity = lk_resumption_size(&state);
    uint8_t *bytes = capacity <= LK_SESSION_BYTES_MAX ? malloc(capacity) : NULL;
    if (bytes) {
        lk_writer writer = lk_writer_into(bytes, capacity);
        lk_resumption_compose(&state, &writer);
        if (!writer.failed) {
            note_stored(handshake);
            sessions->store(sessions->context, handshake->session_id, handshake->session_id_length, bytes,
                            writer.length, state.lifetime);
        }
        lk_secret_wipe(bytes, capacity);
        free(bytes);
    }
    lk_secret_wipe(&state, sizeof state);
    return LK_OK; /* one that is not kept costs a full handshake later, no more */
}

/* Both */

void lk_handshake_forget_session(lk_handshake *handshake)
{
    const lk_session_store *sessions = &handshake->settings->sessions;
    /* RFC 5246 section 7.2.2: "Servers and clients MUST forget any session-identifiers, keys, and secrets associated
     * with a failed connection." */
    if (handshake->stored_id_length > 0)
        sessions->remove(sessions->context, handshake->stored_id, handshake->stored_id_length);
    if (handshake->role == LK_CLIENT && handshake->settings->keeps_sessions &&
        (handshake->session_given || handshake->resumed))
        handshake->observer.session(handshake->observer.context, NULL, 0);
    handshake->stored_id_length = 0;
    handshake->session_given = false;
}
