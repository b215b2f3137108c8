/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/digitally_signed.h"

#include <stdlib.h>
#include <string.h>

void lk_signed_write(const lk_handshake *handshake, const lk_signature_scheme *scheme, const uint8_t *signature,
                     size_t length, lk_writer *body)
{
    if (handshake->version >= LK_TLS1_2)
        lk_writer_u16(body, scheme->number);
    lk_writer_vector vector = lk_writer_begin(body, 2);
    lk_writer_bytes(body, signature, length);
    lk_writer_end(body, vector);
}

/* The signature that came, or the one that the observer gives at once. */
static lk_error fetch(lk_handshake *handshake, const lk_signature_scheme *scheme, const uint8_t *content, size_t length,
                      uint8_t *signature, size_t *signature_length)
{
    if (handshake->signature_awaited)
        return LK_ERROR_WANT_KEY;
    if (!handshake->signature.bytes)
        return handshake->observer.sign(handshake->observer.context, scheme, content, length, signature,
                                        signature_length);
    *signature_length = handshake->signature.length;
    memcpy(signature, handshake->signature.bytes, handshake->signature.length);
    free(handshake->signature.bytes);
    handshake->signature = (lk_bytes){0};
    return LK_OK;
}

/* A wrong signature is not sent: with RSA, one that a fault has spoilt can give the key away. */
static lk_error sign_elsewhere(lk_handshake *handshake, const lk_signature_scheme *scheme, const uint8_t *content,
                               size_t length, uint8_t *signature, size_t *signature_length)
{
    lk_error error = fetch(handshake, scheme, content, length, signature, signature_length);
    if (error == LK_ERROR_WANT_KEY) {
        handshake->signature_awaited = true;
        return error;
    }
    if (error || *signature_length == 0 || *signature_length > LK_SIGNATURE_MAX)
        return lk_handshake_fail(handshake, LK_ERROR_KEY_REFUSED, "the holder of the private key does not sign with %s",
                                 scheme->title);
    if (lk_signature_verify(scheme, handshake->settings->key, content, length, signature, *signature_length))
        return lk_handshake_fail(handshake, LK_ERROR_KEY_REFUSED,
                                 "what the holder of the private key made is no signature with %s of that key",
                                 scheme->title);
    return LK_OK;
}

lk_error lk_handshake_give_signature(lk_handshake *handshake, const uint8_t *signature, size_t length)
{
    if (!handshake->signature_awaited)
        return LK_ERROR_WRONG_STATE;
    if (signature && (length == 0 || length > LK_SIGNATURE_MAX))
        return LK_ERROR_INVALID_ARGUMENT;
    if (!signature)
        return lk_handshake_fail(handshake, LK_ERROR_KEY_REFUSED, "the holder of the private key does not sign");
    handshake->signature.bytes = malloc(length);
    if (!handshake->signature.bytes)
        return LK_ERROR_NO_MEMORY;
    memcpy(handshake->signature.bytes, signature, length);
    handshake->signature.length = length;
    handshake->signature_awaited = false;
    return LK_OK;
}

lk_error lk_signed_compose(lk_handshake *handshake, const lk_signature_scheme *scheme, const uint8_t *content,
                           size_t length, lk_writer *body)
{
    uint8_t signature[LK_SIGNATURE_MAX];
    size_t signature_length = sizeof signature;
    lk_error error =
        handshake->settings->signs_elsewhere
            ? sign_elsewhere(handshake, scheme, content, length, signature, &signature_length)
            : lk_signature_sign(scheme, handshake->settings->key, content, length, signature, &signature_length);
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
