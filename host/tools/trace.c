/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/trace.h"
#include "tools/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TYPE_ALERT = 21, TYPE_HANDSHAKE = 22, MESSAGE_HEADER = 4, ALERT_LENGTH = 2 };

static const char *colour_of(const lk_event *event)
{
    switch (event->kind) {
    case LK_EVENT_ALERT:
        return event->fatal ? "\033[1;31m" : "\033[31m";
    case LK_EVENT_KEYS:
    case LK_EVENT_ENGINE:
        return "\033[1;33m";
    case LK_EVENT_MESSAGE:
        return event->sent ? "\033[1;36m" : "\033[1;32m";
    case LK_EVENT_RECORD:
        return event->sent ? "\033[36m" : "\033[32m";
    case LK_EVENT_NOTE:
        return "\033[35m";
    case LK_EVENT_FIELD:
        break;
    }
    return "";
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void write_line(lk_trace *trace, const char *colour, const char *line)
{
    if (!trace->begun) {
        char heading[LK_TRACE_LINE_MAX];
        lk_trace_describe_columns(trace->captured, heading, sizeof heading);
        (void)fprintf(trace->to, "%9s  %s%s\n", "seconds", trace->captured ? "no.   " : "", heading);
        trace->begun = true;
    }
    bool coloured = trace->colour && colour[0];
    (void)fprintf(trace->to, "%9.3f  ", trace->captured ? trace->seconds : seconds_since(&trace->start));
    if (trace->captured)
        (void)fprintf(trace->to, "%-4s  ", trace->label);
    (void)fprintf(trace->to, "%s%s%s\n", coloured ? colour : "", line, coloured ? "\033[0m" : "");
}

/* Shows the first of what waits, so many of it. */
static void show_waiting(lk_trace *trace, size_t count)
{
    for (size_t i = 0; i < count; i++)
        write_line(trace, trace->waiting[i].colour, trace->waiting[i].line);
    trace->waiting_count -= count;
    memmove(trace->waiting, trace->waiting + count, trace->waiting_count * sizeof trace->waiting[0]);
}

static void hold_back(lk_trace *trace, const lk_event *event)
{
    lk_trace_waiting *waiting;
    if (trace->waiting_count == LK_TRACE_WAITING_MAX)
        show_waiting(trace, 1);
    waiting = &trace->waiting[trace->waiting_count++];
    *waiting = (lk_trace_waiting){.kind = event->kind, .colour = colour_of(event)};
    if (event->kind == LK_EVENT_KEYS)
        waiting->epoch = ++trace->epochs;
    else if (event->kind != LK_EVENT_FIELD)
        waiting->length = event->kind == LK_EVENT_MESSAGE ? event->length + MESSAGE_HEADER : ALERT_LENGTH;
    lk_trace_describe(event, waiting->line, sizeof waiting->line);
}

/* How much of what waits comes before a record of that epoch: all up to the last change of key that it is under. */
static size_t count_before(const lk_trace *trace, unsigned epoch)
{
    size_t count = 0;
    for (size_t i = 0; i < trace->waiting_count; i++)
        if (trace->waiting[i].kind == LK_EVENT_KEYS && trace->waiting[i].epoch <= epoch)
            count = i + 1;
    return count;
}

/* How much of what waits is whole with the content that records have carried. */
static size_t count_carried(lk_trace *trace)
{
    size_t count = 0;
    while (count < trace->waiting_count && trace->waiting[count].kind != LK_EVENT_KEYS &&
           trace->waiting[count].length <= trace->carried)
        trace->carried -= trace->waiting[count++].length;
    return count;
}

static void show(lk_trace *trace, const lk_event *event)
{
    char line[LK_TRACE_LINE_MAX];
    lk_trace_describe(event, line, sizeof line);
    write_line(trace, colour_of(event), line);
}

static void show_sent_record(lk_trace *trace, const lk_event *event)
{
    show_waiting(trace, count_before(trace, event->epoch));
    show(trace, event);
    if (event->content_type == TYPE_HANDSHAKE || event->content_type == TYPE_ALERT) {
        trace->carried += event->length;
        show_waiting(trace, count_carried(trace));
    }
}

void lk_trace_begin(lk_trace *trace, FILE *to)
{
    const char *terminal = getenv("TERM"), *plain = getenv("NO_COLOR");
    *trace = (lk_trace){.to = to};
    trace->colour = isatty(fileno(to)) && !(plain && plain[0]) && terminal && strcmp(terminal, "dumb") != 0;
    (void)clock_gettime(CLOCK_MONOTONIC, &trace->start);
}

void lk_trace_begin_captured(lk_trace *trace, FILE *to)
{
    lk_trace_begin(trace, to);
    trace->captured = true;
}

void lk_trace_say(lk_trace *trace, const char *text)
{
    char line[LK_TRACE_LINE_MAX];
    lk_text_sanitize(line, sizeof line, text);
    write_line(trace, "\033[1m", line);
}

void lk_trace_observe(void *context, const lk_event *event)
{
    lk_trace *trace = context;
    if (event->kind == LK_EVENT_FIELD && trace->brief)
        return;
    if (trace->captured)
        show(trace, event);
    else if (event->sent && event->kind == LK_EVENT_RECORD)
        show_sent_record(trace, event);
    else if (event->sent && event->kind != LK_EVENT_ENGINE)
        hold_back(trace, event);
    else
        show(trace, event);
}

void lk_trace_flush(lk_trace *trace)
{
    show_waiting(trace, trace->waiting_count);
    trace->epochs = 0;
    trace->carried = 0;
}
