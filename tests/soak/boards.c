/* SPDX-License-Identifier: Apache-2.0 */
#include "soak/boards.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ms between two troubles, that a board is away, and that one is stopped, longer than a device may be silent here. */
enum { BETWEEN = 1500, AWAY = 700, STOPPED = 900, TICK = 20 };

static struct {
    const char *program;
    pid_t pid[BOARDS];
    char uri[BOARDS][LK_DEVICE_TEXT_MAX];
    uint64_t random, kills, stops;
    pthread_t thread;
    pthread_mutex_t lock; /* of the rest */
    bool troubles, ends, quiet;
} boards = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void must(bool good, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "soak: %s\n", what);
    exit(1);
}

static void sleep_for(long milliseconds)
{
    nanosleep(&(struct timespec){.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000}, NULL);
}

/* Starts a board and reads its URI into LK_DEVICE_TEXT_MAX bytes. They end with the thread that started them, whatever
 * becomes of it. */
static void start(unsigned number, const char *address, char *uri)
{
    int ends[2];
    must(pipe(ends) == 0, "no pipe");
    boards.pid[number] = fork();
    must(boards.pid[number] >= 0, "no process");
    if (boards.pid[number] == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        (void)execl(boards.program, boards.program, "--listen", address, "--phy", "direct", (char *)NULL);
        _exit(127);
    }
    (void)close(ends[1]);
    FILE *said = fdopen(ends[0], "r");
    must(said && fgets(uri, LK_DEVICE_TEXT_MAX, said), "a board does not start");
    uri[strcspn(uri, "\n")] = '\0';
    (void)fclose(said);
}

static void end_process(unsigned number)
{
    (void)kill(boards.pid[number], SIGKILL);
    (void)waitpid(boards.pid[number], NULL, 0);
}

static void start_again(unsigned number)
{
    char uri[LK_DEVICE_TEXT_MAX], address[LK_DEVICE_TEXT_MAX];
    must(sscanf(boards.uri[number], "usbip:%127[^/]", address) == 1, "a board without an address");
    start(number, address, uri);
    must(strcmp(uri, boards.uri[number]) == 0, "a board has come back elsewhere");
}

static bool asked(const bool *what)
{
    (void)pthread_mutex_lock(&boards.lock);
    bool answer = *what;
    (void)pthread_mutex_unlock(&boards.lock);
    return answer;
}

static void note(bool *what, bool value)
{
    (void)pthread_mutex_lock(&boards.lock);
    *what = value;
    (void)pthread_mutex_unlock(&boards.lock);
}

static void make_trouble(void)
{
    boards.random = boards.random * UINT64_C(6364136223846793005) + 1;
    unsigned number = (unsigned)(boards.random >> 40) % BOARDS;
    bool stops = (boards.random >> 50) % 3 == 0;
    (void)pthread_mutex_lock(&boards.lock);
    *(stops ? &boards.stops : &boards.kills) += 1;
    (void)pthread_mutex_unlock(&boards.lock);
    if (stops) {
        (void)kill(boards.pid[number], SIGSTOP);
        sleep_for(STOPPED);
        (void)kill(boards.pid[number], SIGCONT);
    } else {
        end_process(number);
        sleep_for(AWAY);
        start_again(number);
    }
}

static void *keep(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < BOARDS; i++)
        start(i, "127.0.0.1:0", boards.uri[i]); /* nobody reads them before the lock says so */
    note(&boards.quiet, true);
    for (int passed = 0; !asked(&boards.ends); passed += TICK) {
        sleep_for(TICK);
        if (!asked(&boards.troubles) || passed < BETWEEN)
            continue;
        note(&boards.quiet, false);
        make_trouble();
        note(&boards.quiet, true);
        passed = 0;
    }
    for (unsigned i = 0; i < BOARDS; i++)
        end_process(i);
    return NULL;
}

void boards_start(const char *program, uint64_t seed)
{
    boards.program = program;
    boards.random = seed;
    must(pthread_create(&boards.thread, NULL, keep, NULL) == 0, "no thread");
    while (!asked(&boards.quiet))
        sleep_for(TICK);
}

const char *boards_uri(unsigned number)
{
    return boards.uri[number];
}

void boards_trouble(bool wanted)
{
    note(&boards.troubles, wanted);
    while (!wanted) {
        sleep_for(2 * TICK); /* one that has begun just now shows */
        if (asked(&boards.quiet))
            return;
    }
}

void boards_counts(uint64_t *kills, uint64_t *stops)
{
    (void)pthread_mutex_lock(&boards.lock);
    *kills = boards.kills;
    *stops = boards.stops;
    (void)pthread_mutex_unlock(&boards.lock);
}

void boards_end(void)
{
    note(&boards.ends, true);
    (void)pthread_join(boards.thread, NULL);
}
