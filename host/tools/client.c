/* SPDX-License-Identifier: Apache-2.0 */
/* `latchkey client`: a TLS client that fetches a page, or copies standard input and output. */
#include "tools/address.h"
#include "tools/command.h"
#include "tools/fetch.h"
#include "tools/http.h"
#include "tools/options.h"
#include "tools/relay.h"
#include "tools/report.h"
#include "tools/resume.h"
#include "tools/session.h"

#include <latchkey/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

typedef struct lk_client_command {
    lk_options options;
    const char *target; /* as it was written */
    lk_address address;
    const char *authorities, *name, *certificate, *key, *session, *path, *output;
    lk_stapling stapling;
    bool insecure;
} lk_client_command;

enum {
    OPTION_AUTHORITIES = LK_OPTION_OWN,
    OPTION_INSECURE,
    OPTION_OCSP,
    OPTION_NAME,
    OPTION_CERTIFICATE,
    OPTION_KEY,
    OPTION_SESSION,
    OPTION_GET,
    OPTION_OUTPUT
};

static void take_target(lk_client_command *client, const char *argument, const struct argp_state *state)
{
    if (client->target)
        argp_error(state, "one server at a time: '%s' is one too many", argument);
    client->target = argument;
    if (!lk_address_parse(argument, &client->address) || client->address.host[0] == '\0')
        argp_error(state, "'%s' is no address: write HOST:PORT, or [ADDRESS]:PORT for IPv6", argument);
}

static void check(const lk_client_command *client, const struct argp_state *state)
{
    if (client->path && !lk_http_path_valid(client->path))
        argp_error(state, "'%s' is no path: it begins with '/' and holds neither spaces nor control characters",
                   client->path);
    if (!client->certificate != !client->key)
        argp_error(state, "a certificate and its key go together: --cert FILE --key FILE");
    if (client->output && !client->path)
        argp_error(state, "--output needs --get");
}

static lk_stapling parse_stapling(const struct argp_state *state, const char *text)
{
    if (strcmp(text, "require") == 0)
        return LK_STAPLING_REQUIRED;
    if (strcmp(text, "check") != 0)
        argp_error(state, "an OCSP response cannot be '%s': write check or require", text);
    return LK_STAPLING_CHECKED;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    lk_client_command *client = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &client->options;
        return 0;
    case OPTION_AUTHORITIES:
        client->authorities = argument;
        return 0;
    case OPTION_INSECURE:
        client->insecure = true;
        return 0;
    case OPTION_OCSP:
        client->stapling = parse_stapling(state, argument);
        return 0;
    case OPTION_NAME:
        client->name = argument;
        return 0;
    case OPTION_CERTIFICATE:
        client->certificate = argument;
        return 0;
    case OPTION_KEY:
        client->key = argument;
        return 0;
    case OPTION_SESSION:
        client->session = argument;
        return 0;
    case OPTION_GET:
        client->path = argument;
        return 0;
    case OPTION_OUTPUT:
        client->output = argument;
        return 0;
    case ARGP_KEY_ARG:
        take_target(client, argument, state);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a server is needed: write HOST:PORT");
        return 0;
    case ARGP_KEY_SUCCESS:
        check(client, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option table[] = {
    {.doc = "Whom to trust:", .group = 1},
    {"ca", OPTION_AUTHORITIES, "FILE", 0, "trust the roots in this PEM file instead of the system's", 1},
    {"name", OPTION_NAME, "NAME", 0, "the name the certificate must bear (default: HOST)", 1},
    {"ocsp", OPTION_OCSP, "HOW", 0,
     "ask the server for an OCSP response: check says that one that comes must be good, require that one must come", 1},
    {"insecure", OPTION_INSECURE, NULL, 0, "do not verify the certificate: for tests alone", 1},
    {.doc = "Who this client is, should the server ask:", .group = 2},
    {"cert", OPTION_CERTIFICATE, "FILE", 0, "its certificate chain, PEM, leaf first", 2},
    {"key", OPTION_KEY, "FILE", 0, "the private key of the certificate, PEM", 2},
    {"session", OPTION_SESSION, "FILE", 0,
     "go on with the session that FILE holds, and keep the next one there: whoever has the file is taken for this "
     "client",
     2},
    {.doc = "What to do:", .group = 3},
    {"get", OPTION_GET, "PATH", 0, "fetch PATH by HTTP and write the body; otherwise copies standard input and output",
     3},
    {"output", OPTION_OUTPUT, "FILE", 0, "write the body to FILE instead of standard output", 3},
    {0}};

/* The file for the body, or standard output; -1 when it cannot be written. */
static int open_output(const char *path)
{
    int file = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : STDOUT_FILENO;
    if (file < 0)
        lk_report("%s cannot be written: %s", path, strerror(errno));
    return file;
}

static int trust(const lk_client_command *client, const lk_setup *setup)
{
    if (client->insecure) {
        lk_report("the certificate is not verified (--insecure): anyone may be on the other side");
        lk_config_trust_anyone(setup->config);
    }
    int status = lk_setup_check(setup, "--ocsp", lk_config_set_stapling(setup->config, client->stapling));
    if (!status && client->authorities)
        status = lk_setup_check(setup, "--ca", lk_config_trust_file(setup->config, client->authorities));
    return status;
}

static int identify(const lk_client_command *client, const lk_setup *setup)
{
    lk_config_set_post_handshake_authentication(setup->config, client->certificate || client->options.pkcs12);
    if (!client->certificate)
        return LK_EXIT_OK;
    return lk_setup_check(setup, "--cert, --key",
                          lk_config_use_certificate_files(setup->config, client->certificate, client->key));
}

static void keep_sessions(const lk_client_command *client, lk_setup *setup)
{
    setup->session_file = client->session;
    if (client->session)
        lk_config_set_session_keeper(setup->config, lk_resume_keep_in, (void *)client->session);
}

static int talk(const lk_client_command *client, lk_setup *setup, int output)
{
    const char *host = client->name ? client->name : client->address.host;
    lk_session session;
    int socket = -1;
    lk_error error =
        lk_socket_connect(client->address.host, client->address.port, lk_options_timeout(setup->options), &socket);
    if (error)
        return lk_report_error(client->target, error, NULL);
    error = lk_session_begin(&session, setup, LK_CLIENT, host, client->target, socket);
    if (!error && client->path)
        error = lk_fetch(&session, host, client->path, output);
    else if (!error)
        error = lk_relay_run(&session, STDIN_FILENO, output);
    return lk_session_end(&session, error);
}

static int run(const lk_client_command *client)
{
    lk_setup setup;
    int output = -1, status = lk_setup_open(&setup, &client->options);
    if (!status)
        status = trust(client, &setup);
    if (!status)
        status = identify(client, &setup);
    if (!status)
        keep_sessions(client, &setup);
    if (!status) {
        output = open_output(client->output);
        status = output < 0 ? LK_EXIT_FAILURE : talk(client, &setup, output);
    }
    if (output >= 0 && close(output) != 0 && !status) {
        lk_report("the output cannot be written: %s", strerror(errno));
        status = LK_EXIT_FAILURE;
    }
    lk_setup_close(&setup);
    return status;
}

int lk_command_client(int count, char **arguments)
{
    static const struct argp_child children[] = {{&lk_options_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        .options = table,
        .parser = parse,
        .args_doc = "HOST:PORT",
        .doc = "Connects to a TLS server, and fetches a page or copies standard input and output.",
        .children = children};
    lk_client_command client = {0};
    lk_options_initialize(&client.options);
    if (argp_parse(&argp, count, arguments, 0, NULL, &client) != 0)
        return LK_EXIT_USAGE;
    return run(&client);
}
