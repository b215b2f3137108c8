/* SPDX-License-Identifier: Apache-2.0 */
/* What a configuration reads from files: the own chain and key, an OCSP response, and the roots it trusts. */
#include "connection/credentials.h"

#include "handshake/stapling.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *lk_credentials_complaint(void)
{
    const char *reason = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    return reason ? reason : "no reason given";
}

lk_error lk_credentials_open(lk_config *config, const char *path, BIO **file)
{
    errno = 0;
    *file = BIO_new_file(path, "r");
    if (*file)
        return LK_OK;
    int cause = errno;
    ERR_clear_error();
    return lk_config_fail(config, LK_ERROR_FILE_UNREADABLE, "%s cannot be read: %s", path,
                          cause ? strerror(cause) : "unknown cause");
}

/* The next certificate of a file; NULL with OK at its end. */
static lk_error next_certificate(lk_config *config, const char *path, BIO *file, X509 **certificate)
{
    *certificate = PEM_read_bio_X509(file, NULL, NULL, NULL);
    if (*certificate)
        return LK_OK;
    unsigned long last = ERR_peek_last_error();
    if (ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE) {
        ERR_clear_error();
        return LK_OK;
    }
    return lk_config_fail(config, LK_ERROR_FILE_MALFORMED, "%s holds something that is no PEM certificate: %s", path,
                          lk_credentials_complaint());
}

lk_error lk_credentials_add(lk_certificate_chain *chain, X509 *certificate)
{
    unsigned char *bytes = NULL;
    int length = i2d_X509(certificate, &bytes);
    lk_error error = length > 0 ? lk_certificate_chain_add(chain, bytes, (size_t)length) : LK_ERROR_NO_MEMORY;
    OPENSSL_free(bytes);
    return error;
}

lk_error lk_credentials_read_chain(lk_config *config, const char *path, lk_certificate_chain *chain)
{
    BIO *file = NULL;
    X509 *certificate = NULL;
    lk_error error = lk_credentials_open(config, path, &file);
    while (!error) {
        error = next_certificate(config, path, file, &certificate);
        if (error || !certificate)
            break;
        error = lk_credentials_add(chain, certificate);
        if (error == LK_ERROR_CERTIFICATE_MALFORMED)
            error = lk_config_fail(config, LK_ERROR_FILE_MALFORMED, "%s holds a chain of more than %d certificates",
                                   path, LK_CHAIN_MAX);
        X509_free(certificate);
    }
    BIO_free(file);
    if (!error && chain->count == 0)
        error = lk_config_fail(config, LK_ERROR_FILE_MALFORMED, "%s holds no PEM certificate", path);
    return error;
}

/* Nobody is asked for a passphrase: a library must not stop for one. */
static int no_passphrase(char *buffer, int size, int writing, void *context)
{
    (void)buffer, (void)size, (void)writing;
    *(bool *)context = true;
    return -1;
}

static lk_error read_key(lk_config *config, const char *path, EVP_PKEY **key)
{
    BIO *file = NULL;
    bool encrypted = false;
    lk_error error = lk_credentials_open(config, path, &file);
    if (error)
        return error;
    *key = PEM_read_bio_PrivateKey(file, NULL, no_passphrase, &encrypted);
    BIO_free(file);
    if (*key)
        return LK_OK;
    const char *complaint = lk_credentials_complaint();
    if (encrypted)
        return lk_config_fail(config, LK_ERROR_FILE_MALFORMED,
                              "%s holds an encrypted private key; decrypt it first (openssl pkey -in FILE -out FILE)",
                              path);
    return lk_config_fail(config, LK_ERROR_FILE_MALFORMED, "%s holds no PEM private key: %s", path, complaint);
}

static lk_error check_pair(lk_config *config, const char *chain_path, const lk_certificate_chain *chain,
                           const char *key_path, const EVP_PKEY *key)
{
    EVP_PKEY *public_key = lk_certificate_chain_key(chain);
    if (public_key && EVP_PKEY_eq(public_key, key) == 1)
        return LK_OK;
    ERR_clear_error();
    return lk_config_fail(config, LK_ERROR_KEY_MISMATCH,
                          "the private key in %s does not belong to the first certificate in %s", key_path, chain_path);
}

void lk_credentials_use(lk_config *config, const lk_certificate_chain *chain, EVP_PKEY *key, lk_key_signer *signer,
                        void *context)
{
    lk_handshake_settings *settings = &config->settings;
    lk_certificate_chain_clear(&settings->chain);
    EVP_PKEY_free(settings->key);
    settings->chain = *chain;
    settings->key = key;
    settings->signs_elsewhere = signer;
    config->signer = signer;
    config->signer_context = context;
}

lk_error lk_config_use_certificate_files(lk_config *config, const char *chain_path, const char *key_path)
{
    lk_certificate_chain chain = {0};
    EVP_PKEY *key = NULL;
    lk_error error = lk_credentials_read_chain(config, chain_path, &chain);
    if (!error)
        error = read_key(config, key_path, &key);
    if (!error)
        error = check_pair(config, chain_path, &chain, key_path, key);
    if (error) {
        lk_certificate_chain_clear(&chain);
        EVP_PKEY_free(key);
        return error;
    }
    lk_credentials_use(config, &chain, key, NULL, NULL);
    return LK_OK;
}

/* What a file of roots yields. */
typedef struct roots {
    X509_STORE *store;
    lk_authorities names;
    bool nameless; /* the names are too many to be sent */
    size_t count;
} roots;

static lk_error roots_add(roots *read, X509 *certificate)
{
    read->count++;
    if (X509_STORE_add_cert(read->store, certificate) != 1)
        return LK_ERROR_NO_MEMORY;
    if (read->nameless)
        return LK_OK;
    lk_error error = lk_authorities_add(&read->names, certificate);
    if (error != LK_ERROR_INVALID_ARGUMENT)
        return error;
    read->nameless = true;
    lk_authorities_clear(&read->names);
    return LK_OK;
}

static lk_error read_roots(lk_config *config, const char *path, roots *read)
{
    BIO *file = NULL;
    X509 *certificate = NULL;
    lk_error error = lk_credentials_open(config, path, &file);
    while (!error) {
        error = next_certificate(config, path, file, &certificate);
        if (error || !certificate)
            break;
        error = roots_add(read, certificate);
        X509_free(certificate);
    }
    BIO_free(file);
    if (!error && read->count == 0)
        error = lk_config_fail(config, LK_ERROR_FILE_MALFORMED, "%s holds no PEM certificate", path);
    return error;
}

lk_error lk_config_trust_file(lk_config *config, const char *path)
{
    roots read = {.store = X509_STORE_new()};
    lk_error error = read.store ? read_roots(config, path, &read) : LK_ERROR_NO_MEMORY;
    if (error) {
        lk_authorities_clear(&read.names);
        X509_STORE_free(read.store);
        return error;
    }
    X509_STORE_free(config->settings.roots);
    lk_authorities_clear(&config->settings.authorities);
    config->settings.roots = read.store;
    config->settings.authorities = read.names;
    config->own_roots = true;
    return LK_OK;
}

enum { OCSP_MAX = 65536 /* bytes; responses have some hundreds, more with certificates in them */ };

static lk_error read_response(lk_config *config, const char *path, lk_bytes *response)
{
    BIO *file = NULL;
    lk_error error = lk_credentials_open(config, path, &file);
    if (error)
        return error;
    response->bytes = malloc(OCSP_MAX);
    size_t length = 0;
    if (!response->bytes || BIO_read_ex(file, response->bytes, OCSP_MAX, &length) != 1)
        length = 0;
    BIO_free(file);
    ERR_clear_error();
    response->length = length;
    if (!response->bytes)
        return LK_ERROR_NO_MEMORY;
    const char *complaint = lk_ocsp_malformed(response->bytes, length);
    return complaint ? lk_config_fail(config, LK_ERROR_FILE_MALFORMED, "%s cannot be stapled: %s", path, complaint)
                     : LK_OK;
}

lk_error lk_config_use_ocsp_file(lk_config *config, const char *path)
{
    lk_bytes response = {0};
    lk_error error = path ? read_response(config, path, &response) : LK_OK;
    if (error) {
        free(response.bytes);
        return error;
    }
    free(config->settings.ocsp.bytes);
    config->settings.ocsp = response;
    return LK_OK;
}
