/* SPDX-License-Identifier: Apache-2.0 */
#include "record/mac.h"

#include "base/secret.h"
#include "record/constant_time.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <string.h>

enum {
    /* RFC 6101 section 5.2.3.1 */
    SSL3_PAD_LENGTH_MD5 = 48,
    SSL3_PAD_LENGTH_SHA1 = 40,
    SSL3_PAD_1 = 0x36,
    SSL3_PAD_2 = 0x5c,
    /* Where the parts of a MAC's header stand. */
    HEADER_VERSION = 9,
    HEADER_LENGTH = 11
};

static const char *const hash_names[] = {
    [LK_MAC_MD5] = "MD5", [LK_MAC_SHA1] = "SHA1", [LK_MAC_SHA256] = "SHA256", [LK_MAC_SHA384] = "SHA384"};

lk_error lk_record_mac_open(lk_record_mac *mac, EVP_MAC *hmac, const lk_cipher *cipher, const uint8_t *key)
{
    mac->length = cipher->tag_length;
    mac->context = EVP_MAC_CTX_new(hmac);
    if (!mac->context)
        return LK_ERROR_NO_MEMORY;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)hash_names[cipher->mac], 0),
        OSSL_PARAM_construct_end()};
    return EVP_MAC_init(mac->context, key, cipher->mac_key_length, parameters) == 1 ? LK_OK : LK_ERROR_CRYPTO;
}

static bool ssl3_start(EVP_MD_CTX *context, const EVP_MD *hash, const lk_cipher *cipher, const uint8_t *key,
                       uint8_t pad)
{
    uint8_t pads[SSL3_PAD_LENGTH_MD5];
    memset(pads, pad, sizeof pads);
    return EVP_DigestInit_ex2(context, hash, NULL) == 1 &&
           EVP_DigestUpdate(context, key, cipher->mac_key_length) == 1 &&
           EVP_DigestUpdate(context, pads, cipher->mac == LK_MAC_MD5 ? SSL3_PAD_LENGTH_MD5 : SSL3_PAD_LENGTH_SHA1) == 1;
}

lk_error lk_record_mac_open_ssl3(lk_record_mac *mac, const EVP_MD *hash, const lk_cipher *cipher, const uint8_t *key)
{
    if (cipher->mac != LK_MAC_SHA1 && cipher->mac != LK_MAC_MD5)
        return LK_ERROR_ENGINE_UNSUPPORTED;
    mac->length = cipher->tag_length;
    mac->padding_max = cipher->block_length;
    mac->inner = EVP_MD_CTX_new();
    mac->outer = EVP_MD_CTX_new();
    mac->work = EVP_MD_CTX_new();
    if (!mac->inner || !mac->outer || !mac->work)
        return LK_ERROR_NO_MEMORY;
    return ssl3_start(mac->inner, hash, cipher, key, SSL3_PAD_1) &&
                   ssl3_start(mac->outer, hash, cipher, key, SSL3_PAD_2)
               ? LK_OK
               : LK_ERROR_CRYPTO;
}

void lk_record_mac_close(lk_record_mac *mac)
{
    EVP_MAC_CTX_free(mac->context);
    EVP_MD_CTX_free(mac->inner);
    EVP_MD_CTX_free(mac->outer);
    EVP_MD_CTX_free(mac->work);
    *mac = (lk_record_mac){0};
}

static bool hmac_run(EVP_MAC_CTX *context, const uint8_t *header, const uint8_t *data, size_t length, uint8_t *output)
{
    size_t written;
    return EVP_MAC_update(context, header, LK_MAC_HEADER_LENGTH) == 1 && EVP_MAC_update(context, data, length) == 1 &&
           EVP_MAC_final(context, output, &written, LK_MAC_KEY_MAX) == 1;
}

/* RFC 6101 section 5.2.3.1: hash(secret + pad_2 + hash(secret + pad_1 + seq_num + type + length + content)). The
 * version is left out of the header. */
static bool ssl3_run(const lk_record_mac *mac, const uint8_t *header, const uint8_t *data, size_t length,
                     uint8_t *output)
{
    EVP_MD_CTX *work = mac->work;
    return EVP_MD_CTX_copy_ex(work, mac->inner) == 1 && EVP_DigestUpdate(work, header, HEADER_VERSION) == 1 &&
           EVP_DigestUpdate(work, header + HEADER_LENGTH, LK_MAC_HEADER_LENGTH - HEADER_LENGTH) == 1 &&
           EVP_DigestUpdate(work, data, length) == 1 && EVP_DigestFinal_ex(work, output, NULL) == 1 &&
           EVP_MD_CTX_copy_ex(work, mac->outer) == 1 && EVP_DigestUpdate(work, output, mac->length) == 1 &&
           EVP_DigestFinal_ex(work, output, NULL) == 1;
}

bool lk_record_mac_compute(const lk_record_mac *mac, const uint8_t header[LK_MAC_HEADER_LENGTH], const uint8_t *data,
                           size_t length, uint8_t *output)
{
    if (mac->inner)
        return ssl3_run(mac, header, data, length, output);
    return EVP_MAC_init(mac->context, NULL, 0, NULL) == 1 && hmac_run(mac->context, header, data, length, output);
}

/*
 * libcrypto has no such hash in constant time for SSL 3.0. But its padding is no longer than a block, so few lengths
 * are possible: the MAC of each of them is computed, and the right one kept by masks.
 */
static bool ssl3_compute_hidden(const lk_record_mac *mac, const uint8_t *header, const uint8_t *data, size_t length,
                                size_t total, uint8_t *output)
{
    uint8_t candidate_header[LK_MAC_HEADER_LENGTH], computed[EVP_MAX_MD_SIZE];
    memcpy(candidate_header, header, sizeof candidate_header);
    memset(output, 0, mac->length);
    bool done = true;
    for (size_t padding = 1; padding <= mac->padding_max && padding + mac->length <= total; padding++) {
        size_t candidate = total - mac->length - padding;
        candidate_header[HEADER_LENGTH] = (uint8_t)(candidate >> 8);
        candidate_header[HEADER_LENGTH + 1] = (uint8_t)candidate;
        done &= ssl3_run(mac, candidate_header, data, candidate, computed);
        uint32_t kept = lk_mask_equal((uint32_t)candidate, (uint32_t)length);
        for (size_t i = 0; i < mac->length; i++)
            output[i] |= (uint8_t)(kept & computed[i]);
    }
    lk_secret_wipe(computed, sizeof computed);
    return done;
}

/*
 * "tls-data-size" makes libcrypto's HMAC hash a record in constant time: it compresses as many blocks as a record of
 * that size can have, and picks out the right state by masks. A context is good for one record of this kind, and
 * setting it up again does not forget the header: hence the copy.
 */
static bool hmac_compute_hidden(const lk_record_mac *mac, const uint8_t *header, const uint8_t *data, size_t length,
                                size_t total, uint8_t *output)
{
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_TLS_DATA_SIZE, &total),
                               OSSL_PARAM_construct_end()};
    EVP_MAC_CTX *context = EVP_MAC_CTX_dup(mac->context);
    bool done =
        context && EVP_MAC_CTX_set_params(context, parameters) == 1 && hmac_run(context, header, data, length, output);
    EVP_MAC_CTX_free(context);
    return done;
}

bool lk_record_mac_compute_hidden(const lk_record_mac *mac, const uint8_t header[LK_MAC_HEADER_LENGTH],
                                  const uint8_t *data, size_t length, size_t total, uint8_t *output)
{
    return (mac->inner ? ssl3_compute_hidden : hmac_compute_hidden)(mac, header, data, length, total, output);
}
