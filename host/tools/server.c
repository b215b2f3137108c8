/* SPDX-License-Identifier: Apache-2.0 */
/* `latchkey server`: a TLS server, one connection after the other, that serves files, echoes, or copies standard input
 * and output. */
#include "tools/address.h"
#include "tools/command.h"
#include "tools/files.h"
#include "tools/options.h"
#include "tools/pages.h"
#include "tools/publish.h"
#include "tools/relay.h"
#include "tools/report.h"
#include "tools/session.h"

#include <latchkey/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LIFETIME_MAX = 604800 /* s, RFC 8446 section 4.6.1 */, CACHE_MAX = 1000000 };

typedef struct lk_server_command {
    lk_options options;
    const char *target;
    lk_address address;
    const char *certificate, *key, *authorities, *folder, *port_file, *status_file, *ocsp, *dh_parameters;
    lk_client_policy policy;
    bool later;   /* it asks, but behind the handshake */
    int lifetime; /* of sessions, in s; -1 leaves it to the library */
    int cache;    /* sessions that are kept; -1 leaves it to the library */
    bool once, echo, client_order;
} lk_server_command;

enum {
    OPTION_CERTIFICATE = LK_OPTION_OWN,
    OPTION_KEY,
    OPTION_ASK,
    OPTION_AUTHORITIES,
    OPTION_LIFETIME,
    OPTION_CACHE,
    OPTION_OCSP,
    OPTION_DH,
    OPTION_CLIENT_ORDER,
    OPTION_ONCE,
    OPTION_PAGES,
    OPTION_ECHO,
    OPTION_PORT_FILE,
    OPTION_STATUS
};

static void take_target(lk_server_command *server, const char *argument, const struct argp_state *state)
{
    if (server->target)
        argp_error(state, "one address at a time: '%s' is one too many", argument);
    server->target = argument;
    if (!lk_address_parse(argument, &server->address))
        argp_error(state, "'%s' is no address: write PORT or HOST:PORT, port 0 for any free one", argument);
}

static void check(const lk_server_command *server, const struct argp_state *state)
{
    const lk_options *options = &server->options;
    if (!server->certificate != !server->key ||
        (!server->certificate && !options->pkcs12 && !options->suites && !options->psk))
        argp_error(
            state,
            "a server needs a certificate and its key: --cert FILE --key FILE (or --pkcs12; or a pre-shared key: "
            "--psk; or --suites that do without)");
    if ((server->later || server->policy != LK_CLIENT_UNKNOWN) != (server->authorities != NULL))
        argp_error(state, "who asks clients for a certificate must say whom to trust: --ask-client WHEN --ca FILE");
    if (server->later && !server->folder)
        argp_error(state, "--ask-client later asks who wants a page: add --www FOLDER");
    if (server->echo && server->folder)
        argp_error(state, "--echo and --www exclude each other");
}

static lk_client_policy parse_policy(const struct argp_state *state, const char *text)
{
    if (strcmp(text, "required") == 0)
        return LK_CLIENT_REQUIRED;
    if (strcmp(text, "optional") != 0)
        argp_error(state, "clients cannot be asked '%s': write optional, required or later", text);
    return LK_CLIENT_OPTIONAL;
}

/* A number from 0 on; what it counts is for the complaint. */
static int parse_number(const struct argp_state *state, const char *text, int largest, const char *what)
{
    char *end;
    long number = strtol(text, &end, 10);
    if (end == text || *end != '\0' || number < 0 || number > largest)
        argp_error(state, "'%s' is no number of %s: write one from 0 to %d", text, what, largest);
    return (int)number;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    lk_server_command *server = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &server->options;
        return 0;
    case OPTION_CERTIFICATE:
        server->certificate = argument;
        return 0;
    case OPTION_KEY:
        server->key = argument;
        return 0;
    case OPTION_ASK:
        server->later = strcmp(argument, "later") == 0;
        server->policy = server->later ? LK_CLIENT_UNKNOWN : parse_policy(state, argument);
        return 0;
    case OPTION_AUTHORITIES:
        server->authorities = argument;
        return 0;
    case OPTION_LIFETIME:
        server->lifetime = parse_number(state, argument, LIFETIME_MAX, "seconds");
        return 0;
    case OPTION_OCSP:
        server->ocsp = argument;
        return 0;
    case OPTION_CACHE:
        server->cache = parse_number(state, argument, CACHE_MAX, "sessions");
        return 0;
    case OPTION_DH:
        server->dh_parameters = argument;
        return 0;
    case OPTION_CLIENT_ORDER:
        server->client_order = true;
        return 0;
    case OPTION_ONCE:
        server->once = true;
        return 0;
    case OPTION_PAGES:
        server->folder = argument;
        return 0;
    case OPTION_ECHO:
        server->echo = true;
        return 0;
    case OPTION_PORT_FILE:
        server->port_file = argument;
        return 0;
    case OPTION_STATUS:
        server->status_file = argument;
        return 0;
    case ARGP_KEY_ARG:
        take_target(server, argument, state);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a port is needed: write PORT or HOST:PORT, port 0 for any free one");
        return 0;
    case ARGP_KEY_SUCCESS:
        check(server, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option table[] = {
    {.doc = "Who this server is:", .group = 1},
    {"cert", OPTION_CERTIFICATE, "FILE", 0,
     "its certificate chain, PEM, leaf first; not needed where all --suites do without", 1},
    {"key", OPTION_KEY, "FILE", 0, "the private key of the certificate, PEM", 1},
    {"ocsp", OPTION_OCSP, "FILE", 0, "an OCSP response (DER) that says the certificate is not revoked", 1},
    {.doc = "Who its clients are:", .group = 2},
    {"ask-client", OPTION_ASK, "WHEN", 0,
     "ask clients for a certificate: optional takes those without one too, required does not; later asks who wants "
     "a page (--www, TLS 1.3), and gives none without one; one that is given must be good in any case",
     2},
    {"ca", OPTION_AUTHORITIES, "FILE", 0, "the roots, PEM, that certificates of clients must lead to", 2},
    {"session-lifetime", OPTION_LIFETIME, "SECONDS", 0,
     "for how long clients may go on with a session without a full handshake (default: 7200; 0: never)", 2},
    {"session-cache", OPTION_CACHE, "NUMBER", 0,
     "how many sessions of clients without tickets are kept (default: 1024; 0: none)", 2},
    {.doc = "How it agrees with them:", .group = 3},
    {"client-order", OPTION_CLIENT_ORDER, NULL, 0, "the order of the client's suites counts, and not the server's", 3},
    {"dh", OPTION_DH, "FILE", 0,
     "parameters of its own for DHE, PEM, for clients that name no group (default: ffdhe2048)", 3},
    {.doc = "What to do:", .group = 4},
    {"www", OPTION_PAGES, "FOLDER", 0, "answer HTTP GET requests with the files of FOLDER", 4},
    {"echo", OPTION_ECHO, NULL, 0, "send back what comes; without --www and --echo: copies standard input and output",
     4},
    {"once", OPTION_ONCE, NULL, 0, "end after one connection, with its exit status", 4},
    {"stats", OPTION_STATUS, "FILE", 0, "write each second what all connections do to FILE, for `latchkey stats`", 4},
    {"port-file", OPTION_PORT_FILE, "FILE", 0, "write the number of the port to FILE once the server listens", 4},
    {0}};

/* Says where the server listens: on standard error, and in the port file, which programs wait for. */
static int announce(const lk_server_command *server, int listener)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    char host[LK_HOST_MAX], port[LK_PORT_MAX];
    if (getsockname(listener, (struct sockaddr *)&address, &length) != 0 ||
        getnameinfo((struct sockaddr *)&address, length, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return lk_report_error(server->target, LK_ERROR_INPUT_OUTPUT, NULL);
    lk_report("listening on %s port %s", host, port);
    if (server->port_file) {
        char line[LK_PORT_MAX + 1];
        int written = snprintf(line, sizeof line, "%s\n", port);
        if (lk_file_replace(server->port_file, line, (size_t)written)) {
            lk_report("the port file %s cannot be written: %s", server->port_file, strerror(errno));
            return LK_EXIT_FAILURE;
        }
    }
    return LK_EXIT_OK;
}

static int serve_one(const lk_server_command *server, lk_setup *setup, int folder, int socket)
{
    lk_session session;
    lk_error error = lk_session_begin(&session, setup, LK_SERVER, NULL, "client", socket);
    if (!error && server->echo)
        error = lk_relay_echo(&session);
    else if (!error && server->folder)
        error = lk_pages_serve(&session, folder);
    else if (!error)
        error = lk_relay_run(&session, STDIN_FILENO, STDOUT_FILENO);
    return lk_session_end(&session, error);
}

/* Until a client is there. Between two the device is looked after. */
static void wait_for_client(const lk_setup *setup, int listener)
{
    enum { CARE = 1000 /* ms */ };
    struct pollfd waited = {.fd = listener, .events = POLLIN};
    do
        lk_attachment_care(&setup->attachment);
    while (poll(&waited, 1, setup->attachment.device ? CARE : -1) == 0);
}

static int serve(const lk_server_command *server, lk_setup *setup, int listener, int folder)
{
    int status;
    do {
        wait_for_client(setup, listener);
        int socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (socket < 0 && (errno == EINTR || errno == ECONNABORTED)) {
            status = LK_EXIT_FAILURE;
            continue;
        }
        if (socket < 0) {
            lk_report("no connection can be accepted: %s", strerror(errno));
            return LK_EXIT_FAILURE;
        }
        status = serve_one(server, setup, folder, socket);
    } while (!server->once);
    return status;
}

static int listen_and_serve(const lk_server_command *server, lk_setup *setup)
{
    const char *host = server->address.host[0] ? server->address.host : NULL;
    int listener = -1, folder = -1, status;
    lk_error error;
    if (server->folder) {
        folder = open(server->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0) {
            lk_report("the folder %s cannot be opened: %s", server->folder, strerror(errno));
            return LK_EXIT_FAILURE;
        }
    }
    error = lk_socket_listen(host, server->address.port, &listener);
    status = error ? lk_report_error(server->target, error, NULL) : announce(server, listener);
    lk_publisher *publisher = !status && server->status_file ? lk_publisher_start(server->status_file, setup) : NULL;
    if (!status && server->status_file && !publisher)
        status = LK_EXIT_FAILURE;
    if (!status)
        status = serve(server, setup, listener, folder);
    lk_publisher_stop(publisher);
    if (listener >= 0)
        (void)close(listener);
    if (folder >= 0)
        (void)close(folder);
    return status;
}

/* Whether there can be a connection at all, before anybody asks for one. */
static int try_connection(const lk_setup *setup)
{
    lk_connection *connection;
    lk_error error = lk_connection_new(setup->config, LK_SERVER, NULL, &connection);
    lk_connection_free(connection);
    return error ? lk_report_error("the server", error,
                                   "all suites but those with a pre-shared key (--psk) and anonymous ones (--max 1.2) "
                                   "need a certificate: --cert FILE --key FILE")
                 : LK_EXIT_OK;
}

static int configure(const lk_server_command *server, lk_setup *setup)
{
    int status = LK_EXIT_OK;
    if (server->certificate)
        status = lk_setup_check(setup, "--cert, --key",
                                lk_config_use_certificate_files(setup->config, server->certificate, server->key));
    if (!status && server->dh_parameters)
        status = lk_setup_check(setup, "--dh", lk_config_use_dh_parameters_file(setup->config, server->dh_parameters));
    lk_config_prefer_client_suites(setup->config, server->client_order);
    if (!status && server->lifetime >= 0)
        status = lk_setup_check(setup, "--session-lifetime",
                                lk_config_set_session_lifetime(setup->config, (uint32_t)server->lifetime));
    if (!status && server->ocsp)
        status = lk_setup_check(setup, "--ocsp", lk_config_use_ocsp_file(setup->config, server->ocsp));
    if (!status && server->cache >= 0)
        status =
            lk_setup_check(setup, "--session-cache", lk_config_set_session_cache(setup->config, (size_t)server->cache));
    if (!status && server->authorities)
        status = lk_setup_check(setup, "--ca", lk_config_trust_file(setup->config, server->authorities));
    if (!status)
        status = lk_setup_check(setup, "--ask-client", lk_config_ask_client_certificate(setup->config, server->policy));
    lk_config_set_post_handshake_authentication(setup->config, server->later);
    setup->asks_later = server->later;
    return status || server->certificate ? status : try_connection(setup);
}

static int run(const lk_server_command *server)
{
    lk_setup setup;
    int status = lk_setup_open(&setup, &server->options);
    if (!status)
        status = configure(server, &setup);
    if (!status)
        status = listen_and_serve(server, &setup);
    lk_setup_close(&setup);
    return status;
}

int lk_command_server(int count, char **arguments)
{
    static const struct argp_child children[] = {{&lk_options_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        .options = table,
        .parser = parse,
        .args_doc = "[HOST:]PORT",
        .doc = "Serves TLS, one connection after the other.\vThe statistics file holds the connection that ended last.",
        .children = children};
    lk_server_command server = {.lifetime = -1, .cache = -1};
    lk_options_initialize(&server.options);
    if (argp_parse(&argp, count, arguments, 0, NULL, &server) != 0)
        return LK_EXIT_USAGE;
    return run(&server);
}
