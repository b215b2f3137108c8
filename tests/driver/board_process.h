/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual board as a process of its own, behind its USB/IP server on a port of the kernel's choice. */
#ifndef LK_TESTS_DRIVER_BOARD_PROCESS_H
#define LK_TESTS_DRIVER_BOARD_PROCESS_H

#include <latchkey/device.h>

#include <sys/types.h>

typedef struct board_process {
    pid_t pid;
    char uri[LK_DEVICE_TEXT_MAX]; /* opens its device */
} board_process;

/** Starts it and waits until it is ready. phy: "direct" or "ulpi". */
void board_process_start(board_process *process, const char *phy);

/** The same with an address of the caller's choice, HOST:PORT. */
void board_process_start_at(board_process *process, const char *phy, const char *address);

/** Kills it as a crash would, and waits for its end. */
void board_process_kill(board_process *process);

#endif
