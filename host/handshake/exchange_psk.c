/* SPDX-License-Identifier: Apache-2.0 */
/* Plain PSK, without forward secrecy and without certificates: RFC 4279 section 2. */
#include "handshake/exchange.h"

#include "base/secret.h"

#include <openssl/rand.h>
#include <string.h>

/* ServerKeyExchange: "opaque psk_identity_hint<0..2^16-1>". There is but one key to choose. */
static lk_error parse_server(lk_handshake *handshake, lk_reader *body)
{
    lk_reader hint = lk_reader_vector16(body);
    lk_handshake_mean(handshake, "server's hint which key is meant, %zu bytes", hint.left);
    return body->failed ? LK_ERROR_DECODE : LK_OK;
}

static lk_error compose_client(lk_handshake *handshake, lk_writer *body)
{
    const lk_psk *psk = &handshake->settings->psk;
    lk_writer_vector identity = lk_writer_begin(body, 2);
    lk_writer_bytes(body, psk->identity, psk->identity_length);
    lk_writer_end(body, identity);
    handshake->psk_known = true;
    lk_handshake_mean(handshake, "client names the pre-shared key");
    return LK_OK;
}

/* "if the server wishes to hide the fact that the PSK identity was not known, it MAY continue the protocol as if the
 * PSK identity existed but the key was incorrect". */
static lk_error parse_client(lk_handshake *handshake, lk_reader *body)
{
    const lk_psk *psk = &handshake->settings->psk;
    lk_reader identity = lk_reader_vector16(body);
    if (!lk_reader_finished(body))
        return LK_ERROR_DECODE;
    handshake->psk_known =
        identity.left == psk->identity_length && memcmp(identity.next, psk->identity, psk->identity_length) == 0;
    lk_handshake_mean(handshake, "client names %s", handshake->psk_known ? "the pre-shared key" : "an unknown key");
    return LK_OK;
}

/* "if the PSK is N octets long, concatenate a uint16 with the value N, N zero octets, a second uint16 with the value N,
 * and the PSK itself." */
static lk_error premaster(lk_handshake *handshake, uint8_t *out, size_t *length)
{
    const lk_psk *psk = &handshake->settings->psk;
    lk_writer writer = lk_writer_into(out, LK_PREMASTER_MAX);
    lk_writer_u16(&writer, (uint16_t)psk->length);
    lk_writer_zeros(&writer, psk->length);
    lk_writer_u16(&writer, (uint16_t)psk->length);
    uint8_t *key = lk_writer_reserve(&writer, psk->length);
    *length = writer.length;
    if (!key)
        return LK_ERROR_CRYPTO;
    if (!handshake->psk_known)
        return RAND_bytes(key, (int)psk->length) == 1 ? LK_OK : LK_ERROR_CRYPTO;
    memcpy(key, psk->key, psk->length);
    return LK_OK;
}

const lk_exchange_row lk_exchange_psk = {.exchange = LK_EXCHANGE_PSK,
                                         .parse_server = parse_server,
                                         .compose_client = compose_client,
                                         .parse_client = parse_client,
                                         .premaster = premaster};
