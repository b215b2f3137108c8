/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/stack_files.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RSA_BITS = 2048, VALID = 86400 /* seconds, before now and after */ };

static X509 *make_certificate(EVP_PKEY *key)
{
    X509 *made = X509_new();
    X509_NAME *name = made ? X509_get_subject_name(made) : NULL;
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "DNS:localhost");
    bool good =
        made && names && X509_set_version(made, X509_VERSION_3) == 1 &&
        ASN1_INTEGER_set(X509_get_serialNumber(made), 1) == 1 && X509_gmtime_adj(X509_getm_notBefore(made), -VALID) &&
        X509_gmtime_adj(X509_getm_notAfter(made), VALID) &&
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0) == 1 &&
        X509_set_issuer_name(made, name) == 1 && X509_set_pubkey(made, key) == 1 &&
        X509_add_ext(made, names, -1) == 1 && X509_sign(made, key, EVP_sha256()) > 0;
    X509_EXTENSION_free(names);
    if (good)
        return made;
    X509_free(made);
    return NULL;
}

static bool write_files(const lk_stack_files *files, X509 *certificate, EVP_PKEY *key)
{
    FILE *file = fopen(files->certificate, "w");
    bool good = file && PEM_write_X509(file, certificate) == 1;
    if (file)
        good = fclose(file) == 0 && good;
    file = fopen(files->key, "w");
    good = file && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1 && good;
    if (file)
        good = fclose(file) == 0 && good;
    return good;
}

bool lk_stack_files_make(lk_stack_files *files, bool rsa)
{
    snprintf(files->folder, sizeof files->folder, "/tmp/latchkey-bench-XXXXXX");
    if (!mkdtemp(files->folder))
        return false;
    snprintf(files->certificate, sizeof files->certificate, "%s/certificate", files->folder);
    snprintf(files->key, sizeof files->key, "%s/key", files->folder);
    EVP_PKEY *key =
        rsa ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)RSA_BITS) : EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    X509 *certificate = key ? make_certificate(key) : NULL;
    bool good = certificate && write_files(files, certificate, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    if (!good)
        lk_stack_files_remove(files);
    return good;
}

void lk_stack_files_remove(const lk_stack_files *files)
{
    (void)unlink(files->certificate);
    (void)unlink(files->key);
    (void)rmdir(files->folder);
}
