/* SPDX-License-Identifier: Apache-2.0 */
/* NewSessionTicket: RFC 8446 section 4.6.1. A client checks its form and lets it go; a server sends none. */
#include "handshake/messages.h"

lk_error lk_new_session_ticket_parse(lk_handshake *handshake, lk_reader *body)
{
    uint32_t lifetime = lk_reader_u32(body);
    lk_reader_u32(body);     /* ticket_age_add */
    lk_reader_vector8(body); /* ticket_nonce */
    lk_reader ticket = lk_reader_vector16(body);
    lk_reader_vector16(body); /* extensions: "Clients MUST ignore unrecognized extensions", and we recognise none */
    if (!lk_reader_finished(body) || ticket.left == 0)
        return LK_ERROR_DECODE;
    lk_handshake_mean(handshake, "server offers a ticket for a later session (%u s), not used", lifetime);
    return lk_handshake_idle(handshake);
}
