/* SPDX-License-Identifier: Apache-2.0 */
/* `latchkey stats`: shows the status file of a server, as a table or for Prometheus. */
#include "tools/command.h"
#include "tools/report.h"
#include "tools/status.h"

#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

typedef struct lk_stats_command {
    const char *path;
    bool prometheus, once;
} lk_stats_command;

enum { OPTION_PROMETHEUS = 256, OPTION_ONCE };

static error_t parse(int key, char *argument, struct argp_state *state)
{
    lk_stats_command *command = state->input;
    switch (key) {
    case OPTION_PROMETHEUS:
        command->prometheus = true;
        return 0;
    case OPTION_ONCE:
        command->once = true;
        return 0;
    case ARGP_KEY_ARG:
        if (command->path)
            argp_error(state, "one file at a time: '%s' is one too many", argument);
        command->path = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a status file is needed, the one that a server was given with --stats");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int show(const lk_stats_command *command, bool live)
{
    json_t *status = NULL;
    int failed = lk_status_read(command->path, &status);
    if (failed)
        return failed;
    if (live)
        (void)fputs("\033[H\033[J", stdout); /* from the top of an empty screen */
    if (command->prometheus)
        lk_status_prometheus(status, stdout);
    else
        lk_status_table(status, time(NULL), stdout);
    (void)fflush(stdout);
    json_decref(status);
    return ferror(stdout) ? LK_EXIT_FAILURE : LK_EXIT_OK;
}

int lk_command_stats(int count, char **arguments)
{
    static const struct argp_option table[] = {
        {"prometheus", OPTION_PROMETHEUS, NULL, 0, "the text format of Prometheus, once", 0},
        {"once", OPTION_ONCE, NULL, 0, "the table once, also on a terminal", 0},
        {0}};
    static const struct argp argp = {
        .options = table,
        .parser = parse,
        .args_doc = "FILE",
        .doc = "Shows what a server does that was started with --stats FILE. On a terminal the table is drawn anew "
               "each second, until Ctrl-C."};
    lk_stats_command command = {0};
    if (argp_parse(&argp, count, arguments, 0, NULL, &command) != 0)
        return LK_EXIT_USAGE;
    bool live = !command.once && !command.prometheus && isatty(STDOUT_FILENO);
    int status = show(&command, live);
    while (live && !status) {
        (void)sleep(1);
        status = show(&command, live);
    }
    return status;
}
