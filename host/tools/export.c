/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/export.h"
#include "tools/report.h"

#include <stdlib.h>
#include <string.h>

enum { EXPORTED_MAX = 255 };

static const char *const bindings[] = {
    [LK_BINDING_TLS_EXPORTER] = "tls-exporter", [LK_BINDING_TLS_UNIQUE] = "tls-unique"};

enum { BINDING_COUNT = sizeof bindings / sizeof bindings[0] };

/* The number behind the last colon; 0 when there is none, or it is out of range. */
static size_t count_of(const char *option)
{
    const char *colon = strrchr(option, ':');
    char *end = NULL;
    long count = colon ? strtol(colon + 1, &end, 10) : 0;
    return colon && end != colon + 1 && *end == '\0' && count > 0 && count <= EXPORTED_MAX ? (size_t)count : 0;
}

static size_t label_length(const char *option)
{
    return (size_t)(strrchr(option, ':') - option);
}

bool lk_export_valid(const char *option)
{
    return count_of(option) > 0 && label_length(option) > 0 && label_length(option) <= LK_EXPORT_LABEL_MAX;
}

/* Its place, or BINDING_COUNT. */
static unsigned binding_of(const char *option)
{
    unsigned kind = 0;
    while (kind < BINDING_COUNT && strcmp(option, bindings[kind]) != 0)
        kind++;
    return kind;
}

bool lk_binding_valid(const char *option)
{
    return binding_of(option) < BINDING_COUNT;
}

static void show(const char *what, const char *name, const uint8_t *bytes, size_t length)
{
    char text[2 * EXPORTED_MAX + 1] = "";
    for (size_t i = 0; i < length; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    lk_report("%s %s: %s", what, name, text);
    explicit_bzero(text, sizeof text);
}

static lk_error show_export(lk_session *session, const char *option)
{
    char label[LK_EXPORT_LABEL_MAX + 1] = "";
    uint8_t bytes[EXPORTED_MAX];
    memcpy(label, option, label_length(option));
    lk_error error = lk_connection_export(session->connection, label, NULL, 0, bytes, count_of(option));
    if (error)
        return lk_session_fail(session, error, "--export %s: %s", option, lk_error_sentence(error));
    show("exported", label, bytes, count_of(option));
    explicit_bzero(bytes, sizeof bytes);
    return LK_OK;
}

static lk_error show_binding(lk_session *session, const char *option)
{
    uint8_t bytes[LK_CHANNEL_BINDING_BYTES];
    size_t length = 0;
    lk_error error =
        lk_connection_channel_binding(session->connection, (lk_channel_binding)binding_of(option), bytes, &length);
    if (error)
        return lk_session_fail(session, error, "--channel-binding %s: %s", option, lk_error_sentence(error));
    show("channel binding", option, bytes, length);
    return LK_OK;
}

lk_error lk_export_show(lk_session *session)
{
    const lk_options *options = session->setup->options;
    lk_error error = options->exported ? show_export(session, options->exported) : LK_OK;
    return !error && options->binding ? show_binding(session, options->binding) : error;
}
