/* SPDX-License-Identifier: Apache-2.0 */
/* HelloRequest: RFC 5246 section 7.4.1.1. */
#include "handshake/alert.h"
#include "handshake/messages.h"
#include "handshake/renegotiation.h"

lk_error lk_hello_request_compose(lk_handshake *handshake, lk_writer *body)
{
    (void)body;
    lk_handshake_mean(handshake, "server asks for renegotiation");
    return LK_OK;
}

lk_error lk_hello_request_sent(lk_handshake *handshake)
{
    handshake->renegotiation_wanted = false;
    return LK_OK;
}

lk_error lk_hello_request_parse(lk_handshake *handshake, lk_reader *body)
{
    if (body->left > 0)
        return LK_ERROR_DECODE;
    bool within = handshake->state != LK_STATE_ESTABLISHED;
    bool followed = !within && lk_renegotiation_possible(handshake);
    lk_handshake_mean(handshake, "server asks for renegotiation%s",
                      within     ? ", in the middle of a handshake: ignored"
                      : followed ? ""
                                 : ", which is refused");
    lk_error error = lk_handshake_idle(handshake);
    /* "This message will be ignored by the client if the client is currently negotiating a session"; otherwise it may
     * "respond with a no_renegotiation alert". */
    if (error || within)
        return error;
    handshake->renegotiation_wanted = followed;
    if (followed)
        return LK_OK;
    return lk_alert_warn(handshake->layer, &handshake->observer, LK_ALERT_NO_RENEGOTIATION, "renegotiation is off");
}
