/* SPDX-License-Identifier: Apache-2.0 */
/* What the runner asks of the shim on its command line. */
#ifndef LK_TESTS_BOGO_FLAGS_H
#define LK_TESTS_BOGO_FLAGS_H

#include <stdbool.h>
#include <stddef.h>

enum { SHIM_LIST_MAX = 16 };

typedef struct shim_list {
    int values[SHIM_LIST_MAX];
    size_t count;
} shim_list;

/** One connection's flags; each is named as on the command line. */
typedef struct shim_flags {
    int port, resume_count, min_version, max_version, expect_version, expect_cipher, expect_curve_id, read_size;
    int expect_total_renegotiations, expect_peer_signature_algorithm, export_keying_material;
    bool ipv6, server, async, implicit_handshake, no_op_extra_handshake, handshake_twice;
    bool no_ssl3, no_tls1, no_tls11, no_tls12, no_tls13, no_ticket;
    bool verify_peer, verify_fail, require_any_client_certificate;
    bool shim_writes_first, write_different_record_sizes, read_with_unfinished_write, peek_then_read;
    bool shim_shuts_down, check_close_notify;
    bool decline_alpn, reject_alpn, server_preference, fallback_scsv;
    bool renegotiate_freely;
    bool expect_session_miss, expect_ticket_renewal, expect_no_session, expect_no_server_name;
    bool expect_hrr, expect_no_hrr, expect_extended_master_secret;
    bool expect_secure_renegotiation, expect_no_secure_renegotiation;
    bool use_export_context, use_exporter_between_reads, tls_unique;
    const char *shim_id, *cert_file, *key_file, *host_name, *expect_server_name, *cipher, *psk, *psk_identity;
    const char *advertise_alpn, *select_alpn, *expect_alpn;
    const char *expect_msg_callback, *expect_peer_cert_file, *export_label, *export_context;
    shim_list curves, signing_prefs, verify_prefs;
} shim_flags;

/** Flags of the first connection, and of those that go on with its session. */
typedef struct shim_command {
    bool asks_for_handshaker; /* -is-handshaker-supported: the answer is no */
    shim_flags initial, resumed;
} shim_command;

/** Takes in the command line. @return NULL, or the first flag that this shim does not implement. */
const char *shim_flags_parse(shim_command *command, int count, char **arguments);

#endif
