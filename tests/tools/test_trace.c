/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/trace.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

enum { LINE = 512 };

static const char *describe(const lk_event *event)
{
    static char line[LINE];
    lk_trace_describe(event, line, sizeof line);
    return line;
}

static void assert_holds(const char *line, const char *part)
{
    cr_assert_not_null(strstr(line, part), "'%s' is not in '%s'", part, line);
}

Test(trace, a_record_shows_arrow_type_lengths_key_number_and_engine_with_slot)
{
    const lk_event event = {.kind = LK_EVENT_RECORD,
                            .sent = true,
                            .outer_type = 23,
                            .content_type = 23,
                            .wire_version = 0x0302,
                            .sequence = 7,
                            .epoch = 2,
                            .wire_length = 1046,
                            .length = 1024,
                            .engine = "device",
                            .slot = 12};
    const char *line = describe(&event);
    assert_holds(line, "-->");
    assert_holds(line, "record application_data");
    assert_holds(line, " 3.2 ");
    assert_holds(line, " 1046 ");
    assert_holds(line, " 1024 ");
    assert_holds(line, "2/7");
    assert_holds(line, "device 12");
}

Test(trace, a_record_without_protection_is_in_the_clear_and_has_no_engine)
{
    const lk_event event = {
        .kind = LK_EVENT_RECORD, .outer_type = 22, .content_type = 22, .wire_length = 105, .length = 100, .slot = -1};
    const char *line = describe(&event);
    assert_holds(line, "<--");
    assert_holds(line, "clear");
    cr_assert_null(strstr(line, "software"));
    cr_assert_null(strstr(line, "device"));
}

Test(trace, a_hidden_content_type_is_explained)
{
    const lk_event event = {
        .kind = LK_EVENT_RECORD, .outer_type = 23, .content_type = 22, .epoch = 1, .engine = "software", .slot = -1};
    assert_holds(describe(&event), "record handshake");
    assert_holds(describe(&event), "the wire shows application_data");
}

Test(trace, a_message_shows_its_name_length_and_meaning)
{
    const lk_event event = {.kind = LK_EVENT_MESSAGE,
                            .sent = true,
                            .length = 118,
                            .type = 1,
                            .name = "client_hello",
                            .meaning = "offers TLS 1.3"};
    const char *line = describe(&event);
    assert_holds(line, "client_hello");
    assert_holds(line, "118");
    assert_holds(line, "offers TLS 1.3");
}

Test(trace, a_change_of_key_and_an_alert_are_marked)
{
    const lk_event keys = {
        .kind = LK_EVENT_KEYS, .epoch = 1, .engine = "device", .slot = -1, .meaning = "handshake keys"};
    const lk_event alert = {.kind = LK_EVENT_ALERT, .fatal = true, .type = 48, .name = "unknown_ca"};
    assert_holds(describe(&keys), "==== new key");
    assert_holds(describe(&keys), "handshake keys");
    assert_holds(describe(&alert), "fatal unknown_ca");
}

Test(trace, columns_are_aligned)
{
    const lk_event record = {.kind = LK_EVENT_RECORD,
                             .outer_type = 23,
                             .content_type = 23,
                             .sequence = 99999,
                             .epoch = 1,
                             .wire_length = 16645,
                             .length = 16384,
                             .engine = "device",
                             .slot = 255};
    const lk_event message = {.kind = LK_EVENT_MESSAGE, .length = 1, .name = "finished", .meaning = "MEANING"};
    char line[LINE];
    (void)snprintf(line, sizeof line, "%s", describe(&message));
    cr_assert_eq(strstr(line, "MEANING") - line, strstr(describe(&record), "the application") - describe(&record));
}

Test(trace, a_peer_cannot_send_escape_sequences_to_the_terminal)
{
    const lk_event event = {.kind = LK_EVENT_MESSAGE,
                            .name = "client_hello\033[2J",
                            .meaning = "for \033]0;owned\007 and \x9b"
                                       "31m"};
    for (const char *c = describe(&event); *c; c++)
        cr_assert(*c >= ' ' && *c <= '~');
}

Test(trace, a_field_stands_below_its_message_and_a_note_is_marked)
{
    const lk_event field = {.kind = LK_EVENT_FIELD, .sent = true, .name = "server_name", .meaning = "example.org"};
    const lk_event note = {.kind = LK_EVENT_NOTE, .meaning = "there is no key log"};
    assert_holds(describe(&field), "     server_name ");
    assert_holds(describe(&field), "example.org");
    cr_assert_null(strstr(describe(&field), "-->"));
    assert_holds(describe(&note), "<--");
    assert_holds(describe(&note), "???? ");
    assert_holds(describe(&note), "there is no key log");
}

/* The lines that events make in a stream that is no terminal. */
static char *observe(const lk_event *events, size_t count)
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = tmpfile();
    lk_trace trace;
    cr_assert_not_null(stream);
    lk_trace_begin(&trace, stream);
    for (size_t i = 0; i < count; i++)
        lk_trace_observe(&trace, &events[i]);
    lk_trace_flush(&trace);
    rewind(stream);
    cr_assert_geq(getdelim(&text, &length, '\0', stream), 0);
    (void)fclose(stream);
    return text;
}

static void assert_order(const char *text, const char *const *parts, size_t count)
{
    const char *from = text;
    for (size_t i = 0; i < count; i++) {
        const char *found = strstr(from, parts[i]);
        cr_assert_not_null(found, "'%s' is not where it should be in:\n%s", parts[i], text);
        from = found + strlen(parts[i]);
    }
}

Test(trace, events_follow_one_heading_in_order_and_without_colour_outside_a_terminal)
{
    const lk_event events[] = {{.kind = LK_EVENT_MESSAGE, .name = "server_hello", .meaning = "picks"},
                               {.kind = LK_EVENT_MESSAGE, .name = "finished", .meaning = "confirms"}};
    const char *const order[] = {"seconds", "meaning", "picks", "confirms"};
    char *text = observe(events, 2);
    assert_order(text, order, 4);
    cr_assert_null(strstr(strstr(text, "seconds") + 1, "seconds"));
    cr_assert_null(strchr(text, '\033'));
    free(text);
}

Test(trace, what_is_sent_is_shown_under_its_record_however_late_the_record_is)
{
    const lk_event events[] = {
        {.kind = LK_EVENT_MESSAGE, .sent = true, .length = 6, .meaning = "first message"},
        {.kind = LK_EVENT_FIELD, .sent = true, .name = "random", .meaning = "its field"},
        {.kind = LK_EVENT_MESSAGE, .sent = true, .length = 16, .meaning = "second message"},
        {.kind = LK_EVENT_KEYS, .sent = true, .meaning = "application keys"},
        {.kind = LK_EVENT_RECORD, .sent = true, .outer_type = 22, .content_type = 22, .length = 10},
        {.kind = LK_EVENT_RECORD, .sent = true, .outer_type = 22, .content_type = 22, .length = 15},
        {.kind = LK_EVENT_RECORD, .sent = true, .outer_type = 22, .content_type = 22, .length = 5},
        {.kind = LK_EVENT_RECORD, .sent = true, .outer_type = 23, .content_type = 23, .length = 99, .epoch = 1},
    };
    const char *const order[] = {"record handshake", "first message",  "its field",        "record handshake",
                                 "record handshake", "second message", "application keys", "record application_data"};
    char *text = observe(events, sizeof events / sizeof events[0]);
    assert_order(text, order, sizeof order / sizeof order[0]);
    free(text);
}

Test(trace, a_capture_has_its_own_times_and_names_its_connections)
{
    char text[4 * LINE];
    FILE *stream = fmemopen(text, sizeof text, "w");
    lk_trace trace;
    lk_trace_begin_captured(&trace, stream);
    (void)snprintf(trace.label, sizeof trace.label, "#7");
    trace.seconds = 12.5;
    lk_trace_observe(&trace, &(lk_event){.kind = LK_EVENT_MESSAGE, .sent = true, .name = "client_hello"});
    lk_trace_say(&trace, "that is\033 all");
    trace.brief = true;
    lk_trace_observe(&trace, &(lk_event){.kind = LK_EVENT_FIELD, .sent = true, .name = "random"});
    (void)fclose(stream);
    assert_holds(text, "--> client");
    assert_holds(text, "   12.500  #7    -->    client_hello");
    assert_holds(text, "   12.500  #7    that is? all\n");
    cr_assert_null(strstr(text, "random"));
}

Test(trace, what_never_becomes_a_record_is_shown_in_the_end)
{
    lk_event events[LK_TRACE_WAITING_MAX + 2];
    char *text;
    size_t lines = 0;
    for (size_t i = 0; i < LK_TRACE_WAITING_MAX + 2; i++)
        events[i] = (lk_event){.kind = LK_EVENT_MESSAGE, .sent = true, .meaning = "waits"};
    text = observe(events, LK_TRACE_WAITING_MAX + 2);
    for (size_t at = 0; text[at] != '\0'; at++)
        lines += text[at] == '\n';
    cr_assert_eq(lines, LK_TRACE_WAITING_MAX + 3, "a heading, and a line for each message");
    free(text);
}
