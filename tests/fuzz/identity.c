/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/identity.h"

#include "fuzz/randomness.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PATH_MAX_LENGTH = 64, STREAM_OF_KEYS = 99 };

static void must(bool good)
{
    if (!good)
        abort();
}

/* A file that is in memory alone, and its name. */
static FILE *memory_file(char path[PATH_MAX_LENGTH])
{
    int file = memfd_create("latchkey-fuzz", 0);
    must(file >= 0);
    (void)snprintf(path, PATH_MAX_LENGTH, "/proc/self/fd/%d", file);
    return fdopen(file, "w");
}

void fuzz_identity_use(lk_config *config)
{
    static char chain[PATH_MAX_LENGTH], key[PATH_MAX_LENGTH];
    if (chain[0] == '\0') {
        fuzz_randomness_start(STREAM_OF_KEYS);
        EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
        X509 *certificate = X509_new();
        must(pair && certificate && X509_set_version(certificate, X509_VERSION_3) == 1 &&
             ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), "20200101000000Z") == 1 &&
             ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), "20400101000000Z") == 1 &&
             X509_set_pubkey(certificate, pair) == 1 && X509_sign(certificate, pair, EVP_sha256()) > 0);
        FILE *file = memory_file(chain);
        must(PEM_write_X509(file, certificate) == 1 && fflush(file) == 0);
        file = memory_file(key);
        must(PEM_write_PrivateKey(file, pair, NULL, NULL, 0, NULL, NULL) == 1 && fflush(file) == 0);
        X509_free(certificate);
        EVP_PKEY_free(pair);
    }
    must(lk_config_use_certificate_files(config, chain, key) == LK_OK);
}
