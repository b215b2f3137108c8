/* SPDX-License-Identifier: Apache-2.0 */
/* The runner's flags become a configuration, and the events of its connections are noted. */
#include "bogo/shim.h"

#include "handshake/key_exchange.h"
#include "handshake/signature.h"
#include "suite/suite.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 4096, TLS1_0 = 0x0301 };

int shim_group_number(const char *title)
{
    size_t count = 0;
    const lk_group *groups = lk_group_table(&count);
    for (size_t i = 0; title && i < count; i++)
        if (strcmp(groups[i].title, title) == 0)
            return groups[i].number;
    return 0;
}

const char *shim_group_title(int number)
{
    const lk_group *group = lk_group_find((uint16_t)number);
    return group ? group->title : NULL;
}

int shim_suite_number(const char *title)
{
    size_t count = 0;
    const lk_suite *suites = lk_suite_table(&count);
    for (size_t i = 0; title && i < count; i++)
        if (strcmp(suites[i].title, title) == 0)
            return suites[i].number;
    return 0;
}

static int complain(const lk_config *config, const char *what)
{
    (void)fprintf(stderr, "%s: %s\n", what, lk_config_diagnosis(config));
    return SHIM_FAILED;
}

/* What the library does not know the runner must not ask for. */
static int lacking(const lk_config *config, const char *what)
{
    (void)complain(config, what);
    return SHIM_UNIMPLEMENTED;
}

/* Versions that may be used, as a range: the reference shim starts at TLS 1.0, and takes away what the flags name. */
static int set_versions(lk_config *config, const shim_flags *flags)
{
    bool without[] = {flags->no_tls1, flags->no_tls11, flags->no_tls12, flags->no_tls13};
    /* Runners that know SSL 3.0 do not number their shims, and expect it to be on. */
    uint16_t first = flags->shim_id || flags->no_ssl3 ? TLS1_0 : LK_VERSION_SSL3;
    uint16_t lowest = flags->min_version > 0 ? (uint16_t)flags->min_version : first;
    uint16_t highest = flags->max_version > 0 ? (uint16_t)flags->max_version : LK_VERSION_TLS1_3;
    while (highest >= lowest && highest >= TLS1_0 && without[highest - TLS1_0])
        highest--;
    while (lowest < highest && lowest >= TLS1_0 && without[lowest - TLS1_0])
        lowest++;
    for (uint16_t version = lowest; version <= highest; version++)
        if (version >= TLS1_0 && without[version - TLS1_0])
            return lacking(config, "a range of versions with a hole");
    /* Where the library begins later, the range does too. */
    while (lowest <= highest && lk_config_set_versions(config, lowest, highest) != LK_OK)
        lowest++;
    return lowest <= highest ? SHIM_OK : lacking(config, "versions");
}

/* Everything that the library has, unless the flags name some: the runner expects more than safe defaults. */
static int set_suites(lk_config *config, const shim_flags *flags)
{
    const char *wanted = flags->cipher;
    char list[LIST_MAX] = "";
    size_t count = 0;
    const lk_suite *suites = lk_suite_table(&count);
    if (wanted)
        return lk_config_set_suites(config, wanted) == LK_OK ? SHIM_OK : lacking(config, "-cipher");
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(list);
        /* The runner takes what is offered: what protects nothing is none of its own. */
        if (strstr(suites[i].title, "_NULL_") || strstr(suites[i].title, "_anon_"))
            continue;
        /* The runners with SSL 3.0 would take these in it, where RFC 8422 has none. */
        if (!flags->shim_id && !flags->server && strstr(suites[i].title, "_ECDHE_"))
            continue;
        (void)snprintf(list + length, sizeof list - length, "%s%s", length > 0 ? ":" : "", suites[i].title);
    }
    return lk_config_set_suites(config, list) == LK_OK ? SHIM_OK : complain(config, "suites");
}

static int set_groups(lk_config *config, const shim_list *wanted)
{
    char list[LIST_MAX] = "";
    for (size_t i = 0; i < wanted->count; i++) {
        size_t length = strlen(list);
        const char *title = shim_group_title(wanted->values[i]);
        if (!title)
            return lacking(config, "-curves");
        (void)snprintf(list + length, sizeof list - length, "%s%s", length > 0 ? ":" : "", title);
    }
    if (wanted->count == 0)
        return SHIM_OK;
    return lk_config_set_groups(config, list) == LK_OK ? SHIM_OK : complain(config, "-curves");
}

/* ProtocolName vectors with the lengths in front become names with commas between. */
static int set_alpn(lk_config *config, const shim_flags *flags)
{
    char list[LIST_MAX] = "";
    const char *names = flags->advertise_alpn;
    if (flags->server && flags->reject_alpn) {
        (void)snprintf(list, sizeof list, "none-that-a-client-has");
    } else if (flags->server && flags->select_alpn) {
        (void)snprintf(list, sizeof list, "%s", flags->select_alpn);
    } else if (!flags->server) {
        while (names && *names) {
            size_t length = strlen(list);
            int one = *names;
            (void)snprintf(list + length, sizeof list - length, "%s%.*s", length > 0 ? "," : "", one, names + 1);
            names += strlen(names) > (size_t)one ? one + 1 : (int)strlen(names);
        }
    }
    if (list[0] == '\0')
        return SHIM_OK;
    return lk_config_set_alpn(config, list) == LK_OK ? SHIM_OK : complain(config, "ALPN");
}

/*
 * Nobody chooses among the schemes here: a side signs with the first that its peer takes, and takes all that it has. So
 * a flag that names some asks for nothing more, as long as they are there.
 */
static int check_signatures(const lk_config *config, const shim_list *wanted)
{
    for (size_t i = 0; i < wanted->count; i++) {
        const lk_signature_scheme *scheme = lk_signature_find((uint16_t)wanted->values[i]);
        if (!scheme || !lk_signature_offered(scheme))
            return lacking(config, "a signature scheme");
    }
    return SHIM_OK;
}

/* The reference's client goes on with a certificate that is not good, unless it is told to verify. */
static lk_error judge(void *context, const lk_connection *connection, const lk_certificate_verdict *verdict)
{
    const shim_flags *flags = context;
    (void)connection;
    (void)verdict;
    return flags->verify_fail && flags->verify_peer ? LK_ERROR_CERTIFICATE_REJECTED : LK_OK;
}

static int set_identity(lk_config *config, const shim_flags *flags)
{
    lk_client_policy policy = LK_CLIENT_UNKNOWN;
    if (flags->verify_peer)
        policy = LK_CLIENT_OPTIONAL;
    if (flags->require_any_client_certificate)
        policy = LK_CLIENT_REQUIRED;
    /* The runner's certificates name nobody, and the reference shim takes them all: who vouches is not tried here. */
    lk_config_trust_anyone(config);
    lk_config_set_certificate_judge(config, judge, (void *)(uintptr_t)flags);
    if (lk_config_ask_client_certificate(config, policy) != LK_OK)
        return complain(config, "client certificates");
    if (!flags->cert_file)
        return SHIM_OK;
    const char *key = flags->key_file ? flags->key_file : flags->cert_file;
    return lk_config_use_certificate_files(config, flags->cert_file, key) == LK_OK ? SHIM_OK
                                                                                   : complain(config, "certificate");
}

/*
 * Nothing is exported under an empty label: RFC 8446 section 7.1 has none, and before it the peer's random would stand
 * where the label tells one use from another.
 */
static int set_export(lk_config *config, const shim_flags *flags)
{
    if (flags->export_keying_material > 0 && (!flags->export_label || flags->export_label[0] == '\0'))
        return lacking(config, "-export-label");
    if (flags->export_keying_material > 0 || flags->tls_unique)
        lk_config_keep_export_secret(config);
    return SHIM_OK;
}

/* The log, as the runner's -expect-msg-callback spells it. */
static void note(shim_state *shim, bool sent, const char *what, int first, int second)
{
    size_t room = sizeof shim->log - shim->log_length;
    const char *way = sent ? "write" : "read";
    int length = 0;
    if (second >= 0)
        length = snprintf(shim->log + shim->log_length, room, "%s %s %d %d\n", way, what, first, second);
    else if (first >= 0)
        length = snprintf(shim->log + shim->log_length, room, "%s %s %d\n", way, what, first);
    else
        length = snprintf(shim->log + shim->log_length, room, "%s %s\n", way, what);
    shim->log_length += (size_t)length < room ? (size_t)length : room;
}

static int signature_number(const char *title)
{
    size_t count = 0;
    const lk_signature_scheme *schemes = lk_signature_table(&count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(schemes[i].title, title) == 0)
            return schemes[i].number;
    return 0;
}

static void observe(void *context, const lk_event *event)
{
    enum { CHANGE_CIPHER_SPEC = 20, WARNING = 1, FATAL = 2 };
    shim_state *shim = context;
    if (event->kind == LK_EVENT_MESSAGE) {
        shim->handshakes += event->sent && strcmp(event->name, "finished") == 0;
        shim->retried |= strcmp(event->name, "hello_retry_request") == 0;
        note(shim, event->sent, "hs", event->type, -1);
    } else if (event->kind == LK_EVENT_FIELD) {
        if (!event->sent && strcmp(event->name, "algorithm") == 0)
            shim->signature = signature_number(event->meaning);
        shim->extended |=
            strcmp(event->name, "extended_master_secret") == 0 && strcmp(event->meaning, "agreed on") == 0;
        shim->secure |= !event->sent && strcmp(event->name, "renegotiation_info") == 0;
    } else if (event->kind == LK_EVENT_ALERT) {
        note(shim, event->sent, "alert", event->fatal ? FATAL : WARNING, event->type);
    } else if (event->kind == LK_EVENT_RECORD && event->content_type == CHANGE_CIPHER_SPEC) {
        note(shim, event->sent, "ccs", -1, -1);
    }
}

static void keep(void *context, const lk_connection *connection, const uint8_t *session, size_t length)
{
    shim_state *shim = context;
    (void)connection;
    free(shim->session);
    shim->session = malloc(length);
    shim->session_length = length;
    shim->session_came = true;
    if (!shim->session)
        abort();
    memcpy(shim->session, session, length);
}

void shim_forget(shim_state *shim)
{
    shim->retried = shim->session_came = shim->extended = shim->secure = false;
    shim->handshakes = shim->signature = 0;
    shim->log[0] = '\0';
    shim->log_length = 0;
}

int shim_configure(shim_state *shim, const shim_flags *flags)
{
    lk_config *config = shim->config;
    int status = set_versions(config, flags);
    if (!status)
        status = set_suites(config, flags);
    if (!status)
        status = set_groups(config, &flags->curves);
    if (!status)
        status = set_alpn(config, flags);
    if (!status)
        status = set_identity(config, flags);
    if (!status)
        status = check_signatures(config, &flags->signing_prefs);
    if (!status)
        status = check_signatures(config, &flags->verify_prefs);
    if (!status)
        status = set_export(config, flags);
    if (status)
        return status;
    lk_config_set_observer(config, observe, shim);
    if (!flags->server)
        lk_config_set_session_keeper(config, keep, shim);
    lk_config_set_tickets(config, !flags->no_ticket);
    lk_config_allow_legacy_resumption(config); /* the reference does */
    lk_config_prefer_client_suites(config, !flags->server_preference);
    lk_config_set_fallback(config, flags->fallback_scsv);
    if (flags->renegotiate_freely && lk_config_set_renegotiation(config, LK_RENEGOTIATION_SAME_PEER) != LK_OK)
        return complain(config, "renegotiation");
    if (flags->psk && lk_config_set_psk(config, flags->psk_identity ? flags->psk_identity : "",
                                        (const uint8_t *)flags->psk, strlen(flags->psk)) != LK_OK)
        return lacking(config, "-psk");
    return SHIM_OK;
}
