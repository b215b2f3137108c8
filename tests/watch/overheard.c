/* SPDX-License-Identifier: Apache-2.0 */
#include "watch/overheard.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void listen_in(void *context, const lk_connection *connection, bool sent, const uint8_t *bytes, size_t length)
{
    overheard *heard = context;
    (void)connection;
    cr_assert_leq(heard->length + length, OVERHEARD_MAX);
    cr_assert_lt(heard->count, OVERHEARD_PIECES);
    memcpy(heard->bytes + heard->length, bytes, length);
    heard->length += length;
    heard->pieces[heard->count].sender = sent ? LK_CLIENT : LK_SERVER;
    heard->pieces[heard->count++].length = length;
}

overheard *overheard_new(loopback *pair)
{
    overheard *heard = calloc(1, sizeof *heard);
    cr_assert_not_null(heard);
    lk_config_set_wire_tap(pair->side[LK_CLIENT].config, listen_in, heard);
    return heard;
}

void overheard_free(overheard *heard)
{
    free(heard);
}

void overheard_again(overheard *heard)
{
    heard->length = heard->count = 0;
}

static const char *kind_of(const lk_event *event)
{
    static const char *const kinds[] = {
        [LK_EVENT_RECORD] = "record", [LK_EVENT_MESSAGE] = "message", [LK_EVENT_ALERT] = "alert",
        [LK_EVENT_KEYS] = "keys",     [LK_EVENT_ENGINE] = "engine",   [LK_EVENT_FIELD] = "field",
        [LK_EVENT_NOTE] = "note"};
    return kinds[event->kind];
}

void overheard_observe(void *context, const lk_event *event)
{
    overheard *heard = context;
    size_t room = sizeof heard->told - heard->told_length;
    int length = snprintf(heard->told + heard->told_length, room, "%s %s %s%s%s\n", event->sent ? "client" : "server",
                          kind_of(event), event->name ? event->name : "", event->name ? ": " : "",
                          event->meaning ? event->meaning : "");
    cr_assert_lt((size_t)length, room);
    heard->told_length += (size_t)length;
    heard->notes += event->kind == LK_EVENT_NOTE;
    heard->records += event->kind == LK_EVENT_RECORD;
    if (event->kind == LK_EVENT_RECORD && event->content_type == 23)
        heard->data[event->sent ? LK_CLIENT : LK_SERVER] += event->length;
}

void overheard_tell(overheard *heard, const char *key_log, size_t chunk)
{
    lk_watch_keys *keys = NULL;
    lk_watch *watch = NULL;
    const uint8_t *next = heard->bytes;
    heard->told_length = heard->data[LK_CLIENT] = heard->data[LK_SERVER] = heard->notes = heard->records = 0;
    cr_assert_eq(lk_watch_keys_new(&keys), LK_OK);
    if (key_log)
        cr_assert_eq(lk_watch_keys_add(keys, key_log, strlen(key_log)), LK_OK);
    cr_assert_eq(lk_watch_new(keys, overheard_observe, heard, &watch), LK_OK);
    for (size_t i = 0; i < heard->count; i++)
        for (size_t left = heard->pieces[i].length; left > 0;) {
            size_t step = chunk > 0 && chunk < left ? chunk : left;
            lk_watch_bytes(watch, heard->pieces[i].sender, next, step);
            next += step;
            left -= step;
        }
    lk_watch_end(watch, LK_CLIENT);
    lk_watch_end(watch, LK_SERVER);
    lk_watch_free(watch);
    lk_watch_keys_free(keys);
}

void overheard_assert(const overheard *heard, const char *part)
{
    cr_assert_not_null(strstr(heard->told, part), "'%s' was not told:\n%s", part, heard->told);
}

void overheard_assert_not(const overheard *heard, const char *part)
{
    cr_assert_null(strstr(heard->told, part), "'%s' was told:\n%s", part, heard->told);
}
