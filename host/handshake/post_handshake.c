/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/post_handshake.h"

#include "base/secret.h"
#include "handshake/extension_rows.h"

#include <openssl/rand.h>
#include <string.h>

enum { CONTEXT_LENGTH = 16 };

/* post_handshake_auth, RFC 8446 section 4.2.6: "Servers MUST NOT send this extension." */

bool lk_post_handshake_auth_wanted(const lk_handshake *handshake, lk_place place)
{
    (void)place;
    return handshake->role == LK_CLIENT && handshake->settings->post_handshake &&
           lk_handshake_speaks(handshake, LK_TLS1_3);
}

void lk_post_handshake_auth_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    (void)handshake, (void)place, (void)content; /* "The "extension_data" field [...] is zero length." */
}

lk_error lk_post_handshake_auth_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    (void)place, (void)content;
    handshake->offer.post_handshake_auth = true;
    return LK_OK;
}

/* "Servers MUST NOT send a post-handshake CertificateRequest to clients which do not offer this extension." */
bool lk_post_handshake_possible(const lk_handshake *handshake)
{
    bool offered = handshake->role == LK_CLIENT || handshake->offer.post_handshake_auth;
    return handshake->settings->post_handshake && offered && handshake->version >= LK_TLS1_3;
}

lk_error lk_post_handshake_conclude(lk_handshake *handshake)
{
    return lk_post_handshake_possible(handshake)
               ? lk_transcript_copy(&handshake->later.concluded, &handshake->transcript)
               : LK_OK;
}

/* Section 4.4: the base key of that Finished is "client_application_traffic_secret_N". The secret itself is gone when
 * it is needed: what a Finished takes of it says nothing about the rest. */
lk_error lk_post_handshake_key(lk_handshake *handshake, const uint8_t *secret)
{
    return lk_post_handshake_possible(handshake)
               ? lk_finished_key(handshake->suite->hash, secret, handshake->later.finished_key)
               : LK_OK;
}

bool lk_post_handshake_wanted(const lk_handshake *handshake)
{
    return handshake->later.wanted;
}

bool lk_post_handshake_awaited(const lk_handshake *handshake)
{
    return handshake->later.awaited;
}

static lk_error begin(lk_handshake *handshake)
{
    lk_error error = handshake->outgoing ? LK_OK : lk_handshake_prepare(handshake);
    lk_transcript_free(&handshake->transcript);
    return error ? error : lk_transcript_copy(&handshake->transcript, &handshake->later.concluded);
}

void lk_post_handshake_ask(lk_handshake *handshake)
{
    handshake->later.wanted = false;
    handshake->later.awaited = true;
}

lk_error lk_post_handshake_asked(lk_handshake *handshake, const lk_reader *context)
{
    lk_post_handshake *later = &handshake->later;
    lk_error error = lk_handshake_idle(handshake);
    if (error)
        return error;
    handshake->client_scheme = NULL;
    later->context_length = context->left;
    if (context->left > 0)
        memcpy(later->context, context->next, context->left);
    return begin(handshake);
}

lk_error lk_post_handshake_answered(lk_handshake *handshake, const lk_reader *context)
{
    lk_post_handshake *later = &handshake->later;
    if (context->left != later->context_length || memcmp(context->next, later->context, later->context_length) != 0)
        return lk_handshake_fail(handshake, LK_ERROR_ILLEGAL_PARAMETER,
                                 "the client answers a request for its certificate that was not made");
    later->before = handshake->peer_chain;
    handshake->peer_chain = (lk_certificate_chain){0};
    return LK_OK;
}

void lk_post_handshake_finish(lk_handshake *handshake)
{
    lk_post_handshake *later = &handshake->later;
    later->awaited = false;
    if (handshake->role == LK_SERVER && handshake->peer_chain.count == 0) {
        handshake->peer_chain = later->before; /* who shows nothing more is still who it was */
        later->before = (lk_certificate_chain){0};
    }
    lk_certificate_chain_clear(&later->before);
}

void lk_post_handshake_clear(lk_handshake *handshake)
{
    lk_post_handshake *later = &handshake->later;
    lk_certificate_chain_clear(&later->before);
    lk_transcript_free(&later->concluded);
    lk_secret_wipe(later, sizeof *later);
}

lk_error lk_handshake_authenticate_client(lk_handshake *handshake, lk_client_policy policy)
{
    if (handshake->role != LK_SERVER || handshake->state != LK_STATE_ESTABLISHED ||
        !lk_post_handshake_possible(handshake) || handshake->later.wanted || handshake->later.awaited)
        return LK_ERROR_WRONG_STATE;
    /* Section 4.3.2: the context "MUST be unique within the scope of this connection", and after the handshake "The
     * server SHOULD make the context unpredictable to the client". */
    lk_post_handshake *later = &handshake->later;
    later->context_length = CONTEXT_LENGTH;
    lk_error error = RAND_bytes(later->context, CONTEXT_LENGTH) == 1 ? begin(handshake) : LK_ERROR_CRYPTO;
    if (error)
        return error;
    handshake->client_policy = policy;
    later->wanted = true;
    return lk_handshake_run(handshake);
}

bool lk_handshake_authenticating(const lk_handshake *handshake)
{
    return handshake->later.wanted || handshake->later.awaited;
}
