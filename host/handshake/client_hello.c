/* SPDX-License-Identifier: Apache-2.0 */
/* ClientHello: RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2. */
#include "handshake/choice.h"
#include "handshake/extensions.h"
#include "handshake/messages.h"
#include "handshake/renegotiation.h"
#include "handshake/resume.h"

#include "handshake/alert.h"

#include <openssl/rand.h>
#include <string.h>

enum { COMPRESSION_NONE = 0, EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff };

/* What stays the same in a second ClientHello is made once. */
static lk_error prepare(lk_handshake *handshake)
{
    if (!handshake->retried) {
        if (RAND_bytes(handshake->client_random, sizeof handshake->client_random) != 1)
            return LK_ERROR_CRYPTO;
        /* RFC 8446 appendix D.4: "The client always provides a non-empty session ID in the ClientHello", so that
         * middleboxes take it for a resumed TLS 1.2 session; RFC 5077 section 3.4: and where it is one, the server's
         * echo tells that the ticket was taken. */
        bool offers = lk_resume_offers_classic(handshake);
        if (offers && handshake->resumption->id_length > 0) {
            handshake->session_id_length = handshake->resumption->id_length;
            memcpy(handshake->session_id, handshake->resumption->id, handshake->session_id_length);
        } else if (lk_handshake_speaks(handshake, LK_TLS1_3) || offers) {
            handshake->session_id_length = LK_SESSION_ID_MAX;
            if (RAND_bytes(handshake->session_id, LK_SESSION_ID_MAX) != 1)
                return LK_ERROR_CRYPTO;
        }
        handshake->group = handshake->settings->groups[0];
    }
    /* A HelloRetryRequest that asks for another group has taken the first pair away; one with a cookie alone has not.
     */
    if (handshake->key_pair || !lk_handshake_speaks(handshake, LK_TLS1_3))
        return LK_OK;
    return lk_key_exchange_new(handshake->group, &handshake->key_pair);
}

lk_error lk_client_hello_compose(lk_handshake *handshake, lk_writer *body)
{
    lk_error error = prepare(handshake);
    if (error)
        return error;
    /* TLS 1.3: "the legacy_version field MUST be set to 0x0303" */
    handshake->hello_version = handshake->highest_version < LK_TLS1_2 ? handshake->highest_version : LK_TLS1_2;
    lk_writer_u16(body, handshake->hello_version);
    lk_writer_bytes(body, handshake->client_random, sizeof handshake->client_random);
    lk_writer_vector session_id = lk_writer_begin(body, 1);
    lk_writer_bytes(body, handshake->session_id, handshake->session_id_length);
    lk_writer_end(body, session_id);
    lk_writer_vector suites = lk_writer_begin(body, 2);
    for (size_t i = 0; i < handshake->suite_count; i++)
        lk_writer_u16(body, handshake->suites[i]->number);
    bool extended = handshake->highest_version > LK_SSL3; /* which has no extensions */
    if (!extended)
        lk_writer_u16(body, EMPTY_RENEGOTIATION_INFO_SCSV);
    if (handshake->settings->fallback && !handshake->before)
        lk_writer_u16(body, LK_FALLBACK_SCSV);
    lk_writer_end(body, suites);
    lk_writer_vector compression = lk_writer_begin(body, 1);
    lk_writer_u8(body, COMPRESSION_NONE);
    lk_writer_end(body, compression);
    handshake->extensions_offered = 0;
    if (extended)
        lk_extensions_compose(handshake, LK_IN_CLIENT_HELLO, body);
    else
        lk_extensions_offer(handshake, LK_EXTENSION_RENEGOTIATION_INFO);
    lk_handshake_mean(
        handshake, "client offers %s%s, %zu suite%s%s%s%s%s%s", lk_version_title(handshake->highest_version),
        handshake->lowest_version < handshake->highest_version ? " and older" : "", handshake->suite_count,
        handshake->suite_count == 1 ? "" : "s", handshake->key_pair ? ", a share of " : "",
        handshake->key_pair ? handshake->group->title : "", handshake->host[0] ? ", to " : "", handshake->host,
        handshake->resumption ? ", and to go on with a session" : "");
    return LK_OK;
}

static void forget_offer(lk_handshake *handshake)
{
    memset(&handshake->offer, 0, sizeof handshake->offer);
    memset(handshake->server_name, 0, sizeof handshake->server_name);
    memset(handshake->alpn, 0, sizeof handshake->alpn);
    /* what a first ClientHello was gone on with, too */
    lk_certificate_chain_clear(&handshake->peer_chain);
    handshake->resumed = handshake->external = false;
}

/* What was read of the ClientHello in place is gone when the message is. */
static void forget_places(lk_offer *offer)
{
    memset(offer->share, 0, sizeof offer->share);
    offer->ticket = offer->identities = offer->binders = offer->binder = lk_reader_over(NULL, 0);
    offer->hello = NULL;
}

/* RFC 8446 section 4.1.2: a second ClientHello is the first "without modification" but for the listed extensions. */
static lk_error check_same(lk_handshake *handshake, const uint8_t *random, const lk_reader *session_id)
{
    if (!handshake->retried)
        return LK_OK;
    if (!random || memcmp(random, handshake->client_random, LK_RANDOM_LENGTH) != 0 ||
        session_id->left != handshake->session_id_length ||
        memcmp(session_id->next, handshake->session_id, session_id->left) != 0)
        return lk_handshake_fail(handshake, LK_ERROR_ILLEGAL_PARAMETER,
                                 "the client's second ClientHello is not like its first");
    return LK_OK;
}

static bool has_u16(lk_reader list, uint16_t number)
{
    while (!list.failed && list.left > 0)
        if (lk_reader_u16(&list) == number)
            return true;
    return false;
}

static lk_error parse_extensions(lk_handshake *handshake, uint16_t version, lk_reader *body)
{
    handshake->extensions_seen = 0;
    /* RFC 6101 section 5.6.1.2: a ClientHello of SSL 3.0 may have "extra data after the compression methods", which
     * "must be ignored". */
    if (version <= LK_SSL3)
        lk_reader_bytes(body, body->left);
    /* RFC 5246 section 7.4.1.2: whether extensions are there shows in "whether there are bytes following the
     * compression_methods field at the end". */
    if (body->left == 0)
        return LK_OK;
    lk_reader block = lk_reader_vector16(body);
    if (!lk_reader_finished(body))
        return LK_ERROR_DECODE;
    return lk_extensions_parse(handshake, LK_IN_CLIENT_HELLO, &block);
}

static lk_error check_renegotiation(lk_handshake *handshake, lk_reader suites)
{
    bool signals = has_u16(suites, EMPTY_RENEGOTIATION_INFO_SCSV);
    lk_offer *offer = &handshake->offer;
    /* RFC 5746 section 3.7: in a renegotiation the SCSV may not be there, and renegotiation_info must be; in a first
     * handshake the SCSV counts as an empty one (section 3.6). */
    if (handshake->before && (signals || !offer->secure_renegotiation))
        return lk_handshake_fail(handshake, LK_ERROR_RENEGOTIATION_INSECURE,
                                 "the client renegotiates without renegotiation_info (RFC 5746)");
    offer->secure_renegotiation |= signals;
    handshake->secure_renegotiation = offer->secure_renegotiation;
    return lk_renegotiation_check_hello(handshake, offer->extended_master_secret);
}

lk_error lk_client_hello_parse(lk_handshake *handshake, lk_reader *body)
{
    lk_client_choices choices = {0};
    const uint8_t *message = body->next - LK_MESSAGE_HEADER;
    choices.legacy_version = lk_reader_u16(body);
    const uint8_t *random = lk_reader_bytes(body, LK_RANDOM_LENGTH);
    lk_reader session_id = lk_reader_vector8(body);
    choices.suites = lk_reader_vector16(body);
    choices.compressions = lk_reader_vector8(body);
    if (body->failed || session_id.left > LK_SESSION_ID_MAX || choices.suites.left == 0 ||
        choices.suites.left % 2 != 0 || choices.compressions.left == 0)
        return LK_ERROR_DECODE;
    bool went_on = handshake->retried && handshake->resumed; /* by the first hello */
    forget_offer(handshake);
    handshake->offer.hello = message;
    lk_error error = check_same(handshake, random, &session_id);
    if (!error)
        error = parse_extensions(handshake, choices.legacy_version, body);
    /* It may leave out "any PSKs which are incompatible with the server's indicated cipher suite", and no other. */
    if (!error && went_on && !lk_extensions_seen(handshake, LK_EXTENSION_PRE_SHARED_KEY))
        error = lk_handshake_fail(handshake, LK_ERROR_ILLEGAL_PARAMETER,
                                  "the client's second ClientHello has lost the session of its first");
    if (error)
        return error;
    handshake->hello_version = choices.legacy_version;
    memcpy(handshake->client_random, random, LK_RANDOM_LENGTH);
    handshake->session_id_length = session_id.left;
    lk_reader_copy(&session_id, handshake->session_id, session_id.left);
    error = check_renegotiation(handshake, choices.suites);
    if (error)
        return error;
    lk_handshake_mean(handshake, "client offers %zu suites%s%s", choices.suites.left / 2,
                      handshake->server_name[0] ? ", asks for " : "", handshake->server_name);
    error = lk_choose(handshake, &choices);
    forget_places(&handshake->offer);
    return error;
}

lk_error lk_client_hello_again(lk_handshake *handshake, lk_reader *body)
{
    lk_error error = lk_handshake_idle(handshake); /* a client may not keep a server busy with handshakes alone */
    if (!error)
        error = lk_renegotiation_begin(handshake);
    return error ? error : lk_client_hello_parse(handshake, body);
}

lk_error lk_client_hello_refuse(lk_handshake *handshake, lk_reader *body)
{
    /* RFC 5246 section 7.2.2: no_renegotiation is "sent by the client in response to a hello request or by the server
     * in response to a client hello after initial handshaking". */
    lk_reader_bytes(body, body->left);
    lk_handshake_mean(handshake, "client asks for renegotiation, which is refused");
    lk_error error = lk_handshake_idle(handshake);
    if (error)
        return error;
    return lk_alert_warn(handshake->layer, &handshake->observer, LK_ALERT_NO_RENEGOTIATION, "renegotiation is off");
}
