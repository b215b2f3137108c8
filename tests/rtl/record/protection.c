/* SPDX-License-Identifier: Apache-2.0 */
#include "rtl/record/protection.h"

#include "protocol/protocol.h"

enum { CIPHER_BITS = 32 };

size_t session_find_protections(engine_port *port, const lk_engine *software,
                                session_protection protections[SESSION_PROTECTIONS_MAX])
{
    uint32_t ciphers = (uint32_t)engine_port_fact(port, LK_FACT_CIPHERS);
    uint32_t versions = (uint32_t)engine_port_fact(port, LK_FACT_VERSIONS);
    size_t count = 0;
    for (uint16_t version = LK_SSL3; version <= LK_TLS1_3; version++) {
        for (uint8_t id = 0; id < CIPHER_BITS; id++) {
            const lk_cipher *cipher = lk_cipher_find(id);
            if (!cipher || !(ciphers >> id & 1) || !(versions & lk_version_bit(version)) ||
                !lk_cipher_allows(cipher, version) || !lk_engine_supports(software, version, cipher)) {
                continue;
            }
            bool both_orders = cipher->kind == LK_KIND_CBC && version != LK_SSL3;
            for (int order = 0; order <= both_orders && count < SESSION_PROTECTIONS_MAX; order++) {
                protections[count++] = (session_protection){version, id, order == 1};
            }
        }
    }
    return count;
}

lk_direction_parameters session_protected(lk_direction_kind kind, session_protection protection, uint8_t seed)
{
    lk_direction_parameters parameters = {.kind = kind,
                                          .version = protection.version,
                                          .cipher = lk_cipher_find(protection.cipher),
                                          .encrypt_then_mac = protection.encrypt_then_mac};
    for (size_t i = 0; i < parameters.cipher->key_length; i++) {
        parameters.key[i] = (uint8_t)(seed + 17 * i + 1);
    }
    for (size_t i = 0; i < lk_record_iv_length(protection.version, parameters.cipher); i++) {
        parameters.iv[i] = (uint8_t)(seed * 3 + 29 * i + 7);
    }
    for (size_t i = 0; i < parameters.cipher->mac_key_length; i++) {
        parameters.mac_key[i] = (uint8_t)(seed * 5 + 31 * i + 3);
    }
    return parameters;
}

static size_t explicit_iv(const lk_direction_parameters *parameters)
{
    return lk_record_explicit_nonce_length(parameters->version, parameters->cipher);
}

size_t session_payload_iv(const lk_direction_parameters *parameters)
{
    return parameters->cipher->kind == LK_KIND_CBC ? explicit_iv(parameters) : 0;
}

bool session_is_chained(const lk_direction_parameters *parameters)
{
    return parameters->cipher->kind == LK_KIND_CBC && explicit_iv(parameters) == 0;
}
