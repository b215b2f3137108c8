/* SPDX-License-Identifier: Apache-2.0 */
/* Chain and key from a PKCS#12 file (RFC 7292), as browsers and Windows keep them. */
#include "connection/credentials.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

/* What such a file holds. */
typedef struct contents {
    EVP_PKEY *key;
    X509 *certificate;
    STACK_OF(X509) * others;
} contents;

static void contents_clear(contents *read)
{
    EVP_PKEY_free(read->key);
    X509_free(read->certificate);
    sk_X509_pop_free(read->others, X509_free);
}

/* Says what is wrong with a file that was read, but not opened. */
static lk_error complain(lk_config *config, const char *path)
{
    unsigned long last = ERR_peek_last_error();
    bool passphrase = ERR_GET_LIB(last) == ERR_LIB_PKCS12 && ERR_GET_REASON(last) == PKCS12_R_MAC_VERIFY_FAILURE;
    bool legacy = ERR_GET_LIB(last) == ERR_LIB_EVP && ERR_GET_REASON(last) == EVP_R_UNSUPPORTED_ALGORITHM;
    const char *complaint = lk_credentials_complaint();
    if (passphrase)
        return lk_config_fail(config, LK_ERROR_FILE_MALFORMED, "the passphrase is not that of %s", path);
    return lk_config_fail(
        config, LK_ERROR_FILE_MALFORMED, "%s cannot be opened: %s%s", path, complaint,
        legacy ? "; its encryption is one that libcrypto gave up: write it anew (openssl pkcs12 -legacy reads it)"
               : "");
}

static lk_error read_contents(lk_config *config, const char *path, const char *passphrase, contents *read)
{
    BIO *file = NULL;
    lk_error error = lk_credentials_open(config, path, &file);
    if (error)
        return error;
    PKCS12 *archive = d2i_PKCS12_bio(file, NULL);
    BIO_free(file);
    if (!archive)
        return lk_config_fail(config, LK_ERROR_FILE_MALFORMED, "%s is no PKCS#12 file: %s", path,
                              lk_credentials_complaint());
    int done = PKCS12_parse(archive, passphrase, &read->key, &read->certificate, &read->others);
    PKCS12_free(archive);
    if (done != 1)
        return complain(config, path);
    ERR_clear_error();
    if (read->key && read->certificate)
        return LK_OK;
    return lk_config_fail(config, LK_ERROR_FILE_MALFORMED, "%s holds no private key with its certificate", path);
}

/* The certificate among them that has issued this one; NULL for a root, which peers have themselves, or nobody. */
static X509 *issuer_of(X509 *certificate, const STACK_OF(X509) * others)
{
    if (X509_check_issued(certificate, certificate) == X509_V_OK)
        return NULL;
    for (int i = 0; i < sk_X509_num(others); i++) {
        X509 *other = sk_X509_value(others, i);
        bool root = X509_check_issued(other, other) == X509_V_OK;
        if (!root && X509_check_issued(other, certificate) == X509_V_OK)
            return other;
    }
    return NULL;
}

/* RFC 8446 section 4.4.2: "Each following certificate SHOULD directly certify the one immediately preceding it." A file
 * has them in any order, and more than are needed. */
static lk_error make_chain(const contents *read, lk_certificate_chain *chain)
{
    lk_error error = LK_OK;
    for (X509 *next = read->certificate; next && !error && chain->count < LK_CHAIN_MAX;
         next = issuer_of(next, read->others))
        error = lk_credentials_add(chain, next);
    return error;
}

lk_error lk_config_use_pkcs12_file(lk_config *config, const char *path, const char *passphrase)
{
    contents read = {0};
    lk_certificate_chain chain = {0};
    lk_error error = read_contents(config, path, passphrase, &read);
    if (!error)
        error = make_chain(&read, &chain);
    if (error) {
        lk_certificate_chain_clear(&chain);
    } else {
        lk_credentials_use(config, &chain, read.key, NULL, NULL);
        read.key = NULL;
    }
    contents_clear(&read);
    return error;
}
