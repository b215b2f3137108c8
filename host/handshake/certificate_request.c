/* SPDX-License-Identifier: Apache-2.0 */
/* CertificateRequest: RFC 8446 section 4.3.2, RFC 5246 section 7.4.4. The client decides here which answer it gives. */
#include "handshake/extension_rows.h"
#include "handshake/messages.h"
#include "handshake/post_handshake.h"

#include <string.h>

/* ClientCertificateType; RFC 8422 section 5.5: ecdsa_sign stands for Ed25519 too. */
enum { RSA_SIGN = 1, ECDSA_SIGN = 64 };

/* Empty within the handshake. */
static void compose_context(lk_handshake *handshake, lk_writer *body)
{
    lk_writer_vector context = lk_writer_begin(body, 1);
    if (lk_handshake_is_over(handshake)) {
        lk_post_handshake_ask(handshake);
        lk_writer_bytes(body, handshake->later.context, handshake->later.context_length);
    }
    lk_writer_end(body, context);
}

lk_error lk_certificate_request_compose(lk_handshake *handshake, lk_writer *body)
{
    bool required = handshake->client_policy == LK_CLIENT_REQUIRED;
    if (handshake->version >= LK_TLS1_3) {
        compose_context(handshake, body);
        lk_extensions_compose(handshake, LK_IN_CERTIFICATE_REQUEST, body);
    } else {
        lk_writer_vector types = lk_writer_begin(body, 1);
        if (handshake->version > LK_SSL3)
            lk_writer_u8(body, ECDSA_SIGN);
        lk_writer_u8(body, RSA_SIGN);
        lk_writer_end(body, types);
        if (handshake->version >= LK_TLS1_2)
            lk_signature_algorithms_compose(handshake, LK_IN_CERTIFICATE_REQUEST, body);
        lk_certificate_authorities_compose(handshake, LK_IN_CERTIFICATE_REQUEST, body);
    }
    handshake->certificate_asked = true;
    lk_handshake_mean(handshake, "server asks for a certificate of the client%s",
                      required ? ", and goes on with no one who has none" : "");
    return LK_OK;
}

static lk_error parse_1_3(lk_handshake *handshake, lk_reader *body)
{
    lk_reader context = lk_reader_vector8(body);
    lk_reader block = lk_reader_vector16(body);
    if (!lk_reader_finished(body))
        return LK_ERROR_DECODE;
    /* certificate_request_context "SHALL be zero length unless used for the post-handshake authentication exchanges".
     */
    lk_error error = LK_OK;
    if (lk_handshake_is_over(handshake))
        error = lk_post_handshake_asked(handshake, &context);
    else if (context.left > 0)
        error = LK_ERROR_ILLEGAL_PARAMETER;
    if (!error)
        error = lk_extensions_parse(handshake, LK_IN_CERTIFICATE_REQUEST, &block);
    /* "The "signature_algorithms" extension MUST be specified". */
    if (!error && !lk_extensions_seen(handshake, LK_EXTENSION_SIGNATURE_ALGORITHMS))
        error = LK_ERROR_MISSING_EXTENSION;
    return error;
}

/* What TLS 1.3 has in extensions stands here one behind the other; type_fits: the server takes a key like ours. */
static lk_error parse_classic(lk_handshake *handshake, lk_reader *body, bool *type_fits)
{
    const EVP_PKEY *key = handshake->settings->key;
    lk_reader types = lk_reader_vector8(body);
    if (types.left == 0)
        return LK_ERROR_DECODE;
    if (key)
        *type_fits =
            memchr(types.next, lk_signature_authentication(key) == LK_AUTH_RSA ? RSA_SIGN : ECDSA_SIGN, types.left);
    lk_error error = handshake->version < LK_TLS1_2
                         ? LK_OK
                         : lk_signature_algorithms_parse(handshake, LK_IN_CERTIFICATE_REQUEST, body);
    return error ? error : lk_certificate_authorities_parse(handshake, LK_IN_CERTIFICATE_REQUEST, body);
}

lk_error lk_certificate_request_parse(lk_handshake *handshake, lk_reader *body)
{
    const EVP_PKEY *key = handshake->settings->key;
    bool type_fits = true;
    handshake->certificate_asked = true;
    handshake->authority_known = true; /* of a request that names none */
    lk_error error =
        handshake->version >= LK_TLS1_3 ? parse_1_3(handshake, body) : parse_classic(handshake, body, &type_fits);
    if (error)
        return error;
    bool signs = !handshake->settings->signs_elsewhere || handshake->version >= LK_TLS1_2;
    if (key && signs && type_fits && handshake->authority_known)
        handshake->client_scheme = lk_signature_choose(handshake->offer.signatures, handshake->version, key);
    const char *obstacle = !handshake->authority_known ? "; ours is of an authority that it does not name"
                           : !handshake->client_scheme ? "; ours fits none of its algorithms"
                                                       : "";
    lk_handshake_mean(handshake, "server asks for a certificate of the client%s", key ? obstacle : "; we have none");
    return LK_OK;
}
