/* SPDX-License-Identifier: Apache-2.0 */
/* The options that `latchkey client` and `latchkey server` have in common. */
#ifndef LK_TOOLS_OPTIONS_H
#define LK_TOOLS_OPTIONS_H

#include <latchkey/config.h>

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct lk_options {
    lk_engine_policy policy;
    const char *device;       /* a URI; NULL: any board on this machine's USB */
    uint16_t lowest, highest; /* versions; 0: the library's default */
    const char *suites, *groups, *alpn;
    const char *pins, *crl;                     /* what is demanded of the peer's certificates */
    const char *pkcs12;                         /* FILE:PASSPHRASE_FILE */
    const char *psk, *psk_hash;                 /* IDENTITY:FILE; a hash of TLS 1.3 */
    const char *exported;                       /* LABEL:BYTES, or NULL */
    const char *binding;                        /* a channel binding's name, or NULL */
    int dh_minimum;                             /* bits; 0: the library's default */
    const char *key_log, *statistics, *capture; /* files, or NULL */
    int padding;                                /* bytes; 0: none */
    int max_fragment, record_limit;             /* bytes; 0: not agreed on */
    bool overlong, fallback, trace, no_tickets, legacy_sessions, renegotiate;
    lk_renegotiation renegotiation;
    int timeout; /* ms; -1 when none was given */
} lk_options;

/** Keys of the common options; those of a command start at LK_OPTION_OWN. */
enum {
    LK_OPTION_ENGINE = 256,
    LK_OPTION_DEVICE,
    LK_OPTION_TLS,
    LK_OPTION_LOWEST,
    LK_OPTION_HIGHEST,
    LK_OPTION_SUITES,
    LK_OPTION_GROUPS,
    LK_OPTION_DH_MINIMUM,
    LK_OPTION_PIN,
    LK_OPTION_CRL,
    LK_OPTION_PKCS12,
    LK_OPTION_PSK,
    LK_OPTION_PSK_HASH,
    LK_OPTION_ALPN,
    LK_OPTION_NO_TICKETS,
    LK_OPTION_LEGACY_SESSIONS,
    LK_OPTION_RENEGOTIATION,
    LK_OPTION_RENEGOTIATE,
    LK_OPTION_MAX_FRAGMENT,
    LK_OPTION_RECORD_LIMIT,
    LK_OPTION_PADDING,
    LK_OPTION_FALLBACK,
    LK_OPTION_OVERLONG,
    LK_OPTION_KEY_LOG,
    LK_OPTION_STATISTICS,
    LK_OPTION_CAPTURE,
    LK_OPTION_EXPORT,
    LK_OPTION_BINDING,
    LK_OPTION_TRACE,
    LK_OPTION_TIMEOUT,
    LK_OPTION_OWN = 512
};

/** The parser of the common options, a child of each command's own. Its input is an lk_options. */
extern const struct argp lk_options_argp;

/** Defaults, from the environment (LATCHKEY_DEVICE, SSLKEYLOGFILE) where it says something. */
void lk_options_initialize(lk_options *options);

/** The policy's name on the command line: "auto", "device", "software". */
const char *lk_policy_name(lk_engine_policy policy);

/** What is waited for when --timeout does not say, in ms. */
enum { LK_TIMEOUT_DEFAULT = 30000 };

/** The timeout for things that must come to an end by themselves: the one given, or LK_TIMEOUT_DEFAULT. */
int lk_options_timeout(const lk_options *options);

#endif
