/* SPDX-License-Identifier: Apache-2.0 */
/* A connection from inside. */
#ifndef LK_CONNECTION_INSIDE_H
#define LK_CONNECTION_INSIDE_H

#include <latchkey/connection.h>

#include "connection/config.h"
#include "handshake/alert.h"
#include "handshake/handshake.h"
#include "record/record.h"

struct lk_connection {
    const lk_config *config;
    lk_role role;
    lk_engine *failover; /* owned; NULL where the policy needs none */
    lk_record_layer *layer;
    lk_handshake *handshake;
    lk_handshake_observer observer;

    lk_error failure;    /* what ended the connection; stays */
    bool close_wanted;   /* close_notify is this side's last word */
    bool close_received; /* the peer's close_notify has come */
    bool ended;          /* the peer's stream has ended */
    bool alert_waiting;  /* alert is still to be sent: the record layer had no room */
    lk_alert alert;
    const char *alert_meaning;
    unsigned warnings; /* of the peer, in a row */
    lk_alert last_alert;
    bool any_alert, last_alert_sent;

    const uint8_t *input, *output; /* what the wire was given last, for the tap */

    bool holding; /* application data that came, not yet consumed */
    lk_fragment held;

    lk_connection_statistics statistics;
    lk_connection_statistics added; /* of them, what the configuration's totals have */
    uint64_t fallbacks_by[LK_FALLBACK_COUNT], fallbacks_added[LK_FALLBACK_COUNT];
    unsigned records_since; /* the totals were added to */
    bool handshake_counted, failure_counted;
    uint64_t fallbacks_told; /* directions whose going to software was reported */
    char fallback_reason[LK_CONFIG_TEXT_MAX];
    char diagnosis[LK_CONFIG_TEXT_MAX];
};

/** True for what is no failure: the next step waits for something. */
static inline bool lk_error_is_want(lk_error error)
{
    return error == LK_ERROR_WANT_READ || error == LK_ERROR_WANT_WRITE || error == LK_ERROR_WANT_ENGINE ||
           error == LK_ERROR_WANT_KEY;
}

/** Ends the connection with an error, and sends the alert that belongs to it (alerts.c). Returns the error. */
lk_error lk_connection_fail(lk_connection *connection, lk_error error);

/** Sends the alert that waits, if there is one and the record layer has room. */
void lk_connection_flush_alert(lk_connection *connection);

/** Takes in an alert. @return OK for one that is tolerated, CLOSED, PEER_ALERT, or what is wrong with it. */
lk_error lk_connection_take_alert(lk_connection *connection, const uint8_t *data, size_t length);

/**
 * Takes in the next record (receive.c). @return OK when there was one, WANT_READ, WANT_WRITE or WANT_ENGINE, CLOSED, or
 * what ended the connection.
 */
lk_error lk_connection_receive(lk_connection *connection);

/** Has the configuration's signer sign (signing.c); context is the connection. */
lk_error lk_connection_sign(void *context, const lk_signature_scheme *scheme, const uint8_t *data, size_t length,
                            uint8_t *signature, size_t *signature_length);

/** Has the configuration's judge judge (trust.c); context is the connection. */
lk_error lk_connection_judge(void *context, const lk_chain_verdict *verdict, const char *diagnosis,
                             const lk_certificate_chain *chain);

/** Fills in the functions by which handshake and alerts are observed (observe.c). */
void lk_connection_observe_handshake(lk_connection *connection);

/** The record layer's observer; context is the connection. */
void lk_connection_observe_record(void *context, const lk_record_fact *fact);

/** Gives the record layer the padding that the configuration asks for (padding.c). */
void lk_connection_pad(lk_connection *connection);

/** Tells which engine was chosen, and why. */
void lk_connection_observe_engine(lk_connection *connection);

/** Looks whether directions have gone to software since the last time, and tells. */
void lk_connection_observe_fallback(lk_connection *connection);

/** Adds what the connection has done since the last time to its configuration's totals (P7). */
void lk_connection_add_totals(lk_connection *connection);

/** Tells of an alert that came. */
void lk_connection_observe_alert(lk_connection *connection, lk_alert alert, const char *meaning);

/** Writes a secret into the key log (key_log.c), in the SSLKEYLOGFILE format; context is the connection. */
void lk_connection_log_secret(void *context, const char *label, const uint8_t *client_random, const uint8_t *secret,
                              size_t length);

#endif
