/* SPDX-License-Identifier: Apache-2.0 */
#include "connection/certificates.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RSA_BITS = 2048, SECONDS_A_DAY = 86400, SECONDS_AN_HOUR = 3600 };

static EVP_PKEY *key_new(const char *kind)
{
    EVP_PKEY *key = NULL;
    if (strcmp(kind, "RSA") == 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)RSA_BITS);
    else if (strcmp(kind, "ED25519") == 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    else
        key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", strcmp(kind, "EC") == 0 ? "P-256" : kind);
    cr_assert_not_null(key, "no key of kind %s", kind);
    return key;
}

static void add_extension(X509 *certificate, int kind, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, kind, value);
    cr_assert_not_null(extension, "libcrypto refuses the extension %s", value);
    cr_assert_eq(X509_add_ext(certificate, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

static X509 *certificate_new(EVP_PKEY *key, const char *subject, long from, long until)
{
    static long serial;
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), from * SECONDS_A_DAY);
    X509_gmtime_adj(X509_getm_notAfter(certificate), until * SECONDS_A_DAY);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)subject, -1, -1, 0);
    return certificate;
}

static void sign(X509 *certificate, X509 *issuer, EVP_PKEY *key)
{
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    const EVP_MD *digest = EVP_PKEY_is_a(key, "ED25519") ? NULL : EVP_sha256();
    cr_assert_gt(X509_sign(certificate, key, digest), 0);
}

static FILE *file_new(const certificates *made, const char *name, char path[CERTIFICATES_PATH_MAX])
{
    snprintf(path, CERTIFICATES_PATH_MAX, "%s/%s", made->directory, name);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file, "%s cannot be made", path);
    return file;
}

certificates *certificates_new(void)
{
    certificates *made = calloc(1, sizeof *made);
    cr_assert_not_null(made);
    strcpy(made->directory, "/tmp/latchkey-certificates-XXXXXX");
    cr_assert_not_null(mkdtemp(made->directory));
    EVP_PKEY *key = key_new("EC");
    X509 *root = certificate_new(key, "Test Root", -30, 30);
    add_extension(root, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(root, NID_key_usage, "critical,keyCertSign,cRLSign");
    sign(root, root, key);
    FILE *file = file_new(made, "root.pem", made->root);
    PEM_write_X509(file, root);
    fclose(file);
    made->root_certificate = root;
    made->root_key = key;
    return made;
}

void certificates_free(certificates *made)
{
    char path[CERTIFICATES_PATH_MAX];
    DIR *directory = opendir(made->directory);
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%.40s", made->directory, entry->d_name);
        unlink(path);
    }
    closedir(directory);
    rmdir(made->directory);
    X509_free(made->root_certificate);
    EVP_PKEY_free(made->root_key);
    free(made);
}

/* Reads one that was issued. */
static X509 *certificate_of(const certificates *made, const char *name)
{
    char path[CERTIFICATES_PATH_MAX];
    snprintf(path, sizeof path, "%s/%s.pem", made->directory, name);
    FILE *file = fopen(path, "r");
    X509 *certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    cr_assert_not_null(certificate, "%s was not issued", name);
    fclose(file);
    return certificate;
}

static EVP_PKEY *key_of(const certificates *made, const char *name)
{
    char path[CERTIFICATES_PATH_MAX];
    snprintf(path, sizeof path, "%s/%s.key", made->directory, name);
    FILE *file = fopen(path, "r");
    EVP_PKEY *key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
    cr_assert_not_null(key, "%s was not issued", name);
    fclose(file);
    return key;
}

static void add_purpose(X509 *certificate, const certificate_request *request)
{
    if (request->authority) {
        add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
        add_extension(certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
        return;
    }
    add_extension(certificate, NID_subject_alt_name, request->names ? request->names : "DNS:localhost,IP:127.0.0.1");
    add_extension(certificate, NID_ext_key_usage, request->purpose ? request->purpose : "serverAuth");
    if (request->usage)
        add_extension(certificate, NID_key_usage, request->usage);
}

static void sign_by(const certificates *made, X509 *certificate, EVP_PKEY *key, const certificate_request *request)
{
    if (request->self_signed) {
        sign(certificate, certificate, key);
    } else if (request->issuer) {
        X509 *issuer = certificate_of(made, request->issuer);
        EVP_PKEY *issuer_key = key_of(made, request->issuer);
        sign(certificate, issuer, issuer_key);
        X509_free(issuer);
        EVP_PKEY_free(issuer_key);
    } else {
        sign(certificate, made->root_certificate, made->root_key);
    }
}

certificate_files certificates_issue(certificates *made, const char *name, const certificate_request *request)
{
    certificate_files files;
    char file_name[64];
    bool dated = request->from != 0 || request->until != 0;
    EVP_PKEY *key = key_new(request->key);
    X509 *leaf = certificate_new(key, name, dated ? request->from : -1, dated ? request->until : 1);
    add_purpose(leaf, request);
    sign_by(made, leaf, key, request);
    snprintf(file_name, sizeof file_name, "%s.pem", name);
    FILE *file = file_new(made, file_name, files.chain);
    PEM_write_X509(file, leaf);
    fclose(file);
    snprintf(file_name, sizeof file_name, "%s.key", name);
    file = file_new(made, file_name, files.key);
    PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
    fclose(file);
    X509_free(leaf);
    EVP_PKEY_free(key);
    return files;
}

void certificates_pack(certificates *made, const char *name, const char *issuer, const char *passphrase,
                       char path[CERTIFICATES_PATH_MAX])
{
    char file_name[64];
    X509 *leaf = certificate_of(made, name);
    EVP_PKEY *key = key_of(made, name);
    STACK_OF(X509) *others = sk_X509_new_null();
    cr_assert(X509_up_ref(made->root_certificate) && sk_X509_push(others, made->root_certificate));
    if (issuer)
        cr_assert(sk_X509_push(others, certificate_of(made, issuer)));
    PKCS12 *archive = PKCS12_create(passphrase, name, key, leaf, others, 0, 0, 0, 0, 0);
    cr_assert_not_null(archive);
    snprintf(file_name, sizeof file_name, "%s.p12", name);
    FILE *file = file_new(made, file_name, path);
    cr_assert_eq(i2d_PKCS12_fp(file, archive), 1);
    fclose(file);
    PKCS12_free(archive);
    sk_X509_pop_free(others, X509_free);
    EVP_PKEY_free(key);
    X509_free(leaf);
}

void certificates_revoke(certificates *made, const char *name, const char *issuer, bool expired,
                         char path[CERTIFICATES_PATH_MAX])
{
    char file_name[64];
    X509 *signer = issuer ? certificate_of(made, issuer) : made->root_certificate;
    EVP_PKEY *key = issuer ? key_of(made, issuer) : made->root_key;
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *from = X509_gmtime_adj(NULL, (expired ? -2L : -1L) * SECONDS_A_DAY);
    ASN1_TIME *until = X509_gmtime_adj(NULL, (expired ? -1L : 1L) * SECONDS_A_DAY);
    cr_assert(X509_CRL_set_version(crl, X509_CRL_VERSION_2) && X509_CRL_set1_lastUpdate(crl, from) &&
              X509_CRL_set1_nextUpdate(crl, until) && X509_CRL_set_issuer_name(crl, X509_get_subject_name(signer)));
    if (name) {
        X509 *revoked = certificate_of(made, name);
        X509_REVOKED *row = X509_REVOKED_new();
        cr_assert(X509_REVOKED_set_serialNumber(row, X509_get_serialNumber(revoked)) &&
                  X509_REVOKED_set_revocationDate(row, from) && X509_CRL_add0_revoked(crl, row));
        X509_free(revoked);
    }
    cr_assert_gt(X509_CRL_sign(crl, key, EVP_sha256()), 0);
    snprintf(file_name, sizeof file_name, "%s.crl", issuer ? issuer : "root");
    FILE *file = file_new(made, file_name, path);
    cr_assert_eq(PEM_write_X509_CRL(file, crl), 1);
    fclose(file);
    X509_CRL_free(crl);
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    if (issuer) {
        X509_free(signer);
        EVP_PKEY_free(key);
    }
}

void certificates_pin(const certificates *made, const char *name, char pin[CERTIFICATES_PIN_MAX])
{
    uint8_t hash[32];
    unsigned char *bytes = NULL;
    X509 *certificate = name ? certificate_of(made, name) : made->root_certificate;
    int length = i2d_PUBKEY(X509_get0_pubkey(certificate), &bytes);
    cr_assert(length > 0 && EVP_Digest(bytes, (size_t)length, hash, NULL, EVP_sha256(), NULL));
    snprintf(pin, CERTIFICATES_PIN_MAX, "sha256//");
    (void)EVP_EncodeBlock((unsigned char *)pin + strlen(pin), hash, sizeof hash);
    OPENSSL_free(bytes);
    if (name)
        X509_free(certificate);
}

static OCSP_BASICRESP *response_body(X509 *leaf, X509 *issuer, const response_request *request)
{
    bool dated = request->from != 0 || request->until != 0;
    ASN1_TIME *from = X509_gmtime_adj(NULL, (dated ? request->from : -1) * SECONDS_AN_HOUR);
    ASN1_TIME *until = X509_gmtime_adj(NULL, (dated ? request->until : 1) * SECONDS_AN_HOUR);
    int status = request->revoked   ? V_OCSP_CERTSTATUS_REVOKED
                 : request->unknown ? V_OCSP_CERTSTATUS_UNKNOWN
                                    : V_OCSP_CERTSTATUS_GOOD;
    OCSP_BASICRESP *body = OCSP_BASICRESP_new();
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), leaf, issuer);
    cr_assert_not_null(OCSP_basic_add1_status(body, id, status, OCSP_REVOKED_STATUS_NOSTATUS,
                                              request->revoked ? from : NULL, from, until));
    OCSP_CERTID_free(id);
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    return body;
}

void certificates_respond(certificates *made, const char *name, const response_request *request,
                          char path[CERTIFICATES_PATH_MAX])
{
    char file_name[64];
    X509 *leaf = certificate_of(made, name);
    EVP_PKEY *key = request->by_another ? key_new("EC") : made->root_key;
    X509 *signer = made->root_certificate;
    if (request->by_another) {
        signer = certificate_new(key, "Another Root", -30, 30);
        sign(signer, signer, key);
    }
    OCSP_BASICRESP *body = response_body(leaf, made->root_certificate, request);
    cr_assert_eq(OCSP_basic_sign(body, signer, key, EVP_sha256(), NULL, request->nameless ? OCSP_NOCERTS : 0), 1);
    OCSP_RESPONSE *response =
        OCSP_response_create(request->unavailable ? OCSP_RESPONSE_STATUS_TRYLATER : OCSP_RESPONSE_STATUS_SUCCESSFUL,
                             request->unavailable ? NULL : body);
    snprintf(file_name, sizeof file_name, "%s.ocsp", name);
    FILE *file = file_new(made, file_name, path);
    unsigned char *bytes = NULL;
    int length = i2d_OCSP_RESPONSE(response, &bytes);
    cr_assert_gt(length, 0);
    cr_assert_eq(fwrite(bytes, 1, (size_t)length, file), length);
    OPENSSL_free(bytes);
    fclose(file);
    OCSP_RESPONSE_free(response);
    OCSP_BASICRESP_free(body);
    if (request->by_another) {
        X509_free(signer);
        EVP_PKEY_free(key);
    }
    X509_free(leaf);
}

void certificates_write(certificates *made, const char *name, const char *text, char path[CERTIFICATES_PATH_MAX])
{
    FILE *file = file_new(made, name, path);
    fputs(text, file);
    fclose(file);
}
