/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/status.h"

#include "tools/files.h"
#include "tools/report.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { OLD = 3 /* s: a server writes each second */, TEXT_MAX = 200 };

static const char *const ways[] = {"sent", "received"};
static const char *const engines[] = {"device", "software"};
static const char *const kinds[] = {"seal", "open"};

/* A number by its way through the objects; 0 where there is none: a file may be older or newer than this program. */
static long long number(const json_t *object, const char *first, const char *second, const char *third)
{
    const char *path[] = {first, second, third};
    for (int i = 0; i < 3 && path[i]; i++)
        object = json_object_get(object, path[i]);
    return json_integer_value(object);
}

int lk_status_read(const char *path, json_t **status)
{
    uint8_t *data = NULL;
    size_t length = 0;
    json_error_t fault;
    lk_error error = lk_file_read(path, &data, &length);
    if (error)
        return lk_report_error(path, error, strerror(errno));
    *status = json_loadb((const char *)data, length, 0, &fault);
    free(data);
    if (*status && json_is_object(json_object_get(*status, "connections")))
        return LK_EXIT_OK;
    json_decref(*status);
    return lk_report_error(path, LK_ERROR_FILE_MALFORMED, "this is no status file of a server");
}

/* The table */

static void table_device(const json_t *device, FILE *file)
{
    char uri[TEXT_MAX], state[TEXT_MAX];
    if (!json_is_object(device)) {
        (void)fputs("no device\n", file);
        return;
    }
    lk_text_sanitize(uri, sizeof uri, json_string_value(json_object_get(device, "uri")));
    lk_text_sanitize(state, sizeof state, json_string_value(json_object_get(device, "state")));
    (void)fprintf(file, "device %s: %s; %lld in flight, %lld heartbeats, %lld losses, %lld recoveries\n", uri, state,
                  number(device, "in_flight", NULL, NULL), number(device, "heartbeats", NULL, NULL),
                  number(device, "losses", NULL, NULL), number(device, "recoveries", NULL, NULL));
    for (int i = 0; i < 2; i++) {
        long long count = number(device, kinds[i], "count", NULL);
        if (count > 0)
            (void)fprintf(file,
                          "  %s: %lld, %lld us on average, half below %lld us, 99 %% below %lld us, at most %lld us\n",
                          kinds[i], count, number(device, kinds[i], "microseconds", NULL) / count,
                          number(device, kinds[i], "half_below", NULL), number(device, kinds[i], "99_below", NULL),
                          number(device, kinds[i], "longest", NULL));
    }
}

static void table_placement(const json_t *placement, FILE *file)
{
    const char *reason;
    json_t *row;
    size_t i;
    char text[TEXT_MAX];
    if (!json_is_object(placement))
        return;
    lk_text_sanitize(text, sizeof text, json_string_value(json_object_get(placement, "cipher")));
    (void)fprintf(file, "\nplacement: the thread is busy %.1f %% of its time, %lld bytes wait for the device\n",
                  (double)number(placement, "load_thousandths", NULL, NULL) / 10,
                  number(placement, "queued_bytes", NULL, NULL));
    (void)fprintf(file, "%-20s %12s %12s %12s %12s  %s\n", text, "software", "device: CPU", "alone", "in a row",
                  "goes to");
    json_array_foreach(json_object_get(placement, "costs"), i, row)
    {
        const char *goes_to = json_string_value(json_object_get(row, "goes_to"));
        (void)fprintf(file, "%14lld bytes %9.1f us %9.1f us %9.1f us %9.1f us  %s\n", number(row, "length", NULL, NULL),
                      (double)number(row, "software_nanoseconds", NULL, NULL) / 1e3,
                      (double)number(row, "device_processor_nanoseconds", NULL, NULL) / 1e3,
                      (double)number(row, "device_wait_nanoseconds", NULL, NULL) / 1e3,
                      (double)number(row, "device_interval_nanoseconds", NULL, NULL) / 1e3,
                      goes_to && strcmp(goes_to, "device") == 0 ? "device" : "software");
    }
    json_object_foreach(json_object_get(placement, "reasons"), reason, row)
    {
        lk_text_sanitize(text, sizeof text, json_string_value(json_object_get(row, "meaning")));
        if (number(row, "records", NULL, NULL) > 0)
            (void)fprintf(file, "%20lld records %s\n", number(row, "records", NULL, NULL), text);
    }
}

void lk_status_table(const json_t *status, time_t now, FILE *file)
{
    long long age = (long long)now - number(status, "written", NULL, NULL);
    const char *reason;
    json_t *count;
    (void)fprintf(file, "process %lld", number(status, "process", NULL, NULL));
    if (age > OLD)
        (void)fprintf(file, " (said %lld s ago: it may have ended)", age);
    (void)fprintf(file, "\nconnections: %lld open of %lld, %lld handshakes complete, %lld failed\n\n",
                  number(status, "connections", "open", NULL), number(status, "connections", "begun", NULL),
                  number(status, "connections", "handshakes", NULL), number(status, "connections", "failures", NULL));
    (void)fprintf(file, "%-10s %-10s %15s %20s\n", "", "engine", "records", "bytes");
    for (int way = 0; way < 2; way++)
        for (int engine = 0; engine < 2; engine++)
            (void)fprintf(file, "%-10s %-10s %15lld %20lld\n", engine ? "" : ways[way], engines[engine],
                          number(status, ways[way], engines[engine], "records"),
                          number(status, ways[way], engines[engine], "bytes"));
    (void)fprintf(file, "\nrecords made again in software: %lld\nfall backs:", number(status, "retries", NULL, NULL));
    bool any = false;
    json_object_foreach(json_object_get(status, "fallbacks"), reason, count)
    {
        char text[TEXT_MAX];
        lk_text_sanitize(text, sizeof text, reason);
        if (json_integer_value(count) > 0)
            (void)fprintf(file, " %s %lld", text, (long long)json_integer_value(count));
        any |= json_integer_value(count) > 0;
    }
    (void)fputs(any ? "\n" : " none\n", file);
    table_device(json_object_get(status, "device"), file);
    table_placement(json_object_get(status, "placement"), file);
}

/* Prometheus */

static void metric(FILE *file, const char *name, const char *type, const char *help)
{
    (void)fprintf(file, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void single(FILE *file, const char *name, const char *type, const char *help, long long value)
{
    metric(file, name, type, help);
    (void)fprintf(file, "%s %lld\n", name, value);
}

/* What may stand between the quotes of a label. */
static void label_text(char text[TEXT_MAX], const char *from)
{
    lk_text_sanitize(text, TEXT_MAX, from);
    for (char *at = text; *at; at++)
        *at = *at == '"' || *at == '\\' ? '?' : *at;
}

static void both_ways(const json_t *status, FILE *file, const char *name, const char *help, const char *what)
{
    metric(file, name, "counter", help);
    for (int way = 0; way < 2; way++)
        for (int engine = 0; engine < 2; engine++)
            (void)fprintf(file, "%s{way=\"%s\",engine=\"%s\"} %lld\n", name, ways[way], engines[engine],
                          number(status, ways[way], engines[engine], what));
}

static void histogram(const json_t *device, FILE *file)
{
    static const char name[] = "latchkey_device_operation_seconds";
    metric(file, name, "histogram", "How long the device took for a record, from submission to completion.");
    for (int i = 0; i < 2; i++) {
        const json_t *latency = json_object_get(device, kinds[i]);
        long long below = 0;
        size_t bucket;
        json_t *count;
        json_array_foreach(json_object_get(latency, "buckets"), bucket, count)
        {
            below += json_integer_value(count);
            if (bucket + 1 < json_array_size(json_object_get(latency, "buckets")))
                (void)fprintf(file, "%s_bucket{kind=\"%s\",le=\"%.9g\"} %lld\n", name, kinds[i],
                              (double)(1ull << (bucket & 63)) * 1e-6, below);
        }
        (void)fprintf(file, "%s_bucket{kind=\"%s\",le=\"+Inf\"} %lld\n", name, kinds[i], below);
        (void)fprintf(file, "%s_sum{kind=\"%s\"} %.9g\n", name, kinds[i],
                      (double)number(latency, "microseconds", NULL, NULL) * 1e-6);
        (void)fprintf(file, "%s_count{kind=\"%s\"} %lld\n", name, kinds[i], below);
    }
}

static void prometheus_placement(const json_t *placement, FILE *file)
{
    static const char *const counts[][3] = {
        {"latchkey_placed_records_total", "Records placed by what they cost, by reason.", "records"},
        {"latchkey_placed_bytes_total", "Bytes in them.", "bytes"}};
    const char *reason;
    json_t *row;
    if (!json_is_object(placement))
        return;
    metric(file, "latchkey_thread_load", "gauge",
           "Share of its time lately that the thread of the connections was busy.");
    (void)fprintf(file, "latchkey_thread_load %.3f\n", (double)number(placement, "load_thousandths", NULL, NULL) / 1e3);
    for (int i = 0; i < 2; i++) {
        metric(file, counts[i][0], "counter", counts[i][1]);
        json_object_foreach(json_object_get(placement, "reasons"), reason, row)
        {
            char text[TEXT_MAX];
            label_text(text, reason);
            (void)fprintf(file, "%s{reason=\"%s\"} %lld\n", counts[i][0], text, number(row, counts[i][2], NULL, NULL));
        }
    }
}

static void prometheus_device(const json_t *device, FILE *file)
{
    bool up = json_is_object(device) && number(device, "up", NULL, NULL) != 0;
    single(file, "latchkey_device_up", "gauge", "1 while a device is attached and answers.", up);
    if (!json_is_object(device))
        return;
    single(file, "latchkey_device_in_flight", "gauge", "Records on their way through the device.",
           number(device, "in_flight", NULL, NULL));
    single(file, "latchkey_device_heartbeats_total", "counter", "Signs of life of an idle device.",
           number(device, "heartbeats", NULL, NULL));
    single(file, "latchkey_device_losses_total", "counter", "How often the device was lost.",
           number(device, "losses", NULL, NULL));
    single(file, "latchkey_device_resets_total", "counter", "Losses after which it was told to erase its keys.",
           number(device, "resets", NULL, NULL));
    single(file, "latchkey_device_recoveries_total", "counter", "How often it came back.",
           number(device, "recoveries", NULL, NULL));
    histogram(device, file);
}

void lk_status_prometheus(const json_t *status, FILE *file)
{
    const char *reason;
    json_t *count;
    single(file, "latchkey_connections_total", "counter", "Connections begun.",
           number(status, "connections", "begun", NULL));
    single(file, "latchkey_connections_open", "gauge", "Connections that are open.",
           number(status, "connections", "open", NULL));
    single(file, "latchkey_handshakes_total", "counter", "Connections whose handshake is complete.",
           number(status, "connections", "handshakes", NULL));
    single(file, "latchkey_connection_failures_total", "counter", "Connections that ended with an error.",
           number(status, "connections", "failures", NULL));
    both_ways(status, file, "latchkey_records_total", "Protected records, by who made or opened them.", "records");
    both_ways(status, file, "latchkey_plaintext_bytes_total", "Bytes of plaintext in them.", "bytes");
    metric(file, "latchkey_fallbacks_total", "counter", "Directions that went to software, by reason.");
    json_object_foreach(json_object_get(status, "fallbacks"), reason, count)
    {
        char text[TEXT_MAX];
        label_text(text, reason);
        (void)fprintf(file, "latchkey_fallbacks_total{reason=\"%s\"} %lld\n", text,
                      (long long)json_integer_value(count));
    }
    single(file, "latchkey_retries_total", "counter", "Records that the device left undone, and software made.",
           number(status, "retries", NULL, NULL));
    prometheus_placement(json_object_get(status, "placement"), file);
    prometheus_device(json_object_get(status, "device"), file);
}
