/* SPDX-License-Identifier: Apache-2.0 */
/* Opening one record in software. */
#include "base/reader.h"
#include "base/secret.h"
#include "record/classic.h"
#include "record/record.h"
#include "record/software.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <string.h>

/* What the record holds, once its lengths are known to be good. */
typedef struct opening {
    const uint8_t *header;
    const uint8_t *explicit_nonce;
    const uint8_t *ciphertext;
    size_t length; /* of the ciphertext without its tag */
    const uint8_t *tag;
    uint8_t outer_type;
} opening;

/*
 * RFC 8446 section 5.2: "The length MUST NOT exceed 2^14 + 256 bytes. An endpoint that receives a record that exceeds
 * this length MUST terminate the connection with a "record_overflow" alert." Section 5.4: "The full encoded
 * TLSInnerPlaintext MUST NOT exceed 2^14 + 1 octets." RFC 5246 section 6.2.1: 2^14 bytes of plaintext. All known before
 * decryption.
 */
static lk_error open_check_length(const lk_software_direction *direction, size_t fragment)
{
    bool inner = direction->version == LK_TLS1_3;
    size_t overhead = direction->explicit_nonce_length + direction->cipher->tag_length;
    if (fragment < overhead + (inner ? 1 : 0)) /* TLS 1.3: at least the content type */
        return LK_ERROR_RECORD_TOO_SHORT;
    if (fragment > LK_CIPHERTEXT_MAX)
        return LK_ERROR_RECORD_OVERFLOW;
    if (fragment - overhead > (inner ? LK_INNER_PLAINTEXT_MAX : LK_RECORD_PLAINTEXT_MAX))
        return LK_ERROR_RECORD_OVERFLOW;
    return LK_OK;
}

static lk_error open_parse(const lk_software_direction *direction, const lk_operation *operation, opening *parts)
{
    if (!operation->input || !operation->output)
        return LK_ERROR_INVALID_ARGUMENT;
    lk_reader reader = lk_reader_over(operation->input, operation->input_length);
    parts->header = operation->input;
    parts->outer_type = lk_reader_u8(&reader);
    lk_reader_u16(&reader);
    lk_reader fragment = lk_reader_vector16(&reader);
    if (!lk_reader_finished(&reader))
        return LK_ERROR_INVALID_ARGUMENT;
    lk_error error = open_check_length(direction, fragment.left);
    if (error != LK_OK)
        return error;

    parts->length = fragment.left - direction->explicit_nonce_length - direction->cipher->tag_length;
    parts->explicit_nonce = lk_reader_bytes(&fragment, direction->explicit_nonce_length);
    parts->ciphertext = lk_reader_bytes(&fragment, parts->length);
    parts->tag = lk_reader_bytes(&fragment, direction->cipher->tag_length);
    if (operation->output_capacity < parts->length)
        return LK_ERROR_INVALID_ARGUMENT;
    return operation->sequence == UINT64_MAX ? LK_ERROR_SEQUENCE_EXHAUSTED : LK_OK;
}

static bool open_decrypt(const lk_software_direction *direction, const lk_operation *operation, const opening *parts)
{
    EVP_CIPHER_CTX *context = direction->context;
    bool ccm = lk_cipher_is_ccm(direction->cipher); /* which checks the tag where the message is, an empty one too */
    uint8_t nonce[LK_NONCE_LENGTH];
    lk_software_nonce(direction, operation->sequence, parts->explicit_nonce, nonce);

    uint8_t long_data[LK_ADDITIONAL_DATA_MAX];
    const uint8_t *data = parts->header; /* RFC 8446 section 5.2: the header as it was received */
    size_t data_length = LK_RECORD_HEADER_LENGTH;
    if (direction->version != LK_TLS1_3) {
        data_length = lk_software_additional_data(operation->sequence, parts->header, parts->length, long_data);
        data = long_data;
    }

    /* Nonce and expected tag go in with one call. The parameter's type has no const; libcrypto only reads it. */
    uint8_t tag[EVP_MAX_BLOCK_LENGTH];
    memcpy(tag, parts->tag, direction->cipher->tag_length);
    OSSL_PARAM tag_parameter[] = {
        OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag, direction->cipher->tag_length),
        OSSL_PARAM_construct_end()};
    int length;
    uint8_t nothing[EVP_MAX_BLOCK_LENGTH];
    return EVP_DecryptInit_ex2(context, NULL, NULL, nonce, tag_parameter) == 1 &&
           (!ccm || EVP_DecryptUpdate(context, NULL, &length, NULL, (int)parts->length) == 1) &&
           EVP_DecryptUpdate(context, NULL, &length, data, (int)data_length) == 1 &&
           ((parts->length == 0 && !ccm) ||
            EVP_DecryptUpdate(context, operation->output, &length, parts->ciphertext, (int)parts->length) == 1) &&
           EVP_DecryptFinal_ex(context, nothing, &length) == 1;
}

/*
 * RFC 8446 section 5.4: "the receiving implementation scans the field from the end toward the beginning until it finds
 * a non-zero octet. This non-zero octet is the content type of the message." "Implementations MUST limit their scanning
 * to the cleartext returned from the AEAD decryption".
 *
 * P5: the scan runs after the tag was verified, so a forger learns nothing from it; it looks at the padding and the
 * content type alone, never at content, and its time tells the length of the padding, which the caller is told anyway.
 * (Unlike CBC, where padding is looked at before the record is known to be the peer's.) Returns the length of what
 * stands before the last non-zero byte; length itself when there is none.
 */
static size_t open_strip_padding(const uint8_t *inner, size_t length)
{
    size_t end = length;
    while (end > 0 && inner[end - 1] == 0)
        end--;
    return end > 0 ? end - 1 : length;
}

lk_error lk_software_open(lk_software_direction *direction, lk_operation *operation)
{
    operation->output_length = 0;
    if (direction->cipher->kind != LK_KIND_AEAD)
        return lk_classic_open(direction, operation);
    opening parts;
    lk_error error = open_parse(direction, operation, &parts);
    if (error != LK_OK)
        return error;
    if (!open_decrypt(direction, operation, &parts)) {
        /* P1: libcrypto decrypts as it goes, and knows of the forgery only at the end. */
        lk_secret_wipe(operation->output, parts.length);
        return LK_ERROR_BAD_RECORD_MAC;
    }
    if (direction->version != LK_TLS1_3) {
        operation->content_type = parts.outer_type;
        operation->output_length = parts.length;
        return LK_OK;
    }
    size_t content = open_strip_padding(operation->output, parts.length);
    if (content == parts.length)
        return LK_ERROR_NO_CONTENT_TYPE;
    operation->content_type = operation->output[content];
    operation->output_length = content;
    return LK_OK;
}
