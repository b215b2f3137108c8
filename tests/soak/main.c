/* SPDX-License-Identifier: Apache-2.0 */
/* soak: see README.md and --help. */
#include "soak/boards.h"
#include "soak/crowd.h"

#include <latchkey/pool.h>

#include <getopt.h>
#include <inttypes.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    PAIRS = 12,         /* on the boards */
    SOFTWARE_PAIRS = 4, /* in a thread of their own, without any */
    SLOTS = 8,          /* of each board: fewer than there are directions */
    LONGEST = 30000,    /* bytes; the board in simulation takes its time */
    HUNG = 400,         /* ms that a board may be silent */
    ROUND = 6,          /* s, after which the memory is looked at, at the latest */
    DRAIN_EVERY = 2500, /* ms */
    CARE_EVERY = 100,   /* ms */
    FLAT = 128 * 1024,  /* bytes by which memory in use may differ from the first round to the last */
    SETTLE = 30000      /* ms until all boards are used again */
};

static const char usage[] =
    "Usage: soak [--seconds N] [--seed N] [--board PROGRAM]\n"
    "Has connections of all kinds over a pool of two virtual boards that are killed, stopped, drained and started "
    "again every second or\n"
    "two, and others in software in a second thread, while a third one reads the statistics. Every byte must arrive "
    "once, in order,\n"
    "each connection end as it should, and memory in use stay as it was after the first round.\n"
    "  --seconds N      for how long (default 60)\n"
    "  --seed N         of what is chosen at random (default 1)\n"
    "  --board PROGRAM  the virtual board (default: the one of this build)\n"
    "Exit status: 0, 1 when something was lost or memory grew, 2 for a mistake on the command line.\n";

typedef struct soak {
    lk_pool *pool;
    crowd_configs boards, software;
    crowd *clients, *others;
    atomic_bool ends, pauses, paused;
    uint64_t readings;
} soak;

static int64_t milliseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void sleep_for(long time)
{
    nanosleep(&(struct timespec){.tv_nsec = time * 1000000}, NULL);
}

/* The thread whose connections use no board, but the same configurations as the servers of the others. */
static void *run_software(void *argument)
{
    soak *all = argument;
    while (!atomic_load(&all->ends)) {
        bool pauses = atomic_load(&all->pauses);
        size_t left = crowd_step(all->others, !pauses);
        atomic_store(&all->paused, pauses && left == 0);
        sleep_for(1);
    }
    return NULL;
}

/* The thread that asks what any thread may ask. */
static void *run_reader(void *argument)
{
    soak *all = argument;
    while (!atomic_load(&all->ends)) {
        for (size_t kind = 0; kind < CROWD_KINDS; kind++) {
            lk_statistics statistics;
            lk_placement placement;
            lk_config_statistics_get(all->boards.of[kind][LK_CLIENT], &statistics);
            lk_config_placement_get(all->boards.of[kind][LK_CLIENT], &placement);
            lk_config_statistics_get(all->software.of[kind][LK_SERVER], &statistics);
        }
        for (unsigned i = 0; i < BOARDS; i++) {
            lk_device_health health;
            lk_device_health_get(lk_pool_device(all->pool, i), &health);
        }
        all->readings++;
        sleep_for(20);
    }
    return NULL;
}

/* One after the other is drained for a while. */
static void drain_in_turn(const soak *all, int64_t now)
{
    int64_t turn = now / DRAIN_EVERY;
    for (unsigned i = 0; i < BOARDS; i++)
        (void)lk_pool_drain(all->pool, boards_uri(i), turn % 4 == 2 * (int64_t)i);
}

static void work(soak *all, int64_t until)
{
    int64_t care = 0;
    for (int64_t now = milliseconds(); now < until; now = milliseconds()) {
        (void)crowd_step(all->clients, true);
        sleep_for(1); /* the boards need the processor, too */
        if (now < care)
            continue;
        drain_in_turn(all, now);
        lk_pool_care(all->pool);
        care = now + CARE_EVERY;
    }
}

static bool all_used(const soak *all)
{
    for (unsigned i = 0; i < BOARDS; i++)
        if (lk_pool_device_state(all->pool, i, NULL) != LK_POOL_USED)
            return false;
    return true;
}

/* Everybody ends, all boards are there, and nobody begins. @return bytes of memory in use. */
static size_t rest(soak *all)
{
    int64_t until = milliseconds() + SETTLE;
    boards_trouble(false);
    for (unsigned i = 0; i < BOARDS; i++)
        (void)lk_pool_drain(all->pool, boards_uri(i), false);
    atomic_store(&all->pauses, true);
    while ((crowd_step(all->clients, false) > 0 || !all_used(all) || !atomic_load(&all->paused)) &&
           milliseconds() < until) {
        lk_pool_care(all->pool);
        sleep_for(1);
    }
    for (unsigned i = 0; i < BOARDS; i++) {
        size_t slots = 0;
        lk_pool_state state = lk_pool_device_state(all->pool, i, &slots);
        if (state != LK_POOL_USED)
            (void)fprintf(stderr, "soak: board %u has not come back: state %d, %zu slots taken\n", i, (int)state,
                          slots);
    }
    struct mallinfo2 memory = mallinfo2();
    atomic_store(&all->paused, false);
    atomic_store(&all->pauses, false);
    return memory.uordblks + memory.hblkhd;
}

static uint64_t losses(const soak *all)
{
    uint64_t count = 0;
    for (unsigned i = 0; i < BOARDS; i++) {
        lk_device_health health;
        lk_device_health_get(lk_pool_device(all->pool, i), &health);
        count += health.losses;
    }
    return count;
}

static void show(const soak *all, int64_t seconds, size_t memory)
{
    crowd_counts boards = crowd_counts_get(all->clients), software = crowd_counts_get(all->others);
    uint64_t kills, stops;
    boards_counts(&kills, &stops);
    (void)printf("%6" PRId64 " s: %" PRIu64 " + %" PRIu64 " connections, %" PRIu64 " bytes, %" PRIu64
                 " records on boards, %" PRIu64 " in software; %" PRIu64 " killed, %" PRIu64 " stopped, %" PRIu64
                 " losses; %zu bytes in use\n",
                 seconds, boards.connections, software.connections, boards.bytes + software.bytes,
                 boards.device_records, boards.software_records, kills, stops, losses(all), memory);
    (void)fflush(stdout);
}

/* Rounds of trouble with a rest behind each. The first one is what memory is compared with. */
static bool run(soak *all, int64_t seconds)
{
    size_t first = 0, last = 0;
    bool any = false;
    int64_t began = milliseconds(), until = began + seconds * 1000;
    int64_t round = seconds < 3 * ROUND ? seconds * 1000 / 3 : ROUND * 1000;
    for (int64_t now = began; now < until || !any; now = milliseconds()) {
        boards_trouble(true);
        work(all, now + round);
        last = rest(all);
        first = any ? first : last;
        any = true;
        show(all, (milliseconds() - began) / 1000, last);
    }
    bool flat = last <= first + FLAT;
    if (!flat)
        (void)fprintf(stderr, "soak: memory in use has grown from %zu to %zu bytes\n", first, last);
    return flat;
}

static bool is_good(const soak *all)
{
    crowd_counts boards = crowd_counts_get(all->clients), software = crowd_counts_get(all->others);
    const char *complaint = boards.wrong ? crowd_complaint(all->clients) : crowd_complaint(all->others);
    if (boards.wrong + software.wrong > 0)
        (void)fprintf(stderr, "soak: %" PRIu64 " connections went wrong; the first one: %s\n",
                      boards.wrong + software.wrong, complaint);
    bool tried = boards.device_records > 0 && boards.software_records > 0 && software.connections > 0 &&
                 losses(all) > 0 && all->readings > 0;
    if (!tried)
        (void)fprintf(stderr, "soak: too little has happened to say anything\n");
    return boards.wrong + software.wrong == 0 && tried;
}

static void open_pool(soak *all)
{
    char diagnosis[LK_DEVICE_DIAGNOSIS_MAX];
    all->pool = lk_pool_new();
    for (unsigned i = 0; i < BOARDS; i++) {
        if (!all->pool || lk_pool_add(all->pool, boards_uri(i), diagnosis) != LK_OK) {
            (void)fprintf(stderr, "soak: %s: %s\n", boards_uri(i), all->pool ? diagnosis : "no memory");
            exit(1);
        }
        lk_device_set_slot_limit(lk_pool_device(all->pool, i), SLOTS);
        lk_device_set_timeout(lk_pool_device(all->pool, i), HUNG);
    }
}

static int soak_for(int64_t seconds, uint64_t seed, const char *board)
{
    static soak all;
    pthread_t software, reader;
    boards_start(board, seed);
    open_pool(&all);
    crowd_configs_make(&all.boards, lk_pool_engine(all.pool), LK_ENGINE_PREFER_DEVICE);
    crowd_configs_make(&all.software, NULL, LK_ENGINE_SOFTWARE);
    all.clients = crowd_new(&all.boards, &all.software, PAIRS, LONGEST, seed);
    all.others = crowd_new(&all.software, &all.software, SOFTWARE_PAIRS, LONGEST, ~seed);
    if (pthread_create(&software, NULL, run_software, &all) != 0 ||
        pthread_create(&reader, NULL, run_reader, &all) != 0)
        return 1;
    bool flat = run(&all, seconds);
    atomic_store(&all.ends, true);
    (void)pthread_join(software, NULL);
    (void)pthread_join(reader, NULL);
    bool good = is_good(&all);
    crowd_free(all.clients);
    crowd_free(all.others);
    crowd_configs_free(&all.boards);
    crowd_configs_free(&all.software);
    lk_pool_free(all.pool);
    boards_end();
    return good && flat ? 0 : 1;
}

int main(int count, char **arguments)
{
    static const struct option table[] = {{"seconds", required_argument, NULL, 's'},
                                          {"seed", required_argument, NULL, 'r'},
                                          {"board", required_argument, NULL, 'b'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    long long seconds = 60, seed = 1;
    const char *board = LK_BOARD_PROGRAM;
    for (int option = 0; (option = getopt_long(count, arguments, "", table, NULL)) != -1;) {
        if (option == 's')
            seconds = atoll(optarg);
        else if (option == 'r')
            seed = atoll(optarg);
        else if (option == 'b')
            board = optarg;
        else
            return fputs(usage, option == 'h' ? stdout : stderr) == EOF || option != 'h' ? 2 : 0;
    }
    if (optind < count || seconds < 3)
        return fputs(usage, stderr) == EOF ? 2 : 2;
    return soak_for(seconds, (uint64_t)seed, board);
}
