/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/renegotiation.h"

#include "base/secret.h"
#include "handshake/keys.h"
#include "handshake/resume.h"

#include <stdlib.h>
#include <string.h>

bool lk_renegotiation_possible(const lk_handshake *handshake)
{
    return handshake->version >= LK_TLS1_0 && handshake->version < LK_TLS1_3 && handshake->secure_renegotiation &&
           handshake->settings->renegotiation != LK_RENEGOTIATION_OFF;
}

lk_error lk_handshake_renegotiate(lk_handshake *handshake)
{
    if (!lk_renegotiation_possible(handshake) || !lk_handshake_established(handshake))
        return LK_ERROR_WRONG_STATE;
    if (!handshake->before)
        handshake->renegotiation_wanted = true;
    return lk_handshake_run(handshake);
}

bool lk_handshake_renegotiating(const lk_handshake *handshake)
{
    return handshake->before || (handshake->role == LK_CLIENT && handshake->renegotiation_wanted);
}

/* The version is agreed on for good: nothing else is offered or taken. */
static void narrow(lk_handshake *handshake)
{
    size_t kept = 0;
    handshake->lowest_version = handshake->highest_version = handshake->version;
    for (size_t i = 0; i < handshake->suite_count; i++)
        if (lk_suite_allows(handshake->suites[i], handshake->version))
            handshake->suites[kept++] = handshake->suites[i];
    handshake->suite_count = kept;
}

/* Moves what was agreed out of the handshake. */
static void set_aside(lk_handshake *handshake, lk_agreement *before)
{
    *before = (lk_agreement){.suite = handshake->suite,
                             .group = handshake->group,
                             .scheme = handshake->scheme,
                             .client_scheme = handshake->client_scheme,
                             .extended_master_secret = handshake->extended_master_secret,
                             .encrypt_then_mac = handshake->encrypt_then_mac,
                             .resumed = handshake->resumed,
                             .born = handshake->born,
                             .peer_chain = handshake->peer_chain};
    memcpy(before->alpn, handshake->alpn, sizeof before->alpn);
    memcpy(before->server_name, handshake->server_name, sizeof before->server_name);
    handshake->suite = NULL;
    handshake->group = NULL;
    handshake->scheme = handshake->client_scheme = NULL;
    handshake->extended_master_secret = handshake->encrypt_then_mac = handshake->resumed = false;
    handshake->peer_chain = (lk_certificate_chain){0};
    memset(handshake->alpn, 0, sizeof handshake->alpn);
    memset(handshake->server_name, 0, sizeof handshake->server_name);
}

/* And back. */
static void put_back(lk_handshake *handshake, lk_agreement *before)
{
    handshake->suite = before->suite;
    handshake->group = before->group;
    handshake->scheme = before->scheme;
    handshake->client_scheme = before->client_scheme;
    handshake->extended_master_secret = before->extended_master_secret;
    handshake->encrypt_then_mac = before->encrypt_then_mac;
    handshake->resumed = before->resumed;
    handshake->born = before->born;
    handshake->peer_chain = before->peer_chain;
    memcpy(handshake->alpn, before->alpn, sizeof handshake->alpn);
    memcpy(handshake->server_name, before->server_name, sizeof handshake->server_name);
    before->peer_chain = (lk_certificate_chain){0};
}

lk_error lk_renegotiation_begin(lk_handshake *handshake)
{
    lk_agreement *before = calloc(1, sizeof *before);
    lk_error error = before ? lk_handshake_prepare(handshake) : LK_ERROR_NO_MEMORY;
    if (error) {
        free(before);
        return error;
    }
    set_aside(handshake, before);
    handshake->before = before;
    handshake->renegotiation_wanted = false;
    handshake->session_id_length = 0;
    handshake->certificate_asked = handshake->ticket_promised = handshake->status_promised = false;
    free(handshake->status.bytes);
    handshake->status = (lk_bytes){0};
    handshake->max_fragment = 0;
    memset(&handshake->offer, 0, sizeof handshake->offer);
    narrow(handshake);
    return LK_OK;
}

static void forget(lk_handshake *handshake)
{
    if (handshake->before)
        lk_certificate_chain_clear(&handshake->before->peer_chain);
    free(handshake->before);
    handshake->before = NULL;
    handshake->data_barred = false;
}

void lk_renegotiation_finish(lk_handshake *handshake)
{
    forget(handshake);
}

void lk_renegotiation_undo(lk_handshake *handshake)
{
    lk_certificate_chain_clear(&handshake->peer_chain);
    put_back(handshake, handshake->before);
    forget(handshake);
    lk_handshake_release_memory(handshake);
    handshake->state = LK_STATE_ESTABLISHED;
}

bool lk_handshake_refused(lk_handshake *handshake)
{
    if (handshake->role != LK_CLIENT || !handshake->before || handshake->state != LK_STATE_SERVER_HELLO ||
        lk_handshake_in_message(handshake))
        return false;
    lk_renegotiation_undo(handshake);
    return true;
}

/* RFC 5746 */

void lk_renegotiation_keep(lk_handshake *handshake, lk_role sender, const uint8_t *verify_data, size_t length)
{
    if (length > LK_VERIFY_DATA_MAX)
        return; /* TLS 1.3, which needs none */
    memcpy(handshake->verify_data[sender], verify_data, length);
    handshake->verify_data_length = length;
}

/* Section 3.2: the client sends its own verify_data; the server "the concatenation of the verify_data values sent by
 * the client and the server". Both are empty in a first handshake. */
void lk_renegotiation_compose(const lk_handshake *handshake, lk_role sender, lk_writer *writer)
{
    size_t length = handshake->before ? handshake->verify_data_length : 0;
    lk_writer_bytes(writer, handshake->verify_data[LK_CLIENT], length);
    if (sender == LK_SERVER)
        lk_writer_bytes(writer, handshake->verify_data[LK_SERVER], length);
}

/* Sections 3.4 to 3.7: where it is not as it must be, "the client [the server] MUST abort the handshake". */
lk_error lk_renegotiation_check(lk_handshake *handshake, lk_role sender, lk_reader connection)
{
    uint8_t expected[2 * LK_VERIFY_DATA_MAX];
    lk_writer writer = lk_writer_into(expected, sizeof expected);
    lk_renegotiation_compose(handshake, sender, &writer);
    if (connection.left == writer.length &&
        (writer.length == 0 || lk_secret_equal(connection.next, expected, writer.length)))
        return LK_OK;
    return lk_handshake_fail(handshake, LK_ERROR_RENEGOTIATION_INSECURE,
                             "the peer's renegotiation_info does not fit this connection: someone may have spliced two "
                             "of them (RFC 5746)");
}

lk_error lk_renegotiation_check_hello(lk_handshake *handshake, bool extended_master_secret)
{
    /* RFC 7627 section 5.4: whoever renegotiates without the extension can be made to share a secret with someone else;
     * a peer that had it has no reason to leave it out, nor to learn it in mid-connection. */
    if (!handshake->before || handshake->before->extended_master_secret == extended_master_secret)
        return LK_OK;
    return lk_handshake_fail(handshake, LK_ERROR_RENEGOTIATION_INSECURE,
                             "the peer renegotiates %s the extended master secret",
                             extended_master_secret ? "with, after a handshake without," : "without");
}

lk_error lk_renegotiation_check_peer(lk_handshake *handshake)
{
    const lk_certificate_chain *now = &handshake->peer_chain;
    if (!handshake->before || handshake->settings->renegotiation == LK_RENEGOTIATION_ANY_PEER)
        return LK_OK;
    const lk_certificate_chain *then = &handshake->before->peer_chain;
    /* A client that nobody knew may say who it is: that is what servers renegotiate for. */
    if (then->count == 0)
        return LK_OK;
    if (now->count > 0 && now->rows[0].length == then->rows[0].length &&
        memcmp(now->rows[0].bytes, then->rows[0].bytes, now->rows[0].length) == 0)
        return LK_OK;
    return lk_handshake_fail(handshake, LK_ERROR_CERTIFICATE_CHANGED, "%s",
                             lk_error_sentence(LK_ERROR_CERTIFICATE_CHANGED));
}
