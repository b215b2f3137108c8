/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of the wire become records here, which the record layer opens, and what is in them becomes events. */
#include "base/secret.h"
#include "handshake/alert.h"
#include "watch/inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOTE_MAX = 256 };

void lk_watch_tell(const lk_watch_side *side, lk_event event)
{
    event.sent = side->sender == LK_CLIENT;
    side->watch->observer(side->watch->context, &event);
}

void lk_watch_note(const lk_watch_side *side, const char *format, ...)
{
    char text[NOTE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    lk_watch_tell(side, (lk_event){.kind = LK_EVENT_NOTE, .slot = -1, .meaning = text});
}

static void observe(void *context, const lk_record_fact *fact)
{
    const lk_watch_side *side = context;
    lk_watch_tell(side, (lk_event){.kind = LK_EVENT_RECORD,
                                   .outer_type = fact->outer_type,
                                   .content_type = fact->type,
                                   .wire_version = fact->wire_version,
                                   .sequence = fact->sequence,
                                   .epoch = fact->epoch,
                                   .wire_length = fact->wire_length,
                                   .length = fact->length,
                                   .slot = -1,
                                   .meaning = fact->status ? lk_error_sentence(fact->status) : NULL});
}

/* Making and freeing */

static lk_error side_open(lk_watch *watch, lk_role sender)
{
    lk_watch_side *side = &watch->sides[sender];
    *side = (lk_watch_side){.watch = watch, .sender = sender};
    side->record = malloc(LK_RECORD_OVERLONG_MAX);
    lk_error error = lk_record_layer_new(watch->engine, observe, side, &side->layer);
    if (!error && !side->record)
        error = LK_ERROR_NO_MEMORY;
    return error ? error : lk_record_layer_accept_overlong(side->layer);
}

static void side_close(lk_watch_side *side)
{
    lk_record_layer_free(side->layer);
    lk_secret_wipe(side->secret, sizeof side->secret);
    free(side->record);
    free(side->messages);
}

lk_error lk_watch_new(lk_watch_keys *keys, lk_observer *observer, void *context, lk_watch **watch)
{
    lk_watch *made = calloc(1, sizeof *made);
    *watch = NULL;
    if (!made)
        return LK_ERROR_NO_MEMORY;
    made->keys = keys;
    made->observer = observer;
    made->context = context;
    lk_error error = lk_engine_software_new(&made->engine);
    for (lk_role sender = LK_CLIENT; !error && sender <= LK_SERVER; sender++)
        error = side_open(made, sender);
    if (error)
        lk_watch_free(made);
    else
        *watch = made;
    return error;
}

void lk_watch_free(lk_watch *watch)
{
    if (!watch)
        return;
    for (lk_role sender = LK_CLIENT; sender <= LK_SERVER; sender++)
        side_close(&watch->sides[sender]);
    lk_engine_free(watch->engine);
    free(watch);
}

/* What records hold */

static void give_up(lk_watch_side *side, lk_watch_state state)
{
    side->state = state;
    side->messages_length = 0;
}

/* Takes in a piece of messages. */
static bool collect(lk_watch_side *side, const lk_fragment *fragment)
{
    size_t needed = side->messages_length + fragment->length;
    if (needed > side->messages_capacity) {
        uint8_t *larger = realloc(side->messages, needed);
        if (!larger)
            return false;
        side->messages = larger;
        side->messages_capacity = needed;
    }
    memcpy(side->messages + side->messages_length, fragment->data, fragment->length);
    side->messages_length = needed;
    return true;
}

/* Takes out the messages that are whole. */
static void take_messages(lk_watch_side *side)
{
    size_t taken = 0;
    while (side->state == LK_WATCH_READS) {
        lk_reader reader = lk_reader_over(side->messages + taken, side->messages_length - taken);
        uint8_t type = lk_reader_u8(&reader);
        lk_reader body = lk_reader_vector24(&reader);
        if (side->messages_length - taken >= LK_MESSAGE_HEADER && reader.failed) {
            lk_reader head = lk_reader_over(side->messages + taken + 1, LK_MESSAGE_HEADER - 1);
            size_t length = lk_reader_u24(&head);
            if (length > LK_MESSAGE_MAX) {
                lk_watch_note(side, "a message of %zu bytes is announced: longer than any that is read here", length);
                give_up(side, LK_WATCH_BLIND);
            }
        }
        if (reader.failed)
            break;
        taken += LK_MESSAGE_HEADER + body.left;
        lk_watch_message(side, type, body);
    }
    if (taken > side->messages_length) /* given up meanwhile */
        return;
    side->messages_length -= taken;
    memmove(side->messages, side->messages + taken, side->messages_length);
}

static const char *alert_meaning(const lk_watch_side *side, lk_alert alert)
{
    if (alert.description == LK_ALERT_CLOSE_NOTIFY)
        return side->sender == LK_CLIENT ? "the client has said everything" : "the server has said everything";
    return lk_alert_sentence(alert.description);
}

static void take_alert(lk_watch_side *side, const lk_fragment *fragment)
{
    lk_alert alert = {0};
    lk_error error = lk_alert_parse(fragment->data, fragment->length, side->watch->version, &alert);
    if (error)
        lk_watch_note(side, "an alert that is none: %s", lk_error_sentence(error));
    else
        lk_watch_tell(side, (lk_event){.kind = LK_EVENT_ALERT,
                                       .fatal = alert.fatal,
                                       .type = alert.description,
                                       .name = lk_alert_name(alert.description),
                                       .slot = -1,
                                       .meaning = alert_meaning(side, alert)});
}

static void take_fragment(lk_watch_side *side, const lk_fragment *fragment)
{
    uint8_t type = fragment->type;
    bool memory = type != LK_CONTENT_HANDSHAKE || collect(side, fragment);
    if (type == LK_CONTENT_ALERT)
        take_alert(side, fragment);
    /* Keys change when nothing of the record is held any more. */
    lk_record_layer_release(side->layer);
    if (!memory) {
        lk_watch_note(side, "%s", lk_error_sentence(LK_ERROR_NO_MEMORY));
        give_up(side, LK_WATCH_OVER);
    } else if (type == LK_CONTENT_HANDSHAKE) {
        take_messages(side);
    } else if (type == LK_CONTENT_CHANGE_CIPHER_SPEC && side->watch->version != 0 && side->watch->version < LK_TLS1_3) {
        lk_watch_keys_classic(side);
    }
}

/* Records */

static void tell_blind(lk_watch_side *side, const lk_record_header *header)
{
    /* A change_cipher_spec of TLS 1.3 has no key, and no number. */
    bool clear = side->watch->version == LK_TLS1_3 && header->type == LK_CONTENT_CHANGE_CIPHER_SPEC;
    lk_watch_tell(side, (lk_event){.kind = LK_EVENT_RECORD,
                                   .outer_type = header->type,
                                   .content_type = header->type,
                                   .wire_version = header->version,
                                   .sequence = clear ? 0 : side->blind_sequence++,
                                   .epoch = clear ? 0 : side->epoch,
                                   .wire_length = LK_RECORD_HEADER_LENGTH + (size_t)header->length,
                                   .length = clear ? header->length : 0,
                                   .slot = -1,
                                   .meaning = clear ? NULL : "encrypted, and not opened"});
}

/* The record layer stopped: from here on it reads no more. */
static void stop_reading(lk_watch_side *side, lk_error error)
{
    if (error == LK_ERROR_BAD_RECORD_MAC)
        lk_watch_note(side, "the key log's secret does not open this record, or somebody has altered it");
    lk_watch_note(side, "what follows in this direction is not opened: %s", lk_error_sentence(error));
    give_up(side, LK_WATCH_BLIND);
}

static void read_record(lk_watch_side *side)
{
    size_t given = 0;
    lk_error error = LK_ERROR_WANT_READ;
    while (side->state == LK_WATCH_READS && error == LK_ERROR_WANT_READ && given < side->record_length) {
        lk_fragment fragment = {0};
        size_t room = 0, step = side->record_length - given;
        uint8_t *input = lk_record_layer_input(side->layer, &room);
        step = step < room ? step : room;
        if (step == 0)
            break;
        memcpy(input, side->record + given, step);
        lk_record_layer_received(side->layer, step);
        given += step;
        while ((error = lk_record_layer_read(side->layer, &fragment)) == LK_OK)
            take_fragment(side, &fragment);
    }
    if (side->state == LK_WATCH_READS && error != LK_ERROR_WANT_READ)
        stop_reading(side, error);
}

static bool is_known(uint8_t type)
{
    return type >= LK_CONTENT_CHANGE_CIPHER_SPEC && type <= LK_CONTENT_APPLICATION_DATA;
}

/* RFC 5246 appendix E.2: two bytes of length with the highest bit set, message type 1, and the version. */
static bool is_old_hello(const uint8_t *bytes)
{
    return bytes[0] & 0x80 && bytes[2] == 1 && (bytes[3] == 3 || (bytes[3] == 0 && bytes[4] == 2));
}

/* The header of a record is there: false ends the reading of this side. */
static bool check_header(lk_watch_side *side, const lk_record_header *header)
{
    if (is_known(header->type) && header->version >> 8 == 3)
        return true;
    if (side->epoch == 0 && is_old_hello(side->record))
        lk_watch_note(side, "a hello in the form of SSL 2.0, which is not read");
    else
        lk_watch_note(side, "this is not TLS, or not the beginning of a record: nothing more of this side is read");
    give_up(side, LK_WATCH_OVER);
    return false;
}

static void take_record(lk_watch_side *side, const lk_record_header *header)
{
    if (side->state == LK_WATCH_READS)
        read_record(side);
    else if (side->state == LK_WATCH_BLIND)
        tell_blind(side, header);
}

/* Copies what is still wanted of so many bytes in all. Returns how many it took. */
static size_t fill(lk_watch_side *side, size_t wanted, const uint8_t *bytes, size_t length)
{
    size_t step = wanted - side->record_length;
    step = step < length ? step : length;
    memcpy(side->record + side->record_length, bytes, step);
    side->record_length += step;
    return step;
}

void lk_watch_bytes(lk_watch *watch, lk_role sender, const uint8_t *bytes, size_t length)
{
    lk_watch_side *side = &watch->sides[sender];
    while (length > 0 && side->state != LK_WATCH_OVER) {
        size_t step = 0;
        if (side->record_length < LK_RECORD_HEADER_LENGTH)
            step = fill(side, LK_RECORD_HEADER_LENGTH, bytes, length);
        bytes += step;
        length -= step;
        if (side->record_length < LK_RECORD_HEADER_LENGTH)
            return;
        lk_reader reader = lk_reader_over(side->record, LK_RECORD_HEADER_LENGTH);
        lk_record_header header = lk_record_header_read(&reader);
        if (!check_header(side, &header))
            return;
        size_t whole = LK_RECORD_HEADER_LENGTH + (size_t)header.length;
        step = fill(side, whole, bytes, length);
        bytes += step;
        length -= step;
        if (side->record_length < whole)
            return;
        take_record(side, &header);
        side->record_length = 0;
    }
}

void lk_watch_gap(lk_watch *watch, lk_role sender, uint64_t length)
{
    lk_watch_side *side = &watch->sides[sender];
    if (side->state == LK_WATCH_OVER)
        return;
    lk_watch_note(side, "%llu bytes of this side are missing in the capture: nothing more of it is read",
                  (unsigned long long)length);
    give_up(side, LK_WATCH_OVER);
}

void lk_watch_end(lk_watch *watch, lk_role sender)
{
    lk_watch_side *side = &watch->sides[sender];
    if (side->state == LK_WATCH_OVER)
        return;
    if (side->record_length > 0)
        lk_watch_note(side, "this side ends within a record, after %zu bytes of it", side->record_length);
    else if (side->messages_length > 0)
        lk_watch_note(side, "this side ends within a message, after %zu bytes of it", side->messages_length);
    give_up(side, LK_WATCH_OVER);
}
