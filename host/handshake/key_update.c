/* SPDX-License-Identifier: Apache-2.0 */
/* KeyUpdate: RFC 8446 section 4.6.3. */
#include "handshake/messages.h"

enum { UPDATE_NOT_REQUESTED = 0, UPDATE_REQUESTED = 1 };

lk_error lk_key_update_compose(lk_handshake *handshake, lk_writer *body)
{
    /* Ours never asks: the peer knows the limits of its own key. */
    lk_writer_u8(body, UPDATE_NOT_REQUESTED);
    lk_handshake_mean(handshake, "the sender changes its key");
    return LK_OK;
}

lk_error lk_key_update_parse(lk_handshake *handshake, lk_reader *body)
{
    uint8_t request = lk_reader_u8(body);
    if (!lk_reader_finished(body))
        return LK_ERROR_DECODE;
    /* "If an implementation receives any other value, it MUST terminate the connection with an "illegal_parameter"
     * alert." */
    if (request != UPDATE_NOT_REQUESTED && request != UPDATE_REQUESTED)
        return LK_ERROR_ILLEGAL_PARAMETER;
    /* "If the request_update field is set to "update_requested", then the receiver MUST send a KeyUpdate of its own
     * with request_update set to "update_not_requested" prior to sending its next Application Data record", and one
     * "which receives multiple KeyUpdates while it is silent" responds "with a single update". */
    handshake->update_wanted |= request == UPDATE_REQUESTED && !handshake->updated;
    lk_handshake_mean(handshake, "the sender changes its key%s",
                      request == UPDATE_REQUESTED ? ", and asks the receiver to do the same" : "");
    return lk_handshake_idle(handshake);
}
