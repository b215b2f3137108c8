/* SPDX-License-Identifier: Apache-2.0 */
/* EncryptedExtensions: RFC 8446 section 4.3.1. */
#include "handshake/extensions.h"
#include "handshake/messages.h"

static void mean(lk_handshake *handshake)
{
    if (handshake->alpn[0])
        lk_handshake_mean(handshake, "server agrees on the protocol %s", handshake->alpn);
    else
        lk_handshake_mean(handshake, "server has no further agreements");
}

lk_error lk_encrypted_extensions_compose(lk_handshake *handshake, lk_writer *body)
{
    lk_extensions_compose(handshake, LK_IN_ENCRYPTED_EXTENSIONS, body);
    mean(handshake);
    return LK_OK;
}

lk_error lk_encrypted_extensions_parse(lk_handshake *handshake, lk_reader *body)
{
    lk_reader block = lk_reader_vector16(body);
    if (!lk_reader_finished(body))
        return LK_ERROR_DECODE;
    lk_error error = lk_extensions_parse(handshake, LK_IN_ENCRYPTED_EXTENSIONS, &block);
    mean(handshake);
    return error;
}
