/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/served.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void note_fault(void *context, const char *sentence)
{
    served_board *served = context;
    snprintf(served->fault, sizeof served->fault, "%s", sentence);
}

static void *serve(void *context)
{
    served_board *served = context;
    lk_server_run(served->server, served->stop);
    return NULL;
}

void served_start(served_board *served, lk_board_phy phy)
{
    const char *error = NULL;
    *served = (served_board){.stop = eventfd(0, EFD_CLOEXEC)};
    served->board = lk_board_new(phy, NULL, &error);
    cr_assert_not_null(served->board, "%s", error);
    cr_assert_eq(lk_server_new(served->board, "127.0.0.1", "0", &served->server), LK_OK);
    lk_server_set_report(served->server, note_fault, served);
    served->port = lk_server_port(served->server);
    cr_assert_eq(pthread_create(&served->thread, NULL, serve, served), 0);
}

void served_stop(served_board *served, lk_server_statistics *statistics)
{
    uint64_t one = 1;
    cr_assert_eq(write(served->stop, &one, sizeof one), (ssize_t)sizeof one);
    pthread_join(served->thread, NULL);
    if (statistics)
        lk_server_statistics_get(served->server, statistics);
    lk_server_free(served->server);
    lk_board_free(served->board);
    close(served->stop);
}
