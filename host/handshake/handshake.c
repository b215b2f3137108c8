/* SPDX-License-Identifier: Apache-2.0 */
/* A handshake from its beginning to its end, and what was agreed in it; machine.c drives it. */
#include "handshake/exchange.h"
#include "handshake/keys.h"
#include "handshake/post_handshake.h"
#include "handshake/renegotiation.h"
#include "handshake/resume.h"

#include "base/secret.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OUTGOING_BASE = 20 * 1024, /* the longest message without a chain: a ClientHello with a cookie, ALPN and a name */
    ENTRY_OVERHEAD = 5,        /* of a certificate in its message */
    IDLE_MAX = 32
};

void lk_handshake_mean(lk_handshake *handshake, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(handshake->meaning, sizeof handshake->meaning, format, arguments);
    va_end(arguments);
}

lk_error lk_handshake_fail(lk_handshake *handshake, lk_error error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(handshake->diagnosis, sizeof handshake->diagnosis, format, arguments);
    va_end(arguments);
    return error;
}

lk_error lk_handshake_idle(lk_handshake *handshake)
{
    return ++handshake->idle_messages > IDLE_MAX ? LK_ERROR_TOO_MANY_EMPTY : LK_OK;
}

void lk_handshake_data_came(lk_handshake *handshake)
{
    handshake->idle_messages = 0;
}

void lk_handshake_data_went(lk_handshake *handshake)
{
    handshake->updated = false;
}

bool lk_handshake_speaks(const lk_handshake *handshake, uint16_t version)
{
    return handshake->lowest_version <= version && version <= handshake->highest_version;
}

bool lk_handshake_speaks_classic(const lk_handshake *handshake)
{
    return handshake->lowest_version <= LK_TLS1_2 && handshake->highest_version >= LK_TLS1_0;
}

void lk_handshake_set_version(lk_handshake *handshake, uint16_t version)
{
    handshake->version = version;
    handshake->transcript.keeps_all &= version < LK_TLS1_3;
    lk_record_layer_set_version(handshake->layer, version, version < LK_TLS1_2 ? version : LK_TLS1_2);
}

/* Beginning and end */

/* True when the suite exists in that version, the required engine has both, and the keys that it needs are there. */
static bool possible(const lk_handshake *handshake, const lk_suite *suite, uint16_t version)
{
    const lk_handshake_settings *settings = handshake->settings;
    bool keyed = version >= LK_TLS1_3 && settings->psk.external && settings->psk.length > 0 &&
                 settings->psk.hash == suite->hash && handshake->client_policy != LK_CLIENT_REQUIRED;
    bool certified = handshake->role == LK_CLIENT || lk_exchange_keyed(settings, suite, version) ||
                     !lk_exchange_certified(suite) || keyed;
    return lk_suite_allows(suite, version) && certified && (!settings->keys_on_device || version >= LK_TLS1_3) &&
           (suite->exchange != LK_EXCHANGE_PSK || settings->psk.length > 0) &&
           (!settings->required || lk_engine_supports(settings->required, version, suite->cipher));
}

/* Keeps of the settings what the required engine and the keys of this side allow, and of the versions those that have a
 * suite left. */
static lk_error limit(lk_handshake *handshake)
{
    const lk_handshake_settings *settings = handshake->settings;
    for (size_t i = 0; i < settings->suite_count && i < LK_SUITES_MAX; i++) {
        const lk_suite *suite = settings->suites[i];
        bool kept = false;
        for (uint16_t version = settings->lowest_version; version <= settings->highest_version; version++) {
            if (!possible(handshake, suite, version))
                continue;
            kept = true;
            if (handshake->lowest_version == 0 || version < handshake->lowest_version)
                handshake->lowest_version = version;
            if (version > handshake->highest_version)
                handshake->highest_version = version;
        }
        if (kept)
            handshake->suites[handshake->suite_count++] = suite;
    }
    if (handshake->suite_count > 0)
        return LK_OK;
    return settings->required ? LK_ERROR_ENGINE_UNSUPPORTED : LK_ERROR_INVALID_ARGUMENT;
}

void lk_handshake_release_memory(lk_handshake *handshake)
{
    lk_keys_forget(handshake);
    lk_resume_drop(handshake);
    lk_resumption_clear(&handshake->ticket);
    free(handshake->outgoing);
    handshake->outgoing = NULL;
    handshake->outgoing_capacity = 0;
    free(handshake->cookie);
    handshake->cookie = NULL;
}

/* Whether there may be a CertificateVerify of the client, which signs all that was said before. */
static bool keeps_all(const lk_handshake *handshake)
{
    return handshake->settings->key && (handshake->role == LK_CLIENT || handshake->client_policy != LK_CLIENT_UNKNOWN);
}

lk_error lk_handshake_prepare(lk_handshake *handshake)
{
    const lk_handshake_settings *settings = handshake->settings;
    size_t capacity =
        OUTGOING_BASE + lk_certificate_chain_size(&settings->chain) + settings->chain.count * ENTRY_OVERHEAD;
    if (handshake->role == LK_SERVER)
        capacity += settings->authorities.length + settings->ocsp.length;
    free(handshake->outgoing);
    handshake->outgoing = malloc(capacity);
    handshake->outgoing_capacity = handshake->outgoing ? capacity : 0;
    handshake->transcript.keeps_all = keeps_all(handshake);
    return handshake->outgoing ? LK_OK : LK_ERROR_NO_MEMORY;
}

lk_error lk_handshake_ask_client(lk_handshake *handshake, lk_client_policy policy)
{
    if (handshake->state != LK_STATE_START && handshake->state != LK_STATE_ESTABLISHED)
        return LK_ERROR_WRONG_STATE;
    handshake->client_policy = policy;
    if (handshake->state == LK_STATE_START)
        handshake->transcript.keeps_all = keeps_all(handshake);
    return LK_OK;
}

lk_error lk_handshake_new(const lk_handshake_settings *settings, lk_role role, const char *host, lk_record_layer *layer,
                          const lk_handshake_observer *observer, lk_handshake **handshake)
{
    lk_handshake *made = calloc(1, sizeof *made);
    if (!made)
        return LK_ERROR_NO_MEMORY;
    made->settings = settings;
    made->role = role;
    made->layer = layer;
    made->observer = *observer;
    made->client_policy = settings->client_policy;
    lk_error error = limit(made);
    if (!error && made->highest_version == LK_SSL3) /* its ClientHello goes in records of that version */
        lk_record_layer_set_version(layer, 0, LK_SSL3);
    if (!error && host && strlen(host) > LK_NAME_MAX)
        error = LK_ERROR_INVALID_ARGUMENT;
    if (!error) {
        if (host)
            memcpy(made->host, host, strlen(host) + 1);
        error = lk_handshake_prepare(made);
        if (!error)
            error = lk_resume_offer_external(made);
    }
    if (error) {
        lk_handshake_free(made);
        return error;
    }
    lk_record_layer_expect_data(layer, false);
    *handshake = made;
    return LK_OK;
}

void lk_handshake_abandon(lk_handshake *handshake)
{
    lk_renegotiation_finish(handshake);
    lk_handshake_release_memory(handshake);
    lk_post_handshake_clear(handshake);
    lk_secret_wipe(handshake->application_secret, sizeof handshake->application_secret);
    lk_secret_wipe(handshake->resumption_secret, sizeof handshake->resumption_secret);
    lk_secret_wipe(&handshake->exporter, sizeof handshake->exporter);
    free(handshake->signature.bytes);
    handshake->signature = (lk_bytes){0};
    handshake->signature_awaited = false;
    free(handshake->incoming);
    handshake->incoming = NULL;
    handshake->incoming_length = handshake->incoming_capacity = handshake->incoming_taken = 0;
}

void lk_handshake_free(lk_handshake *handshake)
{
    if (!handshake)
        return;
    lk_handshake_abandon(handshake);
    lk_certificate_chain_clear(&handshake->peer_chain);
    free(handshake->status.bytes);
    lk_secret_wipe(handshake, sizeof *handshake);
    free(handshake);
}

lk_error lk_handshake_update_key(lk_handshake *handshake)
{
    if (!lk_handshake_is_over(handshake) || handshake->version < LK_TLS1_3)
        return LK_ERROR_WRONG_STATE;
    handshake->update_wanted = true;
    return lk_handshake_run(handshake);
}

/* What was agreed */

bool lk_handshake_established(const lk_handshake *handshake)
{
    return lk_handshake_is_over(handshake) || handshake->before;
}

bool lk_handshake_takes_data(const lk_handshake *handshake)
{
    /* RFC 8446 section 4.6.2: a client's answer to a request comes "with no intervening messages of other types". */
    bool answering = handshake->role == LK_SERVER && handshake->state > LK_STATE_ESTABLISHED;
    return lk_handshake_established(handshake) && !handshake->data_barred && !answering &&
           !lk_handshake_in_message(handshake);
}

bool lk_handshake_resumed(const lk_handshake *handshake)
{
    return handshake->before ? handshake->before->resumed : handshake->resumed && !handshake->external;
}

uint16_t lk_handshake_version(const lk_handshake *handshake)
{
    return handshake->version;
}

const lk_suite *lk_handshake_suite(const lk_handshake *handshake)
{
    return handshake->before ? handshake->before->suite : handshake->suite;
}

const lk_suite *lk_handshake_suite_at_hand(const lk_handshake *handshake)
{
    return handshake->suite;
}

const lk_group *lk_handshake_group(const lk_handshake *handshake)
{
    return handshake->before ? handshake->before->group : handshake->group;
}

const char *lk_handshake_alpn(const lk_handshake *handshake)
{
    const char *name = handshake->before ? handshake->before->alpn : handshake->alpn;
    return name[0] ? name : NULL;
}

const char *lk_handshake_server_name(const lk_handshake *handshake)
{
    const char *name = handshake->before ? handshake->before->server_name : handshake->server_name;
    return name[0] ? name : NULL;
}

const lk_certificate_chain *lk_handshake_peer_chain(const lk_handshake *handshake)
{
    if (handshake->role == LK_SERVER && handshake->state > LK_STATE_ESTABLISHED)
        return &handshake->later.before;
    return handshake->before ? &handshake->before->peer_chain : &handshake->peer_chain;
}

const lk_bytes *lk_handshake_status(const lk_handshake *handshake)
{
    return &handshake->status;
}

const char *lk_handshake_diagnosis(const lk_handshake *handshake)
{
    return handshake->diagnosis;
}
