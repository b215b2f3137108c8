/* SPDX-License-Identifier: Apache-2.0 */
/* CertificateVerify of a TLS 1.3 server: RFC 8446 section 4.4.3. */
#include "handshake/messages.h"

#include <string.h>

enum { SPACES = 64, CONTENT_MAX = SPACES + 64 + LK_HASH_MAX };

/* "A string that consists of octet 32 (0x20) repeated 64 times", the context string, a zero, the transcript hash. */
static lk_error compose_content(const lk_handshake *handshake, lk_writer *content)
{
    static const char context[] = "TLS 1.3, server CertificateVerify";
    uint8_t *spaces = lk_writer_reserve(content, SPACES);
    if (spaces)
        memset(spaces, ' ', SPACES);
    lk_writer_bytes(content, context, sizeof context);
    uint8_t *hash = lk_writer_reserve(content, lk_hash_length(handshake->suite->hash));
    return hash ? lk_transcript_now(&handshake->transcript, hash) : LK_ERROR_CRYPTO;
}

lk_error lk_certificate_verify_compose(lk_handshake *handshake, lk_writer *body)
{
    uint8_t content_bytes[CONTENT_MAX];
    uint8_t signature[LK_SIGNATURE_MAX];
    size_t length = sizeof signature;
    lk_writer content = lk_writer_into(content_bytes, sizeof content_bytes);
    lk_error error = compose_content(handshake, &content);
    if (!error)
        error = lk_signature_sign(handshake->scheme, handshake->settings->key, content_bytes, content.length, signature,
                                  &length);
    if (error)
        return error;
    lk_writer_u16(body, handshake->scheme->number);
    lk_writer_vector vector = lk_writer_begin(body, 2);
    lk_writer_bytes(body, signature, length);
    lk_writer_end(body, vector);
    lk_handshake_mean(handshake, "server proves its key with %s", handshake->scheme->title);
    return LK_OK;
}

lk_error lk_certificate_verify_parse(lk_handshake *handshake, lk_reader *body)
{
    uint8_t content_bytes[CONTENT_MAX];
    lk_writer content = lk_writer_into(content_bytes, sizeof content_bytes);
    EVP_PKEY *key = lk_certificate_chain_key(&handshake->peer_chain);
    const lk_signature_scheme *scheme = lk_signature_find(lk_reader_u16(body));
    lk_reader signature = lk_reader_vector16(body);
    if (!lk_reader_finished(body))
        return LK_ERROR_DECODE;
    /* "the signature algorithm MUST be one offered in the client's "signature_algorithms" extension", and fit the key.
     */
    if (!scheme || !lk_signature_fits(scheme, handshake->version, key))
        return LK_ERROR_ILLEGAL_PARAMETER;
    lk_handshake_mean(handshake, "server proves its key with %s", scheme->title);
    handshake->scheme = scheme;
    lk_error error = compose_content(handshake, &content);
    if (error)
        return error;
    return lk_signature_verify(scheme, key, content_bytes, content.length, signature.next, signature.left);
}
