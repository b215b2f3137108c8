/* SPDX-License-Identifier: Apache-2.0 */
/* ServerHelloDone: RFC 5246 section 7.4.5. Its body is empty; the machine checks that nothing is left of it. */
#include "handshake/messages.h"
#include "handshake/stapling.h"

lk_error lk_server_hello_done_compose(lk_handshake *handshake, lk_writer *body)
{
    (void)body;
    lk_handshake_mean(handshake, "server waits for the client");
    return LK_OK;
}

lk_error lk_server_hello_done_parse(lk_handshake *handshake, lk_reader *body)
{
    (void)body;
    lk_handshake_mean(handshake, "server waits for the client");
    return lk_stapling_judge(handshake);
}
