/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"
#include "base/writer.h"
#include "record/classic.h"

#include <string.h>

enum { TAIL_MAX = LK_CBC_BLOCK_LENGTH_MAX + LK_MAC_KEY_MAX + LK_CBC_BLOCK_LENGTH_MAX };

/* Encrypts the plaintext straight from where the caller has it, and behind it what does not fill a block of it, with
 * MAC and padding. Returns the length of the ciphertext, 0 when libcrypto fails. */
static size_t seal_encrypt(lk_software_direction *direction, const lk_operation *operation, const uint8_t *mac,
                           uint8_t *output)
{
    EVP_CIPHER_CTX *context = direction->context;
    bool chained = direction->explicit_nonce_length == 0; /* up to TLS 1.0: the last block of the record before */
    const size_t block = direction->cipher->block_length;
    size_t partial = operation->input_length % block;
    size_t whole = operation->input_length - partial;
    uint8_t tail[TAIL_MAX];
    lk_writer writer = lk_writer_into(tail, sizeof tail);
    if (partial > 0)
        lk_writer_bytes(&writer, operation->input + whole, partial);
    if (!direction->encrypt_then_mac)
        lk_writer_bytes(&writer, mac, direction->mac.length);
    /* SSL 3.0 leaves it open what the padding holds (RFC 6101 section 5.2.3.2): it is the same there. */
    size_t padding = block - writer.length % block;
    memset(lk_writer_reserve(&writer, padding), (int)(padding - 1), padding);

    int first = 0, second = 0;
    bool done = EVP_EncryptInit_ex2(context, NULL, NULL, chained ? direction->iv : operation->iv, NULL) == 1 &&
                (whole == 0 || EVP_EncryptUpdate(context, output, &first, operation->input, (int)whole) == 1) &&
                EVP_EncryptUpdate(context, output + whole, &second, tail, (int)writer.length) == 1;
    lk_secret_wipe(tail, sizeof tail);
    size_t length = whole + writer.length;
    if (!done || (size_t)first + (size_t)second != length)
        return 0;
    if (chained)
        memcpy(direction->iv, output + length - block, block);
    return length;
}

static bool seal_mac(const lk_software_direction *direction, const lk_operation *operation, const uint8_t *data,
                     size_t length, uint8_t *mac)
{
    uint8_t header[LK_MAC_HEADER_LENGTH];
    lk_software_additional_data(operation->sequence, operation->output, length, header);
    return lk_record_mac_compute(&direction->mac, header, data, length, mac);
}

/* RFC 5246 section 6.2.3.1: "the stream cipher encrypts the entire block, including the MAC". */
static bool seal_stream(lk_software_direction *direction, const lk_operation *operation, const uint8_t *mac,
                        uint8_t *fragment)
{
    const size_t plaintext = operation->input_length;
    int first = 0, second = 0;
    return (plaintext == 0 ||
            EVP_EncryptUpdate(direction->context, fragment, &first, operation->input, (int)plaintext) == 1) &&
           EVP_EncryptUpdate(direction->context, fragment + plaintext, &second, mac, (int)direction->mac.length) == 1 &&
           (size_t)first + (size_t)second == plaintext + direction->mac.length;
}

bool lk_classic_seal(lk_software_direction *direction, const lk_operation *operation)
{
    uint8_t mac[LK_MAC_KEY_MAX];
    uint8_t *fragment = operation->output + LK_RECORD_HEADER_LENGTH;
    const size_t plaintext = operation->input_length;
    if (!direction->encrypt_then_mac && !seal_mac(direction, operation, operation->input, plaintext, mac))
        return false;
    if (direction->cipher->kind == LK_KIND_NULL_MAC) {
        if (plaintext > 0)
            memcpy(fragment, operation->input, plaintext);
        memcpy(fragment + plaintext, mac, direction->mac.length);
        return true;
    }
    if (direction->cipher->kind == LK_KIND_STREAM)
        return seal_stream(direction, operation, mac, fragment);
    memcpy(fragment, operation->iv, direction->explicit_nonce_length);
    size_t ciphertext = seal_encrypt(direction, operation, mac, fragment + direction->explicit_nonce_length);
    if (ciphertext == 0)
        return false;
    if (!direction->encrypt_then_mac)
        return true;
    /* RFC 7366 section 3: over "TLSCiphertext.type + TLSCiphertext.version + TLSCiphertext.length + IV +
     * ENC(content + padding + padding_length)", where the length is that of IV and ciphertext. */
    size_t covered = direction->explicit_nonce_length + ciphertext;
    if (!seal_mac(direction, operation, fragment, covered, mac))
        return false;
    memcpy(fragment + covered, mac, direction->mac.length);
    return true;
}
