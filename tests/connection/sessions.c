/* SPDX-License-Identifier: Apache-2.0 */
#include "connection/sessions.h"

#include <criterion/criterion.h>
#include <string.h>

static void keep(void *context, const lk_connection *connection, const uint8_t *session, size_t length)
{
    kept_session *kept = context;
    cr_assert_not_null(connection);
    kept->forgotten += session == NULL;
    if (!session)
        return;
    cr_assert_leq(length, sizeof kept->bytes);
    memcpy(kept->bytes, session, length);
    kept->length = length;
    kept->count++;
}

lk_config *sessions_config(loopback *pair, lk_role role)
{
    return pair->side[role].config;
}

loopback *sessions_pair(uint16_t version, kept_session *kept)
{
    loopback *pair = loopback_new("EC");
    memset(kept, 0, sizeof *kept);
    cr_assert_eq(lk_config_set_versions(sessions_config(pair, LK_CLIENT), version, version), LK_OK);
    lk_config_set_session_keeper(sessions_config(pair, LK_CLIENT), keep, kept);
    return pair;
}

void sessions_hang_up(loopback *pair)
{
    for (lk_role role = LK_CLIENT; role <= LK_SERVER; role++) {
        lk_connection_free(pair->side[role].connection);
        pair->side[role].connection = NULL;
        pair->side[role].records = 0;
        pair->side[role].key_log[0] = '\0';
        pair->side[role].alerts[0] = '\0';
    }
}

void sessions_talk(loopback *pair)
{
    loopback_transfer(pair, LK_CLIENT, (const uint8_t *)"hello", 5);
    loopback_transfer(pair, LK_SERVER, (const uint8_t *)"world", 5);
}

bool sessions_resumed(const loopback *pair)
{
    bool client = lk_connection_resumed(pair->side[LK_CLIENT].connection);
    cr_assert_eq(client, lk_connection_resumed(pair->side[LK_SERVER].connection));
    return client;
}

void sessions_establish_first(loopback *pair, const kept_session *kept)
{
    loopback_establish(pair);
    sessions_talk(pair);
    cr_assert_not(sessions_resumed(pair));
    cr_assert_eq(kept->count, 1);
    sessions_hang_up(pair);
}

void sessions_offer(loopback *pair, const kept_session *kept, const char *host)
{
    loopback_connect(pair, host);
    cr_assert_eq(lk_connection_resume(pair->side[LK_CLIENT].connection, kept->bytes, kept->length), LK_OK);
}

void sessions_establish_again(loopback *pair, const kept_session *kept, bool expected)
{
    sessions_offer(pair, kept, "localhost");
    loopback_establish(pair);
    sessions_talk(pair);
    cr_assert_eq(sessions_resumed(pair), expected);
    cr_assert_str_eq(pair->side[LK_CLIENT].key_log, pair->side[LK_SERVER].key_log, "the sides have other secrets");
}
