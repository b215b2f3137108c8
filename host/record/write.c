/* SPDX-License-Identifier: Apache-2.0 */
/* The writing side: fragments become records in the output queue, sealed in order by the engine. */
#include "base/secret.h"
#include "base/writer.h"
#include "record/layer.h"

#include <openssl/rand.h>

#include <stdlib.h>
#include <string.h>

enum {
    /* A key update is wanted that many records before the limit: time enough for it, and for an alert, under the old
       key. */
    UPDATE_MARGIN = 1 << 16,
    AES_BLOCK_LENGTH = 16
};

static lk_write_entry *entry_at(lk_write_side *side, size_t index)
{
    return &side->entries[(side->first + index) % LK_RECORDS_IN_WORK];
}

/*
 * RFC 8446 section 5.5: "For AES-GCM, up to 2^24.5 full-size records (about 24 million) may be encrypted on a given
 * connection while keeping a safety margin". "For ChaCha20/Poly1305, the record sequence number would wrap before the
 * safety limit is reached." The bound is the cipher's, so TLS 1.2 keeps it too. That of 3DES is the block's. 0: none.
 */
static uint32_t key_limit(const lk_cipher *cipher)
{
    if (cipher->kind == LK_KIND_CBC && cipher->block_length < AES_BLOCK_LENGTH)
        return LK_RECORD_LIMIT_3DES;
    if (lk_cipher_is_ccm(cipher))
        return LK_RECORD_LIMIT_CCM;
    return cipher->kind == LK_KIND_AEAD && cipher->block_length == AES_BLOCK_LENGTH ? LK_RECORD_LIMIT_GCM : 0;
}

static void limit_key(const lk_record_layer *layer, lk_direction_parameters *parameters)
{
    uint32_t most = key_limit(parameters->cipher);
    bool set = layer->hard_limit != 0;
    parameters->limited = set || most != 0;
    parameters->hard_limit = set ? layer->hard_limit : most;
    parameters->soft_limit = set ? layer->soft_limit : most - UPDATE_MARGIN;
}

/* Submits what waits, as many records of one key at a time as there are. Stops at ENGINE_BUSY; progress comes back
 * here. */
static lk_error write_submit(lk_write_side *side)
{
    while (side->submitted < side->count) {
        lk_operation *batch[LK_RECORDS_IN_WORK];
        lk_direction *direction = entry_at(side, side->submitted)->direction;
        size_t count = 0;
        while (side->submitted + count < side->count) {
            lk_write_entry *entry = entry_at(side, side->submitted + count);
            if (entry->direction != direction)
                break;
            batch[count++] = &entry->operation;
        }
        size_t accepted = count;
        lk_error error = direction ? lk_direction_submit(direction, batch, count, &accepted) : LK_OK;
        side->submitted += accepted;
        if (error == LK_ERROR_ENGINE_BUSY || (error == LK_OK && accepted < count))
            return LK_OK;
        if (error != LK_OK)
            return error;
    }
    return LK_OK;
}

/* Records in work keep the old key until they are made. One that already closes a key was written before the old key
 * was set: then the old one has no record. */
static void write_retire(lk_write_side *side)
{
    lk_write_entry *last = side->count > 0 ? entry_at(side, side->count - 1) : NULL;
    if (last && !last->closes)
        last->closes = side->direction;
    else
        lk_direction_close(side->direction);
}

lk_error lk_record_layer_set_write(lk_record_layer *layer, const lk_direction_parameters *parameters)
{
    lk_write_side *side = &layer->write;
    if (parameters->kind != LK_SEAL)
        return LK_ERROR_INVALID_ARGUMENT;
    /* A key is replaced behind what was submitted; what the engine had no room for yet needs the old one longer. */
    bool waits = side->error != LK_OK || write_submit(side) != LK_OK || side->submitted < side->count;
    lk_direction *direction = waits ? NULL : side->direction;
    lk_direction_parameters own = *parameters;
    limit_key(layer, &own);
    lk_error error = lk_record_layer_renew(layer, &own, &direction);
    side->limit = own.limited ? own.hard_limit : UINT64_MAX;
    lk_secret_wipe(&own, sizeof own);
    if (error != LK_OK)
        return error;
    if (direction != side->direction)
        write_retire(side);
    side->direction = direction;
    side->version = parameters->version;
    side->cipher = parameters->cipher;
    side->encrypt_then_mac = parameters->encrypt_then_mac;
    side->sequence = parameters->first_sequence;
    side->near_limit = false;
    side->epoch++;
    return LK_OK;
}

bool lk_record_layer_wants_update(const lk_record_layer *layer)
{
    const lk_write_side *side = &layer->write;
    return side->direction && (side->near_limit || side->sequence >= UINT64_MAX - UPDATE_MARGIN);
}

bool lk_record_layer_sealing(const lk_record_layer *layer)
{
    return layer->write.count > 0 && layer->write.error == LK_OK;
}

static void write_finish_first(lk_record_layer *layer)
{
    lk_write_side *side = &layer->write;
    lk_write_entry *entry = entry_at(side, 0);
    entry->fact.status = entry->operation.status;
    entry->fact.engine = entry->direction ? entry->operation.engine : NULL;
    entry->fact.slot = entry->direction ? entry->operation.slot : -1;
    if (entry->direction && entry->fact.epoch == side->epoch)
        side->near_limit |= entry->operation.near_limit;
    if (entry->operation.status == LK_OK)
        entry->chunk->ready = entry->end;
    else if (side->error == LK_OK)
        side->error = entry->operation.status;
    lk_direction_close(entry->closes);
    entry->closes = NULL;
    side->first = (side->first + 1) % LK_RECORDS_IN_WORK;
    side->count--;
    side->submitted--;
    lk_record_layer_observe(layer, &entry->fact);
}

lk_error lk_write_side_collect(lk_record_layer *layer)
{
    lk_write_side *side = &layer->write;
    lk_error refused = side->error == LK_OK ? write_submit(side) : LK_OK;
    while (side->submitted > 0 && side->error == LK_OK && entry_at(side, 0)->operation.state == LK_OPERATION_DONE)
        write_finish_first(layer);
    if (side->error == LK_OK)
        side->error = refused;
    return side->error;
}

static size_t write_chunks_max(const lk_record_layer *layer, uint8_t type)
{
    return type != LK_CONTENT_APPLICATION_DATA ? LK_CHUNKS_MAX : layer->immediate ? 1 : 2;
}

static lk_error write_no_room(const lk_record_layer *layer)
{
    const lk_wire_output *output = &layer->write.output;
    if (output->chunks == 0)
        return LK_ERROR_NO_MEMORY;
    bool nothing_ready = output->first->ready == output->first->sent;
    return nothing_ready && layer->write.count > 0 ? LK_ERROR_WANT_ENGINE : LK_ERROR_WANT_WRITE;
}

static void write_plain(lk_write_entry *entry, const uint8_t *data, size_t length)
{
    lk_operation *operation = &entry->operation;
    lk_writer writer = lk_writer_into(operation->output, operation->output_capacity);
    lk_writer_u8(&writer, operation->content_type);
    lk_writer_u16(&writer, entry->fact.wire_version);
    lk_writer_u16(&writer, (uint16_t)length);
    lk_writer_bytes(&writer, data, length);
    operation->state = LK_OPERATION_DONE;
    operation->status = LK_OK;
    operation->output_length = writer.length;
}

/* An engine that takes its time reads from a copy of ours, so that the caller has its buffer back at once. */
static lk_error write_keep_plaintext(lk_record_layer *layer, lk_operation *operation, size_t index)
{
    lk_write_side *side = &layer->write;
    if (layer->immediate)
        return LK_OK;
    if (!side->plaintext)
        side->plaintext = malloc((size_t)LK_RECORDS_IN_WORK * LK_RECORD_PLAINTEXT_MAX);
    if (!side->plaintext)
        return LK_ERROR_NO_MEMORY;
    uint8_t *copy = side->plaintext + index * LK_RECORD_PLAINTEXT_MAX;
    memcpy(copy, operation->input, operation->input_length);
    operation->input = copy;
    return LK_OK;
}

static void write_fill_entry(const lk_record_layer *layer, lk_write_entry *entry, uint8_t type, bool protect,
                             size_t length)
{
    const lk_write_side *side = &layer->write;
    bool inner = protect && side->version == LK_TLS1_3;
    uint64_t sequence = protect || !side->direction ? side->sequence : 0;
    *entry = (lk_write_entry){.direction = protect ? side->direction : NULL,
                              .operation = {.input_length = length, .sequence = sequence, .content_type = type}};
    entry->fact = (lk_record_fact){.sent = true,
                                   .outer_type = inner ? LK_CONTENT_APPLICATION_DATA : type,
                                   .type = type,
                                   .wire_version = !protect ? layer->hello_version
                                                   : inner  ? LK_TLS1_2 /* RFC 8446 section 5.2 */
                                                            : side->version,
                                   .sequence = sequence,
                                   .length = length,
                                   .epoch = protect ? side->epoch : 0};
}

/*
 * The IV of a CBC record from TLS 1.1 on (RFC 5246 section 6.2.3.2: "chosen at random, and MUST be unpredictable"). It
 * is drawn here, once, and kept with the operation: whichever engine makes the record, the bytes are the same (P4).
 */
static lk_error write_draw_iv(const lk_write_side *side, lk_operation *operation)
{
    if (side->cipher->kind != LK_KIND_CBC)
        return LK_OK;
    size_t length = lk_record_explicit_nonce_length(side->version, side->cipher);
    return length == 0 || RAND_bytes(operation->iv, (int)length) == 1 ? LK_OK : LK_ERROR_CRYPTO;
}

/* The most that one record takes now. */
static size_t write_fragment_max(const lk_record_layer *layer)
{
    bool limited = layer->write.direction || layer->limits.unprotected;
    return limited ? layer->limits.write : LK_RECORD_PLAINTEXT_MAX;
}

/*
 * RFC 8446 section 5.4: "the full encoded TLSInnerPlaintext MUST NOT exceed 2^14 + 1 octets. If the maximum fragment
 * length is reduced [...] then the reduced limit applies to the full plaintext, including the content type and
 * padding."
 */
static size_t write_padding(const lk_record_layer *layer, uint8_t type, size_t length)
{
    size_t most = write_fragment_max(layer);
    if (!layer->padding || layer->write.version != LK_TLS1_3 || length >= most)
        return 0;
    size_t wanted = layer->padding(layer->padding_context, type, length, most - length);
    return wanted < most - length ? wanted : most - length;
}

/* Puts one record into the queue; it is submitted later, with its neighbours. */
static lk_error write_enqueue(lk_record_layer *layer, uint8_t type, bool protect, const uint8_t *data, size_t length)
{
    lk_write_side *side = &layer->write;
    if (side->count == LK_RECORDS_IN_WORK)
        return LK_ERROR_WANT_ENGINE;
    if (protect && side->sequence >= side->limit)
        return LK_ERROR_SEQUENCE_EXHAUSTED;
    size_t padding = protect ? write_padding(layer, type, length) : 0;
    size_t wire_length = protect
                             ? lk_record_length(side->version, side->cipher, side->encrypt_then_mac, length, padding)
                             : LK_RECORD_HEADER_LENGTH + length;
    lk_wire_chunk *chunk;
    uint8_t *room = lk_wire_output_reserve(&side->output, wire_length, write_chunks_max(layer, type), &chunk);
    if (!room)
        return write_no_room(layer);

    lk_write_entry *entry = entry_at(side, side->count);
    write_fill_entry(layer, entry, type, protect, length);
    entry->chunk = chunk;
    entry->end = chunk->reserved;
    entry->operation.input = data;
    entry->operation.padding = (uint16_t)padding;
    entry->operation.output = room;
    entry->operation.output_capacity = wire_length;
    entry->fact.wire_length = wire_length;
    if (!protect) {
        write_plain(entry, data, length);
    } else {
        size_t index = (side->first + side->count) % LK_RECORDS_IN_WORK;
        side->error = write_draw_iv(side, &entry->operation);
        if (side->error == LK_OK)
            side->error = write_keep_plaintext(layer, &entry->operation, index);
        if (side->error != LK_OK)
            return side->error;
    }
    side->count++;
    if (protect || !side->direction)
        side->sequence++;
    return LK_OK;
}

/* How many records that many bytes make. */
static size_t write_records(const lk_record_layer *layer, size_t length)
{
    size_t most = write_fragment_max(layer);
    return (length + most - 1) / most;
}

/* What must be taken whole may not run out of room half-way. */
static lk_error write_check_whole(const lk_record_layer *layer, size_t length)
{
    if (length > LK_RECORD_WRITE_WHOLE_MAX)
        return LK_ERROR_INVALID_ARGUMENT;
    size_t records = write_records(layer, length);
    if (records > LK_RECORDS_IN_WORK - layer->write.count)
        return LK_ERROR_WANT_ENGINE;
    if (layer->write.direction && records > layer->write.limit - layer->write.sequence)
        return LK_ERROR_SEQUENCE_EXHAUSTED;
    if (!lk_wire_output_fits(&layer->write.output, records, LK_CHUNKS_MAX))
        return write_no_room(layer);
    return LK_OK;
}

/*
 * Up to TLS 1.0 the IV of a CBC record has been on the wire before, so who chooses what an application sends could try
 * plaintexts against an earlier block (BEAST). A first record of one byte, which MAC and padding fill up to blocks that
 * nobody can foresee, makes the next IV unknown when the rest was chosen already.
 */
static bool write_splits(const lk_write_side *side, uint8_t type)
{
    return type == LK_CONTENT_APPLICATION_DATA && side->cipher->kind == LK_KIND_CBC && side->version < LK_TLS1_1;
}

/* The byte and what follows it are taken together or not at all. */
static lk_error write_check_split(const lk_record_layer *layer)
{
    if (layer->write.count + 2 > LK_RECORDS_IN_WORK)
        return LK_ERROR_WANT_ENGINE;
    size_t chunks = write_chunks_max(layer, LK_CONTENT_APPLICATION_DATA);
    return lk_wire_output_fits(&layer->write.output, 2, chunks) ? LK_OK : write_no_room(layer);
}

/* Puts the next record of what is left into the queue; *fragment is what it takes. */
static lk_error write_next(lk_record_layer *layer, uint8_t type, bool protect, const uint8_t *data, size_t left,
                           bool first, size_t *fragment)
{
    bool split = first && left > 1 && protect && write_splits(&layer->write, type);
    size_t most = write_fragment_max(layer);
    *fragment = split ? 1 : left < most ? left : most;
    lk_error error = split ? write_check_split(layer) : LK_OK;
    return error == LK_OK ? write_enqueue(layer, type, protect, data, *fragment) : error;
}

static lk_error write_all(lk_record_layer *layer, uint8_t type, bool protect, const uint8_t *data, size_t length,
                          size_t *taken)
{
    while (*taken < length) {
        lk_error stopped = LK_OK;
        while (*taken < length && stopped == LK_OK) {
            size_t fragment;
            stopped = write_next(layer, type, protect, data + *taken, length - *taken, *taken == 0, &fragment);
            if (stopped == LK_OK)
                *taken += fragment;
        }
        size_t before = layer->write.count;
        lk_error error = lk_write_side_collect(layer);
        if (error != LK_OK)
            return error;
        if (layer->immediate && layer->write.count > 0) /* against its word: it may not keep the caller's buffer */
            return layer->write.error = LK_ERROR_ENGINE_BUSY;
        bool full = stopped == LK_ERROR_WANT_ENGINE && layer->write.count < before; /* and now there is room again */
        if (stopped != LK_OK && !full)
            return stopped;
    }
    return LK_OK;
}

lk_error lk_record_layer_write(lk_record_layer *layer, uint8_t type, const uint8_t *data, size_t length, size_t *taken)
{
    lk_write_side *side = &layer->write;
    *taken = 0;
    if (side->error != LK_OK)
        return side->error;
    bool application = type == LK_CONTENT_APPLICATION_DATA;
    bool never = type == LK_CONTENT_CHANGE_CIPHER_SPEC && side->version == LK_TLS1_3;
    bool protect = side->direction && !never;
    if (application && !protect)
        return LK_ERROR_WRONG_STATE;
    bool by_parts =
        application || (length <= LK_RECORD_WRITE_WHOLE_MAX && write_records(layer, length) > LK_RECORDS_IN_WORK);
    lk_error error = by_parts ? LK_OK : write_check_whole(layer, length);
    if (error == LK_OK)
        error = write_all(layer, type, protect, data, length, taken);
    return *taken > 0 ? side->error : error; /* what stopped it short is told when it is all there is to tell */
}

/* A flight leaves as one: its first messages wait until the engine has made the last. */
static bool write_holds_back(const lk_write_side *side)
{
    for (size_t i = 0; i < side->count && side->error == LK_OK; i++)
        if (side->entries[(side->first + i) % LK_RECORDS_IN_WORK].fact.type == LK_CONTENT_HANDSHAKE)
            return true;
    return false;
}

const uint8_t *lk_record_layer_output(lk_record_layer *layer, size_t *length)
{
    *length = 0;
    if (write_holds_back(&layer->write))
        return NULL;
    return lk_wire_output_ready(&layer->write.output, length);
}

void lk_record_layer_sent(lk_record_layer *layer, size_t length)
{
    lk_wire_output_sent(&layer->write.output, length);
}

static void drop_plaintext(lk_write_side *side)
{
    if (side->plaintext)
        lk_secret_wipe(side->plaintext, (size_t)LK_RECORDS_IN_WORK * LK_RECORD_PLAINTEXT_MAX);
    free(side->plaintext);
    side->plaintext = NULL;
}

void lk_write_side_release(lk_write_side *side)
{
    if (side->count > 0)
        return;
    drop_plaintext(side);
    lk_wire_output_release(&side->output);
}

void lk_write_side_free(lk_write_side *side)
{
    /* Directions first: what is in work points into the memory. */
    for (size_t i = 0; i < side->count; i++)
        lk_direction_close(entry_at(side, i)->closes);
    lk_direction_close(side->direction);
    drop_plaintext(side);
    lk_wire_output_free(&side->output);
}
