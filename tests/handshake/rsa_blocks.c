/* SPDX-License-Identifier: Apache-2.0 */
#include "rsa_blocks.h"

#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

enum { END = RSA_BLOCK - LK_RSA_PREMASTER - 1 /* of the padding, where 48 bytes stand behind it */ };

static const rsa_block blocks[] = {
    {"good", 0, 2, END, 3, 3},
    {"an older version", 0, 2, END, 3, 2},
    {"a newer version", 0, 2, END, 3, 4},
    {"no version", 0, 2, END, 0, 0},
    {"47 bytes", 0, 2, END + 1, 3, 3},
    {"49 bytes", 0, 2, END - 1, 3, 3},
    {"no bytes", 0, 2, RSA_BLOCK - 1, 3, 3},
    {"too little padding", 0, 2, 5, 3, 3},
    {"no end of the padding", 0, 2, 0, 3, 3},
    {"another type of block", 0, 1, END, 3, 3},
    {"a first byte that is not zero", 1, 2, END, 3, 3},
    {"everything wrong", 7, 9, 0, 0, 0},
};

const rsa_block *rsa_blocks(size_t *count)
{
    *count = sizeof blocks / sizeof blocks[0];
    return blocks;
}

size_t rsa_message(EVP_PKEY *key, const rsa_block *row, uint8_t plaintext[RSA_BLOCK], uint8_t out[2 + RSA_BLOCK])
{
    size_t length = RSA_BLOCK;
    for (size_t i = 0; i < RSA_BLOCK; i++)
        plaintext[i] = (uint8_t)(1 + (i * 7) % 255);
    plaintext[0] = row->first;
    plaintext[1] = row->type;
    if (row->zero > 0)
        plaintext[row->zero] = 0;
    if (row->zero > 0 && row->zero + 2 < RSA_BLOCK) {
        plaintext[row->zero + 1] = row->major;
        plaintext[row->zero + 2] = row->minor;
    }
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    if (!context || EVP_PKEY_encrypt_init(context) != 1 || EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) != 1 ||
        EVP_PKEY_encrypt(context, out + 2, &length, plaintext, RSA_BLOCK) != 1)
        abort();
    EVP_PKEY_CTX_free(context);
    out[0] = (uint8_t)(length >> 8);
    out[1] = (uint8_t)length;
    return 2 + length;
}

lk_error rsa_take(lk_handshake *handshake, const uint8_t *message, size_t length)
{
    lk_reader body = lk_reader_over(message, length);
    return lk_exchange_rsa.parse_client(handshake, &body);
}
