/* SPDX-License-Identifier: Apache-2.0 */
#include "connection/config.h"

#include "base/secret.h"
#include "base/writer.h"

#include <openssl/x509_vfy.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ALPN_NAME_MAX = 255,
    SESSION_LIFETIME = 7200 /* s */,
    SESSION_COUNT = 1024,
    RECORD_LIMIT_MIN = 64,
    DH_MINIMUM = 2048 /* bits */
};

lk_error lk_config_fail(lk_config *config, lk_error error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(config->diagnosis, sizeof config->diagnosis, format, arguments);
    va_end(arguments);
    return error;
}

static void default_suites(lk_handshake_settings *settings)
{
    size_t count = 0;
    const lk_suite *suites = lk_suite_table(&count);
    settings->suite_count = 0;
    for (size_t i = 0; i < count && i < LK_SUITES_MAX; i++)
        if (lk_suite_default(&suites[i]))
            settings->suites[settings->suite_count++] = &suites[i];
}

static void all_groups(lk_handshake_settings *settings)
{
    size_t count = 0;
    const lk_group *groups = lk_group_table(&count);
    settings->group_count = 0;
    for (size_t i = 0; i < count && i < LK_GROUP_MAX; i++)
        settings->groups[settings->group_count++] = &groups[i];
}

lk_config *lk_config_new(void)
{
    lk_config *config = calloc(1, sizeof *config);
    if (!config)
        return NULL;
    config->policy = LK_ENGINE_SOFTWARE;
    config->settings.uses_tickets = true;
    config->settings.dh_minimum = DH_MINIMUM;
    config->settings.rules.depth = LK_DEPTH_ANY;
    config->settings.lowest_version = LK_VERSION_TLS1_2;
    config->settings.highest_version = LK_VERSION_TLS1_3;
    default_suites(&config->settings);
    all_groups(&config->settings);
    config->settings.roots = X509_STORE_new();
    if (!config->settings.roots || X509_STORE_set_default_paths(config->settings.roots) != 1 ||
        !(config->totals = lk_totals_new()) || lk_engine_software_new(&config->software) != LK_OK ||
        lk_config_set_session_lifetime(config, SESSION_LIFETIME) != LK_OK ||
        lk_config_set_session_cache(config, SESSION_COUNT) != LK_OK) {
        lk_config_free(config);
        return NULL;
    }
    return config;
}

void lk_config_free(lk_config *config)
{
    if (!config)
        return;
    lk_engine_free(config->software);
    lk_placer_free(config->placer);
    lk_totals_free(config->totals);
    X509_STORE_free(config->settings.roots);
    lk_tickets_free(config->settings.tickets);
    lk_session_cache_free(config->cache);
    sk_X509_CRL_pop_free(config->settings.rules.crls, X509_CRL_free);
    free(config->settings.ocsp.bytes);
    EVP_PKEY_free(config->settings.dh_parameters);
    lk_secret_wipe(&config->settings.psk, sizeof config->settings.psk);
    lk_certificate_chain_clear(&config->settings.chain);
    lk_authorities_clear(&config->settings.authorities);
    EVP_PKEY_free(config->settings.key); /* libcrypto erases private keys as it frees them */
    free(config);
}

void lk_config_statistics_get(const lk_config *config, lk_statistics *statistics)
{
    lk_totals_get(config->totals, statistics);
}

const char *lk_config_diagnosis(const lk_config *config)
{
    return config->diagnosis;
}

lk_error lk_config_set_versions(lk_config *config, uint16_t lowest, uint16_t highest)
{
    if (lowest < LK_VERSION_SSL3 || highest > LK_VERSION_TLS1_3 || lowest > highest)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT,
                              "0x%04x to 0x%04x is no range of the versions SSL 3.0 (0x0300) to TLS 1.3 (0x0304)",
                              lowest, highest);
    config->settings.lowest_version = lowest;
    config->settings.highest_version = highest;
    return LK_OK;
}

lk_error lk_config_ask_client_certificate(lk_config *config, lk_client_policy policy)
{
    if (policy != LK_CLIENT_UNKNOWN && policy != LK_CLIENT_OPTIONAL && policy != LK_CLIENT_REQUIRED)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "there is no policy %d for clients", (int)policy);
    config->settings.client_policy = policy;
    return LK_OK;
}

lk_error lk_config_set_stapling(lk_config *config, lk_stapling policy)
{
    if (policy != LK_STAPLING_OFF && policy != LK_STAPLING_CHECKED && policy != LK_STAPLING_REQUIRED)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "there is no policy %d for OCSP stapling",
                              (int)policy);
    config->settings.stapling = policy;
    return LK_OK;
}

lk_error lk_config_set_max_fragment(lk_config *config, size_t length)
{
    static const size_t lengths[] = {0, 512, 1024, 2048, 4096}; /* by MaxFragmentLength */
    for (uint8_t code = 0; code < sizeof lengths / sizeof lengths[0]; code++)
        if (lengths[code] == length) {
            config->settings.max_fragment = code;
            return LK_OK;
        }
    return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT,
                          "%zu bytes cannot be asked for as the longest fragment: 512, 1024, 2048 or 4096", length);
}

lk_error lk_config_set_record_size_limit(lk_config *config, size_t length)
{
    if (length != 0 && (length < RECORD_LIMIT_MIN || length > LK_RECORD_PLAINTEXT_MAX))
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "%zu bytes are no limit of records: %d to %d", length,
                              RECORD_LIMIT_MIN, LK_RECORD_PLAINTEXT_MAX);
    config->settings.record_size_limit = (uint16_t)length;
    return LK_OK;
}

void lk_config_accept_overlong_records(lk_config *config)
{
    config->overlong = true;
}

void lk_config_set_post_handshake_authentication(lk_config *config, bool wanted)
{
    config->settings.post_handshake = wanted;
}

void lk_config_keep_export_secret(lk_config *config)
{
    config->settings.keeps_export_secret = true;
}

void lk_config_set_fallback(lk_config *config, bool fallen_back)
{
    config->settings.fallback = fallen_back;
}

lk_error lk_config_set_renegotiation(lk_config *config, lk_renegotiation policy)
{
    if (policy != LK_RENEGOTIATION_OFF && policy != LK_RENEGOTIATION_SAME_PEER && policy != LK_RENEGOTIATION_ANY_PEER)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "there is no policy %d for renegotiation",
                              (int)policy);
    config->settings.renegotiation = policy;
    return LK_OK;
}

void lk_config_trust_anyone(lk_config *config)
{
    config->settings.trust_anyone = true;
}

lk_error lk_config_set_alpn(lk_config *config, const char *protocols)
{
    uint8_t names[LK_ALPN_MAX];
    lk_writer writer = lk_writer_into(names, sizeof names);
    for (const char *name = protocols; name; name = strchr(name, ',') ? strchr(name, ',') + 1 : NULL) {
        size_t length = strcspn(name, ",");
        if (length == 0 || length > ALPN_NAME_MAX)
            return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT,
                                  "an ALPN protocol in \"%s\" has no name, or one of more than %d bytes", protocols,
                                  ALPN_NAME_MAX);
        lk_writer_vector vector = lk_writer_begin(&writer, 1);
        lk_writer_bytes(&writer, name, length);
        lk_writer_end(&writer, vector);
    }
    if (writer.failed || !protocols)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "the list of ALPN protocols is missing or too long");
    memcpy(config->settings.alpn, names, writer.length);
    config->settings.alpn_length = writer.length;
    return LK_OK;
}

/* A device that cannot be measured now (all slots taken, lost) is used as if it were preferred. */
static void measure_engines(lk_config *config)
{
    lk_costs costs;
    lk_placer_free(config->placer);
    config->placer = NULL;
    if (config->policy == LK_ENGINE_AUTO && config->engine &&
        lk_costs_measure(config->engine, config->software, &costs) == LK_OK)
        config->placer = lk_placer_new(&costs);
}

void lk_config_placement_get(const lk_config *config, lk_placement *placement)
{
    lk_placer_report(config->placer, placement);
}

lk_error lk_config_set_engine(lk_config *config, lk_engine *engine, lk_engine_policy policy, const char *reason)
{
    bool required = policy == LK_ENGINE_REQUIRE_DEVICE || policy == LK_ENGINE_KEYS_ON_DEVICE;
    if (policy != LK_ENGINE_AUTO && policy != LK_ENGINE_PREFER_DEVICE && policy != LK_ENGINE_SOFTWARE && !required)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "there is no engine policy %d", (int)policy);
    if (required && !engine)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "a device is required, but none was given");
    config->engine = policy == LK_ENGINE_SOFTWARE ? NULL : engine;
    config->policy = policy;
    measure_engines(config);
    config->settings.required = required ? engine : NULL;
    config->settings.keys_on_device = policy == LK_ENGINE_KEYS_ON_DEVICE;
    snprintf(config->engine_reason, sizeof config->engine_reason, "%s", reason ? reason : "no device was given");
    return LK_OK;
}

void lk_config_set_observer(lk_config *config, lk_observer *observer, void *context)
{
    config->observer = observer;
    config->observer_context = context;
}

void lk_config_set_wire_tap(lk_config *config, lk_wire_tap *tap, void *context)
{
    config->wire_tap = tap;
    config->wire_tap_context = context;
}

void lk_config_set_key_log(lk_config *config, lk_key_log *log, void *context)
{
    config->key_log = log;
    config->key_log_context = context;
}
