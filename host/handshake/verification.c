/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/verification.h"

#include <stdio.h>

/* The errors of certificates stand side by side. */
static bool is_of_certificates(lk_error error)
{
    return LK_ERROR_CERTIFICATE_MISSING <= error && error <= LK_ERROR_CERTIFICATE_REJECTED;
}

static lk_chain_verdict find_verdict(const lk_handshake *handshake, const lk_certificate_chain *chain, char *diagnosis,
                                     size_t size)
{
    const lk_handshake_settings *settings = handshake->settings;
    if (settings->trust_anyone)
        return lk_certificate_chain_pinned(chain, &settings->rules, diagnosis, size);
    return lk_certificate_chain_verify(chain, lk_handshake_peer(handshake), settings->roots, &settings->rules,
                                       handshake->host[0] ? handshake->host : NULL, diagnosis, size);
}

lk_error lk_verification_judge(const lk_handshake *handshake, const lk_certificate_chain *chain, char *diagnosis,
                               size_t size)
{
    diagnosis[0] = '\0';
    lk_chain_verdict verdict = find_verdict(handshake, chain, diagnosis, size);
    bool about_certificates = !verdict.error || is_of_certificates(verdict.error);
    if (!handshake->settings->judged || !about_certificates)
        return verdict.error;
    lk_error word = handshake->observer.judge(handshake->observer.context, &verdict, diagnosis, chain);
    if (!word) {
        diagnosis[0] = '\0';
    } else if (word != verdict.error) {
        word = is_of_certificates(word) ? word : LK_ERROR_CERTIFICATE_REJECTED;
        snprintf(diagnosis, size, "the application does not take the peer's certificate: %s", lk_error_sentence(word));
    }
    return word;
}
