/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/randomness.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { STREAM_LENGTH = 32768, STRENGTH = 256 };

static void set(EVP_RAND_CTX *generator, uint8_t *bytes)
{
    unsigned strength = STRENGTH;
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_octet_string(OSSL_RAND_PARAM_TEST_ENTROPY, bytes, STREAM_LENGTH),
                               OSSL_PARAM_construct_uint(OSSL_RAND_PARAM_STRENGTH, &strength),
                               OSSL_PARAM_construct_end()};
    if (!generator || EVP_RAND_CTX_set_params(generator, parameters) != 1)
        abort();
}

void fuzz_randomness_start(unsigned stream)
{
    static uint8_t bytes[STREAM_LENGTH];
    static bool chosen;
    uint32_t state = 2463534242u + stream;
    if (!chosen && RAND_set_DRBG_type(NULL, "TEST-RAND", NULL, NULL, NULL) != 1)
        abort();
    chosen = true;
    for (size_t i = 0; i < STREAM_LENGTH; i++) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        bytes[i] = (uint8_t)(state >> 24);
    }
    set(RAND_get0_public(NULL), bytes);
    set(RAND_get0_private(NULL), bytes);
}
