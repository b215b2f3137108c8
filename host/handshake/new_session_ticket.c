/* SPDX-License-Identifier: Apache-2.0 */
/* NewSessionTicket: RFC 8446 section 4.6.1, RFC 5077 section 3.3. */
#include "handshake/extensions.h"
#include "handshake/messages.h"
#include "handshake/resume.h"

#include "base/secret.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

enum { LIFETIME_UNSAID = 7200 /* s; for servers of TLS 1.2 that do not say it */ };

/* One ticket a connection: one nonce is enough. */
static const uint8_t only_nonce[] = {0};

static lk_error seal(lk_handshake *handshake, const lk_resumption *state, lk_writer *body)
{
    size_t capacity = lk_resumption_size(state);
    uint8_t *bytes = malloc(capacity);
    if (!bytes)
        return LK_ERROR_NO_MEMORY;
    lk_writer writer = lk_writer_into(bytes, capacity);
    lk_resumption_compose(state, &writer);
    lk_writer_vector ticket = lk_writer_begin(body, 2);
    uint8_t *room = lk_writer_reserve(body, writer.length + LK_TICKET_OVERHEAD);
    lk_writer_end(body, ticket);
    lk_error error = writer.failed || !room ? LK_ERROR_INVALID_ARGUMENT
                                            : lk_tickets_seal(handshake->settings->tickets, bytes, writer.length, room);
    lk_secret_wipe(bytes, capacity);
    free(bytes);
    return error;
}

static lk_error compose_1_3(lk_handshake *handshake, lk_resumption *state, lk_writer *body)
{
    uint8_t key[LK_HASH_MAX];
    uint8_t age_add[4];
    lk_error error = lk_resume_key(handshake, only_nonce, sizeof only_nonce, key);
    if (!error && RAND_bytes(age_add, sizeof age_add) != 1)
        error = LK_ERROR_CRYPTO;
    if (error)
        return error;
    lk_resume_state(handshake, key, state);
    lk_secret_wipe(key, sizeof key);
    lk_writer_u32(body, state->lifetime);
    lk_writer_bytes(body, age_add, sizeof age_add);
    lk_writer_vector nonce = lk_writer_begin(body, 1);
    lk_writer_bytes(body, only_nonce, sizeof only_nonce);
    lk_writer_end(body, nonce);
    error = seal(handshake, state, body);
    lk_writer_u16(body, 0); /* no extensions: there is no early data */
    return error;
}

static lk_error compose_1_2(lk_handshake *handshake, lk_resumption *state, lk_writer *body)
{
    lk_resume_state(handshake, handshake->master, state);
    /* RFC 5077 section 3.3: a server that "does not want to include a ticket after it has included the SessionTicket
     * extension in the ServerHello" sends one of no length. */
    bool due = lk_resume_ticket_due(handshake);
    lk_writer_u32(body, due ? state->lifetime : 0);
    if (due)
        return seal(handshake, state, body);
    lk_writer_u16(body, 0);
    return LK_OK;
}

lk_error lk_new_session_ticket_compose(lk_handshake *handshake, lk_writer *body)
{
    lk_resumption state = {0};
    lk_error error =
        handshake->version >= LK_TLS1_3 ? compose_1_3(handshake, &state, body) : compose_1_2(handshake, &state, body);
    lk_handshake_mean(handshake, "server gives a ticket for a later session (%u s)", state.lifetime);
    lk_secret_wipe(&state, sizeof state); /* its chain is borrowed */
    return error;
}

static void mean(lk_handshake *handshake, uint32_t lifetime, bool kept)
{
    lk_handshake_mean(handshake, "server gives a ticket for a later session (%u s), %s", lifetime,
                      kept ? "kept" : "not used");
}

static lk_error parse_1_3(lk_handshake *handshake, lk_reader *body)
{
    uint8_t key[LK_HASH_MAX];
    lk_resumption ticket = {.lifetime = lk_reader_u32(body)};
    ticket.age_add = lk_reader_u32(body);
    lk_reader nonce = lk_reader_vector8(body);
    lk_reader opaque = lk_reader_vector16(body);
    lk_reader extensions = lk_reader_vector16(body);
    if (!lk_reader_finished(body) || opaque.left == 0)
        return LK_ERROR_DECODE;
    /* "Clients MUST ignore unrecognized extensions", and we recognise none; but none may stand there twice. */
    lk_error error = lk_extensions_parse(handshake, LK_IN_NEW_SESSION_TICKET, &extensions);
    if (error)
        return error;
    /* "The value of zero indicates that the ticket should be discarded immediately." */
    bool kept = lk_resume_keeps_tickets(handshake) && ticket.lifetime > 0;
    mean(handshake, ticket.lifetime, kept);
    error = lk_handshake_idle(handshake);
    if (error || !kept)
        return error;
    ticket.ticket = (uint8_t *)opaque.next;
    ticket.ticket_length = opaque.left;
    error = lk_resume_key(handshake, nonce.next, nonce.left, key);
    if (!error)
        error = lk_resume_keep(handshake, &ticket, key);
    lk_secret_wipe(key, sizeof key);
    return error;
}

/* The ticket is of use only when the server's Finished has shown that it is the server's. */
static lk_error parse_1_2(lk_handshake *handshake, lk_reader *body)
{
    uint32_t lifetime = lk_reader_u32(body);
    lk_reader opaque = lk_reader_vector16(body);
    if (!lk_reader_finished(body))
        return LK_ERROR_DECODE;
    /* "A value of zero is reserved to indicate that the lifetime of the ticket is unspecified." */
    lifetime = lifetime > 0 ? lifetime : LIFETIME_UNSAID;
    bool kept = handshake->settings->keeps_sessions && opaque.left > 0;
    mean(handshake, lifetime, kept);
    if (!kept)
        return LK_OK;
    handshake->ticket.ticket = malloc(opaque.left);
    if (!handshake->ticket.ticket)
        return LK_ERROR_NO_MEMORY;
    handshake->ticket.lifetime = lifetime;
    handshake->ticket.ticket_length = opaque.left;
    lk_reader_copy(&opaque, handshake->ticket.ticket, opaque.left);
    return LK_OK;
}

lk_error lk_new_session_ticket_parse(lk_handshake *handshake, lk_reader *body)
{
    return handshake->version >= LK_TLS1_3 ? parse_1_3(handshake, body) : parse_1_2(handshake, body);
}
