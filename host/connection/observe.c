/* SPDX-License-Identifier: Apache-2.0 */
/* What happens becomes events for the observer of the configuration, and statistics (P7). */
#include "connection/inside.h"
#include "watch/fields.h"

#include "record/fallback.h"

#include <stdio.h>
#include <string.h>

enum { RECORDS_BETWEEN = 32 }; /* two additions to the totals */

static void tell(const lk_connection *connection, const lk_event *event)
{
    if (connection->config->observer)
        connection->config->observer(connection->config->observer_context, event);
}

static lk_direction_statistics difference(const lk_direction_statistics *now, const lk_direction_statistics *before)
{
    return (lk_direction_statistics){.records = now->records - before->records,
                                     .bytes = now->bytes - before->bytes,
                                     .device_records = now->device_records - before->device_records,
                                     .device_bytes = now->device_bytes - before->device_bytes,
                                     .software_records = now->software_records - before->software_records,
                                     .software_bytes = now->software_bytes - before->software_bytes,
                                     .plain_records = now->plain_records - before->plain_records};
}

void lk_connection_add_totals(lk_connection *connection)
{
    const lk_connection_statistics *now = &connection->statistics, *before = &connection->added;
    bool established = connection->handshake && lk_handshake_established(connection->handshake);
    lk_statistics totals = {.handshakes = established && !connection->handshake_counted,
                            .failures = connection->failure && !connection->failure_counted,
                            .sent = difference(&now->sent, &before->sent),
                            .received = difference(&now->received, &before->received),
                            .retries = now->retries - before->retries};
    for (unsigned i = 0; i < LK_FALLBACK_COUNT; i++)
        totals.fallbacks[i] = connection->fallbacks_by[i] - connection->fallbacks_added[i];
    lk_totals_add(connection->config->totals, &totals);
    memcpy(connection->fallbacks_added, connection->fallbacks_by, sizeof connection->fallbacks_added);
    connection->added = *now;
    connection->handshake_counted |= established;
    connection->failure_counted |= connection->failure != LK_OK;
    connection->records_since = 0;
}

static void count(lk_connection *connection, const lk_record_fact *fact)
{
    if (++connection->records_since >= RECORDS_BETWEEN)
        lk_connection_add_totals(connection);
    lk_direction_statistics *direction = fact->sent ? &connection->statistics.sent : &connection->statistics.received;
    if (fact->status != LK_OK)
        return;
    if (!fact->engine) {
        direction->plain_records++;
        return;
    }
    direction->records++;
    direction->bytes += fact->length;
    bool software = strcmp(fact->engine, "software") == 0;
    *(software ? &direction->software_records : &direction->device_records) += 1;
    *(software ? &direction->software_bytes : &direction->device_bytes) += fact->length;
}

void lk_connection_observe_record(void *context, const lk_record_fact *fact)
{
    lk_connection *connection = context;
    lk_event event = {.kind = LK_EVENT_RECORD,
                      .sent = fact->sent,
                      .outer_type = fact->outer_type,
                      .content_type = fact->type,
                      .wire_version = fact->wire_version,
                      .sequence = fact->sequence,
                      .epoch = fact->epoch,
                      .wire_length = fact->wire_length,
                      .length = fact->length,
                      .engine = fact->engine,
                      .slot = fact->slot,
                      .meaning = fact->status == LK_OK ? NULL : lk_error_sentence(fact->status)};
    count(connection, fact);
    tell(connection, &event);
}

static void tell_field(const lk_connection *connection, bool sent, const char *name, const char *text)
{
    tell(connection, &(lk_event){.kind = LK_EVENT_FIELD, .sent = sent, .name = name, .slot = -1, .meaning = text});
}

static void sent_field(void *context, const char *name, const char *text)
{
    tell_field(context, true, name, text);
}

static void received_field(void *context, const char *name, const char *text)
{
    tell_field(context, false, name, text);
}

static void observe_message(void *context, bool sent, uint8_t type, const char *name, lk_reader body,
                            const char *meaning)
{
    const lk_connection *connection = context;
    if (!connection->config->observer)
        return; /* then nobody would read the fields */
    tell(context, &(lk_event){.kind = LK_EVENT_MESSAGE,
                              .sent = sent,
                              .type = type,
                              .name = name,
                              .length = body.left,
                              .slot = -1,
                              .meaning = meaning});
    lk_fields_tell((lk_field_context){.version = lk_handshake_version(connection->handshake),
                                      .suite = lk_handshake_suite_at_hand(connection->handshake)},
                   type, body, sent ? sent_field : received_field, context);
}

static void observe_alert(void *context, bool sent, bool fatal, int description, const char *meaning)
{
    lk_connection *connection = context;
    connection->last_alert = (lk_alert){.fatal = fatal, .description = (uint8_t)description};
    connection->last_alert_sent = sent;
    connection->any_alert = true;
    tell(context, &(lk_event){.kind = LK_EVENT_ALERT,
                              .sent = sent,
                              .fatal = fatal,
                              .type = (uint8_t)description,
                              .name = lk_alert_name(description),
                              .slot = -1,
                              .meaning = meaning});
}

/* The engine that a connection begins with. */
static const char *engine_name(const lk_connection *connection)
{
    if (!connection->failover)
        return lk_engine_name(lk_record_layer_engine(connection->layer));
    return lk_engine_failover_count(connection->failover) == 0 ? lk_engine_name(connection->config->engine)
                                                               : "software";
}

static void observe_keys(void *context, bool sent, const char *meaning)
{
    lk_connection *connection = context;
    lk_connection_observe_fallback(connection);
    const char *engine = lk_record_layer_holder(connection->layer, sent);
    tell(connection,
         &(lk_event){.kind = LK_EVENT_KEYS, .sent = sent, .engine = engine, .slot = -1, .meaning = meaning});
}

static void observe_session(void *context, const uint8_t *session, size_t length)
{
    const lk_connection *connection = context;
    connection->config->session_keeper(connection->config->session_keeper_context, connection, session, length);
}

void lk_connection_observe_handshake(lk_connection *connection)
{
    connection->observer = (lk_handshake_observer){.context = connection,
                                                   .sign = lk_connection_sign,
                                                   .judge = lk_connection_judge,
                                                   .message = observe_message,
                                                   .alert = observe_alert,
                                                   .keys = observe_keys,
                                                   .secret = lk_connection_log_secret,
                                                   .session = observe_session};
}

void lk_connection_observe_alert(lk_connection *connection, lk_alert alert, const char *meaning)
{
    observe_alert(connection, false, alert.fatal, alert.description, meaning);
}

void lk_connection_observe_engine(lk_connection *connection)
{
    const lk_config *config = connection->config;
    const char *meaning = "as the configuration says";
    if (config->policy == LK_ENGINE_KEYS_ON_DEVICE)
        meaning = "the keys are with the device alone: without it the connection ends";
    else if (config->policy == LK_ENGINE_REQUIRE_DEVICE)
        meaning = "the device is required: nothing falls back to software";
    else if (connection->failover && config->placer)
        meaning = "each record where it costs less: the device or software";
    else if (connection->failover)
        meaning = "the device as long as it can, then software";
    else if (config->policy == LK_ENGINE_AUTO || config->policy == LK_ENGINE_PREFER_DEVICE)
        meaning = connection->fallback_reason;
    tell(connection,
         &(lk_event){.kind = LK_EVENT_ENGINE, .engine = engine_name(connection), .slot = -1, .meaning = meaning});
}

void lk_connection_observe_fallback(lk_connection *connection)
{
    if (!connection->failover)
        return;
    uint64_t now = lk_engine_failover_count(connection->failover);
    if (now == connection->fallbacks_told)
        return;
    connection->fallbacks_told = now;
    connection->statistics.fallbacks = now;
    connection->statistics.retries = lk_engine_failover_retries(connection->failover);
    lk_error reason = lk_engine_failover_reason(connection->failover);
    connection->statistics.fallback = lk_fallback_of(reason);
    for (unsigned i = 0; i < LK_FALLBACK_COUNT; i++)
        connection->fallbacks_by[i] = lk_engine_failover_count_by(connection->failover, (lk_fallback)i);
    lk_connection_add_totals(connection);
    snprintf(connection->fallback_reason, sizeof connection->fallback_reason, "%s", lk_error_sentence(reason));
    tell(
        connection,
        &(lk_event){.kind = LK_EVENT_ENGINE, .engine = "software", .slot = -1, .meaning = connection->fallback_reason});
}
