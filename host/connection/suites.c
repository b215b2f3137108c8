/* SPDX-License-Identifier: Apache-2.0 */
/* The suites of a configuration, by their names: IANA's and OpenSSL's. */
#include "connection/config.h"

#include "base/writer.h"

#include <string.h>

enum { SUITE_NAME_MAX = 64 };

typedef struct change {
    const char *from, *to;
} change;

/* OpenSSL's name from IANA's, where a place in that begins so. What one has done, the next ones are not asked about. */
static const change changes[] = {
    {"TLS_RSA_WITH_", ""}, /* an exchange so usual that it had no name */
    {"TLS_DH_anon_WITH_", "ADH-"},
    {"TLS_ECDH_anon_WITH_", "AECDH-"},
    {"TLS_", ""},
    {"_WITH_", "-"},
    {"3DES_EDE_CBC_", "DES-CBC3-"},
    {"RC4_128_", "RC4-"},
    {"AES_128_CBC_", "AES128-"},
    {"AES_256_CBC_", "AES256-"},
    {"AES_", "AES"},
    {"CCM_8", "CCM8"},
    {"POLY1305_SHA256", "POLY1305"},
    {"_", "-"},
};

/* With a pre-shared key the mode has its name. */
static const change changes_psk[] = {
    {"3DES_EDE_CBC_", "3DES-EDE-CBC-"}, {"AES_128_CBC_", "AES128-CBC-"}, {"AES_256_CBC_", "AES256-CBC-"}};

static const change *change_at(const char *title, const change *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(title, rows[i].from, strlen(rows[i].from)) == 0)
            return &rows[i];
    return NULL;
}

static void openssl_name(const lk_suite *suite, char *name, size_t size)
{
    lk_writer writer = lk_writer_into((uint8_t *)name, size - 1);
    for (const char *title = suite->title; *title;) {
        const change *found = NULL;
        if (suite->exchange == LK_EXCHANGE_PSK)
            found = change_at(title, changes_psk, sizeof changes_psk / sizeof changes_psk[0]);
        if (!found)
            found = change_at(title, changes, sizeof changes / sizeof changes[0]);
        lk_writer_bytes(&writer, found ? found->to : title, found ? strlen(found->to) : 1);
        title += found ? strlen(found->from) : 1;
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
        openssl_name(&suites[i], other, sizeof other);
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

/* A suite that this libcrypto has no cipher for would fail in the middle of a handshake: better to say so at once. */
static lk_error check_cipher(lk_config *config, const lk_suite *suite)
{
    bool legacy = suite->cipher->kind == LK_KIND_STREAM;
    if (legacy)
        (void)lk_engine_software_load_legacy(config->software);
    if (lk_engine_supports(config->software, suite->highest_version, suite->cipher))
        return LK_OK;
    return lk_config_fail(config, LK_ERROR_ENGINE_UNSUPPORTED, "%s needs %s, which libcrypto does not have here%s",
                          suite->title, suite->cipher->title,
                          legacy ? ": its provider \"legacy\" cannot be loaded" : "");
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
        lk_error error = check_cipher(config, suite);
        if (error)
            return error;
        if (!holds(chosen, count, suite) && count < LK_SUITES_MAX)
            chosen[count++] = suite;
    }
    for (size_t i = 0; i < count; i++)
        config->settings.suites[i] = chosen[i];
    config->settings.suite_count = count;
    return LK_OK;
}
