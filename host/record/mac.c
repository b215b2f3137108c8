/* SPDX-License-Identifier: Apache-2.0 */
#include "record/mac.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

static const char *const hash_names[] = {
    [LK_MAC_SHA1] = "SHA1", [LK_MAC_SHA256] = "SHA256", [LK_MAC_SHA384] = "SHA384"};

lk_error lk_record_mac_open(lk_record_mac *mac, EVP_MAC *algorithm, const lk_cipher *cipher, const uint8_t *key)
{
    mac->length = cipher->tag_length;
    mac->context = EVP_MAC_CTX_new(algorithm);
    if (!mac->context)
        return LK_ERROR_NO_MEMORY;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)hash_names[cipher->mac], 0),
        OSSL_PARAM_construct_end()};
    return EVP_MAC_init(mac->context, key, cipher->mac_key_length, parameters) == 1 ? LK_OK : LK_ERROR_CRYPTO;
}

void lk_record_mac_close(lk_record_mac *mac)
{
    EVP_MAC_CTX_free(mac->context);
    mac->context = NULL;
}

static bool mac_run(EVP_MAC_CTX *context, const uint8_t *header, const uint8_t *data, size_t length, uint8_t *output)
{
    size_t written;
    return EVP_MAC_update(context, header, LK_MAC_HEADER_LENGTH) == 1 && EVP_MAC_update(context, data, length) == 1 &&
           EVP_MAC_final(context, output, &written, LK_MAC_KEY_MAX) == 1;
}

bool lk_record_mac_compute(const lk_record_mac *mac, const uint8_t header[LK_MAC_HEADER_LENGTH], const uint8_t *data,
                           size_t length, uint8_t *output)
{
    return EVP_MAC_init(mac->context, NULL, 0, NULL) == 1 && mac_run(mac->context, header, data, length, output);
}

/*
 * "tls-data-size" makes libcrypto's HMAC hash a record in constant time: it compresses as many blocks as a record of
 * that size can have, and picks out the right state by masks. A context is good for one record of this kind, and
 * setting it up again does not forget the header: hence the copy.
 */
bool lk_record_mac_compute_hidden(const lk_record_mac *mac, const uint8_t header[LK_MAC_HEADER_LENGTH],
                                  const uint8_t *data, size_t length, size_t total, uint8_t *output)
{
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_TLS_DATA_SIZE, &total),
                               OSSL_PARAM_construct_end()};
    EVP_MAC_CTX *context = EVP_MAC_CTX_dup(mac->context);
    bool done =
        context && EVP_MAC_CTX_set_params(context, parameters) == 1 && mac_run(context, header, data, length, output);
    EVP_MAC_CTX_free(context);
    return done;
}
