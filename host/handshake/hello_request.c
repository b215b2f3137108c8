/* SPDX-License-Identifier: Apache-2.0 */
/* HelloRequest: RFC 5246 section 7.4.1.1. A client refuses to renegotiate; a server never asks. */
#include "handshake/alert.h"
#include "handshake/messages.h"

lk_error lk_hello_request_parse(lk_handshake *handshake, lk_reader *body)
{
    if (body->left > 0)
        return LK_ERROR_DECODE;
    lk_handshake_mean(handshake, "server asks for renegotiation, which is refused");
    lk_error error = lk_handshake_idle(handshake);
    /* "This message will be ignored by the client if the client is currently negotiating a session"; otherwise it may
     * "respond with a no_renegotiation alert". */
    if (error || handshake->state != LK_STATE_ESTABLISHED)
        return error;
    return lk_alert_warn(handshake->layer, &handshake->observer, LK_ALERT_NO_RENEGOTIATION, "renegotiation is off");
}
