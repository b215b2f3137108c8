/* SPDX-License-Identifier: Apache-2.0 */
/* One event of the trace as one line, in columns. */
#include "tools/report.h"
#include "tools/trace.h"

#include <inttypes.h>
#include <string.h>

enum { FIELD_MAX = 48, NAME_MAX_LENGTH = 36, MEANING_MAX = 320 };
enum { TYPE_CHANGE_CIPHER_SPEC = 20, TYPE_ALERT, TYPE_HANDSHAKE, TYPE_APPLICATION_DATA };

/* The columns: direction, what it is, version in the header, bytes on the wire, bytes of content, key and number,
 * engine, meaning. */
#define COLUMNS "%-3s  %-26s %4s %6s %6s  %-7s %-13s %s"
#define FIELD   "%-3s      %-27s %s"

static const char *type_name(uint8_t type)
{
    switch (type) {
    case TYPE_CHANGE_CIPHER_SPEC:
        return "change_cipher_spec";
    case TYPE_ALERT:
        return "alert";
    case TYPE_HANDSHAKE:
        return "handshake";
    case TYPE_APPLICATION_DATA:
        return "application_data";
    default:
        return "of unknown type";
    }
}

static const char *record_meaning(const lk_event *event)
{
    bool hidden = event->outer_type != event->content_type;
    switch (event->content_type) {
    case TYPE_CHANGE_CIPHER_SPEC:
        return "the new keys apply from here (up to TLS 1.2); a courtesy to middleboxes (TLS 1.3)";
    case TYPE_ALERT:
        return hidden ? "an alert, encrypted; the wire shows application_data" : "an alert";
    case TYPE_HANDSHAKE:
        if (event->epoch == 0)
            return "handshake messages, in the clear";
        return hidden ? "handshake messages, encrypted; the wire shows application_data"
                      : "handshake messages, encrypted";
    case TYPE_APPLICATION_DATA:
        return "the application's data, encrypted";
    default:
        return "";
    }
}

static const char *arrow(const lk_event *event)
{
    return event->sent ? "-->" : "<--";
}

/* "device 12", "software", or "" for records without protection. */
static void describe_engine(const lk_event *event, char *text, size_t capacity)
{
    if (!event->engine)
        (void)snprintf(text, capacity, "%s", "");
    else if (event->slot >= 0 && strcmp(event->engine, "software") != 0)
        (void)snprintf(text, capacity, "%s %d", event->engine, event->slot);
    else
        (void)snprintf(text, capacity, "%s", event->engine);
}

static void describe_record(const lk_event *event, const char *meaning, char *line, size_t capacity)
{
    char what[FIELD_MAX], version[FIELD_MAX], wire[FIELD_MAX], content[FIELD_MAX], key[FIELD_MAX] = "clear";
    char engine[FIELD_MAX];
    (void)snprintf(what, sizeof what, "record %s", type_name(event->content_type));
    (void)snprintf(version, sizeof version, "%u.%u", event->wire_version >> 8, event->wire_version & 0xff);
    (void)snprintf(wire, sizeof wire, "%zu", event->wire_length);
    (void)snprintf(content, sizeof content, "%zu", event->length);
    if (event->epoch > 0 && event->length == 0 && meaning[0])
        content[0] = '\0'; /* nobody knows */
    if (event->epoch > 0)
        (void)snprintf(key, sizeof key, "%u/%" PRIu64, event->epoch, event->sequence);
    describe_engine(event, engine, sizeof engine);
    (void)snprintf(line, capacity, COLUMNS, arrow(event), what, version, wire, content, key, engine,
                   meaning[0] ? meaning : record_meaning(event));
}

static void describe_message(const lk_event *event, const char *name, const char *meaning, char *line, size_t capacity)
{
    char what[FIELD_MAX], content[FIELD_MAX];
    (void)snprintf(what, sizeof what, "  %s", name);
    (void)snprintf(content, sizeof content, "%zu", event->length);
    (void)snprintf(line, capacity, COLUMNS, arrow(event), what, "", "", content, "", "", meaning);
}

static void describe_alert(const lk_event *event, const char *name, const char *meaning, char *line, size_t capacity)
{
    char what[FIELD_MAX];
    (void)snprintf(what, sizeof what, "  %s %s", event->fatal ? "fatal" : "warning", name);
    (void)snprintf(line, capacity, COLUMNS, arrow(event), what, "", "", "", "", "", meaning);
}

/* A key has a direction; the choice of an engine has none. */
static void describe_change(const lk_event *event, const char *meaning, char *line, size_t capacity)
{
    char engine[FIELD_MAX];
    bool keys = event->kind == LK_EVENT_KEYS;
    describe_engine(event, engine, sizeof engine);
    (void)snprintf(line, capacity, COLUMNS, keys ? arrow(event) : "===", keys ? "==== new key" : "==== engine", "", "",
                   "", "", engine, meaning);
}

void lk_trace_describe(const lk_event *event, char *line, size_t capacity)
{
    /* names and meanings may quote the peer */
    char name[NAME_MAX_LENGTH], meaning[MEANING_MAX];
    lk_text_sanitize(name, sizeof name, event->name ? event->name : "");
    lk_text_sanitize(meaning, sizeof meaning, event->meaning ? event->meaning : "");
    switch (event->kind) {
    case LK_EVENT_RECORD:
        describe_record(event, meaning, line, capacity);
        break;
    case LK_EVENT_MESSAGE:
        describe_message(event, name, meaning, line, capacity);
        break;
    case LK_EVENT_ALERT:
        describe_alert(event, name, meaning, line, capacity);
        break;
    case LK_EVENT_KEYS:
    case LK_EVENT_ENGINE:
        describe_change(event, meaning, line, capacity);
        break;
    case LK_EVENT_FIELD:
        (void)snprintf(line, capacity, FIELD, "", name, meaning);
        break;
    case LK_EVENT_NOTE:
        (void)snprintf(line, capacity, FIELD, arrow(event), "????", meaning);
        break;
    }
}

void lk_trace_describe_columns(bool captured, char *line, size_t capacity)
{
    (void)snprintf(line, capacity, COLUMNS, "", "what", "vers", "wire", "bytes", "key/no.",
                   captured ? "" : "engine, slot",
                   captured ? "meaning (--> client, <-- server)" : "meaning (--> sent, <-- received)");
}
