/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <openssl/crypto.h>

void lk_secret_wipe(void *secret, size_t length)
{
    OPENSSL_cleanse(secret, length);
}

bool lk_secret_equal(const void *a, const void *b, size_t length)
{
    return CRYPTO_memcmp(a, b, length) == 0;
}
