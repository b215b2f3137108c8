/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions about how records are protected: encrypt_then_mac. */
#include "handshake/extension_rows.h"

/* encrypt_then_mac, RFC 7366: both hellos have it, empty; it is about CBC alone */

static bool offers_cbc(const lk_handshake *handshake)
{
    for (size_t i = 0; i < handshake->suite_count; i++)
        if (handshake->suites[i]->cipher->kind == LK_KIND_CBC)
            return true;
    return false;
}

bool lk_encrypt_then_mac_wanted(const lk_handshake *handshake, lk_place place)
{
    if (place == LK_IN_CLIENT_HELLO)
        return offers_cbc(handshake);
    /* Section 2: a server that "selects a stream or Authenticated Encryption with Associated Data (AEAD) ciphersuite
     * [...] MUST NOT send an encrypt-then-MAC response extension back to the client". */
    return handshake->offer.encrypt_then_mac && handshake->suite->cipher->kind == LK_KIND_CBC;
}

void lk_encrypt_then_mac_compose(lk_handshake *handshake, lk_place place, lk_writer *content)
{
    (void)content;
    if (place != LK_IN_CLIENT_HELLO)
        handshake->encrypt_then_mac = true;
}

lk_error lk_encrypt_then_mac_parse(lk_handshake *handshake, lk_place place, lk_reader *content)
{
    (void)content;
    if (place == LK_IN_CLIENT_HELLO) {
        handshake->offer.encrypt_then_mac = true;
        return LK_OK;
    }
    if (handshake->suite->cipher->kind != LK_KIND_CBC)
        return LK_ERROR_ILLEGAL_PARAMETER;
    handshake->encrypt_then_mac = true;
    return LK_OK;
}
