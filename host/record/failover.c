/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pair of a preferred engine and software. The preferred engine works on operations of our own that stand for the
 * caller's; the caller's are done only when the work is good. So when the preferred engine is lost, what was in flight
 * goes to software as it was submitted, in order, under the same sequence numbers: the same key, number and plaintext
 * give the same bytes (P4), and no nonce meets a second plaintext (P2).
 *
 * With a placer, records that are cheaper in software are made there, beside those that the preferred engine makes with
 * the same key: that one has a direction only from its first record on. Numbers are watched here then, for neither
 * engine sees them all (P2).
 *
 * What the preferred engine says it cannot do, software tries once more before a connection ends for it (P6): a device
 * may be broken, or hostile, and a bit may have turned over on the way to it.
 */
#include "record/failover.h"
#include "base/secret.h"
#include "record/fallback.h"

#include <stdlib.h>
#include <string.h>

static const char failover_name[] = "failover";

/* True when what submitting or progress says means that the preferred engine cannot go on. */
static bool is_loss(lk_error error)
{
    return error != LK_OK && error != LK_ERROR_ENGINE_BUSY;
}

/* True when an operation's status says so: that nothing is wrong with the record itself. */
static bool is_lost(lk_error status)
{
    return status == LK_ERROR_DEVICE_LOST || status == LK_ERROR_DEVICE_STALLED || status == LK_ERROR_DEVICE_PROTOCOL ||
           status == LK_ERROR_DEVICE_HUNG || status == LK_ERROR_ENGINE_STALE || status == LK_ERROR_INPUT_OUTPUT ||
           status == LK_ERROR_NO_MEMORY || status == LK_ERROR_DEVICE_INHERITED;
}

static lk_failover *engine_of(lk_failover_direction *direction)
{
    return (lk_failover *)direction->base.engine;
}

void lk_failover_count(lk_failover *engine, lk_error reason)
{
    engine->count++;
    engine->counts[lk_fallback_of(reason)]++;
    engine->reason = reason;
}

static lk_error open_software(lk_failover *engine, const lk_direction_parameters *parameters,
                              lk_failover_direction *direction, lk_error reason)
{
    lk_failover_count(engine, reason);
    direction->preferred = false;
    direction->dead = lk_engine_open(engine->software, parameters, &direction->actual);
    return direction->dead;
}

/* Submits to software, which is done on return; or ends the operations, when even that could not be opened. */
static void redo(lk_failover_direction *direction, lk_operation *const *operations, size_t count)
{
    size_t accepted = 0;
    if (direction->actual)
        (void)lk_direction_submit(direction->actual, operations, count, &accepted);
    for (size_t i = accepted; i < count; i++) {
        operations[i]->status = direction->dead;
        operations[i]->output_length = 0;
        operations[i]->state = LK_OPERATION_DONE;
    }
}

/* The first key of two has no operation left: the direction goes on with the other one. */
static void change_key(lk_failover_direction *direction)
{
    if (direction->preferred) {
        direction->parameters = direction->replacement;
        lk_failover_close_beside(direction); /* it may have the old one */
    } else if (direction->actual) {
        direction->dead = lk_direction_replace(direction->actual, &direction->replacement);
    }
    lk_secret_wipe(&direction->replacement, sizeof direction->replacement);
    if (direction->dead != LK_OK) { /* nothing may be made with the old one */
        lk_direction_close(direction->actual);
        direction->actual = NULL;
    }
}

void lk_failover_drop_first(lk_failover_direction *direction)
{
    direction->first = (direction->first + 1) % LK_FAILOVER_IN_FLIGHT;
    direction->count--;
    if (direction->old > 0 && --direction->old == 0)
        change_key(direction);
}

/* Software has the direction: it does what the preferred engine has not finished. */
static void redo_all(lk_failover_direction *direction)
{
    lk_secret_wipe(&direction->parameters, sizeof direction->parameters);
    engine_of(direction)->retries += direction->count;
    for (; direction->count > 0; lk_failover_drop_first(direction))
        redo(direction, &direction->originals[direction->first], 1);
}

void lk_failover_leave(lk_failover_direction *direction, lk_error reason)
{
    if (direction->placed) {
        lk_failover_step_aside(direction, reason);
        return;
    }
    lk_direction_close(direction->actual); /* first: from here on it touches no memory of ours or the caller's */
    direction->actual = NULL;
    (void)open_software(engine_of(direction), &direction->parameters, direction, reason);
    redo_all(direction);
}

/* CBC up to TLS 1.0 goes on from the last block of ciphertext, wherever the next record is made or opened. */
static void keep_chain(lk_direction_parameters *parameters, const lk_operation *done)
{
    const lk_cipher *cipher = parameters->cipher;
    size_t length = lk_record_iv_length(parameters->version, cipher);
    if (cipher->kind != LK_KIND_CBC || length == 0)
        return;
    bool sealed = parameters->kind == LK_SEAL;
    const uint8_t *end = sealed ? done->output + done->output_length : done->input + done->input_length;
    memcpy(parameters->iv, end - (parameters->encrypt_then_mac ? cipher->tag_length : 0) - length, length);
}

static void hand_over(lk_failover_direction *direction, const lk_operation *shadow, lk_operation *original)
{
    original->content_type = shadow->content_type;
    original->status = shadow->status;
    original->output_length = shadow->output_length;
    original->engine = shadow->engine;
    original->slot = shadow->slot;
    const lk_direction_parameters *parameters = &direction->parameters;
    original->near_limit =
        shadow->near_limit || (direction->placed && parameters->kind == LK_SEAL && parameters->limited &&
                               shadow->sequence + 1 >= parameters->soft_limit);
    original->state = LK_OPERATION_DONE;
    if (shadow->status == LK_OK) { /* software goes on behind it (P2) */
        direction->parameters.first_sequence = shadow->sequence + 1;
        keep_chain(&direction->parameters, shadow);
    }
}

/*
 * The preferred engine says that the first operation cannot be done. Software tries it, where the preferred engine
 * stands. When it comes to another result, the direction is software's from here on, and true is returned.
 */
static bool overrule(lk_failover_direction *direction)
{
    lk_failover *engine = engine_of(direction);
    const lk_operation *shadow = &direction->shadows[direction->first];
    lk_operation *original = direction->originals[direction->first], again = *original;
    lk_operation *one = &again;
    lk_direction *software = NULL;
    size_t accepted = 0;
    if (lk_engine_open(engine->software, &direction->parameters, &software) != LK_OK)
        return false;
    if (lk_direction_submit(software, &one, 1, &accepted) != LK_OK || again.status == shadow->status) {
        lk_direction_close(software);
        return false;
    }
    lk_direction_close(direction->actual);
    lk_roster_leave(&direction->seat);
    lk_failover_close_beside(direction);
    direction->actual = software;
    direction->preferred = false;
    lk_failover_count(engine, LK_ERROR_DEVICE_DISAGREES);
    engine->retries++;
    *original = again;
    lk_failover_drop_first(direction);
    redo_all(direction);
    return true;
}

/* Gives the caller what the preferred engine has finished. Returns how many operations that were. */
static size_t collect(lk_failover_direction *direction)
{
    size_t finished = 0;
    while (direction->count > 0 && direction->shadows[direction->first].state == LK_OPERATION_DONE) {
        const lk_operation *shadow = &direction->shadows[direction->first];
        size_t left = direction->count;
        if (is_lost(shadow->status)) {
            lk_failover_leave(direction, shadow->status);
            return finished + left;
        }
        if (shadow->status != LK_OK && overrule(direction))
            return finished + left;
        hand_over(direction, shadow, direction->originals[direction->first]);
        lk_failover_drop_first(direction);
        finished++;
    }
    return finished;
}

lk_error lk_failover_submit_preferred(lk_failover_direction *direction, lk_operation *const *operations, size_t count,
                                      size_t *accepted)
{
    lk_operation *batch[LK_FAILOVER_IN_FLIGHT];
    size_t room = LK_FAILOVER_IN_FLIGHT - direction->count;
    size_t offered = count < room ? count : room;
    for (size_t i = 0; i < offered; i++) {
        size_t index = (direction->first + direction->count + i) % LK_FAILOVER_IN_FLIGHT;
        direction->shadows[index] = *operations[i];
        direction->originals[index] = operations[i];
        batch[i] = &direction->shadows[index];
    }
    lk_error error = lk_direction_submit(direction->actual, batch, offered, accepted);
    for (size_t i = 0; i < *accepted; i++)
        operations[i]->state = LK_OPERATION_SUBMITTED;
    direction->count += *accepted;
    (void)collect(direction);
    if (is_loss(error) && direction->preferred && direction->actual)
        lk_failover_leave(direction, error);
    if (!direction->preferred || !direction->actual)
        return LK_OK; /* the caller submits the rest to software */
    return error == LK_OK && *accepted < count ? LK_ERROR_ENGINE_BUSY : error;
}

/* Either engine: a direction that is placed as a whole. */
static void count_chained(const lk_failover_direction *direction, lk_operation *const *operations, size_t count)
{
    lk_placer *placer = ((const lk_failover *)direction->base.engine)->placer;
    for (size_t i = 0; placer && !direction->placed && i < count; i++)
        lk_placer_count(placer, LK_PLACEMENT_CHAINED, operations[i]->input_length);
}

static lk_error submit_either(lk_failover_direction *direction, lk_operation *const *operations, size_t count,
                              size_t *accepted)
{
    if (direction->preferred) {
        lk_error error = direction->placed ? lk_failover_submit_placed(direction, operations, count, accepted)
                                           : lk_failover_submit_preferred(direction, operations, count, accepted);
        if (direction->preferred)
            return error;
    }
    for (; *accepted < count; ++*accepted) {
        if (direction->placed && lk_failover_refuse(direction, operations[*accepted]))
            continue;
        redo(direction, operations + *accepted, 1);
        if (direction->placed)
            lk_failover_remember(direction, operations[*accepted]);
    }
    return LK_OK;
}

static lk_error failover_submit(lk_direction *base, lk_operation *const *operations, size_t count, size_t *accepted)
{
    lk_failover_direction *direction = (lk_failover_direction *)base;
    lk_error error = submit_either(direction, operations, count, accepted);
    count_chained(direction, operations, *accepted);
    return error;
}

/*
 * What is in flight keeps the parameters that it was submitted under, so that software can begin with either key. A
 * direction that is in software already is not replaced: another one is offered to the preferred engine first.
 */
static lk_error failover_replace(lk_direction *base, const lk_direction_parameters *parameters)
{
    lk_failover_direction *direction = (lk_failover_direction *)base;
    const lk_failover *engine = engine_of(direction);
    if (direction->preferred)
        (void)collect(direction);
    if (!direction->preferred)
        return LK_ERROR_ENGINE_UNSUPPORTED;
    if (direction->old > 0)
        return LK_ERROR_ENGINE_BUSY;
    if (direction->placed && lk_failover_chained(parameters))
        return LK_ERROR_ENGINE_UNSUPPORTED;
    lk_error error = direction->actual ? lk_direction_replace(direction->actual, parameters) : LK_OK;
    if (error != LK_OK)
        return error;
    lk_failover_close_beside(direction);
    direction->waits = false; /* another key is another chance */
    direction->try_next = 0;
    direction->lowest = parameters->first_sequence;
    if (parameters->kind == LK_OPEN)
        direction->count = 0;
    direction->old = direction->count;
    *(direction->count > 0 ? &direction->replacement : &direction->parameters) = *parameters;
    if (direction->placed && !engine->placer) /* as when it was opened */
        (void)lk_failover_take_slot(direction);
    return LK_OK;
}

static void failover_close(lk_direction *base)
{
    lk_failover_direction *direction = (lk_failover_direction *)base;
    lk_direction_close(direction->actual);
    lk_roster_leave(&direction->seat);
    lk_failover_close_beside(direction);
    *direction->link = direction->next;
    if (direction->next)
        direction->next->link = direction->link;
    lk_secret_wipe(direction, sizeof *direction);
    free(direction);
}

/* A direction whose records stay with one engine is placed as a whole, by the longest of them. */
static bool is_wanted(const lk_failover *engine, const lk_direction_parameters *parameters)
{
    if (!engine->placer || !lk_failover_chained(parameters))
        return true;
    size_t backlog = engine->preferred ? lk_engine_backlog(engine->preferred) : 0;
    return lk_placer_place(engine->placer, parameters->cipher, LK_RECORD_PLAINTEXT_MAX, backlog) ==
           LK_PLACEMENT_DEVICE_CHEAPER;
}

static lk_error open_either(lk_failover *engine, const lk_direction_parameters *parameters,
                            lk_failover_direction *direction)
{
    if (!is_wanted(engine, parameters))
        return direction->dead = lk_engine_open(engine->software, parameters, &direction->actual);
    direction->placed = !lk_failover_chained(parameters);
    direction->parameters = *parameters;
    direction->lowest = parameters->first_sequence;
    direction->preferred = true;
    if (direction->placed && !engine->placer) /* with one, the first record that goes there takes the slot */
        (void)lk_failover_take_slot(direction);
    if (direction->placed)
        return LK_OK;
    lk_error error = engine->preferred ? lk_engine_open(engine->preferred, parameters, &direction->actual)
                                       : LK_ERROR_DEVICE_NOT_FOUND;
    if (error == LK_OK)
        return LK_OK;
    lk_secret_wipe(&direction->parameters, sizeof direction->parameters);
    return open_software(engine, parameters, direction, error);
}

static lk_error failover_open(lk_engine *base, const lk_direction_parameters *parameters, lk_direction **opened)
{
    lk_failover *engine = (lk_failover *)base;
    lk_failover_direction *direction = calloc(1, sizeof *direction);
    if (!direction)
        return LK_ERROR_NO_MEMORY;
    direction->base.engine = base;
    lk_error error = open_either(engine, parameters, direction);
    if (error != LK_OK) {
        lk_secret_wipe(direction, sizeof *direction);
        free(direction);
        return error;
    }
    direction->next = engine->directions;
    direction->link = &engine->directions;
    if (direction->next)
        direction->next->link = &direction->next;
    engine->directions = direction;
    *opened = &direction->base;
    return LK_OK;
}

static size_t collect_all(lk_failover *engine)
{
    size_t finished = 0;
    for (lk_failover_direction *direction = engine->directions; direction; direction = direction->next)
        if (direction->preferred)
            finished += collect(direction);
    return finished;
}

static lk_error failover_progress(lk_engine *base, int timeout)
{
    lk_failover *engine = (lk_failover *)base;
    /* Another connection on the preferred engine may have brought our completions in: then there is no need to wait. */
    if (collect_all(engine) > 0)
        timeout = 0;
    lk_error error = engine->preferred ? lk_engine_progress(engine->preferred, timeout) : LK_OK;
    (void)collect_all(engine);
    if (!is_loss(error))
        return error;
    for (lk_failover_direction *direction = engine->directions; direction; direction = direction->next)
        if (direction->preferred && direction->actual)
            lk_failover_leave(direction, error);
    return LK_OK;
}

static int failover_descriptor(const lk_engine *base)
{
    const lk_failover *engine = (const lk_failover *)base;
    return engine->preferred ? lk_engine_descriptor(engine->preferred) : -1;
}

static void failover_capabilities(const lk_engine *base, lk_engine_capabilities *capabilities)
{
    const lk_failover *engine = (const lk_failover *)base;
    lk_engine_capabilities preferred;
    lk_engine_capabilities_get(engine->origin, &preferred);
    /* What software cannot do could not be redone when the preferred engine is lost: so it is not offered. */
    lk_engine_capabilities_get(engine->software, capabilities);
    capabilities->immediate = preferred.immediate;
}

static void failover_free(lk_engine *base)
{
    free(base);
}

static const char *failover_holder(const lk_direction *base)
{
    const lk_failover_direction *direction = (const lk_failover_direction *)base;
    const lk_failover *engine = (const lk_failover *)base->engine;
    bool elsewhere = direction->placed && (!direction->actual || direction->last_beside);
    return lk_engine_name(direction->preferred && !elsewhere ? engine->preferred : engine->software);
}

static const lk_engine_methods failover_methods = {
    .name = failover_name,
    .open = failover_open,
    .submit = failover_submit,
    .replace = failover_replace,
    .close = failover_close,
    .progress = failover_progress,
    .descriptor = failover_descriptor,
    .capabilities = failover_capabilities,
    .free = failover_free,
    .holder = failover_holder,
};

lk_error lk_engine_failover_new(lk_engine *preferred, lk_engine *software, lk_placer *placer, lk_engine **created)
{
    *created = NULL;
    lk_failover *engine = calloc(1, sizeof *engine);
    if (!engine)
        return LK_ERROR_NO_MEMORY;
    engine->base.methods = &failover_methods;
    engine->origin = preferred;
    engine->preferred = lk_engine_choose(preferred, NULL);
    engine->software = software;
    engine->placer = placer;
    *created = &engine->base;
    return LK_OK;
}

lk_error lk_engine_failover_reason(const lk_engine *base)
{
    return ((const lk_failover *)base)->reason;
}

uint64_t lk_engine_failover_count(const lk_engine *base)
{
    return ((const lk_failover *)base)->count;
}

uint64_t lk_engine_failover_count_by(const lk_engine *base, lk_fallback reason)
{
    return ((const lk_failover *)base)->counts[reason];
}

uint64_t lk_engine_failover_retries(const lk_engine *base)
{
    return ((const lk_failover *)base)->retries;
}
