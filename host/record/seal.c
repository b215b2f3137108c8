/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing one record in software. */
#include "base/secret.h"
#include "base/writer.h"
#include "record/classic.h"
#include "record/record.h"
#include "record/software.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <string.h>

/* Where the parts of the record stand, once its lengths are known to be good. */
typedef struct sealing {
    uint8_t *header;
    uint8_t *explicit_nonce;
    uint8_t *ciphertext;
    size_t plaintext_length;
    size_t tail_length; /* content type and padding (TLS 1.3), encrypted behind the plaintext */
    size_t record_length;
} sealing;

static size_t seal_length(const lk_software_direction *direction, const lk_operation *operation)
{
    return lk_record_length(direction->version, direction->cipher, direction->encrypt_then_mac, operation->input_length,
                            operation->padding);
}

/* RFC 8446 section 5.5: how much one key protects is limited. */
static bool has_reached(const lk_software_direction *direction, uint32_t limit)
{
    return direction->limited && direction->next >= limit;
}

static lk_error seal_check(const lk_software_direction *direction, const lk_operation *operation)
{
    bool padded = operation->padding != 0;
    if (operation->content_type == 0 || (operation->input_length > 0 && !operation->input) || !operation->output)
        return LK_ERROR_INVALID_ARGUMENT;
    if (direction->version != LK_TLS1_3 && padded)
        return LK_ERROR_INVALID_ARGUMENT;
    /* RFC 8446 section 5.1: "The length MUST NOT exceed 2^14 bytes." With padding: 2^14 + 1 (section 5.4). */
    if (operation->input_length > LK_RECORD_PLAINTEXT_MAX ||
        operation->input_length + operation->padding > LK_RECORD_PLAINTEXT_MAX)
        return LK_ERROR_INVALID_ARGUMENT;
    if (operation->output_capacity < seal_length(direction, operation))
        return LK_ERROR_INVALID_ARGUMENT;
    /* RFC 8446 section 5.3: sequence numbers do not wrap; 2^64-1 is left out so that `next` never does either. */
    if (operation->sequence == UINT64_MAX)
        return LK_ERROR_SEQUENCE_EXHAUSTED;
    if (operation->sequence < direction->next)
        return LK_ERROR_SEQUENCE_REUSED;
    return has_reached(direction, direction->hard_limit) ? LK_ERROR_SEQUENCE_EXHAUSTED : LK_OK;
}

/* The header, the explicit nonce, and (TLS 1.3) the content type and padding as they are before encryption. */
static sealing seal_frame(const lk_software_direction *direction, const lk_operation *operation)
{
    bool inner = direction->version == LK_TLS1_3;
    sealing parts = {.plaintext_length = operation->input_length};
    parts.tail_length = inner ? 1u + operation->padding : 0;
    parts.record_length = seal_length(direction, operation);

    lk_writer writer = lk_writer_into(operation->output, parts.record_length);
    parts.header = lk_writer_reserve(&writer, 0);
    lk_writer_u8(&writer, inner ? LK_CONTENT_APPLICATION_DATA : operation->content_type);
    lk_writer_u16(&writer, inner ? LK_TLS1_2 : direction->version); /* RFC 8446 section 5.2 */
    lk_writer_u16(&writer, (uint16_t)(parts.record_length - LK_RECORD_HEADER_LENGTH));
    if (direction->cipher->kind != LK_KIND_AEAD)
        return parts;
    parts.explicit_nonce = writer.start + writer.length;
    if (direction->explicit_nonce_length > 0)
        lk_writer_u64(&writer, operation->sequence); /* RFC 5288 section 3 allows it, and it never repeats */
    parts.ciphertext = lk_writer_reserve(&writer, parts.plaintext_length);
    if (inner) {
        lk_writer_u8(&writer, operation->content_type);
        lk_writer_zeros(&writer, operation->padding);
    }
    return parts;
}

/* The plaintext from where it is, then what stands behind it already: no copy. */
static bool seal_parts(EVP_CIPHER_CTX *context, const lk_operation *operation, const sealing *parts)
{
    uint8_t *tail = parts->ciphertext + parts->plaintext_length;
    int length;
    return (parts->plaintext_length == 0 || EVP_EncryptUpdate(context, parts->ciphertext, &length, operation->input,
                                                              (int)parts->plaintext_length) == 1) &&
           (parts->tail_length == 0 || EVP_EncryptUpdate(context, tail, &length, tail, (int)parts->tail_length) == 1);
}

/* AES-CCM takes a message in one piece: the plaintext is put in front of its tail first. */
static bool seal_whole(EVP_CIPHER_CTX *context, const lk_operation *operation, const sealing *parts)
{
    int length;
    if (parts->plaintext_length > 0)
        memmove(parts->ciphertext, operation->input, parts->plaintext_length);
    return EVP_EncryptUpdate(context, parts->ciphertext, &length, parts->ciphertext,
                             (int)(parts->plaintext_length + parts->tail_length)) == 1;
}

static bool seal_encrypt(const lk_software_direction *direction, const lk_operation *operation, const sealing *parts)
{
    EVP_CIPHER_CTX *context = direction->context;
    bool ccm = lk_cipher_is_ccm(direction->cipher);
    uint8_t nonce[LK_NONCE_LENGTH];
    lk_software_nonce(direction, operation->sequence, parts->explicit_nonce, nonce);

    uint8_t long_data[LK_ADDITIONAL_DATA_MAX];
    const uint8_t *data = parts->header; /* RFC 8446 section 5.2: the additional data is the header */
    size_t data_length = LK_RECORD_HEADER_LENGTH;
    if (direction->version != LK_TLS1_3) {
        data_length =
            lk_software_additional_data(operation->sequence, parts->header, parts->plaintext_length, long_data);
        data = long_data;
    }

    size_t inner_length = parts->plaintext_length + parts->tail_length;
    uint8_t *tag = parts->ciphertext + inner_length;
    OSSL_PARAM tag_parameter[] = {
        OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag, direction->cipher->tag_length),
        OSSL_PARAM_construct_end()};
    int length;
    return EVP_EncryptInit_ex2(context, NULL, NULL, nonce, NULL) == 1 &&
           (!ccm || EVP_EncryptUpdate(context, NULL, &length, NULL, (int)inner_length) == 1) &&
           EVP_EncryptUpdate(context, NULL, &length, data, (int)data_length) == 1 &&
           (ccm ? seal_whole(context, operation, parts) : seal_parts(context, operation, parts)) &&
           EVP_EncryptFinal_ex(context, tag, &length) == 1 && EVP_CIPHER_CTX_get_params(context, tag_parameter) == 1;
}

lk_error lk_software_seal(lk_software_direction *direction, lk_operation *operation)
{
    operation->output_length = 0;
    operation->near_limit = false;
    lk_error error = seal_check(direction, operation);
    if (error != LK_OK)
        return error;
    operation->near_limit = has_reached(direction, direction->soft_limit);
    /* Before the cipher runs: were it to fail half-way, the number would count as used (P2). */
    direction->next = operation->sequence + 1;
    sealing parts = seal_frame(direction, operation);
    bool aead = direction->cipher->kind == LK_KIND_AEAD;
    if (!(aead ? seal_encrypt(direction, operation, &parts) : lk_classic_seal(direction, operation))) {
        lk_secret_wipe(operation->output, parts.record_length);
        return LK_ERROR_CRYPTO;
    }
    operation->output_length = parts.record_length;
    return LK_OK;
}
