/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/transcript.h"

#include "base/writer.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_HASH = 254, MASTER_LENGTH = 48 };

static lk_error keep(lk_transcript *transcript, const uint8_t *message, size_t length)
{
    uint8_t *larger = realloc(transcript->kept, transcript->kept_length + length);
    if (!larger)
        return LK_ERROR_NO_MEMORY;
    memcpy(larger + transcript->kept_length, message, length);
    transcript->kept = larger;
    transcript->kept_length += length;
    return LK_OK;
}

lk_error lk_transcript_add(lk_transcript *transcript, const uint8_t *message, size_t length)
{
    lk_error error = !transcript->context || transcript->keeps_all ? keep(transcript, message, length) : LK_OK;
    if (error || !transcript->context)
        return error;
    return EVP_DigestUpdate(transcript->context, message, length) == 1 ? LK_OK : LK_ERROR_CRYPTO;
}

static lk_error restart(lk_transcript *transcript)
{
    EVP_MD *digest = EVP_MD_fetch(NULL, lk_hash_name(transcript->hash), NULL);
    int done = digest ? EVP_DigestInit_ex(transcript->context, digest, NULL) : 0;
    EVP_MD_free(digest);
    return done == 1 ? LK_OK : LK_ERROR_CRYPTO;
}

lk_error lk_transcript_choose(lk_transcript *transcript, lk_hash hash)
{
    if (transcript->context)
        return transcript->hash == hash ? LK_OK : LK_ERROR_WRONG_STATE;
    transcript->hash = hash;
    transcript->context = EVP_MD_CTX_new();
    if (!transcript->context)
        return LK_ERROR_NO_MEMORY;
    lk_error error = restart(transcript);
    if (!error && transcript->kept_length > 0 &&
        EVP_DigestUpdate(transcript->context, transcript->kept, transcript->kept_length) != 1)
        error = LK_ERROR_CRYPTO;
    if (!transcript->keeps_all)
        lk_transcript_forget(transcript);
    return error;
}

lk_error lk_transcript_copy(lk_transcript *to, const lk_transcript *from)
{
    if (!from->context)
        return LK_ERROR_WRONG_STATE;
    *to = (lk_transcript){.hash = from->hash, .context = EVP_MD_CTX_new()};
    if (!to->context)
        return LK_ERROR_NO_MEMORY;
    return EVP_MD_CTX_copy_ex(to->context, from->context) == 1 ? LK_OK : LK_ERROR_CRYPTO;
}

void lk_transcript_forget(lk_transcript *transcript)
{
    free(transcript->kept);
    transcript->kept = NULL;
    transcript->kept_length = 0;
    transcript->keeps_all = false;
}

lk_error lk_transcript_retry(lk_transcript *transcript)
{
    /* RFC 8446 section 4.4.1: "the value of ClientHello1 is replaced with a special synthetic handshake message of
     * handshake type "message_hash" containing Hash(ClientHello1)". */
    uint8_t message[4 + LK_HASH_MAX];
    lk_writer writer = lk_writer_into(message, sizeof message);
    lk_writer_u8(&writer, MESSAGE_HASH);
    lk_writer_u24(&writer, (uint32_t)lk_hash_length(transcript->hash));
    uint8_t *hash = lk_writer_reserve(&writer, lk_hash_length(transcript->hash));
    lk_error error = lk_transcript_now(transcript, hash);
    if (!error)
        error = restart(transcript);
    if (!error)
        error = lk_transcript_add(transcript, message, writer.length);
    return error;
}

lk_error lk_transcript_now(const lk_transcript *transcript, uint8_t *out)
{
    if (!transcript->context)
        return LK_ERROR_WRONG_STATE;
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    int done = copy && EVP_MD_CTX_copy_ex(copy, transcript->context) == 1 && EVP_DigestFinal_ex(copy, out, NULL) == 1;
    EVP_MD_CTX_free(copy);
    return done ? LK_OK : LK_ERROR_CRYPTO;
}

lk_error lk_transcript_ssl3(const lk_transcript *transcript, const char *sender, const uint8_t *master, uint8_t *out)
{
    if (!transcript->context || transcript->hash != LK_HASH_MD5_SHA1)
        return LK_ERROR_WRONG_STATE;
    /* libcrypto does the nested hashing when it is given the master secret (EVP_MD-MD5-SHA1(7)); it reads it alone. */
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_DIGEST_PARAM_SSL3_MS, (void *)master, MASTER_LENGTH),
        OSSL_PARAM_construct_end()};
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    int done = copy && EVP_MD_CTX_copy_ex(copy, transcript->context) == 1 &&
               EVP_DigestUpdate(copy, sender, strlen(sender)) == 1 && EVP_MD_CTX_set_params(copy, parameters) == 1 &&
               EVP_DigestFinal_ex(copy, out, NULL) == 1;
    EVP_MD_CTX_free(copy);
    return done ? LK_OK : LK_ERROR_CRYPTO;
}

/* Begins with what was said: the hash of it, or its bytes. */
static bool begin_as(const lk_transcript *transcript, lk_hash hash, EVP_MD_CTX *context)
{
    if (transcript->context)
        return EVP_MD_CTX_copy_ex(context, transcript->context) == 1;
    EVP_MD *digest = EVP_MD_fetch(NULL, lk_hash_name(hash), NULL);
    int done = digest ? EVP_DigestInit_ex(context, digest, NULL) : 0;
    EVP_MD_free(digest);
    return done == 1 && EVP_DigestUpdate(context, transcript->kept, transcript->kept_length) == 1;
}

lk_error lk_transcript_with(const lk_transcript *transcript, lk_hash hash, const uint8_t *message, size_t length,
                            uint8_t *out)
{
    if (transcript->context && transcript->hash != hash)
        return LK_ERROR_WRONG_STATE;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context)
        return LK_ERROR_NO_MEMORY;
    int done = begin_as(transcript, hash, context) && EVP_DigestUpdate(context, message, length) == 1 &&
               EVP_DigestFinal_ex(context, out, NULL) == 1;
    EVP_MD_CTX_free(context);
    return done ? LK_OK : LK_ERROR_CRYPTO;
}

void lk_transcript_free(lk_transcript *transcript)
{
    EVP_MD_CTX_free(transcript->context);
    free(transcript->kept);
    *transcript = (lk_transcript){0};
}
