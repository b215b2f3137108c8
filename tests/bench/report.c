/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/report.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_WIDTH_MIN = 24 };

struct lk_report {
    const char *title;
    json_t *figures;
    bool failed;
};

static void usage(FILE *to, const char *program)
{
    fprintf(to,
            "usage: %s [--json FILE] [--quick]\n"
            "  --json FILE  also write the figures as an array of {name, value, unit, note}\n"
            "  --quick      fewer repetitions\n",
            program);
}

bool lk_bench_options_parse(int argc, char **argv, lk_bench_options *options, int *status)
{
    *options = (lk_bench_options){0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0) {
            options->quick = true;
        } else if (strcmp(argv[i], "--json") == 0 && i + 1 < argc) {
            options->json = argv[++i];
        } else {
            bool help = strcmp(argv[i], "--help") == 0;
            if (!help) {
                fprintf(stderr, "%s: unknown or incomplete option %s\n", argv[0], argv[i]);
            }
            usage(help ? stdout : stderr, argv[0]);
            *status = help ? EXIT_SUCCESS : EXIT_FAILURE;
            return false;
        }
    }
    return true;
}

lk_report *lk_report_new(const char *title)
{
    lk_report *report = calloc(1, sizeof *report);
    if (report == NULL) {
        return NULL;
    }
    report->title = title;
    report->figures = json_array();
    if (report->figures == NULL) {
        free(report);
        return NULL;
    }
    return report;
}

void lk_report_free(lk_report *report)
{
    if (report != NULL) {
        json_decref(report->figures);
        free(report);
    }
}

void lk_report_add(lk_report *report, const char *name, double value, const char *unit, const char *note)
{
    json_t *figure = json_pack("{s:s, s:f, s:s, s:s}", "name", name, "value", value, "unit", unit, "note", note);
    if (figure == NULL || json_array_append_new(report->figures, figure) != 0) {
        fprintf(stderr, "the figure %s cannot be kept\n", name);
        report->failed = true;
    }
}

static const char *field(const json_t *figure, const char *key)
{
    return json_string_value(json_object_get(figure, key));
}

static void print_table(const lk_report *report)
{
    size_t index = 0;
    int width = NAME_WIDTH_MIN;
    const json_t *figure = NULL;
    json_array_foreach(report->figures, index, figure)
    {
        int length = (int)strlen(field(figure, "name"));
        width = length > width ? length : width;
    }
    printf("%s\n", report->title);
    json_array_foreach(report->figures, index, figure)
    {
        printf("  %-*s %14.4g  %-16s %s\n", width, field(figure, "name"),
               json_real_value(json_object_get(figure, "value")), field(figure, "unit"), field(figure, "note"));
    }
}

bool lk_report_finish(lk_report *report, const char *json)
{
    print_table(report);
    if (json != NULL && json_dump_file(report->figures, json, JSON_INDENT(2) | JSON_REAL_PRECISION(8)) != 0) {
        fprintf(stderr, "%s cannot be written\n", json);
        return false;
    }
    return !report->failed && fflush(stdout) == 0;
}
