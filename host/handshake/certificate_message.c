/* SPDX-License-Identifier: Apache-2.0 */
/* Certificate: RFC 8446 section 4.4.2, RFC 5246 section 7.4.2. */
#include "handshake/extensions.h"
#include "handshake/messages.h"
#include "handshake/post_handshake.h"
#include "handshake/renegotiation.h"
#include "handshake/stapling.h"
#include "handshake/verification.h"

enum { SUBJECT_MAX = 96 };

static void mean(lk_handshake *handshake, lk_role sender, const lk_certificate_chain *chain)
{
    char subject[SUBJECT_MAX];
    lk_certificate_chain_subject(chain, subject, sizeof subject);
    if (chain->count == 0)
        lk_handshake_mean(handshake, "client has no certificate to give");
    else
        lk_handshake_mean(handshake, "%zu certificate%s of the %s: %s", chain->count, chain->count == 1 ? "" : "s",
                          sender == LK_CLIENT ? "client" : "server", subject);
}

lk_error lk_certificate_compose(lk_handshake *handshake, lk_writer *body)
{
    static const lk_certificate_chain none;
    /* "If no suitable certificate is available, the client MUST send a certificate message containing no certificates."
     */
    bool suitable = handshake->role == LK_SERVER || handshake->client_scheme;
    const lk_certificate_chain *chain = suitable ? &handshake->settings->chain : &none;
    /* certificate_request_context: that of the request, and a server's is empty; both are so within a handshake. */
    if (handshake->version >= LK_TLS1_3) {
        lk_writer_vector context = lk_writer_begin(body, 1);
        if (lk_handshake_is_over(handshake))
            lk_writer_bytes(body, handshake->later.context, handshake->later.context_length);
        lk_writer_end(body, context);
    }
    lk_writer_vector list = lk_writer_begin(body, 3);
    for (size_t i = 0; i < chain->count; i++) {
        lk_writer_vector certificate = lk_writer_begin(body, 3);
        lk_writer_bytes(body, chain->rows[i].bytes, chain->rows[i].length);
        lk_writer_end(body, certificate);
        if (handshake->version >= LK_TLS1_3 && i == 0)
            lk_extensions_compose(handshake, LK_IN_CERTIFICATE, body);
        else if (handshake->version >= LK_TLS1_3)
            lk_writer_u16(body, 0);
    }
    lk_writer_end(body, list);
    mean(handshake, handshake->role, chain);
    return LK_OK;
}

static lk_error parse_entry(lk_handshake *handshake, lk_reader *list)
{
    lk_reader certificate = lk_reader_vector24(list);
    lk_reader extensions = lk_reader_over(NULL, 0);
    if (handshake->version >= LK_TLS1_3)
        extensions = lk_reader_vector16(list);
    if (list->failed || certificate.left == 0)
        return LK_ERROR_DECODE;
    lk_error error = lk_certificate_chain_add(&handshake->peer_chain, certificate.next, certificate.left);
    return error ? error : lk_extensions_parse(handshake, LK_IN_CERTIFICATE, &extensions);
}

static lk_error verify(lk_handshake *handshake)
{
    if (!lk_certificate_chain_key(&handshake->peer_chain))
        return LK_ERROR_CERTIFICATE_UNSUITABLE;
    return lk_verification_judge(handshake, &handshake->peer_chain, handshake->diagnosis, sizeof handshake->diagnosis);
}

static lk_error judge_none(lk_handshake *handshake)
{
    /* "If the server supplies an empty Certificate message, the client MUST abort the handshake with a "decode_error"
     * alert." */
    if (handshake->role == LK_CLIENT)
        return lk_handshake_fail(handshake, LK_ERROR_DECODE, "the server sent no certificate");
    mean(handshake, LK_CLIENT, &handshake->peer_chain);
    /* "If the client does not send any certificates [...], the server MAY at its discretion either continue the
     * handshake without client authentication or abort the handshake with a "certificate_required" alert." */
    if (handshake->client_policy != LK_CLIENT_REQUIRED)
        return lk_renegotiation_check_peer(handshake);
    return lk_handshake_fail(handshake, LK_ERROR_CERTIFICATE_MISSING,
                             "the client gave no certificate, and this server takes no client without one");
}

lk_error lk_certificate_none(lk_handshake *handshake)
{
    return judge_none(handshake);
}

lk_error lk_certificate_parse(lk_handshake *handshake, lk_reader *body)
{
    lk_error error = LK_OK;
    lk_reader context = lk_reader_over(NULL, 0);
    if (handshake->version >= LK_TLS1_3)
        context = lk_reader_vector8(body);
    lk_reader list = lk_reader_vector24(body);
    if (!lk_reader_finished(body))
        return LK_ERROR_DECODE;
    if (lk_handshake_is_over(handshake))
        error = lk_post_handshake_answered(handshake, &context);
    else if (context.left > 0)
        error = LK_ERROR_ILLEGAL_PARAMETER;
    if (error)
        return error;
    if (list.left == 0)
        return judge_none(handshake);
    while (!error && list.left > 0)
        error = parse_entry(handshake, &list);
    if (!error)
        mean(handshake, lk_handshake_peer(handshake), &handshake->peer_chain);
    if (!error)
        error = verify(handshake);
    if (!error)
        error = lk_renegotiation_check_peer(handshake);
    return error || handshake->version < LK_TLS1_3 ? error : lk_stapling_judge(handshake);
}
