/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/record/peer.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>

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
