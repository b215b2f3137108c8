/* SPDX-License-Identifier: Apache-2.0 */
/* AES, AES-CBC, GHASH and AES-GCM against the vectors of NIST's CAVP, and AES-GCM against the records of RFC 8448. */
#include "record/rfc8448_records.h"
#include "rtl/crypto/crypto_model.h"
#include "rtl/crypto/vectors.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

enum { MESSAGE_MAX = 256, AAD_MAX = 128, RECORD_MAX = 1024, HEADER = 5, DIGIT_8 = 1 };

static crypto_model *model;

static void open_model(void)
{
    model = crypto_model_new();
    cr_assert_not_null(model);
}

static void close_model(void)
{
    crypto_model_free(model);
}

TestSuite(vectors_aes, .init = open_model, .fini = close_model);

/* The names of CAVP's files of known answers and of messages of many blocks, and sizes of keys. */
static const char *const files[] = {"GFSbox", "KeySbox", "VarKey", "VarTxt", "MMT"};
static const int sizes[] = {128, 256};

typedef void check_function(vectors *file);

/* One check for every vector of every file of a mode. */
static void check_files(const char *mode, check_function *check)
{
    for (size_t i = 0; i < sizeof files / sizeof files[0] * 2; i++) {
        char path[64];
        snprintf(path, sizeof path, "ciphers/AES/%s/%s%s%d.rsp", mode, mode, files[i / 2], sizes[i % 2]);
        vectors *file = vectors_open(path);
        while (vectors_next(file)) {
            check(file);
            vectors_use(file);
        }
        vectors_close(file);
    }
}

static void load_key(const vectors *file)
{
    uint8_t key[CRYPTO_KEY_LONG];
    crypto_model_key(model, key, vectors_bytes(file, "Key", key, sizeof key));
}

static void check_blocks(vectors *file)
{
    uint8_t in[MESSAGE_MAX], wanted[MESSAGE_MAX], got[MESSAGE_MAX];
    bool decrypt = vectors_has(file, "DECRYPT");
    size_t length = vectors_bytes(file, decrypt ? "CIPHERTEXT" : "PLAINTEXT", in, sizeof in);
    cr_assert_eq(vectors_bytes(file, decrypt ? "PLAINTEXT" : "CIPHERTEXT", wanted, sizeof wanted), length);
    load_key(file);
    for (size_t done = 0; done < length; done += CRYPTO_BLOCK) {
        if (decrypt) {
            crypto_model_decrypt(model, in + done, got + done);
        } else {
            crypto_model_encrypt(model, in + done, got + done);
        }
    }
    cr_assert_arr_eq(got, wanted, length);
}

Test(vectors_aes, aes_gives_the_blocks_of_cavp)
{
    check_files("ECB", check_blocks);
}

static void check_chain(vectors *file)
{
    uint8_t iv[CRYPTO_BLOCK], in[MESSAGE_MAX], wanted[MESSAGE_MAX], got[MESSAGE_MAX], last[CRYPTO_BLOCK];
    bool decrypt = vectors_has(file, "DECRYPT");
    size_t length = vectors_bytes(file, decrypt ? "CIPHERTEXT" : "PLAINTEXT", in, sizeof in);
    cr_assert_eq(vectors_bytes(file, decrypt ? "PLAINTEXT" : "CIPHERTEXT", wanted, sizeof wanted), length);
    cr_assert_eq(vectors_bytes(file, "IV", iv, sizeof iv), sizeof iv);
    load_key(file);
    crypto_model_cbc(model, &(crypto_cbc){.decrypt = decrypt, .iv = iv}, in, length, got, last);
    cr_assert_arr_eq(got, wanted, length);
}

Test(vectors_aes, aes_cbc_gives_the_messages_of_cavp)
{
    check_files("CBC", check_chain);
}

/* A vector of CAVP for AES-GCM. */
typedef struct gcm_vector {
    uint8_t key[CRYPTO_KEY_LONG], nonce[CRYPTO_NONCE], aad[AAD_MAX], plaintext[MESSAGE_MAX], ciphertext[MESSAGE_MAX];
    uint8_t tag[CRYPTO_BLOCK];
    size_t key_length, aad_length, length, tag_length;
    bool decrypt, fails; /* the tag is not that of the ciphertext; then there is no plaintext */
} gcm_vector;

static void read_gcm(const vectors *file, gcm_vector *vector)
{
    vector->fails = vectors_has(file, "FAIL");
    vector->key_length = vectors_bytes(file, "Key", vector->key, sizeof vector->key);
    vectors_bytes(file, "IV", vector->nonce, sizeof vector->nonce);
    vector->aad_length = vectors_bytes(file, "AAD", vector->aad, sizeof vector->aad);
    vector->length = vectors_bytes(file, "CT", vector->ciphertext, sizeof vector->ciphertext);
    vector->tag_length = vectors_bytes(file, "Tag", vector->tag, sizeof vector->tag);
    if (!vector->fails) {
        cr_assert_eq(vectors_bytes(file, "PT", vector->plaintext, sizeof vector->plaintext), vector->length);
    }
}

typedef void gcm_function(const gcm_vector *vector, uint8_t *out, uint8_t *tag);

/* Nonces of 96 bits are those of TLS. bare: vectors without associated data alone. */
static void check_gcm(bool bare, gcm_function *gcm)
{
    for (size_t i = 0; i < 4; i++) {
        char path[64];
        bool decrypt = i / 2 == 1;
        snprintf(path, sizeof path, "ciphers/AES/GCM/gcm%s%d.rsp", decrypt ? "Decrypt" : "EncryptExtIV", sizes[i % 2]);
        vectors *file = vectors_open(path);
        while (vectors_next(file)) {
            gcm_vector vector = {.decrypt = decrypt};
            uint8_t out[MESSAGE_MAX], tag[CRYPTO_BLOCK];
            if (vectors_number(file, "IVlen") != 8 * CRYPTO_NONCE || (bare && vectors_number(file, "AADlen") > 0)) {
                continue;
            }
            read_gcm(file, &vector);
            gcm(&vector, out, tag);
            cr_assert_eq(memcmp(tag, vector.tag, vector.tag_length) != 0, vector.fails);
            if (!vector.fails && vector.length > 0) {
                cr_assert_arr_eq(out, decrypt ? vector.plaintext : vector.ciphertext, vector.length);
            }
            vectors_use(file);
        }
        vectors_close(file);
    }
}

static void gcm_by_mode(const gcm_vector *vector, uint8_t *out, uint8_t *tag)
{
    crypto_model_gcm_key(model, vector->key, vector->key_length);
    crypto_model_gcm(model, &(crypto_gcm){.decrypt = vector->decrypt, .nonce = vector->nonce},
                     vector->decrypt ? vector->ciphertext : vector->plaintext, vector->length, out, tag);
}

/* A TLS record has 5 or 13 bytes of associated data, and so the ports have up to 15: of CAVP's lengths, none but 0 is
 * one of those. */
Test(vectors_aes, aes_gcm_gives_the_messages_of_cavp_without_associated_data)
{
    check_gcm(true, gcm_by_mode);
}

static size_t blocks_of(size_t length)
{
    return (length + CRYPTO_BLOCK - 1) / CRYPTO_BLOCK * CRYPTO_BLOCK;
}

static void put_bits(size_t bytes, uint8_t *out)
{
    for (size_t i = 0; i < sizeof bytes; i++) {
        out[7 - i] = (uint8_t)(8 * bytes >> (8 * i));
    }
}

/* NIST SP 800-38D section 7.1, on the cipher and the hash. */
static void gcm_by_parts(const gcm_vector *vector, uint8_t *out, uint8_t *tag)
{
    const uint8_t *in = vector->decrypt ? vector->ciphertext : vector->plaintext, zeros[CRYPTO_BLOCK] = {0};
    uint8_t counter[CRYPTO_BLOCK] = {0}, hash_key[CRYPTO_BLOCK], mask[CRYPTO_BLOCK], keystream[CRYPTO_BLOCK];
    uint8_t hashed[AAD_MAX + MESSAGE_MAX + CRYPTO_BLOCK] = {0}, hashes[CRYPTO_DIGITS][CRYPTO_BLOCK];
    size_t aad = blocks_of(vector->aad_length), data = blocks_of(vector->length);
    unsigned cycles = 0;
    crypto_model_key(model, vector->key, vector->key_length);
    crypto_model_encrypt(model, zeros, hash_key);
    memcpy(counter, vector->nonce, CRYPTO_NONCE);
    counter[CRYPTO_BLOCK - 1] = 1;
    crypto_model_encrypt(model, counter, mask);
    for (size_t i = 0; i < vector->length; i++) {
        if (i % CRYPTO_BLOCK == 0) {
            counter[CRYPTO_BLOCK - 1]++;
            crypto_model_encrypt(model, counter, keystream);
        }
        out[i] = in[i] ^ keystream[i % CRYPTO_BLOCK];
    }
    memcpy(hashed, vector->aad, vector->aad_length);
    memcpy(hashed + aad, vector->decrypt ? in : out, vector->length);
    put_bits(vector->aad_length, hashed + aad + data);
    put_bits(vector->length, hashed + aad + data + CRYPTO_BLOCK / 2);
    crypto_model_ghash(model, hash_key, hashed, (aad + data) / CRYPTO_BLOCK + 1, hashes, &cycles);
    for (int i = 0; i < CRYPTO_BLOCK; i++) {
        tag[i] = hashes[DIGIT_8][i] ^ mask[i];
    }
    for (int digit = 0; digit < CRYPTO_DIGITS; digit++) {
        cr_assert_arr_eq(hashes[digit], hashes[DIGIT_8], CRYPTO_BLOCK);
    }
}

Test(vectors_aes, aes_and_ghash_give_the_messages_of_cavp_for_gcm)
{
    check_gcm(false, gcm_by_parts);
}

/* RFC 8446 sections 5.2 and 5.3: what a record of TLS 1.3 is made of. */
static void check_record(const lk_trace_record *trace)
{
    uint8_t inner[RECORD_MAX], nonce[CRYPTO_NONCE], out[RECORD_MAX], tag[CRYPTO_BLOCK];
    size_t length = trace->plaintext_length + 1;
    cr_assert(length <= RECORD_MAX && trace->record_length == HEADER + length + CRYPTO_BLOCK);
    memcpy(inner, trace->plaintext, trace->plaintext_length);
    inner[trace->plaintext_length] = trace->content_type;
    memcpy(nonce, trace->iv, CRYPTO_NONCE);
    for (int i = 0; i < 8; i++) {
        nonce[CRYPTO_NONCE - 1 - i] ^= (uint8_t)(trace->sequence >> (8 * i));
    }
    crypto_gcm message = {.nonce = nonce, .aad = trace->record, .aad_length = HEADER};
    crypto_model_gcm_key(model, trace->key, CRYPTO_KEY_SHORT);
    crypto_model_gcm(model, &message, inner, length, out, tag);
    cr_assert_arr_eq(out, trace->record + HEADER, length, "%s", trace->title);
    cr_assert_arr_eq(tag, trace->record + HEADER + length, CRYPTO_BLOCK, "%s", trace->title);
    message.decrypt = true;
    crypto_model_gcm(model, &message, trace->record + HEADER, length, out, tag);
    cr_assert_arr_eq(out, inner, length, "%s", trace->title);
    cr_assert_arr_eq(tag, trace->record + HEADER + length, CRYPTO_BLOCK, "%s", trace->title);
}

Test(vectors_aes, aes_gcm_gives_the_records_of_rfc_8448)
{
    const size_t count = sizeof rfc8448_records / sizeof rfc8448_records[0];
    for (size_t i = 0; i < count; i++) {
        check_record(&rfc8448_records[i]);
    }
    printf("%zu records of RFC 8448\n", count);
}
