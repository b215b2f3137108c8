/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/key_schedule.h"

#include "base/secret.h"
#include "base/writer.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <string.h>

/* HkdfLabel: a length, "tls13 " and a label of at most 255 bytes, a context of at most 255. */
enum { HKDF_LABEL_MAX = 2 + 1 + 255 + 1 + 255, TLS1_3_IV_LENGTH = 12 };

/* Runs one half of HKDF (RFC 5869); data is the input keying material or the secret, extra the salt or the info. */
static lk_error hkdf(lk_hash hash, int mode, const uint8_t *data, size_t data_length, const char *extra_name,
                     const uint8_t *extra, size_t extra_length, uint8_t *out, size_t length)
{
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)lk_hash_name(hash), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)data, data_length),
        OSSL_PARAM_construct_octet_string(extra_name, (void *)extra, extra_length),
        OSSL_PARAM_construct_end(),
    };
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
    int done = context ? EVP_KDF_derive(context, out, length, parameters) : 0;
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return done == 1 ? LK_OK : LK_ERROR_CRYPTO;
}

static lk_error extract(lk_key_schedule *schedule, const uint8_t *salt, const uint8_t *material, size_t length)
{
    size_t size = lk_hash_length(schedule->hash);
    return hkdf(schedule->hash, EVP_KDF_HKDF_MODE_EXTRACT_ONLY, material, length, OSSL_KDF_PARAM_SALT, salt, size,
                schedule->secret, size);
}

lk_error lk_hkdf_expand_label(lk_hash hash, const uint8_t *secret, const char *label, const uint8_t *context,
                              size_t context_length, uint8_t *out, size_t length)
{
    uint8_t info[HKDF_LABEL_MAX];
    lk_writer writer = lk_writer_into(info, sizeof info);
    if (length > UINT16_MAX)
        return LK_ERROR_INVALID_ARGUMENT;
    lk_writer_u16(&writer, (uint16_t)length);
    lk_writer_vector text = lk_writer_begin(&writer, 1);
    lk_writer_bytes(&writer, "tls13 ", 6);
    lk_writer_bytes(&writer, label, strlen(label));
    lk_writer_end(&writer, text);
    lk_writer_vector hashed = lk_writer_begin(&writer, 1);
    lk_writer_bytes(&writer, context, context_length);
    lk_writer_end(&writer, hashed);
    if (writer.failed)
        return LK_ERROR_INVALID_ARGUMENT;
    return hkdf(hash, EVP_KDF_HKDF_MODE_EXPAND_ONLY, secret, lk_hash_length(hash), OSSL_KDF_PARAM_INFO, info,
                writer.length, out, length);
}

/* Derive-Secret(., "derived", "") stands between two extractions. */
static lk_error extract_next(lk_key_schedule *schedule, const uint8_t *material, size_t length)
{
    uint8_t empty[LK_HASH_MAX];
    uint8_t derived[LK_HASH_MAX];
    lk_error error = lk_hash_of(schedule->hash, (const uint8_t *)"", 0, empty);
    if (!error)
        error = lk_key_schedule_derive(schedule, "derived", empty, derived);
    if (!error)
        error = extract(schedule, derived, material, length);
    lk_secret_wipe(derived, sizeof derived);
    return error;
}

lk_error lk_key_schedule_start(lk_key_schedule *schedule, lk_hash hash)
{
    /* RFC 8446 section 7.1: "if no PSK is selected, it will then need to compute the Early Secret corresponding to the
     * zero PSK", and the first salt is "a string of Hash.length bytes set to zeros". */
    static const uint8_t zeros[LK_HASH_MAX];
    return lk_key_schedule_resume(schedule, hash, zeros, lk_hash_length(hash));
}

lk_error lk_key_schedule_resume(lk_key_schedule *schedule, lk_hash hash, const uint8_t *key, size_t length)
{
    static const uint8_t zeros[LK_HASH_MAX];
    schedule->hash = hash;
    return extract(schedule, zeros, key, length);
}

lk_error lk_psk_binder(lk_hash hash, bool external, const uint8_t *key, size_t length, const uint8_t *transcript_hash,
                       uint8_t *out)
{
    lk_key_schedule schedule;
    uint8_t empty[LK_HASH_MAX];
    uint8_t binder_key[LK_HASH_MAX];
    lk_error error = lk_key_schedule_resume(&schedule, hash, key, length);
    if (!error)
        error = lk_hash_of(hash, (const uint8_t *)"", 0, empty);
    if (!error)
        /* RFC 8446 section 7.1: the label is "ext binder" for external PSKs, "which prevents the substitution of one
         * type of PSK for the other". */
        error = lk_key_schedule_derive(&schedule, external ? "ext binder" : "res binder", empty, binder_key);
    /* "computed in the same fashion as the Finished message [...] but with the BaseKey being the binder_key" */
    if (!error)
        error = lk_finished_verify_data(hash, binder_key, transcript_hash, out);
    lk_key_schedule_wipe(&schedule);
    lk_secret_wipe(binder_key, sizeof binder_key);
    return error;
}

lk_error lk_key_schedule_handshake(lk_key_schedule *schedule, const uint8_t *shared, size_t length)
{
    return extract_next(schedule, shared, length);
}

lk_error lk_key_schedule_master(lk_key_schedule *schedule)
{
    static const uint8_t zeros[LK_HASH_MAX];
    return extract_next(schedule, zeros, lk_hash_length(schedule->hash));
}

lk_error lk_key_schedule_derive(const lk_key_schedule *schedule, const char *label, const uint8_t *transcript_hash,
                                uint8_t *out)
{
    size_t size = lk_hash_length(schedule->hash);
    return lk_hkdf_expand_label(schedule->hash, schedule->secret, label, transcript_hash, size, out, size);
}

void lk_key_schedule_wipe(lk_key_schedule *schedule)
{
    lk_secret_wipe(schedule->secret, sizeof schedule->secret);
}

lk_error lk_traffic_keys(lk_hash hash, const uint8_t *secret, lk_direction_parameters *parameters)
{
    lk_error error =
        lk_hkdf_expand_label(hash, secret, "key", NULL, 0, parameters->key, parameters->cipher->key_length);
    if (!error)
        error = lk_hkdf_expand_label(hash, secret, "iv", NULL, 0, parameters->iv, TLS1_3_IV_LENGTH);
    return error;
}

lk_error lk_traffic_update(lk_hash hash, uint8_t *secret)
{
    uint8_t next[LK_HASH_MAX];
    size_t size = lk_hash_length(hash);
    lk_error error = lk_hkdf_expand_label(hash, secret, "traffic upd", NULL, 0, next, size);
    if (!error)
        memcpy(secret, next, size);
    lk_secret_wipe(next, sizeof next);
    return error;
}

lk_error lk_finished_key(lk_hash hash, const uint8_t *secret, uint8_t *out)
{
    return lk_hkdf_expand_label(hash, secret, "finished", NULL, 0, out, lk_hash_length(hash));
}

lk_error lk_finished_verify_data_by(lk_hash hash, const uint8_t *key, const uint8_t *transcript_hash, uint8_t *out)
{
    size_t size = lk_hash_length(hash);
    return lk_hmac(hash, key, size, transcript_hash, size, out);
}

lk_error lk_finished_verify_data(lk_hash hash, const uint8_t *secret, const uint8_t *transcript_hash, uint8_t *out)
{
    uint8_t key[LK_HASH_MAX];
    lk_error error = lk_finished_key(hash, secret, key);
    if (!error)
        error = lk_finished_verify_data_by(hash, key, transcript_hash, out);
    lk_secret_wipe(key, sizeof key);
    return error;
}
