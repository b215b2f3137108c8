/* SPDX-License-Identifier: Apache-2.0 */
/* OCSP responses (RFC 6960), judged by libcrypto. */
#include "handshake/stapling.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <stdio.h>

enum { CLOCK_SKEW = 300 /* s that two clocks may differ */ };

static OCSP_RESPONSE *parse(const uint8_t *bytes, size_t length)
{
    const unsigned char *at = bytes;
    OCSP_RESPONSE *response = length <= LONG_MAX ? d2i_OCSP_RESPONSE(NULL, &at, (long)length) : NULL;
    if (response && at == bytes + length)
        return response;
    OCSP_RESPONSE_free(response);
    ERR_clear_error();
    return NULL;
}

const char *lk_ocsp_malformed(const uint8_t *bytes, size_t length)
{
    OCSP_RESPONSE *response = parse(bytes, length);
    const char *complaint = NULL;
    if (!response)
        complaint = "it is no OCSP response in DER";
    else if (OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        complaint = OCSP_response_status_str(OCSP_response_status(response));
    OCSP_RESPONSE_free(response);
    return complaint;
}

/* The certificate, its issuer, and so on up to a root, which a server need not send; NULL when there is none. */
static STACK_OF(X509) * lead_to_root(const lk_certificate_chain *chain, X509_STORE *roots)
{
    STACK_OF(X509) *verified = NULL;
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    if (context && X509_STORE_CTX_init(context, roots, sk_X509_value(chain->parsed, 0), chain->parsed) == 1 &&
        X509_verify_cert(context) == 1)
        verified = X509_STORE_CTX_get1_chain(context);
    X509_STORE_CTX_free(context);
    ERR_clear_error();
    return verified;
}

/* True when a single response is about that certificate: names are hashed, by a function that the response chooses. */
static bool is_about(const OCSP_SINGLERESP *single, const STACK_OF(X509) * verified)
{
    const X509 *subject = sk_X509_value(verified, 0);
    const X509 *issuer = sk_X509_value(verified, sk_X509_num(verified) > 1 ? 1 : 0);
    ASN1_OBJECT *algorithm = NULL;
    const OCSP_CERTID *id = OCSP_SINGLERESP_get0_id(single);
    OCSP_CERTID *copy = OCSP_CERTID_dup(id);
    bool same = false;
    if (copy && OCSP_id_get0_info(NULL, &algorithm, NULL, NULL, copy) == 1) {
        const EVP_MD *digest = EVP_get_digestbyobj(algorithm);
        OCSP_CERTID *expected = digest ? OCSP_cert_to_id(digest, subject, issuer) : NULL;
        same = expected && OCSP_id_cmp(expected, copy) == 0;
        OCSP_CERTID_free(expected);
    }
    OCSP_CERTID_free(copy);
    return same;
}

static lk_error judge_single(OCSP_SINGLERESP *single, const char **complaint)
{
    ASN1_GENERALIZEDTIME *from = NULL, *until = NULL;
    int status = OCSP_single_get0_status(single, NULL, NULL, &from, &until);
    if (OCSP_check_validity(from, until, CLOCK_SKEW, -1) != 1) {
        *complaint = "it is too old, or not valid yet; have the server fetch a new one, or check the clock";
        return LK_ERROR_STATUS_INVALID;
    }
    if (status == V_OCSP_CERTSTATUS_REVOKED)
        return LK_ERROR_CERTIFICATE_REVOKED;
    *complaint = "its authority does not know the certificate";
    return status == V_OCSP_CERTSTATUS_GOOD ? LK_OK : LK_ERROR_STATUS_INVALID;
}

static lk_error judge(OCSP_BASICRESP *basic, STACK_OF(X509) * verified, X509_STORE *roots, const char **complaint)
{
    if (OCSP_basic_verify(basic, verified, roots, 0) != 1) {
        *complaint = "its signature is not one of the certificate's authority";
        return LK_ERROR_STATUS_INVALID;
    }
    for (int i = 0; i < OCSP_resp_count(basic); i++) {
        OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
        if (is_about(single, verified))
            return judge_single(single, complaint);
    }
    *complaint = "it is about another certificate";
    return LK_ERROR_STATUS_INVALID;
}

lk_error lk_ocsp_check(const uint8_t *bytes, size_t length, const lk_certificate_chain *chain, X509_STORE *roots,
                       char *diagnosis, size_t size)
{
    const char *complaint = lk_ocsp_malformed(bytes, length);
    lk_error error = complaint ? LK_ERROR_STATUS_INVALID : LK_OK;
    OCSP_RESPONSE *response = complaint ? NULL : parse(bytes, length);
    OCSP_BASICRESP *basic = response ? OCSP_response_get1_basic(response) : NULL;
    STACK_OF(X509) *verified = error ? NULL : lead_to_root(chain, roots);
    if (!error && (!basic || !verified)) {
        complaint = basic ? "nobody that is trusted has issued the certificate" : "it is of a kind that is not known";
        error = LK_ERROR_STATUS_INVALID;
    }
    if (!error)
        error = judge(basic, verified, roots, &complaint);
    if (error == LK_ERROR_STATUS_INVALID)
        snprintf(diagnosis, size, "%s: %s", lk_error_sentence(error), complaint);
    ERR_clear_error();
    sk_X509_pop_free(verified, X509_free);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
    return error;
}
