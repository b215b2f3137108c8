/* SPDX-License-Identifier: Apache-2.0 */
#include "connection/again.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS_MAX = 100000 };

loopback *again_pair(lk_renegotiation policy)
{
    loopback *pair = loopback_new("EC");
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        cr_assert_eq(lk_config_set_versions(pair->side[role].config, LK_VERSION_TLS1_2, LK_VERSION_TLS1_2), LK_OK);
        cr_assert_eq(lk_config_set_renegotiation(pair->side[role].config, policy), LK_OK);
    }
    return pair;
}

/* Reads all there is. @return whether there was anything. */
static bool read_all(loopback_side *side, again_data *data)
{
    size_t before = data->length;
    for (;;) {
        size_t got = 0;
        side->result =
            lk_connection_read(side->connection, data->bytes + data->length, sizeof data->bytes - data->length, &got);
        if (side->result != LK_OK)
            return data->length > before;
        data->length += got;
    }
}

void again_pump(loopback *pair, again_data *client, again_data *server)
{
    bool moving = true;
    for (int round = 0; moving; round++) {
        cr_assert_lt(round, ROUNDS_MAX, "the connection never comes to rest");
        moving = read_all(&pair->side[LK_CLIENT], client);
        moving |= read_all(&pair->side[LK_SERVER], server);
        /* before: what the engine finishes now is looked at in the next round */
        moving |= lk_connection_wants_engine(pair->side[LK_CLIENT].connection) ||
                  lk_connection_wants_engine(pair->side[LK_SERVER].connection);
        moving |= loopback_move(pair);
    }
}

static unsigned lines_in(const char *text)
{
    unsigned count = 0;
    for (; *text; text++)
        count += *text == '\n';
    return count;
}

void again_renegotiate(loopback *pair, lk_role who)
{
    again_data *data = calloc(2, sizeof *data);
    cr_assert_not_null(data);
    unsigned before = lines_in(pair->side[LK_CLIENT].key_log);
    lk_error error = lk_connection_renegotiate(pair->side[who].connection);
    cr_assert(error == LK_OK || error == LK_ERROR_WANT_READ || error == LK_ERROR_WANT_WRITE ||
                  error == LK_ERROR_WANT_ENGINE,
              "%s", lk_error_name(error));
    again_pump(pair, &data[LK_CLIENT], &data[LK_SERVER]);
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        cr_assert_eq(pair->side[role].result, LK_ERROR_WANT_READ, "%s",
                     lk_connection_diagnosis(pair->side[role].connection));
        cr_assert_not(lk_connection_renegotiating(pair->side[role].connection));
        cr_assert_eq(data[role].length, 0);
    }
    cr_assert_eq(lines_in(pair->side[LK_CLIENT].key_log), before + 1, "there are no new keys");
    cr_assert_str_eq(pair->side[LK_CLIENT].key_log, pair->side[LK_SERVER].key_log, "the sides have other secrets");
    free(data);
}

void again_talk(loopback *pair)
{
    loopback_transfer(pair, LK_CLIENT, (const uint8_t *)"hello", 5);
    loopback_transfer(pair, LK_SERVER, (const uint8_t *)"world", 5);
}
