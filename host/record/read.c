/* SPDX-License-Identifier: Apache-2.0 */
/* The reading side: bytes of the wire become fragments, opened in order by the engine. */
#include "base/secret.h"
#include "record/header.h"
#include "record/layer.h"

#include <stdlib.h>

enum { EARLY_DATA_MAX = 16384 }; /* bytes of records that are skipped */
enum { EMPTY_RECORDS_MAX = 32 }; /* in a row: a peer that sends more does so to waste our time */

static lk_read_entry *entry_at(lk_read_side *side, size_t index)
{
    return &side->entries[(side->first + index) % LK_RECORDS_IN_WORK];
}

/* Forgets what was opened ahead: its bytes are still in the input buffer, and are parsed again. */
static void read_rewind(lk_read_side *side)
{
    if (side->count > 0)
        side->input.parsed = entry_at(side, 0)->start;
    side->count = side->submitted = 0;
    side->malformed = LK_OK;
}

lk_error lk_record_layer_set_read(lk_record_layer *layer, const lk_direction_parameters *parameters)
{
    lk_read_side *side = &layer->read;
    if (parameters->kind != LK_OPEN)
        return LK_ERROR_INVALID_ARGUMENT;
    /* RFC 8446 section 5.1: "Handshake messages MUST NOT span key changes. Implementations MUST verify that all
     * messages immediately preceding a key change align with a record boundary". */
    if (side->held)
        return LK_ERROR_UNEXPECTED_MESSAGE;
    lk_direction *direction = side->direction;
    lk_direction_parameters own = *parameters;
    own.overlong = layer->overlong && parameters->cipher->kind != LK_KIND_AEAD;
    lk_error error = lk_record_layer_renew(layer, &own, &direction);
    lk_secret_wipe(&own, sizeof own);
    if (error != LK_OK)
        return error;
    if (direction != side->direction)
        lk_direction_close(side->direction); /* first, so that nothing in work is touched any more */
    read_rewind(side);
    side->direction = direction;
    side->version = parameters->version;
    side->cipher = parameters->cipher;
    side->sequence = parameters->first_sequence;
    side->epoch++;
    side->opened = side->data_last = false;
    return LK_OK;
}

uint8_t *lk_record_layer_input(lk_record_layer *layer, size_t *room)
{
    return lk_wire_input_room(&layer->read.input, layer->read.count == 0, room);
}

/*
 * Whether the next record may be taken into work now. The first always; behind others only while application data
 * flows, because a record of another type may be followed by a change of key. In TLS 1.3 any record may turn out to be
 * of another type: then lk_record_layer_set_read() rewinds.
 */
static bool read_may_take(const lk_record_layer *layer, const lk_record_header *header)
{
    const lk_read_side *side = &layer->read;
    if (side->count == 0)
        return true;
    return !layer->immediate && side->direction && side->data_last && side->count < LK_RECORDS_IN_WORK &&
           header->type == LK_CONTENT_APPLICATION_DATA;
}

/* Makes the entry of a protected record ready to be submitted. */
static lk_error read_prepare(lk_record_layer *layer, lk_read_entry *entry, size_t index, size_t length)
{
    lk_read_side *side = &layer->read;
    lk_operation *operation = &entry->operation;
    operation->input = side->input.memory + entry->start;
    operation->input_length = length;
    operation->sequence = side->sequence;
    if (layer->immediate) { /* in place */
        size_t ahead = LK_RECORD_HEADER_LENGTH + lk_record_explicit_nonce_length(side->version, side->cipher);
        if (length < ahead)
            return LK_ERROR_RECORD_TOO_SHORT;
        operation->output = side->input.memory + entry->start + ahead;
        operation->output_capacity = length - ahead;
        return LK_OK;
    }
    /* Not in place: a record opened ahead with a key that turns out to be the wrong one must still be there. */
    if (!side->plaintext)
        side->plaintext = malloc((size_t)LK_RECORDS_IN_WORK * LK_RECORD_CBC_MAX);
    if (!side->plaintext)
        return LK_ERROR_NO_MEMORY;
    operation->output = side->plaintext + index * LK_RECORD_CBC_MAX;
    operation->output_capacity = LK_RECORD_CBC_MAX;
    return LK_OK;
}

static void read_plain(lk_read_side *side, lk_read_entry *entry, const lk_record_header *header)
{
    entry->operation.output = side->input.memory + entry->start + LK_RECORD_HEADER_LENGTH;
    entry->operation.output_length = header->length;
    entry->operation.content_type = header->type;
    entry->operation.state = LK_OPERATION_DONE;
}

static lk_record_rules read_rules(const lk_record_layer *layer)
{
    const lk_read_side *side = &layer->read;
    return (lk_record_rules){.negotiated = side->direction ? side->version : layer->version,
                             .protected = side->direction != NULL,
                             .cbc = side->direction && side->cipher->kind == LK_KIND_CBC,
                             .overlong = layer->overlong && side->direction && side->cipher->kind != LK_KIND_AEAD,
                             .early_data = side->skipped_max > 0,
                             .plain_alert_taken = side->epoch == 1 && !side->opened};
}

/* Takes one more record out of the input buffer. WANT_READ when it is not there, WANT_ENGINE when it must wait its
 * turn. */
static lk_error read_take(lk_record_layer *layer)
{
    lk_read_side *side = &layer->read;
    lk_reader reader = lk_reader_over(side->input.memory + side->input.parsed, side->input.end - side->input.parsed);
    lk_record_header header = lk_record_header_read(&reader);
    if (reader.failed)
        return LK_ERROR_WANT_READ;
    if (!read_may_take(layer, &header))
        return LK_ERROR_WANT_ENGINE;
    lk_record_rules rules = read_rules(layer);
    bool plain;
    lk_error error = lk_record_header_check(&header, &rules, &plain);
    if (error == LK_OK && reader.left < header.length)
        return LK_ERROR_WANT_READ;

    size_t index = (side->first + side->count) % LK_RECORDS_IN_WORK;
    size_t length = LK_RECORD_HEADER_LENGTH + (size_t)header.length;
    lk_read_entry *entry = &side->entries[index];
    *entry = (lk_read_entry){.start = side->input.parsed, .plain = plain};
    bool counted = !plain || !side->direction;
    entry->fact = (lk_record_fact){.outer_type = header.type,
                                   .type = header.type,
                                   .wire_version = header.version,
                                   .sequence = counted ? side->sequence : 0,
                                   .wire_length = length,
                                   .slot = -1,
                                   .epoch = plain ? 0 : side->epoch};
    if (error == LK_OK && !plain)
        error = read_prepare(layer, entry, index, length);
    if (error != LK_OK) {
        entry->fact.status = error;
        return error;
    }
    if (plain)
        read_plain(side, entry, &header);
    side->input.parsed += length;
    side->sequence += counted;
    side->count++;
    return LK_OK;
}

void lk_read_side_submit(lk_record_layer *layer)
{
    lk_read_side *side = &layer->read;
    lk_operation *batch[LK_RECORDS_IN_WORK];
    size_t count = 0;
    /* An unprotected record is taken into work only as the first one, and needs no engine. */
    if (side->submitted == 0 && side->count > 0 && entry_at(side, 0)->plain)
        side->submitted = 1;
    for (size_t i = side->submitted; i < side->count; i++)
        batch[count++] = &entry_at(side, i)->operation;
    if (count == 0 || side->error != LK_OK)
        return;
    size_t accepted;
    lk_error error = lk_direction_submit(side->direction, batch, count, &accepted);
    side->submitted += accepted;
    if (error == LK_OK || error == LK_ERROR_ENGINE_BUSY)
        return;
    /* The engine took no more: what it did take is told first, in its turn. */
    lk_operation *refused = accepted < count ? batch[accepted] : NULL;
    if (refused) {
        refused->status = error;
        refused->state = LK_OPERATION_DONE;
        side->submitted++;
    }
}

bool lk_read_side_opening(const lk_read_side *side)
{
    for (size_t i = 0; i < side->count; i++)
        if (side->entries[(side->first + i) % LK_RECORDS_IN_WORK].operation.state != LK_OPERATION_DONE)
            return side->error == LK_OK;
    return false;
}

/* Takes as many records into work as may be; remembers what is wrong with the first that cannot. */
static lk_error read_fill(lk_record_layer *layer)
{
    lk_read_side *side = &layer->read;
    if (side->malformed != LK_OK || !side->input.memory)
        return side->malformed != LK_OK ? side->malformed : LK_ERROR_WANT_READ;
    lk_error error = LK_OK;
    while (error == LK_OK)
        error = read_take(layer);
    if (error != LK_ERROR_WANT_READ && error != LK_ERROR_WANT_ENGINE)
        side->malformed = error;
    lk_read_side_submit(layer);
    return error;
}

void lk_record_layer_received(lk_record_layer *layer, size_t length)
{
    lk_read_side *side = &layer->read;
    lk_wire_input_received(&side->input, length);
    if (!layer->immediate && side->count > 0 && side->error == LK_OK)
        (void)read_fill(layer); /* keeps the engine busy; what is wrong is remembered, and told in its turn */
}

/*
 * RFC 8446 section 5: a CCS that is anything but "a single byte value 0x01", and one that is protected, are answered
 * with "unexpected_message". Section 5.1: "Implementations MUST NOT send zero-length fragments of Handshake types";
 * section 5.4: such a Handshake or Alert record is "unexpected_message" as well. RFC 5246 section 6.2.1 says the same
 * of TLS 1.2.
 */
static lk_error read_check_content(const lk_read_side *side, const lk_read_entry *entry)
{
    const lk_operation *operation = &entry->operation;
    bool data = operation->content_type == LK_CONTENT_APPLICATION_DATA;
    if (operation->output_length == 0 && (!data || side->no_data))
        return LK_ERROR_UNEXPECTED_MESSAGE;
    if (!side->direction || side->version != LK_TLS1_3)
        return LK_OK;
    if (operation->content_type == LK_CONTENT_CHANGE_CIPHER_SPEC)
        return entry->plain && operation->output_length == 1 && operation->output[0] == 1 ? LK_OK
                                                                                          : LK_ERROR_UNEXPECTED_MESSAGE;
    bool known = data || operation->content_type == LK_CONTENT_HANDSHAKE || operation->content_type == LK_CONTENT_ALERT;
    return known ? LK_OK : LK_ERROR_UNEXPECTED_MESSAGE;
}

/* What was agreed on may be less than what the engine knows as the most. */
static lk_error read_check_limit(const lk_record_layer *layer, const lk_read_entry *entry)
{
    const lk_read_side *side = &layer->read;
    const lk_record_limits *limits = &layer->limits;
    size_t length = entry->operation.output_length, most = limits->read;
    if (entry->plain && !limits->unprotected)
        return LK_OK;
    if (!entry->plain && side->version == LK_TLS1_3) { /* the type and the padding count */
        length = entry->fact.wire_length - LK_RECORD_HEADER_LENGTH - side->cipher->tag_length;
        most++;
    }
    return length <= most ? LK_OK : LK_ERROR_RECORD_OVERFLOW;
}

static lk_error read_judge(lk_record_layer *layer, const lk_read_entry *entry)
{
    lk_read_side *side = &layer->read;
    const lk_operation *operation = &entry->operation;
    if (operation->status != LK_OK)
        return operation->status;
    lk_error error = read_check_limit(layer, entry);
    if (error == LK_OK)
        error = read_check_content(side, entry);
    if (error != LK_OK)
        return error;
    side->empty = operation->output_length == 0 ? side->empty + 1 : 0;
    return side->empty > EMPTY_RECORDS_MAX ? LK_ERROR_TOO_MANY_EMPTY : LK_OK;
}

static void read_drop_first(lk_read_side *side)
{
    side->first = (side->first + 1) % LK_RECORDS_IN_WORK;
    side->count--;
    side->submitted--;
    side->held = false;
}

/* The first entry is done: what it says is told to the observer. */
static lk_error read_finish_first(lk_record_layer *layer)
{
    lk_read_side *side = &layer->read;
    lk_read_entry *entry = entry_at(side, 0);
    lk_error error = read_judge(layer, entry);
    entry->fact.status = error;
    if (!entry->plain) {
        entry->fact.engine = entry->operation.engine;
        entry->fact.slot = entry->operation.slot;
        side->opened |= entry->operation.status == LK_OK;
    }
    if (entry->operation.status == LK_OK) {
        entry->fact.type = entry->operation.content_type;
        entry->fact.length = entry->operation.output_length;
    }
    if (entry->fact.type != LK_CONTENT_CHANGE_CIPHER_SPEC)
        side->skipped_max = 0; /* "the start of the client's second flight" */
    side->data_last = error == LK_OK && entry->fact.type == LK_CONTENT_APPLICATION_DATA;
    lk_record_layer_observe(layer, &entry->fact);
    return error;
}

/* Early data, or what may be it: before the first key in the clear, then what does not open. */
static bool read_skips(const lk_read_side *side, const lk_read_entry *entry)
{
    lk_error status = entry->operation.status;
    if (side->skipped_max == 0)
        return false;
    if (entry->plain)
        return entry->fact.type == LK_CONTENT_APPLICATION_DATA;
    return status == LK_ERROR_BAD_RECORD_MAC || status == LK_ERROR_RECORD_TOO_SHORT;
}

static lk_error read_skip_first(lk_record_layer *layer)
{
    lk_read_side *side = &layer->read;
    lk_read_entry *entry = entry_at(side, 0);
    lk_error status = entry->plain ? LK_ERROR_UNEXPECTED_MESSAGE : entry->operation.status;
    bool too_much = entry->fact.wire_length > side->skipped_max;
    side->skipped_max -= too_much ? 0 : entry->fact.wire_length;
    entry->fact.status = status;
    lk_record_layer_observe(layer, &entry->fact);
    side->sequence--; /* the key has not opened it */
    read_drop_first(side);
    return too_much ? status : LK_OK;
}

/* Nothing is in work: the record that comes next is missing, or malformed. */
static lk_error read_stop(lk_record_layer *layer, lk_error reason)
{
    lk_read_side *side = &layer->read;
    if (reason == LK_ERROR_WANT_READ)
        return reason;
    lk_record_layer_observe(layer, &side->entries[side->first].fact);
    return side->error = reason;
}

lk_error lk_record_layer_read(lk_record_layer *layer, lk_fragment *fragment)
{
    lk_read_side *side = &layer->read;
    if (side->error != LK_OK)
        return side->error;
    if (side->held)
        return LK_ERROR_WRONG_STATE;
    for (;;) {
        lk_error reason = read_fill(layer);
        if (side->count == 0)
            return read_stop(layer, reason);
        lk_read_entry *entry = entry_at(side, 0);
        if (entry->operation.state != LK_OPERATION_DONE)
            return LK_ERROR_WANT_ENGINE;
        bool skipped = read_skips(side, entry);
        side->error = skipped ? read_skip_first(layer) : read_finish_first(layer);
        if (side->error != LK_OK)
            return side->error;
        if (skipped)
            continue;
        if (entry->operation.output_length > 0) {
            side->held = true;
            *fragment = (lk_fragment){.type = entry->operation.content_type,
                                      .data = entry->operation.output,
                                      .length = entry->operation.output_length};
            return LK_OK;
        }
        read_drop_first(side);
    }
}

void lk_record_layer_skip_early_data(lk_record_layer *layer)
{
    layer->read.skipped_max = EARLY_DATA_MAX;
}

void lk_record_layer_expect_data(lk_record_layer *layer, bool expected)
{
    layer->read.no_data = !expected;
}

void lk_record_layer_release(lk_record_layer *layer)
{
    if (layer->read.held)
        read_drop_first(&layer->read);
}

static void drop_plaintext(lk_read_side *side)
{
    if (side->plaintext)
        lk_secret_wipe(side->plaintext, (size_t)LK_RECORDS_IN_WORK * LK_RECORD_CBC_MAX);
    free(side->plaintext);
    side->plaintext = NULL;
}

void lk_read_side_release(lk_read_side *side)
{
    if (side->count > 0)
        return;
    drop_plaintext(side);
    lk_wire_input_release(&side->input);
}

void lk_read_side_free(lk_read_side *side)
{
    lk_direction_close(side->direction); /* first: what is in work points into the memory */
    drop_plaintext(side);
    lk_wire_input_free(&side->input);
}
