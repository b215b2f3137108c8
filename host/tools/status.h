/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in a server's status file (publish.h), for people and for Prometheus. */
#ifndef LK_TOOLS_STATUS_H
#define LK_TOOLS_STATUS_H

#include <jansson.h>
#include <stdio.h>
#include <time.h>

/** Reads a status file; *status is the caller's. What goes wrong is reported. @return an exit status. */
int lk_status_read(const char *path, json_t **status);

/** A table for people. now: to tell how old it is. */
void lk_status_table(const json_t *status, time_t now, FILE *file);

/** The text format of Prometheus, version 0.0.4. */
void lk_status_prometheus(const json_t *status, FILE *file);

#endif
