/* SPDX-License-Identifier: Apache-2.0 */
/* ClientKeyExchange, up to TLS 1.2: RFC 5246 section 7.4.7. What it holds is in exchange_*.c. */
#include "handshake/exchange.h"
#include "handshake/messages.h"

lk_error lk_client_key_exchange_compose(lk_handshake *handshake, lk_writer *body)
{
    return lk_exchange_of(handshake)->compose_client(handshake, body);
}

lk_error lk_client_key_exchange_parse(lk_handshake *handshake, lk_reader *body)
{
    return lk_exchange_of(handshake)->parse_client(handshake, body);
}
