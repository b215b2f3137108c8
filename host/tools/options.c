/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/options.h"
#include "tools/export.h"

#include <latchkey/config.h>

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const policy_names[] = {[LK_ENGINE_AUTO] = "auto",
                                           [LK_ENGINE_REQUIRE_DEVICE] = "device",
                                           [LK_ENGINE_SOFTWARE] = "software",
                                           [LK_ENGINE_KEYS_ON_DEVICE] = "keys-on-device",
                                           [LK_ENGINE_PREFER_DEVICE] = "prefer-device"};

enum { POLICY_COUNT = sizeof policy_names / sizeof policy_names[0], TIMEOUT_SECONDS_MAX = 1000000, BYTES_MAX = 16384 };

const char *lk_policy_name(lk_engine_policy policy)
{
    return policy_names[policy];
}

void lk_options_initialize(lk_options *options)
{
    const char *device = getenv("LATCHKEY_DEVICE"), *key_log = getenv("SSLKEYLOGFILE");
    *options = (lk_options){.policy = LK_ENGINE_AUTO, .timeout = -1};
    if (device && device[0])
        options->device = device;
    if (key_log && key_log[0])
        options->key_log = key_log;
}

int lk_options_timeout(const lk_options *options)
{
    return options->timeout >= 0 ? options->timeout : LK_TIMEOUT_DEFAULT;
}

static lk_engine_policy parse_policy(const struct argp_state *state, const char *text)
{
    for (int i = 0; i < POLICY_COUNT; i++)
        if (strcmp(text, policy_names[i]) == 0)
            return (lk_engine_policy)i;
    argp_error(state, "there is no engine '%s': write auto, prefer-device, device, keys-on-device or software", text);
    return LK_ENGINE_AUTO;
}

static uint16_t parse_version(const struct argp_state *state, const char *text)
{
    static const struct {
        const char *text;
        uint16_t version;
    } versions[] = {{"ssl3", LK_VERSION_SSL3},
                    {"1.0", LK_VERSION_TLS1_0},
                    {"1.1", LK_VERSION_TLS1_1},
                    {"1.2", LK_VERSION_TLS1_2},
                    {"1.3", LK_VERSION_TLS1_3}};
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
        if (strcmp(text, versions[i].text) == 0)
            return versions[i].version;
    argp_error(state, "TLS version '%s' is not available: write ssl3, 1.0, 1.1, 1.2 or 1.3", text);
    return LK_VERSION_TLS1_2;
}

static int parse_timeout(const struct argp_state *state, const char *text)
{
    char *end;
    double seconds = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(seconds) || seconds <= 0 || seconds > TIMEOUT_SECONDS_MAX)
        argp_error(state, "'%s' is not a time: write a number of seconds above 0, such as 2.5", text);
    return (int)(seconds * 1000);
}

static int parse_bytes(const struct argp_state *state, const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (end == text || *end != '\0' || number < 1 || number > BYTES_MAX)
        argp_error(state, "'%s' is no number of bytes of a record", text);
    return (int)number;
}

static int parse_bits(const struct argp_state *state, const char *text)
{
    char *end;
    long bits = strtol(text, &end, 10);
    if (end == text || *end != '\0' || bits < 1 || bits > INT_MAX)
        argp_error(state, "'%s' is no number of bits", text);
    return (int)bits;
}

static lk_renegotiation parse_renegotiation(const struct argp_state *state, const char *text)
{
    static const char *const names[] = {
        [LK_RENEGOTIATION_OFF] = "off", [LK_RENEGOTIATION_SAME_PEER] = "same", [LK_RENEGOTIATION_ANY_PEER] = "any"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(text, names[i]) == 0)
            return (lk_renegotiation)i;
    argp_error(state, "renegotiation cannot be '%s': write off, same or any", text);
    return LK_RENEGOTIATION_OFF;
}

/* Where an option that is kept as it was written goes; NULL for any other. */
static const char **text_of(lk_options *options, int key)
{
    switch (key) {
    case LK_OPTION_DEVICE:
        return &options->device;
    case LK_OPTION_SUITES:
        return &options->suites;
    case LK_OPTION_GROUPS:
        return &options->groups;
    case LK_OPTION_PIN:
        return &options->pins;
    case LK_OPTION_CRL:
        return &options->crl;
    case LK_OPTION_PSK_HASH:
        return &options->psk_hash;
    case LK_OPTION_ALPN:
        return &options->alpn;
    case LK_OPTION_KEY_LOG:
        return &options->key_log;
    case LK_OPTION_STATISTICS:
        return &options->statistics;
    case LK_OPTION_CAPTURE:
        return &options->capture;
    default:
        return NULL;
    }
}

/* What an option without an argument turns on; NULL for any other. */
static bool *switch_of(lk_options *options, int key)
{
    switch (key) {
    case LK_OPTION_NO_TICKETS:
        return &options->no_tickets;
    case LK_OPTION_LEGACY_SESSIONS:
        return &options->legacy_sessions;
    case LK_OPTION_RENEGOTIATE:
        return &options->renegotiate;
    case LK_OPTION_OVERLONG:
        return &options->overlong;
    case LK_OPTION_FALLBACK:
        return &options->fallback;
    case LK_OPTION_TRACE:
        return &options->trace;
    default:
        return NULL;
    }
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    lk_options *options = state->input;
    const char **text = text_of(options, key);
    bool *on = switch_of(options, key);
    if (text)
        *text = argument;
    if (on)
        *on = true;
    if (text || on)
        return 0;
    switch (key) {
    case LK_OPTION_ENGINE:
        options->policy = parse_policy(state, argument);
        return 0;
    case LK_OPTION_TLS:
        options->lowest = options->highest = parse_version(state, argument);
        return 0;
    case LK_OPTION_LOWEST:
        options->lowest = parse_version(state, argument);
        return 0;
    case LK_OPTION_HIGHEST:
        options->highest = parse_version(state, argument);
        return 0;
    case LK_OPTION_DH_MINIMUM:
        options->dh_minimum = parse_bits(state, argument);
        return 0;
    case LK_OPTION_PKCS12:
        options->pkcs12 = argument;
        if (!strchr(argument, ':') || argument[0] == ':')
            argp_error(state, "'%s' is no PKCS#12 file: write FILE:PASSPHRASE_FILE", argument);
        return 0;
    case LK_OPTION_PSK:
        options->psk = argument;
        if (!strchr(argument, ':') || argument[0] == ':')
            argp_error(state, "'%s' is no pre-shared key: write IDENTITY:FILE, with the key in the file", argument);
        return 0;
    case LK_OPTION_RENEGOTIATION:
        options->renegotiation = parse_renegotiation(state, argument);
        return 0;
    case LK_OPTION_MAX_FRAGMENT:
        options->max_fragment = parse_bytes(state, argument);
        return 0;
    case LK_OPTION_RECORD_LIMIT:
        options->record_limit = parse_bytes(state, argument);
        return 0;
    case LK_OPTION_PADDING:
        options->padding = parse_bytes(state, argument);
        return 0;
    case LK_OPTION_EXPORT:
        options->exported = argument;
        if (!lk_export_valid(argument))
            argp_error(state, "'%s' is no export: write LABEL:BYTES, such as EXPORTER-example:32", argument);
        return 0;
    case LK_OPTION_BINDING:
        options->binding = argument;
        if (!lk_binding_valid(argument))
            argp_error(state, "there is no channel binding '%s': write tls-exporter or tls-unique", argument);
        return 0;
    case LK_OPTION_TIMEOUT:
        options->timeout = parse_timeout(state, argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option table[] = {
    {.doc = "Who makes the records:", .group = 10},
    {"engine", LK_OPTION_ENGINE, "WHICH", 0,
     "auto: measures the device and software, and makes each record where it costs less, and in software what the "
     "device "
     "cannot (default); prefer-device: the device wherever it can, and otherwise software; device: the device or an "
     "error; keys-on-device: the same in TLS 1.3 alone, and no key stays in this machine; software: libcrypto alone",
     10},
    {"device", LK_OPTION_DEVICE, "URI", 0,
     "usb:, usb:serial=S or usbip:HOST:PORT/BUSID (default: $LATCHKEY_DEVICE, otherwise usb:)", 10},
    {.doc = "What is negotiated:", .group = 20},
    {"tls", LK_OPTION_TLS, "VERSION", 0, "this version alone: ssl3, 1.0, 1.1, 1.2 or 1.3", 20},
    {"min", LK_OPTION_LOWEST, "VERSION", 0, "the lowest version", 20},
    {"max", LK_OPTION_HIGHEST, "VERSION", 0, "the highest version", 20},
    {"suites", LK_OPTION_SUITES, "LIST", 0, "cipher suites in order of preference, colon-separated", 20},
    {"groups", LK_OPTION_GROUPS, "LIST", 0, "key exchange groups in order of preference, colon-separated", 20},
    {"dh-min", LK_OPTION_DH_MINIMUM, "BITS", 0, "the least bits of a group of DHE (default: 2048)", 20},
    {"pin", LK_OPTION_PIN, "LIST", 0,
     "public keys of which the peer's certificates must have one: sha256//BASE64, semicolon-separated", 20},
    {"crl", LK_OPTION_CRL, "FILE", 0,
     "revocation lists, PEM: the peer's certificate must be in the care of one, and not "
     "in it",
     20},
    {"pkcs12", LK_OPTION_PKCS12, "FILE:PASSPHRASE_FILE", 0,
     "certificate chain and private key of this side, in the place of --cert and --key; the passphrase is the first "
     "line "
     "of a file",
     20},
    {"psk", LK_OPTION_PSK, "IDENTITY:FILE", 0,
     "a pre-shared key for TLS 1.3 and for suites with PSK, in hexadecimal digits in FILE, and the name that it goes "
     "by",
     20},
    {"psk-hash", LK_OPTION_PSK_HASH, "HASH", 0, "the hash of the pre-shared key in TLS 1.3: SHA256 (default) or SHA384",
     20},
    {"alpn", LK_OPTION_ALPN, "LIST", 0, "application protocols (ALPN) in order of preference, comma-separated", 20},
    {"no-tickets", LK_OPTION_NO_TICKETS, NULL, 0, "no session tickets: sessions up to TLS 1.2 have an id instead", 20},
    {"legacy-sessions", LK_OPTION_LEGACY_SESSIONS, NULL, 0,
     "go on with sessions that have no extended master secret, too: less safe, for old peers", 20},
    {"renegotiation", LK_OPTION_RENEGOTIATION, "WHICH", 0,
     "up to TLS 1.2, when the peer asks for another handshake: off refuses (default), same takes the same certificate "
     "alone, any takes another one too",
     20},
    {"renegotiate", LK_OPTION_RENEGOTIATE, NULL, 0,
     "ask for another handshake as soon as there is one; means --renegotiation=same where that is not given", 20},
    {"max-fragment", LK_OPTION_MAX_FRAGMENT, "BYTES", 0,
     "as a client: ask for records of at most 512, 1024, 2048 or 4096 bytes, both ways", 20},
    {"record-limit", LK_OPTION_RECORD_LIMIT, "BYTES", 0,
     "take records of at most so many bytes, 64 to 16384, from peers that know how to be told", 20},
    {"pad", LK_OPTION_PADDING, "BYTES", 0,
     "in TLS 1.3: pad each record to a multiple of so many bytes, so that its length says less", 20},
    {"overlong", LK_OPTION_OVERLONG, NULL, 0,
     "take records without AEAD of up to 65535 bytes, which some old peers send (--engine software)", 20},
    {"fallback", LK_OPTION_FALLBACK, NULL, 0,
     "as a client: say that a higher version has been tried, so that a server that knows it refuses", 20},
    {.doc = "What is shown:", .group = 30},
    {"trace", LK_OPTION_TRACE, NULL, 0, "show each record, message, alert and key change on standard error", 30},
    {"export", LK_OPTION_EXPORT, "LABEL:BYTES", 0,
     "show so many bytes of key material for another protocol, exported under that label (RFC 5705)", 30},
    {"channel-binding", LK_OPTION_BINDING, "TYPE", 0,
     "show what another protocol binds to this connection: tls-exporter (RFC 9266), or up to TLS 1.2 tls-unique", 30},
    {"stats-json", LK_OPTION_STATISTICS, "FILE", 0, "write statistics as JSON when the connection ends", 30},
    {"pcap", LK_OPTION_CAPTURE, "FILE", 0,
     "write what goes over the wire as a capture (pcapng) that Wireshark decrypts by itself: the secrets are in it",
     30},
    {"keylog", LK_OPTION_KEY_LOG, "FILE", 0,
     "append the secrets in the SSLKEYLOGFILE format, for Wireshark: whoever has the file reads the traffic (default: "
     "$SSLKEYLOGFILE)",
     30},
    {"timeout", LK_OPTION_TIMEOUT, "SECONDS", 0,
     "give up when nothing moves for so long (default: 30 while connecting, in a handshake and in a request; otherwise "
     "for ever)",
     30},
    {0}};

const struct argp lk_options_argp = {.options = table, .parser = parse};
