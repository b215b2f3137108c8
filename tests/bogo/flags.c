/* SPDX-License-Identifier: Apache-2.0 */
#include "bogo/flags.h"

#include <stdlib.h>
#include <string.h>

typedef enum flag_kind {
    FLAG_SWITCH,
    FLAG_NUMBER,
    FLAG_TEXT,
    FLAG_LIST,
    FLAG_MOOT,     /* asks for nothing that this library does otherwise; no value follows */
    FLAG_MOOT_TEXT /* the same, with a value */
} flag_kind;

typedef struct flag {
    const char *name;
    flag_kind kind;
    size_t place; /* in shim_flags */
} flag;

#define FLAG(name, kind, field)                                                                                        \
    {                                                                                                                  \
        name, FLAG_##kind, offsetof(shim_flags, field)                                                                 \
    }

static const flag flags[] = {
    FLAG("-port", NUMBER, port),
    FLAG("-ipv6", SWITCH, ipv6),
    FLAG("-shim-id", TEXT, shim_id),
    FLAG("-server", SWITCH, server),
    FLAG("-resume-count", NUMBER, resume_count),
    FLAG("-async", SWITCH, async),
    FLAG("-implicit-handshake", SWITCH, implicit_handshake),
    FLAG("-no-op-extra-handshake", SWITCH, no_op_extra_handshake),
    FLAG("-handshake-twice", SWITCH, handshake_twice),
    FLAG("-cert-file", TEXT, cert_file),
    FLAG("-key-file", TEXT, key_file),
    FLAG("-min-version", NUMBER, min_version),
    FLAG("-max-version", NUMBER, max_version),
    FLAG("-no-ssl3", SWITCH, no_ssl3),
    FLAG("-no-tls1", SWITCH, no_tls1),
    FLAG("-no-tls11", SWITCH, no_tls11),
    FLAG("-no-tls12", SWITCH, no_tls12),
    FLAG("-no-tls13", SWITCH, no_tls13),
    FLAG("-no-ticket", SWITCH, no_ticket),
    FLAG("-curves", LIST, curves),
    FLAG("-cipher", TEXT, cipher),
    FLAG("-verify-peer", SWITCH, verify_peer),
    FLAG("-verify-fail", SWITCH, verify_fail),
    FLAG("-require-any-client-certificate", SWITCH, require_any_client_certificate),
    FLAG("-host-name", TEXT, host_name),
    FLAG("-advertise-alpn", TEXT, advertise_alpn),
    FLAG("-select-alpn", TEXT, select_alpn),
    FLAG("-decline-alpn", SWITCH, decline_alpn),
    FLAG("-reject-alpn", SWITCH, reject_alpn),
    FLAG("-shim-writes-first", SWITCH, shim_writes_first),
    FLAG("-write-different-record-sizes", SWITCH, write_different_record_sizes),
    FLAG("-read-with-unfinished-write", SWITCH, read_with_unfinished_write),
    FLAG("-peek-then-read", SWITCH, peek_then_read),
    FLAG("-read-size", NUMBER, read_size),
    FLAG("-shim-shuts-down", SWITCH, shim_shuts_down),
    FLAG("-check-close-notify", SWITCH, check_close_notify),
    FLAG("-server-preference", SWITCH, server_preference),
    FLAG("-fallback-scsv", SWITCH, fallback_scsv),
    FLAG("-renegotiate-freely", SWITCH, renegotiate_freely),
    FLAG("-expect-total-renegotiations", NUMBER, expect_total_renegotiations),
    FLAG("-psk", TEXT, psk),
    FLAG("-psk-identity", TEXT, psk_identity),
    FLAG("-expect-version", NUMBER, expect_version),
    FLAG("-expect-cipher", NUMBER, expect_cipher),
    FLAG("-expect-curve-id", NUMBER, expect_curve_id),
    FLAG("-expect-alpn", TEXT, expect_alpn),
    FLAG("-expect-server-name", TEXT, expect_server_name),
    FLAG("-expect-no-server-name", SWITCH, expect_no_server_name),
    FLAG("-expect-session-miss", SWITCH, expect_session_miss),
    FLAG("-expect-ticket-renewal", SWITCH, expect_ticket_renewal),
    FLAG("-expect-no-session", SWITCH, expect_no_session),
    FLAG("-expect-hrr", SWITCH, expect_hrr),
    FLAG("-expect-no-hrr", SWITCH, expect_no_hrr),
    FLAG("-expect-msg-callback", TEXT, expect_msg_callback),
    FLAG("-expect-peer-cert-file", TEXT, expect_peer_cert_file),
    FLAG("-expect-peer-signature-algorithm", NUMBER, expect_peer_signature_algorithm),
    FLAG("-expect-extended-master-secret", SWITCH, expect_extended_master_secret),
    FLAG("-expect-secure-renegotiation", SWITCH, expect_secure_renegotiation),
    FLAG("-expect-no-secure-renegotiation", SWITCH, expect_no_secure_renegotiation),
    FLAG("-export-keying-material", NUMBER, export_keying_material),
    FLAG("-export-label", TEXT, export_label),
    FLAG("-export-context", TEXT, export_context),
    FLAG("-use-export-context", SWITCH, use_export_context),
    FLAG("-use-exporter-between-reads", SWITCH, use_exporter_between_reads),
    FLAG("-tls-unique", SWITCH, tls_unique),
    FLAG("-signing-prefs", LIST, signing_prefs),
    FLAG("-verify-prefs", LIST, verify_prefs),
    /* The reference shim's callback takes every certificate too, whoever it is called by. */
    {"-use-custom-verify-callback", FLAG_MOOT, 0},
    {"-reverify-on-resume", FLAG_MOOT, 0},   /* done always */
    {"-expect-verify-result", FLAG_MOOT, 0}, /* a handshake that is complete has none but a good one */
    {"-renegotiate-ignore", FLAG_MOOT, 0},   /* done always, and the peer is told */
    {"-trust-cert", FLAG_MOOT_TEXT, 0},
    {"-use-old-client-cert-callback", FLAG_MOOT, 0}, /* another way to name the certificate */
    {"-cbc-record-splitting", FLAG_MOOT, 0},         /* done always, where the version calls for it */
    {"-partial-write", FLAG_MOOT, 0},                /* done always */
    {"-allow-hint-mismatch", FLAG_MOOT, 0},
    /* of runners before 2019 */
    {"-enable-all-curves", FLAG_MOOT, 0},
    {"-enable-ed25519", FLAG_MOOT, 0},
    {"-tls13-variant", FLAG_MOOT_TEXT, 0}, /* drafts of TLS 1.3, which are not spoken */
};

static const flag *flag_find(const char *name)
{
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (strcmp(flags[i].name, name) == 0)
            return &flags[i];
    return NULL;
}

/* Steps over a prefix that limits whom or when a flag is for. */
static bool step_over(const char **name, const char *prefix)
{
    size_t length = strlen(prefix);
    if (strncmp(*name, prefix, length) != 0 || (*name)[length] != '-')
        return false;
    *name += length;
    return true;
}

static bool has_value(const flag *row)
{
    return row->kind != FLAG_SWITCH && row->kind != FLAG_MOOT;
}

static bool store(shim_flags *to, const flag *row, char *value)
{
    char *place = (char *)to + row->place;
    shim_list *list = (void *)place;
    switch (row->kind) {
    case FLAG_SWITCH:
        *(bool *)(void *)place = true;
        return true;
    case FLAG_NUMBER:
        *(int *)(void *)place = atoi(value);
        return true;
    case FLAG_TEXT:
        *(const char **)(void *)place = value;
        return true;
    case FLAG_LIST:
        if (list->count == SHIM_LIST_MAX)
            return false;
        list->values[list->count++] = atoi(value);
        return true;
    default:
        return true;
    }
}

const char *shim_flags_parse(shim_command *command, int count, char **arguments)
{
    for (int i = 1; i < count; i++)
        command->asks_for_handshaker |= strcmp(arguments[i], "-is-handshaker-supported") == 0;
    for (int i = 1; i < count; i++) {
        const char *name = arguments[i];
        (void)step_over(&name, "-on-shim");
        bool ours = !step_over(&name, "-on-handshaker");
        bool initial = step_over(&name, "-on-initial"), resumed = step_over(&name, "-on-resume");
        const flag *row = flag_find(name);
        if (!row)
            return arguments[i];
        char *value = has_value(row) ? arguments[++i] : NULL;
        if (has_value(row) && i >= count)
            return row->name;
        if (ours && !resumed && !store(&command->initial, row, value))
            return row->name;
        if (ours && !initial && !store(&command->resumed, row, value))
            return row->name;
    }
    return NULL;
}
