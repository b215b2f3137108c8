/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/resume.h"

#include "handshake/post_handshake.h"
#include "handshake/verification.h"

#include "base/secret.h"
#include "handshake/exchange.h"
#include "handshake/extensions.h"
#include "handshake/keys.h"

#include <stdlib.h>
#include <string.h>

enum { TICKET_STATE_MAX = 12288, IDENTITIES_MAX = 4 };

/* What came out of a session: the peer is who it was then. */
static void take_over(lk_handshake *handshake)
{
    lk_resumption *resumption = handshake->resumption;
    lk_certificate_chain_clear(&handshake->peer_chain);
    handshake->peer_chain = resumption->chain;
    resumption->chain = (lk_certificate_chain){0};
    handshake->born = resumption->born;
    handshake->resumed = true;
    handshake->external = resumption->external_length > 0;
    if (resumption->version < LK_TLS1_3)
        memcpy(handshake->master, resumption->secret, sizeof handshake->master);
}

/* A certificate may have expired, and roots may be others, since the session began: the chain is judged again. */
static bool chain_holds(const lk_handshake *handshake, const lk_certificate_chain *chain)
{
    char complaint[LK_DIAGNOSIS_MAX];
    return lk_verification_judge(handshake, chain, complaint, sizeof complaint) == LK_OK;
}

/* The client */

static bool has_suite(const lk_handshake *handshake, const lk_suite *suite)
{
    for (size_t i = 0; i < handshake->suite_count; i++)
        if (handshake->suites[i] == suite)
            return true;
    return false;
}

/* RFC 7627 section 5.3: a session without the extended master secret is not one to go on with; SSL 3.0 has no
 * extensions, and who speaks it has chosen to. */
static bool master_bound(const lk_handshake *handshake, const lk_resumption *resumption)
{
    return resumption->version >= LK_TLS1_3 || resumption->version < LK_TLS1_0 || resumption->extended_master_secret ||
           handshake->settings->legacy_resumption;
}

/* Where the suite has no certificates there is none to judge again. */
static bool server_holds(const lk_handshake *handshake, const lk_resumption *resumption)
{
    if (!lk_exchange_certified(resumption->suite))
        return resumption->chain.count == 0;
    return resumption->chain.count > 0 && chain_holds(handshake, &resumption->chain);
}

static bool usable(const lk_handshake *handshake, const lk_resumption *resumption)
{
    return lk_handshake_speaks(handshake, resumption->version) && has_suite(handshake, resumption->suite) &&
           (resumption->ticket_length > 0 ? handshake->settings->uses_tickets : resumption->id_length > 0) &&
           master_bound(handshake, resumption) &&
           (resumption->max_fragment == 0 || resumption->max_fragment == handshake->settings->max_fragment) &&
           lk_resumption_alive(resumption, lk_resumption_now()) && strcmp(resumption->name, handshake->host) == 0 &&
           server_holds(handshake, resumption);
}

static lk_error make_room(lk_handshake *handshake, size_t more)
{
    uint8_t *larger = realloc(handshake->outgoing, handshake->outgoing_capacity + more);
    if (!larger)
        return LK_ERROR_NO_MEMORY;
    handshake->outgoing = larger;
    handshake->outgoing_capacity += more;
    return LK_OK;
}

lk_error lk_handshake_resume(lk_handshake *handshake, const uint8_t *session, size_t length)
{
    lk_reader reader = lk_reader_over(session, length);
    if (handshake->role != LK_CLIENT || handshake->state != LK_STATE_START || handshake->pending || handshake->before)
        return LK_ERROR_WRONG_STATE;
    lk_resumption *resumption = calloc(1, sizeof *resumption);
    if (!resumption)
        return LK_ERROR_NO_MEMORY;
    lk_error error = lk_resumption_parse(resumption, &reader);
    bool good = !error && usable(handshake, resumption);
    if (good)
        error = make_room(handshake, resumption->ticket_length);
    if (error || !good) {
        lk_resumption_clear(resumption);
        free(resumption);
        return error == LK_ERROR_DECODE ? LK_ERROR_INVALID_ARGUMENT : error;
    }
    lk_resume_drop(handshake);
    handshake->resumption = resumption;
    return LK_OK;
}

/* The external key of the settings, in the place of a session; NULL: no memory. Its suite stands for its hash. */
static lk_resumption *external_new(const lk_handshake *handshake, const lk_suite *suite)
{
    const lk_psk *psk = &handshake->settings->psk;
    lk_resumption *resumption = calloc(1, sizeof *resumption);
    uint8_t *identity = malloc(psk->identity_length);
    if (!resumption || !identity) {
        free(resumption);
        free(identity);
        return NULL;
    }
    *resumption = (lk_resumption){.version = LK_TLS1_3,
                                  .suite = suite,
                                  .external_length = psk->length,
                                  .born = lk_resumption_now(),
                                  .ticket = identity,
                                  .ticket_length = psk->identity_length};
    memcpy(resumption->secret, psk->key, psk->length);
    memcpy(identity, psk->identity, psk->identity_length);
    return resumption;
}

/* The first suite that the external key can be used with; NULL: there is none. */
static const lk_suite *external_suite(const lk_handshake *handshake)
{
    const lk_psk *psk = &handshake->settings->psk;
    for (size_t i = 0; psk->external && psk->length > 0 && i < handshake->suite_count; i++)
        if (lk_suite_allows(handshake->suites[i], LK_TLS1_3) && handshake->suites[i]->hash == psk->hash)
            return handshake->suites[i];
    return NULL;
}

lk_error lk_resume_offer_external(lk_handshake *handshake)
{
    const lk_suite *suite = external_suite(handshake);
    if (handshake->role != LK_CLIENT || !suite || !lk_handshake_speaks(handshake, LK_TLS1_3))
        return LK_OK;
    handshake->resumption = external_new(handshake, suite);
    return handshake->resumption ? LK_OK : LK_ERROR_NO_MEMORY;
}

bool lk_resume_offers_1_3(const lk_handshake *handshake)
{
    const lk_resumption *resumption = handshake->resumption;
    if (!resumption || resumption->version < LK_TLS1_3)
        return false;
    /* RFC 8446 section 4.1.2: behind a HelloRetryRequest the client leaves out "any PSKs which are incompatible with
     * the server's indicated cipher suite". */
    return !handshake->retried || handshake->suite->hash == resumption->suite->hash;
}

bool lk_resume_offers_classic(const lk_handshake *handshake)
{
    return handshake->resumption && handshake->resumption->version < LK_TLS1_3;
}

/* The binder over a ClientHello that is cut before its binders, and what was said before it. */
static lk_error binder(const lk_handshake *handshake, const uint8_t *message, size_t length, uint8_t *out)
{
    uint8_t hash[LK_HASH_MAX];
    lk_hash kind = handshake->resumption->suite->hash;
    lk_error error = lk_transcript_with(&handshake->transcript, kind, message, length, hash);
    const lk_resumption *resumption = handshake->resumption;
    return error ? error
                 : lk_psk_binder(kind, resumption->external_length > 0, resumption->secret,
                                 lk_resumption_secret_length(resumption), hash, out);
}

lk_error lk_resume_bind(lk_handshake *handshake, uint8_t *message, size_t length)
{
    if (!lk_resume_offers_1_3(handshake))
        return LK_OK;
    /* one binder, at the very end: behind the length of the list and its own */
    size_t size = lk_hash_length(handshake->resumption->suite->hash);
    return binder(handshake, message, length - size - 3, message + length - size);
}

void lk_resume_accepted_1_3(lk_handshake *handshake)
{
    take_over(handshake);
}

lk_error lk_resume_accepted_classic(lk_handshake *handshake)
{
    const lk_resumption *resumption = handshake->resumption;
    if (handshake->suite != resumption->suite || handshake->version != resumption->version)
        return lk_handshake_fail(handshake, LK_ERROR_ILLEGAL_PARAMETER,
                                 "the server goes on with a session, but under another version or suite");
    /* RFC 7627 section 5.3: "If the original session did not use the "extended_master_secret" extension but the new
     * ServerHello contains the extension, the client MUST abort the handshake", and the other way round. */
    if (handshake->extended_master_secret != resumption->extended_master_secret)
        return lk_handshake_fail(handshake, LK_ERROR_ILLEGAL_PARAMETER,
                                 "the server goes on with a session %s the extended master secret it had%s",
                                 resumption->extended_master_secret ? "without" : "with",
                                 resumption->extended_master_secret ? "" : " not");
    if (handshake->max_fragment != resumption->max_fragment)
        return lk_handshake_fail(handshake, LK_ERROR_ILLEGAL_PARAMETER,
                                 "the server goes on with a session, but with records of another length");
    take_over(handshake);
    return LK_OK;
}

bool lk_resume_keeps_tickets(const lk_handshake *handshake)
{
    return handshake->settings->keeps_sessions && !handshake->external;
}

lk_error lk_resume_keep(lk_handshake *handshake, const lk_resumption *ticket, const uint8_t *secret)
{
    lk_resumption session;
    lk_resume_state(handshake, secret, &session);
    session.lifetime = ticket->lifetime;
    session.age_add = ticket->age_add;
    session.ticket = ticket->ticket;
    session.ticket_length = ticket->ticket_length;
    session.id_length = ticket->id_length;
    memcpy(session.id, ticket->id, sizeof session.id);
    memcpy(session.name, handshake->host, sizeof session.name);
    size_t capacity = lk_resumption_size(&session);
    uint8_t *bytes = malloc(capacity);
    if (bytes) {
        lk_writer writer = lk_writer_into(bytes, capacity);
        lk_resumption_compose(&session, &writer);
        if (!writer.failed)
            handshake->observer.session(handshake->observer.context, bytes, writer.length);
        handshake->session_given |= !writer.failed;
        lk_secret_wipe(bytes, capacity);
        free(bytes);
    }
    lk_secret_wipe(&session, sizeof session);
    return bytes ? LK_OK : LK_ERROR_NO_MEMORY;
}

lk_error lk_resume_keep_classic(lk_handshake *handshake)
{
    lk_resumption *ticket = &handshake->ticket;
    if (ticket->ticket_length == 0 && !handshake->resumed) {
        ticket->lifetime = handshake->settings->session_lifetime;
        ticket->id_length = handshake->session_id_length;
        memcpy(ticket->id, handshake->session_id, ticket->id_length);
    }
    lk_error error = LK_OK;
    if (handshake->settings->keeps_sessions && lk_resume_allowed(handshake) &&
        (ticket->ticket_length > 0 || ticket->id_length > 0))
        error = lk_resume_keep(handshake, ticket, handshake->master);
    lk_resumption_clear(ticket);
    return error;
}

/* The server */

bool lk_resume_gives_tickets(const lk_handshake *handshake)
{
    return handshake->settings->uses_tickets && handshake->settings->tickets;
}

static bool client_fits(const lk_handshake *handshake, const lk_certificate_chain *chain)
{
    lk_client_policy policy = handshake->client_policy;
    if (chain->count == 0)
        return policy != LK_CLIENT_REQUIRED;
    return policy != LK_CLIENT_UNKNOWN && chain_holds(handshake, chain);
}

/* RFC 6066 section 4: "The negotiated length applies for the duration of the session including session resumptions." */
static bool fragment_fits(const lk_handshake *handshake, const lk_resumption *state)
{
    const lk_offer *offer = &handshake->offer;
    return state->version >= LK_TLS1_3 || state->max_fragment == (offer->record_size_limit ? 0 : offer->max_fragment);
}

static bool acceptable(const lk_handshake *handshake, const lk_resumption *state)
{
    /* RFC 6066 section 3: a server "MUST NOT accept the request to resume the session if the server_name extension
     * contains a different name". */
    return state->version == handshake->version && lk_resumption_alive(state, lk_resumption_now()) &&
           master_bound(handshake, state) && fragment_fits(handshake, state) &&
           strcmp(state->name, handshake->server_name) == 0 && client_fits(handshake, &state->chain);
}

lk_error lk_resume_take_state(lk_handshake *handshake, const uint8_t *bytes, size_t length)
{
    lk_reader reader = lk_reader_over(bytes, length);
    lk_resumption *state = calloc(1, sizeof *state);
    if (!state)
        return LK_ERROR_NO_MEMORY;
    if (lk_resumption_parse(state, &reader) == LK_OK && acceptable(handshake, state)) {
        handshake->resumption = state;
        return LK_OK;
    }
    lk_resumption_clear(state);
    free(state);
    return LK_OK;
}

/* The session of a ticket that holds, in handshake->resumption; otherwise NULL there. */
static lk_error open_ticket(lk_handshake *handshake, const lk_reader *ticket)
{
    if (ticket->left <= LK_TICKET_OVERHEAD)
        return LK_OK;
    size_t length = ticket->left - LK_TICKET_OVERHEAD;
    uint8_t *bytes = malloc(length);
    if (!bytes)
        return LK_ERROR_NO_MEMORY;
    lk_error error = LK_OK;
    if (lk_tickets_open(handshake->settings->tickets, ticket->next, ticket->left, bytes))
        error = lk_resume_take_state(handshake, bytes, length);
    lk_secret_wipe(bytes, length);
    free(bytes);
    return error;
}

/* The external key, where the identity is its own. RFC 8446 section 4.3.2: "Servers which are authenticating with a PSK
 * MUST NOT send the CertificateRequest message in the main handshake", so who demands certificates takes none. */
static lk_error find_external(lk_handshake *handshake, const lk_reader *identity)
{
    const lk_psk *psk = &handshake->settings->psk;
    const lk_suite *suite = external_suite(handshake);
    if (!suite || handshake->client_policy == LK_CLIENT_REQUIRED || identity->left != psk->identity_length ||
        memcmp(identity->next, psk->identity, psk->identity_length) != 0)
        return LK_OK;
    handshake->resumption = external_new(handshake, suite);
    return handshake->resumption ? LK_OK : LK_ERROR_NO_MEMORY;
}

static lk_error find_1_3(lk_handshake *handshake)
{
    lk_offer *offer = &handshake->offer;
    lk_reader identities = offer->identities;
    lk_reader binders = offer->binders;
    lk_error error = LK_OK;
    /* RFC 8446 section 4.2.9: "If clients offer "pre_shared_key" without a "psk_key_exchange_modes" extension, servers
     * MUST abort the handshake." */
    if (identities.left > 0 && !lk_extensions_seen(handshake, LK_EXTENSION_PSK_KEY_EXCHANGE_MODES))
        return lk_handshake_fail(handshake, LK_ERROR_MISSING_EXTENSION,
                                 "the client offers a pre-shared key without psk_key_exchange_modes");
    if (!offer->psk_with_exchange)
        return LK_OK;
    for (uint16_t i = 0; !error && !handshake->resumption && i < IDENTITIES_MAX && identities.left > 0; i++) {
        lk_reader identity = lk_reader_vector16(&identities);
        lk_reader_u32(&identities); /* obfuscated_ticket_age: for early data alone, which there is none of */
        offer->binder = lk_reader_vector8(&binders);
        offer->identity = i;
        if (lk_resume_gives_tickets(handshake))
            error = open_ticket(handshake, &identity);
        if (!error && !handshake->resumption)
            error = find_external(handshake, &identity);
    }
    return error;
}

static lk_error find_classic(lk_handshake *handshake)
{
    const lk_reader *ticket = &handshake->offer.ticket;
    lk_error error = LK_OK;
    /* RFC 5077 section 3.4: "If a ticket is presented by the client, the server MUST NOT attempt to use the Session ID
     * in the ClientHello for stateful session resumption." */
    if (ticket->left == 0)
        error = lk_session_id_find(handshake);
    else if (lk_resume_gives_tickets(handshake))
        error = open_ticket(handshake, ticket);
    if (error || !handshake->resumption)
        return error;
    /* RFC 7627 section 5.3: "If the original session used the "extended_master_secret" extension but the new
     * ClientHello does not contain it, the server MUST abort the abbreviated handshake"; where the extension is new, it
     * "MUST NOT perform the abbreviated handshake", but a full one. In SSL 3.0 no extension counts. */
    if (handshake->resumption->extended_master_secret && !handshake->offer.extended_master_secret)
        return lk_handshake_fail(handshake, LK_ERROR_ILLEGAL_PARAMETER,
                                 "the client goes on with a session without the extended master secret it had");
    if (!handshake->resumption->extended_master_secret && handshake->offer.extended_master_secret &&
        handshake->version >= LK_TLS1_0)
        lk_resume_drop(handshake);
    return LK_OK;
}

bool lk_resume_allowed(const lk_handshake *handshake)
{
    bool agreed =
        handshake->role == LK_SERVER ? handshake->offer.extended_master_secret : handshake->extended_master_secret;
    return agreed || handshake->version < LK_TLS1_0 || handshake->settings->legacy_resumption;
}

lk_error lk_resume_find(lk_handshake *handshake)
{
    lk_resume_drop(handshake);
    if (handshake->before)
        return LK_OK; /* a renegotiation is a full handshake */
    return handshake->version >= LK_TLS1_3 ? find_1_3(handshake) : find_classic(handshake);
}

void lk_resume_drop(lk_handshake *handshake)
{
    if (!handshake->resumption)
        return;
    lk_resumption_clear(handshake->resumption);
    free(handshake->resumption);
    handshake->resumption = NULL;
}

lk_error lk_resume_accept(lk_handshake *handshake)
{
    uint8_t expected[LK_HASH_MAX];
    const lk_offer *offer = &handshake->offer;
    size_t size = lk_hash_length(handshake->suite->hash);
    if (handshake->version >= LK_TLS1_3) {
        lk_error error = binder(handshake, offer->hello, offer->hello_length, expected);
        if (error)
            return error;
        /* RFC 8446 section 4.2.11: "If this value is not present or does not validate, the server MUST abort the
         * handshake." */
        if (offer->binder.left != size || !lk_secret_equal(offer->binder.next, expected, size))
            return LK_ERROR_BAD_BINDER;
    }
    take_over(handshake);
    return LK_OK;
}

/* What is left of the time for which a session may be renewed without a proof of the peers, in s. */
static uint32_t lifetime_left(const lk_handshake *handshake)
{
    uint32_t lifetime = handshake->settings->session_lifetime;
    uint64_t age = handshake->resumed ? (lk_resumption_now() - handshake->born) / 1000 : 0;
    uint64_t left = age < LK_RESUMPTION_LIFETIME_MAX ? LK_RESUMPTION_LIFETIME_MAX - age : 0;
    return left < lifetime ? (uint32_t)left : lifetime;
}

bool lk_resume_ticket_due(const lk_handshake *handshake)
{
    /* RFC 8446 section 4.2.9: servers send no tickets that "are not compatible with the advertised modes". */
    bool asked = handshake->version >= LK_TLS1_3 ? handshake->offer.psk_with_exchange : handshake->ticket_promised;
    return asked && !handshake->external && lk_resume_gives_tickets(handshake) && lifetime_left(handshake) > 0 &&
           lk_certificate_chain_size(&handshake->peer_chain) < TICKET_STATE_MAX;
}

void lk_resume_state(const lk_handshake *handshake, const uint8_t *secret, lk_resumption *state)
{
    *state = (lk_resumption){.version = handshake->version, .suite = handshake->suite, .chain = handshake->peer_chain};
    state->issued = lk_resumption_now();
    state->born = handshake->resumed ? handshake->born : state->issued;
    state->extended_master_secret = handshake->extended_master_secret;
    state->max_fragment = handshake->version < LK_TLS1_3 ? handshake->max_fragment : 0;
    memcpy(state->secret, secret, lk_resumption_secret_length(state));
    memcpy(state->name, handshake->server_name, sizeof state->name);
    if (handshake->role == LK_SERVER)
        state->lifetime = lifetime_left(handshake);
}

/* Both */

static lk_error derive_secret(lk_handshake *handshake)
{
    uint8_t hash[LK_HASH_MAX];
    lk_error error = lk_transcript_now(&handshake->transcript, hash);
    return error ? error
                 : lk_key_schedule_derive(&handshake->schedule, "res master", hash, handshake->resumption_secret);
}

lk_error lk_resume_finished_client(lk_handshake *handshake)
{
    lk_error error = lk_resume_keeps_tickets(handshake) ? derive_secret(handshake) : LK_OK;
    if (!error)
        error = lk_post_handshake_conclude(handshake);
    return error ? error : lk_keys_application_write(handshake);
}

lk_error lk_resume_finished_server(lk_handshake *handshake)
{
    lk_error error = lk_resume_ticket_due(handshake) ? derive_secret(handshake) : LK_OK;
    if (!error)
        error = lk_post_handshake_conclude(handshake);
    return error ? error : lk_keys_application_read(handshake);
}

lk_error lk_resume_key(const lk_handshake *handshake, const uint8_t *nonce, size_t length, uint8_t *out)
{
    lk_hash hash = handshake->suite->hash;
    return lk_hkdf_expand_label(hash, handshake->resumption_secret, "resumption", nonce, length, out,
                                lk_hash_length(hash));
}
