/* SPDX-License-Identifier: Apache-2.0 */
#include "classic_reference.h"

#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string.h>

enum { ROOM = LK_RECORD_OVERLONG_MAX + 1000 };

static const char *hash_name(const lk_cipher *cipher)
{
    return cipher->mac_key_length == 16   ? "MD5"
           : cipher->mac_key_length == 20 ? "SHA1"
           : cipher->mac_key_length == 32 ? "SHA256"
                                          : "SHA384";
}

static void put(uint8_t *to, uint64_t value, size_t length)
{
    for (size_t i = 0; i < length; i++)
        to[i] = (uint8_t)(value >> (8 * (length - 1 - i)));
}

/* RFC 6101 section 5.2.3.1: hash(secret + pad_2 + hash(secret + pad_1 + seq_num + type + length + content)) */
static void authenticate_ssl3(const lk_direction_parameters *parameters, const classic_record *record,
                              const uint8_t *content, size_t length, uint8_t *mac)
{
    static uint8_t text[ROOM];
    uint8_t inner[20];
    bool md5 = parameters->cipher->tag_length == 16;
    const EVP_MD *hash = md5 ? EVP_md5() : EVP_sha1();
    const size_t secret = parameters->cipher->mac_key_length, hashed = md5 ? 16 : 20, head = secret + (md5 ? 48 : 40);
    memcpy(text, parameters->mac_key, secret);
    memset(text + secret, 0x36, head - secret);
    put(text + head, record->sequence, 8);
    put(text + head + 8, record->content_type, 1);
    put(text + head + 9, length, 2);
    if (length > 0)
        memcpy(text + head + 11, content, length);
    cr_assert_eq(EVP_Digest(text, head + 11 + length, inner, NULL, hash, NULL), 1);
    memset(text + secret, 0x5c, head - secret);
    memcpy(text + head, inner, hashed);
    cr_assert_eq(EVP_Digest(text, head + hashed, mac, NULL, hash, NULL), 1);
    mac[record->mac_place] ^= record->wrong_mac;
}

/* RFC 5246 section 6.2.3.1: HMAC(seq_num + type + version + length + content) */
static void authenticate(const lk_direction_parameters *parameters, const classic_record *record,
                         const uint8_t *content, size_t length, uint8_t *mac)
{
    static uint8_t text[ROOM];
    if (parameters->version == 0x0300) {
        authenticate_ssl3(parameters, record, content, length, mac);
        return;
    }
    put(text, record->sequence, 8);
    put(text + 8, record->content_type, 1);
    put(text + 9, parameters->version, 2);
    put(text + 11, length, 2);
    if (length > 0)
        memcpy(text + 13, content, length);
    unsigned mac_length = 0;
    cr_assert_not_null(HMAC(EVP_get_digestbyname(hash_name(parameters->cipher)), parameters->mac_key,
                            parameters->cipher->mac_key_length, text, 13 + length, mac, &mac_length));
    cr_assert_eq(mac_length, parameters->cipher->tag_length);
    mac[record->mac_place] ^= record->wrong_mac;
}

static const EVP_CIPHER *block_cipher(const lk_cipher *cipher)
{
    return cipher->block_length == 8  ? EVP_des_ede3_cbc()
           : cipher->key_length == 16 ? EVP_aes_128_cbc()
                                      : EVP_aes_256_cbc();
}

/* RC4 by its definition, so that it takes no provider: the bytes of the key stream behind those that were used. */
static void apply_stream(const lk_direction_parameters *parameters, size_t used, uint8_t *bytes, size_t length)
{
    uint8_t state[256], i = 0, j = 0;
    for (size_t k = 0; k < sizeof state; k++)
        state[k] = (uint8_t)k;
    for (size_t k = 0; k < sizeof state; k++) {
        j = (uint8_t)(j + state[k] + parameters->key[k % parameters->cipher->key_length]);
        uint8_t kept = state[k];
        state[k] = state[j];
        state[j] = kept;
    }
    j = 0;
    for (size_t k = 0; k < used + length; k++) {
        i = (uint8_t)(i + 1);
        uint8_t kept = state[i];
        j = (uint8_t)(j + kept);
        state[i] = state[j];
        state[j] = kept;
        if (k >= used)
            bytes[k - used] ^= state[(uint8_t)(state[i] + kept)];
    }
}

static void encrypt(const lk_direction_parameters *parameters, const uint8_t *iv, const uint8_t *input, size_t length,
                    uint8_t *output)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int first = 0, last = 0;
    cr_assert_eq(EVP_EncryptInit_ex2(context, block_cipher(parameters->cipher), parameters->key, iv, NULL), 1);
    cr_assert_eq(EVP_CIPHER_CTX_set_padding(context, 0), 1);
    cr_assert_eq(EVP_EncryptUpdate(context, output, &first, input, (int)length), 1);
    cr_assert_eq(EVP_EncryptFinal_ex(context, output + first, &last), 1);
    cr_assert_eq((size_t)(first + last), length);
    EVP_CIPHER_CTX_free(context);
}

int classic_padding(const lk_direction_parameters *parameters, size_t length)
{
    size_t inside = length + (parameters->encrypt_then_mac ? 0 : parameters->cipher->tag_length);
    const size_t block = parameters->cipher->block_length;
    return (int)(block - inside % block) - 1;
}

/* Content, and padding behind it: one length byte, and as many more as it says. Returns the length of all. */
static size_t pad(const lk_direction_parameters *parameters, const classic_record *record, uint8_t *inner,
                  size_t length)
{
    int padding = record->padding == CLASSIC_SHORTEST ? classic_padding(parameters, record->length) : record->padding;
    memset(inner + length, padding, (size_t)padding + 1);
    length += (size_t)padding + 1;
    inner[length - 1 - record->padding_place] ^= record->wrong_padding;
    cr_assert_eq(length % parameters->cipher->block_length, 0, "the test chose a padding that fills no block");
    return length;
}

static size_t finish(const lk_direction_parameters *parameters, const classic_record *record, uint8_t *output,
                     size_t fragment)
{
    output[0] = record->content_type;
    put(output + 1, parameters->version, 2);
    put(output + 3, fragment, 2);
    return 5 + fragment;
}

size_t classic_reference(const lk_direction_parameters *parameters, const classic_record *record, uint8_t *output)
{
    static uint8_t inner[ROOM];
    size_t mac = parameters->cipher->tag_length;
    size_t length = record->length;
    if (length > 0)
        memcpy(inner, record->plaintext, length);
    if (!parameters->encrypt_then_mac) {
        authenticate(parameters, record, record->plaintext, length, inner + length);
        length += mac;
    }
    if (parameters->cipher->kind == LK_KIND_STREAM)
        apply_stream(parameters, record->stream_used, inner, length);
    if (parameters->cipher->block_length == 0) {
        memcpy(output + 5, inner, length);
        return finish(parameters, record, output, length);
    }
    length = pad(parameters, record, inner, length);
    size_t ahead = parameters->version >= 0x0302 ? parameters->cipher->block_length : 0;
    memcpy(output + 5, record->iv, ahead);
    encrypt(parameters, record->iv, inner, length, output + 5 + ahead);
    if (!parameters->encrypt_then_mac)
        return finish(parameters, record, output, ahead + length);
    authenticate(parameters, record, output + 5, ahead + length, output + 5 + ahead + length);
    return finish(parameters, record, output, ahead + length + mac);
}
