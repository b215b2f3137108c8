/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tests/record/constant_time runs under callgrind: opens records of one length with every kind of end, and names
 * each on standard output, in order. One version and cipher a run.
 */
#include "classic_reference.h"
#include "support.h"

#include "record/record.h"

#include <openssl/crypto.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOTAL = 1024, WARM_UP = 3 }; /* bytes decrypted; the first openings allocate what later ones use again */

static const int paddings[] = {0, 1, 7, 8, 14, 15, 16, 43, 44, 100, 107, 108, 200, 254, 255};

static uint8_t plaintext[TOTAL], record[LK_RECORD_CBC_MAX], opened[LK_RECORD_CBC_MAX];
static const uint8_t iv[LK_IV_MAX] = "sixteen bytes IV";
static uint8_t chain[LK_IV_MAX]; /* up to TLS 1.0: the last block of the record before */

typedef enum fault { NO_FAULT, WRONG_MAC, WRONG_PADDING } fault;

static void open_one(lk_direction *direction, const lk_direction_parameters *parameters, int padding, fault wrong)
{
    bool free_content = parameters->version == LK_SSL3; /* of the padding: only its length can be wrong */
    static const char *const classes[] = {"good", "forged", "forged"}, *const names[] = {"", " MAC", " padding"};
    classic_record description = {.content_type = LK_CONTENT_APPLICATION_DATA,
                                  .plaintext = plaintext,
                                  .length = TOTAL - parameters->cipher->tag_length - 1u - (size_t)padding,
                                  .iv = parameters->version <= LK_TLS1_0 ? chain : iv,
                                  .padding = padding,
                                  .wrong_mac = wrong == WRONG_MAC,
                                  .wrong_padding = wrong == WRONG_PADDING ? (free_content ? 0x90 : 1) : 0,
                                  .padding_place = free_content ? 0 : (size_t)padding};
    lk_operation operation = {.input = record,
                              .input_length = classic_reference(parameters, &description, record),
                              .output = opened,
                              .output_capacity = sizeof opened};
    lk_error status = support_run(direction, &operation);
    if (status != (wrong == NO_FAULT ? LK_OK : LK_ERROR_BAD_RECORD_MAC))
        abort();
    const size_t block = parameters->cipher->block_length;
    if (status == LK_OK)
        memcpy(chain, record + operation.input_length - block, block);
    printf("%s padding %d%s\n", classes[wrong], padding, names[wrong]);
}

int main(int argc, char **argv)
{
    const lk_cipher *cipher = argc == 3 ? lk_cipher_find((unsigned)strtoul(argv[1], NULL, 10)) : NULL;
    uint16_t version = argc == 3 ? (uint16_t)strtoul(argv[2], NULL, 0) : 0;
    if (!cipher || cipher->kind != LK_KIND_CBC || !lk_cipher_allows(cipher, version)) {
        fputs("usage: constant_time_open CIPHER VERSION (numbers in docs/suites.md, of CBC ciphers)\n", stderr);
        return EXIT_FAILURE;
    }
    lk_engine *engine = support_software();
    lk_direction_parameters parameters = support_parameters(LK_OPEN, version, cipher, 1);
    memcpy(chain, parameters.iv, sizeof chain);
    lk_direction *direction = support_open(engine, &parameters);
    support_fill(plaintext, sizeof plaintext, 1);
    for (int i = 0; i < WARM_UP; i++)
        open_one(direction, &parameters, 9, NO_FAULT);
    for (size_t i = 0; i < sizeof paddings / sizeof paddings[0]; i++) {
        if (version == LK_SSL3 && paddings[i] >= cipher->block_length)
            break;
        open_one(direction, &parameters, paddings[i], NO_FAULT);
        open_one(direction, &parameters, paddings[i], WRONG_MAC);
        if (paddings[i] > 0)
            open_one(direction, &parameters, paddings[i], WRONG_PADDING);
    }
    lk_direction_close(direction);
    lk_engine_free(engine);
    return EXIT_SUCCESS;
}
