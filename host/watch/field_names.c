/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/field_names.h"

#include "handshake/key_exchange.h"
#include "handshake/signature.h"
#include "suite/suite.h"

#include <stdio.h>

typedef struct number_name {
    uint16_t number;
    const char *name;
} number_name;

/* Those of our own suites, groups and schemes stand in their tables; here are signals, and what peers often name. */
static const number_name suites[] = {
    {0x00ff, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"},
    {0x5600, "TLS_FALLBACK_SCSV"},
    {0x1304, "TLS_AES_128_CCM_SHA256"},
    {0x1305, "TLS_AES_128_CCM_8_SHA256"},
    {0xc09c, "TLS_RSA_WITH_AES_128_CCM"},
    {0xc09d, "TLS_RSA_WITH_AES_256_CCM"},
    {0xc09e, "TLS_DHE_RSA_WITH_AES_128_CCM"},
    {0xc09f, "TLS_DHE_RSA_WITH_AES_256_CCM"},
    {0xc0ac, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM"},
    {0xc0ad, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM"},
    {0xc0ae, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"},
    {0xc0af, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8"},
};

static const number_name groups[] = {
    {19, "secp192r1"},
    {21, "secp224r1"},
    {22, "secp256k1"},
    {26, "brainpoolP256r1"},
    {27, "brainpoolP384r1"},
    {28, "brainpoolP512r1"},
    {30, "x448"},
    {259, "ffdhe6144"},
    {260, "ffdhe8192"},
    {4587, "SecP256r1MLKEM768"},
    {4588, "X25519MLKEM768"},
    {4589, "SecP384r1MLKEM1024"},
    {25497, "X25519Kyber768Draft00"},
};

static const number_name signatures[] = {
    {0x0201, "rsa_pkcs1_sha1"},
    {0x0202, "dsa_sha1"},
    {0x0203, "ecdsa_sha1"},
    {0x0301, "rsa_pkcs1_sha224"},
    {0x0302, "dsa_sha224"},
    {0x0303, "ecdsa_sha224"},
    {0x0402, "dsa_sha256"},
    {0x0502, "dsa_sha384"},
    {0x0602, "dsa_sha512"},

    {0x0808, "ed448"},
    {0x081a, "ecdsa_brainpoolP256r1tls13_sha256"},
    {0x081b, "ecdsa_brainpoolP384r1tls13_sha384"},
    {0x081c, "ecdsa_brainpoolP512r1tls13_sha512"},
};

static const number_name extensions[] = {
    {0, "server_name"},
    {1, "max_fragment_length"},
    {5, "status_request"},
    {10, "supported_groups"},
    {11, "ec_point_formats"},
    {13, "signature_algorithms"},
    {14, "use_srtp"},
    {15, "heartbeat"},
    {16, "alpn"},
    {17, "status_request_v2"},
    {18, "signed_certificate_timestamp"},
    {19, "client_certificate_type"},
    {20, "server_certificate_type"},
    {21, "padding"},
    {22, "encrypt_then_mac"},
    {23, "extended_master_secret"},
    {24, "token_binding"},
    {27, "compress_certificate"},
    {28, "record_size_limit"},
    {34, "delegated_credential"},
    {35, "session_ticket"},
    {41, "pre_shared_key"},
    {42, "early_data"},
    {43, "supported_versions"},
    {44, "cookie"},
    {45, "psk_key_exchange_modes"},
    {47, "certificate_authorities"},
    {48, "oid_filters"},
    {49, "post_handshake_auth"},
    {50, "signature_algorithms_cert"},
    {51, "key_share"},
    {57, "quic_transport_parameters"},
    {13172, "next_protocol_negotiation"},
    {17513, "application_settings"},
    {17613, "application_settings"},
    {0xfe0d, "encrypted_client_hello"},
    {0xff01, "renegotiation_info"},
};

static const number_name certificate_types[] = {
    {1, "rsa_sign"},    {2, "dss_sign"},        {3, "rsa_fixed_dh"},      {4, "dss_fixed_dh"},
    {64, "ecdsa_sign"}, {65, "rsa_fixed_ecdh"}, {66, "ecdsa_fixed_ecdh"},
};

static const char *find(const number_name *names, size_t count, uint16_t number)
{
    for (size_t i = 0; i < count; i++)
        if (names[i].number == number)
            return names[i].name;
    return NULL;
}

#define FIND(names, number) find(names, sizeof(names) / sizeof(names)[0], number)

static const char *name_of(lk_registry registry, uint16_t number)
{
    const lk_suite *suite;
    const lk_group *group;
    const lk_signature_scheme *scheme;
    switch (registry) {
    case LK_REGISTRY_SUITE:
        suite = lk_suite_find(number);
        return suite ? suite->title : FIND(suites, number);
    case LK_REGISTRY_GROUP:
        group = lk_group_find(number);
        return group ? group->title : FIND(groups, number);
    case LK_REGISTRY_SIGNATURE:
        scheme = lk_signature_find(number);
        return scheme ? scheme->title : FIND(signatures, number);
    case LK_REGISTRY_EXTENSION:
        return FIND(extensions, number);
    case LK_REGISTRY_VERSION:
        return lk_version_bit(number) ? lk_version_title(number) : NULL;
    case LK_REGISTRY_CERTIFICATE_TYPE:
        return FIND(certificate_types, number);
    }
    return NULL;
}

/* RFC 8701 section 2: 0x0a0a, 0x1a1a, ..., 0xfafa. */
bool lk_number_is_grease(uint16_t number)
{
    return (number & 0x0f0f) == 0x0a0a && number >> 8 == (number & 0xff);
}

const char *lk_number_name(lk_registry registry, uint16_t number, char text[LK_NUMBER_NAME_MAX])
{
    const char *name = name_of(registry, number);
    if (name)
        (void)snprintf(text, LK_NUMBER_NAME_MAX, "%s", name);
    else
        (void)snprintf(text, LK_NUMBER_NAME_MAX, "%s0x%04x", lk_number_is_grease(number) ? "GREASE " : "", number);
    return text;
}
