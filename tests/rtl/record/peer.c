/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/record/peer.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>

#include <string.h>

static const EVP_CIPHER *aead(lk_cipher_id cipher)
{
    switch (cipher) {
    case LK_CIPHER_AES_128_GCM:
        return EVP_aes_128_gcm();
    case LK_CIPHER_AES_256_GCM:
        return EVP_aes_256_gcm();
    default:
        cr_assert_eq(cipher, LK_CIPHER_CHACHA20_POLY1305);
        return EVP_chacha20_poly1305();
    }
}

void peer_encrypt(lk_cipher_id cipher, const uint8_t *key, const uint8_t nonce[PEER_NONCE], const uint8_t *data,
                  size_t data_length, const uint8_t *plaintext, size_t length, uint8_t *output)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int done = 0;
    cr_assert(context && EVP_EncryptInit_ex2(context, aead(cipher), key, nonce, NULL) == 1 &&
              EVP_EncryptUpdate(context, NULL, &done, data, (int)data_length) == 1 &&
              EVP_EncryptUpdate(context, output, &done, plaintext, (int)length) == 1 &&
              EVP_EncryptFinal_ex(context, output + length, &done) == 1 &&
              EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, PEER_TAG, output + length) == 1);
    EVP_CIPHER_CTX_free(context);
}

size_t peer_seal_cbc(const lk_cipher *cipher, const uint8_t *key, const uint8_t *mac_key, const uint8_t *content,
                     size_t length, uint8_t padding, size_t spoiled, uint8_t *record)
{
    enum { HEADER = 5, IV = 16, MAC_HEADER = 13, ROOM = 1024 };
    uint8_t covered[ROOM] = {[8] = 23, 3, 3, (uint8_t)(length >> 8), (uint8_t)length}, inside[ROOM];
    cr_assert(MAC_HEADER + length <= ROOM && length + cipher->tag_length + padding + 1 <= ROOM);
    memcpy(covered + MAC_HEADER, content, length);
    memcpy(inside, content, length);
    size_t mac_length = 0;
    cr_assert(EVP_Q_mac(NULL, "HMAC", NULL, cipher->mac == LK_MAC_SHA256 ? "SHA256" : "SHA1", NULL, mac_key,
                        cipher->mac_key_length, covered, MAC_HEADER + length, inside + length, ROOM - length,
                        &mac_length));
    size_t total = length + mac_length + padding + 1;
    memset(inside + length + mac_length, padding, padding + 1u);
    if (spoiled < total) {
        inside[spoiled] ^= 0x11;
    }
    const uint8_t header[HEADER] = {23, 3, 3, (uint8_t)((IV + total) >> 8), (uint8_t)(IV + total)};
    memcpy(record, header, HEADER);
    memset(record + HEADER, 0x39, IV);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int done = 0;
    cr_assert(context &&
              EVP_EncryptInit_ex2(context, cipher->key_length == 32 ? EVP_aes_256_cbc() : EVP_aes_128_cbc(), key,
                                  record + HEADER, NULL) == 1 &&
              EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
              EVP_EncryptUpdate(context, record + HEADER + IV, &done, inside, (int)total) == 1 &&
              (size_t)done == total);
    EVP_CIPHER_CTX_free(context);
    return HEADER + IV + total;
}
