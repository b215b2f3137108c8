/* SPDX-License-Identifier: Apache-2.0 */
/* The subcommands: each takes its own arguments, its name first, and returns an exit status. */
#ifndef LK_TOOLS_COMMAND_H
#define LK_TOOLS_COMMAND_H

int lk_command_client(int count, char **arguments);
int lk_command_server(int count, char **arguments);
int lk_command_devices(int count, char **arguments);
int lk_command_selftest(int count, char **arguments);
int lk_command_stats(int count, char **arguments);
int lk_command_trace(int count, char **arguments);

#endif
