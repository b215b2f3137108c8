/* SPDX-License-Identifier: Apache-2.0 */
/* What a row of the table of extensions is; the functions of the rows stand in the files named extension_*.c. */
#ifndef LK_HANDSHAKE_EXTENSION_ROWS_H
#define LK_HANDSHAKE_EXTENSION_ROWS_H

#include "handshake/extensions.h"

/** True when this side sends the extension at that place, which the row allows. */
typedef bool lk_extension_wanted(const lk_handshake *handshake, lk_place place);
typedef void lk_extension_compose(lk_handshake *handshake, lk_place place, lk_writer *content);
/** Reads the content. What it leaves over is a DECODE error. */
typedef lk_error lk_extension_parse(lk_handshake *handshake, lk_place place, lk_reader *content);

/* Names and agreements: extension_names.c. */
lk_extension_wanted lk_server_name_wanted, lk_alpn_wanted, lk_extended_master_secret_wanted,
    lk_renegotiation_info_wanted;
lk_extension_compose lk_server_name_compose, lk_alpn_compose, lk_extended_master_secret_compose,
    lk_renegotiation_info_compose;
lk_extension_parse lk_server_name_parse, lk_alpn_parse, lk_extended_master_secret_parse, lk_renegotiation_info_parse;

/* Versions, groups, shares, signatures and their authorities: extension_keys.c. */
lk_extension_wanted lk_supported_versions_wanted, lk_supported_groups_wanted, lk_ec_point_formats_wanted,
    lk_signature_algorithms_wanted, lk_certificate_authorities_wanted, lk_key_share_wanted, lk_cookie_wanted;
lk_extension_compose lk_supported_versions_compose, lk_supported_groups_compose, lk_ec_point_formats_compose,
    lk_signature_algorithms_compose, lk_certificate_authorities_compose, lk_key_share_compose, lk_cookie_compose;
lk_extension_parse lk_supported_versions_parse, lk_supported_groups_parse, lk_ec_point_formats_parse,
    lk_signature_algorithms_parse, lk_certificate_authorities_parse, lk_key_share_parse, lk_cookie_parse;

/* How records are protected: extension_records.c. */
lk_extension_wanted lk_encrypt_then_mac_wanted, lk_max_fragment_length_wanted, lk_record_size_limit_wanted;
lk_extension_compose lk_encrypt_then_mac_compose, lk_max_fragment_length_compose, lk_record_size_limit_compose;
lk_extension_parse lk_encrypt_then_mac_parse, lk_max_fragment_length_parse, lk_record_size_limit_parse;

/* OCSP: stapling.c. */
lk_extension_wanted lk_status_request_wanted;
lk_extension_compose lk_status_request_compose;
lk_extension_parse lk_status_request_parse;

/* Sessions: extension_sessions.c. */
lk_extension_wanted lk_session_ticket_wanted, lk_early_data_wanted, lk_psk_key_exchange_modes_wanted,
    lk_pre_shared_key_wanted;
lk_extension_compose lk_session_ticket_compose, lk_early_data_compose, lk_psk_key_exchange_modes_compose,
    lk_pre_shared_key_compose;
lk_extension_parse lk_session_ticket_parse, lk_early_data_parse, lk_psk_key_exchange_modes_parse,
    lk_pre_shared_key_parse;

/* Authentication of the client after the handshake: post_handshake.c. */
lk_extension_wanted lk_post_handshake_auth_wanted;
lk_extension_compose lk_post_handshake_auth_compose;
lk_extension_parse lk_post_handshake_auth_parse;

#endif
