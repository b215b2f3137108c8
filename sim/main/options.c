/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/main/options.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_LISTEN = 'l',
    OPTION_PHY = 'p',
    OPTION_TRACE = 't',
    OPTION_CAPTURE = 'c',
    OPTION_QUIET = 'q',
    OPTION_URI_FILE = 0x100,
    OPTION_FAIL_SELFTEST
};

const char *argp_program_version = "latchkey-board " LK_VERSION_TEXT;

static const struct argp_option descriptions[] = {
    {"listen", OPTION_LISTEN, "HOST:PORT", 0, "Address to serve USB/IP at (127.0.0.1:3240); port 0 takes a free one",
     0},
    {"phy", OPTION_PHY, "ulpi|full-speed|ft601|direct", 0,
     "Way into the board: at the pins of its USB PHY (ulpi, the default), at D+ and D- of a board without one "
     "(full-speed), at the FIFO pins of an FT601 (ft601), or at the endpoints' ports (direct: faster, without USB "
     "packets)",
     0},
    {"trace", OPTION_TRACE, "FILE", 0, "Write every signal to this FST waveform (for GTKWave or Surfer)", 0},
    {"capture", OPTION_CAPTURE, "FILE", 0,
     "Write every packet on the bus to this pcapng file (for Wireshark), with --phy ulpi or full-speed", 0},
    {"uri-file", OPTION_URI_FILE, "FILE", 0, "Write the device's URI to this file when the board is ready", 0},
    {"fail-selftest", OPTION_FAIL_SELFTEST, "CIPHERS", 0,
     "Let the board's selftest fail for these ciphers (a bit map: see docs/suites.md)", 0},
    {"quiet", OPTION_QUIET, NULL, 0, "Say nothing but errors", 0},
    {0}};

static const char explanation[] = "Runs the Latchkey board in simulation and serves it over USB/IP, so that `latchkey "
                                  "--device URI`, or any Linux host "
                                  "with `usbip attach`, uses it like one that is plugged in."
                                  "\vThe URI is printed when the board is ready. Ctrl-C ends the simulation, closes "
                                  "the waveform and prints a summary.";

/* Splits HOST:PORT at the last colon; an IPv6 address stands in brackets. */
static bool split_address(const char *text, lk_board_options *options)
{
    const char *colon = strrchr(text, ':');
    if (!colon)
        return false;
    const char *host = text;
    size_t length = (size_t)(colon - text);
    if (length >= 2 && host[0] == '[' && host[length - 1] == ']') {
        host++;
        length -= 2;
    }
    char *end = NULL;
    unsigned long port = strtoul(colon + 1, &end, 10);
    if (length == 0 || length >= sizeof options->host || end == colon + 1 || *end || port > 65535)
        return false;
    memcpy(options->host, host, length);
    options->host[length] = '\0';
    snprintf(options->port, sizeof options->port, "%lu", port);
    return true;
}

static error_t parse_option(int key, char *argument, struct argp_state *state)
{
    lk_board_options *options = state->input;
    switch (key) {
    case OPTION_LISTEN:
        if (!split_address(argument, options))
            argp_error(state, "--listen %s is no address; write HOST:PORT, such as 127.0.0.1:3240 or [::1]:0",
                       argument);
        return 0;
    case OPTION_PHY:
        if (strcmp(argument, "ulpi") == 0)
            options->phy = LK_PHY_ULPI;
        else if (strcmp(argument, "full-speed") == 0)
            options->phy = LK_PHY_FULL_SPEED;
        else if (strcmp(argument, "direct") == 0)
            options->phy = LK_PHY_DIRECT;
        else if (strcmp(argument, "ft601") == 0)
            options->phy = LK_PHY_FT601;
        else
            argp_error(state, "--phy %s is none of ulpi, full-speed, ft601 and direct", argument);
        return 0;
    case OPTION_TRACE:
        options->trace = argument;
        return 0;
    case OPTION_CAPTURE:
        options->capture = argument;
        return 0;
    case OPTION_URI_FILE:
        options->uri_file = argument;
        return 0;
    case OPTION_FAIL_SELFTEST: {
        char *end = NULL;
        options->fail_selftest = (uint32_t)strtoul(argument, &end, 0);
        if (end == argument || *end)
            argp_error(state, "--fail-selftest %s is no number", argument);
        return 0;
    }
    case OPTION_QUIET:
        options->quiet = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

void lk_board_options_parse(int count, char **arguments, lk_board_options *options)
{
    static const struct argp parser = {descriptions, parse_option, NULL, explanation, NULL, NULL, NULL};
    *options = (lk_board_options){.host = "127.0.0.1", .port = "3240", .phy = LK_PHY_ULPI};
    argp_parse(&parser, count, arguments, 0, NULL, options);
}
