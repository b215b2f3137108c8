/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/certificate.h"

#include <arpa/inet.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What libcrypto calls 112 bits of security: RSA and DH of 2048 bits, no SHA-1 signatures. */
enum { SECURITY_LEVEL = 2, SUBJECT_MAX = 160 };

lk_error lk_certificate_chain_add(lk_certificate_chain *chain, const uint8_t *bytes, size_t length)
{
    const unsigned char *end = bytes;
    X509 *certificate = NULL;
    uint8_t *copy = NULL;

    if (chain->count == LK_CHAIN_MAX || length == 0 || length > LONG_MAX)
        return LK_ERROR_CERTIFICATE_MALFORMED;
    if (!chain->parsed && !(chain->parsed = sk_X509_new_null()))
        return LK_ERROR_NO_MEMORY;
    certificate = d2i_X509(NULL, &end, (long)length);
    lk_error error = certificate && end == bytes + length ? LK_OK : LK_ERROR_CERTIFICATE_MALFORMED;
    if (!error) {
        copy = malloc(length);
        error = copy && sk_X509_push(chain->parsed, certificate) > 0 ? LK_OK : LK_ERROR_NO_MEMORY;
    }
    if (error) {
        X509_free(certificate);
        free(copy);
        return error;
    }
    memcpy(copy, bytes, length);
    chain->rows[chain->count].bytes = copy;
    chain->rows[chain->count].length = length;
    chain->count++;
    return LK_OK;
}

EVP_PKEY *lk_certificate_chain_key(const lk_certificate_chain *chain)
{
    return chain->count > 0 ? X509_get0_pubkey(sk_X509_value(chain->parsed, 0)) : NULL;
}

bool lk_certificate_chain_signs(const lk_certificate_chain *chain)
{
    return chain->count > 0 && (X509_get_key_usage(sk_X509_value(chain->parsed, 0)) & KU_DIGITAL_SIGNATURE);
}

bool lk_certificate_chain_encrypts(const lk_certificate_chain *chain)
{
    return chain->count > 0 && (X509_get_key_usage(sk_X509_value(chain->parsed, 0)) & KU_KEY_ENCIPHERMENT);
}

size_t lk_certificate_chain_size(const lk_certificate_chain *chain)
{
    size_t size = 0;
    for (size_t i = 0; i < chain->count; i++)
        size += chain->rows[i].length;
    return size;
}

static void subject_of(X509 *certificate, char *text, size_t size)
{
    BIO *memory = BIO_new(BIO_s_mem());
    int length = 0;
    if (memory && certificate &&
        X509_NAME_print_ex(memory, X509_get_subject_name(certificate), 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) >= 0)
        length = BIO_read(memory, text, (int)size - 1);
    text[length > 0 ? length : 0] = '\0';
    BIO_free(memory);
}

void lk_certificate_chain_subject(const lk_certificate_chain *chain, char *text, size_t size)
{
    subject_of(chain->count > 0 ? sk_X509_value(chain->parsed, 0) : NULL, text, size);
}

void lk_certificate_chain_clear(lk_certificate_chain *chain)
{
    for (size_t i = 0; i < chain->count; i++)
        free(chain->rows[i].bytes);
    sk_X509_pop_free(chain->parsed, X509_free);
    *chain = (lk_certificate_chain){0};
}

bool lk_host_is_address(const char *host)
{
    uint8_t address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

/* libcrypto's complaints as errors of ours; what is not listed is CERTIFICATE_REJECTED. */
static const struct {
    int complaint;
    lk_error error;
} complaints[] = {
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, LK_ERROR_CERTIFICATE_UNTRUSTED},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, LK_ERROR_CERTIFICATE_UNTRUSTED},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, LK_ERROR_CERTIFICATE_UNTRUSTED},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, LK_ERROR_CERTIFICATE_UNTRUSTED},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, LK_ERROR_CERTIFICATE_UNTRUSTED},
    {X509_V_ERR_CERT_UNTRUSTED, LK_ERROR_CERTIFICATE_UNTRUSTED},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE, LK_ERROR_CERTIFICATE_UNTRUSTED},
    {X509_V_ERR_CERT_CHAIN_TOO_LONG, LK_ERROR_CERTIFICATE_UNTRUSTED},
    {X509_V_ERR_CERT_HAS_EXPIRED, LK_ERROR_CERTIFICATE_EXPIRED},
    {X509_V_ERR_CERT_NOT_YET_VALID, LK_ERROR_CERTIFICATE_EXPIRED},
    {X509_V_ERR_HOSTNAME_MISMATCH, LK_ERROR_CERTIFICATE_NAME},
    {X509_V_ERR_IP_ADDRESS_MISMATCH, LK_ERROR_CERTIFICATE_NAME},
    {X509_V_ERR_CERT_REVOKED, LK_ERROR_CERTIFICATE_REVOKED},
    {X509_V_ERR_UNABLE_TO_GET_CRL, LK_ERROR_REVOCATION_UNKNOWN},
    {X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, LK_ERROR_REVOCATION_UNKNOWN},
    {X509_V_ERR_CRL_SIGNATURE_FAILURE, LK_ERROR_REVOCATION_UNKNOWN},
    {X509_V_ERR_CRL_NOT_YET_VALID, LK_ERROR_REVOCATION_UNKNOWN},
    {X509_V_ERR_CRL_HAS_EXPIRED, LK_ERROR_REVOCATION_UNKNOWN},
    {X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, LK_ERROR_REVOCATION_UNKNOWN},
    {X509_V_ERR_DIFFERENT_CRL_SCOPE, LK_ERROR_REVOCATION_UNKNOWN},
    {X509_V_ERR_INVALID_PURPOSE, LK_ERROR_CERTIFICATE_UNSUITABLE},
    {X509_V_ERR_INVALID_CA, LK_ERROR_CERTIFICATE_UNSUITABLE},
    {X509_V_ERR_PATH_LENGTH_EXCEEDED, LK_ERROR_CERTIFICATE_UNSUITABLE},
    {X509_V_ERR_KEYUSAGE_NO_CERTSIGN, LK_ERROR_CERTIFICATE_UNSUITABLE},
    {X509_V_ERR_EE_KEY_TOO_SMALL, LK_ERROR_CERTIFICATE_UNSUITABLE},
    {X509_V_ERR_CA_KEY_TOO_SMALL, LK_ERROR_CERTIFICATE_UNSUITABLE},
    {X509_V_ERR_CA_MD_TOO_WEAK, LK_ERROR_CERTIFICATE_UNSUITABLE},
    {X509_V_ERR_OUT_OF_MEM, LK_ERROR_NO_MEMORY},
};

static lk_error complaint_error(int complaint)
{
    for (size_t i = 0; i < sizeof complaints / sizeof complaints[0]; i++)
        if (complaints[i].complaint == complaint)
            return complaints[i].error;
    return LK_ERROR_CERTIFICATE_REJECTED;
}

static lk_chain_verdict explain(X509_STORE_CTX *context, const char *host, char *diagnosis, size_t size)
{
    int complaint = X509_STORE_CTX_get_error(context);
    lk_error error = complaint_error(complaint);
    char subject[SUBJECT_MAX];
    subject_of(X509_STORE_CTX_get_current_cert(context), subject, sizeof subject);
    snprintf(diagnosis, size, "%s (libcrypto: %s; certificate %d, \"%s\"%s%s%s)", lk_error_sentence(error),
             X509_verify_cert_error_string(complaint), X509_STORE_CTX_get_error_depth(context), subject,
             host ? "; asked for \"" : "", host ? host : "", host ? "\"" : "");
    return (lk_chain_verdict){error, X509_STORE_CTX_get_error_depth(context)};
}

/* SHA-256 of the SubjectPublicKeyInfo (RFC 7469 section 2.4). */
static bool pin_of(X509 *certificate, uint8_t pin[LK_PIN_BYTES])
{
    unsigned char *bytes = NULL;
    int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &bytes);
    bool done = length > 0 && EVP_Digest(bytes, (size_t)length, pin, NULL, EVP_sha256(), NULL) == 1;
    OPENSSL_free(bytes);
    return done;
}

static bool is_pinned(X509 *certificate, const lk_chain_rules *rules)
{
    uint8_t pin[LK_PIN_BYTES];
    bool found = false;
    if (!pin_of(certificate, pin))
        return false;
    for (size_t i = 0; i < rules->pin_count; i++)
        found |= memcmp(pin, rules->pins[i], sizeof pin) == 0; /* no secrets, these */
    return found;
}

/* Of those, which lead from the leaf to a root, one must have a key that is pinned. */
static lk_chain_verdict check_pins(const STACK_OF(X509) * path, int count, const lk_chain_rules *rules, char *diagnosis,
                                   size_t size)
{
    uint8_t pin[LK_PIN_BYTES] = {0};
    char text[EVP_ENCODE_LENGTH(LK_PIN_BYTES)];
    bool found = rules->pin_count == 0;
    for (int i = 0; i < count && !found; i++)
        found = is_pinned(sk_X509_value(path, i), rules);
    if (found)
        return (lk_chain_verdict){LK_OK, -1};
    (void)pin_of(sk_X509_value(path, 0), pin);
    (void)EVP_EncodeBlock((unsigned char *)text, pin, sizeof pin);
    snprintf(diagnosis, size, "%s (that of its own certificate is sha256//%s)",
             lk_error_sentence(LK_ERROR_CERTIFICATE_UNPINNED), text);
    return (lk_chain_verdict){LK_ERROR_CERTIFICATE_UNPINNED, 0};
}

static bool expect_host(X509_VERIFY_PARAM *parameters, const char *host)
{
    if (!host)
        return true;
    if (lk_host_is_address(host))
        return X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1;
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(parameters, host, 0) == 1;
}

static bool set_rules(X509_STORE_CTX *context, const lk_chain_rules *rules, const char *host)
{
    X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
    unsigned long flags = X509_V_FLAG_CRL_CHECK | (rules->crls_of_all ? X509_V_FLAG_CRL_CHECK_ALL : 0);
    X509_VERIFY_PARAM_set_auth_level(parameters, SECURITY_LEVEL);
    if (rules->depth != LK_DEPTH_ANY)
        X509_VERIFY_PARAM_set_depth(parameters, rules->depth);
    if (rules->crls)
        X509_STORE_CTX_set0_crls(context, rules->crls);
    return (!rules->crls || X509_VERIFY_PARAM_set_flags(parameters, flags) == 1) && expect_host(parameters, host);
}

lk_chain_verdict lk_certificate_chain_verify(const lk_certificate_chain *chain, lk_role whose, X509_STORE *roots,
                                             const lk_chain_rules *rules, const char *host, char *diagnosis,
                                             size_t size)
{
    lk_chain_verdict verdict = {LK_ERROR_CERTIFICATE_MISSING, -1};
    if (chain->count == 0)
        return verdict;
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    verdict.error = context ? LK_ERROR_CRYPTO : LK_ERROR_NO_MEMORY;
    if (context && X509_STORE_CTX_init(context, roots, sk_X509_value(chain->parsed, 0), chain->parsed) == 1 &&
        X509_STORE_CTX_set_default(context, whose == LK_SERVER ? "ssl_server" : "ssl_client") == 1 &&
        set_rules(context, rules, host)) {
        const STACK_OF(X509) *path = NULL;
        if (X509_verify_cert(context) != 1)
            verdict = explain(context, host, diagnosis, size);
        else if ((path = X509_STORE_CTX_get0_chain(context)))
            verdict = check_pins(path, sk_X509_num(path), rules, diagnosis, size);
    }
    X509_STORE_CTX_free(context);
    return verdict;
}

lk_chain_verdict lk_certificate_chain_pinned(const lk_certificate_chain *chain, const lk_chain_rules *rules,
                                             char *diagnosis, size_t size)
{
    if (chain->count == 0)
        return (lk_chain_verdict){LK_ERROR_CERTIFICATE_MISSING, -1};
    return check_pins(chain->parsed, 1, rules, diagnosis, size);
}
