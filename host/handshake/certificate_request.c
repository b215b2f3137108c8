/* SPDX-License-Identifier: Apache-2.0 */
/* CertificateRequest: RFC 8446 section 4.3.2, RFC 5246 section 7.4.4. A client answers with no certificate; a server
 * asks for none. */
#include "handshake/extensions.h"
#include "handshake/messages.h"

static lk_error parse_1_3(lk_handshake *handshake, lk_reader *body)
{
    lk_reader context = lk_reader_vector8(body);
    lk_reader block = lk_reader_vector16(body);
    if (!lk_reader_finished(body))
        return LK_ERROR_DECODE;
    /* certificate_request_context "SHALL be zero length unless used for the post-handshake authentication exchanges".
     */
    if (context.left > 0)
        return LK_ERROR_ILLEGAL_PARAMETER;
    lk_error error = lk_extensions_parse(handshake, LK_IN_CERTIFICATE_REQUEST, &block);
    /* "The "signature_algorithms" extension MUST be specified". */
    if (!error && !lk_extensions_seen(handshake, LK_EXTENSION_SIGNATURE_ALGORITHMS))
        error = LK_ERROR_MISSING_EXTENSION;
    return error;
}

static lk_error parse_1_2(lk_reader *body)
{
    lk_reader types = lk_reader_vector8(body);
    lk_reader schemes = lk_reader_vector16(body);
    lk_reader_vector16(body); /* certificate_authorities, which may be empty */
    if (!lk_reader_finished(body) || types.left == 0 || schemes.left == 0 || schemes.left % 2 != 0)
        return LK_ERROR_DECODE;
    return LK_OK;
}

lk_error lk_certificate_request_parse(lk_handshake *handshake, lk_reader *body)
{
    handshake->certificate_asked = true;
    lk_handshake_mean(handshake, "server asks for a certificate of the client");
    return handshake->version >= LK_TLS1_3 ? parse_1_3(handshake, body) : parse_1_2(body);
}
