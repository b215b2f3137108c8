/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration from inside. */
#ifndef LK_CONNECTION_CONFIG_H
#define LK_CONNECTION_CONFIG_H

#include <latchkey/config.h>

#include "connection/totals.h"
#include "handshake/handshake.h"
#include "handshake/session_cache.h"
#include "record/placement.h"

enum { LK_CONFIG_TEXT_MAX = 512 };

struct lk_config {
    lk_handshake_settings settings;
    lk_padding_policy *padding; /* of records in TLS 1.3; NULL: none */
    void *padding_context;
    size_t padding_multiple; /* 0: none, or the policy's */
    lk_totals *totals;       /* owned: what all connections did */
    bool overlong;           /* records of old peers may be too long */
    bool own_roots;          /* not the system's */
    lk_session_cache *cache; /* owned; NULL where sessions are kept elsewhere, or nowhere */
    lk_engine *software;     /* owned, shared by all connections */
    lk_engine *engine;       /* borrowed: the device's, or NULL */
    lk_engine_policy policy;
    lk_placer *placer; /* owned: LK_ENGINE_AUTO with an engine that could be measured; otherwise NULL */
    char engine_reason[LK_CONFIG_TEXT_MAX]; /* why there is no engine */
    lk_observer *observer;
    void *observer_context;
    lk_session_keeper *session_keeper;
    void *session_keeper_context;
    lk_certificate_judge *judge;
    void *judge_context;
    lk_key_signer *signer;
    void *signer_context;
    lk_wire_tap *wire_tap;
    void *wire_tap_context;
    lk_key_log *key_log;
    void *key_log_context;
    char diagnosis[LK_CONFIG_TEXT_MAX];
};

/** Keeps what a failed call complains of, and returns its error. */
__attribute__((format(printf, 3, 4))) lk_error lk_config_fail(lk_config *config, lk_error error, const char *format,
                                                              ...);

#endif
