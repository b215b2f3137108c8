/* SPDX-License-Identifier: Apache-2.0 */
#include "board_process.h"

#include <criterion/criterion.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

void board_process_start(board_process *process, const char *phy)
{
    board_process_start_at(process, phy, "127.0.0.1:0");
}

void board_process_start_at(board_process *process, const char *phy, const char *address)
{
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    process->pid = fork();
    cr_assert_geq(process->pid, 0);
    if (process->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves no board behind */
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl(LK_BOARD_PROGRAM, LK_BOARD_PROGRAM, "--listen", address, "--phy", phy, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *said = fdopen(ends[0], "r");
    cr_assert_not_null(said);
    cr_assert_not_null(fgets(process->uri, sizeof process->uri, said), "the board prints its URI, or ends");
    process->uri[strcspn(process->uri, "\n")] = '\0';
    fclose(said);
}

void board_process_kill(board_process *process)
{
    kill(process->pid, SIGKILL);
    waitpid(process->pid, NULL, 0);
}
