/* SPDX-License-Identifier: Apache-2.0 */
#include "connection/config.h"

#include "base/writer.h"

#include <openssl/x509_vfy.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUITE_NAME_MAX = 64, ALPN_NAME_MAX = 255, SESSION_LIFETIME = 7200 /* s */, SESSION_COUNT = 1024 };

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
    config->settings.lowest_version = LK_VERSION_TLS1_2;
    config->settings.highest_version = LK_VERSION_TLS1_3;
    default_suites(&config->settings);
    all_groups(&config->settings);
    config->settings.roots = X509_STORE_new();
    if (!config->settings.roots || X509_STORE_set_default_paths(config->settings.roots) != 1 ||
        lk_engine_software_new(&config->software) != LK_OK ||
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
    X509_STORE_free(config->settings.roots);
    lk_tickets_free(config->settings.tickets);
    lk_session_cache_free(config->cache);
    lk_certificate_chain_clear(&config->settings.chain);
    lk_authorities_clear(&config->settings.authorities);
    EVP_PKEY_free(config->settings.key); /* libcrypto erases private keys as it frees them */
    free(config);
}

const char *lk_config_diagnosis(const lk_config *config)
{
    return config->diagnosis;
}

lk_error lk_config_set_versions(lk_config *config, uint16_t lowest, uint16_t highest)
{
    if (lowest < LK_VERSION_TLS1_0 || highest > LK_VERSION_TLS1_3 || lowest > highest)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT,
                              "0x%04x to 0x%04x is no range of the versions TLS 1.0 (0x0301) to TLS 1.3 (0x0304)",
                              lowest, highest);
    config->settings.lowest_version = lowest;
    config->settings.highest_version = highest;
    return LK_OK;
}

/*
 * OpenSSL's name of a TLS 1.2 suite from IANA's: without "TLS_" and "_WITH_", with hyphens, and neither a separator
 * between AES and its key length nor "CBC" nor the hash behind POLY1305.
 */
static void openssl_name(const char *title, char *name, size_t size)
{
    static const struct {
        const char *from, *to;
    } changes[] = {{"TLS_", ""}, {"_WITH_", "-"}, {"AES_", "AES"}, {"CBC_", ""}, {"POLY1305_SHA256", "POLY1305"},
                   {"_", "-"}};
    lk_writer writer = lk_writer_into((uint8_t *)name, size - 1);
    while (*title) {
        size_t i = 0;
        while (i < sizeof changes / sizeof changes[0] && strncmp(title, changes[i].from, strlen(changes[i].from)) != 0)
            i++;
        bool changed = i < sizeof changes / sizeof changes[0];
        lk_writer_bytes(&writer, changed ? changes[i].to : title, changed ? strlen(changes[i].to) : 1);
        title += changed ? strlen(changes[i].from) : 1;
    }
    name[writer.length] = '\0';
}

static bool is_name(const char *known, const char *name, size_t length)
{
    return strlen(known) == length && memcmp(known, name, length) == 0;
}

static const lk_suite *suite_named(const char *name, size_t length)
{
    size_t count = 0;
    const lk_suite *suites = lk_suite_table(&count);
    char other[SUITE_NAME_MAX];
    for (size_t i = 0; i < count; i++) {
        /* The suites of TLS 1.3 have one name everywhere. */
        bool renamed = strstr(suites[i].title, "_WITH_") != NULL;
        openssl_name(suites[i].title, other, sizeof other);
        if (is_name(suites[i].title, name, length) || (renamed && is_name(other, name, length)))
            return &suites[i];
    }
    return NULL;
}

static bool holds(const lk_suite *const *suites, size_t count, const lk_suite *suite)
{
    for (size_t i = 0; i < count; i++)
        if (suites[i] == suite)
            return true;
    return false;
}

lk_error lk_config_set_suites(lk_config *config, const char *list)
{
    const lk_suite *chosen[LK_SUITES_MAX];
    size_t count = 0;
    if (!list || *list == '\0')
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "the list of suites is empty");
    for (const char *name = list; name; name = strchr(name, ':') ? strchr(name, ':') + 1 : NULL) {
        size_t length = strcspn(name, ":");
        const lk_suite *suite = suite_named(name, length);
        if (!suite)
            return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "\"%.*s\" is the name of no suite of this library",
                                  (int)length, name);
        if (!holds(chosen, count, suite) && count < LK_SUITES_MAX)
            chosen[count++] = suite;
    }
    for (size_t i = 0; i < count; i++)
        config->settings.suites[i] = chosen[i];
    config->settings.suite_count = count;
    return LK_OK;
}

lk_error lk_config_ask_client_certificate(lk_config *config, lk_client_policy policy)
{
    if (policy != LK_CLIENT_UNKNOWN && policy != LK_CLIENT_OPTIONAL && policy != LK_CLIENT_REQUIRED)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "there is no policy %d for clients", (int)policy);
    config->settings.client_policy = policy;
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

lk_error lk_config_set_engine(lk_config *config, lk_engine *engine, lk_engine_policy policy, const char *reason)
{
    if (policy != LK_ENGINE_AUTO && policy != LK_ENGINE_REQUIRE_DEVICE && policy != LK_ENGINE_SOFTWARE)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "there is no engine policy %d", (int)policy);
    if (policy == LK_ENGINE_REQUIRE_DEVICE && !engine)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT, "a device is required, but none was given");
    config->engine = policy == LK_ENGINE_SOFTWARE ? NULL : engine;
    config->policy = policy;
    config->settings.required = policy == LK_ENGINE_REQUIRE_DEVICE ? engine : NULL;
    snprintf(config->engine_reason, sizeof config->engine_reason, "%s", reason ? reason : "no device was given");
    return LK_OK;
}

void lk_config_set_observer(lk_config *config, lk_observer *observer, void *context)
{
    config->observer = observer;
    config->observer_context = context;
}

void lk_config_set_key_log(lk_config *config, lk_key_log *log, void *context)
{
    config->key_log = log;
    config->key_log_context = context;
}
