/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The software engine against libcrypto alone, in the same process, on the same libcrypto: TLS 1.3 records sealed and
 * opened through the engine seam, and the same plaintexts by the fewest EVP calls that encrypt and authenticate them.
 * Timed in pairs, one after the other, so that a change of the clock or of the machine's load meets both.
 */
#include "bench/report.h"
#include "record/record.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    SIZES = 5,
    CIPHERS = 3,
    PAIRS = 501,
    PAIRS_QUICK = 101,
    TAG_LENGTH = 16,
    SLICE_BYTES = 1 << 18, /* of plaintext in one timing, and no fewer records than: */
    SLICE_RECORDS = 100,
    TEXT_MAX = 96
};

static const int sizes[SIZES] = {64, 256, 1024, 4096, 16384};

static const struct {
    lk_cipher_id id;
    const char *name;      /* in the names of figures */
    const char *algorithm; /* libcrypto's */
} ciphers[CIPHERS] = {{LK_CIPHER_AES_128_GCM, "aes128gcm", "AES-128-GCM"},
                      {LK_CIPHER_AES_256_GCM, "aes256gcm", "AES-256-GCM"},
                      {LK_CIPHER_CHACHA20_POLY1305, "chacha20poly1305", "ChaCha20-Poly1305"}};

/* One cipher, one size, one way; both contenders. */
typedef struct lk_contest {
    bool seal;
    int size;
    lk_direction *direction;
    uint64_t sequence;
    EVP_CIPHER_CTX *context;
    bool failed;
    uint8_t plaintext[LK_RECORD_PLAINTEXT_MAX];
    uint8_t record[LK_RECORD_MAX]; /* ours */
    size_t record_length;
    uint8_t ciphertext[LK_RECORD_MAX]; /* EVP's */
    uint8_t tag[TAG_LENGTH];
    uint8_t output[LK_RECORD_MAX];
} lk_contest;

static const uint8_t key[LK_KEY_MAX] = {1, 2, 3, 4, 5, 6, 7, 8};
static const uint8_t nonce[12] = {9, 10, 11, 12};
static const uint8_t header[LK_RECORD_HEADER_LENGTH] = {23, 3, 3, 0, 0};

/* Of processor time, so that what else the machine does counts for neither. */
static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void engine_once(lk_contest *contest)
{
    lk_operation operation = {.sequence = contest->seal ? contest->sequence++ : 0,
                              .content_type = contest->seal ? LK_CONTENT_APPLICATION_DATA : 0,
                              .input = contest->seal ? contest->plaintext : contest->record,
                              .input_length = contest->seal ? (size_t)contest->size : contest->record_length,
                              .output = contest->output,
                              .output_capacity = sizeof contest->output};
    lk_operation *batch[] = {&operation};
    size_t accepted;
    (void)lk_direction_submit(contest->direction, batch, 1, &accepted);
    if (operation.state != LK_OPERATION_DONE || operation.status != LK_OK)
        contest->failed = true;
}

static void evp_once(lk_contest *contest)
{
    EVP_CIPHER_CTX *context = contest->context;
    const uint8_t *input = contest->seal ? contest->plaintext : contest->ciphertext;
    int length;
    bool done = EVP_CipherInit_ex2(context, NULL, NULL, nonce, -1, NULL) == 1;
    if (!contest->seal)
        done = done && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_LENGTH, contest->tag) == 1;
    done = done && EVP_CipherUpdate(context, NULL, &length, header, sizeof header) == 1 &&
           EVP_CipherUpdate(context, contest->output, &length, input, contest->size) == 1 &&
           EVP_CipherFinal_ex(context, contest->output + contest->size, &length) == 1;
    if (contest->seal)
        done = done && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG_LENGTH, contest->tag) == 1;
    if (!done)
        contest->failed = true;
}

static double slice(lk_contest *contest, void (*once)(lk_contest *), int records)
{
    double start = seconds();
    for (int i = 0; i < records; i++)
        once(contest);
    return (seconds() - start) / records;
}

/* Makes, by the same means, what opening opens. */
static void prepare_opening(lk_contest *contest, lk_engine *engine, lk_direction_parameters parameters,
                            const EVP_CIPHER *algorithm)
{
    contest->seal = true;
    parameters.kind = LK_SEAL;
    if (lk_engine_open(engine, &parameters, &contest->direction) != LK_OK ||
        EVP_CipherInit_ex2(contest->context, algorithm, key, NULL, 1, NULL) != 1) {
        contest->failed = true;
        return;
    }
    engine_once(contest);
    contest->record_length = lk_record_sealed_length(parameters.version, parameters.cipher, (size_t)contest->size, 0);
    memcpy(contest->record, contest->output, contest->record_length);
    evp_once(contest);
    memcpy(contest->ciphertext, contest->output, (size_t)contest->size);
    lk_direction_close(contest->direction);
    contest->direction = NULL;
    contest->seal = false;
}

static bool prepare(lk_contest *contest, lk_engine *engine, size_t cipher, int size, bool seal)
{
    memset(contest, 0, sizeof *contest);
    contest->seal = seal;
    contest->size = size;
    lk_direction_parameters parameters = {
        .kind = seal ? LK_SEAL : LK_OPEN, .version = LK_TLS1_3, .cipher = lk_cipher_find(ciphers[cipher].id)};
    memcpy(parameters.key, key, parameters.cipher->key_length);
    memcpy(parameters.iv, nonce, sizeof nonce);
    EVP_CIPHER *algorithm = EVP_CIPHER_fetch(NULL, ciphers[cipher].algorithm, NULL);
    contest->context = EVP_CIPHER_CTX_new();
    contest->failed = !algorithm || !contest->context;
    if (!contest->failed && !seal)
        prepare_opening(contest, engine, parameters, algorithm);
    if (!contest->failed)
        contest->failed = EVP_CipherInit_ex2(contest->context, algorithm, key, NULL, seal, NULL) != 1 ||
                          lk_engine_open(engine, &parameters, &contest->direction) != LK_OK;
    EVP_CIPHER_free(algorithm);
    return !contest->failed;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, ascending);
    return values[count / 2];
}

static void report(lk_report *to, const lk_contest *contest, size_t cipher, double engine, double evp)
{
    char name[TEXT_MAX], stem[TEXT_MAX / 2];
    snprintf(stem, sizeof stem, "soft.%s.%s.%d", contest->seal ? "seal" : "open", ciphers[cipher].name, contest->size);
    snprintf(name, sizeof name, "%s.mb_per_s", stem);
    lk_report_add(to, name, contest->size / engine * 1e-6, "MB/s",
                  "plaintext through the engine seam, a second of one core");
    snprintf(name, sizeof name, "%s.evp_mb_per_s", stem);
    lk_report_add(to, name, contest->size / evp * 1e-6, "MB/s", "raw EVP: nonce, header, plaintext, tag");
    snprintf(name, sizeof name, "%s.ratio_to_evp", stem);
    lk_report_add(to, name, evp / engine, "ratio", "medians of interleaved pairs, same process");
}

static bool measure(lk_report *to, lk_engine *engine, lk_contest *contest, size_t cipher, int size, bool seal,
                    int pairs)
{
    static double ours[PAIRS], theirs[PAIRS];
    int records = SLICE_BYTES / size > SLICE_RECORDS ? SLICE_BYTES / size : SLICE_RECORDS;
    bool good = prepare(contest, engine, cipher, size, seal);
    for (int i = 0; good && i < pairs; i++) {
        ours[i] = slice(contest, engine_once, records);
        theirs[i] = slice(contest, evp_once, records);
        good = !contest->failed;
    }
    if (good)
        report(to, contest, cipher, median(ours, pairs), median(theirs, pairs));
    else
        fprintf(stderr, "soft: %s of %d bytes failed\n", ciphers[cipher].algorithm, size);
    lk_direction_close(contest->direction);
    EVP_CIPHER_CTX_free(contest->context);
    return good;
}

int main(int argc, char **argv)
{
    lk_bench_options options;
    int status = EXIT_FAILURE;
    if (!lk_bench_options_parse(argc, argv, &options, &status))
        return status;
    char title[TEXT_MAX];
    snprintf(title, sizeof title, "Software engine, TLS 1.3 records, %s", OpenSSL_version(OPENSSL_VERSION_STRING));
    static lk_contest contest;
    lk_engine *engine = NULL;
    lk_report *to = lk_report_new(title);
    bool good = to && lk_engine_software_new(&engine) == LK_OK;
    for (int seal = 1; seal >= 0; seal--)
        for (size_t cipher = 0; cipher < CIPHERS; cipher++)
            for (int size = 0; size < SIZES; size++)
                good = good && measure(to, engine, &contest, cipher, sizes[size], seal != 0,
                                       options.quick ? PAIRS_QUICK : PAIRS);
    good = good && lk_report_finish(to, options.json);
    lk_engine_free(engine);
    lk_report_free(to);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
