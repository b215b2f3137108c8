/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/exchange.h"

#include "handshake/extensions.h"

enum { GROUP_SECP256R1 = 0x0017 };

static const lk_exchange_row *const rows[] = {&lk_exchange_ecdhe, &lk_exchange_dhe, &lk_exchange_rsa, &lk_exchange_psk};

const lk_exchange_row *lk_exchange_of(const lk_handshake *handshake)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i]->exchange == handshake->suite->exchange)
            return rows[i];
    return NULL;
}

bool lk_exchange_certified(const lk_suite *suite)
{
    return suite->authentication != LK_AUTH_NONE && suite->authentication != LK_AUTH_PSK;
}

bool lk_exchange_signed(const lk_suite *suite)
{
    return lk_exchange_certified(suite) && suite->exchange != LK_EXCHANGE_RSA;
}

/* Of the client's groups; those that are not named in a hello are the ones that every client has. */
static uint32_t groups_offered(const lk_handshake *handshake, lk_exchange exchange)
{
    uint32_t all = 0;
    size_t count = 0;
    const lk_group *groups = lk_group_table(&count);
    bool named = lk_extensions_seen(handshake, LK_EXTENSION_SUPPORTED_GROUPS);
    for (size_t i = 0; i < count; i++)
        if (groups[i].exchange == exchange)
            all |= lk_group_bit(&groups[i]);
    if (exchange == LK_EXCHANGE_DHE)
        /* RFC 7919 section 4: to a client that names no such group the server's choice is open. */
        return handshake->offer.finite_fields ? handshake->offer.groups & all : all;
    /* RFC 8422 section 4: a client without the extension leaves the choice to the server; this curve is what all have.
     */
    return named ? handshake->offer.groups & all : lk_group_bit(lk_group_find(GROUP_SECP256R1));
}

const lk_group *lk_exchange_group(const lk_handshake *handshake, const lk_suite *suite)
{
    const lk_handshake_settings *settings = handshake->settings;
    if (suite->exchange != LK_EXCHANGE_ECDHE && suite->exchange != LK_EXCHANGE_DHE)
        return NULL;
    if (suite->exchange == LK_EXCHANGE_DHE && settings->dh_parameters && !handshake->offer.finite_fields)
        return NULL;
    uint32_t offered = groups_offered(handshake, suite->exchange);
    for (size_t i = 0; i < settings->group_count; i++)
        if (offered & lk_group_bit(settings->groups[i]))
            return settings->groups[i];
    return NULL;
}

static bool has_group(const lk_handshake *handshake, const lk_suite *suite)
{
    bool own =
        suite->exchange == LK_EXCHANGE_DHE && handshake->settings->dh_parameters && !handshake->offer.finite_fields;
    return suite->exchange == LK_EXCHANGE_RSA || suite->exchange == LK_EXCHANGE_PSK || own ||
           lk_exchange_group(handshake, suite);
}

bool lk_exchange_keyed(const lk_handshake_settings *settings, const lk_suite *suite, uint16_t version)
{
    bool signs = version >= LK_TLS1_2 && suite->exchange != LK_EXCHANGE_RSA;
    return settings->key && (!settings->signs_elsewhere || signs);
}

lk_error lk_exchange_possible(const lk_handshake *handshake, const lk_suite *suite)
{
    const lk_handshake_settings *settings = handshake->settings;
    if (!lk_exchange_certified(suite))
        /* RFC 5246 section 7.4.4: an anonymous server may not ask for a certificate. */
        return handshake->client_policy != LK_CLIENT_REQUIRED && has_group(handshake, suite) ? LK_OK
                                                                                             : LK_ERROR_NO_COMMON_SUITE;
    /* RFC 8446 section 4.2.11: the server must "choose a cipher suite that is compatible with the PSK"; what comes of a
     * session that does not fit is a full handshake. */
    if (handshake->version >= LK_TLS1_3 && handshake->resumption && handshake->resumption->external_length > 0)
        return suite->hash == handshake->resumption->suite->hash ? LK_OK : LK_ERROR_NO_COMMON_SUITE;
    if (!settings->key ||
        (suite->authentication != LK_AUTH_ANY && suite->authentication != lk_signature_authentication(settings->key)))
        return LK_ERROR_NO_COMMON_SUITE;
    if (!lk_exchange_keyed(settings, suite, handshake->version))
        return LK_ERROR_NO_COMMON_SUITE;
    if (suite->exchange == LK_EXCHANGE_ANY)
        return LK_OK;                       /* TLS 1.3: what else it takes is chosen apart from the suite */
    if (suite->exchange == LK_EXCHANGE_RSA) /* a key that signs with PSS alone decrypts nothing */
        return EVP_PKEY_is_a(settings->key, "RSA") ? LK_OK : LK_ERROR_NO_COMMON_SUITE;
    if (!has_group(handshake, suite))
        return LK_ERROR_NO_COMMON_GROUP;
    return lk_signature_choose(handshake->offer.signatures, handshake->version, settings->key)
               ? LK_OK
               : LK_ERROR_NO_COMMON_SIGNATURE;
}
