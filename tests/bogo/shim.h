/* SPDX-License-Identifier: Apache-2.0 */
/* The shim: lets BoringSSL's runner try this library through its public interface. */
#ifndef LK_TESTS_BOGO_SHIM_H
#define LK_TESTS_BOGO_SHIM_H

#include "bogo/flags.h"

#include <latchkey/latchkey.h>

#include <stdint.h>
#include <stdio.h>

enum {
    SHIM_OK = 0,
    SHIM_FAILED = 1,
    SHIM_UNIMPLEMENTED = 89, /* the runner's number for it */
    SHIM_LOG_MAX = 4096
};

/** What the whole run of the shim keeps. */
typedef struct shim_state {
    lk_config *config;
    uint8_t *session; /* that came last, to go on with */
    size_t session_length;
    /* Of the present connection, by its observer: */
    int handshakes;    /* so many Finished were sent */
    bool retried;      /* there was a HelloRetryRequest */
    bool session_came; /* a session that can be gone on with */
    bool extended;     /* the extended master secret was agreed on */
    bool secure;       /* the peer knows secure renegotiation */
    int signature;     /* the scheme that the peer proved its key with; 0: it has not, or there was none to choose */
    char log[SHIM_LOG_MAX]; /* its messages, a line each, as the runner spells them */
    size_t log_length;
} shim_state;

/** Makes the configuration fit the flags of a connection (settings.c). @return SHIM_OK, ... */
int shim_configure(shim_state *shim, const shim_flags *flags);

/** Forgets what the observer noted of the last connection. */
void shim_forget(shim_state *shim);

/** Runs one connection over a connected socket (exchange.c); *failed_with is what ended it. @return SHIM_OK, ... */
int shim_exchange(shim_state *shim, const shim_flags *flags, bool resumes, int socket);

/** Compares what was agreed with what the flags expect (expectations.c). False: it says on stderr what differs. */
bool shim_meets_expectations(const shim_state *shim, const shim_flags *flags, bool resumes,
                             const lk_connection *connection);

/** The same, of what can only be told at the end. */
bool shim_ended_as_expected(const shim_state *shim, const shim_flags *flags, const lk_connection *connection);

/** Says on stderr what ended a connection (NULL: it never began), in our words and in the runner's (errors.c). */
void shim_report(const lk_connection *connection, lk_error error);

/** IANA's numbers by our names; 0 for NULL. */
int shim_group_number(const char *title);
int shim_suite_number(const char *title);
/** The name of a group; NULL for a number that this library does not know. */
const char *shim_group_title(int number);

#endif
