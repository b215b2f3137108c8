/* SPDX-License-Identifier: Apache-2.0 */
/* latchkey-board: the virtual board as a process of its own, behind a USB/IP server. */
#include "sim/board.h"
#include "sim/main/options.h"
#include "sim/model/model.h"
#include "sim/server/server.h"
#include "tools/pcapng.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum { URI_MAX = 320 };

static double seconds(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void print_report(void *context, const char *sentence)
{
    (void)context;
    fprintf(stderr, "latchkey-board: a client was disconnected: %s\n", sentence);
}

/* From here on SIGINT and SIGTERM make a descriptor readable, instead of ending the process before its trace is whole.
 */
static int catch_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0)
        return -1;
    return signalfd(-1, &signals, SFD_CLOEXEC);
}

static void format_uri(const lk_board_options *options, const lk_server *server, char uri[URI_MAX])
{
    bool bracket = strchr(options->host, ':') != NULL;
    snprintf(uri, URI_MAX, "usbip:%s%s%s:%u/%s", bracket ? "[" : "", options->host, bracket ? "]" : "",
             lk_server_port(server), lk_server_bus_id(server));
}

/* Written beside it and renamed, so that who waits for the file never reads half of it. */
static bool write_uri_file(const char *path, const char *uri)
{
    char beside[4096];
    if ((size_t)snprintf(beside, sizeof beside, "%s.part", path) >= sizeof beside)
        return false;
    FILE *file = fopen(beside, "w");
    if (!file)
        return false;
    bool written = fprintf(file, "%s\n", uri) > 0;
    written = fclose(file) == 0 && written;
    return written && rename(beside, path) == 0;
}

static bool announce(const lk_board_options *options, const lk_server *server)
{
    char uri[URI_MAX];
    format_uri(options, server, uri);
    if (!options->quiet) {
        printf("%s\n", uri);
        fflush(stdout);
    }
    if (options->uri_file && !write_uri_file(options->uri_file, uri)) {
        fprintf(stderr, "latchkey-board: %s cannot be written: %s\n", options->uri_file, strerror(errno));
        return false;
    }
    return true;
}

static void explain_refusal(const lk_board_options *options, lk_error error)
{
    fprintf(stderr, "latchkey-board: cannot serve at %s:%s: ", options->host, options->port);
    if (error == LK_ERROR_ADDRESS_IN_USE)
        fprintf(stderr,
                "the port is already in use. Stop the program that holds it (`ss -ltnp 'sport = :%s'` shows "
                "it), or give --listen another port; port 0 takes a free one.\n",
                options->port);
    else if (error == LK_ERROR_INPUT_OUTPUT)
        fprintf(stderr, "%s.\n", strerror(errno));
    else
        fprintf(stderr, "%s.\n", lk_error_sentence(error));
}

static void print_summary(const lk_board *board, const lk_server *server, double began)
{
    lk_server_statistics statistics;
    lk_server_statistics_get(server, &statistics);
    uint64_t cycles = lk_board_cycles(board);
    double busy = seconds(CLOCK_PROCESS_CPUTIME_ID);
    printf("%" PRIu64 " cycles, %" PRIu64 " bytes out, %" PRIu64 " bytes in, %" PRIu64 " clients; %.0f cycles a second "
           "(%.1f s of processor time in %.1f s)\n",
           cycles, statistics.bytes_out, statistics.bytes_in, statistics.clients,
           busy > 0 ? (double)cycles / busy : 0.0, busy, seconds(CLOCK_MONOTONIC) - began);
}

static int serve(const lk_board_options *options, lk_board *board, int stop)
{
    double began = seconds(CLOCK_MONOTONIC);
    lk_server *server = NULL;
    lk_error error = lk_server_new(board, options->host, options->port, &server);
    if (error) {
        explain_refusal(options, error);
        return EXIT_FAILURE;
    }
    int result = EXIT_FAILURE;
    if (announce(options, server)) {
        if (!options->quiet)
            lk_server_set_report(server, print_report, NULL);
        error = lk_server_run(server, stop);
        if (error)
            fprintf(stderr, "latchkey-board: %s: %s\n", lk_error_sentence(error), strerror(errno));
        else
            result = EXIT_SUCCESS;
        if (!options->quiet)
            print_summary(board, server, began);
    }
    lk_server_free(server);
    return result;
}

/* Serves the board and captures what is on its bus meanwhile. */
static int serve_captured(const lk_board_options *options, lk_board *board, int stop)
{
    FILE *file = fopen(options->capture, "wb");
    if (!file || lk_pcapng_begin_usb(file) != 0) {
        fprintf(stderr, "latchkey-board: %s cannot be written: %s\n", options->capture, strerror(errno));
        if (file)
            (void)fclose(file);
        return EXIT_FAILURE;
    }
    int result = EXIT_FAILURE;
    if (lk_board_capture(board, file)) {
        result = serve(options, board, stop);
        lk_board_capture(board, NULL);
    } else {
        fprintf(stderr, "latchkey-board: --capture is of packets; give --phy ulpi or --phy full-speed\n");
    }
    bool written = ferror(file) == 0;
    written = fclose(file) == 0 && written;
    if (!written)
        fprintf(stderr, "latchkey-board: %s is not whole: %s\n", options->capture, strerror(errno));
    return written ? result : EXIT_FAILURE;
}

int main(int count, char **arguments)
{
    lk_board_options options;
    lk_board_options_parse(count, arguments, &options);
    lk_model_fail_selftest(options.fail_selftest);
    int stop = catch_signals();
    if (stop < 0) {
        fprintf(stderr, "latchkey-board: signals cannot be caught: %s\n", strerror(errno));
        return EXIT_FAILURE;
    }
    const char *reason = "";
    lk_board *board = lk_board_new(options.phy, options.trace, &reason);
    if (!board) {
        fprintf(stderr, "latchkey-board: the board did not start: %s\n", reason);
        close(stop);
        return EXIT_FAILURE;
    }
    int result = options.capture ? serve_captured(&options, board, stop) : serve(&options, board, stop);
    lk_board_free(board);
    close(stop);
    return result;
}
