/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/choice.h"

#include "handshake/exchange.h"
#include "handshake/extensions.h"
#include "handshake/resume.h"

#include <string.h>

enum { COMPRESSION_NONE = 0 };

static bool client_has(lk_reader list, uint16_t number)
{
    while (!list.failed && list.left > 0)
        if (lk_reader_u16(&list) == number)
            return true;
    return false;
}

static lk_error choose_version(lk_handshake *handshake, const lk_client_choices *choices)
{
    uint16_t chosen = 0;
    /* RFC 8446 section 4.2.1: "If this extension is present, servers MUST NOT use the ClientHello.legacy_version value
     * for version negotiation". */
    if (lk_extensions_seen(handshake, LK_EXTENSION_SUPPORTED_VERSIONS)) {
        for (uint16_t version = handshake->highest_version; !chosen && version >= handshake->lowest_version; version--)
            chosen = handshake->offer.versions & lk_version_bit(version) ? version : 0;
    } else {
        /* RFC 5246 appendix E.1: the lower one of the client's version and the highest of the server's. */
        uint16_t highest = choices->legacy_version < LK_TLS1_2 ? choices->legacy_version : LK_TLS1_2;
        chosen = handshake->highest_version < highest ? handshake->highest_version : highest;
        if (!lk_handshake_speaks(handshake, chosen))
            chosen = 0;
    }
    if (chosen == 0)
        return lk_handshake_fail(
            handshake, LK_ERROR_PROTOCOL_VERSION, "%s (ours: %s to %s; the client's hello says %s)",
            lk_error_sentence(LK_ERROR_PROTOCOL_VERSION), lk_version_title(handshake->lowest_version),
            lk_version_title(handshake->highest_version), lk_version_title(choices->legacy_version));
    if (handshake->retried && chosen != handshake->version)
        return LK_ERROR_ILLEGAL_PARAMETER;
    /* RFC 7507 section 3: where the client has fallen back, "and the highest protocol version supported by the server
     * is higher than the version indicated in ClientHello.client_version, the server MUST respond with a fatal
     * inappropriate_fallback alert". */
    if (chosen < handshake->highest_version && client_has(choices->suites, LK_FALLBACK_SCSV))
        return lk_handshake_fail(handshake, LK_ERROR_INAPPROPRIATE_FALLBACK, "%s (it came with %s; ours: up to %s)",
                                 lk_error_sentence(LK_ERROR_INAPPROPRIATE_FALLBACK), lk_version_title(chosen),
                                 lk_version_title(handshake->highest_version));
    lk_handshake_set_version(handshake, chosen);
    return LK_OK;
}

static lk_error check_compressions(const lk_handshake *handshake, const lk_client_choices *choices)
{
    const lk_reader *list = &choices->compressions;
    /* "For every TLS 1.3 ClientHello, this vector MUST contain exactly one byte, set to zero"; TLS 1.2 may offer others
     * beside it. */
    if (!memchr(list->next, COMPRESSION_NONE, list->left) || (handshake->version >= LK_TLS1_3 && list->left != 1))
        return LK_ERROR_ILLEGAL_PARAMETER;
    return LK_OK;
}

/* RFC 8446 section 9.2: a ClientHello without a PSK "MUST contain both a "signature_algorithms" extension and a
 * "supported_groups" extension", and if there is one of the latter, "also [...] a "key_share" extension, and vice
 * versa". */
static lk_error check_present(lk_handshake *handshake)
{
    static const uint16_t demanded[] = {LK_EXTENSION_SIGNATURE_ALGORITHMS, LK_EXTENSION_SUPPORTED_GROUPS,
                                        LK_EXTENSION_KEY_SHARE};
    if (handshake->version < LK_TLS1_3)
        return LK_OK;
    for (size_t i = 0; i < sizeof demanded / sizeof demanded[0]; i++)
        if (!lk_extensions_seen(handshake, demanded[i]) &&
            !(handshake->resumption && demanded[i] == LK_EXTENSION_SIGNATURE_ALGORITHMS))
            return lk_handshake_fail(handshake, LK_ERROR_MISSING_EXTENSION, "the ClientHello has no extension %u",
                                     demanded[i]);
    return LK_OK;
}

/* A suite that client and server have, if it can be done; why not stands in *obstacle, unless something worse does. */
static bool take_suite(lk_handshake *handshake, const lk_suite *suite, lk_error *obstacle)
{
    if (!lk_suite_allows(suite, handshake->version))
        return false;
    lk_error error = lk_exchange_possible(handshake, suite);
    if (!error)
        handshake->suite = suite;
    else if (*obstacle == LK_ERROR_NO_COMMON_SUITE)
        *obstacle = error;
    return !error;
}

static const lk_suite *own_suite(const lk_handshake *handshake, uint16_t number)
{
    for (size_t i = 0; i < handshake->suite_count; i++)
        if (handshake->suites[i]->number == number)
            return handshake->suites[i];
    return NULL;
}

/* The first one, in the order of the server or, where the settings say so, of the client. */
static lk_error find_suite(lk_handshake *handshake, const lk_client_choices *choices)
{
    lk_error obstacle = LK_ERROR_NO_COMMON_SUITE;
    lk_reader offered = choices->suites;
    if (!handshake->settings->client_preference) {
        for (size_t i = 0; i < handshake->suite_count; i++)
            if (client_has(offered, handshake->suites[i]->number) &&
                take_suite(handshake, handshake->suites[i], &obstacle))
                return LK_OK;
        return obstacle;
    }
    while (offered.left > 0) {
        const lk_suite *suite = own_suite(handshake, lk_reader_u16(&offered));
        if (suite && take_suite(handshake, suite, &obstacle))
            return LK_OK;
    }
    return obstacle;
}

static lk_error choose_suite(lk_handshake *handshake, const lk_client_choices *choices)
{
    const lk_suite *before = handshake->suite;
    handshake->suite = NULL;
    lk_error error = find_suite(handshake, choices);
    if (error && handshake->resumption && handshake->resumption->external_length > 0) {
        lk_resume_drop(handshake); /* the client has no suite with the key's hash: by certificate then */
        error = find_suite(handshake, choices);
    }
    /* RFC 8446 section 6.2, unknown_psk_identity: "Sent by servers when PSK key establishment is desired but no
     * acceptable PSK identity is provided by the client." */
    if (error && handshake->version >= LK_TLS1_3 && !handshake->settings->key)
        return LK_ERROR_PSK_UNKNOWN;
    if (error)
        return error;
    return handshake->retried && handshake->suite != before ? LK_ERROR_ILLEGAL_PARAMETER : LK_OK;
}

/* Whether the session that was found fits the suite: the one it had in TLS 1.2, one with its hash in TLS 1.3. */
static lk_error choose_session(lk_handshake *handshake, const lk_client_choices *choices)
{
    const lk_resumption *found = handshake->resumption;
    if (!found)
        return LK_OK;
    if (handshake->version < LK_TLS1_3)
        for (size_t i = 0; i < handshake->suite_count; i++)
            if (handshake->suites[i] == found->suite && client_has(choices->suites, found->suite->number))
                handshake->suite = found->suite;
    bool fits = handshake->version < LK_TLS1_3 ? handshake->suite == found->suite
                                               : handshake->suite->hash == found->suite->hash;
    if (fits)
        return lk_resume_accept(handshake);
    lk_resume_drop(handshake);
    return LK_OK;
}

static const lk_group *first_group(const lk_handshake *handshake, uint32_t groups)
{
    for (size_t i = 0; i < handshake->settings->group_count; i++)
        if (groups & lk_group_bit(handshake->settings->groups[i]))
            return handshake->settings->groups[i];
    return NULL;
}

static lk_error choose_group(lk_handshake *handshake)
{
    lk_offer *offer = &handshake->offer;
    const lk_group *before = handshake->group;
    if (handshake->version < LK_TLS1_3) {
        handshake->group = lk_exchange_group(handshake, handshake->suite);
        return LK_OK; /* choose_suite() has made sure of it */
    }
    handshake->group = first_group(handshake, offer->groups & offer->shares);
    if (!handshake->group)
        handshake->group = first_group(handshake, offer->groups);
    if (!handshake->group)
        return LK_ERROR_NO_COMMON_GROUP;
    /* RFC 8446 section 4.2.8: the share of the second hello is of "the group indicated in the selected_group field". */
    if (handshake->retried && (handshake->group != before || !(offer->shares & lk_group_bit(before))))
        return LK_ERROR_ILLEGAL_PARAMETER;
    if (offer->shares & lk_group_bit(handshake->group)) {
        size_t count = 0;
        lk_reader share = offer->share[handshake->group - lk_group_table(&count)];
        lk_reader_copy(&share, handshake->peer_public, handshake->group->public_length);
    }
    return LK_OK;
}

/* RFC 8422 section 5.3, for a server of TLS 1.2: whether the client can use the curve of this side's certificate. */
static lk_error check_own_curve(lk_handshake *handshake)
{
    const lk_group *offered[LK_GROUP_MAX];
    size_t count = 0, total = 0;
    const lk_group *groups = lk_group_table(&total);
    for (size_t i = 0; i < total; i++)
        if (handshake->offer.groups & lk_group_bit(&groups[i]))
            offered[count++] = &groups[i];
    if (handshake->version >= LK_TLS1_3 || !lk_exchange_certified(handshake->suite) ||
        !lk_extensions_seen(handshake, LK_EXTENSION_SUPPORTED_GROUPS) ||
        lk_group_offered(offered, count, handshake->settings->key))
        return LK_OK;
    return lk_handshake_fail(handshake, LK_ERROR_NO_COMMON_GROUP,
                             "the certificate is on a curve that the client does not offer");
}

lk_error lk_choose(lk_handshake *handshake, const lk_client_choices *choices)
{
    lk_error error = choose_version(handshake, choices);
    if (!error)
        error = check_compressions(handshake, choices);
    if (!error)
        error = lk_resume_find(handshake);
    if (!error)
        error = check_present(handshake);
    if (!error)
        error = choose_suite(handshake, choices);
    if (!error)
        error = choose_session(handshake, choices);
    /* TLS 1.2 goes on without a key exchange. */
    bool abbreviated = handshake->resumed && handshake->version < LK_TLS1_3;
    if (!error && !abbreviated)
        error = choose_group(handshake);
    if (!error && !abbreviated && lk_exchange_signed(handshake->suite))
        error = check_own_curve(handshake);
    if (handshake->version == LK_SSL3) /* no extension counts */
        memset(handshake->alpn, 0, sizeof handshake->alpn);
    handshake->ticket_promised = handshake->version > LK_SSL3 && handshake->version < LK_TLS1_3 && !abbreviated &&
                                 lk_resume_gives_tickets(handshake) && handshake->offer.session_ticket &&
                                 lk_resume_allowed(handshake);
    if (!error)
        error = lk_session_id_choose(handshake);
    if (error || handshake->resumed || !lk_exchange_signed(handshake->suite))
        return error;
    handshake->scheme = lk_signature_choose(handshake->offer.signatures, handshake->version, handshake->settings->key);
    return handshake->scheme ? LK_OK : LK_ERROR_NO_COMMON_SIGNATURE;
}
