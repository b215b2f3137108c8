/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

#include "fork.h"
#include "protocol/command.h"

#include <stdlib.h>
#include <string.h>

enum {
    LOAD_MAC_KEY_MAX = 32, /* what SLOT_LOAD has room for */
    SLOT_ROWS = 3          /* of commands on their way: SLOT_LOAD, one SLOT_REPLACE, SLOT_DELETE */
};

static lk_slot_engine *engine_of(const lk_slot *slot)
{
    return (lk_slot_engine *)slot->base.engine;
}

/* Commands of one slot, in order. */

static void queue_append(lk_slot *slot, lk_pending *pending)
{
    pending->next = NULL;
    if (slot->last)
        slot->last->next = pending;
    else
        slot->first = pending;
    slot->last = pending;
}

/* Takes the first away and gives its row back. */
static void queue_drop(lk_slot_engine *engine, lk_slot *slot)
{
    lk_pending *pending = slot->first;
    slot->first = pending->next;
    if (!slot->first)
        slot->last = NULL;
    if (pending->opcode == LK_OPCODE_SEAL || pending->opcode == LK_OPCODE_OPEN)
        engine->records_pending--;
    engine->bytes_pending -= pending->bytes;
    lk_pending_give(&engine->pendings, pending);
}

/* What the host refused itself is finished when all before it are. */
static void finish_local(lk_slot_engine *engine, lk_slot *slot)
{
    while (slot->first && slot->first->local) {
        if (slot->first->operation)
            lk_operation_fail(slot, slot->first->operation, slot->first->status);
        queue_drop(engine, slot);
    }
}

/* What the loss of the link is to those above; OK while there is none. */
static lk_error loss_of(const lk_slot_engine *engine)
{
    switch (engine->link.lost) {
    case LK_OK:
    case LK_ERROR_DEVICE_HUNG:
    case LK_ERROR_DEVICE_INHERITED:
    case LK_ERROR_DEVICE_PROTOCOL:
    case LK_ERROR_DEVICE_STALLED:
    case LK_ERROR_NO_MEMORY:
        return engine->link.lost;
    default:
        return LK_ERROR_DEVICE_LOST;
    }
}

/* After a loss nothing comes any more: finishes all there is, once. @return why the link is lost, or OK. */
static lk_error engine_settle(lk_slot_engine *engine)
{
    bool inherited = engine->process != lk_fork_number();
    if (inherited && !engine->link.lost)
        engine->link.lost = LK_ERROR_DEVICE_INHERITED; /* and nothing that the parent shares is touched */
    if (!engine->link.lost)
        return LK_OK;
    if (!engine->settled && !inherited)
        lk_health_lose(engine->health, engine->link.transport, loss_of(engine));
    for (size_t i = 0; !engine->settled && i < engine->slot_count; i++) {
        lk_slot *slot = &engine->slots[i];
        while (slot->first) {
            if (slot->first->operation)
                lk_operation_fail(slot, slot->first->operation, loss_of(engine));
            queue_drop(engine, slot);
        }
        if (slot->state == LK_SLOT_CLOSING)
            slot->state = LK_SLOT_FREE;
    }
    engine->settled = true;
    return loss_of(engine);
}

/* Completions */

static lk_error engine_expect(void *context, const lk_completion *completion)
{
    lk_slot_engine *engine = context;
    lk_pending *pending = lk_pending_find(&engine->pendings, completion->tag);
    if (!pending || pending->local || completion->slot >= engine->slot_count)
        return LK_ERROR_DEVICE_PROTOCOL;
    const lk_slot *slot = &engine->slots[completion->slot];
    if (slot->first != pending || slot->generation != completion->generation || pending->opcode != completion->opcode ||
        completion->status == LK_STATUS_FRAMING)
        return LK_ERROR_DEVICE_PROTOCOL;
    if (completion->status == LK_STATUS_OK &&
        (completion->length < pending->length_min || completion->length > pending->length_max))
        return LK_ERROR_DEVICE_PROTOCOL;
    engine->expected = pending;
    return LK_OK;
}

static lk_error engine_deliver(void *context, const lk_completion *completion, const uint8_t *payload)
{
    lk_slot_engine *engine = context;
    lk_slot *slot = &engine->slots[completion->slot];
    lk_pending *pending = engine->expected;
    bool record = pending->opcode == LK_OPCODE_SEAL || pending->opcode == LK_OPCODE_OPEN;
    if (!record && completion->status != LK_STATUS_OK)
        return LK_ERROR_DEVICE_PROTOCOL; /* loads and deletes are asked only where they are possible */
    if (pending->opcode == LK_OPCODE_NOP)
        lk_health_beat(engine->health);
    if (record)
        lk_health_end(engine->health, pending->opcode == LK_OPCODE_SEAL ? LK_SEAL : LK_OPEN, pending->began);
    if (pending->operation) {
        lk_error error = lk_operation_complete(slot, pending->operation, completion, payload);
        if (error)
            return error;
    }
    if (pending->opcode == LK_OPCODE_SLOT_DELETE || pending->opcode == LK_OPCODE_NOP)
        slot->state = LK_SLOT_FREE;
    queue_drop(engine, slot);
    finish_local(engine, slot);
    return LK_OK;
}

/* Directions */

/* Sends a command for a slot that needs no reply but its status. There is always room for it, but for SLOT_REPLACE. */
static lk_error slot_command(lk_slot *slot, uint8_t opcode, const lk_direction_parameters *parameters)
{
    lk_slot_engine *engine = engine_of(slot);
    bool replaces = opcode == LK_OPCODE_SLOT_REPLACE;
    size_t payload = parameters ? LK_LOAD_PAYLOAD_BYTES : 0;
    lk_writer *writer =
        lk_link_command(&engine->link, replaces ? LK_OUTPUT_RECORD : LK_OUTPUT_SLOT, lk_command_size(payload));
    if (!writer)
        return replaces && !engine->link.lost ? LK_ERROR_ENGINE_BUSY : loss_of(engine);
    lk_pending *pending = lk_pending_take(&engine->pendings); /* SLOT_ROWS for each slot, and one for a sign of life */
    pending->opcode = opcode;
    queue_append(slot, pending);
    lk_command command = {.opcode = opcode, .slot = slot->number, .generation = slot->generation, .tag = pending->tag};
    if (replaces)
        lk_command_write_replace(writer, command, parameters);
    else if (parameters)
        lk_command_write_load(writer, command, parameters);
    else
        lk_command_write(writer, &command, NULL);
    lk_link_flush(&engine->link);
    return LK_OK;
}

bool lk_slot_engine_in_use(const lk_slot_engine *engine)
{
    for (size_t i = 0; engine->slots && i < engine->slot_count; i++)
        if (engine->slots[i].state != LK_SLOT_FREE)
            return true;
    return false;
}

size_t lk_slot_engine_taken(const lk_slot_engine *engine)
{
    size_t taken = 0;
    for (size_t i = 0; engine->slots && i < engine->slot_count; i++)
        taken += engine->slots[i].state != LK_SLOT_FREE;
    return taken;
}

static lk_slot *slot_find_free(lk_slot_engine *engine)
{
    if (engine->slot_limit < engine->slot_count && lk_slot_engine_taken(engine) >= engine->slot_limit)
        return NULL;
    for (size_t i = 0; i < engine->slot_count; i++) {
        size_t number = (engine->slot_next + i) % engine->slot_count;
        if (engine->slots[number].state == LK_SLOT_FREE) {
            engine->slot_next = (number + 1) % engine->slot_count;
            return &engine->slots[number];
        }
    }
    return NULL;
}

lk_error lk_slot_engine_check(lk_slot_engine *engine)
{
    return engine_settle(engine);
}

lk_error lk_slot_engine_beat(lk_slot_engine *engine)
{
    lk_error lost = engine_settle(engine);
    lk_slot *slot = lost || engine->link.owed > 0 ? NULL : slot_find_free(engine);
    if (!slot) /* what it owes will show whether it lives */
        return lost;
    slot->state = LK_SLOT_CLOSING; /* nobody may have it, and with it another generation, before the answer is there */
    (void)slot_command(slot, LK_OPCODE_NOP, NULL);
    return engine_settle(engine);
}

/* What SLOT_LOAD can say, of ciphers that a board may have: it may offer more than this driver knows. 3DES and RC4 are
 * software's alone. */
static bool driver_knows(const lk_cipher *cipher)
{
    bool blocks_of_aes = cipher->kind != LK_KIND_CBC || cipher->block_length == LK_IV_MAX;
    return cipher->mac_key_length <= LOAD_MAC_KEY_MAX && cipher->kind != LK_KIND_STREAM && blocks_of_aes;
}

static bool engine_offers(const lk_slot_engine *engine, const lk_direction_parameters *parameters)
{
    const lk_cipher *cipher = parameters->cipher;
    bool combined = parameters->encrypt_then_mac; /* an extension of CBC, which SSL 3.0 does not have */
    return (engine->versions & lk_version_bit(parameters->version)) != 0 && (unsigned)cipher->id < 32 &&
           (engine->ciphers & UINT32_C(1) << cipher->id) != 0 && driver_knows(cipher) &&
           lk_cipher_allows(cipher, parameters->version) &&
           !(combined && (cipher->kind != LK_KIND_CBC || parameters->version == LK_SSL3));
}

static lk_error parameters_check(const lk_slot_engine *engine, const lk_direction_parameters *parameters)
{
    if (!parameters->cipher || (parameters->kind != LK_SEAL && parameters->kind != LK_OPEN))
        return LK_ERROR_INVALID_ARGUMENT;
    return engine_offers(engine, parameters) ? LK_OK : LK_ERROR_ENGINE_UNSUPPORTED;
}

static bool is_limited(const lk_direction_parameters *parameters)
{
    return parameters->kind == LK_SEAL && parameters->limited;
}

static void slot_protect(lk_slot *slot, const lk_direction_parameters *parameters)
{
    slot->kind = parameters->kind;
    slot->version = parameters->version;
    slot->cipher = parameters->cipher;
    slot->encrypt_then_mac = parameters->encrypt_then_mac;
    slot->limited = is_limited(parameters);
}

static lk_error device_open_direction(lk_engine *base, const lk_direction_parameters *parameters,
                                      lk_direction **direction)
{
    lk_slot_engine *engine = (lk_slot_engine *)base;
    lk_error error = parameters_check(engine, parameters);
    if (!error)
        error = engine_settle(engine);
    if (error)
        return error;
    lk_slot *slot = slot_find_free(engine);
    if (!slot) { /* one that was closed may have been erased by now */
        lk_link_progress(&engine->link, 0);
        error = engine_settle(engine);
        slot = error ? NULL : slot_find_free(engine);
    }
    if (!slot)
        return error ? error : LK_ERROR_ENGINE_FULL;
    slot->generation++;
    slot_protect(slot, parameters);
    error = slot_command(slot, LK_OPCODE_SLOT_LOAD, parameters);
    if (!error)
        error = engine_settle(engine);
    if (error)
        return error;
    slot->state = LK_SLOT_OPEN;
    *direction = &slot->base;
    return LK_OK;
}

/* What is in flight ends without its operation. */
static void slot_forget(lk_slot *slot)
{
    for (lk_pending *pending = slot->first; pending; pending = pending->next)
        pending->operation = NULL;
}

/*
 * Whether a key can be replaced now: one SLOT_REPLACE is on its way at a time, and operations that are still to be
 * completed are looked at as records of the slot's protection.
 */
static bool slot_may_replace(const lk_slot *slot, const lk_direction_parameters *parameters)
{
    bool same = slot->version == parameters->version && slot->cipher == parameters->cipher &&
                slot->encrypt_then_mac == parameters->encrypt_then_mac && slot->limited == is_limited(parameters);
    bool opens = slot->kind == LK_OPEN; /* what is in flight is forgotten */
    for (const lk_pending *pending = slot->first; pending; pending = pending->next) {
        if (pending->opcode == LK_OPCODE_SLOT_REPLACE || (pending->operation && !same && !opens))
            return false;
    }
    return true;
}

static lk_error device_replace(lk_direction *base, const lk_direction_parameters *parameters)
{
    lk_slot *slot = (lk_slot *)base;
    lk_slot_engine *engine = engine_of(slot);
    lk_error error = parameters_check(engine, parameters);
    if (!error && parameters->kind != slot->kind)
        error = LK_ERROR_INVALID_ARGUMENT;
    if (!error)
        error = engine_settle(engine);
    if (!error && !slot_may_replace(slot, parameters))
        error = LK_ERROR_ENGINE_BUSY;
    if (!error)
        error = slot_command(slot, LK_OPCODE_SLOT_REPLACE, parameters);
    if (error)
        return error;
    if (slot->kind == LK_OPEN)
        slot_forget(slot);
    slot_protect(slot, parameters);
    return engine_settle(engine);
}

static void device_close_direction(lk_direction *base)
{
    lk_slot *slot = (lk_slot *)base;
    lk_slot_engine *engine = engine_of(slot);
    slot_forget(slot);
    engine_settle(engine);
    slot->state = LK_SLOT_CLOSING;
    if (slot_command(slot, LK_OPCODE_SLOT_DELETE, NULL) != LK_OK)
        slot->state = LK_SLOT_FREE; /* the device is gone, and its slots with it */
    engine_settle(engine);
}

/* Operations */

static lk_error submit_local(lk_slot *slot, lk_operation *operation, lk_error status)
{
    lk_slot_engine *engine = engine_of(slot);
    if (!slot->first) {
        lk_operation_fail(slot, operation, status);
        return LK_OK;
    }
    if (engine->records_pending >= LK_RECORDS_PENDING_MAX)
        return LK_ERROR_ENGINE_BUSY;
    lk_pending *pending = lk_pending_take(&engine->pendings);
    pending->opcode = slot->kind == LK_SEAL ? LK_OPCODE_SEAL : LK_OPCODE_OPEN;
    pending->local = true;
    pending->status = status;
    pending->operation = operation;
    operation->state = LK_OPERATION_SUBMITTED;
    engine->records_pending++;
    queue_append(slot, pending);
    return LK_OK;
}

static lk_error submit_one(lk_slot *slot, lk_operation *operation)
{
    lk_slot_engine *engine = engine_of(slot);
    lk_error refused = lk_operation_check(slot, operation);
    if (refused)
        return submit_local(slot, operation, refused);
    if (engine->records_pending >= LK_RECORDS_PENDING_MAX)
        return LK_ERROR_ENGINE_BUSY;
    size_t iv_length = lk_operation_iv_length(slot), length = iv_length + operation->input_length;
    lk_writer *writer = lk_link_command(&engine->link, LK_OUTPUT_RECORD, lk_command_size(length));
    if (!writer)
        return engine->link.lost ? loss_of(engine) : LK_ERROR_ENGINE_BUSY;
    lk_pending *pending = lk_pending_take(&engine->pendings); /* there are LK_RECORDS_PENDING_MAX rows for records */
    bool seal = slot->kind == LK_SEAL;
    pending->opcode = seal ? LK_OPCODE_SEAL : LK_OPCODE_OPEN;
    pending->operation = operation;
    pending->began = lk_health_now();
    pending->bytes = operation->input_length;
    engine->bytes_pending += pending->bytes;
    lk_health_begin(engine->health);
    lk_operation_expect(slot, operation, pending);
    operation->state = LK_OPERATION_SUBMITTED;
    engine->records_pending++;
    queue_append(slot, pending);
    lk_command command = {.opcode = pending->opcode,
                          .content_type = seal ? operation->content_type : 0,
                          .slot = slot->number,
                          .generation = slot->generation,
                          .tag = pending->tag,
                          .length = (uint16_t)length,
                          .padding = seal ? operation->padding : 0,
                          .sequence = operation->sequence};
    lk_command_write_with_iv(writer, &command, operation->iv, iv_length, operation->input);
    return LK_OK;
}

static lk_error device_submit(lk_direction *base, lk_operation *const *operations, size_t count, size_t *accepted)
{
    lk_slot *slot = (lk_slot *)base;
    lk_slot_engine *engine = engine_of(slot);
    lk_error error = engine_settle(engine);
    *accepted = 0;
    while (!error && *accepted < count) {
        error = submit_one(slot, operations[*accepted]);
        if (!error)
            ++*accepted;
    }
    lk_link_flush(&engine->link);
    lk_error lost = engine_settle(engine);
    return lost ? lost : error;
}

static lk_error device_progress(lk_engine *base, int timeout)
{
    lk_slot_engine *engine = (lk_slot_engine *)base;
    if (engine_settle(engine) == LK_OK)
        lk_link_progress(&engine->link, timeout);
    return engine_settle(engine);
}

static int device_descriptor(const lk_engine *base)
{
    return lk_link_descriptor(&((const lk_slot_engine *)base)->link);
}

static size_t device_backlog(const lk_engine *base)
{
    return ((const lk_slot_engine *)base)->bytes_pending;
}

static void device_capabilities(const lk_engine *base, lk_engine_capabilities *capabilities)
{
    const lk_slot_engine *engine = (const lk_slot_engine *)base;
    *capabilities =
        (lk_engine_capabilities){.versions = engine->versions, .immediate = false, .slots = engine->slot_limit};
    for (unsigned id = 0; id < 32; id++) {
        const lk_cipher *cipher = lk_cipher_find(id);
        if (cipher && driver_knows(cipher))
            capabilities->ciphers |= engine->ciphers & UINT32_C(1) << id;
    }
}

static void device_free(lk_engine *engine)
{
    (void)engine; /* lives and dies with its lk_device */
}

static const lk_engine_methods device_methods = {
    .name = "device",
    .open = device_open_direction,
    .submit = device_submit,
    .replace = device_replace,
    .close = device_close_direction,
    .progress = device_progress,
    .descriptor = device_descriptor,
    .capabilities = device_capabilities,
    .backlog = device_backlog,
    .free = device_free,
};

lk_error lk_slot_engine_init(lk_slot_engine *engine, lk_transport *transport, uint32_t slots, uint32_t ciphers,
                             uint32_t versions, int timeout)
{
    lk_completion_receiver receiver = {engine_expect, engine_deliver, engine};
    memset(engine, 0, sizeof *engine);
    engine->base.methods = &device_methods;
    engine->process = lk_fork_number();
    lk_error error = lk_link_open(&engine->link, transport, &receiver, timeout);
    if (error)
        return error;
    engine->ciphers = ciphers;
    engine->versions = versions;
    engine->slot_count = slots < LK_OUTPUT_SLOTS_MAX ? slots : LK_OUTPUT_SLOTS_MAX;
    engine->slot_limit = engine->slot_count;
    engine->slots = calloc(engine->slot_count, sizeof *engine->slots);
    error = lk_pending_init(&engine->pendings, LK_RECORDS_PENDING_MAX + SLOT_ROWS * engine->slot_count + 1);
    if (error || !engine->slots) {
        lk_slot_engine_release(engine);
        return LK_ERROR_NO_MEMORY;
    }
    for (size_t i = 0; i < engine->slot_count; i++) {
        engine->slots[i].base.engine = &engine->base;
        engine->slots[i].number = (uint16_t)i;
    }
    return LK_OK;
}

void lk_slot_engine_release(lk_slot_engine *engine)
{
    if (engine->process != lk_fork_number()) {
        engine_settle(engine);
        lk_link_abandon(&engine->link);
    } else {
        lk_link_lose(&engine->link, LK_ERROR_DEVICE_LOST);
        if (engine->slots)
            engine_settle(engine);
        lk_link_close(&engine->link);
    }
    lk_pending_release(&engine->pendings);
    free(engine->slots);
    engine->slots = NULL;
}
