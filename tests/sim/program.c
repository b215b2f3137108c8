/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/program.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WAIT = 30000 /* ms */, OPTIONS_MAX = 16 };

static void path_of(const test_program *program, const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", program->folder, name);
}

/* In the child: becomes the program, with both its streams in a file. */
static void become(const test_program *program, const char *const *options)
{
    char output[128], uri[128], name[] = LK_BOARD_PROGRAM, uri_file[] = "--uri-file";
    char *arguments[OPTIONS_MAX + 4] = {name, uri_file, uri};
    path_of(program, "output", output);
    path_of(program, "uri", uri);
    for (size_t i = 0; i < OPTIONS_MAX && options[i]; i++)
        arguments[3 + i] = strdup(options[i]); /* for a process that is about to be another */
    int file = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file >= 0 && dup2(file, STDOUT_FILENO) >= 0 && dup2(file, STDERR_FILENO) >= 0)
        execv(name, arguments);
    _exit(127);
}

void program_start(test_program *program, const char *const *options)
{
    memset(program, 0, sizeof *program);
    strcpy(program->folder, "/tmp/latchkey-board-XXXXXX");
    cr_assert_not_null(mkdtemp(program->folder));
    program->process = fork();
    cr_assert(program->process >= 0);
    if (program->process == 0)
        become(program, options);
}

static size_t read_file(const test_program *program, const char *name, char *text, size_t capacity)
{
    char path[128];
    path_of(program, name, path);
    FILE *file = fopen(path, "r");
    size_t length = file ? fread(text, 1, capacity - 1, file) : 0;
    text[length] = '\0';
    if (file)
        fclose(file);
    return length;
}

void program_ready(test_program *program)
{
    for (int waited = 0; read_file(program, "uri", program->uri, sizeof program->uri) == 0; waited += 10) {
        cr_assert(waited < WAIT, "the board is not ready in time");
        cr_assert_eq(waitpid(program->process, NULL, WNOHANG), 0, "the board has ended");
        poll(NULL, 0, 10);
    }
    program->uri[strcspn(program->uri, "\n")] = '\0';
    const char *port = strrchr(program->uri, ':');
    cr_assert_not_null(port);
    program->port = (uint16_t)strtoul(port + 1, NULL, 10);
}

void program_wait(test_program *program)
{
    int status = 0;
    for (int waited = 0; waitpid(program->process, &status, WNOHANG) == 0; waited += 10) {
        cr_assert(waited < WAIT, "the board does not end");
        poll(NULL, 0, 10);
    }
    program->process = 0;
    program->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    read_file(program, "output", program->output, sizeof program->output);
}

double program_time(const test_program *program)
{
    clockid_t clock;
    struct timespec time;
    cr_assert_eq(clock_getcpuclockid(program->process, &clock), 0);
    cr_assert_eq(clock_gettime(clock, &time), 0);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void program_end(test_program *program)
{
    static const char *const names[] = {"output", "uri", "trace.fst"};
    char path[128];
    if (program->process > 0) {
        kill(program->process, SIGKILL);
        waitpid(program->process, NULL, 0);
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        path_of(program, names[i], path);
        unlink(path);
    }
    rmdir(program->folder);
}
