/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transaction, shown as it happens: a line for each record, message, alert and key change, in both directions, with
 * its length, its meaning in a few words, and who made or opened it.
 */
#ifndef LK_TOOLS_TRACE_H
#define LK_TOOLS_TRACE_H

#include <latchkey/event.h>

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

enum { LK_TRACE_LINE_MAX = 512, LK_TRACE_WAITING_MAX = 160, LK_TRACE_LABEL_MAX = 16 };

/* A message, one of its fields, an alert or a change of key on the sending side, shown with the record it belongs to.
 */
typedef struct lk_trace_waiting {
    lk_event_kind kind;
    size_t length;  /* of the content that the message or alert takes in records */
    unsigned epoch; /* that a change of key begins */
    const char *colour;
    char line[LK_TRACE_LINE_MAX];
} lk_trace_waiting;

typedef struct lk_trace {
    FILE *to;
    bool colour;
    bool begun; /* the heading has been written */
    bool brief; /* fields are left out */
    struct timespec start;
    /* of what happened before, or elsewhere */
    bool captured;                  /* "sent" means by the client, and records come before their messages */
    double seconds;                 /* the time of what is told next, which stands in for the clock */
    char label[LK_TRACE_LABEL_MAX]; /* what the connection is called in the lines of a capture */
    unsigned epochs;                /* changes of key on the sending side, so far */
    size_t carried;                 /* content of sent records that no message shown so far accounts for */
    size_t waiting_count;
    lk_trace_waiting waiting[LK_TRACE_WAITING_MAX];
} lk_trace;

/** A trace into a stream that it borrows; in colour only on a terminal, and not where NO_COLOR is set. */
void lk_trace_begin(lk_trace *trace, FILE *to);

/**
 * An lk_observer whose context is the trace. What is sent is composed first and becomes a record later, all the more so
 * on a device: it is shown under its record nevertheless, as what is received is.
 */
void lk_trace_observe(void *context, const lk_event *event);

/** The same for a capture, whose owner sets seconds and label. */
void lk_trace_begin_captured(lk_trace *trace, FILE *to);

/** A line of text of the connection that the label names. */
void lk_trace_say(lk_trace *trace, const char *text);

/** Shows what still waits for its record: at the end of a connection, whose next one begins anew. */
void lk_trace_flush(lk_trace *trace);

/** The heading of the columns. */
void lk_trace_describe_columns(bool captured, char *line, size_t capacity);

/** One line about an event, without time, colour and newline: for the trace and its tests. Cuts what does not fit. */
void lk_trace_describe(const lk_event *event, char *line, size_t capacity);

#endif
