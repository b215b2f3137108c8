/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/ssl3.h"

#include "base/secret.h"

#include <openssl/evp.h>
#include <string.h>

enum { LETTERS = 26, MD5_LENGTH = 16, SHA1_LENGTH = 20, RANDOM_LENGTH = 32 };

static bool digest(EVP_MD_CTX *context, const char *name, const uint8_t *const *parts, const size_t *lengths,
                   size_t count, uint8_t *out)
{
    EVP_MD *algorithm = EVP_MD_fetch(NULL, name, NULL);
    bool done = algorithm && EVP_DigestInit_ex2(context, algorithm, NULL) == 1;
    for (size_t i = 0; done && i < count; i++)
        done = EVP_DigestUpdate(context, parts[i], lengths[i]) == 1;
    done = done && EVP_DigestFinal_ex(context, out, NULL) == 1;
    EVP_MD_free(algorithm);
    return done;
}

lk_error lk_ssl3_expand(const uint8_t *secret, size_t secret_length, const uint8_t *first, const uint8_t *second,
                        uint8_t *out, size_t length)
{
    uint8_t letters[LETTERS], inner[SHA1_LENGTH], outer[MD5_LENGTH];
    if (length > (size_t)LETTERS * MD5_LENGTH)
        return LK_ERROR_INVALID_ARGUMENT;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context;
    for (size_t at = 0, turn = 1; done && at < length; at += MD5_LENGTH, turn++) {
        size_t step = length - at < MD5_LENGTH ? length - at : MD5_LENGTH;
        memset(letters, 'A' + (int)turn - 1, turn);
        done = digest(context, "SHA1", (const uint8_t *const[]){letters, secret, first, second},
                      (const size_t[]){turn, secret_length, RANDOM_LENGTH, RANDOM_LENGTH}, 4, inner) &&
               digest(context, "MD5", (const uint8_t *const[]){secret, inner},
                      (const size_t[]){secret_length, sizeof inner}, 2, outer);
        memcpy(out + at, outer, step);
    }
    lk_secret_wipe(inner, sizeof inner);
    lk_secret_wipe(outer, sizeof outer);
    EVP_MD_CTX_free(context);
    return done ? LK_OK : LK_ERROR_CRYPTO;
}
