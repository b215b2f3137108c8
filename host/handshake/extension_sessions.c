/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions by which a session is gone on with: session_ticket, psk_key_exchange_modes, pre_shared_key. */
#include "handshake/extension_rows.h"
#include "handshake/resume.h"

#include <string.h>

enum { MODE_PSK_DHE_KE = 1, BINDER_MIN = 32 };

/* session_ticket, RFC 5077 section 3.2 */

bool lk_session_ticket_wanted(const lk_handshake *handshake, lk_place place)
{
    if (place != LK_IN_CLIENT_HELLO)
        return handshake->ticket_promised;
    if (handshake->lowest_version >= LK_TLS1_3)
        return false;
    bool offers = lk_resume_offers_classic(handshake) && handshake->resumption->ticket_length > 0;
    return offers || (handshake->settings->keeps_sessions && handshake->settings->uses_tickets);
}

void lk_session_ticket_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    if (place == LK_IN_CLIENT_HELLO && lk_resume_offers_classic(handshake))
        lk_writer_bytes(content, handshake->resumption->ticket, handshake->resumption->ticket_length);
}

lk_error lk_session_ticket_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    if (place != LK_IN_CLIENT_HELLO) {
        handshake->ticket_promised = true;
        return LK_OK; /* it is empty, or a DECODE error */
    }
    handshake->offer.session_ticket = true;
    handshake->offer.ticket = *content;
    lk_reader_bytes(content, content->left);
    return LK_OK;
}

/* psk_key_exchange_modes, RFC 8446 section 4.2.9 */

bool lk_psk_key_exchange_modes_wanted(const lk_handshake *handshake, lk_place place)
{
    (void)place;
    return lk_handshake_speaks(handshake, LK_TLS1_3) &&
           ((handshake->settings->keeps_sessions && handshake->settings->uses_tickets) ||
            lk_resume_offers_1_3(handshake));
}

void lk_psk_key_exchange_modes_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    (void)handshake;
    (void)place;
    lk_writer_vector modes = lk_writer_begin(content, 1);
    lk_writer_u8(content, MODE_PSK_DHE_KE);
    lk_writer_end(content, modes);
}

lk_error lk_psk_key_exchange_modes_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    (void)place;
    lk_reader modes = lk_reader_vector8(content);
    if (content->failed || modes.left == 0)
        return LK_ERROR_DECODE;
    handshake->offer.psk_with_exchange = memchr(modes.next, MODE_PSK_DHE_KE, modes.left);
    return LK_OK;
}

/* early_data, RFC 8446 section 4.2.10: neither sent nor taken, but a client's must be skipped */

bool lk_early_data_wanted(const lk_handshake *handshake, lk_place place)
{
    (void)handshake;
    (void)place;
    return false;
}

void lk_early_data_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    (void)handshake;
    (void)place;
    (void)content;
}

lk_error lk_early_data_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    (void)place;
    (void)content; /* empty, or a DECODE error */
    /* Section 4.1.2: a second ClientHello is one without it. */
    handshake->offer.early_data = !handshake->retried;
    return LK_OK;
}

/* pre_shared_key, RFC 8446 section 4.2.11 */

bool lk_pre_shared_key_wanted(const lk_handshake *handshake, lk_place place)
{
    return place == LK_IN_CLIENT_HELLO ? lk_resume_offers_1_3(handshake) : handshake->resumed;
}

void lk_pre_shared_key_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    const lk_resumption *resumption = handshake->resumption;
    if (place != LK_IN_CLIENT_HELLO) {
        lk_writer_u16(content, handshake->offer.identity);
        return;
    }
    lk_writer_vector identities = lk_writer_begin(content, 2);
    lk_writer_vector identity = lk_writer_begin(content, 2);
    lk_writer_bytes(content, resumption->ticket, resumption->ticket_length);
    lk_writer_end(content, identity);
    /* Section 4.2.11.1: the age in milliseconds, plus ticket_age_add, modulo 2^32. Section 4.2.11: "For identities
     * established externally, an obfuscated_ticket_age of 0 SHOULD be used". */
    bool external = resumption->external_length > 0;
    lk_writer_u32(content, external ? 0 : (uint32_t)(lk_resumption_now() - resumption->issued) + resumption->age_add);
    lk_writer_end(content, identities);
    lk_writer_vector binders = lk_writer_begin(content, 2);
    lk_writer_vector binder = lk_writer_begin(content, 1);
    lk_writer_zeros(content, lk_hash_length(resumption->suite->hash)); /* lk_resume_bind() fills it in */
    lk_writer_end(content, binder);
    lk_writer_end(content, binders);
}

static lk_error parse_offer(lk_handshake *handshake, lk_reader *content)
{
    lk_offer *offer = &handshake->offer;
    size_t identity_count = 0, binder_count = 0;
    offer->identities = lk_reader_vector16(content);
    offer->hello_length = (size_t)(content->next - offer->hello);
    offer->binders = lk_reader_vector16(content);
    lk_reader identities = offer->identities, binders = offer->binders;
    if (content->failed || identities.left == 0 || binders.left == 0)
        return LK_ERROR_DECODE;
    for (; identities.left > 0; identity_count++) {
        lk_reader identity = lk_reader_vector16(&identities);
        lk_reader_u32(&identities);
        if (identities.failed || identity.left == 0)
            return LK_ERROR_DECODE;
    }
    for (; binders.left > 0; binder_count++) {
        lk_reader binder = lk_reader_vector8(&binders);
        if (binders.failed || binder.left < BINDER_MIN)
            return LK_ERROR_DECODE;
    }
    return identity_count == binder_count ? LK_OK : LK_ERROR_ILLEGAL_PARAMETER;
}

lk_error lk_pre_shared_key_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    if (place == LK_IN_CLIENT_HELLO)
        return parse_offer(handshake, content);
    /* "Clients MUST verify that the server's selected_identity is within the range supplied by the client, that the
     * server selected a cipher suite indicating a Hash associated with the PSK [...]. If these values are not
     * consistent, the client MUST abort the handshake with an "illegal_parameter" alert." */
    if (lk_reader_u16(content) != 0 || handshake->suite->hash != handshake->resumption->suite->hash)
        return LK_ERROR_ILLEGAL_PARAMETER;
    lk_resume_accepted_1_3(handshake);
    return LK_OK;
}
