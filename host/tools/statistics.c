/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/statistics.h"
#include "tools/files.h"
#include "tools/placed.h"
#include "tools/report.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *version_title(uint16_t version)
{
    switch (version) {
    case LK_VERSION_SSL3:
        return "SSL 3.0";
    case LK_VERSION_TLS1_0:
        return "TLS 1.0";
    case LK_VERSION_TLS1_1:
        return "TLS 1.1";
    case LK_VERSION_TLS1_2:
        return "TLS 1.2";
    case LK_VERSION_TLS1_3:
        return "TLS 1.3";
    default:
        return NULL;
    }
}

static json_t *describe_direction(const lk_direction_statistics *direction)
{
    return json_pack("{s:I, s:I, s:I, s:{s:I, s:I}, s:{s:I, s:I}}", "records", (json_int_t)direction->records, "bytes",
                     (json_int_t)direction->bytes, "plain_records", (json_int_t)direction->plain_records, "device",
                     "records", (json_int_t)direction->device_records, "bytes", (json_int_t)direction->device_bytes,
                     "software", "records", (json_int_t)direction->software_records, "bytes",
                     (json_int_t)direction->software_bytes);
}

static json_t *describe_engine(const lk_session *session, const lk_connection_statistics *statistics)
{
    const lk_setup *setup = session->setup;
    return json_pack("{s:s, s:s, s:I, s:s, s:o}", "policy", lk_policy_name(setup->options->policy), "reason",
                     setup->engine_reason, "fallbacks", (json_int_t)statistics->fallbacks, "fallback_reason",
                     statistics->fallback_reason ? statistics->fallback_reason : "", "placement",
                     lk_placed_describe(setup->config));
}

static json_t *describe_device(const lk_session *session)
{
    lk_device_statistics later;
    bool answers = session->counted && lk_attachment_count(&session->setup->attachment, &later);
    return lk_attachment_describe(&session->setup->attachment, &session->earlier, answers ? &later : NULL);
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static json_int_t count_certificates(const lk_connection *connection)
{
    size_t count = 0, length;
    while (lk_connection_peer_certificate(connection, count, &length))
        count++;
    return (json_int_t)count;
}

static json_t *describe(const lk_session *session, lk_error outcome)
{
    const lk_connection *connection = session->connection;
    lk_connection_statistics statistics = {.fallback_reason = ""};
    if (connection)
        lk_connection_statistics_get(connection, &statistics);
    return json_pack(
        "{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:I, s:b, s:o, s:o, s:o, s:{s:I, s:I}, s:o, s:f}", "role",
        session->role == LK_CLIENT ? "client" : "server", "peer", session->peer, "outcome", lk_error_name(outcome),
        "version", connection ? version_title(lk_connection_version(connection)) : NULL, "suite",
        connection ? lk_connection_suite(connection) : NULL, "group",
        connection ? lk_connection_group(connection) : NULL, "alpn", connection ? lk_connection_alpn(connection) : NULL,
        "peer_certificates", connection ? count_certificates(connection) : 0, "resumed",
        connection && lk_connection_resumed(connection), "engine", describe_engine(session, &statistics), "sent",
        describe_direction(&statistics.sent), "received", describe_direction(&statistics.received), "application",
        "sent_bytes", (json_int_t)session->sent, "received_bytes", (json_int_t)session->received, "device",
        describe_device(session), "wall_seconds", seconds_since(&session->start));
}

lk_error lk_statistics_write(const lk_session *session, lk_error outcome)
{
    const char *path = session->setup->options->statistics;
    json_t *object = describe(session, outcome);
    char *text = object ? json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) : NULL;
    lk_error error = LK_ERROR_NO_MEMORY;

    if (text) {
        size_t length = strlen(text);
        text[length] = '\n'; /* in place of the zero byte: the file ends with a newline */
        error = lk_file_replace(path, text, length + 1);
    }
    if (error)
        lk_report("the statistics cannot be written to %s: %s", path,
                  text ? strerror(errno) : lk_error_sentence(error));
    free(text);
    json_decref(object);
    return error;
}
