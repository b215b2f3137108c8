/* SPDX-License-Identifier: Apache-2.0 */
/* CertificateVerify: RFC 8446 section 4.4.3, of either side; RFC 5246 section 7.4.8 and RFC 6101 section 5.6.8, of a
 * client. */
#include "handshake/digitally_signed.h"
#include "handshake/messages.h"

#include <string.h>

enum { SPACES = 64, CONTENT_MAX = SPACES + 64 + LK_HASH_MAX };

/* What is signed. */
typedef struct signed_content {
    uint8_t memory[CONTENT_MAX];
    const uint8_t *bytes;
    size_t length;
} signed_content;

/* "A string that consists of octet 32 (0x20) repeated 64 times", the context string, a zero, the transcript hash. */
static lk_error compose_1_3(const lk_handshake *handshake, lk_role sender, signed_content *content)
{
    static const char contexts[2][34] = {
        [LK_CLIENT] = "TLS 1.3, client CertificateVerify", [LK_SERVER] = "TLS 1.3, server CertificateVerify"};
    lk_writer writer = lk_writer_into(content->memory, sizeof content->memory);
    uint8_t *spaces = lk_writer_reserve(&writer, SPACES);
    if (spaces)
        memset(spaces, ' ', SPACES);
    lk_writer_bytes(&writer, contexts[sender], sizeof contexts[sender]);
    uint8_t *hash = lk_writer_reserve(&writer, lk_hash_length(handshake->suite->hash));
    content->bytes = content->memory;
    content->length = writer.length;
    return hash ? lk_transcript_now(&handshake->transcript, hash) : LK_ERROR_CRYPTO;
}

/* RFC 6101 section 5.6.8: a hash that the master secret is a part of is signed, and not hashed again. */
static lk_error compose_ssl3(lk_handshake *handshake, const lk_signature_scheme *scheme, lk_writer *body)
{
    uint8_t hash[LK_HASH_MAX], signature[LK_SIGNATURE_MAX];
    size_t length = sizeof signature;
    lk_error error = lk_transcript_ssl3(&handshake->transcript, "", handshake->master, hash);
    if (!error)
        error = lk_signature_sign_hash(scheme, handshake->settings->key, hash, lk_hash_length(LK_HASH_MD5_SHA1),
                                       signature, &length);
    if (!error)
        lk_signed_write(handshake, scheme, signature, length, body);
    return error;
}

static lk_error verify_ssl3(const lk_handshake *handshake, const lk_signature_scheme *scheme, EVP_PKEY *key,
                            const lk_reader *signature)
{
    uint8_t hash[LK_HASH_MAX];
    lk_error error = lk_transcript_ssl3(&handshake->transcript, "", handshake->master, hash);
    return error ? error
                 : lk_signature_verify_hash(scheme, key, hash, lk_hash_length(LK_HASH_MD5_SHA1), signature->next,
                                            signature->left);
}

static lk_error compose_content(const lk_handshake *handshake, lk_role sender, signed_content *content)
{
    const lk_transcript *transcript = &handshake->transcript;
    if (handshake->version >= LK_TLS1_3)
        return compose_1_3(handshake, sender, content);
    /* "all handshake messages sent or received, starting at client hello and up to, but not including, this message",
     * themselves: their hash is that of the signature, not that of the suite. */
    content->bytes = transcript->kept;
    content->length = transcript->kept_length;
    return transcript->keeps_all ? LK_OK : LK_ERROR_WRONG_STATE;
}

static void mean(lk_handshake *handshake, lk_role sender, const lk_signature_scheme *scheme)
{
    lk_handshake_mean(handshake, "%s proves its key with %s", sender == LK_CLIENT ? "client" : "server", scheme->title);
}

lk_error lk_certificate_verify_compose(lk_handshake *handshake, lk_writer *body)
{
    signed_content content;
    const lk_signature_scheme *scheme = handshake->role == LK_CLIENT ? handshake->client_scheme : handshake->scheme;
    mean(handshake, handshake->role, scheme);
    if (handshake->version == LK_SSL3)
        return compose_ssl3(handshake, scheme, body);
    lk_error error = compose_content(handshake, handshake->role, &content);
    return error ? error : lk_signed_compose(handshake, scheme, content.bytes, content.length, body);
}

lk_error lk_certificate_verify_parse(lk_handshake *handshake, lk_reader *body)
{
    signed_content content;
    lk_role peer = lk_handshake_peer(handshake);
    EVP_PKEY *key = lk_certificate_chain_key(&handshake->peer_chain);
    const lk_signature_scheme *scheme;
    lk_reader signature;
    /* "the signature algorithm MUST be one offered in the client's "signature_algorithms" extension" or in the server's
     * CertificateRequest, which offer all that we know; and fit the key. */
    lk_error error = lk_signed_parse(handshake, key, body, &scheme, &signature);
    if (error)
        return error;
    mean(handshake, peer, scheme);
    *(peer == LK_CLIENT ? &handshake->client_scheme : &handshake->scheme) = scheme;
    if (handshake->version == LK_SSL3)
        return verify_ssl3(handshake, scheme, key, &signature);
    error = compose_content(handshake, peer, &content);
    if (error)
        return error;
    return lk_signature_verify(scheme, key, content.bytes, content.length, signature.next, signature.left);
}
