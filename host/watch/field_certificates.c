/* SPDX-License-Identifier: Apache-2.0 */
/* What certificates say, and the messages around them, field by field: RFC 8446 section 4.4, RFC 5246 section 7.4. */
#include "handshake/messages.h"
#include "watch/field_names.h"
#include "watch/field_text.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 256, NAME_OF_FIELD = 32 };

/* What libcrypto prints, made harmless: a certificate is the peer's. */
static void take_text(BIO *from, char *text, size_t size)
{
    char *bytes = NULL;
    long length = BIO_get_mem_data(from, &bytes);
    lk_field_copy(text, size, lk_reader_over((const uint8_t *)bytes, length > 0 ? (size_t)length : 0));
    (void)BIO_reset(from);
}

static void print_name(BIO *scratch, const X509_NAME *name, char *text, size_t size)
{
    X509_NAME_print_ex(scratch, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
    take_text(scratch, text, size);
}

static void print_time(BIO *scratch, const ASN1_TIME *time, char *text, size_t size)
{
    ASN1_TIME_print(scratch, time);
    take_text(scratch, text, size);
}

static void tell_alternatives(lk_fields *fields, const X509 *certificate, BIO *scratch)
{
    char text[TEXT_MAX];
    int at = X509_get_ext_by_NID(certificate, NID_subject_alt_name, -1);
    if (at < 0)
        return;
    X509V3_EXT_print(scratch, X509_get_ext(certificate, at), 0, 0);
    take_text(scratch, text, sizeof text);
    lk_field_print(fields, "  names", "%s", text);
}

static void tell_certificate(lk_fields *fields, const X509 *certificate, BIO *scratch, const char *name)
{
    char text[TEXT_MAX], until[TEXT_MAX];
    const EVP_PKEY *key = X509_get0_pubkey(certificate);
    print_name(scratch, X509_get_subject_name(certificate), text, sizeof text);
    lk_field_print(fields, name, "%s", text);
    print_name(scratch, X509_get_issuer_name(certificate), text, sizeof text);
    lk_field_print(fields, "  issuer", "%s", text);
    print_time(scratch, X509_get0_notBefore(certificate), text, sizeof text);
    print_time(scratch, X509_get0_notAfter(certificate), until, sizeof until);
    lk_field_print(fields, "  valid", "from %s to %s", text, until);
    tell_alternatives(fields, certificate, scratch);
    if (key)
        lk_field_print(fields, "  key", "%s, %d bits", EVP_PKEY_get0_type_name(key), EVP_PKEY_get_bits(key));
    else
        lk_field_print(fields, "  key", "of a kind that libcrypto does not know");
}

void lk_field_certificate(lk_fields *fields, unsigned number, lk_reader bytes)
{
    char name[NAME_OF_FIELD];
    const uint8_t *next = bytes.next;
    X509 *certificate = bytes.left > 0 && bytes.left <= LK_MESSAGE_MAX ? d2i_X509(NULL, &next, (long)bytes.left) : NULL;
    BIO *scratch = BIO_new(BIO_s_mem());
    (void)snprintf(name, sizeof name, "certificate %u", number);
    if (certificate && scratch)
        tell_certificate(fields, certificate, scratch, name);
    else
        lk_field_print(fields, name, "%zu bytes, no certificate that can be read", bytes.left);
    BIO_free(scratch);
    X509_free(certificate);
}

void lk_field_certificate_message(lk_fields *fields, lk_reader *body)
{
    bool newer = fields->context.version == LK_TLS1_3;
    if (newer) {
        lk_reader request = lk_reader_vector8(body);
        if (request.left > 0)
            lk_field_bytes(fields, "certificate_request_context", request);
    }
    lk_reader list = lk_reader_vector24(body);
    if (!list.failed && list.left == 0)
        lk_field_print(fields, "certificate_list", "empty");
    for (unsigned number = 1; !list.failed && list.left > 0; number++) {
        lk_reader certificate = lk_reader_vector24(&list);
        if (list.failed)
            break;
        lk_field_certificate(fields, number, certificate);
        if (newer)
            lk_field_extensions(fields, LK_CERTIFICATE, false, &list);
    }
    body->failed |= list.failed;
}

void lk_field_authorities(lk_fields *fields, lk_reader list)
{
    char text[TEXT_MAX];
    BIO *scratch = BIO_new(BIO_s_mem());
    lk_field_begin(fields, "certificate_authorities");
    if (list.left == 0)
        lk_field_item(fields, "none is named");
    while (scratch && !list.failed && list.left > 0) {
        lk_reader bytes = lk_reader_vector16(&list);
        const uint8_t *next = bytes.next;
        X509_NAME *name = bytes.left > 0 ? d2i_X509_NAME(NULL, &next, (long)bytes.left) : NULL;
        if (name)
            print_name(scratch, name, text, sizeof text);
        lk_field_item(fields, "%s;", name ? text : "(malformed)");
        X509_NAME_free(name);
    }
    lk_field_end(fields);
    BIO_free(scratch);
}

void lk_field_certificate_request(lk_fields *fields, lk_reader *body)
{
    char text[LK_NUMBER_NAME_MAX];
    lk_reader types = lk_reader_vector8(body);
    if (fields->context.version == LK_TLS1_3) { /* that was the context */
        lk_field_bytes(fields, "certificate_request_context", types);
        lk_field_extensions(fields, LK_CERTIFICATE_REQUEST, false, body);
        return;
    }
    lk_field_begin(fields, "certificate_types");
    while (types.left > 0)
        lk_field_item(fields, "%s", lk_number_name(LK_REGISTRY_CERTIFICATE_TYPE, lk_reader_u8(&types), text));
    lk_field_end(fields);
    if (fields->context.version == LK_TLS1_2)
        lk_field_signatures(fields, "signature_algorithms", lk_reader_vector16(body));
    lk_field_authorities(fields, lk_reader_vector16(body));
}
