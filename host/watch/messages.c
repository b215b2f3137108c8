/* SPDX-License-Identifier: Apache-2.0 */
/* What the messages of a connection that is watched say of the records that follow. */
#include "handshake/messages.h"
#include "handshake/extensions.h"
#include "watch/field_names.h"
#include "watch/fields.h"
#include "watch/inside.h"

#include <stdio.h>
#include <string.h>

static void tell_field(void *context, const char *name, const char *text)
{
    lk_watch_tell(context, (lk_event){.kind = LK_EVENT_FIELD, .name = name, .slot = -1, .meaning = text});
}

/* A client begins, perhaps anew. */
static void client_hello(lk_watch *watch, lk_reader body)
{
    lk_reader content;
    (void)lk_reader_u16(&body);
    const uint8_t *random = lk_reader_bytes(&body, LK_RANDOM_LENGTH);
    (void)lk_reader_vector8(&body);
    lk_reader suites = lk_reader_vector16(&body);
    (void)lk_reader_vector8(&body);
    if (body.failed)
        return;
    memcpy(watch->client_random, random, LK_RANDOM_LENGTH);
    watch->greeted = true;
    lk_reader block = body.left > 0 ? lk_reader_vector16(&body) : body;
    (void)snprintf(watch->meaning, sizeof watch->meaning, "client offers %zu suites", suites.left / 2);
    watch->early_data = watch->version == 0 && lk_extensions_find(block, LK_EXTENSION_EARLY_DATA, &content);
    if (watch->early_data)
        lk_record_layer_skip_early_data(watch->sides[LK_CLIENT].layer);
}

static void agree(lk_watch *watch, lk_reader block, uint16_t legacy_version)
{
    lk_reader content;
    uint16_t version = legacy_version;
    char name[LK_NUMBER_NAME_MAX];
    if (lk_extensions_find(block, LK_EXTENSION_SUPPORTED_VERSIONS, &content) && content.left == 2)
        version = lk_reader_u16(&content);
    watch->version = version;
    watch->encrypt_then_mac = lk_extensions_find(block, LK_EXTENSION_ENCRYPT_THEN_MAC, &content);
    watch->suite = lk_suite_find(watch->suite_number);
    if (watch->suite && !lk_suite_allows(watch->suite, version))
        watch->suite = NULL;
    (void)snprintf(watch->meaning, sizeof watch->meaning, "server picks %s, %s", lk_version_title(version),
                   lk_number_name(LK_REGISTRY_SUITE, watch->suite_number, name));
    for (lk_role sender = LK_CLIENT; sender <= LK_SERVER; sender++)
        lk_record_layer_set_version(watch->sides[sender].layer, version, version);
}

static void server_hello(lk_watch *watch, lk_reader body)
{
    bool retry = lk_hello_retry_request_is(body);
    uint16_t version = lk_reader_u16(&body);
    const uint8_t *random = lk_reader_bytes(&body, LK_RANDOM_LENGTH);
    (void)lk_reader_vector8(&body);
    uint16_t suite = lk_reader_u16(&body);
    (void)lk_reader_u8(&body);
    if (body.failed)
        return;
    if (retry) {
        (void)snprintf(watch->meaning, sizeof watch->meaning, "server asks for another client_hello");
        return;
    }
    memcpy(watch->server_random, random, LK_RANDOM_LENGTH);
    watch->suite_number = suite;
    agree(watch, body.left > 0 ? lk_reader_vector16(&body) : body, version);
}

/* What the message means, where a few words say more than its name. */
static const char *meaning_of(uint8_t type)
{
    static const struct {
        uint8_t type;
        const char *meaning;
    } meanings[] = {{LK_HELLO_REQUEST, "server asks for renegotiation"},
                    {LK_NEW_SESSION_TICKET, "server gives a ticket for a later session"},
                    {LK_CERTIFICATE_REQUEST, "server asks for a certificate of the client"},
                    {LK_SERVER_HELLO_DONE, "server waits for the client"},
                    {LK_CERTIFICATE_VERIFY, "the sender proves its key"},
                    {LK_FINISHED, "the sender confirms all that was said"},
                    {LK_KEY_UPDATE, "the sender changes its key"}};
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (meanings[i].type == type)
            return meanings[i].meaning;
    return "";
}

/* The change of key that follows in TLS 1.3. */
static void change_key(lk_watch_side *side, uint8_t type)
{
    lk_watch *watch = side->watch;
    if (watch->version != LK_TLS1_3)
        return;
    if (type == LK_SERVER_HELLO && !side->protected)
        lk_watch_keys_handshake(watch);
    else if (type == LK_FINISHED && side->epoch == 1)
        lk_watch_keys_application(side);
    else if (type == LK_KEY_UPDATE && side->epoch > 1)
        lk_watch_keys_next(side);
}

void lk_watch_message(lk_watch_side *side, uint8_t type, lk_reader body)
{
    lk_watch *watch = side->watch;
    const char *name = lk_fields_message_name(type, body);
    (void)snprintf(watch->meaning, sizeof watch->meaning, "%s", meaning_of(type));
    if (type == LK_CLIENT_HELLO && side->sender == LK_CLIENT)
        client_hello(watch, body);
    else if (type == LK_SERVER_HELLO && side->sender == LK_SERVER)
        server_hello(watch, body);
    lk_watch_tell(side, (lk_event){.kind = LK_EVENT_MESSAGE,
                                   .type = type,
                                   .name = name,
                                   .length = body.left,
                                   .slot = -1,
                                   .meaning = watch->meaning});
    lk_fields_tell((lk_field_context){.version = watch->version, .suite = watch->suite}, type, body, tell_field, side);
    change_key(side, type);
}
