/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tests/handshake/constant_time runs under callgrind: a server takes in premaster secrets that are good, or wrong
 * in each way, and names each on standard output, in order.
 */
#include "rsa_blocks.h"

#include <stdio.h>
#include <stdlib.h>

enum { WARM_UP = 40, ROUNDS = 20 }; /* the first openings allocate, and blind anew, what later ones use again */

int main(void)
{
    size_t count = 0;
    const rsa_block *rows = rsa_blocks(&count);
    lk_handshake_settings settings = {.key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)8 * RSA_BLOCK)};
    lk_handshake *handshake = calloc(1, sizeof *handshake);
    if (!settings.key || !handshake)
        abort();
    handshake->settings = &settings;
    handshake->version = handshake->hello_version = LK_TLS1_2;
    for (size_t i = 0; i < WARM_UP + ROUNDS * count; i++) {
        uint8_t block[RSA_BLOCK], message[2 + RSA_BLOCK];
        const rsa_block *row = &rows[i < WARM_UP ? 0 : (i - WARM_UP) % count];
        size_t length = rsa_message(settings.key, row, block, message);
        if (rsa_take(handshake, message, length) != LK_OK)
            abort();
        printf("%s\n", row->what);
    }
    EVP_PKEY_free(settings.key);
    free(handshake);
    return EXIT_SUCCESS;
}
