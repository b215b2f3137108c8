/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reader.h"
#include "base/secret.h"
#include "record/classic.h"
#include "record/constant_time.h"
#include "record/padding.h"

#include <string.h>

/* What the record holds, once its lengths are known to be good. */
typedef struct opening {
    const uint8_t *fragment;
    const uint8_t *ciphertext; /* or the plaintext of NULL */
    size_t length;             /* of the ciphertext: in MAC-then-encrypt it holds the MAC */
} opening;

/*
 * All of this is seen on the wire. At least one byte of padding stands behind a MAC that is encrypted, and behind
 * nothing where it is not. At most 2^14 bytes of plaintext (RFC 5246 section 6.2.1) and 256 of padding (a block in SSL
 * 3.0): a longer fragment overflows whatever is in it.
 */
static lk_error open_check_length(const lk_software_direction *direction, size_t fragment)
{
    const size_t mac = direction->mac.length, block = direction->cipher->block_length;
    if (direction->cipher->kind != LK_KIND_CBC) {
        if (fragment < mac)
            return LK_ERROR_RECORD_TOO_SHORT;
        return fragment - mac > LK_RECORD_PLAINTEXT_MAX && !direction->overlong ? LK_ERROR_RECORD_OVERFLOW : LK_OK;
    }
    size_t outside = direction->explicit_nonce_length + (direction->encrypt_then_mac ? mac : 0);
    size_t shortest = direction->encrypt_then_mac ? block : mac + block - mac % block;
    if (fragment < outside + shortest)
        return LK_ERROR_RECORD_TOO_SHORT;
    size_t padding = direction->version == LK_SSL3 ? block : LK_CBC_PADDING_MAX;
    if (fragment > direction->explicit_nonce_length + LK_RECORD_PLAINTEXT_MAX + mac + padding && !direction->overlong)
        return LK_ERROR_RECORD_OVERFLOW;
    return (fragment - outside) % block == 0 ? LK_OK : LK_ERROR_BAD_RECORD_MAC;
}

static lk_error open_parse(const lk_software_direction *direction, const lk_operation *operation, opening *parts)
{
    if (!operation->input || !operation->output)
        return LK_ERROR_INVALID_ARGUMENT;
    lk_reader reader = lk_reader_over(operation->input, operation->input_length);
    lk_reader_u8(&reader);
    lk_reader_u16(&reader);
    lk_reader fragment = lk_reader_vector16(&reader);
    if (!lk_reader_finished(&reader))
        return LK_ERROR_INVALID_ARGUMENT;
    lk_error error = open_check_length(direction, fragment.left);
    if (error != LK_OK)
        return error;
    bool mac_outside = direction->encrypt_then_mac || direction->cipher->kind == LK_KIND_NULL_MAC;
    parts->fragment = fragment.next;
    parts->length = fragment.left - direction->explicit_nonce_length - (mac_outside ? direction->mac.length : 0);
    parts->ciphertext = fragment.next + direction->explicit_nonce_length;
    if (operation->output_capacity < parts->length)
        return LK_ERROR_INVALID_ARGUMENT;
    return operation->sequence == UINT64_MAX ? LK_ERROR_SEQUENCE_EXHAUSTED : LK_OK;
}

/* The MAC where its place is no secret: behind what is not padded, or is encrypted already. */
static bool open_verify_outside(const lk_software_direction *direction, const lk_operation *operation,
                                const uint8_t *data, size_t length)
{
    uint8_t header[LK_MAC_HEADER_LENGTH], mac[LK_MAC_KEY_MAX];
    lk_software_additional_data(operation->sequence, operation->input, length, header);
    return lk_record_mac_compute(&direction->mac, header, data, length, mac) &&
           lk_secret_equal(mac, data + length, direction->mac.length);
}

static bool open_decrypt(lk_software_direction *direction, const lk_operation *operation, const opening *parts)
{
    bool chained = direction->explicit_nonce_length == 0;
    const size_t block = direction->cipher->block_length;
    uint8_t last[LK_CBC_BLOCK_LENGTH_MAX]; /* before it is decrypted in place */
    memcpy(last, parts->ciphertext + parts->length - block, block);
    int length;
    if (EVP_DecryptInit_ex2(direction->context, NULL, NULL, chained ? direction->iv : parts->fragment, NULL) != 1 ||
        EVP_DecryptUpdate(direction->context, operation->output, &length, parts->ciphertext, (int)parts->length) != 1 ||
        (size_t)length != parts->length)
        return false;
    memcpy(direction->next_iv, last, block);
    return true;
}

/*
 * P5: nothing here may tell good padding from bad, or how long it is (Vaudenay, POODLE, Lucky Thirteen), until MAC and
 * padding together were judged, in one place. Returns all ones when both are right; *content is the plaintext's length.
 */
static uint32_t open_verify_inside(const lk_software_direction *direction, const lk_operation *operation, size_t total,
                                   uint32_t *content)
{
    uint8_t header[LK_MAC_HEADER_LENGTH], computed[LK_MAC_KEY_MAX], received[LK_MAC_KEY_MAX];
    const uint8_t *plaintext = operation->output;
    size_t mac_length = direction->mac.length;
    uint32_t good;
    uint32_t padding = direction->version == LK_SSL3
                           ? lk_padding_check_ssl3(plaintext, total, mac_length, direction->cipher->block_length, &good)
                           : lk_padding_check(plaintext, total, mac_length, &good);
    *content = (uint32_t)(total - mac_length) - padding;
    lk_padding_extract_mac(plaintext, total, *content, mac_length, received);
    lk_software_additional_data(operation->sequence, operation->input, *content, header);
    if (!lk_record_mac_compute_hidden(&direction->mac, header, plaintext, *content, total, computed))
        return 0;
    good &= lk_mask_equal(lk_secret_equal(computed, received, mac_length), 1);
    lk_secret_wipe(computed, sizeof computed); /* of a forged record it is what the forger looks for */
    return good;
}

static lk_error open_cbc(lk_software_direction *direction, const lk_operation *operation, const opening *parts,
                         uint32_t *content)
{
    if (direction->encrypt_then_mac &&
        !open_verify_outside(direction, operation, parts->fragment, direction->explicit_nonce_length + parts->length))
        return LK_ERROR_BAD_RECORD_MAC; /* nothing was decrypted */
    if (!open_decrypt(direction, operation, parts))
        return LK_ERROR_CRYPTO;
    uint32_t good;
    if (direction->encrypt_then_mac)
        *content = (uint32_t)parts->length - lk_padding_check(operation->output, parts->length, 0, &good);
    else
        good = open_verify_inside(direction, operation, parts->length, content);
    if (!good)
        return LK_ERROR_BAD_RECORD_MAC;
    /* From here on the record is the peer's, and its length no secret. */
    memcpy(direction->iv, direction->next_iv, sizeof direction->next_iv);
    return *content > LK_RECORD_PLAINTEXT_MAX && !direction->overlong ? LK_ERROR_RECORD_OVERFLOW : LK_OK;
}

/* The key stream goes on with the record, good or not: a direction that was given a forged one opens no other. */
static lk_error open_stream(lk_software_direction *direction, const lk_operation *operation, const opening *parts,
                            uint32_t *content)
{
    int length;
    if (EVP_DecryptUpdate(direction->context, operation->output, &length, parts->ciphertext, (int)parts->length) != 1 ||
        (size_t)length != parts->length)
        return LK_ERROR_CRYPTO;
    *content = (uint32_t)(parts->length - direction->mac.length);
    return open_verify_outside(direction, operation, operation->output, *content) ? LK_OK : LK_ERROR_BAD_RECORD_MAC;
}

lk_error lk_classic_open(lk_software_direction *direction, lk_operation *operation)
{
    opening parts;
    lk_error error = open_parse(direction, operation, &parts);
    if (error != LK_OK)
        return error;
    uint32_t content = (uint32_t)parts.length;
    if (direction->cipher->kind == LK_KIND_CBC)
        error = open_cbc(direction, operation, &parts, &content);
    else if (direction->cipher->kind == LK_KIND_STREAM)
        error = open_stream(direction, operation, &parts, &content);
    else if (!open_verify_outside(direction, operation, parts.fragment, parts.length))
        error = LK_ERROR_BAD_RECORD_MAC;
    else if (content > 0)
        memmove(operation->output, parts.ciphertext, content);
    if (error != LK_OK) {
        lk_secret_wipe(operation->output, parts.length); /* P1 */
        return error;
    }
    operation->content_type = operation->input[0];
    operation->output_length = content;
    return LK_OK;
}
