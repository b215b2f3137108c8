/* SPDX-License-Identifier: Apache-2.0 */
/* ChaCha20, Poly1305 and ChaCha20-Poly1305 against the vectors of RFC 7539, which are those of RFC 8439, and of others.
 */
#include "rtl/crypto/chacha_model.h"
#include "rtl/crypto/vectors.h"

#include <criterion/criterion.h>

#include <string.h>

enum { MESSAGE_MAX = 2048, BLOCK = 16 };

static chacha_model *model;

static void open_model(void)
{
    model = chacha_model_new();
    cr_assert_not_null(model);
}

static void close_model(void)
{
    chacha_model_free(model);
}

TestSuite(vectors_chacha, .init = open_model, .fini = close_model);

static void load_key(const vectors *file)
{
    uint8_t key[CHACHA_KEY];
    cr_assert_eq(vectors_bytes(file, "Key", key, sizeof key), sizeof key);
    chacha_model_key(model, key);
}

static void encrypt(const uint8_t *nonce, uint32_t counter, const uint8_t *in, size_t length, uint8_t *out)
{
    static uint8_t keystream[MESSAGE_MAX + CHACHA_BLOCK];
    uint32_t blocks = (uint32_t)((length + CHACHA_BLOCK - 1) / CHACHA_BLOCK);
    chacha_model_blocks(model, nonce, NULL, counter, blocks, 0, keystream);
    for (size_t i = 0; i < length; i++) {
        out[i] = in[i] ^ keystream[i];
    }
}

Test(vectors_chacha, chacha20_gives_the_ciphertexts_of_rfc_8439_appendix_a_2)
{
    static uint8_t in[MESSAGE_MAX], wanted[MESSAGE_MAX], got[MESSAGE_MAX];
    vectors *file = vectors_open("ciphers/ChaCha20/rfc7539.txt");
    while (vectors_next(file)) {
        uint8_t nonce[CHACHA_NONCE];
        size_t length = vectors_bytes(file, "PLAINTEXT", in, sizeof in);
        cr_assert_eq(vectors_bytes(file, "CIPHERTEXT", wanted, sizeof wanted), length);
        cr_assert_eq(vectors_bytes(file, "NONCE", nonce, sizeof nonce), sizeof nonce);
        load_key(file);
        encrypt(nonce, (uint32_t)vectors_number(file, "INITIAL_BLOCK_COUNTER"), in, length, got);
        cr_assert_arr_eq(got, wanted, length);
        vectors_use(file);
    }
    vectors_close(file);
}

Test(vectors_chacha, poly1305_gives_the_tags_of_rfc_8439_appendix_a_3)
{
    static uint8_t message[MESSAGE_MAX];
    vectors *file = vectors_open("poly1305/rfc7539.txt");
    while (vectors_next(file)) {
        uint8_t key[CHACHA_KEY], wanted[CHACHA_TAG], got[CHACHA_TAG];
        size_t length = vectors_bytes(file, "MSG", message, sizeof message);
        cr_assert_eq(vectors_bytes(file, "KEY", key, sizeof key), sizeof key);
        cr_assert_eq(vectors_bytes(file, "TAG", wanted, sizeof wanted), sizeof wanted);
        chacha_model_poly1305(model, key, message, length, got);
        cr_assert_arr_eq(got, wanted, CHACHA_TAG);
        vectors_use(file);
    }
    vectors_close(file);
}

/* A vector for ChaCha20-Poly1305. */
typedef struct aead_vector {
    uint8_t nonce[CHACHA_NONCE], aad[MESSAGE_MAX], plaintext[MESSAGE_MAX], ciphertext[MESSAGE_MAX], tag[CHACHA_TAG];
    size_t aad_length, length;
    bool fails; /* the tag is not that of the ciphertext */
} aead_vector;

/* What one file calls IN, the other calls Plaintext. */
static size_t either(const vectors *file, const char *name, const char *other, uint8_t *out, size_t capacity)
{
    return vectors_bytes(file, vectors_has(file, name) ? name : other, out, capacity);
}

static void read_aead(const vectors *file, aead_vector *vector)
{
    vector->fails = vectors_has(file, "Result");
    vector->length = either(file, "IN", "Plaintext", vector->plaintext, sizeof vector->plaintext);
    vector->aad_length = either(file, "AD", "AAD", vector->aad, sizeof vector->aad);
    cr_assert_eq(either(file, "NONCE", "IV", vector->nonce, CHACHA_NONCE), CHACHA_NONCE);
    cr_assert_eq(either(file, "CT", "Ciphertext", vector->ciphertext, sizeof vector->ciphertext), vector->length);
    cr_assert_eq(vectors_bytes(file, "Tag", vector->tag, CHACHA_TAG), CHACHA_TAG);
}

/* Encrypts or decrypts; false when the vector does not fit. */
typedef bool aead_function(const aead_vector *vector, bool decrypt, uint8_t *out, uint8_t *tag);

static void check_aead(const char *path, aead_function *aead)
{
    static aead_vector vector;
    static uint8_t out[MESSAGE_MAX];
    vectors *file = vectors_open(path);
    while (vectors_next(file)) {
        uint8_t tag[CHACHA_TAG];
        read_aead(file, &vector);
        load_key(file);
        for (int decrypt = 0; decrypt <= 1; decrypt++) {
            if (!aead(&vector, decrypt, out, tag)) {
                continue;
            }
            cr_assert_eq(memcmp(tag, vector.tag, CHACHA_TAG) != 0, vector.fails);
            if (vector.length > 0) {
                cr_assert_arr_eq(out, decrypt ? vector.plaintext : vector.ciphertext, vector.length);
            }
            if (decrypt) {
                vectors_use(file);
            }
        }
    }
    vectors_close(file);
}

static bool aead_by_mode(const aead_vector *vector, bool decrypt, uint8_t *out, uint8_t *tag)
{
    const chacha_message message = {.nonce = vector->nonce,
                                    .aad = vector->aad,
                                    .aad_length = vector->aad_length,
                                    .data = decrypt ? vector->ciphertext : vector->plaintext,
                                    .length = vector->length,
                                    .decrypt = decrypt};
    chacha_cycles cycles;
    if (vector->aad_length == 0 || vector->aad_length > CHACHA_AAD_MAX) {
        return false;
    }
    cr_assert(chacha_model_message(model, &message, out, tag, &cycles));
    return true;
}

Test(vectors_chacha, chacha20_poly1305_gives_the_messages_with_as_much_associated_data_as_a_record_has)
{
    check_aead("ciphers/ChaCha20Poly1305/boringssl.txt", aead_by_mode);
    check_aead("ciphers/ChaCha20Poly1305/openssl.txt", aead_by_mode);
}

/* Puts bytes behind those that are there, and zeros up to a whole block. */
static size_t put(uint8_t *all, size_t at, const uint8_t *bytes, size_t length)
{
    size_t end = (at + length + BLOCK - 1) / BLOCK * BLOCK;
    memset(all + at, 0, end - at);
    memcpy(all + at, bytes, length);
    return end;
}

/* RFC 8439 section 2.8, on the cipher and the authenticator. */
static bool aead_by_parts(const aead_vector *vector, bool decrypt, uint8_t *out, uint8_t *tag)
{
    static uint8_t hashed[2 * MESSAGE_MAX + 3 * BLOCK];
    uint8_t key[CHACHA_BLOCK], lengths[BLOCK] = {0};
    for (int i = 0; i < 8; i++) {
        lengths[i] = (uint8_t)(vector->aad_length >> (8 * i));
        lengths[8 + i] = (uint8_t)(vector->length >> (8 * i));
    }
    chacha_model_blocks(model, vector->nonce, NULL, 0, 1, 0, key);
    encrypt(vector->nonce, 1, decrypt ? vector->ciphertext : vector->plaintext, vector->length, out);
    size_t end = put(hashed, 0, vector->aad, vector->aad_length);
    end = put(hashed, end, decrypt ? vector->ciphertext : out, vector->length);
    end = put(hashed, end, lengths, sizeof lengths);
    chacha_model_poly1305(model, key, hashed, end, tag);
    return true;
}

Test(vectors_chacha, chacha20_and_poly1305_give_all_messages)
{
    check_aead("ciphers/ChaCha20Poly1305/boringssl.txt", aead_by_parts);
    check_aead("ciphers/ChaCha20Poly1305/openssl.txt", aead_by_parts);
}
