/* SPDX-License-Identifier: Apache-2.0 */
/* fault-runs: see README.md and --help. */
#include "faults/run.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCRIPTS = 64, POWER_EVERY = 500 /* runs */, TIMEOUT = 300 };

typedef struct fault_options {
    run_settings settings;
    uint64_t first, runs;
    bool sweep, verbose;
    int only; /* a fault_kind, or -1 */
    const char *report;
} fault_options;

/* What became of a kind. */
typedef struct fault_tally {
    unsigned runs, struck, fell_back, ended, broken;
} fault_tally;

typedef struct fault_state {
    fault_options options;
    fault_tally tallies[FAULT_KINDS];
    faulty_counts counts[SCRIPTS];
    bool counted[SCRIPTS];
    uint64_t done;
} fault_state;

static const char usage[] =
    "Usage: fault-runs [--runs N] [--first SEED] [--sweep] [--kind NAME] [--uri faulty:direct|faulty:ulpi]\n"
    "                  [--timeout MS] [--report FILE] [--verbose]\n"
    "Runs connections over the simulated board with a fault in each, and compares what arrives with a run without it.\n"
    "  --runs N       so many, each by a seed of its own (default 100)\n"
    "  --first SEED   the first seed (default 0); a seed repeats a run\n"
    "  --sweep        instead: every kind of fault at every event of the connections 0 up to N - 1\n"
    "  --kind NAME    this kind alone; `--kind list` shows them\n"
    "  --timeout MS   a silent board counts as lost after so long (default 300)\n"
    "  --report FILE  the table in Markdown\n"
    "Exit status: 0, 1 when a promise was broken, 2 for a mistake on the command line.\n";

static const faulty_counts *counts_of(fault_state *state, uint64_t script)
{
    uint64_t row = script % SCRIPTS;
    if (!state->counted[row])
        state->counts[row] = run_without_fault(&state->options.settings, row).counts;
    state->counted[row] = true;
    return &state->counts[row];
}

static void describe(FILE *file, const fault_run *run)
{
    static const char *const promises[] = {"same", "refused", "survived"};
    (void)fprintf(file, "connection %" PRIu64 "%s, %s at %u (detail %u): %s, %s%s%s", run->script,
                  run->required ? " (board required)" : "", fault_name(run->fault.kind), run->fault.at,
                  run->fault.detail, run->fault.struck ? promises[run->fault.promise] : "did not strike",
                  run->complete ? "complete" : "ended", run->fell_back ? ", fell back" : "",
                  run->opened ? "" : ", not opened");
    (void)fprintf(file, "%s%s\n", run->complaint[0] ? ": " : "", run->complaint);
}

static void once(fault_state *state, fault_run *run, uint64_t seed)
{
    fault_tally *tally = &state->tallies[run->fault.kind];
    bool good = run_once(&state->options.settings, run);
    tally->runs++;
    tally->struck += run->fault.struck;
    tally->fell_back += run->fell_back || !run->opened;
    tally->ended += !run->complete;
    tally->broken += !good;
    if (!good || state->options.verbose) {
        (void)fprintf(good ? stdout : stderr, "%s%s %" PRIu64 ": ",
                      good ? "" : "BROKEN: ", state->options.sweep ? "sweep" : "seed", seed);
        describe(good ? stdout : stderr, run);
    }
    if (++state->done % POWER_EVERY == 0)
        faulty_power_off();
}

/* Everything about a run by its seed. */
static void by_seed(fault_state *state, uint64_t seed)
{
    uint64_t random = fault_random_start(seed);
    fault_run run = {.script = fault_random(&random) % SCRIPTS};
    fault_kind kind = (fault_kind)(fault_random(&random) % FAULT_KINDS);
    run.fault.kind = state->options.only >= 0 ? (fault_kind)state->options.only : kind;
    uint32_t events = counts_of(state, run.script)->of[fault_place_of(run.fault.kind)];
    run.fault.at = fault_random(&random) % (events > 0 ? events : 1);
    run.fault.detail = fault_random(&random);
    run.required = fault_random(&random) % 8 == 0;
    once(state, &run, seed);
}

static void sweep(fault_state *state, uint64_t script)
{
    uint64_t random = fault_random_start(script);
    for (unsigned kind = 0; kind < FAULT_KINDS; kind++) {
        if (state->options.only >= 0 && (int)kind != state->options.only)
            continue;
        uint32_t events = counts_of(state, script)->of[fault_place_of((fault_kind)kind)];
        for (uint32_t at = 0; at < events; at++) {
            fault_run run = {.script = script % SCRIPTS,
                             .fault = {.kind = (fault_kind)kind, .at = at, .detail = fault_random(&random)}};
            once(state, &run, script);
        }
    }
}

static bool parse_kind(fault_options *options, const char *name)
{
    options->only = -1;
    for (unsigned kind = 0; kind < FAULT_KINDS; kind++)
        if (strcmp(name, fault_name((fault_kind)kind)) == 0)
            options->only = (int)kind;
    if (options->only >= 0)
        return true;
    for (unsigned kind = 0; kind < FAULT_KINDS; kind++)
        (void)printf("%-18s %s\n", fault_name((fault_kind)kind), fault_sentence((fault_kind)kind));
    exit(strcmp(name, "list") == 0 ? EXIT_SUCCESS : 2);
}

static void parse(fault_options *options, int count, char **arguments)
{
    static const struct option names[] = {
        {"runs", required_argument, NULL, 'n'},   {"first", required_argument, NULL, 'f'},
        {"sweep", no_argument, NULL, 's'},        {"kind", required_argument, NULL, 'k'},
        {"uri", required_argument, NULL, 'u'},    {"timeout", required_argument, NULL, 't'},
        {"report", required_argument, NULL, 'r'}, {"verbose", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},         {0}};
    *options = (struct fault_options){.settings = {"faulty:direct", TIMEOUT}, .runs = 100, .only = -1};
    for (int option; (option = getopt_long(count, arguments, "", names, NULL)) != -1;) {
        switch (option) {
        case 'n':
            options->runs = strtoull(optarg, NULL, 10);
            break;
        case 'f':
            options->first = strtoull(optarg, NULL, 10);
            break;
        case 's':
            options->sweep = true;
            break;
        case 'k':
            (void)parse_kind(options, optarg);
            break;
        case 'u':
            options->settings.uri = optarg;
            break;
        case 't':
            options->settings.timeout = atoi(optarg);
            break;
        case 'r':
            options->report = optarg;
            break;
        case 'v':
            options->verbose = true;
            break;
        default:
            (void)fputs(usage, option == 'h' ? stdout : stderr);
            exit(option == 'h' ? EXIT_SUCCESS : 2);
        }
    }
}

/* The table. @return how many runs broke a promise. */
static unsigned report(const fault_state *state, FILE *file)
{
    fault_tally all = {0};
    (void)fprintf(file, "| fault | what happens | runs | struck | fell back | ended with an error | broken |\n"
                        "| --- | --- | --- | --- | --- | --- | --- |\n");
    for (unsigned kind = 0; kind < FAULT_KINDS; kind++) {
        const fault_tally *tally = &state->tallies[kind];
        if (tally->runs > 0)
            (void)fprintf(file, "| %s | %s | %u | %u | %u | %u | %u |\n", fault_name((fault_kind)kind),
                          fault_sentence((fault_kind)kind), tally->runs, tally->struck, tally->fell_back, tally->ended,
                          tally->broken);
        all.runs += tally->runs;
        all.struck += tally->struck;
        all.fell_back += tally->fell_back;
        all.ended += tally->ended;
        all.broken += tally->broken;
    }
    (void)fprintf(file, "| all | | %u | %u | %u | %u | %u |\n", all.runs, all.struck, all.fell_back, all.ended,
                  all.broken);
    return all.broken;
}

int main(int count, char **arguments)
{
    static fault_state state;
    parse(&state.options, count, arguments);
    if (lk_transport_register(&faulty_transport) != LK_OK)
        return EXIT_FAILURE;
    for (uint64_t i = 0; i < state.options.runs; i++) {
        if (state.options.sweep)
            sweep(&state, state.options.first + i);
        else
            by_seed(&state, state.options.first + i);
    }
    unsigned broken = report(&state, stdout);
    FILE *file = state.options.report ? fopen(state.options.report, "w") : NULL;
    if (file && (report(&state, file) != broken || fclose(file) != 0))
        return EXIT_FAILURE;
    faulty_power_off();
    talk_release();
    return broken > 0 || state.done == 0 || (state.options.report && !file) ? EXIT_FAILURE : EXIT_SUCCESS;
}
