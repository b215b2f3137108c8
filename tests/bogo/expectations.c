/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a connection became what the runner's flags say it must. */
#include "bogo/shim.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

static bool same_number(const char *what, int got, int wanted)
{
    if (wanted != 0 && got != wanted)
        (void)fprintf(stderr, "%s is 0x%04x, not 0x%04x\n", what, (unsigned)got, (unsigned)wanted);
    return wanted == 0 || got == wanted;
}

static bool same_text(const char *what, const char *got, const char *wanted)
{
    bool same = strcmp(got ? got : "", wanted ? wanted : "") == 0;
    if (!same)
        (void)fprintf(stderr, "%s is \"%s\", not \"%s\"\n", what, got ? got : "", wanted ? wanted : "");
    return same;
}

static bool same_truth(const char *what, bool got, bool wanted)
{
    if (got != wanted)
        (void)fprintf(stderr, "%s: it is %s\n", what, got ? "so" : "not so");
    return got == wanted;
}

/* The chain that came is that of a PEM file, certificate by certificate. */
static bool same_chain(const lk_connection *connection, const char *path)
{
    FILE *file = fopen(path, "r");
    bool same = file != NULL;
    for (size_t index = 0; same; index++) {
        size_t length = 0;
        const uint8_t *got = lk_connection_peer_certificate(connection, index, &length);
        X509 *wanted = PEM_read_X509(file, NULL, NULL, NULL);
        unsigned char *bytes = NULL;
        int wanted_length = wanted ? i2d_X509(wanted, &bytes) : 0;
        bool over = !got && !wanted;
        same = over || (got && wanted && (size_t)wanted_length == length && memcmp(got, bytes, length) == 0);
        OPENSSL_free(bytes);
        X509_free(wanted);
        if (over)
            break;
    }
    if (file)
        (void)fclose(file);
    if (!same)
        (void)fprintf(stderr, "the peer's certificates are not those of %s\n", path);
    return same;
}

static bool session_as_expected(const shim_state *shim, const shim_flags *flags, bool resumes,
                                const lk_connection *connection)
{
    bool resumed = lk_connection_resumed(connection);
    if (!same_truth("the session is gone on with", resumed, resumes && !flags->expect_session_miss))
        return false;
    if (flags->server || lk_connection_version(connection) >= LK_VERSION_TLS1_3)
        return true;
    return same_truth("a session came", shim->session_came,
                      !flags->expect_no_session && (!resumed || flags->expect_ticket_renewal));
}

bool shim_meets_expectations(const shim_state *shim, const shim_flags *flags, bool resumes,
                             const lk_connection *connection)
{
    size_t length = 0;
    bool certificate = lk_connection_peer_certificate(connection, 0, &length) != NULL;
    bool demanded = !flags->psk && (!flags->server || flags->require_any_client_certificate);
    const char *name = lk_connection_server_name(connection);
    return same_number("the version", lk_connection_version(connection), flags->expect_version) &&
           same_number("the suite", shim_suite_number(lk_connection_suite(connection)), flags->expect_cipher) &&
           same_number("the group", shim_group_number(lk_connection_group(connection)), flags->expect_curve_id) &&
           same_text("the protocol", lk_connection_alpn(connection),
                     flags->server ? flags->select_alpn : flags->expect_alpn) &&
           (!flags->expect_server_name || same_text("the server's name", name, flags->expect_server_name)) &&
           (!flags->expect_no_server_name || same_truth("the client named a server", name != NULL, false)) &&
           (!flags->expect_peer_cert_file || same_chain(connection, flags->expect_peer_cert_file)) &&
           (!demanded || same_truth("the peer has a certificate", certificate, true)) &&
           (resumes || same_number("the peer's signature", shim->signature, flags->expect_peer_signature_algorithm)) &&
           (!flags->expect_extended_master_secret ||
            same_truth("the master secret is the extended one",
                       shim->extended || lk_connection_version(connection) >= LK_VERSION_TLS1_3, true)) &&
           (!flags->expect_secure_renegotiation ||
            same_truth("the peer knows secure renegotiation",
                       shim->secure || lk_connection_version(connection) >= LK_VERSION_TLS1_3, true)) &&
           (!flags->expect_no_secure_renegotiation ||
            same_truth("the peer knows secure renegotiation", shim->secure, false)) &&
           (!flags->expect_hrr || same_truth("there was a HelloRetryRequest", shim->retried, true)) &&
           (!flags->expect_no_hrr || same_truth("there was a HelloRetryRequest", shim->retried, false)) &&
           session_as_expected(shim, flags, resumes, connection);
}

bool shim_ended_as_expected(const shim_state *shim, const shim_flags *flags, const lk_connection *connection)
{
    bool late = lk_connection_version(connection) >= LK_VERSION_TLS1_3; /* sessions come after the handshake */
    return same_number("the number of handshakes", shim->handshakes, flags->expect_total_renegotiations + 1) &&
           (flags->server || !late ||
            same_truth("a session came", shim->session_came, !flags->expect_no_session && !flags->shim_shuts_down)) &&
           (!flags->expect_msg_callback || same_text("the log of messages", shim->log, flags->expect_msg_callback));
}
