/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/digitally_signed.h"

void lk_signed_write(const lk_handshake *handshake, const lk_signature_scheme *scheme, const uint8_t *signature,
                     size_t length, lk_writer *body)
{
    if (handshake->version >= LK_TLS1_2)
        lk_writer_u16(body, scheme->number);
    lk_writer_vector vector = lk_writer_begin(body, 2);
    lk_writer_bytes(body, signature, length);
    lk_writer_end(body, vector);
}

lk_error lk_signed_compose(const lk_handshake *handshake, const lk_signature_scheme *scheme, const uint8_t *content,
                           size_t length, lk_writer *body)
{
    uint8_t signature[LK_SIGNATURE_MAX];
    size_t signature_length = sizeof signature;
    lk_error error = lk_signature_sign(scheme, handshake->settings->key, content, length, signature, &signature_length);
    if (!error)
        lk_signed_write(handshake, scheme, signature, signature_length, body);
    return error;
}

lk_error lk_signed_parse(const lk_handshake *handshake, const EVP_PKEY *key, lk_reader *body,
                         const lk_signature_scheme **scheme, lk_reader *signature)
{
    bool named = handshake->version >= LK_TLS1_2;
    uint16_t number = named ? lk_reader_u16(body) : 0;
    *signature = lk_reader_vector16(body);
    if (!lk_reader_finished(body))
        return LK_ERROR_DECODE;
    *scheme = named ? lk_signature_find(number) : lk_signature_choose(0, handshake->version, key);
    if (!*scheme || !lk_signature_fits(*scheme, handshake->version, key))
        return LK_ERROR_ILLEGAL_PARAMETER;
    /* RFC 8446 section 4.4.2.2, RFC 5246 section 7.4.2: who signs has a certificate in which "the digitalSignature bit
     * MUST be set if the Key Usage extension is present". */
    return lk_certificate_chain_signs(&handshake->peer_chain) ? LK_OK : LK_ERROR_CERTIFICATE_UNSUITABLE;
}
