/* SPDX-License-Identifier: Apache-2.0 */
/* The latchkey command: finds the subcommand and hands over. */
#include "tools/command.h"
#include "tools/report.h"

#include <argp.h>
#include <signal.h>
#include <string.h>

#define EXIT_STATUSES "Exit status: 0 when all went well, 1 when it failed, 2 for a mistake on the command line.\n"

static const char usage[] =
    "Usage: latchkey COMMAND [OPTION...]\n"
    "TLS whose records can be made by an FPGA.\n"
    "\n"
    "  latchkey client HOST:PORT     connects to a TLS server: fetches a page, or copies standard input and output\n"
    "  latchkey server [HOST:]PORT   serves TLS: files, an echo, or standard input and output\n"
    "  latchkey devices              lists the boards that are attached\n"
    "  latchkey selftest             lets a board test its ciphers\n"
    "  latchkey stats FILE           shows what a server does: a live table, or text for Prometheus\n"
    "  latchkey trace FILE           shows the TLS connections in a capture, decrypted with a key log\n"
    "  latchkey --version            prints the version\n"
    "\n"
    "`latchkey COMMAND --help` says more of each.\n"
    "\n"
    "Environment: LATCHKEY_DEVICE names the device to use, SSLKEYLOGFILE a file to log secrets to.\n" EXIT_STATUSES;

static const struct {
    const char *name;
    char *title; /* what argp calls the program */
    int (*run)(int count, char **arguments);
} commands[] = {
    {"client", (char[]){"latchkey client"}, lk_command_client},
    {"server", (char[]){"latchkey server"}, lk_command_server},
    {"devices", (char[]){"latchkey devices"}, lk_command_devices},
    {"selftest", (char[]){"latchkey selftest"}, lk_command_selftest},
    {"stats", (char[]){"latchkey stats"}, lk_command_stats},
    {"trace", (char[]){"latchkey trace"}, lk_command_trace},
};

int main(int count, char **arguments)
{
    const char *name = count > 1 ? arguments[1] : "";
    argp_err_exit_status = LK_EXIT_USAGE;
    (void)signal(SIGPIPE, SIG_IGN);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        (void)fputs(usage, stdout);
        return LK_EXIT_OK;
    }
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        (void)printf("latchkey %s\n", LK_TOOLS_VERSION);
        return LK_EXIT_OK;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(name, commands[i].name) != 0)
            continue;
        arguments[1] = commands[i].title;
        return commands[i].run(count - 1, arguments + 1);
    }
    if (name[0])
        lk_report(
            "there is no command '%s': write client, server, devices, selftest, stats or trace; `latchkey --help` says "
            "more",
            name);
    else
        lk_report(
            "a command is needed: client, server, devices, selftest, stats or trace; `latchkey --help` says more");
    return LK_EXIT_USAGE;
}
